"""Names that end, or begin, with the same word, and what they lie under."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon

__all__ = ["NameEnds", "Same"]

_MOST_PARENTS = 8
_MOST_SAME = 400


@dataclass(frozen=True)  # without slots: what is cached needs a place
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

    @cached_property
    def counts(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Three int64 arrays: concepts above, ascending; their `parents` count; that of `under`."""
        concepts = sorted(self.under)
        return (
            np.array(concepts, dtype=np.int64),
            np.array([self.parents[concept] for concept in concepts], dtype=np.int64),
            np.array([self.under[concept] for concept in concepts], dtype=np.int64),
        )


_NONE_SAME = Same(0, Counter(), Counter())


class NameEnds:
    """Which concepts have names that end, or begin, with a word.

    Only names of several words count: `warbler` itself does not end like one.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the concepts; the English names of every class count."""
        self._lexicon = lexicon
        self._known: dict[tuple[int, str], list[int]] = {}
        self._counted: dict[tuple[int, str], Same] = {}
        self._added: dict[tuple[int, str], list[int]] = {}

    @cached_property
    def _names(self) -> dict[tuple[int, str], list[str]]:
        """(0 or -1, word) -> folded names of several words that begin or end with it."""
        names: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for name in self._lexicon.by_name:
            if " " in name:
                names[0, name.split(" ", 1)[0]].append(name)
                names[-1, name.rsplit(" ", 1)[1]].append(name)
        return names

    def _concepts(self, key: tuple[int, str]) -> list[int]:
        """Return the classes with such a name; then ~n for each added label under n."""
        known = self._known.get(key)
        if known is None:
            names = frozenset(self._names.get(key, ()))
            uses: dict[int, int] = {}
            for name in names:
                for use in self._lexicon.by_name[name]:
                    uses[use.concept] = use.position
            found = (i for i in sorted(uses) if self._is_meant(i, uses[i], names))
            known = self._known[key] = list(islice(found, _MOST_SAME))
        return [*known, *self._added.get(key, ())][:_MOST_SAME]

    def _is_meant(self, concept: int, position: int, names: frozenset[str]) -> bool:
        """Return whether a concept is a class with one of these names in English.

        Args:
            concept: has one of them.
            position: of such a name.
            names: folded.
        """
        lexicon = self._lexicon
        if lexicon.is_instance[concept]:
            return False
        name = lexicon.concepts[concept].names[position]
        if name.sense is not None and name.lang == "en" and name.kind != "hidden":
            return True  # WordNet's own: no need to fold the others
        own = map(" ".join, lexicon.english_words(concept))
        return not names.isdisjoint(own)

    def add(self, text: str, parent: int) -> None:
        """Count a label that lies under *parent* in; it is no concept itself."""
        words = text.split()
        for end in (0, -1) if len(words) > 1 else ():
            self._added.setdefault((end, words[end]), []).append(~parent)
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
        counted = self._counted.get(key)
        if counted is None:
            counted = self._counted[key] = self._count(self._concepts(key))
        if without >= 0 and without in (found := self._concepts(key)):
            return self._count([i for i in found if i != without])
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
