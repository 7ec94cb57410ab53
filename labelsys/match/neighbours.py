"""The concepts nearest to a label by meaning alone.

Used where the lexicon has no name for a label: `places` asks what lies above them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.lexicon import LEXNAMES, Lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.evidence import Evidence
    from labelsys.match.vectors import ConceptVectors

__all__ = ["NO_NEIGHBOURS", "Near", "Neighbourhood", "PooledNear", "mean_of", "pool_of"]

N_NEIGHBOURS = 12
TEMPERATURE = 0.1
_LEAST_POOL = 1000
_LEAST_GROUP = 3
_MOST_POOLED = 24
_BLOCK = 256
_STEP = 0.001
_PARTS = 32
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


class Near(NamedTuple):
    """The nearest concepts of a label.

    Attributes:
        votes: (concept, weight), heaviest first; weights add up to one.
        nearest: cosine of the label and its nearest concept.
    """

    votes: tuple[tuple[int, float], ...] = ()
    nearest: float = 0.0


NO_NEIGHBOURS = Near()


class Neighbourhood:
    """Nearest concepts by cosine."""

    def __init__(self, pool: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take the concepts that vote, repeats allowed, and one unit vector (dim,) for each."""
        self.pool = pool
        self._vectors = vectors

    @classmethod
    def of(cls, lexicon: Lexicon, evidence: Evidence, vectors: ConceptVectors) -> Neighbourhood:
        """Return the concepts that vote, and earlier sets' labels voting for where they lie."""
        pool = pool_of(lexicon, sorted(evidence.sets_at))
        rows = vectors.get(pool)
        if evidence.anchors:
            texts, places = zip(*evidence.anchors, strict=True)
            pool = np.concatenate([pool, np.array(places, dtype=np.int64)])
            rows = np.concatenate([rows, vectors.embedder.vectors(texts)])
        return cls(pool, rows)

    def prior(
        self, lexicon: Lexicon, lexname_share: Mapping[int, float]
    ) -> NDArray[np.float64] | None:
        """Return what a vote of each concept counts in a set with these shares of lexnames.

        Half of the concepts that vote are species; where few labels of a set are,
        an odd name is not a species just because species are many.

        Returns:
            float64 by concept index: the square root of the lexname's share in the
            set over that among the voters, from one fifth to five; None without
            shares.
        """
        if not lexname_share:
            return None
        codes = lexicon.lexname[self.pool]
        ratio = np.ones(len(LEXNAMES) + 1)  # the last one is for concepts without a lexname
        for code in np.unique(codes):
            voters = float((codes == code).mean())
            share = lexname_share.get(int(code), 0.0)
            ratio[int(code)] = min(max((share / voters) ** 0.5, 0.2), 5.0)
        return np.asarray(np.round(ratio[lexicon.lexname], 3))

    def nearest(
        self,
        queries: NDArray[np.float32],
        within: NDArray[np.bool_] | None = None,
        prior: NDArray[np.float64] | None = None,
    ) -> list[Near]:
        """Return the nearest concepts of each query.

        Args:
            queries: float32, shape (n, dim), unit rows.
            within: bool by concept index; only those count. None means all.
            prior: float64 by concept index; what a vote counts. None means one.

        Returns:
            For each query up to twelve votes, nearest first, ties by lower
            concept; weights add up to one.
        """
        keep = np.arange(len(self.pool)) if within is None else np.flatnonzero(within[self.pool])
        if len(keep) == 0:
            return [Near()] * len(queries)
        pool, vectors = self.pool[keep], self._vectors[keep]
        found: list[Near] = []
        for start in range(0, len(queries), _BLOCK):
            found += _top(queries[start : start + _BLOCK] @ vectors.T, pool, prior)
        return found


