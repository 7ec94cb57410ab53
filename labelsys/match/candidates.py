"""From a label's name to the concepts it may mean.

Forms of the name are tried from the most to the least faithful; each form
says how it was reached, and the ranker weighs that. Nothing is decided here.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Label

__all__ = [
    "Candidate",
    "Form",
    "FormKind",
    "exact_forms",
    "find_candidates",
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
    PART = 4
    """One of several alternatives in the name (`Cutting/chopping Board`)."""
    SYNONYM = 5
    """Another name that the dataset gives."""
    HEAD = 6
    """The end of the name: what the thing is a kind of (`Spiral Tube Worm`)."""
    HEAD_BEFORE = 7
    """What stands before a preposition (`field of poppies`)."""


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
_NARROWING = re.compile(r"[\s_/-]+(?:indoors?|outdoors?|interior|exterior)\Z", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*(?:/|,|;|\bor\b)\s*", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|in|with|without|for|on|at|from|a la|au|aux|de|del|der|von|and|by)\b"
)
_SHORTEST_HEAD = 2
_SHORTEST_PART = 3


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


def _bases(name: str) -> list[str]:
    """Return the folded name without qualifier, whole, and without decoration."""
    base, _ = split_qualifier(name)
    plain = _DECORATION.sub("", base)
    return [f for f in dict.fromkeys((fold(base), fold(name), fold(plain))) if f]


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


def _alternatives(name: str) -> list[str]:
    """Return what stands on each side of `/`, `,` or `or`.

    `Cutting/chopping Board` means two kinds of board: a side without the last
    word gets it. `church/outdoor` means one church.
    """
    base = _NARROWING.sub("", split_qualifier(name)[0]).replace("_", " ")
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
    that only another source calls so are not candidates.

    Returns:
        Candidates sorted by concept.
    """
    best: dict[int, Candidate] = {}
    for form in forms:
        for use in lexicon.by_name.get(form.text, ()):
            known = best.get(use.concept)
            if known is None or form.kind < known.form.kind:
                best[use.concept] = Candidate(use.concept, use.position, form)
    chosen = [best[i] for i in sorted(best)]
    native = [c for c in chosen if lexicon.concepts[c.concept].names[c.position].sense is not None]
    return tuple(native or chosen)


def head_forms(label: Label, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms of the label's head that the lexicon has, longest first.

    The head of an English compound stands at its end (`Spiral Tube Worm` is a
    worm), or before a preposition (`field of poppies`). Longer heads are more
    specific.
    """
    found: list[Form] = []
    for name in (label.name, *label.synonyms):
        make = fold(_MODEL.sub("", split_qualifier(name)[0]))
        for base in dict.fromkeys((*_bases(name), make)):
            found += _suffixes(base, lexicon, FormKind.HEAD, skip_whole=True)
            before = _PREPOSITION.split(base)[0].strip()
            if before != base:
                found += _suffixes(before, lexicon, FormKind.HEAD_BEFORE, skip_whole=False)
        narrowed = _NARROWING.sub("", split_qualifier(name)[0])
        if narrowed != name:
            whole = [Form(f.text, FormKind.HEAD) for f in _forms_of_name(narrowed, lexicon)]
            found += whole or _suffixes(fold(narrowed), lexicon, FormKind.HEAD, skip_whole=False)
    unique: dict[str, Form] = {}
    for form in found:
        unique.setdefault(form.text, form)
    return tuple(sorted(unique.values(), key=lambda f: (-f.share, f.kind, f.text)))


def _suffixes(text: str, lexicon: Lexicon, kind: FormKind, *, skip_whole: bool) -> list[Form]:
    words = text.split()
    forms: list[Form] = []
    for start in range(1 if skip_whole else 0, len(words)):
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
