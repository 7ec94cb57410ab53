"""From a label's name to the concepts it may mean, and to those that its head may mean.

Nothing is decided here: the ranker weighs how each was found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labelsys.match.forms import (
    Form,
    FormKind,
    base_texts,
    end_forms,
    inner_forms,
    name_forms,
    spellings,
    squeezed,
    without_end,
)
from labelsys.match.genus import genus_forms, genus_text
from labelsys.match.lexicon import definition
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Label, Sense

__all__ = [
    "Candidate",
    "by_sense",
    "exact_candidates",
    "exact_forms",
    "find_candidates",
    "genus_of",
    "head_forms",
    "lemma_position",
    "qualifiers",
    "sense_count",
    "sense_of",
]


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


# ... what names one of several models, so that the rest has a head but is not the same thing ...
_MODEL = re.compile(r"(?:[\s_/-]+(?:easy|\d{3}|(?:19|20)\d\d))+\Z", re.IGNORECASE)
# ... and what narrows it, so that the rest is a head and not the same thing.
_NARROWING = re.compile(
    r"(?:[\s_/-]+(?:indoors?|outdoors?|interior|exterior|others?|merged|misc|miscellaneous|stuff))+\Z",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"\s*(?:/|,|;|\bor\b)\s*", re.IGNORECASE)
_LIST = re.compile(r"&|\band\b|,.*,", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|in|with|without|for|on|at|from|a la|au|aux|de|del|der|von|by)\b"
)
_NO_SENSE = 100
_SHORTEST_PART = 3


def qualifiers(label: Label) -> tuple[str, ...]:
    """Return what the name says in parentheses, and the parent that the dataset gives."""
    given = split_qualifier(label.name)[1]
    return (*given, label.parent) if label.parent else given


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
    base = without_end(_NARROWING, squeezed(name)).replace("_", " ")
    parts = [p.strip() for p in _ALTERNATIVES.split(base) if p.strip()]
    if len(parts) < 2:
        return []
    last = parts[-1].split()
    if len(last) > 1 and "/" in base:
        return [*(p if len(p.split()) > 1 else f"{p} {last[-1]}" for p in parts), *parts]
    return parts


def _forms_of_parts(name: str, lexicon: Lexicon) -> list[Form]:
    """Return forms of alternatives, if the first is known: `k2/y` is no choice between words.

    Nor is `stadium/soccer`, which says what kind of stadium it is, or a list of things.
    """
    parts = _alternatives(name)
    if not parts or min(len(part) for part in parts) < _SHORTEST_PART:
        return []
    found = [list(name_forms(part, lexicon)) for part in parts]
    if not found[0] or _LIST.search(name) or not _is_choice(name, found[:2], lexicon):
        return []
    return [Form(form.text, FormKind.PART) for forms in found for form in forms]


def _is_choice(name: str, parts: Sequence[list[Form]], lexicon: Lexicon) -> bool:
    """Return whether two parts of a name are of one kind, so that it means either of them.

    What each one means most often has to be what the other one may mean, by
    lexnames; with `or` between them they need not be known.
    """
    meant = (by_sense(find_candidates(tuple(forms), lexicon), lexicon) for forms in parts)
    first, second = ([int(lexicon.lexname[c.concept]) for c in found] for found in meant)
    if not first or not second:
        return " or " in name.lower()
    return first[0] in second and second[0] in first


def by_sense(found: Iterable[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return candidates, the more usual senses first, and last what has no place in WordNet."""

    def number(candidate: Candidate) -> int:
        sense = lexicon.concepts[candidate.concept].names[candidate.position].sense
        return _NO_SENSE if sense is None else sense.number

    return sorted(found, key=lambda c: (number(c), c.concept))


