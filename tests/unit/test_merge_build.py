"""Builds of small systems: a source that is a lexicon, and label sets of a few names."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.audit.decisions import Decision, append_decision
from labelsys.config import MatchSettings, Recipe, Settings, SourceSpec
from labelsys.errors import MissingExtraError, NotFoundError, SourceError, StoreBusyError
from labelsys.ids import ROOT, Curie
from labelsys.merge.build import BuildOptions, BuildReport, build
from labelsys.merge.new_ids import NewIds
from labelsys.merge.stages import content_key
from labelsys.source.registry import sources
from labelsys.store.sqlite import SqliteStore
from labelsys.workspace import Workspace, current_graph
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labelsys.model import LabelSet, Placement

NO_VECTORS = MatchSettings(encoder="none")
MID = "/m/0bt9lr"

PETS = toy.label_set(
    "pets",
    {"name": "Dog", "wnid": "n02084071"},
    {"name": "kitten", "synset": "kitten.n.01"},
    {"name": "x", "wnid": "n02113335"},
    "background",
)
SEA = toy.label_set(
    "sea",
    {"name": "Ellobium", "parent": "Birds"},
    {"name": "Zyx"},
    {"label_id": MID, "name": "hound", "qid": "Q144"},
)
ZOO = toy.label_set(
    "zoo",
    {"name": "ellobium", "parent": "Bird"},
    {"label_id": MID, "name": "something"},
    {"name": "goose", "wnid": "n01855672"},
)
SETS = {s.id: s for s in (PETS, SEA, ZOO)}


@pytest.fixture(autouse=True)
def toy_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the lexicon as a source, for one test."""
    monkeypatch.setattr(sources, "_targets", dict(sources._targets))
    sources.add_lazy("toy", "tests.lexicon_toy:ToySource")


def make(
    path: Path, *label_sets: LabelSet, cache: Path | None = None, **changes: object
) -> Workspace:
    recipe = Recipe(
        label_sets=(),
        sources=(SourceSpec(name="toy", version="1"),),
        match=NO_VECTORS,
    )
    workspace = Workspace.create(
        path,
        replace(recipe, **changes),  # type: ignore[arg-type]  # a test names the fields itself
        settings=Settings(cache=cache),
    )
    for label_set in label_sets:
        workspace.add_label_set(label_set)
    return workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make(tmp_path / "w", PETS, SEA, ZOO)


def graph(workspace: Workspace) -> bytes:
    path = current_graph(workspace.path)
    assert path is not None
    return path.read_bytes()


@pytest.fixture
def store(workspace: Workspace) -> Iterator[SqliteStore]:
    build(workspace)
    path = current_graph(workspace.path)
    assert path is not None
    with SqliteStore(path) as found:
        yield found


def place(store: SqliteStore, label_id: str) -> Placement:
    found = store.find_placement(Curie.parse(label_id))
    assert found is not None
    return found


def kinds(store: SqliteStore) -> dict[str, str]:
    return {str(p.label_id): p.kind for p in store.iter_placements()}


def test_every_label_has_one_placement(store: SqliteStore) -> None:
    assert kinds(store) == {
        "pets:0": "exact",
        "pets:1": "unplaced",
        "pets:2": "exact",
        "pets:3": "excluded",
        "sea:0": "broader",
        "sea:1": "unplaced",
        f"sea:{MID}": "exact",
        "zoo:0": "broader",
        f"zoo:{MID}": "exact",
        "zoo:2": "exact",
    }


def test_labels_of_several_sets_meet_at_one_new_concept(store: SqliteStore) -> None:
    sea, zoo = place(store, "sea:0"), place(store, "zoo:0")
    assert sea.concept_id is not None
    assert sea.concept_id == zoo.concept_id
    assert sea.concept_id.prefix == "ls"
    concept = store.get_concept(sea.concept_id)
    assert (concept.pref_label, concept.source) == ("Ellobium", "labelset")
    assert [e.broader for e in store.iter_broader(concept.id)] == [toy.BIRD]
    assert place(store, f"zoo:{MID}").concept_id == toy.DOG


