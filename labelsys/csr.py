"""Sparse adjacency in arrays: the engine under `labelsys.hierarchy`.

Nodes are integers from 0. Nothing here knows of ids, kinds or concepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Adjacency", "BoolArray", "IntArray", "distinct", "first_of_runs", "row_positions"]

IntArray: TypeAlias = "NDArray[np.int64]"
BoolArray: TypeAlias = "NDArray[np.bool_]"


def first_of_runs(ordered: NDArray[np.int64] | NDArray[np.uint64]) -> BoolArray:
    """Return where a new value begins in a sorted array.

    Args:
        ordered: shape (n,), ascending.

    Returns:
        bool, shape (n,).
    """
    starts = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    return starts


def distinct(values: IntArray) -> IntArray:
    """Return the distinct integers, ascending.

    This is `np.unique` at a fraction of its cost: since version 2.3 that hashes
    integers, which is slow for millions of different ones.

    Args:
        values: int64, shape (n,); any order.

    Returns:
        int64, shape (n_distinct,).
    """
    ordered = np.sort(values)
    return ordered[first_of_runs(ordered)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """Rows of neighbours, one row a node (compressed sparse rows).

    Attributes:
        offsets: int64, shape (n + 1,); row i is `targets[offsets[i]:offsets[i + 1]]`.
        targets: int64, shape (n_edges,); neighbours, row by row.
        flags: int64, shape (n_edges,); a number that goes with each edge. Rows
            are sorted by (flag, target).
    """

    offsets: IntArray
    targets: IntArray
    flags: IntArray

    @classmethod
    def build(cls, sources: IntArray, targets: IntArray, flags: IntArray, n: int) -> Adjacency:
        """Sort edges into rows.

        Args:
            sources: int64, shape (n_edges,).
            targets: the same.
            flags: the same.
            n: how many nodes.

        Returns:
            The adjacency from sources to targets.
        """
        order = np.lexsort((targets, flags, sources))
        offsets = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(sources, minlength=n), out=offsets[1:])
        return cls(offsets=offsets, targets=targets[order], flags=flags[order])

    @property
    def counts(self) -> IntArray:
        """How many neighbours each node has, int64, shape (n,)."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> IntArray:
        """The node that each edge goes out from, int64, shape (n_edges,)."""
        counts = self.counts
        return np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    def positions(self, rows: IntArray) -> IntArray:
        """Return where the edges of some rows lie in `targets`, row after row."""
        return row_positions(self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows])

    def reach(self, start: IntArray) -> BoolArray:
        """Return what can be reached from some nodes.

        Args:
            start: int64, shape (k,); any order.

        Returns:
            bool, shape (n,); the starting nodes count as reached.
        """
        seen = np.zeros(len(self.offsets) - 1, dtype=np.bool_)
        seen[start] = True
        frontier = start
        while frontier.size:
            found = self.targets[self.positions(frontier)]
            frontier = distinct(found[~seen[found]])
            seen[frontier] = True
        return seen

    def nearest(self, start: IntArray, within: BoolArray) -> tuple[IntArray, IntArray]:
        """Return which of some nodes leads to each node in the fewest steps.

        Args:
            start: int64, shape (k,); of two that are equally near the earlier one counts.
            within: bool, shape (n,); no way leads through other nodes.

        Returns:
            int64, shape (n,), the place in *start* of the nearest one, -1 where none leads
            to; and int64, shape (n,), the steps, 0 there.
        """
        found = np.full(len(self.offsets) - 1, -1, dtype=np.int64)
        steps, step = np.zeros_like(found), 0
        places = np.flatnonzero(within[start])[::-1]
        found[start[places]] = places
        frontier = distinct(start[places])
        while frontier.size:
            step += 1
            owners = np.repeat(found[frontier], self.offsets[frontier + 1] - self.offsets[frontier])
            targets = self.targets[self.positions(frontier)]
            new = np.flatnonzero(within[targets] & (found[targets] < 0))
            new = new[np.lexsort((owners[new], targets[new]))]
            new = new[first_of_runs(targets[new])]
            frontier = targets[new]
            found[frontier], steps[frontier] = owners[new], step
        return found, steps

    def levels(self, back: Adjacency) -> list[IntArray]:
        """Return nodes in layers: each has its whole *back* row in earlier layers.

        Nodes on a cycle, and those beyond one, are in no layer.

        Args:
            back: the same edges, turned around.

        Returns:
            Layers, each sorted; the first are the nodes with an empty *back* row.
        """
        waiting = back.counts
        frontier = np.flatnonzero(waiting == 0)
        layers = []
        while frontier.size:
            layers.append(frontier)
            edges = np.sort(self.targets[self.positions(frontier)])
            starts = np.flatnonzero(first_of_runs(edges))
            found = edges[starts]
            waiting[found] -= np.diff(starts, append=len(edges))
            frontier = found[waiting[found] == 0]
        return layers

    def closure(self, layers: Sequence[IntArray]) -> tuple[IntArray, IntArray, IntArray]:
        """Return everything that each node leads to, the node itself included.

        A layer takes some ten array operations, whatever is in it: rows of what lies
        in earlier layers are put together from those found before.

        Args:
            layers: of `levels`, of the turned adjacency: all of a node's row lies in
                earlier layers.

        Returns:
            Where each node's row begins, its length, and the values: row i is
            `values[starts[i]:starts[i] + lengths[i]]`, ascending. Nodes in no layer
            have an empty row.
        """
        n = len(self.offsets) - 1
        starts, lengths = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        values, size = np.zeros(max(4 * n, 1), dtype=np.int64), 0
        for members in layers:
            counts = self.offsets[members + 1] - self.offsets[members]
            parents = self.targets[self.positions(members)]
            owners = np.repeat(np.repeat(members, counts), lengths[parents])
            above = values[row_positions(starts[parents], lengths[parents])]
            # On several ways up, a node counts once.
            keys = distinct(np.concatenate([members * n + members, owners * n + above]))
            found = np.bincount(np.searchsorted(members, keys // n), minlength=len(members))
            starts[members], lengths[members] = size + np.cumsum(found) - found, found
            while size + len(keys) > len(values):
                values = np.concatenate([values, np.zeros_like(values)])
            values[size : size + len(keys)] = keys % n
            size += len(keys)
        return starts, lengths, values[:size]


def row_positions(starts: IntArray, counts: IntArray) -> IntArray:
    """Return where the values of some rows lie in a flat array, row after row.

    Args:
        starts: int64, shape (n_rows,); where each row begins.
        counts: int64, shape (n_rows,); how long it is.

    Returns:
        int64, shape (sum of the counts,).
    """
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()), dtype=np.int64)
