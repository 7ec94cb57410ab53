"""How far stated confidences are from what turns out: bins and the calibration error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from labelsys.benchmark.metrics import Share, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CalibrationBin", "CalibrationError", "calibration_bins", "calibration_error"]

N_BINS = 10
RESAMPLES = 1_000
SEED = 20_260

_CHUNK = 1 << 21
"""Rows times resamples that are drawn at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Rows of like confidence.

    Attributes:
        n: how many.
        confidence: their mean stated confidence.
        right: the share that is right, with its interval.
    """

    n: int
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationError:
    """How far stated confidences are from what turns out.

    Attributes:
        n: rows.
        bins: bins of equal mass.
        l1: mean distance over the rows, debiased.
        l1_low: lower end of its 95 % interval.
        l1_high: upper end.
        l2: root of the mean squared distance, debiased.
        l2_low: lower end of its 95 % interval.
        l2_high: upper end.
        l1_plain: l1 without the correction: what is often called ECE.
        resamples: drawn for the intervals.
        seed: of the draws.
    """

    n: int
    bins: int
    l1: float
    l1_low: float
    l1_high: float
    l2: float
    l2_low: float
    l2_high: float
    l1_plain: float
    resamples: int
    seed: int


def calibration_bins(
    confidences: Sequence[float], right: Sequence[bool], *, bins: int = N_BINS
) -> tuple[CalibrationBin, ...]:
    """Return bins of equal mass, least sure first.

    Sizes differ by one at most. Few rows make fewer bins: each has two at least.
    """
    stated, turned_out = _sorted(confidences, right)
    found = []
    for low, high in _edges(len(stated), bins):
        n, n_right = high - low, int(turned_out[low:high].sum())
        mean = float(stated[low:high].mean())
        found.append(CalibrationBin(n=n, confidence=mean, right=share(n_right, n)))
    return tuple(found)


def calibration_error(
    confidences: Sequence[float],
    right: Sequence[bool],
    *,
    bins: int = N_BINS,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> CalibrationError | None:
    """Return the debiased calibration error over bins of equal mass.

    In a bin, the share of right rows scatters round its true value, so that
    even perfect confidences show a distance. The squared distance is too large
    by the variance of that share, `s (1 - s) / (n - 1)` as estimated from the
    bin, which is taken off (l2). The absolute distance d is too large by about
    as much as the mean of |d + noise| exceeds |d|, with normal noise of the
    share's own spread; that mean has a closed form (l1). The first correction
    is right in the mean; the second takes two fifths of the noise where
    confidences are perfect, and nearly all of it where they are far off. Both
    errors are 0 where the correction takes more than there is.

    The intervals come from a bootstrap over rows, binned anew each time. A
    resample is calibrated to the sample's uncorrected error, not to the
    corrected one, so what counts is how far resamples fall from that; it is
    laid off from the estimate (a basic, not a percentile, interval), and the
    ends are held within [0, 1] and round the estimate. The lower end of l1 is
    lowered by the most that its correction can leave, so that the interval
    holds for perfect confidences as well; elsewhere it is wider than it has to be.

    Args:
        confidences: one a row, in [0, 1].
        right: whether the row is right.
        bins: of equal mass; fewer where rows are few.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        The error, or None for under two rows.

    Source:
        Kumar, Liang and Ma (2019), "Verified Uncertainty Calibration", NeurIPS,
        section 4 and the estimators of its published code.
    """
    if len(right) < 2:
        return None
    stated, turned_out = _sorted(confidences, right)
    edges = _edges(len(stated), bins)
    l1, l2, plain1, plain2 = (float(v[0]) for v in _errors(stated[None], turned_out[None], edges))
    drawn = _bootstrap(stated, turned_out, edges, resamples, seed)
    l1_low, l1_high = _interval(l1, plain1, drawn[0])
    l1_low = max(l1_low - _left_at_most(turned_out, edges), 0.0)
    low, high = _interval(l2, plain2, drawn[1])
    return CalibrationError(
        n=len(right),
        bins=len(edges),
        l1=max(l1, 0.0),
        l1_low=l1_low,
        l1_high=l1_high,
        l2=math.sqrt(max(l2, 0.0)),
        l2_low=math.sqrt(low),
        l2_high=math.sqrt(high),
        l1_plain=plain1,
        resamples=len(drawn[0]),
        seed=seed,
    )


def _sorted(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Floats, Floats]:
    stated = np.asarray(confidences, dtype=np.float64)
    order = np.argsort(stated, kind="stable")
    return stated[order], np.asarray(right, dtype=np.float64)[order]


def _edges(n: int, bins: int) -> list[tuple[int, int]]:
    count = max(1, min(bins, n // 2)) if n else 0
    ends = [n * i // count for i in range(count + 1)] if count else []
    return list(pairwise(ends))


def _errors(
    stated: Floats, right: Floats, edges: Sequence[tuple[int, int]]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return l1, squared l2, and both without correction, each shape (samples,).

    Args:
        stated: shape (samples, n), each row sorted.
        right: 0 or 1, the same shape.
        edges: columns where bins begin and end.
    """
    total = stated.shape[1]
    out = np.zeros((4, stated.shape[0]))
    for low, high in edges:
        n = high - low
        said = right[:, low:high].mean(axis=1)
        distance = np.abs(stated[:, low:high].mean(axis=1) - said)
        variance = said * (1 - said)
        weight = n / total
        out[0] += weight * (2 * distance - _folded_mean(distance, np.sqrt(variance / n)))
        out[1] += weight * (distance**2 - variance / (n - 1))
        out[2] += weight * distance
        out[3] += weight * distance**2
    return out[0], out[1], out[2], out[3]


def _folded_mean(distance: Floats, spread: Floats) -> Floats:
    """Return the mean of |distance + noise|, the noise normal with this spread."""
    safe = np.where(spread > 0, spread, 1.0)
    ratio = distance / safe
    tail = np.array([math.erf(value / math.sqrt(2)) for value in ratio])
    mean = safe * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2) + distance * tail
    return np.where(spread > 0, mean, distance)


def _left_at_most(right: Floats, edges: Sequence[tuple[int, int]]) -> float:
    """Return what the correction of l1 leaves where there is nothing but noise.

    For a normal noise e of spread s, 2 E|e| - E|e + e'| = (sqrt(8) - 2) s / sqrt(pi).
    """
    spreads = [
        (high - low) / len(right) * float(right[low:high].std()) / math.sqrt(high - low)
        for low, high in edges
    ]
    return (math.sqrt(8) - 2) / math.sqrt(math.pi) * math.fsum(spreads)


def _bootstrap(
    stated: Floats, right: Floats, edges: Sequence[tuple[int, int]], resamples: int, seed: int
) -> tuple[Floats, Floats]:
    """Return l1 and squared l2 of resamples, each shape (resamples,)."""
    rng = np.random.default_rng(seed)
    n = len(stated)
    step = max(1, _CHUNK // n)
    parts = []
    for start in range(0, resamples, step):
        # Positions of sorted rows, sorted, are rows sorted by confidence.
        drawn = np.sort(rng.integers(0, n, size=(min(step, resamples - start), n)), axis=1)
        parts.append(_errors(stated[drawn], right[drawn], edges)[:2])
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _interval(estimate: float, plain: float, drawn: Floats) -> tuple[float, float]:
    below, above = np.quantile(drawn, [0.025, 0.975])
    held = max(estimate, 0.0)
    low = min(max(estimate + plain - float(above), 0.0), held)
    high = max(min(estimate + plain - float(below), 1.0), held)
    return low, high