def _top(
    scores: NDArray[np.float32], pool: NDArray[np.int64], prior: NDArray[np.float64] | None
) -> list[Near]:
    k = min(N_NEIGHBOURS, scores.shape[1])
    least = _at_most_the_kth(scores, k)
    # Rounded before they are compared, so that the last bits decide nothing: a
    # step below the least there may be others that are equal once rounded.
    near = np.flatnonzero(scores >= (least - 2 * _STEP)[:, None])  # much quicker than by row
    row, column = np.divmod(near, scores.shape[1])
    cosine = np.round(scores[row, column], 3)
    order = np.lexsort((pool[column], -cosine, row))
    starts = np.searchsorted(row, np.arange(len(scores)))  # `order` keeps the rows in order
    best = order[starts[:, None] + np.arange(k)]
    concepts, cosines = pool[column[best]], cosine[best].astype(np.float64)
    weight = np.exp((cosines - cosines[:, :1]) / TEMPERATURE)
    if prior is not None:
        weight = weight * prior[concepts]
    weight = np.round(weight / weight.sum(axis=1, keepdims=True), 4)
    return [
        _near(*one)
        for one in zip(
            concepts.tolist(), weight.tolist(), np.round(cosines[:, 0], 3).tolist(), strict=True
        )
    ]


def _at_most_the_kth(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Return for each row a number that its k highest values reach, and few others.

    The k-th highest of the highest values of many parts: to find them is several
    times quicker than to sort the whole row so far.
    """
    rows, columns = scores.shape
    whole = columns // _PARTS * _PARTS
    parts = scores[:, :whole].reshape(rows, _PARTS, whole // _PARTS).max(axis=1)
    highest = np.concatenate([parts, scores[:, whole:]], axis=1)
    if highest.shape[1] < k:
        highest = scores
    return np.asarray(np.partition(highest, -k, axis=1)[:, -k])


def _near(concepts: Sequence[int], weights: Sequence[float], nearest: float) -> Near:
    votes: dict[int, float] = {}  # several labels may vote for one concept
    for concept, weight in zip(concepts, weights, strict=True):
        votes[concept] = round(votes.get(concept, 0.0) + weight, 4)
    return Near(tuple(votes.items()), nearest)


def mean_of(members: Sequence[Near]) -> Near:
    """Return the mean of several labels' neighbours; at most two dozen concepts are kept."""
    votes: dict[int, float] = defaultdict(float)
    for near in members:
        for concept, weight in near.votes:
            votes[concept] += weight / len(members)
    ranked = sorted(votes.items(), key=lambda item: (-round(item[1], 6), item[0]))[:_MOST_POOLED]
    total = sum(weight for _, weight in ranked) or 1.0
    nearest = sum(near.nearest for near in members) / max(len(members), 1)
    return Near(tuple((c, round(w / total, 6)) for c, w in ranked), round(nearest, 3))


class PooledNear:
    """Neighbours of a list, pooled over names that begin, or that end, with the same word.

    `Ford fiesta` says little by itself; that all names beginning with `Ford` lie
    near cars does. A name and each of its groups of three or more have one vote.
    """

    def __init__(self, own: Sequence[Near], names: Sequence[Sequence[str]] = ()) -> None:
        """Take the neighbours of each name, and the folded names as words; without, each is alone.

        What the groups say is worked out now, and what it makes of each name in `of`.
        """
        self._own = own
        self._names = names or [()] * len(own)
        groups: dict[tuple[int, str], list[Near]] = defaultdict(list)
        for words, near in zip(self._names, own, strict=True):
            if len(words) > 1:
                groups[0, words[0]].append(near)
                groups[-1, words[-1]].append(near)
        large = {key: found for key, found in groups.items() if len(found) >= _LEAST_GROUP}
        self._means = {key: mean_of(found) for key, found in large.items()}

    def of(self, block: slice) -> list[Near]:
        """Return the neighbours of some names."""
        result = []
        for words, near in zip(self._names[block], self._own[block], strict=True):
            keys = [(end, words[end]) for end in (0, -1)] if len(words) > 1 else []
            shared = [self._means[key] for key in keys if key in self._means]
            result.append(mean_of([near, *shared]) if shared else near)
        return result