def test_graph_holds_the_sources_and_what_the_sets_founded(store: SqliteStore) -> None:
    found = {c.id for c in store.iter_concepts()}
    assert found == {c.id for c in toy.concepts()} | {place(store, "sea:0").concept_id}
    edges = set(store.iter_edges())
    assert set(toy.edges()) < edges
    assert len(edges) == len(toy.edges()) + 1
    assert [s.id for s in store.iter_label_sets()] == ["pets", "sea", "zoo"]


def test_placed_labels_have_mappings_and_others_findings(store: SqliteStore) -> None:
    mapped = {str(m.subject_id) for m in store.iter_mappings()}
    assert mapped == {k for k, kind in kinds(store).items() if kind in ("exact", "broader")}
    codes = {(f.code, f.id) for f in store.iter_findings()}
    assert {
        ("W203", "pets:1"),
        ("I401", "pets:3"),
        ("I402", "pets:1"),
        ("I402", "sea:1"),
    } == codes


def test_report_counts_what_the_graph_holds(workspace: Workspace) -> None:
    report = build(workspace)
    n = len(toy.concepts()) + 1
    assert report.lines == (
        # one row for each of five exact labels, two for each of two broader ones
        f"{n} concepts (1 known to label sets only), {len(toy.edges()) + 1} edges, 9 mappings",
        "10 labels of 3 label sets = 5 exact + 2 broader + 1 excluded + 2 unplaced",
        "matched by names alone: the recipe's encoder is `none`",
    )
    assert not report.up_to_date
    assert report.path == workspace.graph_path(report.hash) == current_graph(workspace.path)


def test_automatic_encoder_that_is_not_there_says_what_it_would_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    workspace = make(tmp_path / "w", PETS, match=MatchSettings())
    assert build(workspace).lines[-1].endswith("pip install 'labelsys[offline]' adds them")
    with pytest.raises(MissingExtraError, match="the packaged sentence encoder needs an extra"):
        build(workspace, BuildOptions(encoder="minilm"))


def test_facts_of_a_graph_are_in_it(workspace: Workspace, store: SqliteStore) -> None:
    meta = store.get_meta()
    assert meta["hash"] == build(workspace).hash
    assert json.loads(meta["label_sets"]) == {s: content_key(x) for s, x in SETS.items()}
    (source,) = json.loads(meta["sources"])
    counts = source["counts"]["concepts"]
    n = len(toy.concepts())
    assert counts == {"read": n, "kept": n, "skipped": {}, "failed": {}}
    assert (meta["encoder"], meta["hidden"]) == ("none", "[]")
    assert json.loads(meta["recipe"])["label_sets"] == ["pets", "sea", "zoo"]


def test_second_build_has_nothing_to_do(workspace: Workspace) -> None:
    first = build(workspace)
    file, before = first.path.stat().st_ino, graph(workspace)
    second = build(workspace)
    assert second == BuildReport(
        hash=first.hash, path=first.path, up_to_date=True, lines=("nothing to do",)
    )
    assert (first.path.stat().st_ino, graph(workspace)) == (file, before)


def test_forced_build_gives_the_same_bytes(workspace: Workspace) -> None:
    first = build(workspace)
    before = graph(workspace)
    second = build(workspace, BuildOptions(force=True))
    assert (second.hash, second.up_to_date) == (first.hash, False)
    assert second.lines == first.lines
    assert graph(workspace) == before


def test_cold_half_warm_and_warm_caches_give_the_same_bytes(tmp_path: Path) -> None:
    cold = make(tmp_path / "a", PETS, SEA, ZOO)
    build(cold)
    half = make(tmp_path / "b", PETS)
    build(half)
    half.add_label_set(SEA)
    half.add_label_set(ZOO)
    build(half)
    build(warm := make(tmp_path / "c", PETS, SEA, ZOO, cache=cold.cache_folder))
    assert graph(cold) == graph(half) == graph(warm)
    assert cold.ids_path.read_bytes() == half.ids_path.read_bytes()


