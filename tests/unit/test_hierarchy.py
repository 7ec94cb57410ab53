"""The hierarchy: by hand on the toy graph, and against networkx on random graphs."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import CyclicHierarchyError, NotFoundError
from labelsys.hierarchy import KINDS, Hierarchy
from labelsys.ids import Curie
from labelsys.model import Edge, EdgeKind
from tests import toy

TREE = Hierarchy(toy.toy_graph().edges)


def ex(name: str) -> Curie:
    return Curie("ex", name)


def tree(*edges: str) -> Hierarchy:
    """Return a hierarchy from texts: "b a" is b under a; "b a i" is an instance edge."""
    parts = (text.split() for text in edges)
    return Hierarchy(
        Edge(ex(part[0]), ex(part[1]), "instance" if part[2:] else "subclass") for part in parts
    )


@st.composite
def edge_lists(draw: st.DrawFn) -> list[Edge]:
    ids = [ex(f"n{i}") for i in range(draw(st.integers(2, 12)))]
    pairs = list(combinations(reversed(draw(st.permutations(ids))), 2))
    kinds: st.SearchStrategy[EdgeKind] = st.sampled_from(KINDS)
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    return [Edge(low, high, draw(kinds)) for low, high in chosen]


def graph_of(edges: list[Edge], *, instances: bool) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(id_ for edge in edges for id_ in (edge.narrower, edge.broader))
    graph.add_edges_from(
        (e.narrower, e.broader) for e in edges if instances or e.kind == "subclass"
    )
    return graph


def slow_depth(edges: list[Edge], id_: Curie) -> int:
    """Follow every way up, as the definition says it."""
    above = [e for e in edges if e.narrower == id_]
    if not above:
        return 0
    counted = [e for e in above if e.kind == "subclass" and rooted(edges, e.broader)] or above
    return 1 + max(slow_depth(edges, e.broader) for e in counted)


def rooted(edges: list[Edge], id_: Curie) -> bool:
    above = [e for e in edges if e.narrower == id_]
    return not above or any(e.kind == "subclass" and rooted(edges, e.broader) for e in above)


def test_ids_are_sorted_and_numbered() -> None:
    assert list(TREE.ids) == sorted(toy.DEPTHS)
    assert [TREE.index(id_) for id_ in TREE.ids] == list(range(16))
    assert len(TREE) == 16
    assert toy.DOG in TREE
    assert ex("none") not in TREE


def test_depths_are_those_of_the_drawing() -> None:
    assert {id_: TREE.depth(id_) for id_ in TREE.ids} == toy.DEPTHS
    assert TREE.depths.tolist() == [toy.DEPTHS[id_] for id_ in TREE.ids]


def test_depth_is_the_longest_subclass_path() -> None:
    assert tree("b a", "c b", "d c", "d a").depth(ex("d")) == 3


def test_depth_ignores_instance_edges_where_a_subclass_path_leads_to_the_root() -> None:
    found = tree("b a", "c b", "d c", "x d i", "x a")
    assert found.depth(ex("x")) == 1


def test_depth_below_an_instance_counts_on_from_it() -> None:
    # x hangs by instance edges only, from depth 1 and 2; y is a subclass of x.
    found = tree("b a", "c b", "x b i", "x c i", "y x")
    assert (found.depth(ex("x")), found.depth(ex("y"))) == (3, 4)


def test_concepts_without_edges_are_roots() -> None:
    found = Hierarchy([], ids=[ex("b"), ex("a")])
    assert found.ids == found.roots == ("ex:a", "ex:b")
    assert found.depths.tolist() == [0, 0]
    assert found.ancestors(ex("a")) == found.descendants(ex("a")) == ()


def test_empty_hierarchy_has_nothing() -> None:
    found = Hierarchy([])
    assert found.ids == found.roots == found.topological_order == ()
    assert found.descendant_mask([]).shape == (0,)


def test_broader_and_narrower_are_one_step_sorted() -> None:
    assert TREE.broader(toy.DOG) == (toy.DOMESTIC, toy.CANINE)
    assert TREE.narrower(toy.DOG) == (toy.WATER_DOG, toy.RETRIEVER)
    assert TREE.broader(toy.EINSTEIN) == ()
    assert TREE.broader(toy.EINSTEIN, instances=True) == (toy.PERSON,)
    assert TREE.narrower(toy.PERSON) == ()
    assert TREE.narrower(toy.PERSON, instances=True) == (toy.EINSTEIN,)


def test_both_kinds_between_two_concepts_are_one_step() -> None:
    found = tree("b a", "b a i", "b a")
    assert found.broader(ex("b"), instances=True) == ("ex:a",)
    assert found.to_networkx().number_of_edges() == 2


def test_ancestors_go_up_both_sides_of_the_diamond() -> None:
    above = {toy.ENTITY, toy.PHYSICAL, toy.ANIMAL, toy.DOMESTIC, toy.CANINE}
    assert TREE.ancestors(toy.DOG) == tuple(sorted(above))


def test_descendants_follow_instances_only_when_asked() -> None:
    assert TREE.descendants(toy.PERSON) == ()
    assert TREE.descendants(toy.PERSON, instances=True) == (toy.EINSTEIN,)
    assert TREE.descendants(toy.CANINE) == (toy.WATER_DOG, toy.DOG, toy.RETRIEVER)


def test_masks_take_several_and_contain_them() -> None:
    mask = TREE.descendant_mask([toy.VEHICLE, toy.DOG])
    found = {TREE.ids[i] for i in np.flatnonzero(mask)}
    assert found == {toy.VEHICLE, toy.CAR, toy.AUDI, toy.DOG, toy.RETRIEVER, toy.WATER_DOG}
    mask = TREE.ancestor_mask([toy.CAR, toy.PERSON])
    found = {TREE.ids[i] for i in np.flatnonzero(mask)}
    assert found == {toy.CAR, toy.VEHICLE, toy.ARTIFACT, toy.PERSON, toy.PHYSICAL, toy.ENTITY}
    assert not TREE.descendant_mask([]).any()


def test_is_under_includes_itself() -> None:
    assert TREE.is_under(toy.DOG, toy.DOG)
    assert TREE.is_under(toy.RETRIEVER, toy.DOMESTIC)
    assert not TREE.is_under(toy.DOMESTIC, toy.RETRIEVER)
    assert not TREE.is_under(toy.EINSTEIN, toy.ENTITY)
    assert TREE.is_under(toy.EINSTEIN, toy.ENTITY, instances=True)


def test_lowest_common_ancestors() -> None:
    assert TREE.lowest_common_ancestors(toy.RETRIEVER, toy.WATER_DOG) == (toy.DOG,)
    assert TREE.lowest_common_ancestors(toy.RETRIEVER, toy.CRANE_BIRD) == (toy.ANIMAL,)
    assert TREE.lowest_common_ancestors(toy.RETRIEVER, toy.DOG) == (toy.DOG,)
    assert TREE.lowest_common_ancestors(toy.EINSTEIN, toy.DOG) == ()
    found = TREE.lowest_common_ancestors(toy.EINSTEIN, toy.DOG, instances=True)
    assert found == (toy.PHYSICAL,)


def test_several_lowest_common_ancestors_are_sorted() -> None:
    found = tree("x m", "x n", "y m", "y n", "m top", "n top")
    assert found.lowest_common_ancestors(ex("x"), ex("y")) == ("ex:m", "ex:n")


def test_path_goes_up_and_down_with_kinds() -> None:
    steps = TREE.path(toy.EINSTEIN, toy.ANIMAL)
    assert [tuple(step) for step in steps] == [
        (0, toy.EINSTEIN, "start", None),
        (1, toy.PERSON, "up", "instance"),
        (2, toy.PHYSICAL, "up", "subclass"),
        (3, toy.ANIMAL, "down", "subclass"),
    ]
    back = TREE.path(toy.ANIMAL, toy.EINSTEIN)
    assert [tuple(step) for step in back[1:]] == [
        (1, toy.PHYSICAL, "up", "subclass"),
        (2, toy.PERSON, "down", "subclass"),
        (3, toy.EINSTEIN, "down", "instance"),
    ]


def test_path_up_only_down_only_and_nowhere() -> None:
    assert [s.direction for s in TREE.path(toy.DOG, toy.ENTITY)] == ["start", *["up"] * 4]
    assert [s.direction for s in TREE.path(toy.ENTITY, toy.DOG)] == ["start", *["down"] * 4]
    assert [s.id for s in TREE.path(toy.DOG, toy.DOG)] == [toy.DOG]
    assert TREE.path(toy.EINSTEIN, toy.DOG, instances=False) == ()


def test_path_of_equal_length_takes_the_smaller_id() -> None:
    steps = tree("x n", "x m", "y m", "y n").path(ex("x"), ex("y"))
    assert [step.id for step in steps] == ["ex:x", "ex:m", "ex:y"]


def test_path_takes_the_lowest_common_ancestor_that_is_near() -> None:
    # x and y meet in m (4 steps) and in n (2 steps).
    found = tree("x p", "p m", "y q", "q m", "x n", "y n")
    assert [step.id for step in found.path(ex("x"), ex("y"))] == ["ex:x", "ex:n", "ex:y"]


def test_unreached_looks_at_both_kinds() -> None:
    found = tree("b a", "c b i", "e d")
    assert found.unreached(ex("a")) == ("ex:d", "ex:e")
    assert found.roots == ("ex:a", "ex:d")
    assert TREE.unreached(toy.ENTITY) == ()


@pytest.mark.parametrize(
    ("edges", "loop"),
    [
        (["a a"], "ex:a -> ex:a"),
        (["b a", "a b i"], "ex:a -> ex:b -> ex:a"),
        # The way in (z) and the way out (d, e) are no part of the loop.
        (["z c", "c b", "b a", "a c", "a d", "d e"], "ex:a -> ex:c -> ex:b -> ex:a"),
    ],
)
def test_cycle_is_named(edges: list[str], loop: str) -> None:
    with pytest.raises(CyclicHierarchyError, match=f"has a cycle: {loop}$") as caught:
        tree(*edges)
    assert caught.value.cycle[0] == caught.value.cycle[-1]


def test_unknown_id_raises_with_near_ids() -> None:
    with pytest.raises(NotFoundError, match=r"'wn30:02084072-n' \(closest: wn30:02084071-n"):
        TREE.ancestors(Curie("wn30", "02084072-n"))


def test_networkx_form_has_every_edge_with_its_kind() -> None:
    graph = TREE.to_networkx()
    found = {Edge(low, high, kind) for low, high, kind in graph.edges(keys=True)}
    assert found == set(toy.toy_graph().edges)


@given(edge_lists(), st.booleans())
def test_closures_are_those_of_networkx(edges: list[Edge], instances: bool) -> None:
    found, graph = Hierarchy(edges), graph_of(edges, instances=instances)
    for id_ in found.ids:
        assert set(found.ancestors(id_, instances=instances)) == nx.descendants(graph, id_)
        assert set(found.descendants(id_, instances=instances)) == nx.ancestors(graph, id_)
        for above in found.ids:
            expected = id_ == above or nx.has_path(graph, id_, above)
            assert found.is_under(id_, above, instances=instances) == expected


@given(edge_lists(), st.booleans())
def test_all_ancestors_are_those_of_each(edges: list[Edge], instances: bool) -> None:
    tree = Hierarchy(edges)
    offsets, numbers = tree.all_ancestors(instances=instances)
    assert len(offsets) == len(tree) + 1
    for i, id_ in enumerate(tree.ids):
        above = tuple(tree.ids[n] for n in numbers[offsets[i] : offsets[i + 1]])
        assert above == tree.ancestors(id_, instances=instances)


@given(edge_lists())
def test_order_puts_what_is_above_first(edges: list[Edge]) -> None:
    found = Hierarchy(edges)
    place = {id_: i for i, id_ in enumerate(found.topological_order)}
    assert sorted(place) == list(found.ids)
    assert all(place[edge.broader] < place[edge.narrower] for edge in edges)


@given(edge_lists())
def test_depths_are_those_of_the_definition(edges: list[Edge]) -> None:
    found = Hierarchy(edges)
    assert found.depths.tolist() == [slow_depth(edges, id_) for id_ in found.ids]


@given(edge_lists(), st.booleans())
def test_lowest_common_ancestors_are_those_of_the_definition(
    edges: list[Edge], instances: bool
) -> None:
    found, graph = Hierarchy(edges), graph_of(edges, instances=instances)
    above = {id_: nx.descendants(graph, id_) | {id_} for id_ in found.ids}
    for a, b in combinations(found.ids, 2):
        shared = above[a] & above[b]
        lowest = {c for c in shared if not any(c != d and c in above[d] for d in shared)}
        answer = found.lowest_common_ancestors(a, b, instances=instances)
        assert answer == found.lowest_common_ancestors(b, a, instances=instances)
        assert answer == tuple(sorted(lowest))
    assert all(found.lowest_common_ancestors(a, a) == (a,) for a in found.ids)


@given(edge_lists(), st.booleans())
def test_path_is_a_shortest_walk_over_a_lowest_common_ancestor(
    edges: list[Edge], instances: bool
) -> None:
    found, graph = Hierarchy(edges), graph_of(edges, instances=instances)
    kinds = set(edges)
    for a, b in combinations(found.ids, 2):
        steps = found.path(a, b, instances=instances)
        tops = found.lowest_common_ancestors(a, b, instances=instances)
        if not tops:
            assert steps == ()
            continue
        way = nx.shortest_path_length
        assert len(steps) - 1 == min(way(graph, a, t) + way(graph, b, t) for t in tops)
        assert (steps[0].id, steps[-1].id) == (a, b)
        assert [step.step for step in steps] == list(range(len(steps)))
        directions = [step.direction for step in steps[1:]]
        assert directions == sorted(directions, reverse=True)  # "up" before "down"
        for one, other in pairwise(steps):
            assert other.kind is not None
            ends = (one.id, other.id) if other.direction == "up" else (other.id, one.id)
            assert Edge(*ends, other.kind) in kinds
