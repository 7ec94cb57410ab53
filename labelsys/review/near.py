"""Which labels of a set are near-synonyms, and which fact says so.

Only labels that mean two different concepts are looked at, in pairs, and each
pair is told once, with the first fact that holds:

1. Their names are one word but for number, spacing or hyphens (sunglass,
   sunglasses), and the concepts are not of kinds that share nothing.
2. The name of one is also a name of the other's concept (WordNet calls a
   projectile a missile, too), and both are of one kind that says something:
   deeper than the top three levels, with at most 1,000 concepts below it. A
   bird and a machine that are both called crane are no synonyms.
3. The one is the only kind of the other that the sources know, and their
   definitions agree: half of the words, or a cosine of 0.8.
4. They are kinds of the same concept, and their definitions have the same words;
   or, told as less grave, a cosine of 0.83.

Cosines are those of sentence vectors that lie in the cache already; without
them rules 3 and 4 go by words alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from labelsys.match.lexicon import definition
from labelsys.merge.top_classes import Tops, load_top_classes
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from labelsys.ids import Curie
    from labelsys.model import Concept
    from labelsys.review.stand import Severity, Stand, Surroundings

__all__ = ["Closeness", "Near", "find_near", "name_key", "names_of"]

Closeness: TypeAlias = "Callable[[Curie, Curie], float | None]"
"""Cosine of two concepts' sentence vectors, or None where one has none."""

_LARGEST_KIND = 1000
_TOP_LEVELS = 3
_SAME_WORDS = 0.5
_ONLY_KIND_COSINE = 0.8
_SIBLING_COSINE = 0.83
_LARGEST_FAMILY = 600
"""Concepts under one parent beyond which siblings are not compared in pairs."""
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "or",
        "and",
        "in",
        "to",
        "with",
        "for",
        "that",
        "is",
        "which",
        "by",
        "on",
        "as",
        "at",
        "from",
        "used",
        "any",
        "it",
        "its",
        "be",
        "are",
        "into",
        "usually",
        "having",
        "especially",
        "who",
    ]
)
_PLURALS = (
    (re.compile(r"(?<=[a-z]{2})ies\Z"), "y"),
    (re.compile(r"(?<=s|x|z)es\Z|(?<=ch|sh)es\Z"), ""),
    (re.compile(r"(?<=[^s])s\Z"), ""),
)


class Near(NamedTuple):
    """Two labels that are hard to keep apart.

    Attributes:
        first: earlier in the set.
        second: later.
        severity: high, medium or low.
        reason: what says so, in words.
    """

    first: Stand
    second: Stand
    severity: Severity
    reason: str


def name_key(name: str) -> str:
    """Return a name without spaces, hyphens and the ending of a plural.

    Examples:
        >>> name_key("sunglasses"), name_key("Sun-glass"), name_key("berries")
        ('sunglass', 'sunglass', 'berry')
    """
    key = fold(name).replace(" ", "")
    for pattern, singular in _PLURALS:
        changed = pattern.sub(singular, key)
        if changed != key:
            return changed
    return key


def names_of(concept: Concept) -> frozenset[str]:
    """Return the folded names that a concept's own source gives it, in English."""
    native = [n.text for n in concept.names if n.sense is not None]
    other = [n.text for n in concept.names if n.lang == "en" and n.kind == "pref"]
    return frozenset(fold(text) for text in native or other)


def find_near(around: Surroundings, closeness: Closeness | None = None) -> list[Near]:
    """Return the pairs of near-synonyms, by their places in the set.

    Args:
        around: the labels and what is known about their concepts.
        closeness: gives cosines; None goes by words.
    """
    rules = _Rules(around, closeness or (lambda a, b: None))
    found: dict[tuple[Curie, Curie], Near] = {}
    for near in rules.iter_all():
        places = around.positions
        one, two = near.first, near.second
        if places[one.label.id] > places[two.label.id]:
            near = near._replace(first=two, second=one)
        found.setdefault((near.first.label.id, near.second.label.id), near)
    return sorted(
        found.values(),
        key=lambda n: (around.positions[n.first.label.id], around.positions[n.second.label.id]),
    )


