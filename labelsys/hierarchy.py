"""The hierarchy of concepts as one acyclic graph in memory.

All bulk work (closures, depths, cuts) runs here, on integers and arrays; a
store is read once. Edges are subclass or instance edges. Every question is
about subclass edges only, unless it says otherwise or is asked with
`instances=True`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np

from labelsys.collector import collector_paused
from labelsys.csr import Adjacency, first_of_runs, row_positions
from labelsys.errors import CyclicHierarchyError, NotFoundError
from labelsys.ids import Curie, nearest_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import networkx

    from labelsys.csr import BoolArray, IntArray
    from labelsys.model import Edge, EdgeKind

__all__ = ["EdgeSource", "Hierarchy", "PathStep"]

KINDS: tuple[EdgeKind, EdgeKind] = ("subclass", "instance")
"""Edge kinds by the number that stands for them in arrays and in SQLite."""


class EdgeSource(Protocol):
    """What a hierarchy is read from: every store does."""

    def iter_ids(self) -> Iterator[Curie]:
        """Yield the id of every concept."""
        ...

    def iter_edges(self) -> Iterator[Edge]:
        """Yield every edge."""
        ...


class PathStep(NamedTuple):
    """One step on the way from one concept to another.

    Attributes:
        step: from 0.
        id: where the step ends.
        direction: `start`, `up` (to a broader concept) or `down`.
        kind: of the edge taken; None at the start.
    """

    step: int
    id: Curie
    direction: Literal["start", "up", "down"]
    kind: EdgeKind | None


class Hierarchy:
    """Concepts and the edges between them, without a cycle.

    Examples:
        >>> from labelsys.model import Edge
        >>> dog, cat, mammal = (Curie("ex", x) for x in ("dog", "cat", "mammal"))
        >>> tree = Hierarchy([Edge(dog, mammal), Edge(cat, mammal)])
        >>> tree.narrower(mammal), tree.depth(dog)
        (('ex:cat', 'ex:dog'), 1)
    """

    def __init__(self, edges: Iterable[Edge], *, ids: Iterable[Curie] = ()) -> None:
        """Build from edges.

        Args:
            edges: any order; one given twice counts once.
            ids: every concept, those without an edge too; ends of edges that
                are not among them are added.

        Raises:
            CyclicHierarchyError: the edges, of both kinds together, have a loop.
        """
        given = list(edges)
        lows, highs = [edge.narrower for edge in given], [edge.broader for edge in given]
        instance = [edge.kind == "instance" for edge in given]
        self.ids: tuple[Curie, ...] = tuple(sorted({*ids, *lows, *highs}))
        self._index = {id_: i for i, id_ in enumerate(self.ids)}
        n = len(self.ids)
        low, high, kind = self._distinct(lows, highs, instance)
        sub = kind == 0
        self._up = Adjacency.build(low, high, kind, n)
        self._down = Adjacency.build(high, low, kind, n)
        self._up_sub = Adjacency.build(low[sub], high[sub], kind[sub], n)
        self._down_sub = Adjacency.build(high[sub], low[sub], kind[sub], n)
        layers = self._down.levels(self._up)
        self.order: IntArray = np.concatenate(layers) if layers else np.zeros(0, dtype=np.int64)
        if len(self.order) < n:
            raise CyclicHierarchyError(self._find_cycle())
        self.depths: IntArray = self._longest_paths(layers)
        self._rows: dict[bool, tuple[list[int], list[int]]] = {}

    @classmethod
    def from_store(cls, reader: EdgeSource) -> Hierarchy:
        """Return the whole hierarchy of a store.

        Raises:
            CyclicHierarchyError: its edges have a loop.
        """
        with collector_paused():
            return cls(reader.iter_edges(), ids=reader.iter_ids())

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._index

    def index(self, id_: Curie) -> int:
        """Return the number of a concept: its place in `ids`.

        Raises:
            NotFoundError: no such concept.
        """
        found = self._index.get(id_)
        if found is None:
            place = bisect_left(self.ids, id_)
            near = nearest_ids(id_, self.ids[max(place - 3, 0) : place + 3])
            raise NotFoundError("concept", id_, near=near)
        return found

    @property
    def roots(self) -> tuple[Curie, ...]:
        """Concepts with nothing above them by either kind, sorted."""
        return self._ids(np.flatnonzero(self._up.counts == 0))

    @property
    def topological_order(self) -> tuple[Curie, ...]:
        """Every concept after all that are above it by either kind.

        `order` holds the same as int64 numbers, shape (n,).
        """
        return self._ids(self.order)

    def depth(self, id_: Curie) -> int:
        """Return the length of the longest subclass path from a root.

        Where no subclass path leads to a concept, its depth is one more than
        that of the deepest concept right above it by either kind. `depths`
        holds the same for all, int64, shape (n,), in the order of `ids`.

        Raises:
            NotFoundError: no such concept.
        """
        return int(self.depths[self.index(id_)])

    def broader(self, id_: Curie, *, instances: bool = False) -> tuple[Curie, ...]:
        """Return what is right above a concept, sorted.

        Raises:
            NotFoundError: no such concept.
        """
        return self._row(self._up if instances else self._up_sub, id_)

    def narrower(self, id_: Curie, *, instances: bool = False) -> tuple[Curie, ...]:
        """Return what is right below a concept, sorted.

        Raises:
            NotFoundError: no such concept.
        """
        return self._row(self._down if instances else self._down_sub, id_)

    def ancestors(self, id_: Curie, *, instances: bool = False) -> tuple[Curie, ...]:
        """Return everything above a concept, without itself, sorted.

        Raises:
            NotFoundError: no such concept.
        """
        start = self.index(id_)
        return tuple(self.ids[i] for i in sorted(self._above(start, instances)) if i != start)

    def descendants(self, id_: Curie, *, instances: bool = False) -> tuple[Curie, ...]:
        """Return everything below a concept, without itself, sorted.

        Raises:
            NotFoundError: no such concept.
        """
        mask = self.descendant_mask([id_], instances=instances)
        mask[self.index(id_)] = False
        return self._ids(np.flatnonzero(mask))

    def all_ancestors(self, *, instances: bool = False) -> tuple[IntArray, IntArray]:
        """Return what is above each concept, for all at once, in a fraction of the time.

        Returns:
            int64 offsets, shape (n + 1,), and int64 numbers of concepts: those above
            number i are `numbers[offsets[i]:offsets[i + 1]]`, without itself, ascending.
            A concept's number is its place in `ids`.

        Examples:
            >>> from labelsys.model import Edge
            >>> dog, mammal, thing = (Curie("ex", x) for x in ("dog", "mammal", "thing"))
            >>> tree = Hierarchy([Edge(dog, mammal), Edge(mammal, thing)])
            >>> [array.tolist() for array in tree.all_ancestors()]
            [[0, 2, 3, 3], [1, 2, 2]]
        """
        up, down = (self._up, self._down) if instances else (self._up_sub, self._down_sub)
        starts, lengths, values = up.closure(down.levels(up))
        rows = Adjacency(
            offsets=np.append(0, np.cumsum(lengths)),
            targets=values[row_positions(starts, lengths)],
            flags=np.zeros(0, dtype=np.int64),
        )
        kept = rows.targets != rows.owners
        return rows.offsets - np.arange(len(rows.offsets)), rows.targets[kept]

    def ancestor_mask(self, ids: Iterable[Curie], *, instances: bool = False) -> BoolArray:
        """Return which concepts are among some or above any of them.

        Returns:
            bool, shape (n,), in the order of `ids`.

        Raises:
            NotFoundError: one of them is no concept.
        """
        adjacency = self._up if instances else self._up_sub
        return adjacency.reach(self._indexes(ids))

    def descendant_mask(self, ids: Iterable[Curie], *, instances: bool = False) -> BoolArray:
        """Return which concepts are among some or below any of them.

        Returns:
            bool, shape (n,), in the order of `ids`.

        Raises:
            NotFoundError: one of them is no concept.
        """
        adjacency = self._down if instances else self._down_sub
        return adjacency.reach(self._indexes(ids))

    def edges(self, *, instances: bool = False) -> tuple[IntArray, IntArray]:
        """Return each edge's narrower and broader end: numbers, int64, shape (n_edges,)."""
        adjacency = self._up if instances else self._up_sub
        return adjacency.owners, adjacency.targets

    def leaf_mask(self, *, instances: bool = False) -> BoolArray:
        """Return which concepts have nothing right below them: bool, shape (n,)."""
        return np.equal((self._down if instances else self._down_sub).counts, 0)

    def nearest_above(
        self, ids: Sequence[Curie], *, within: BoolArray, instances: bool = False
    ) -> tuple[IntArray, IntArray]:
        """Return which of some concepts each concept is or lies nearest below.

        Args:
            ids: of two that are equally near the earlier one counts.
            within: bool, shape (n,), in the order of the hierarchy's `ids`; no way
                leads through other concepts.
            instances: whether instance edges count.

        Returns:
            int64, shape (n,), the place in *ids*, -1 below none of them; and int64,
            shape (n,), the steps down from there, 0 below none.

        Raises:
            NotFoundError: one of them is no concept.
        """
        adjacency = self._down if instances else self._down_sub
        return adjacency.nearest(self._indexes(ids), within)

    def is_under(self, id_: Curie, above: Curie, *, instances: bool = False) -> bool:
        """Return whether a concept is another one or somewhere below it.

        Raises:
            NotFoundError: one of them is no concept.
        """
        return self.index(above) in self._above(self.index(id_), instances)

    def lowest_common_ancestors(
        self, a: Curie, b: Curie, *, instances: bool = False
    ) -> tuple[Curie, ...]:
        """Return the most specific concepts that *a* and *b* both fall under.

        A concept falls under itself. Several answers are normal where the
        hierarchy is not a tree.

        Returns:
            Zero or more ids, sorted. Empty when nothing is shared.

        Raises:
            NotFoundError: one of them is no concept.

        Examples:
            >>> from labelsys.model import Edge
            >>> dog, cat, mammal = (Curie("ex", x) for x in ("dog", "cat", "mammal"))
            >>> tree = Hierarchy([Edge(dog, mammal), Edge(cat, mammal)])
            >>> tree.lowest_common_ancestors(dog, cat)
            ('ex:mammal',)
        """
        lowest = self._lowest_shared(self.index(a), self.index(b), instances)
        return tuple(self.ids[i] for i in lowest)

    def path(self, a: Curie, b: Curie, *, instances: bool = True) -> tuple[PathStep, ...]:
        """Return a shortest way up from *a* to what it shares with *b*, then down to *b*.

        The turning point is a lowest common ancestor; of equally short ways
        the one over the smallest id, subclass edges before instance edges.

        Returns:
            Steps, the first one *a* itself. Empty when nothing is shared.

        Raises:
            NotFoundError: one of them is no concept.
        """
        start, end = self.index(a), self.index(b)
        up, down = self._ways_up(start, instances), self._ways_up(end, instances)
        options = [
            (len(up[top]) + len(down[top]), top)
            for top in self._lowest_shared(start, end, instances)
        ]
        if not options:
            return ()
        top = min(options)[1]
        steps = [PathStep(0, a, "start", None)]
        steps += [
            PathStep(n, self.ids[node], "up", KINDS[flag])
            for n, (node, flag) in enumerate(up[top], 1)
        ]
        # The way down is the way up from b, walked backwards: each edge ends where it began.
        ends = [end, *(node for node, _ in down[top])]
        for (_, flag), node in zip(reversed(down[top]), reversed(ends[:-1]), strict=True):
            steps.append(PathStep(len(steps), self.ids[node], "down", KINDS[flag]))
        return tuple(steps)

    def unreached(self, root: Curie) -> tuple[Curie, ...]:
        """Return the concepts that are not below a root by either kind, sorted.

        Raises:
            NotFoundError: the root is no concept.
        """
        return self._ids(np.flatnonzero(~self.descendant_mask([root], instances=True)))

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Return the graph for networkx: edges go from narrower to broader, keyed by kind."""
        import networkx

        graph = networkx.MultiDiGraph()
        graph.add_nodes_from(self.ids)
        edges = zip(self._up.owners, self._up.targets, self._up.flags, strict=True)
        graph.add_edges_from(
            (self.ids[low], self.ids[high], KINDS[flag]) for low, high, flag in edges
        )
        return graph

    def _distinct(
        self, lows: list[Curie], highs: list[Curie], instance: list[bool]
    ) -> tuple[IntArray, IntArray, IntArray]:
        n, number = max(len(self.ids), 1), self._index.__getitem__
        low = np.fromiter(map(number, lows), dtype=np.int64, count=len(lows))
        high = np.fromiter(map(number, highs), dtype=np.int64, count=len(highs))
        packed = np.sort((low * n + high) * 2 + np.array(instance, dtype=np.int64))
        packed = packed[first_of_runs(packed)]
        return packed // 2 // n, packed // 2 % n, packed % 2

    def _ids(self, indexes: IntArray) -> tuple[Curie, ...]:
        return tuple(self.ids[i] for i in indexes.tolist())

    def _indexes(self, ids: Iterable[Curie]) -> IntArray:
        return np.array([self.index(id_) for id_ in ids], dtype=np.int64)

    def _row(self, adjacency: Adjacency, id_: Curie) -> tuple[Curie, ...]:
        i = self.index(id_)
        row = adjacency.targets[adjacency.offsets[i] : adjacency.offsets[i + 1]]
        return tuple(self.ids[j] for j in sorted(set(row.tolist())))

    def _lists(self, instances: bool) -> tuple[list[int], list[int]]:
        """Return offsets and targets upward as lists.

        A concept has few ancestors: walking lists beats an array operation a layer.
        """
        if instances not in self._rows:
            adjacency = self._up if instances else self._up_sub
            self._rows[instances] = (adjacency.offsets.tolist(), adjacency.targets.tolist())
        return self._rows[instances]

    def _above(self, start: int, instances: bool) -> set[int]:
        offsets, targets = self._lists(instances)
        seen, stack = {start}, [start]
        while stack:
            node = stack.pop()
            new = [i for i in targets[offsets[node] : offsets[node + 1]] if i not in seen]
            seen.update(new)
            stack += new
        return seen

    def _lowest_shared(self, a: int, b: int, instances: bool) -> list[int]:
        offsets, targets = self._lists(instances)
        shared = self._above(a, instances) & self._above(b, instances)
        # Whatever lies between a shared node and one above it is shared as well,
        # so a node is lowest exactly when no shared node is right below it.
        above = {t for i in shared for t in targets[offsets[i] : offsets[i + 1]]}
        return sorted(shared - above)

    def _ways_up(self, start: int, instances: bool) -> dict[int, list[tuple[int, int]]]:
        """Return a shortest way to everything above: (node reached, flag of the edge) a step."""
        adjacency = self._up if instances else self._up_sub
        ways: dict[int, list[tuple[int, int]]] = {start: []}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            row = slice(int(adjacency.offsets[node]), int(adjacency.offsets[node + 1]))
            flags = adjacency.flags[row].tolist()
            for target, flag in zip(adjacency.targets[row].tolist(), flags, strict=True):
                if target not in ways:
                    ways[target] = [*ways[node], (target, flag)]
                    queue.append(target)
        return ways

    def _find_cycle(self) -> list[Curie]:
        """Return one loop among the nodes that no layer took, its smallest id first."""
        left = np.ones(len(self.ids), dtype=np.bool_)
        left[self.order] = False
        node = int(np.flatnonzero(left)[0])
        trail: dict[int, int] = {}
        while node not in trail:
            trail[node] = len(trail)
            row = self._up.targets[self._up.offsets[node] : self._up.offsets[node + 1]]
            node = int(row[left[row]].min())
        loop = list(trail)[trail[node] :]
        first = loop.index(min(loop))
        return [self.ids[i] for i in (*loop[first:], *loop[: first + 1])]

    def _longest_paths(self, layers: list[IntArray]) -> IntArray:
        depths = np.zeros(len(self.ids), dtype=np.int64)
        if not layers:
            return depths
        rooted = self._down_sub.reach(layers[0])
        up = self._up
        subclass_path = (up.flags == 0) & rooted[up.targets]
        counted = subclass_path | ~rooted[up.owners]
        for layer in layers[1:]:
            where = up.positions(layer)
            above = np.where(counted[where], depths[up.targets[where]], -1)
            counts = up.offsets[layer + 1] - up.offsets[layer]
            depths[layer] = np.maximum.reduceat(above, np.cumsum(counts) - counts) + 1
        return depths
