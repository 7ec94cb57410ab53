"""Ids that redirect are followed, and old ids still lead somewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.audit.decisions import DecisionTable
from labelsys.config import MatchSettings, Recipe, Settings, SourceSpec
from labelsys.ids import Curie
from labelsys.lint import lint_graph
from labelsys.lookup import resolve_id
from labelsys.match.lexicon import Lexicon
from labelsys.merge.build import build
from labelsys.merge.hidden import read_hidden
from labelsys.model import Concept, Edge
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine, take_out
from labelsys.source.protocol import SourceData
from labelsys.source.registry import sources
from labelsys.source.wikidata.heal import follow_redirects
from labelsys.source.wikidata.pulled import Claim, Entity, Text, write_pull
from labelsys.source.wikidata.source import WikidataSource
from labelsys.store.sqlite import SqliteStore
from labelsys.workspace import Workspace, current_graph
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labelsys.progress import Progress

WD = {n: Curie("wd", f"Q{n}") for n in (9, 20, 21, 90, 91, 92, 93)}
THING = Curie("wn30", "00000001-n")
BASE = SourceData(
    name="wordnet",
    version="3.0",
    fingerprint="",
    concepts=(Concept(id=THING, pref_label="thing", xrefs=(Curie("wn31", "00000001-n"),)),),
    edges=(),
)


def english(text: str) -> tuple[Text, ...]:
    return (Text("en", "label", text),)


ENTITIES = (
    Entity("Q9", english("thing"), (Claim("P8814", "00000001-n"),)),
    Entity("Q20", english("tool"), (Claim("P279", "Q90"),)),
    Entity("Q21", english("hammer"), (Claim("P279", "Q91"), Claim("P279", "Q20"))),
    Entity("Q90", into="Q9"),  # to a linked item
    Entity("Q91", into="Q92"),  # in two steps, to a class
    Entity("Q92", into="Q20"),
    Entity("Q93", into="Q404"),  # to nothing here
)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")))
def test_redirects_lead_to_what_is_there_or_nowhere(into: dict[str, str]) -> None:
    there = dict.fromkeys("gh")
    redirects = {old: new for old, new in into.items() if old not in there}
    ends = follow_redirects(redirects, there)
    for old in redirects:
        steps = [old]
        while steps[-1] in redirects and len(steps) < 20:
            steps.append(redirects[steps[-1]])
        assert ends.get(old) == (steps[-1] if steps[-1] in there else None)


@pytest.fixture
def data(tmp_path: Path) -> SourceData:
    write_pull(tmp_path, {"version": "7"}, ENTITIES)
    return WikidataSource(folder=tmp_path).load(BASE, SilentProgress())


def test_claims_name_what_redirects_lead_to(data: SourceData) -> None:
    assert data.edges == (Edge(WD[20], THING), Edge(WD[21], WD[20]))
    assert all(batch.adds_up for batch in data.counts.values())
    assert data.counts["items"].skipped == {"redirects": 4}


def test_old_ids_are_retired_concepts_that_say_what_replaces_them(data: SourceData) -> None:
    retired = {c.id: c for c in data.concepts if c.status == "retired"}
    assert {id_: c.replaced_by for id_, c in retired.items()} == {
        WD[90]: THING,
        WD[91]: WD[20],
        WD[92]: WD[20],
    }
    assert [c.names for c in retired.values()] == [(), (), ()]
    assert retired[WD[91]].pref_label == "tool"
    assert data.info.concepts == 2
    assert [(f.id, f.message) for f in data.findings if f.code == "W220"] == [
        ("wd:Q90", "redirects to wd:Q9"),
        ("wd:Q91", "redirects to wd:Q92, and that to wd:Q20"),
        ("wd:Q92", "redirects to wd:Q20"),
        ("wd:Q93", "redirects to wd:Q404, which is not in this pull"),
    ]


def test_lexicon_takes_an_old_id_for_the_new_one(data: SourceData) -> None:
    lexicon = Lexicon((*BASE.concepts, *data.concepts), data.edges)
    assert lexicon.index[WD[91]] == lexicon.index[WD[20]]
    assert lexicon.index[WD[90]] == lexicon.index[THING]
    assert [c.id for c in lexicon.concepts] == [WD[20], WD[21], THING]


def test_what_is_hidden_takes_its_old_ids_with_it(data: SourceData, tmp_path: Path) -> None:
    base = combine([BASE, data])
    listed = tmp_path / "hide.txt"
    listed.write_text("wd:Q91\n")  # an old id means the concept that is there now
    hidden = read_hidden(listed, base.concepts)
    assert hidden == {WD[20]}
    left = take_out(base, hidden)
    assert [c.id for c in left.concepts] == [WD[21], WD[90], THING]
    assert left.hidden == {WD[20], WD[91], WD[92]}
    assert left.edges == (Edge(WD[21], THING),)


class HealedSource(toy.ToySource):
    """The lexicon, and an old id of its dog."""

    name = "healed"

    def load(self, base: SourceData | None, progress: Progress, /) -> SourceData:
        found = super().load(base, progress)
        old = Concept(
            id=WD[90],
            pref_label="dog",
            source="wikidata",
            status="retired",
            replaced_by=toy.DOG,
        )
        parts: Sequence[Concept] = (*found.concepts, old)
        return SourceData(
            name=self.name,
            version="1",
            fingerprint=found.fingerprint,
            concepts=tuple(sorted(parts, key=lambda c: c.id)),
            edges=found.edges,
        )


def test_build_follows_old_ids_of_labels_and_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_targets", dict(sources._targets))
    sources.add_lazy("healed", f"{__name__}:HealedSource")
    recipe = Recipe(
        label_sets=(),
        sources=(SourceSpec(name="healed", version="1"),),
        match=MatchSettings(encoder="none"),
    )
    workspace = Workspace.create(tmp_path / "w", recipe, settings=Settings())
    workspace.add_label_set(
        toy.label_set("pets", {"name": "Zyx", "qid": "Q90"}, {"name": "Wau", "label_id": "1"})
    )
    decision = {
        "schema": 1,
        "id": "d1",
        "at": "2026-11-02T10:00:00+00:00",
        "by": "a curator",
        "action": "accept",
        "subject_id": "pets:1",
        "predicate_id": "skos:exactMatch",
        "object_id": "wd:Q90",
        "value": None,
        "why": "seen",
        "evidence": [],
        "undoes": None,
    }
    workspace.decisions_path.write_text(json.dumps(decision) + "\n")
    build(workspace)
    path = current_graph(workspace.path)
    assert path is not None
    with SqliteStore(path) as store:
        assert [p.concept_id for p in store.iter_placements()] == [toy.DOG, toy.DOG]
        followed = [f for f in store.iter_findings() if f.code == "W227"]
        assert [(f.id, f.message) for f in followed] == [
            ("pets:0", f"its qid 'Q90' redirects to {toy.DOG}"),
            ("pets:1", f"accept pets:1 skos:exactMatch wd:Q90: wd:Q90 redirects to {toy.DOG}"),
        ]
        assert not [f for f in store.iter_findings() if f.code == "W206"]
        # The old id is there for whoever asks, and is no orphan.
        assert resolve_id(store, "Q90") == WD[90]
        assert store.get_concept(WD[90]).replaced_by == toy.DOG
        assert not [f for f in lint_graph(store) if f.code == "E102"]


def test_decisions_without_redirects_are_as_they_were() -> None:
    assert DecisionTable().followed == ()
