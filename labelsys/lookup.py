"""From what a person writes to one concept.

`resolve_id` takes every spelling of an id that is in use, and plain names. A
text is tried as, in this order: an address (URI), a wnid, eight digits, a
sense key, a synset name, a bare QID, a CURIE, a name, and a shorter offset.
What has the shape of an id is never taken for a name.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Protocol

from labelsys.errors import (
    AmbiguousLabelError,
    IdentifierError,
    LabelsysWarning,
    NotFoundError,
)
from labelsys.ids import DEFAULT_BASE, Curie, prefixes, uri_to_curie
from labelsys.registry import near
from labelsys.search import search
from labelsys.store.protocol import ConceptReader, LabelReader, NameReader
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from labelsys.model import Concept, Name, Placement

__all__ = ["LookupReader", "resolve_hidden", "resolve_id"]

_WNID = re.compile(r"n([0-9]{8})\Z")
_OFFSET = re.compile(r"([0-9]{8})(?:-?([nvasr]))?\Z")
_SHORT_OFFSET = re.compile(r"[0-9]{4,7}\Z")
_SYNSET = re.compile(r"(.+)\.([nvasr])\.([0-9]{1,3})\Z")
_SENSE_KEY = re.compile(r"([^%]+)%([1-5]):([0-9]{2}):([0-9]{2}):[^:]*:[0-9]*\Z")
_QID = re.compile(r"Q[1-9][0-9]*\Z")
_WIKIDATA_PAGE = re.compile(
    r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(Q[1-9][0-9]*)\Z"
)
_ADDRESS = re.compile(r"https?://")

# Names of WordNet's lexicographer files of nouns, in the order of their numbers, which begin at 3.
_LEXNAMES = (
    *("Tops", "act", "animal", "artifact", "attribute", "body", "cognition", "communication"),
    *("event", "feeling", "food", "group", "location", "motive", "object", "person"),
    *("phenomenon", "plant", "possession", "process", "quantity", "relation", "shape", "state"),
    *("substance", "time"),
)
_FIRST_LEXNAME = 3
_GLOSS = 60
"""Characters of a gloss beside a candidate."""


class LookupReader(ConceptReader, NameReader, LabelReader, Protocol):
    """What look-up needs of a store."""


def resolve_id(reader: LookupReader, text: str, *, base: str = DEFAULT_BASE) -> Curie:
    """Return the concept that a text names.

    Args:
        reader: any store.
        text: an id in any spelling (`wn30:02084071-n`, `n02084071`, `02084071`,
            `dog.n.01`, `dog%1:05:00::`, `ili:i46360`, `wn31:02086723-n`,
            `wd:Q144`, `Q144`, `coco:18`, `ls:...`, an address), or a name that
            only one concept has.
        base: base address of this label system, for addresses.

    Returns:
        The id of a concept in the store.

    Raises:
        NotFoundError: nothing has this id or name; the message names close ones.
        AmbiguousLabelError: several concepts have it; the message lists them.
        IdentifierError: nothing was given, or an id with a known prefix and a wrong shape.
    """
    given = text.strip()
    if not given:
        msg = "an id or a name is needed, as in dog.n.01 or n02084071"
        raise IdentifierError(msg)
    if _ADDRESS.match(given):
        return _from_curie(reader, _from_address(given, base), given)
    for pattern, resolve in _SHAPES:
        match = pattern.match(given)
        if match is not None:
            return resolve(reader, match)
    curie = _as_curie(given)
    if curie is not None and _is_ours(reader, curie):
        return _from_curie(reader, curie, given)
    return _from_name(reader, given)


def resolve_hidden(
    reader: LookupReader, ids: Iterable[str], *, base: str = DEFAULT_BASE
) -> frozenset[Curie]:
    """Return the concepts that are to be hidden; one warning names those that are not here.

    Args:
        reader: any store.
        ids: in any spelling.
        base: base address of this label system, for addresses.

    Raises:
        AmbiguousLabelError: a name means several concepts.
    """
    found, unknown = set(), []
    for id_ in ids:
        try:
            found.add(resolve_id(reader, id_, base=base))
        except NotFoundError:
            unknown.append(id_)
    if unknown:
        named = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        message = f"{len(unknown)} concepts to hide are not in this system: {named}"
        # Shown where the caller of our own caller is: at `system.link(...)`.
        warnings.warn(message, LabelsysWarning, stacklevel=3)
    return frozenset(found)


def _from_wnid(reader: LookupReader, match: re.Match[str]) -> Curie:
    return _existing(reader, Curie("wn30", f"{match[1]}-n"))


def _from_offset(reader: LookupReader, match: re.Match[str]) -> Curie:
    # A bare offset is always one of WordNet 3.0: 429 are valid in 3.1 too, with other meanings.
    if match[2] not in {None, "n"}:
        raise _no_noun(match[0])
    return _from_wnid(reader, match)


def _from_synset(reader: LookupReader, match: re.Match[str]) -> Curie:
    lemma, part, number = match[1], match[2], int(match[3])
    if part != "n":
        raise _no_noun(match[0])
    found = _with_sense(
        reader, lemma, lambda _, name: name.sense is not None and name.sense.number == number
    )
    return _only(reader, match[0], found, lemma)


def _from_sense_key(reader: LookupReader, match: re.Match[str]) -> Curie:
    lemma, kind, file, lex_id = match[1], match[2], int(match[3]), int(match[4])
    if kind != "1":
        raise _no_noun(match[0])
    place = file - _FIRST_LEXNAME
    lexname = f"noun.{_LEXNAMES[place]}" if 0 <= place < len(_LEXNAMES) else None
    found = _with_sense(
        reader,
        lemma,
        lambda concept, name: (
            concept.lexname == lexname and name.sense is not None and name.sense.lex_id == lex_id
        ),
    )
    return _only(reader, match[0], found, lemma)


def _from_qid(reader: LookupReader, match: re.Match[str]) -> Curie:
    return _from_curie(reader, Curie("wd", match[0]), match[0])


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[LookupReader, re.Match[str]], Curie]], ...] = (
    (_WNID, _from_wnid),
    (_OFFSET, _from_offset),
    (_SENSE_KEY, _from_sense_key),
    (_SYNSET, _from_synset),
    (_QID, _from_qid),
)


def _from_address(text: str, base: str) -> Curie:
    page = _WIKIDATA_PAGE.match(text)
    if page is not None:
        return Curie("wd", page[1])
    # What is published under http is pasted as https, and the other way round.
    rest = text.partition("://")[2]
    for scheme in ("http://", "https://"):
        try:
            return uri_to_curie(scheme + rest, base=base)
        except IdentifierError:
            continue
    raise NotFoundError("concept", text, hint="the address lies under no known prefix")


def _as_curie(text: str) -> Curie | None:
    prefix, colon, _ = text.partition(":")
    if not colon:
        return None
    try:
        return Curie.parse(text)
    except IdentifierError:
        if prefix in prefixes():
            raise
        return None


def _is_ours(reader: LookupReader, curie: Curie) -> bool:
    """Return whether a CURIE has a prefix that this store knows; else it is a name with a colon."""
    if curie.prefix in prefixes() or reader.find_label(curie) is not None:
        return True
    try:
        reader.get_label_set(curie.prefix)
    except NotFoundError:
        return reader.find_concept(curie) is not None
    return True


def _from_curie(reader: LookupReader, curie: Curie, text: str) -> Curie:
    if reader.find_concept(curie) is not None:
        return curie
    placement = reader.find_placement(curie)
    if placement is not None:
        return _from_placement(reader, placement)
    others = reader.find_by_xref(curie)
    if len(others) > 1:
        raise AmbiguousLabelError(text, _lines(reader.iter_concepts(others)))
    if others:
        return others[0]
    if curie.prefix in prefixes():
        return _existing(reader, curie)
    known = [label.label_id for label in reader.get_label_set(curie.prefix).labels]
    close = [f"{curie.prefix}:{label_id}" for label_id in near(curie.local_id, known)]
    raise NotFoundError("label", curie, near=close)


def _from_placement(reader: LookupReader, placement: Placement) -> Curie:
    if placement.concept_id is not None:
        return placement.concept_id
    label = reader.find_label(placement.label_id)
    name = "" if label is None else f" ({label.name})"
    why = f": {placement.reason}" if placement.reason else ""
    guess = f"; the guess was {placement.broader_id}" if placement.broader_id else ""
    raise NotFoundError(
        "concept",
        f"{placement.label_id}{name}",
        hint=f"this label is {placement.kind}{why}{guess}",
    )


def _from_name(reader: LookupReader, text: str) -> Curie:
    folded = fold(text)
    found = _named(reader, folded, ("pref", "alt")) or _named(reader, folded, ("hidden",))
    active = [concept for concept in found if concept.status == "active"] or found
    if len(active) == 1:
        return active[0].id
    if active:
        raise AmbiguousLabelError(text, _lines(_by_use(active, folded)))
    if _SHORT_OFFSET.match(text):
        return _existing(reader, Curie("wn30", f"{text:>08}-n"))
    raise NotFoundError("concept", text, near=_near(reader, text))


def _existing(reader: LookupReader, curie: Curie) -> Curie:
    """Return an id that has to be a concept's, or raise with near ones."""
    return reader.get_concept(curie).id