def _heads_of_parts(name: str, lexicon: Lexicon) -> list[Form]:
    """Return the heads of a name with parts of which none is all that it means.

    `stadium/soccer` is a stadium; `Ducks, geese and swans` are what all of them are,
    and so is `Washing Machine/Drying Machine`, though one of the two is not known.
    """
    parts = _alternatives(name)
    if not parts or not any(True for _ in name_forms(parts[0], lexicon)):
        return []
    if _forms_of_parts(name, lexicon):
        return []
    heads = [end_forms(fold(part), lexicon, FormKind.HEAD, skip_whole=False) for part in parts]
    if not _LIST.search(name) and not _is_choice(name, heads[:2], lexicon):
        heads = heads[:1]
    return [form for forms in heads for form in forms]


def exact_forms(label: Label, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms under which the label's own concept may be found, best first."""
    forms = list(name_forms(label.name, lexicon))
    if not forms:
        forms += _forms_of_parts(label.name, lexicon)
    if not forms:
        spelt = dict.fromkeys(
            s for base in base_texts(label.name) for s in spellings(base, lexicon)
        )
        forms += [Form(text, FormKind.SPELLING) for text in spelt]
    own = {f.text for f in forms}
    forms += [
        Form(f.text, FormKind.SYNONYM)
        for synonym in label.synonyms
        for f in name_forms(synonym, lexicon)
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
    base = base_texts(label.name)[:1]
    shorter = [c for text in base if " " in text for c in _redundant(text, lexicon)]
    return tuple(sorted({c.concept: c for c in shorter}.values()))


def genus_of(description: str, lexicon: Lexicon) -> frozenset[int]:
    """Return the concepts that a definition's first noun may mean."""
    if not description:
        return frozenset()
    return frozenset(c.concept for c in find_candidates(genus_forms(description, lexicon), lexicon))


def head_forms(label: Label, lexicon: Lexicon) -> tuple[Form, ...]:
    """Return the forms of the label's head that the lexicon has, longest first.

    The head of an English compound stands at its end (`Spiral Tube Worm` is a
    worm), or before a preposition (`field of poppies`). Longer heads are more
    specific.
    """
    found: list[Form] = []
    for name in (label.name, *label.synonyms):
        if of_parts := _heads_of_parts(name, lexicon):
            found += of_parts
            continue
        make = fold(without_end(_MODEL, squeezed(name)))
        for base in dict.fromkeys((*base_texts(name), make)):
            found += end_forms(base, lexicon, FormKind.HEAD, skip_whole=True)
            before = _PREPOSITION.split(base)[0].strip()
            if before != base:
                found += end_forms(before, lexicon, FormKind.HEAD_BEFORE, skip_whole=False)
            if not found:
                found += inner_forms(base, lexicon)
        narrowed = without_end(_NARROWING, squeezed(name))
        if fold(narrowed) != fold(name):
            whole = [Form(f.text, FormKind.HEAD) for f in name_forms(narrowed, lexicon)]
            found += whole or end_forms(fold(narrowed), lexicon, FormKind.HEAD, skip_whole=False)
    unique: dict[str, Form] = {}
    for form in found:
        unique.setdefault(form.text, form)
    return tuple(sorted(unique.values(), key=lambda f: (-f.share, f.kind, f.text)))


def sense_of(lexicon: Lexicon, candidate: Candidate) -> Sense | None:
    """Return the WordNet sense behind the name that matched, or None.

    Nobody has counted the senses of names in other languages: the sense of the
    concept's first English lemma stands for them.
    """
    names = lexicon.concepts[candidate.concept].names
    name = names[candidate.position]
    if name.sense is not None or name.lang == "en":
        return name.sense
    return next((other.sense for other in names if other.sense is not None), None)


def sense_count(lexicon: Lexicon, candidate: Candidate) -> int:
    """Return how often WordNet's tagged texts use the name in this sense."""
    sense = sense_of(lexicon, candidate)
    return sense.count if sense is not None else 0


def lemma_position(lexicon: Lexicon, candidate: Candidate) -> int:
    """Return the place of a name among its concept's; another language's names by themselves."""
    names = lexicon.concepts[candidate.concept].names
    lang = names[candidate.position].lang
    if lang == "en":
        return candidate.position
    return sum(name.lang == lang for name in names[: candidate.position])
