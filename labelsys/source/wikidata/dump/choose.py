"""Which of the entities that a pass found are in the pull."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.csr import IntArray
    from labelsys.source.wikidata.dump.work import Kept

__all__ = ["Found", "choose", "missing_objects", "read_found"]


class Found(NamedTuple):
    """What a pass found, in arrays.

    Attributes:
        numbers: int64, shape (n,), ascending: entities.
        linked: int64, ascending: those with a synset.
        lower: int64, shape (n_edges,): who lies under something.
        upper: int64, shape (n_edges,): what it lies under; there may be no such entity.
    """

    numbers: IntArray
    linked: IntArray
    lower: IntArray
    upper: IntArray


def read_found(kept: Iterable[Kept]) -> Found:
    """Gather entities in arrays.

    Args:
        kept: by number.

    Returns:
        The same, without what is in them.
    """
    numbers, linked, lower, upper = (array("q") for _ in range(4))
    for number, is_linked, above in kept:
        numbers.append(number)
        if is_linked:
            linked.append(number)
        for other in above:
            lower.append(number)
            upper.append(other)
    return Found(*(np.array(each, dtype=np.int64) for each in (numbers, linked, lower, upper)))


def missing_objects(found: Found) -> IntArray:
    """Return what something lies under, and that was not found itself."""
    return np.setdiff1d(found.upper, found.numbers)


def choose(found: Found, roots: Iterable[int], *, linked: bool) -> IntArray:
    """Return the numbers of the entities that are in the pull.

    Args:
        found: what the pass found.
        roots: with everything under them at any distance; without any, all
            that lies under something, or that something lies under.
        linked: whether entities with a synset are in it wherever they lie.

    Returns:
        int64, ascending.
    """
    tops = np.array(sorted(roots), dtype=np.int64)
    inside = (
        _below(found, tops) if len(tops) else distinct(np.concatenate((found.lower, found.upper)))
    )
    if linked:
        inside = distinct(np.concatenate((inside, found.linked)))
    return np.intersect1d(inside, found.numbers, assume_unique=True)


def _below(found: Found, tops: IntArray) -> IntArray:
    """Return the tops and what lies under them, however far."""
    order = np.argsort(found.upper, kind="stable")
    upper, lower = found.upper[order], found.lower[order]
    reached = front = distinct(tops)
    while len(front):
        starts = np.searchsorted(upper, front, side="left")
        counts = np.searchsorted(upper, front, side="right") - starts
        shifts = np.repeat(starts - np.cumsum(counts) + counts, counts)
        below = distinct(lower[shifts + np.arange(counts.sum())])
        front = np.setdiff1d(below, reached, assume_unique=True)
        reached = np.union1d(reached, front)
    return reached
