"""The forms of a name, and of its ends, that a lexicon has.

Forms are tried from the most to the least faithful; each says how it was
reached, and the ranker weighs that. Nothing is decided here.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.match.lexicon import Lexicon

__all__ = [
    "Form",
    "FormKind",
    "base_texts",
    "end_forms",
    "inner_forms",
    "name_forms",
    "singulars",
    "spellings",
    "squeezed",
    "without_end",
]


class FormKind(IntEnum):
    """How a form was reached from the name, most faithful first."""

    NAME = 0
    """The folded name, with or without its qualifier."""
    INFLECTED = 1
    """Its singular, where the name itself is not in the lexicon."""
    SINGULAR_TOO = 2
    """Its singular, where the name itself is in the lexicon as well."""
    SPACING = 3
    """Other spaces or hyphens (`pottedplant`, `hot-dog`)."""
    SPELLING = 4
    """One letter of one word changed, dropped, added or swapped (`golden retreiver`)."""
    REDUNDANT = 5
    """Without a last word that only says what the thing is (`halter top`)."""
    PART = 6
    """One of several alternatives in the name (`Cutting/chopping Board`)."""
    SYNONYM = 7
    """Another name that the dataset gives."""
    HEAD = 8
    """The end of the name: what the thing is a kind of (`Spiral Tube Worm`)."""
    HEAD_BEFORE = 9
    """What stands before a preposition (`field of poppies`)."""
    HEAD_INSIDE = 10
    """The end of a word that is written together (`breadmaker`)."""


class Form(NamedTuple):
    """A folded name to look up.

    Attributes:
        text: folded.
        kind: how it was reached.
        share: for a head, its share of the name's words.
    """

    text: str
    kind: FormKind
    share: float = 1.0


# Regular plural endings of nouns, as in morphy(7WN); irregular forms are hidden
# names of their concepts already.
_PLURALS = (
    ("ses", "s"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
    ("s", ""),
)
# What datasets append to a name that says nothing of what the thing is ...
_DECORATION = re.compile(r"(?:[\s_/-]+(?:easy|101))+\Z", re.IGNORECASE)
# Kana and Han characters, of which one may be a word, and which need no spaces between words.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SEPARATORS = re.compile(r"([\s_/-])[\s_/-]+")
_LONGEST_END = 40
_LONGEST_HEAD = 10
_SHORTEST_HEAD = 2
_SHORTEST_INSIDE = 3
_MOST_INSIDE = 2
_LONGEST_WORD = 30
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MISSPELT, _LONGEST_MISSPELT = 5, 30
# Ends of participles and adverbs, which a lexicon of nouns lacks: no slips for a noun.
_NO_SLIPS = ("ed", "ing", "ly")
# Several steps ask for the same parts of one name, some of them for a whole set before the next.
_REMEMBERED = 1 << 15


def singulars(folded: str, lexicon: Lexicon) -> Iterator[str]:
    """Yield regular singulars of a folded name that the lexicon has."""
    seen = {folded}
    for ending, replacement in _PLURALS:
        if folded.endswith(ending) and len(folded) > len(ending) + 1:
            form = folded[: -len(ending)] + replacement
            if form not in seen and form in lexicon.by_name:
                seen.add(form)
                yield form


@lru_cache(maxsize=_REMEMBERED)
def squeezed(name: str) -> str:
    """Return a name without its qualifier, each run of separators cut to its first one.

    The patterns below would take quadratic time on a name of nothing but spaces.
    """
    return _SEPARATORS.sub(r"\1", split_qualifier(name)[0])


def without_end(pattern: re.Pattern[str], text: str) -> str:
    """Return a text without what a pattern finds at its end, which is sought in its last part."""
    kept, end = text[:-_LONGEST_END], text[-_LONGEST_END:]
    return kept + pattern.sub("", end)


@lru_cache(maxsize=_REMEMBERED)
def base_texts(name: str) -> tuple[str, ...]:
    """Return the folded name without qualifier, whole, and without decoration."""
    base = split_qualifier(name)[0]
    plain = without_end(_DECORATION, squeezed(name))
    return tuple(f for f in dict.fromkeys((fold(base), fold(name), fold(plain))) if f)


def name_forms(name: str, lexicon: Lexicon) -> Iterator[Form]:
    """Yield the forms of a whole name that the lexicon has, best first."""
    bases = base_texts(name)
    found = [b for b in bases if b in lexicon.by_name]
    yield from (Form(b, FormKind.NAME) for b in found)
    kind = FormKind.SINGULAR_TOO if found else FormKind.INFLECTED
    singular = [s for b in bases for s in singulars(b, lexicon)]
    yield from (Form(s, kind) for s in dict.fromkeys(singular))
    if found or singular:
        return
    for base in bases:
        compact = base.replace(" ", "")
        for other in (compact, compact + "s", *(compact[:-1],) * compact.endswith("s")):
            yield from (Form(f, FormKind.SPACING) for f in lexicon.by_compact_name.get(other, ()))


def _respelt(word: str, known: frozenset[str]) -> frozenset[str]:
    """Return the known words that a word may be a slip for: one letter off, the first one right."""
    cuts = [(word[:i], word[i:]) for i in range(1, len(word))]
    near = [head + tail[1:] for head, tail in cuts]
    near += [head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1]
    near += [
        head + letter + rest
        for head, tail in cuts
        for rest in (tail, tail[1:])
        for letter in _LETTERS
    ]
    near += [word + letter for letter in _LETTERS]
    return known.intersection(near)


def spellings(base: str, lexicon: Lexicon) -> list[str]:
    """Return known names that differ from an unknown one in one letter of its one unknown word."""
    words = base.split()
    unknown = [i for i, word in enumerate(words) if word not in lexicon.words]
    if len(unknown) != 1 or not (_SHORTEST_MISSPELT <= len(words[unknown[0]]) <= _LONGEST_MISSPELT):
        return []
    at = unknown[0]
    if not words[at].isalpha() or words[at].endswith(_NO_SLIPS):
        return []
    respelt = _respelt(words[at], lexicon.words)
    found = (" ".join([*words[:at], word, *words[at + 1 :]]) for word in respelt)
    return sorted(name for name in found if name in lexicon.by_name)


def end_forms(text: str, lexicon: Lexicon, kind: FormKind, *, skip_whole: bool) -> list[Form]:
    """Return the ends of a folded text that the lexicon has, longest first.

    Args:
        text: folded.
        lexicon: all concepts.
        kind: of the forms.
        skip_whole: whether the text itself is no end of it.
    """
    if _UNSPACED.search(text):
        return _endings(text.replace(" ", ""), lexicon, kind, skip_whole=skip_whole)
    words = text.split()
    forms: list[Form] = []
    first = max(1 if skip_whole else 0, len(words) - _LONGEST_HEAD)
    for start in range(first, len(words)):
        suffix = " ".join(words[start:])
        if len(suffix) < _SHORTEST_HEAD or suffix.isdecimal():  # a Fokker 100 is no hundred
            continue
        share = round((len(words) - start) / len(words), 3)
        known = [suffix] if suffix in lexicon.by_name else []
        known += singulars(suffix, lexicon)
        if not known and start + 1 < len(words):
            known += lexicon.by_compact_name.get(suffix.replace(" ", ""), [])
        forms += [Form(form, kind, share) for form in known]
    return forms


def _endings(text: str, lexicon: Lexicon, kind: FormKind, *, skip_whole: bool) -> list[Form]:
    """Return the ends of a name that is written without spaces (`泰迪熊` is a `熊`)."""
    first = max(1 if skip_whole else 0, len(text) - _LONGEST_HEAD)
    return [
        Form(text[start:], kind, round((len(text) - start) / len(text), 3))
        for start in range(first, len(text))
        if text[start:] in lexicon.by_name
    ]


def inner_forms(text: str, lexicon: Lexicon) -> list[Form]:
    """Return what the last word of a name ends in, if a known word stands before that."""
    whole = text.replace(" ", "")
    word = text.rpartition(" ")[2]
    if not word.isalpha() or len(word) > _LONGEST_WORD:
        return []
    cuts = range(_SHORTEST_INSIDE, len(word) - _SHORTEST_INSIDE + 1)
    ends = [word[cut:] for cut in cuts if word[:cut] in lexicon.words]
    found = [
        Form(known, FormKind.HEAD_INSIDE, round(len(end) / len(whole), 3))
        for end in ends
        for known in (end, *singulars(end, lexicon))
        if known in lexicon.by_name
    ]
    return found[:_MOST_INSIDE]
