"""What an item's classes, and what lies below it, say of which synset it is.

Both may be ambiguous themselves, so they speak by what a first look takes them
for. An item that identifiers link is that synset, for sure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

from labelsys.source.wikidata.linking.features import COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.names import Found

__all__ = ["Meanings", "add_company"]

Meanings = dict[str, dict[int, float]]
"""QID -> synset (index in the lexicon) -> how likely the item is that; unlikely ones left out."""

_CLASS_OF: Final = ("P279", "P171")
_KIND_OF: Final = ("P31",)
_MOST: Final = 40
"""Items above or below one that are asked: more say the same."""
_STEPS: Final = 3
"""How far up it goes past classes whose names no synset has."""
_OFF: Final = 0.1


class Company:
    """Who is above and below whom, and what each likely is."""

    def __init__(self, items: Mapping[str, Item], lexicon: Lexicon, meanings: Meanings) -> None:
        """Take all items of a pull, and what the first look takes them for."""
        self._items = items
        self._lexicon = lexicon
        self._meanings = meanings
        self._below: dict[str, list[str]] = defaultdict(list)
        for item in items.values():
            for broader in item.values(*_CLASS_OF):
                self._below[broader].append(item.qid)

    def above(self, item: Item, pids: Sequence[str]) -> list[dict[int, float]]:
        """Return what the nearest items above one likely are, of those that have a candidate."""
        return [self._meanings[qid] for qid in islice(self._nearest(item, pids), _MOST)]

    def _nearest(self, item: Item, pids: Sequence[str]) -> Iterator[str]:
        seen, front = {item.qid}, item.values(*pids)
        for _ in range(_STEPS):
            further: list[str] = []
            for qid in front[:_MOST]:
                if qid in seen:
                    continue
                seen.add(qid)
                if qid in self._meanings:
                    yield qid
                elif (broader := self._items.get(qid)) is not None:
                    further += broader.values(*_CLASS_OF)
            front = further

    def below(self, item: Item) -> list[dict[int, float]]:
        """Return what the items right below one likely are, of those that have a candidate."""
        known = (qid for qid in self._below.get(item.qid, ()) if qid in self._meanings)
        return [self._meanings[qid] for qid in islice(known, _MOST) if qid != item.qid]

    def mass_above(self, meaning: Mapping[int, float], concept: int) -> float:
        """Return how likely something lies above a synset."""
        above = self._lexicon.ancestors(concept)
        return math.fsum(p for i, p in meaning.items() if i != concept and i in above)

    def mass_below(self, meaning: Mapping[int, float], concept: int) -> float:
        """Return how likely something lies below a synset."""
        ancestors = self._lexicon.ancestors
        return math.fsum(p for i, p in meaning.items() if i != concept and concept in ancestors(i))


def add_company(
    table: NDArray[np.float32],
    asked: Sequence[tuple[Item, Sequence[Found]]],
    items: Mapping[str, Item],
    lexicon: Lexicon,
    meanings: Meanings,
) -> None:
    """Fill in the columns that take a first look.

    Args:
        table: of `item_features`; changed in place.
        asked: the items that it is of.
        items: all of the pull.
        lexicon: of WordNet.
        meanings: what items likely are; those without a candidate left out.
    """
    company = Company(items, lexicon, meanings)
    wanted = _Wanted(meanings)
    start = 0
    for item, found in asked:
        classes, kinds = company.above(item, _CLASS_OF), company.above(item, _KIND_OF)
        below = company.below(item)
        if classes or kinds or below:
            for row, one in zip(table[start:], found, strict=False):
                _class_columns(row, company, one.concept, classes)
                _kind_columns(row, company, one.concept, kinds)
                _below_columns(row, company, one.concept, below)
        for row, one in zip(table[start:], found, strict=False):
            own, others = wanted.by(item.qid, one.concept)
            row[COLUMN["wanted"]] = round(others, 3)
            row[COLUMN["wanted_more"]] = others > own
        start += len(found)


class _Wanted:
    """How likely each synset is which item."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings
        self._best: dict[int, list[tuple[float, str]]] = defaultdict(list)
        for qid, meaning in meanings.items():
            for concept, p in meaning.items():
                self._best[concept] = sorted([*self._best[concept], (p, qid)], reverse=True)[:2]

    def by(self, qid: str, concept: int) -> tuple[float, float]:
        """Return how likely a synset is an item, and how likely it is another one at most."""
        own = self._meanings.get(qid, {}).get(concept, 0.0)
        others = (p for p, other in self._best[concept] if other != qid)
        return own, next(others, 0.0)


def _class_columns(
    row: NDArray[np.float32], company: Company, concept: int, classes: list[dict[int, float]]
) -> None:
    if classes:
        masses = [company.mass_above(meaning, concept) for meaning in classes]
        row[COLUMN["class_above"]] = round(max(masses), 3)
        row[COLUMN["class_share"]] = round(math.fsum(masses) / len(masses), 3)
        row[COLUMN["class_off"]] = max(masses) < _OFF
        row[COLUMN["class_same"]] = round(max(m.get(concept, 0.0) for m in classes), 3)


def _kind_columns(
    row: NDArray[np.float32], company: Company, concept: int, kinds: list[dict[int, float]]
) -> None:
    if kinds:
        highest = max(company.mass_above(meaning, concept) for meaning in kinds)
        row[COLUMN["kind_above"]] = round(highest, 3)
        row[COLUMN["kind_off"]] = highest < _OFF


def _below_columns(
    row: NDArray[np.float32], company: Company, concept: int, below: list[dict[int, float]]
) -> None:
    if below:
        mass = math.fsum(company.mass_below(meaning, concept) for meaning in below)
        row[COLUMN["below"]] = round(math.log1p(mass) / 2, 3)
        row[COLUMN["below_share"]] = share = round(mass / len(below), 3)
        row[COLUMN["below_off"]] = share < _OFF
