"""Breaks the loops of a graph that ought to have none, by a fixed rule.

Nothing here knows Wikidata; nodes are any texts with an order.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    Links: TypeAlias = dict[str, list[str]]

__all__ = ["Cut", "break_cycles"]


class Cut(NamedTuple):
    """An edge to leave out.

    Attributes:
        narrower: its lower end.
        broader: its upper end.
        loop: a loop that it closes, upwards: begins with narrower and broader,
            ends with narrower.
    """

    narrower: str
    broader: str
    loop: tuple[str, ...]


def break_cycles(edges: Iterable[tuple[str, str]], *, key: Callable[[str], Any]) -> list[Cut]:
    """Choose edges without which the graph has no cycle.

    The rule looks at one strongly connected component at a time, so what is cut
    depends on nothing but the component and which of its nodes have an edge out
    of it. From those nodes, in order, it walks down depth-first inside the
    component, narrower nodes in order, and cuts each edge that leads back to a
    node on the way it came. A node keeps the edge by which it was first reached,
    and the first ones have their edge out: no node of a component that has any
    way out loses its last broader node, and where all ways out lead to a root,
    everything still reaches one. Edges from a node to itself are cut.

    Args:
        edges: (narrower, broader).
        key: gives the order of nodes; must be total.

    Returns:
        The cuts, by component (its least node), then in the order of the walk.
    """
    up: Links = defaultdict(list)
    down: Links = defaultdict(list)
    for narrower, broader in sorted(set(edges), key=lambda edge: (key(edge[0]), key(edge[1]))):
        up[narrower].append(broader)
        down[broader].append(narrower)
    cuts: list[Cut] = []
    for component in _components(up, key):
        members = set(component)
        inside = {
            node: sorted((n for n in down.get(node, ()) if n in members), key=key)
            for node in component
        }
        attached = [n for n in component if any(b not in members for b in up[n])]
        cuts.extend(_cut_component(inside, [*attached, *component]))
    return cuts


def _components(up: Links, key: Callable[[str], Any]) -> list[list[str]]:
    """Find the strongly connected components that hold a loop.

    Returns:
        Members in order, components by their least member.
    """
    walk = _Tarjan(up)
    for start in list(up):
        walk.visit(start)
    loops = [c for c in walk.components if len(c) > 1 or c[0] in up.get(c[0], ())]
    return sorted((sorted(c, key=key) for c in loops), key=lambda c: key(c[0]))


class _Tarjan:
    """Strongly connected components, without recursion: class chains run deep.

    Source:
        R. Tarjan (1972), Depth-first search and linear graph algorithms.
    """

    def __init__(self, up: Links) -> None:
        self.up = up
        self.number: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.open: dict[str, None] = {}  # a stack: dicts keep their order
        self.components: list[list[str]] = []

    def visit(self, start: str) -> None:
        """Add the components reachable from a node, as far as they are new."""
        work = [] if start in self.number else [(start, self.enter(start))]
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in self.number:
                    work.append((successor, self.enter(successor)))
                    break
                if successor in self.open:
                    self.low[node] = min(self.low[node], self.number[successor])
            else:
                work.pop()
                if work:
                    below = work[-1][0]
                    self.low[below] = min(self.low[below], self.low[node])
                if self.low[node] == self.number[node]:
                    self.close(node)

    def enter(self, node: str) -> Iterator[str]:
        """Number a node and put it on the stack.

        Returns:
            Its successors, to go on with.
        """
        self.number[node] = self.low[node] = len(self.number)
        self.open[node] = None
        return iter(self.up.get(node, ()))

    def close(self, node: str) -> None:
        """Take the component of its first node off the stack."""
        component = [self.open.popitem()[0]]
        while component[-1] != node:
            component.append(self.open.popitem()[0])
        self.components.append(component)


def _cut_component(inside: Links, starts: list[str]) -> Iterator[Cut]:
    """Walk down from the starts.

    Yields:
        The edges that lead back up the way.
    """
    done: set[str] = set()
    for start in starts:
        way = {} if start in done else {start: iter(inside[start])}  # a stack again
        while way:
            node = next(reversed(way))
            for narrower in way[node]:
                if narrower in way:
                    yield Cut(narrower, node, _loop(list(way), narrower))
                elif narrower not in done:
                    way[narrower] = iter(inside[narrower])
                    break
            else:
                done.add(node)
                del way[node]


def _loop(way: list[str], narrower: str) -> tuple[str, ...]:
    return (narrower, *reversed(way[way.index(narrower) :]))
