from __future__ import annotations

from collections import defaultdict

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.source.wikidata.cycles import Cut, break_cycles


def cut(*edges: str) -> list[Cut]:
    """Edges are written narrower first: "ab" says that a has b above it."""
    return break_cycles([(edge[0], edge[1]) for edge in edges], key=str)


def test_a_graph_without_cycle_keeps_all_edges() -> None:
    assert cut("ab", "bc", "ac") == []


def test_the_edge_back_up_the_way_is_cut() -> None:
    # a has the way out (to x), so b keeps its edge to a, and a loses the one to b.
    assert cut("ax", "ab", "ba") == [Cut("a", "b", ("a", "b", "a"))]


def test_the_way_out_decides_and_not_the_order_of_names() -> None:
    assert cut("bx", "ab", "ba") == [Cut("b", "a", ("b", "a", "b"))]


def test_the_loop_is_told_upwards() -> None:
    # c is under b, b under a, and a under c closes the loop; a has the way out.
    assert cut("ax", "ba", "cb", "ac") == [Cut("a", "c", ("a", "c", "b", "a"))]


def test_an_edge_from_a_node_to_itself_is_cut() -> None:
    assert cut("ax", "aa") == [Cut("a", "a", ("a", "a"))]


def test_a_loop_without_a_way_out_is_cut_at_its_least_node() -> None:
    assert cut("ab", "bc", "ca") == [Cut("a", "b", ("a", "b", "c", "a"))]


def test_two_loops_are_cut_each_by_itself() -> None:
    assert cut("ax", "ab", "ba", "px", "pq", "qp") == [
        Cut("a", "b", ("a", "b", "a")),
        Cut("p", "q", ("p", "q", "p")),
    ]


def test_an_edge_outside_the_loop_does_not_change_what_is_cut() -> None:
    alone = cut("ax", "ab", "ba")
    assert cut("ax", "ab", "ba", "za", "zb", "xw") == alone


def test_the_order_of_nodes_is_the_callers() -> None:
    # Both have a way out; Q9 comes before Q10 by number, after it by spelling.
    edges = [("Q9", "x"), ("Q10", "x"), ("Q9", "Q10"), ("Q10", "Q9")]

    def number(node: str) -> int:
        return int(node[1:] or 0)

    assert [c[:2] for c in break_cycles(edges, key=number)] == [("Q9", "Q10")]
    assert [c[:2] for c in break_cycles(edges, key=str)] == [("Q10", "Q9")]


def test_a_chain_deeper_than_the_stack_of_python_is_no_trouble() -> None:
    n = 20_000
    ring = [(f"{i:05d}", f"{(i + 1) % n:05d}") for i in range(n)]
    (only,) = break_cycles([*ring, ("00007", "x")], key=str)
    assert only[:2] == ("00007", "00008")
    assert len(only.loop) == n + 1


EDGES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefghxy")), max_size=30)


@given(edges=EDGES)
def test_no_cycle_is_left(edges: list[tuple[str, str]]) -> None:
    cuts = break_cycles(edges, key=str)
    gone = {(c.narrower, c.broader) for c in cuts}
    assert len(gone) == len(cuts)
    assert nx.is_directed_acyclic_graph(nx.DiGraph(edge for edge in edges if edge not in gone))


@given(edges=EDGES)
def test_what_hung_from_a_root_still_does(edges: list[tuple[str, str]]) -> None:
    whole = nx.DiGraph([*edges, ("x", "root"), ("y", "root")])
    hanging = nx.ancestors(whole, "root")  # with edges upwards, these are the nodes below it
    edges = [edge for edge in whole.edges if edge[0] in hanging and edge[1] in {*hanging, "root"}]
    gone = {(c.narrower, c.broader) for c in break_cycles(edges, key=str)}
    left = nx.DiGraph(edge for edge in edges if edge not in gone)
    assert nx.ancestors(left, "root") == hanging


@given(edges=EDGES)
def test_every_cut_closes_the_loop_that_it_names(edges: list[tuple[str, str]]) -> None:
    cuts = break_cycles(edges, key=str)
    gone = {(c.narrower, c.broader) for c in cuts}
    for one in cuts:
        steps = list(zip(one.loop, one.loop[1:], strict=False))
        assert steps[0] == (one.narrower, one.broader)
        assert one.loop[0] == one.loop[-1]
        assert set(steps) <= set(edges)
        assert not gone & set(steps[1:])


@given(edges=EDGES, seed=st.randoms())
def test_the_order_and_number_of_edges_given_does_not_matter(
    edges: list[tuple[str, str]], seed: object
) -> None:
    assert break_cycles([*reversed(edges), *edges], key=str) == break_cycles(edges, key=str)


@given(edges=EDGES)
def test_only_edges_inside_a_component_are_cut(edges: list[tuple[str, str]]) -> None:
    component = defaultdict[str, int](int)
    for number, members in enumerate(nx.strongly_connected_components(nx.DiGraph(edges))):
        component.update(dict.fromkeys(members, number))
    for one in break_cycles(edges, key=str):
        assert component[one.narrower] == component[one.broader]


def test_nothing_in_gives_nothing_out() -> None:
    assert break_cycles([], key=str) == []
    with pytest.raises(TypeError):
        break_cycles([("a", "b")])  # type: ignore[call-arg]  # the order must be given
