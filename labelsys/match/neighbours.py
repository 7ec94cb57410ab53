"""Where a label would lie by meaning alone: votes of its nearest concepts.

Used where the lexicon has no name for a label. The nearest concepts vote for
themselves and everything above them; the deepest concept that most votes
agree on is the guess. `chance_right` says how often such a guess is right.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.lexicon import LEXNAMES, Lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Neighbourhood", "agreement", "pool_of"]

N_NEIGHBOURS = 12
TEMPERATURE = 0.1
_AGREEMENT = 0.7
_LEAST_POOL = 1000
_BLOCK = 2048
# Concepts that can be seen or touched: what a picture can show.
_CONCRETE = frozenset(
    LEXNAMES.index("noun." + word)
    for word in [
        "animal",
        "artifact",
        "body",
        "food",
        "object",
        "person",
        "plant",
        "substance",
        "phenomenon",
        "shape",
    ]
)


def pool_of(lexicon: Lexicon, given: Sequence[int]) -> NDArray[np.int64]:
    """Return the concepts among which neighbours are sought.

    Args:
        lexicon: all concepts.
        given: concepts where label sets put a class by its id. Where there are
            a thousand or more, they are the pool: people chose them for images.

    Returns:
        int64 indexes, sorted. Else every class in a concrete lexname.
    """
    if len(given) >= _LEAST_POOL:
        return np.array(sorted(given), dtype=np.int64)
    chosen = [
        i
        for i, concept in enumerate(lexicon.concepts)
        if concept.source == "wordnet"
        and int(lexicon.lexname[i]) in _CONCRETE
        and not lexicon.is_instance[i]
    ]
    return np.array(chosen, dtype=np.int64)


class Neighbourhood:
    """Nearest concepts by cosine."""

    def __init__(self, pool: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take the pool, sorted, and one unit vector (dim,) for each of it."""
        self.pool = pool
        self._vectors = vectors

    def nearest(
        self, queries: NDArray[np.float32], within: NDArray[np.bool_] | None = None
    ) -> list[tuple[tuple[int, float], ...]]:
        """Return the nearest concepts of each query.

        Args:
            queries: float32, shape (n, dim), unit rows.
            within: bool by concept index; only those count. None means all.

        Returns:
            For each query up to twelve (concept, weight), nearest first, ties
            by lower concept; weights add up to one.
        """
        keep = np.arange(len(self.pool)) if within is None else np.flatnonzero(within[self.pool])
        if len(keep) == 0:
            return [()] * len(queries)
        pool, vectors = self.pool[keep], self._vectors[keep]
        found: list[tuple[tuple[int, float], ...]] = []
        for start in range(0, len(queries), _BLOCK):
            # Rounded before they are compared, so that the last bits decide nothing.
            scores = np.round(queries[start : start + _BLOCK] @ vectors.T, 3)
            found += [_top(row, pool) for row in scores]
        return found


def _top(scores: NDArray[np.float32], pool: NDArray[np.int64]) -> tuple[tuple[int, float], ...]:
    k = min(N_NEIGHBOURS, len(scores))
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    at_least = np.flatnonzero(scores >= least)
    order = at_least[np.lexsort((pool[at_least], -scores[at_least]))][:k]
    weight = np.exp((scores[order].astype(np.float64) - float(scores[order[0]])) / TEMPERATURE)
    weight = np.round(weight / weight.sum(), 4)
    return tuple((int(pool[i]), float(w)) for i, w in zip(order, weight, strict=True))


def agreement(
    lexicon: Lexicon, neighbours: Sequence[tuple[int, float]], share: float = _AGREEMENT
) -> tuple[int, float] | None:
    """Return the deepest concept that most votes agree on, and its share.

    Ties go to the larger share, then to the lower concept.
    """
    votes: dict[int, float] = defaultdict(float)
    total = 0.0
    for concept, weight in neighbours:
        total += weight
        for above in lexicon.ancestors(concept):
            votes[above] += weight
    agreed = [i for i, w in votes.items() if w >= share * total - 1e-9]
    if not agreed or total <= 0:
        return None
    best = max(agreed, key=lambda i: (int(lexicon.depth[i]), round(votes[i], 4), -i))
    return best, round(min(votes[best] / total, 1.0), 4)


def chance_right(depth: int, share: float) -> float:
    """Return how likely a neighbours' guess is truly above the label.

    Fitted on ImageNet-21K's concepts, each hidden from its own neighbours
    (`labelsys.match.train` prints the table): deep guesses are wrong more
    often, unanimous ones less.
    """
    odds = _BIAS + _PER_DEPTH * depth + _PER_SHARE * share
    return round(1.0 / (1.0 + math.exp(-odds)), 4)


_BIAS, _PER_DEPTH, _PER_SHARE = -4.322, -0.058, 7.322