def test_set_imported_last_and_removed_again_leaves_the_old_bytes(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w", PETS, SEA)
    first = build(workspace)
    before = graph(workspace)
    workspace.add_label_set(ZOO)
    second = build(workspace)
    assert second.hash != first.hash
    workspace.remove_label_set("zoo")
    third = build(workspace)
    assert (third.hash, graph(workspace)) == (first.hash, before)


def test_order_of_sets_is_the_recipe_s(tmp_path: Path) -> None:
    one, two = make(tmp_path / "a", SEA, ZOO), make(tmp_path / "b", ZOO, SEA)
    assert build(one).hash != build(two).hash
    for workspace, founder in ((one, "sea:0"), (two, "zoo:0")):
        path = current_graph(workspace.path)
        assert path is not None
        with SqliteStore(path) as store:
            assert next(s.id for s in store.iter_label_sets()) == founder[:3]
        assert NewIds.read(workspace.ids_path).rows[0].label_id == founder


GIVEN = [
    toy.label_set(f"set{n}", {"name": "Some Dog", "wnid": wnid})
    for n, wnid in enumerate(["n03126707", "n02084071", "n02084071"])
]
WITH_CRANE = toy.label_set("set0", {"name": "Crane", "wnid": "n03126707"})
CRANES = toy.label_set("cranes", "Crane", "crane", "goose")


def test_cached_matches_count_for_nothing_where_an_early_set_has_changed(tmp_path: Path) -> None:
    # Whether set0 is there decides what other sets say of cranes, three sets later.
    later = [*GIVEN[1:], toy.label_set("set3", {"name": "x", "wnid": "n02113335"}), CRANES]
    warm = make(tmp_path / "a", WITH_CRANE, *later)
    build(warm)
    build(warm, BuildOptions(without=("set0",)))
    fresh = make(tmp_path / "b", *later)
    build(fresh)
    assert graph(warm) == graph(fresh)


def test_label_set_is_left_out_for_good(workspace: Workspace) -> None:
    build(workspace)
    report = build(workspace, BuildOptions(without=("sea", "pets")))
    assert report.lines[1].startswith("3 labels of 1 label sets = ")
    assert workspace.read_recipe().label_sets == ("zoo",)
    assert build(workspace).up_to_date


def test_left_out_set_must_be_there(workspace: Workspace) -> None:
    before = workspace.recipe_path.read_bytes()
    with pytest.raises(NotFoundError, match=r"no label set 'pest' \(closest: pets\)"):
        build(workspace, BuildOptions(without=("pest",)))
    assert workspace.recipe_path.read_bytes() == before
    assert list((workspace.path / "graphs").glob("*")) == []


def test_hidden_concepts_are_taken_out_for_good(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("dog.n.01\n")
    report = build(workspace, BuildOptions(hide=tmp_path / "list.txt"))
    with SqliteStore(report.path) as store:
        assert store.find_concept(toy.DOG) is None
        assert [e.broader for e in store.iter_broader(toy.POODLE)] == [toy.MAMMAL]
        assert place(store, f"sea:{MID}").kind == "unplaced"
        # neither an id that is wrong nor evidence
        assert not [f for f in store.iter_findings() if f.code == "W203" and f.id != "pets:1"]
        assert toy.DOG in json.loads(store.get_meta()["hidden"])
    assert workspace.read_recipe().hide == "hide.txt"
    (tmp_path / "list.txt").unlink()
    assert build(workspace).up_to_date
    workspace.set_hidden(None)
    assert build(workspace).hash != report.hash


def test_hidden_id_of_no_concept_leaves_the_workspace_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    build(workspace)
    before = (graph(workspace), workspace.recipe_path.read_bytes())
    (tmp_path / "list.txt").write_text("dog.n.01\nn99999999\n")
    with pytest.raises(SourceError, match=r"list\.txt:2: 'n99999999' names no concept"):
        build(workspace, BuildOptions(hide=tmp_path / "list.txt"))
    assert (graph(workspace), workspace.recipe_path.read_bytes()) == before


def decision(number: int, action: str, label: str, **values: object) -> Decision:
    return Decision(
        id=f"d{number}",
        at="2025-03-01T09:30:00Z",
        by="curator",
        action=action,
        subject_id=Curie.parse(label),
        **values,  # type: ignore[arg-type]  # a test names the fields itself
    )


def test_decisions_are_replayed(workspace: Workspace) -> None:
    first = build(workspace)
    exact = {"predicate_id": "skos:exactMatch", "object_id": toy.SPARROW}
    for made in (
        decision(1, "accept", "sea:1", **exact),
        decision(2, "reject", "pets:0", object_id=toy.DOG),
        decision(3, "exclude", "zoo:2", why="a person"),
        decision(4, "accept", "gone:1", **exact),
    ):
        append_decision(workspace.decisions_path, made)
    report = build(workspace)
    assert report.hash != first.hash
    with SqliteStore(report.path) as store:
        assert place(store, "sea:1").concept_id == toy.SPARROW
        assert place(store, "pets:0").kind == "unplaced"
        assert (place(store, "zoo:2").kind, place(store, "zoo:2").reason) == (
            "excluded",
            "a person",
        )
        (finding,) = [f for f in store.iter_findings() if f.code == "W206"]
        assert finding.id == "gone:1"


def test_undone_decisions_leave_the_old_graph(workspace: Workspace) -> None:
    first = build(workspace)
    before = graph(workspace)
    append_decision(workspace.decisions_path, decision(1, "exclude", "zoo:2", why="a person"))
    build(workspace)
    append_decision(
        workspace.decisions_path, decision(2, "note", "zoo:2", why="a mistake", undoes="d1")
    )
    assert build(workspace).hash == first.hash
    assert graph(workspace) == before


def test_thresholds_of_the_recipe_count(workspace: Workspace) -> None:
    build(workspace)
    recipe = workspace.read_recipe()
    workspace.write_recipe(replace(recipe, match=replace(NO_VECTORS, max_unplaced_depth=4)))
    with SqliteStore(build(workspace).path) as store:
        assert place(store, "sea:0").kind == "unplaced"  # birds have depth 4


def test_encoder_of_a_build_is_kept_in_the_recipe(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w", PETS, match=MatchSettings())
    build(workspace, BuildOptions(encoder="none"))
    assert workspace.read_recipe().match.encoder == "none"


def test_new_ids_are_kept_for_the_next_build(workspace: Workspace) -> None:
    report = build(workspace)
    with SqliteStore(report.path) as store:
        own = place(store, "sea:0").concept_id
    rows = NewIds.read(workspace.ids_path).rows
    assert [(row.id, row.label_id) for row in rows] == [(own, "sea:0"), (own, "zoo:0")]
    workspace.remove_label_set("sea")
    with SqliteStore(build(workspace).path) as store:
        assert place(store, "zoo:0").concept_id == own  # it outlives its founder


def test_one_build_at_a_time(workspace: Workspace) -> None:
    other = Workspace.open(workspace.path)
    with workspace.lock(), pytest.raises(StoreBusyError, match="is being written by"):
        build(other)


def test_system_without_label_sets_is_its_sources(tmp_path: Path) -> None:
    report = build(make(tmp_path / "w"))
    assert (
        report.lines[1]
        == "0 labels of 0 label sets = 0 exact + 0 broader + 0 excluded + 0 unplaced"
    )
    with SqliteStore(report.path) as store:
        assert [c.id for c in store.iter_concepts()] == [c.id for c in toy.concepts()]
        assert list(store.iter_broader(ROOT)) == []


@pytest.mark.slow
@pytest.mark.wordnet
def test_real_sources_and_bundled_sets_add_up(tmp_path: Path, wordnet_folder: Path) -> None:
    workspace = Workspace.create(
        tmp_path / "w",
        Recipe(label_sets=("coco", "voc2007", "cifar10"), match=NO_VECTORS),
    )
    first = build(workspace, BuildOptions(wordnet=wordnet_folder))
    with SqliteStore(first.path) as store:
        sizes = {s.id: len(s.labels) for s in store.iter_label_sets()}
        assert sizes == {"coco": 80, "voc2007": 20, "cifar10": 10}
        for set_id, size in sizes.items():
            assert len(list(store.iter_placements(set_id))) == size
        wordnet = sum(c.source == "wordnet" for c in store.iter_concepts())
        assert wordnet == 82_115
        dog = [p.concept_id for p in store.iter_placements() if p.label_id.prefix == "cifar10"]
        assert toy.DOG in dog
    assert build(workspace, BuildOptions(wordnet=wordnet_folder)).up_to_date
    before = graph(workspace)
    build(workspace, BuildOptions(wordnet=wordnet_folder, force=True))
    assert graph(workspace) == before
