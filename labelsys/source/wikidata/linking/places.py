"""Under which concept each class lies that is no synset itself.

All strategies point at concepts; a ranker says for each of these, and for all above
them, how likely the class lies under it. The place is the deepest concept that is
likely enough. Classes are looked at twice: the second time, where the classes above
them lie counts as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from labelsys.source.wikidata.linking.clues import STRATEGIES, find_clues, parent_points
from labelsys.source.wikidata.linking.place_features import find_candidates, place_features
from labelsys.source.wikidata.linking.place_ranker import LOOKS, load_place_ranker
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.clues import Clues
    from labelsys.source.wikidata.linking.place_features import Candidates
    from labelsys.source.wikidata.linking.place_ranker import PlaceRanker
    from labelsys.source.wikidata.linking.points import AskedClass
    from labelsys.source.wikidata.linking.surroundings import Surroundings

__all__ = ["DEEP", "SURE", "Place", "Places", "choose", "find_places", "first_look", "look"]

SURE: Final = 0.92
"""How likely a class has to lie under a concept for the place to be accepted."""
LIKELY: Final = 0.65
"""The same for a place in review: the likeliest deep one, where the sure ones say too little."""
DEEP: Final = 4
"""Depth from which a concept says something of what is under it."""
_FIRST_LOOK: Final = 0.7
_SAYING: Final = 0.5
"""Weight at a place or under it by which a strategy speaks for it."""


class Place(NamedTuple):
    """Where a class lies.

    Attributes:
        concept: index in the lexicon.
        confidence: how likely the class lies under it.
        strategies: those that speak for it.
        is_sure: whether it is accepted; else it waits in review.
        ranker: what said so.
    """

    concept: int
    confidence: float
    strategies: tuple[str, ...]
    is_sure: bool
    ranker: str

    @property
    def justification(self) -> str:
        """That of the one strategy that speaks for it, or composite."""
        found = {STRATEGIES[name] for name in self.strategies}
        return found.pop() if len(found) == 1 else Justification.COMPOSITE


class Places:
    """Candidates of classes with their probabilities."""

    def __init__(
        self,
        asked: Sequence[AskedClass],
        found: Candidates,
        table: NDArray[np.float32],
        ranker: PlaceRanker,
        lexicon: Lexicon,
    ) -> None:
        """Take the candidates and their features; the ranker says how likely each is."""
        self.found = found
        self.probabilities = ranker.probabilities(table, found, lexicon)
        self._ranker = ranker.name
        self._table = table
        self._lexicon = lexicon
        self._rows = {one.qid: n for n, one in enumerate(asked)}
        self._starts = np.searchsorted(found.classes, np.arange(len(asked) + 1))
        chosen = choose(found, self.probabilities, lexicon, sure=SURE, likely=LIKELY)
        self._chosen: dict[int, int] = dict(zip(*chosen, strict=True))

    def is_asked(self, qid: str) -> bool:
        """Return whether a class is one of those whose places were sought."""
        return qid in self._rows

    def find(self, qid: str) -> Place | None:
        """Return the place of a class, or None where there is none that is likely."""
        at = self._chosen.get(self._rows.get(qid, -1))
        if at is None:
            return None
        speaking = self._table[at, : len(STRATEGIES)] >= _SAYING
        confidence = float(self.probabilities[at])
        return Place(
            concept=int(self.found.concepts[at]),
            confidence=confidence,
            strategies=tuple(n for n, says in zip(STRATEGIES, speaking, strict=True) if says),
            is_sure=confidence >= SURE,
            ranker=self._ranker,
        )


def choose(
    found: Candidates,
    probabilities: NDArray[np.float64],
    lexicon: Lexicon,
    *,
    sure: float,
    likely: float,
) -> tuple[list[int], list[int]]:
    """Return the best candidate of each class that has one.

    That is the deepest sure one. Where it is not deep, the likeliest deep one is
    taken if it is likely. Of candidates as deep, or as likely, the likelier and the
    deeper one goes first, then the smaller id.

    Returns:
        Classes, ascending, and the row of each one's candidate.
    """
    depth = lexicon.depth[found.concepts].astype(np.int64)
    by_depth = np.lexsort((-found.concepts, probabilities, depth, found.classes))
    by_likelihood = np.lexsort((-found.concepts, depth, probabilities, found.classes))
    best: dict[int, int] = {}
    for row in by_depth[(probabilities >= sure)[by_depth]].tolist():
        best[int(found.classes[row])] = row
    deep = (depth >= DEEP) & (probabilities >= likely)
    deepest = {int(found.classes[row]): row for row in by_likelihood[deep[by_likelihood]].tolist()}
    for owner, row in deepest.items():
        if owner not in best or depth[best[owner]] < DEEP:
            best[owner] = row
    owners = sorted(best)
    return owners, [best[owner] for owner in owners]


def first_look(
    asked: Sequence[AskedClass],
    found: Candidates,
    probabilities: NDArray[np.float64],
    lexicon: Lexicon,
) -> dict[str, tuple[int, float]]:
    """Return where classes lie at first sight: QID -> concept and confidence."""
    rows = choose(found, probabilities, lexicon, sure=_FIRST_LOOK, likely=1.1)
    return {
        asked[owner].qid: (int(found.concepts[row]), float(probabilities[row]))
        for owner, row in zip(*rows, strict=True)
    }


def find_places(asked: Sequence[AskedClass], around: Surroundings) -> Places:
    """Return where classes lie, by the shipped rankers.

    Args:
        asked: classes that are no synsets.
        around: what they are seen in.
    """
    with_vectors = around.vectors is not None
    first, second = (load_place_ranker(look, with_vectors=with_vectors) for look in LOOKS)
    clues = find_clues(asked, around)
    seen = look(asked, clues, around.lexicon, first)
    placed = first_look(asked, seen.found, seen.probabilities, around.lexicon)
    parents = parent_points(asked, around, placed)
    clues = clues._replace(points={**clues.points, "parent": parents})
    return look(asked, clues, around.lexicon, second)


def look(
    asked: Sequence[AskedClass], clues: Clues, lexicon: Lexicon, ranker: PlaceRanker
) -> Places:
    """Return what one look at classes gives."""
    found = find_candidates(asked, clues, lexicon)
    table = place_features(asked, clues, found, lexicon)
    return Places(asked, found, table, ranker, lexicon)