def _named(reader: LookupReader, folded: str, kinds: tuple[str, ...]) -> list[Concept]:
    hits = reader.find_by_name(folded)
    concepts = {c.id: c for c in reader.iter_concepts(dict.fromkeys(h.concept_id for h in hits))}
    kept = [h.concept_id for h in hits if concepts[h.concept_id].names[h.position].kind in kinds]
    return [concepts[id_] for id_ in dict.fromkeys(kept)]


def _with_sense(
    reader: LookupReader, lemma: str, fits: Callable[[Concept, Name], bool]
) -> list[Concept]:
    """Return the concepts with exactly this lemma whose sense fits, by id."""
    spelled = lemma.lower().replace("_", " ")
    concepts = _named(reader, fold(lemma), ("pref", "alt", "hidden"))
    return [
        concept
        for concept in concepts
        if any(name.text.lower() == spelled and fits(concept, name) for name in concept.names)
    ]


def _only(reader: LookupReader, text: str, found: list[Concept], lemma: str) -> Curie:
    if len(found) == 1:
        return found[0].id
    if found:
        raise AmbiguousLabelError(text, _lines(found))
    senses = _by_use(_named(reader, fold(lemma), ("pref", "alt")), fold(lemma))
    close = [concept.synset or concept.id for concept in senses[:3]]
    raise NotFoundError("synset", text, near=close or _near(reader, lemma.replace("_", " ")))


def _no_noun(text: str) -> NotFoundError:
    return NotFoundError("concept", text, hint="only WordNet's nouns are concepts")


def _near(reader: LookupReader, text: str) -> list[str]:
    hits = search(reader, text, limit=5)
    return list(dict.fromkeys(hit.name for hit in hits))[:3]


def _by_use(concepts: list[Concept], folded: str) -> list[Concept]:
    """Return concepts with the common senses of a name first."""

    def key(concept: Concept) -> tuple[int, int, Curie]:
        senses = [n.sense for n in concept.names if n.sense is not None and fold(n.text) == folded]
        if not senses:
            return (0, 1, concept.id)
        return (-max(s.count for s in senses), min(s.number for s in senses), concept.id)

    return sorted(concepts, key=key)


def _lines(concepts: Iterable[Concept]) -> list[str]:
    """Return one line a concept: its ids and the beginning of its gloss."""
    lines = []
    for concept in concepts:
        ids = " ".join(part for part in (concept.id, concept.wnid, concept.synset) if part)
        said = concept.gloss or concept.pref_label
        short = said if len(said) <= _GLOSS else said[: _GLOSS - 3].rstrip() + "..."
        lines.append(f"{ids}: {short}")
    return lines
