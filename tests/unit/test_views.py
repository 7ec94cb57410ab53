from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.errors import NotFoundError
from labelsys.ids import Curie
from labelsys.model import Concept, Edge
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.views import find_depth, find_path, get_tree, view_concept
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def test_depth_is_that_of_the_drawing(store: MemoryStore) -> None:
    assert {id_: find_depth(store, id_) for id_ in toy.DEPTHS} == toy.DEPTHS


class Broken:
    """Edges that no build would write: a loop, and a concept that hangs nowhere."""

    A, B, LOOSE = Curie("ex", "a"), Curie("ex", "b"), Curie("ex", "loose")

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        up = {self.A: [self.B, toy.ENTITY], self.B: [self.A]}
        return iter([Edge(id_, broader) for broader in up.get(id_, [])])

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        return iter(())

    def iter_edges(self) -> Iterator[Edge]:
        return iter(())


def test_depth_of_a_concept_without_a_way_to_the_root_is_none() -> None:
    assert find_depth(Broken(), Broken.LOOSE) is None


def test_depth_below_a_loop_is_none() -> None:
    assert find_depth(Broken(), Broken.A) is None


def test_view_names_known_concepts_first(store: MemoryStore) -> None:
    view = view_concept(store, toy.DOG)
    assert [other.id for other in view.broader] == [toy.DOMESTIC, toy.CANINE]
    assert [other.id for other in view.narrower] == [toy.RETRIEVER, toy.WATER_DOG]
    assert [label.name for label in view.labels] == ["Dog", "guard dog (chained)"]
    assert [label.placement for label in view.labels] == ["exact", "broader"]


def test_view_cuts_narrower_but_counts_them(store: MemoryStore) -> None:
    view = view_concept(store, toy.ANIMAL, limit=1)
    assert ([other.id for other in view.narrower], view.n_narrower) == ([toy.DOMESTIC], 3)


def test_view_has_mappings_of_the_labels_too(store: MemoryStore) -> None:
    view = view_concept(store, toy.CRANE_BIRD)
    found = [(m.subject_id, m.predicate_modifier, m.status) for m in view.mappings]
    assert found == [("zoo:7", "", "accepted"), ("zoo:7", "Not", "rejected")]


def test_view_of_an_unknown_concept_raises(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no concept 'wd:Q1'"):
        view_concept(store, Curie("wd", "Q1"))


def test_tree_without_a_limit_reaches_everything(store: MemoryStore) -> None:
    rows = get_tree(store, toy.ENTITY)
    assert {row.id for row in rows} == set(toy.DEPTHS)
    assert len(rows) == 17  # sixteen concepts, dog on two ways


def test_tree_opens_a_concept_once(store: MemoryStore) -> None:
    dogs = [row for row in get_tree(store, toy.ANIMAL) if row.id == toy.DOG]
    assert [row.is_repeated for row in dogs] == [False, True]


def test_leaf_met_twice_is_not_called_repeated(store: MemoryStore) -> None:
    rows = get_tree(store, toy.ANIMAL, depth=2)
    assert [row.is_repeated for row in rows if row.id == toy.DOG] == [False, False]


def test_tree_of_depth_0_is_the_concept(store: MemoryStore) -> None:
    (row,) = get_tree(store, toy.DOG, depth=0)
    assert (row.id, row.level, row.n_labels) == (toy.DOG, 0, 2)


def test_path_to_itself_is_one_step(store: MemoryStore) -> None:
    (step,) = find_path(store, toy.DOG, toy.DOG)
    assert (step.step, step.direction, step.kind) == (0, "start", None)


def test_path_equals_that_of_the_whole_hierarchy(store: MemoryStore) -> None:
    from labelsys.hierarchy import Hierarchy

    whole = Hierarchy.from_store(store)
    for start in toy.DEPTHS:
        for end in toy.DEPTHS:
            steps = [(s.id, s.direction, s.kind) for s in find_path(store, start, end)]
            assert steps == [(s.id, s.direction, s.kind) for s in whole.path(start, end)]


def test_path_between_unconnected_concepts_says_so() -> None:
    writer = MemoryWriter()
    one, two = Curie("wd", "Q1"), Curie("wd", "Q2")
    writer.add_concepts([Concept(id=one, pref_label="one"), Concept(id=two, pref_label="two")])
    writer.finish()
    with pytest.raises(NotFoundError, match="no path 'wd:Q1 to wd:Q2': nothing is above both"):
        find_path(writer.store, one, two)
