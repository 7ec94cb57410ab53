"""One entity of the dump: what is kept of it, checked piece by piece.

A statement counts where its rank is the best that its property has (preferred,
else normal, never deprecated), as in Wikidata's own truthy statements. Then an
unknown value (`somevalue`) or none (`novalue`) is left out and counted: where
the best statement says that there is no value, a lower one doesn't count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labelsys.source.wikidata.properties import KEPT_PROPERTIES, LINK_PROPERTY
from labelsys.source.wikidata.pulled import is_qid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["SKIPS", "Candidate", "EntityError", "Shape", "read_entity"]

SKIPS: Final = (
    "deprecated",
    "not of best rank",
    "unknown value",
    "no value",
    "value is no item",
    "given twice",
)
"""Why a statement is left out, in the order of a candidate's counts."""

_RANKS: Final = frozenset({"preferred", "normal", "deprecated"})
_TERMS: Final = (("label", "labels"), ("description", "descriptions"))
_NO_VALUE: Final = {"somevalue": "unknown value", "novalue": "no value"}
_NOT_TEXT: Final = "the text of a {} in {!r} is no text"


class EntityError(Exception):
    """A line is no entity as the dump has them; the message says why, in few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is taken from an entity.

    Attributes:
        languages: of labels, descriptions and aliases, in order.
        above: properties that the hierarchy is made of.
    """

    languages: tuple[str, ...]
    above: tuple[str, ...]


class Candidate(NamedTuple):
    """An entity that may be kept.

    Attributes:
        number: of its QID.
        above: numbers of the items that it lies under.
        is_linked: whether it has a WordNet synset.
        sitelinks: how many pages are about it.
        texts: (language, kind, text), in the order of a pull.
        claims: (property, value), in the order of a pull.
        read: statements of kept properties.
        skipped: how many of them were left out, reason by reason as in `SKIPS`.
    """

    number: int
    above: tuple[int, ...]
    is_linked: bool
    sitelinks: int
    texts: list[tuple[str, str, str]]
    claims: list[tuple[str, str]]
    read: int
    skipped: list[int]


def read_entity(entity: Any, shape: Shape) -> Candidate:
    """Take what is kept from an entity.

    Args:
        entity: as the JSON has it: anything.
        shape: what to take.

    Returns:
        What is kept.

    Raises:
        EntityError: a part that is asked for has another form than in the dump.
    """
    number = read_number(entity.get("id"))
    claims = _map(entity, "claims")
    kept: list[tuple[str, str]] = []
    skipped = dict.fromkeys(SKIPS, 0)
    read = 0
    for pid in KEPT_PROPERTIES:  # in their order, which is that of a pull
        statements = claims.get(pid, [])
        if not isinstance(statements, list):
            msg = f"the statements of {pid} are no list"
            raise EntityError(msg)
        read += len(statements)
        kept.extend((pid, value) for value in _values(pid, statements, skipped))
    above = (int(value[1:]) for pid, value in kept if pid in shape.above)
    return Candidate(
        number=number,
        above=tuple(dict.fromkeys(above)),
        is_linked=any(pid == LINK_PROPERTY for pid, _ in kept),
        sitelinks=len(_map(entity, "sitelinks")),
        texts=list(_texts(entity, shape.languages)),
        claims=kept,
        read=read,
        skipped=list(skipped.values()),
    )


def read_number(qid: Any) -> int:
    """Return the number of a QID.

    Raises:
        EntityError: it is none.
    """
    if not isinstance(qid, str) or not is_qid(qid):
        raise EntityError("no id" if qid is None else "its id is no QID")
    return int(qid[1:])


def _map(entity: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object of an entity; PHP writes an empty one as `[]`.

    Raises:
        EntityError: it is something else.
    """
    found = entity.get(key)
    if found is None or found == []:
        return {}
    if not isinstance(found, dict):
        msg = f"{key} is no object"
        raise EntityError(msg)
    return found


def _values(pid: str, statements: list[Any], skipped: dict[str, int]) -> Iterator[str]:
    """Yield the values of best rank, each once, in order."""
    ranked = [_rank(pid, statement) for statement in statements]
    best = "preferred" if "preferred" in ranked else "normal"
    seen: set[str] = set()
    for statement, rank in zip(statements, ranked, strict=True):
        value, reason = _value(pid, statement)
        if rank == "deprecated":
            reason = rank
        elif rank != best:
            reason = "not of best rank"
        elif not reason and value in seen:
            reason = "given twice"
        if reason:
            skipped[reason] += 1
        else:
            seen.add(value)
            yield value


def _rank(pid: str, statement: Any) -> str:
    rank = statement.get("rank") if isinstance(statement, dict) else None
    if not isinstance(rank, str) or rank not in _RANKS:
        msg = f"a statement of {pid} has no rank"
        raise EntityError(msg)
    return rank


def _value(pid: str, statement: Mapping[str, Any]) -> tuple[str, str]:
    """Return the value of a statement, and why it has none that counts, or "".

    Raises:
        EntityError: it has another form than in the dump.
    """
    snak = statement.get("mainsnak")
    kind = snak.get("snaktype") if isinstance(snak, dict) else None
    if isinstance(kind, str) and kind in _NO_VALUE:
        return "", _NO_VALUE[kind]
    held = snak.get("datavalue") if isinstance(snak, dict) else None
    value = held.get("value") if isinstance(held, dict) else None
    if kind != "value" or value is None:
        msg = f"a statement of {pid} has no value"
        raise EntityError(msg)
    if KEPT_PROPERTIES[pid].holds == "item":
        return _item(pid, value)
    if not isinstance(value, str) or not value:
        msg = f"a value of {pid} is no text"
        raise EntityError(msg)
    return value, ""


def _item(pid: str, value: Any) -> tuple[str, str]:
    if not isinstance(value, dict):
        msg = f"a value of {pid} is no entity"
        raise EntityError(msg)
    qid = value.get("id")
    if qid is None and value.get("entity-type") == "item":  # older dumps have the number alone
        qid = f"Q{value.get('numeric-id')}"
    if not isinstance(qid, str):
        msg = f"a value of {pid} has no id"
        raise EntityError(msg)
    return (qid, "") if is_qid(qid) else ("", "value is no item")


def _texts(entity: Mapping[str, Any], languages: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    terms = [(kind, _map(entity, key)) for kind, key in _TERMS]
    aliases = _map(entity, "aliases")
    for language in languages:
        for kind, found in terms:
            if language in found:
                yield language, kind, _text(found[language], kind, language)
        others = aliases.get(language, [])
        if not isinstance(others, list):
            msg = f"the aliases in {language!r} are no list"
            raise EntityError(msg)
        for text in dict.fromkeys(_text(other, "alias", language) for other in others):
            yield language, "alias", text


def _text(term: Any, kind: str, language: str) -> str:
    text = term.get("value") if isinstance(term, dict) else None
    if not isinstance(text, str):
        raise EntityError(_NOT_TEXT.format(kind, language))
    return text
