"""The words of definitions, and how much two texts have in common."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from labelsys.match.lexicon import definition
from labelsys.text import fold, fold_all

if TYPE_CHECKING:
    from labelsys.match.lexicon import Lexicon

__all__ = ["GlossWords", "word_set"]


class GlossWords:
    """The words of definitions, and how rare each is among them."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Count words of all definitions."""
        self._lexicon = lexicon
        folded = fold_all([definition(c.gloss).replace("\n", " ") for c in lexicon.concepts])
        seen: Counter[str] = Counter()
        for text in folded:
            seen.update(set(text.split()))
        n = len(folded) + 1
        self._rarity = {word: math.log(n / (count + 1)) for word, count in seen.items()}
        self._unseen = math.log(n)
        self._of: dict[int, frozenset[str]] = {}
        self._above: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, concept: int) -> frozenset[str]:
        """Return the words of a synset's definition, its further names, and what is right above."""
        found = self._of.get(concept)
        if found is None:
            words = set(word_set(definition(self._lexicon.concepts[concept].gloss)))
            for parent in self._lexicon.broader_any[concept]:
                words.update(w for name in self._lexicon.english_words(parent) for w in name)
            found = self._of[concept] = frozenset(map(_stem, words))
        return found

    def above(self, concept: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return words, and whole names, of the two levels above a synset."""
        found = self._above.get(concept)
        if found is None:
            first = self._lexicon.broader_any[concept]
            levels = {*first, *(i for p in first for i in self._lexicon.broader_any[p])}
            names = {name for i in levels for name in self._lexicon.english_words(i)}
            words = frozenset(_stem(word) for name in names for word in name)
            found = self._above[concept] = words, frozenset(" ".join(name) for name in names)
        return found

    def likeness(self, words: frozenset[str], others: frozenset[str]) -> float:
        """Return the cosine of two sets of words, each as rare as it is."""
        shared = words & others
        if not shared:
            return 0.0
        total = math.sqrt(self.weight(words) * self.weight(others))
        return self.weight(shared) / total if total else 0.0

    def weight(self, words: frozenset[str]) -> float:
        """Return the sum of squared rarities; in the order of the words, so that it never moves."""
        return math.fsum(self._rarity.get(word, self._unseen) ** 2 for word in sorted(words))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text, folded, plurals as singulars."""
    return frozenset(map(_stem, fold(text).split()))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
