"""From a label's name to the concepts it may mean.

Forms of the name are tried from the most to the least faithful; each form
says how it was reached, and the ranker weighs that. Nothing is decided here.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from labelsys.match.lexicon import definition
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Label

__all__ = [
    "Candidate",
    "Form",
    "FormKind",
    "exact_candidates",
    "exact_forms",
    "find_candidates",
    "genus_forms",
    "genus_of",
    "genus_text",
    "head_forms",
    "qualifiers",
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


class Candidate(NamedTuple):
    """A concept that a label may mean.

    Attributes:
        concept: index in the lexicon.
        position: of the name that matched, in `Concept.names`.
        form: the form that found it.
    """

    concept: int
    position: int
    form: Form


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
# ... what names one of several models, so that the rest has a head but is not the same thing ...
_MODEL = re.compile(r"(?:[\s_/-]+(?:easy|\d{3}|(?:19|20)\d\d))+\Z", re.IGNORECASE)
# ... and what narrows it, so that the rest is a head and not the same thing.
_NARROWING = re.compile(
    r"(?:[\s_/-]+(?:indoors?|outdoors?|interior|exterior|others?|merged|misc|miscellaneous|stuff))+\Z",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"\s*(?:/|,|;|\bor\b)\s*", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|in|with|without|for|on|at|from|a la|au|aux|de|del|der|von|by)\b"
)
# How definitions begin that have not come to the point, and where they leave it.
_EMPTY_GENUS = re.compile(
    r"\A(?:an?|the|(?:any|one|each|several|various|numerous|many|some|certain|other)(?: of)?|"
    r"(?:\w+ )?(?:kinds?|types?|sorts?|forms?|varieties|variety|species|genus|genera|groups?|"
    r"class|classes|members?|breeds?|strains?|family|families|orders?|pieces?|pairs?) of)\s+"
)
_DETAIL = re.compile(
    r":|(?<![\w-])(?:of|in|with|without|for|on|at|from|by|to|that|which|who|whose|where|when|used|"
    r"having|made|consisting|containing|designed|formed|native|resembling|found|as|is|are|worn|"
    r"characterized|usually|often|especially|between|under|into|like|similar|growing|bearing|"
    r"producing|cultivated|grown|related)(?![\w-])"
)
_ASIDE = re.compile(r"\([^()]*\)")
# Kana and Han characters, of which one may be a word, and which need no spaces between words.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SEPARATORS = re.compile(r"([\s_/-])[\s_/-]+")
_LONGEST_END = 40
_LONGEST_HEAD = 10
_SHORTEST_HEAD = 2
_SHORTEST_PART = 3
_SHORTEST_INSIDE = 3
_MOST_INSIDE = 2
_LONGEST_WORD = 30
# Several steps ask for the same parts of one name, some of them for a whole set before the next.
_REMEMBERED = 1 << 15


def qualifiers(label: Label) -> tuple[str, ...]:
    """Return what the name says in parentheses, and the parent that the dataset gives."""
    given = split_qualifier(label.name)[1]
    return (*given, label.parent) if label.parent else given


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
def _squeezed(name: str) -> str:
    """Return a name without its qualifier, each run of separators cut to its first one.

    The patterns below would take quadratic time on a name of nothing but spaces.
    """
    return _SEPARATORS.sub(r"\1", split_qualifier(name)[0])


def _without_end(pattern: re.Pattern[str], text: str) -> str:
    """Return a text without what a pattern finds at its end, which is sought in its last part."""
    kept, end = text[:-_LONGEST_END], text[-_LONGEST_END:]
    return kept + pattern.sub("", end)


@lru_cache(maxsize=_REMEMBERED)
def _bases(name: str) -> tuple[str, ...]:
    """Return the folded name without qualifier, whole, and without decoration."""
    base = split_qualifier(name)[0]
    plain = _without_end(_DECORATION, _squeezed(name))
    return tuple(f for f in dict.fromkeys((fold(base), fold(name), fold(plain))) if f)


def _forms_of_name(name: str, lexicon: Lexicon) -> Iterator[Form]:
    bases = _bases(name)
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


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MISSPELT, _LONGEST_MISSPELT = 5, 30
# Ends of participles and adverbs, which a lexicon of nouns lacks: no slips for a noun.
_NO_SLIPS = ("ed", "ing", "ly")


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


def _spellings(base: str, lexicon: Lexicon) -> list[str]:
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


def _redundant(base: str, lexicon: Lexicon) -> list[Candidate]:
    """Return what the name means without its last word, if that word says what the thing is.

    A halter top is a halter: of the senses of `halter`, one is defined as a top.
    """
    *front, last = base.split()
    rest = " ".join(front)
    found = []
    for use in lexicon.by_name.get(rest, ()):
        concept = lexicon.concepts[use.concept]
        if concept.names[use.position].sense is None or lexicon.is_instance[use.concept]:
            continue
        kinds = {
            words[-1] for i in lexicon.broader[use.concept] for words in lexicon.english_words(i)
        }
        if last in kinds or last == genus_text(definition(concept.gloss)).rpartition(" ")[2]:
            found.append(Candidate(use.concept, use.position, Form(rest, FormKind.REDUNDANT)))
    return found


def _alternatives(name: str) -> list[str]:
    """Return what stands on each side of `/`, `,` or `or`.

    `Cutting/chopping Board` means two kinds of board: a side without the last
    word gets it. `church/outdoor` means one church.
    """
    base = _without_end(_NARROWING, _squeezed(name)).replace("_", " ")
    parts = [p.strip() for p in _ALTERNATIVES.split(base) if p.strip()]
    if len(parts) < 2:
        return []
    last = parts[-1].split()
    if len(last) > 1 and "/" in base:
        return [*(p if len(p.split()) > 1 else f"{p} {last[-1]}" for p in parts), *parts]
    return parts


def _forms_of_parts(name: str, lexicon: Lexicon) -> list[Form]:
    """Return forms of alternatives, if the first is known: `k2/y` is no choice between words."""
    parts = _alternatives(name)
    if not parts or min(len(part) for part in parts) < _SHORTEST_PART:
        return []
    if not any(True for _ in _forms_of_name(parts[0], lexicon)):
        return []
    return [Form(f.text, FormKind.PART) for part in parts for f in _forms_of_name(part, lexicon)]


def exact_forms(label: Label, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms under which the label's own concept may be found, best first."""
    forms = list(_forms_of_name(label.name, lexicon))
    if not forms:
        forms += _forms_of_parts(label.name, lexicon)
    if not forms:
        spelt = dict.fromkeys(s for base in _bases(label.name) for s in _spellings(base, lexicon))
        forms += [Form(text, FormKind.SPELLING) for text in spelt]
    own = {f.text for f in forms}
    forms += [
        Form(f.text, FormKind.SYNONYM)
        for synonym in label.synonyms
        for f in _forms_of_name(synonym, lexicon)
        if f.text not in own
    ]
    return tuple(dict.fromkeys(forms))


