"""Names that end, or begin, with the same word, and what they lie under."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelsys.match.lexicon import Lexicon

__all__ = ["NameEnds", "Same"]

_MOST_PARENTS = 8
_MOST_SAME = 400


@dataclass(frozen=True, slots=True)
class Same:
    """Names that share a word with a label.

    Attributes:
        n: how many there are.
        parents: concept -> how many of them lie directly under it.
        under: concept -> how many lie anywhere under it; one may count twice.
    """

    n: int
    parents: Counter[int]
    under: Counter[int]

    def top(self) -> list[int]:
        """Return the concepts directly above most of them."""
        ranked = sorted(self.parents.items(), key=lambda item: (-item[1], item[0]))
        return [concept for concept, _ in ranked[:_MOST_PARENTS]]


_NONE_SAME = Same(0, Counter(), Counter())


class NameEnds:
    """Which concepts have names that end, or begin, with a word.

    Only names of several words count: `warbler` itself does not end like one.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the English names of every class."""
        self._lexicon = lexicon
        # A negative number n stands for a label that is no concept, under ~n.
        self._at: dict[tuple[int, str], list[int]] = {}
        self._counted: dict[tuple[int, str], Same] = {}
        for i in range(len(lexicon)):
            if lexicon.is_instance[i]:
                continue
            names = [words for words in lexicon.english_words(i) if len(words) > 1]
            for end in (0, -1):
                for word in sorted({words[end] for words in names}):
                    self._at.setdefault((end, word), []).append(i)

    def add(self, text: str, parent: int) -> None:
        """Count a label that lies under *parent* in; it is no concept itself."""
        words = text.split()
        for end in (0, -1) if len(words) > 1 else ():
            self._at.setdefault((end, words[end]), []).append(~parent)
            self._counted.pop((end, words[end]), None)

    def same(self, words: Sequence[str], end: int, without: int = -1) -> Same:
        """Return the names that begin (0) or end (-1) like this one.

        Args:
            words: of a folded name; one that has a single word shares nothing.
            end: 0 or -1.
            without: a concept that must not be seen.
        """
        if len(words) < 2:
            return _NONE_SAME
        key = (end, words[end])
        found = self._at.get(key, [])[:_MOST_SAME]
        if without >= 0 and without in found:
            return self._count([i for i in found if i != without])
        counted = self._counted.get(key)
        if counted is None:
            counted = self._counted[key] = self._count(found)
        return counted

    def _count(self, found: Sequence[int]) -> Same:
        parents: Counter[int] = Counter()
        for i in found:
            parents.update([~i] if i < 0 else self._lexicon.broader[i])
        under: Counter[int] = Counter()
        for parent, times in parents.items():
            for above in self._lexicon.ancestors(parent):
                under[above] += times
        return Same(len(found), parents, under)