class _Rules:
    """The four rules over one set; each yields pairs, the later label last."""

    def __init__(self, around: Surroundings, closeness: Closeness) -> None:
        self._around = around
        self._closeness = closeness
        self._own = {id_: s for id_, s in around.owners.items() if id_ in around.concepts}

    def iter_all(self) -> Iterator[Near]:
        yield from self._by_spelling()
        yield from self._by_shared_name()
        yield from self._by_only_kind()
        yield from self._by_definition()

    @cached_property
    def _tops(self) -> Tops:
        return Tops(load_top_classes(), self._around.edges)

    def _clash(self, a: Curie, b: Curie) -> bool:
        tops = self._tops
        return tops.classes.clash(tops.of(a), tops.of(b)) is not None

    def _by_spelling(self) -> Iterator[Near]:
        groups: defaultdict[str, list[Stand]] = defaultdict(list)
        for stand in self._around.stands:
            groups[name_key(stand.label.name)].append(stand)
        for group in groups.values():
            for one, two in combinations(group, 2):
                is_same = fold(one.label.name) == fold(two.label.name)
                if is_same or one.concept is None or two.concept is None:
                    continue
                if one.concept != two.concept and not self._clash(one.concept, two.concept):
                    yield Near(one, two, "high", "the names differ in number or spacing only")

    def _by_shared_name(self) -> Iterator[Near]:
        by_name: defaultdict[str, list[Curie]] = defaultdict(list)
        for id_ in self._own:
            for name in sorted(names_of(self._around.concepts[id_])):
                by_name[name].append(id_)
        for name, ids in by_name.items():
            for a, b in combinations(ids, 2):
                one, two = self._own[a], self._own[b]
                if name not in (fold(one.label.name), fold(two.label.name)):
                    continue
                kind = None if self._clash(a, b) else self._common_kind(a, b)
                if kind is not None:
                    yield Near(one, two, "high", f"both are called {name!r}, and are {kind}")

    def _common_kind(self, a: Curie, b: Curie) -> str | None:
        """Return, in words, the narrow kind that two concepts share.

        Returns:
            None where what they share is too wide to say anything.
        """
        hierarchy = self._around.hierarchy
        for id_ in hierarchy.lowest_common_ancestors(a, b):
            if hierarchy.depth(id_) > _TOP_LEVELS and self._size(id_) <= _LARGEST_KIND:
                concept = self._around.reader.find_concept(id_)
                return f"a kind of {concept.pref_label}" if concept is not None else None
        return None

    @cached_property
    def _sizes(self) -> dict[Curie, int]:
        return {}

    def _size(self, id_: Curie) -> int:
        if id_ not in self._sizes:
            self._sizes[id_] = int(self._around.hierarchy.descendant_mask([id_]).sum()) - 1
        return self._sizes[id_]

    def _by_only_kind(self) -> Iterator[Near]:
        for id_, stand in self._own.items():
            kinds = [k for k in self._around.hierarchy.narrower(id_) if k.prefix != "ls"]
            other = self._own.get(kinds[0]) if len(kinds) == 1 else None
            if other is not None:
                said = self._agreement(id_, kinds[0], _SAME_WORDS, _ONLY_KIND_COSINE)
                if said:
                    what = f"{other.label.name!r} is the only kind of {stand.label.name!r}"
                    yield Near(stand, other, "medium", f"{what} that the sources know, and {said}")

    def _by_definition(self) -> Iterator[Near]:
        families: defaultdict[Curie, list[Curie]] = defaultdict(list)
        for id_ in self._own:
            for parent in self._around.hierarchy.broader(id_):
                families[parent].append(id_)
        for family in families.values():
            if len(family) > _LARGEST_FAMILY:
                continue
            for a, b in combinations(family, 2):
                same = self._words[a] == self._words[b]
                said = self._agreement(a, b, 1.0, _SIBLING_COSINE)
                if said:
                    what = f"kinds of the same thing, and {said}"
                    severity: Severity = "medium" if same else "low"
                    yield Near(self._own[a], self._own[b], severity, what)

    @cached_property
    def _words(self) -> Mapping[Curie, frozenset[str]]:
        found = {}
        for id_ in self._own:
            words = fold(definition(self._around.concepts[id_].gloss)).split()
            found[id_] = frozenset(words) - _SMALL_WORDS
        return found

    def _agreement(self, a: Curie, b: Curie, least_words: float, least_cosine: float) -> str:
        """Return, in words, how two definitions agree.

        Returns:
            "" where they don't agree enough.
        """
        one, two = self._words[a], self._words[b]
        if not one or not two:  # names alone say too little: two cars differ by a number
            return ""
        if len(one & two) >= least_words * len(one | two):
            return "the definitions have the same words" + ("" if one == two else " for the most")
        cosine = self._closeness(a, b)
        if cosine is not None and cosine >= least_cosine:
            return f"the definitions mean nearly the same (cosine {cosine:.2f})"
        return ""