def find_candidates(forms: tuple[Form, ...], lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Return one candidate a concept, found under its most faithful form.

    Names that WordNet gives come first: where one carries the form, concepts
    that only another source calls so are not candidates, and a concept's own
    lemma (`trouser`) goes before what only another source calls it (`trousers`).

    Returns:
        Candidates sorted by concept.
    """
    native: dict[int, Candidate] = {}
    others: dict[int, Candidate] = {}
    for form in forms:
        for use in lexicon.by_name.get(form.text, ()):
            is_native = lexicon.concepts[use.concept].names[use.position].sense is not None
            best = native if is_native else others
            known = best.get(use.concept)
            if known is None or form.kind < known.form.kind:
                best[use.concept] = Candidate(use.concept, use.position, form)
    chosen = native or others
    return tuple(chosen[i] for i in sorted(chosen))


def exact_candidates(label: Label, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Return the concepts that a label may mean: under its name, or under part of it.

    Returns:
        Candidates sorted by concept.
    """
    found = find_candidates(exact_forms(label, lexicon), lexicon)
    if found:
        return found
    base = _bases(label.name)[:1]
    shorter = [c for text in base if " " in text for c in _redundant(text, lexicon)]
    return tuple(sorted({c.concept: c for c in shorter}.values()))


def head_forms(label: Label, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms of the label's head that the lexicon has, longest first.

    The head of an English compound stands at its end (`Spiral Tube Worm` is a
    worm), or before a preposition (`field of poppies`). Longer heads are more
    specific.
    """
    found: list[Form] = []
    for name in (label.name, *label.synonyms):
        make = fold(_without_end(_MODEL, _squeezed(name)))
        for base in dict.fromkeys((*_bases(name), make)):
            found += _suffixes(base, lexicon, FormKind.HEAD, skip_whole=True)
            before = _PREPOSITION.split(base)[0].strip()
            if before != base:
                found += _suffixes(before, lexicon, FormKind.HEAD_BEFORE, skip_whole=False)
            if not found:
                found += _word_ends(base, lexicon)
        narrowed = _without_end(_NARROWING, _squeezed(name))
        if fold(narrowed) != fold(name):
            whole = [Form(f.text, FormKind.HEAD) for f in _forms_of_name(narrowed, lexicon)]
            found += whole or _suffixes(fold(narrowed), lexicon, FormKind.HEAD, skip_whole=False)
    unique: dict[str, Form] = {}
    for form in found:
        unique.setdefault(form.text, form)
    return tuple(sorted(unique.values(), key=lambda f: (-f.share, f.kind, f.text)))


def _word_ends(text: str, lexicon: Lexicon) -> list[Form]:
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


def genus_forms(description: str, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms of a definition's first noun that the lexicon has, longest first.

    Definitions begin with what the thing is a kind of: `a small freshwater fish of
    Europe` is a freshwater fish. `any of several`, `a kind of` and such say nothing.

    Examples:
        >>> from labelsys.match.candidates import genus_text
        >>> genus_text("(zoology) any of various small freshwater fishes of Europe")
        'small freshwater fishes'
    """
    text = genus_text(description)
    return tuple(_suffixes(text, lexicon, FormKind.HEAD, skip_whole=False)) if text else ()


def genus_of(description: str, lexicon: Lexicon) -> frozenset[int]:
    """Return the concepts that a definition's first noun may mean."""
    if not description:
        return frozenset()
    return frozenset(c.concept for c in find_candidates(genus_forms(description, lexicon), lexicon))


def genus_text(description: str) -> str:
    """Return the folded words that a definition begins with, up to where it goes into detail."""
    text = description.split(";", 1)[0].lower()
    text = _ASIDE.sub(" ", text)
    while (shorter := _EMPTY_GENUS.sub("", text.strip(), count=1)) != text.strip():
        text = shorter
    return fold(_DETAIL.split(text.strip(), maxsplit=1)[0])


def _endings(text: str, lexicon: Lexicon, kind: FormKind, *, skip_whole: bool) -> list[Form]:
    """Return the ends of a name that is written without spaces (`泰迪熊` is a `熊`)."""
    first = max(1 if skip_whole else 0, len(text) - _LONGEST_HEAD)
    return [
        Form(text[start:], kind, round((len(text) - start) / len(text), 3))
        for start in range(first, len(text))
        if text[start:] in lexicon.by_name
    ]


def _suffixes(text: str, lexicon: Lexicon, kind: FormKind, *, skip_whole: bool) -> list[Form]:
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
