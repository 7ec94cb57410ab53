"""The company that a label keeps: what the other labels of its list likely mean.

`mouse` beside `keyboard` and `monitor` is no animal. What a list is about as a
whole says so only where all of it is of one kind; a few near labels say it in
any list. What the others mean is not known either: each counts as far as it
looked likely before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.features import SetContext
from labelsys.match.vectors import to_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon

__all__ = ["look_again", "nearness", "relatives"]

_NEAREST = 5
# Of a longer list, so many evenly spaced labels stand for all.
_MOST_COMPANY = 1000
# A label is company if it likely means something, and not all kinds of things.
_LEAST_LENGTH = 0.3
_BLOCK = 4096


def look_again(
    lexicon: Lexicon,
    concepts: NDArray[np.int64],
    chances: NDArray[np.float64],
    context: SetContext,
    rows: NDArray[np.float32] | None,
) -> SetContext:
    """Return what a list says as a whole, all of it counted and not only what is unambiguous.

    Names of one meaning are rare words: in a list of everyday things they speak
    of other kinds of things than the rest.

    Args:
        lexicon: all concepts.
        concepts: int64 (n,): what the labels may mean.
        chances: float64 (n,): how likely each one looked so far.
        context: what unambiguous labels say; the rest of it is kept.
        rows: float32 (n, dim), the concepts' unit vectors, for the mean; None leaves it out.
    """
    shares = SetContext.shares(lexicon.lexname[concepts], chances)
    if not shares:
        return context
    centroid = None if rows is None else to_unit(chances.astype(np.float32) @ rows)
    return replace(context, lexname_share=shares, centroid=centroid)


def nearness(
    candidates: NDArray[np.float32],
    owners: NDArray[np.int64],
    chances: NDArray[np.float64],
    settled: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return how much nearer than usual each candidate lies to what other labels mean.

    A label that may mean several things counts by the mean of their vectors,
    each as likely as it looked without this.

    Args:
        candidates: float32 (n_candidates, dim), unit rows.
        owners: int64 (n_candidates,), ascending from 0, none left out: whose each one is.
        chances: float64 (n_candidates,): how likely each one looked so far.
        settled: float32 (n_settled, dim), unit rows: what further labels of the
            list mean for sure.

    Returns:
        float32 (n_candidates,): the mean of the five highest cosines with other
        labels, less the median of that over the labels. Zero in lists too short to say.
    """
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    weight = chances.astype(np.float32)
    expected = np.add.reduceat(candidates * weight[:, None], starts) if len(starts) else candidates
    length = np.linalg.norm(expected, axis=1)
    known = np.flatnonzero(length > _LEAST_LENGTH)
    company = np.concatenate([expected[known] / length[known, None], settled])
    if len(company) > _MOST_COMPANY:
        chosen = np.linspace(0, len(company) - 1, _MOST_COMPANY).round().astype(np.int64)
    else:
        chosen = np.arange(len(company))
    if len(chosen) <= _NEAREST:
        return np.zeros(len(candidates), dtype=np.float32)
    place_of = np.full(len(starts), -1)
    own = np.flatnonzero(chosen < len(known))
    place_of[known[chosen[own]]] = own
    near = _nearest(candidates, company[chosen], place_of[owners])
    usual = np.add.reduceat(near * weight, starts)[known]
    usual /= np.add.reduceat(weight, starts)[known]
    return near - (np.median(usual) if len(usual) else np.float32(0.0))


def _nearest(
    candidates: NDArray[np.float32], company: NDArray[np.float32], own: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the mean of each candidate's five highest cosines, its own label's left out."""
    near = np.zeros(len(candidates), dtype=np.float32)
    for start in range(0, len(candidates), _BLOCK):
        block = slice(start, start + _BLOCK)
        scores = candidates[block] @ company.T
        inside = np.flatnonzero(own[block] >= 0)
        scores[inside, own[block][inside]] = -1.0
        near[block] = np.partition(scores, -_NEAREST, axis=1)[:, -_NEAREST:].mean(axis=1)
    return near


def relatives(
    lexicon: Lexicon,
    concepts: NDArray[np.int64],
    owners: NDArray[np.int64],
    chances: NDArray[np.float64],
    settled: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return how many other labels likely lie beside each candidate.

    Args:
        lexicon: all concepts.
        concepts: int64 (n_candidates,).
        owners: int64 (n_candidates,): whose candidate each one is.
        chances: float64 (n_candidates,): how likely each one looked so far.
        settled: int64 (n_settled,): what further labels of the list mean for sure.

    Returns:
        float32 (n_candidates, 2): those under the same concept, and those under
        the same one further up; log, each label counted as far as it is likely.
    """
    last = int(owners.max(initial=-1)) + 1
    whose = np.concatenate([owners, last + np.arange(len(settled))])
    weight = np.concatenate([chances, np.ones(len(settled))])
    row = np.arange(len(whose))
    at = np.concatenate([concepts, settled])
    columns = []
    for _ in range(2):
        step, at = lexicon.broader_rows.expand(at)
        row = row[step]
        everyone = np.bincount(at, weight[row], len(lexicon))
        keys, own = np.unique(whose[row] * len(lexicon) + at, return_inverse=True)
        of_own = np.bincount(own, weight[row], len(keys))
        others = np.maximum(everyone[at] - of_own[own], 0.0)
        found = np.bincount(row, others, len(whose))[: len(concepts)]
        columns.append(np.round(np.log1p(found), 3))
    return np.stack(columns, axis=1).astype(np.float32)
