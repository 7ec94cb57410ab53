"""A part of the hierarchy as a tree, and ways to take it apart into classes.

A cut is a list of *heads*: a class is what lies below its head and below no head further
down. Every way here starts from one class, and one carving after the other takes the part
below a concept out of the class that it is in. So classes are disjoint and cover all, any
number up to that of the items can be had, and a cut into more classes is a finer one.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import first_of_runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from labelsys.csr import BoolArray, IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie

__all__ = ["CutTree", "Partition", "carve_balanced", "carve_in_order"]


_DIGITS, _LEAST_FAVOUR = 6, 1e-3


class CutTree(NamedTuple):
    """What lies below a concept, each concept below one other: nodes in preorder.

    Attributes:
        concepts: int64, shape (m,); number of the concept at each node, the top first.
        parents: int64, shape (m,); the node above; -1 for the top.
        ends: int64, shape (m,); what is below node i lies at i + 1 to `ends[i] - 1`.
        levels: int64, shape (m,); steps below the top.
    """

    concepts: IntArray
    parents: IntArray
    ends: IntArray
    levels: IntArray

    @classmethod
    def build(cls, hierarchy: Hierarchy, top: Curie, *, instances: bool = False) -> CutTree:
        """Take the tree below a concept.

        A concept with several broader ones goes below the deepest of them, of equally deep
        ones below the one whose id comes first; only what is below *top* counts.

        Returns:
            The tree; its top is there even where nothing lies below it.

        Raises:
            NotFoundError: no such concept.
        """
        within = hierarchy.descendant_mask([top], instances=instances)
        low, high = hierarchy.edges(instances=instances)
        kept = within[low] & within[high] & (low != hierarchy.index(top))
        low, high = low[kept], high[kept]
        order = np.lexsort((high, -hierarchy.depths[high], low))
        low, high = low[order], high[order]
        first = first_of_runs(low)
        return cls._walk(hierarchy.index(top), low[first], high[first], len(hierarchy))

    @classmethod
    def _walk(cls, top: int, low: IntArray, high: IntArray, n: int) -> CutTree:
        """Number the nodes in preorder, narrower concepts by their ids.

        Returns:
            The tree.
        """
        order = np.lexsort((low, high))
        starts = np.searchsorted(high[order], np.arange(n + 1)).tolist()
        below = low[order].tolist()
        concepts: list[int] = []
        parents: list[int] = []
        levels: list[int] = []
        stack = [(top, -1, 0)]
        while stack:
            concept, parent, level = stack.pop()
            place = len(concepts)
            concepts.append(concept)
            parents.append(parent)
            levels.append(level)
            row = below[starts[concept] : starts[concept + 1]]
            stack += [(child, place, level + 1) for child in reversed(row)]
        ends = list(range(1, len(concepts) + 1))
        for node in range(len(concepts) - 1, 0, -1):
            ends[parents[node]] = max(ends[parents[node]], ends[node])
        found = [np.array(values, dtype=np.int64) for values in (concepts, parents, ends, levels)]
        return cls(*found)

    def __len__(self) -> int:
        return len(self.concepts)

    def totals(self, values: IntArray) -> IntArray:
        """Return the sum of node values at and below each node.

        Args:
            values: int64, shape (m,).

        Returns:
            int64, shape (m,).
        """
        running = np.append(0, np.cumsum(values))
        found: IntArray = running[self.ends] - running[:-1]
        return found


class Partition(NamedTuple):
    """What a tree was taken apart into.

    Attributes:
        owners: int64, shape (m,); the node that each node's class was carved at.
        heads: int64, shape (n_classes,); of each class the lowest node that all of its items
            are at or below, ascending.
        carved: int64, shape (n_classes,); the node that the class of each head was carved at.
    """

    owners: IntArray
    heads: IntArray
    carved: IntArray


class _Carving:
    """A tree that is being taken apart.

    Attributes:
        left: weight at and below each node that is in the node's own class.
    """

    def __init__(self, tree: CutTree, weights: IntArray) -> None:
        self.tree = tree
        self.left: IntArray = tree.totals(weights)
        self.carved: set[int] = {0}
        self._parents = tree.parents.tolist()

    def owner(self, node: int) -> int:
        while node not in self.carved:
            node = self._parents[node]
        return node

    def carve(self, node: int) -> None:
        """Take what is below a node out of its class."""
        weight, above = self.left[node], node
        while above not in self.carved:
            above = self._parents[above]
            self.left[above] -= weight
        self.carved.add(node)

    def finish(self, items: BoolArray) -> Partition:
        """Return the classes, each with the lowest head that is above all of its items."""
        m = len(self.tree)
        owners = np.zeros(m, dtype=np.int64)
        # In preorder, what is carved further down comes later and counts last.
        for node in sorted(self.carved):
            owners[node : self.tree.ends[node]] = node
        places = np.flatnonzero(items)
        places = places[np.argsort(owners[places], kind="stable")]
        first = np.flatnonzero(first_of_runs(owners[places]))
        last = np.append(first[1:], len(places)) - 1
        ends, parents = self.tree.ends.tolist(), self._parents
        heads = []
        for low, high in zip(places[first].tolist(), places[last].tolist(), strict=True):
            head = low
            while ends[head] <= high:
                head = parents[head]
            heads.append(head)
        carved = owners[places[first]]
        order = np.argsort(np.array(heads, dtype=np.int64))
        return Partition(owners, np.array(heads, dtype=np.int64)[order], carved[order])


def carve_balanced(
    tree: CutTree,
    weights: IntArray,
    sizes: Iterable[int],
    *,
    items: BoolArray,
    favour: NDArray[np.float64] | None = None,
) -> list[Partition]:
    """Take a tree apart so that the entropy of the class weights grows as fast as it can.

    Each step takes, of all concepts, the one whose carving adds most: for a part of weight p
    out of a class of weight w that is w ln w - p ln p - (w - p) ln (w - p), over the weight
    of all. Of equal ones the shallower, then the first in preorder is taken. Squares of
    weights instead of entropy would turn broad concepts into hundreds of classes of one item.

    Args:
        tree: the tree.
        weights: int64, shape (m,), not negative; of nodes themselves.
        sizes: numbers of classes, ascending, at most as many as there are nodes with weight.
        items: bool, shape (m,); what the classes have to cover: at least what has weight.
        favour: float64, shape (m,), in [0, 1]; what the gain of carving at a node is
            multiplied by; None for one.

    Returns:
        A partition for each size; each is a refinement of the one before.
    """
    carving = _Carving(tree, weights)
    members: dict[int, IntArray] = {0: np.arange(len(tree), dtype=np.int64)}
    heap: list[tuple[float, int, int, int]] = []

    def offer(root: int) -> None:
        inner = members[root][1:]
        inner = inner[(carving.left[inner] > 0) & (carving.left[inner] < carving.left[root])]
        if not inner.size:
            return
        gain = _gains(carving.left[inner], int(carving.left[root]))
        if favour is not None:
            gain = np.round(gain * np.maximum(favour[inner], _LEAST_FAVOUR), _DIGITS)
        most = np.flatnonzero(gain == gain.max())
        best = int(inner[most[np.argmin(tree.levels[inner[most]])]])
        heapq.heappush(heap, (-float(gain.max()), int(tree.levels[best]), best, root))

    offer(0)
    found = []
    for size in sizes:
        while len(members) < size and heap:
            _, _, node, root = heapq.heappop(heap)
            whole = members[root]
            low, high = np.searchsorted(whole, [node, tree.ends[node]])
            members[node] = whole[low:high]
            members[root] = np.concatenate([whole[:low], whole[high:]])
            carving.carve(node)
            offer(root)
            offer(node)
        found.append(carving.finish(items))
    return found


def _gains(parts: IntArray, whole: int) -> NDArray[np.float64]:
    """Return what carving each of some parts out of a class adds to the entropy, unscaled."""
    rest = whole - parts
    gains = whole * np.log(whole) - parts * np.log(parts) - rest * np.log(rest)
    # The last digits of a logarithm are the machine's; equal gains have to be equal.
    return np.asarray(np.round(gains, _DIGITS))


def carve_in_order(
    tree: CutTree, weights: IntArray, size: int, order: IntArray, *, items: BoolArray
) -> Partition:
    """Take a tree apart at the first nodes of an order that leave no class without weight.

    Args:
        tree: the tree.
        weights: int64, shape (m,), not negative.
        size: how many classes; at most as many as there are nodes with weight.
        order: int64, shape (k,); nodes. Gone over again and again until there are enough
            classes, since a node may be of use only after another one.
        items: as in `carve_balanced`.

    Returns:
        The partition; with fewer classes where the order does not give enough.
    """
    carving = _Carving(tree, weights)
    waiting, before = order.tolist(), 0
    while len(carving.carved) < size and len(carving.carved) != before:
        before, skipped = len(carving.carved), []
        for node in waiting:
            if len(carving.carved) >= size:
                break
            if node in carving.carved:
                continue
            part = int(carving.left[node])
            if part and carving.left[carving.owner(node)] > part:
                carving.carve(node)
            elif part:
                skipped.append(node)
        waiting = skipped
    return carving.finish(items)
