"""What one strategy says of many classes: which concepts each may lie under.

A strategy points at concepts and says how much each point weighs; the points of
one class weigh one together. What lies above a point is said with it: the mass of a
concept is what the points at it and under it weigh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["AskedClass", "Points", "gather"]


class AskedClass(NamedTuple):
    """A class that a place is sought for.

    Attributes:
        qid: its id.
        label: its name.
        aliases: other English names.
        description: the English one, or "".
        hidden: index of a concept that must not be seen: the answer, where it is
            known; -1 where it is not.
    """

    qid: str
    label: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    hidden: int = -1


class Points(NamedTuple):
    """Rows of one strategy, sorted by class, then concept; no pair twice.

    Attributes:
        classes: int64, shape (n_rows,): position of the class.
        concepts: int64, shape (n_rows,): index of the concept.
        weights: float64, shape (n_rows,): those of one class add up to one.
    """

    classes: NDArray[np.int64]
    concepts: NDArray[np.int64]
    weights: NDArray[np.float64]

    def spoken(self, n_classes: int) -> NDArray[np.bool_]:
        """Return which classes it says something of, shape (n_classes,)."""
        return np.bincount(self.classes, minlength=n_classes) > 0


def gather(rows: Iterable[tuple[int, int, float]], asked: Sequence[AskedClass]) -> Points:
    """Return (class, concept, weight) rows as points.

    Weights of one pair are added up, those of a class brought to one. What must not
    be seen is left out first.
    """
    total: dict[tuple[int, int], float] = {}
    for row, concept, weight in rows:
        if concept != asked[row].hidden and weight > 0:
            total[row, concept] = total.get((row, concept), 0.0) + weight
    keys = sorted(total)
    classes = np.array([row for row, _ in keys], dtype=np.int64)
    weights = np.array([total[key] for key in keys], dtype=np.float64)
    sums = np.bincount(classes, weights, minlength=len(asked))
    concepts = np.array([concept for _, concept in keys], dtype=np.int64)
    return Points(classes, concepts, weights / sums[classes])
