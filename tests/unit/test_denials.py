"""What is known to be wrong is kept, exported, and never asserted: build and link, end to end."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import labelsys
from labelsys.audit.decisions import Decision, append_decision
from labelsys.config import MatchSettings, Recipe, Settings, SourceSpec
from labelsys.export.mappings import write_mappings
from labelsys.ids import Curie
from labelsys.linking import link_labels
from labelsys.merge.build import build
from labelsys.model import Label, Mapping
from labelsys.source.registry import sources
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.vocab import Justification
from labelsys.workspace import Workspace
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.match.link import LinkRow
    from labelsys.model import LabelSet

ZOO = toy.label_set("zoo", "crane", "beagle", {"name": "Dog", "wnid": "n02084071"}, "bow")
EXACT, BROAD = "skos:exactMatch", "skos:broadMatch"


@pytest.fixture(autouse=True)
def toy_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_targets", dict(sources._targets))
    sources.add_lazy("toy", "tests.lexicon_toy:ToySource")


def make(path: Path, label_set: LabelSet = ZOO) -> Workspace:
    recipe = Recipe(
        label_sets=(),
        sources=(SourceSpec(name="toy", version="1"),),
        match=MatchSettings(encoder="none", review=0.0),
    )
    workspace = Workspace.create(path, recipe, settings=Settings(cache=None))
    workspace.add_label_set(label_set)
    return workspace


def reject(workspace: Workspace, label: str, concept: str, predicate: str | None = None) -> None:
    log = workspace.decisions_path
    number = len(log.read_text("utf-8").splitlines()) if log.is_file() else 0
    append_decision(
        log,
        Decision(
            id=f"d{number}",
            at="2025-03-01T09:30:00Z",
            by="ana",
            action="reject",
            subject_id=Curie.parse(label),
            predicate_id=predicate,
            object_id=Curie.parse(concept),
            why="seen the pictures",
        ),
    )


def place(workspace: Workspace, label: str) -> Curie | None:
    build(workspace)
    with labelsys.open(workspace.path) as system:
        found = system.store.find_placement(Curie.parse(label))
        assert found is not None
        return found.concept_id


def asserted(workspace: Workspace, label: str) -> set[tuple[str, Curie]]:
    with labelsys.open(workspace.path) as system:
        rows = system.mappings(label)
        return {(m.predicate_id, m.object_id) for m in rows if not m.predicate_modifier}


def linked(workspace: Workspace, *names: str, label_set: str | None = None) -> list[LinkRow]:
    with labelsys.open(workspace.path) as system:
        given = [Label(label_set="zoo", label_id=str(n), name=name) for n, name in enumerate(names)]
        return list(system.link(given, label_set=label_set, encoder="none"))


NAMES = ("crane", "beagle", "Dog", "bow")


def test_build_takes_the_next_candidate_each_time_and_never_a_denied_one(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    denied: set[Curie] = set()
    cranes = {toy.CRANE_BIRD, toy.CRANE_MACHINE, toy.CRANE_WRITER}
    while (found := place(workspace, "zoo:0")) is not None and found in cranes:
        assert found not in denied
        denied.add(found)
        reject(workspace, "zoo:0", found)
    assert len(denied) >= 2
    assert not {concept for _, concept in asserted(workspace, "zoo:0")} & denied


def test_denial_is_kept_as_a_not_row_and_exported(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    reject(workspace, "zoo:1", toy.BEAGLE, EXACT)
    reject(workspace, "zoo:0", toy.CRANE_BIRD)
    build(workspace)
    with labelsys.open(workspace.path) as system:
        rows = [m for m in system.mappings() if m.predicate_modifier]
        assert [
            (m.subject_id, m.predicate_id, m.predicate_modifier, m.object_id, m.status)
            for m in rows
        ] == [
            ("zoo:1", EXACT, "Not", toy.BEAGLE, "rejected"),
            ("zoo:0", EXACT, "Not", toy.CRANE_BIRD, "rejected"),
            ("zoo:0", BROAD, "Not", toy.CRANE_BIRD, "rejected"),
        ]
        assert {m.mapping_justification for m in rows} == {Justification.MANUAL}
        assert rows[0].comment == "seen the pictures"
        out = io.BytesIO()
        write_mappings(system.store, out)
    lines = [line.split("\t") for line in out.getvalue().decode().splitlines() if line[0] != "#"]
    header, *cells = lines
    told = [dict(zip(header, row, strict=True)) for row in cells]
    not_rows = [row for row in told if row["predicate_modifier"] == "Not"]
    assert [(row["subject_id"], row["object_id"]) for row in not_rows] == [
        ("zoo:1", toy.BEAGLE),
        ("zoo:0", toy.CRANE_BIRD),
        ("zoo:0", toy.CRANE_BIRD),
    ]
    # The label that nothing else is left for is still said to have no term.
    beagle = [row["object_id"] for row in told if row["subject_id"] == "zoo:1"]
    assert "sssom:NoTermFound" in beagle


def test_denial_in_one_way_leaves_the_other(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    before = place(workspace, "zoo:1")
    assert before == toy.BEAGLE
    reject(workspace, "zoo:1", toy.BEAGLE, BROAD)
    assert place(workspace, "zoo:1") == toy.BEAGLE


def test_given_id_that_is_denied_is_not_taken(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    assert place(workspace, "zoo:2") == toy.DOG
    reject(workspace, "zoo:2", toy.DOG)
    assert place(workspace, "zoo:2") != toy.DOG


def test_denial_by_another_id_of_the_concept_counts(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    reject(workspace, "zoo:2", "wd:Q144")
    assert place(workspace, "zoo:2") != toy.DOG
    with labelsys.open(workspace.path) as system:
        rows = [m for m in system.mappings("zoo:2") if m.predicate_modifier]
        assert {m.object_id for m in rows} == {toy.DOG}


def test_new_concept_of_another_label_is_not_joined_under_a_denied_one(tmp_path: Path) -> None:
    both = (
        toy.label_set("one", {"name": "Ellobium", "parent": "Birds"}),
        toy.label_set("two", {"name": "ellobium", "parent": "Bird"}),
    )
    workspace = make(tmp_path / "w", both[0])
    workspace.add_label_set(both[1])
    assert place(workspace, "two:0") == place(workspace, "one:0")
    reject(workspace, "two:0", toy.BIRD)
    assert place(workspace, "two:0") is None
    assert place(workspace, "one:0") is not None


def test_link_takes_the_next_candidate_or_none(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    build(workspace)
    before = linked(workspace, *NAMES, label_set="zoo")[0]
    assert before.object_id is not None
    assert len(before.candidates) > 1
    reject(workspace, "zoo:0", before.object_id)
    build(workspace)
    after = linked(workspace, *NAMES, label_set="zoo")[0]
    assert (after.object_id, after.candidates) == (before.candidates[1].id, before.candidates[1:])
    assert after.confidence == before.candidates[1].score
    assert after.predicate_id == before.predicate_id
    for candidate in before.candidates[1:]:
        reject(workspace, "zoo:0", candidate.id)
    build(workspace)
    last = linked(workspace, *NAMES, label_set="zoo")[0]
    assert (last.object_id, last.wnid, last.predicate_id, last.confidence) == (None,) * 4
    assert (last.status, last.candidates) == ("review", ())


def test_link_finds_the_set_by_itself_and_leaves_other_lists_alone(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    build(workspace)
    free = linked(workspace, *NAMES)[0].object_id
    assert free is not None
    reject(workspace, "zoo:0", free)
    build(workspace)
    assert linked(workspace, *NAMES)[0].object_id != free  # half of the rows are zoo's
    assert linked(workspace, "crane", "ship", "car", "poppy")[0].object_id == free


def test_undone_denial_counts_no_more(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    first = place(workspace, "zoo:0")
    assert first is not None
    reject(workspace, "zoo:0", first)
    assert place(workspace, "zoo:0") != first
    append_decision(
        workspace.decisions_path,
        Decision(
            id="d9",
            at="2025-03-02T09:30:00Z",
            by="ana",
            action="note",
            subject_id=Curie("zoo", "0"),
            undoes="d0",
        ),
    )
    assert place(workspace, "zoo:0") == first
    with labelsys.open(workspace.path) as system:
        assert not [m for m in system.mappings() if m.predicate_modifier]


def test_denial_of_what_is_not_here_is_told(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w")
    reject(workspace, "zoo:0", "wn30:99999999-n")
    reject(workspace, "sea:0", toy.DOG)
    build(workspace)
    with labelsys.open(workspace.path) as system:
        assert not [m for m in system.mappings() if m.predicate_modifier]
        found = [f for f in system.lint() if f.code == "W206"]
    assert [f.id for f in found] == ["sea:0", "zoo:0"]


def store_with(*denials: Mapping) -> MemoryStore:
    """Return a store whose Not rows no decision made: another tool may have written them."""
    writer = MemoryWriter()
    writer.add_concepts(toy.concepts())
    writer.add_edges(toy.edges())
    writer.add_mappings(denials)
    labels = replace(ZOO, labels=ZOO.labels)
    writer.add_label_set(labels, [labelsys_placement(label.id) for label in labels.labels])
    writer.finish()
    return writer.store


def labelsys_placement(label_id: Curie) -> labelsys.Placement:
    return labelsys.Placement(label_id=label_id, kind="unplaced")


def test_not_row_of_any_store_is_obeyed() -> None:
    labels = list(ZOO.labels)
    (before, *_) = link_labels(store_with(), labels, label_set="zoo", encoder="none")
    assert before.object_id is not None
    denial = Mapping(
        subject_id=Curie("zoo", "0"),
        predicate_id=EXACT,
        predicate_modifier="Not",
        object_id=before.object_id,
        mapping_justification=Justification.MANUAL,
    )
    (after, *_) = link_labels(store_with(denial), labels, label_set="zoo", encoder="none")
    assert after.object_id != before.object_id
    assert before.object_id not in {c.id for c in after.candidates}
