"""Figures of a benchmark: shares with intervals, and precision by coverage.

Pure functions on numbers; nothing here knows a concept. "Confidence" is what
was stated, "right" what turned out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelsys.intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "COVERAGES",
    "PRECISIONS",
    "CurvePoint",
    "Share",
    "TargetPoint",
    "coverage_at_precision",
    "precision_at_coverage",
    "share",
]

COVERAGES = tuple(n / 10 for n in range(1, 11))
"""Where the precision-coverage curve is read."""
PRECISIONS = (0.98, 0.985, 0.99)
"""Precisions whose coverage is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many, with the 95 % interval (Wilson's score interval).

    Attributes:
        count: those counted.
        total: of so many.
        value: their share, None of nothing.
        low: lower end of the interval.
        high: upper end of the interval.
    """

    count: int
    total: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The surest part of the rows.

    Attributes:
        coverage: the part, in (0, 1].
        precision: share of right ones in it. Where rows of one confidence are
            only partly in it, the mean over all ways to choose among them.
        confidence: lowest stated confidence in it; None where rows without a
            link are in it.
    """

    coverage: float
    precision: float
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPoint:
    """How many rows can be taken at a wanted precision.

    Attributes:
        precision: the one wanted.
        coverage: the largest share of all rows, taken from the surest on, of
            which at least so many are right; 0 where there is none.
        reached: the precision of those rows, None where there are none.
        confidence: their lowest confidence, None where there are none.
    """

    precision: float
    coverage: float
    reached: float | None
    confidence: float | None


def share(count: int, total: int) -> Share:
    """Return a share with Wilson's 95 % score interval.

    Examples:
        >>> share(1, 2).value, share(0, 0).value
        (0.5, None)
    """
    if total == 0:
        return Share(count=count, total=0, value=None, low=None, high=None)
    low, high = wilson_interval(count, total)
    return Share(count=count, total=total, value=count / total, low=low, high=high)


def precision_at_coverage(
    confidences: Sequence[float | None],
    right: Sequence[bool],
    coverages: Iterable[float] = COVERAGES,
) -> tuple[CurvePoint, ...]:
    """Return how precise the surest rows are, at several shares of all rows.

    Args:
        confidences: one a row, None where nothing was linked; those rows come last.
        right: whether the row is right.
        coverages: shares of all rows, in (0, 1].

    Returns:
        One point a share, in order; none where there are no rows.
    """
    groups = _groups(confidences, right)
    total = len(right)
    points = []
    for coverage in coverages if total else ():
        wanted = max(1, round(coverage * total))
        taken, good, lowest = 0, 0.0, None
        for confidence, n, n_right in groups:
            part = min(n, wanted - taken)
            taken, good, lowest = taken + part, good + n_right * part / n, confidence
            if taken == wanted:
                break
        points.append(CurvePoint(coverage=coverage, precision=good / taken, confidence=lowest))
    return tuple(points)


def coverage_at_precision(
    confidences: Sequence[float | None],
    right: Sequence[bool],
    precisions: Iterable[float] = PRECISIONS,
) -> tuple[TargetPoint, ...]:
    """Return how much can be taken at wanted precisions.

    Rows of one confidence are taken together or not at all, since a threshold
    can't part them; rows without a link are never taken.

    Args:
        confidences: one a row, None where nothing was linked.
        right: whether the row is right.
        precisions: the ones wanted.

    Returns:
        One point a precision, in order.
    """
    steps: list[tuple[int, int, float]] = []
    taken = good = 0
    for confidence, n, n_right in _groups(confidences, right):
        if confidence is not None:
            taken, good = taken + n, good + n_right
            steps.append((taken, good, confidence))
    points = []
    for wanted in precisions:
        fitting = [step for step in steps if step[1] >= wanted * step[0] - 1e-9]
        n, n_right, confidence = fitting[-1] if fitting else (0, 0, None)
        points.append(
            TargetPoint(
                precision=wanted,
                coverage=n / len(right) if right else 0.0,
                reached=n_right / n if n else None,
                confidence=confidence,
            )
        )
    return tuple(points)


def _groups(
    confidences: Sequence[float | None], right: Sequence[bool]
) -> list[tuple[float | None, int, int]]:
    """Return (confidence, rows, right rows), surest first, None last."""
    found: dict[float | None, list[int]] = {}
    for confidence, is_right in zip(confidences, right, strict=True):
        group = found.setdefault(confidence, [0, 0])
        group[0] += 1
        group[1] += is_right
    known = sorted((c for c in found if c is not None), reverse=True)
    order: list[float | None] = [*known, *([None] if None in found else [])]
    return [(c, found[c][0], found[c][1]) for c in order]
