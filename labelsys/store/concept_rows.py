"""Concepts and their names as rows, as every store has them."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labelsys.model import Concept

__all__ = ["concept_row", "iter_name_rows"]

_SENSE = attrgetter("number", "count", "lex_id")
_NO_SENSE = (None, None, None)


def concept_row(concept: Concept) -> tuple[Any, ...]:
    """Return preferred label, gloss, other definitions, source, lexname and status.

    The definitions are JSON: an object, language -> text.
    """
    said = {definition.lang: definition.text for definition in concept.definitions}
    return (
        concept.pref_label,
        concept.gloss,
        json.dumps(said, ensure_ascii=False) if said else "{}",
        concept.source,
        concept.lexname,
        concept.status,
    )


def iter_name_rows(
    concepts: Sequence[Concept], folded_keys: Iterable[int | None]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row a name.

    Args:
        concepts: sorted by id: a concept's key is its position.
        folded_keys: of each name, the key of what it is folded to.

    Yields:
        Concept key, position, folded key, text, language, kind, and number, count
        and lex id of the sense.
    """
    found = (
        (key, position, name)
        for key, concept in enumerate(concepts)
        for position, name in enumerate(concept.names)
    )
    for (key, position, name), folded in zip(found, folded_keys, strict=True):
        sense = _NO_SENSE if name.sense is None else _SENSE(name.sense)
        yield key, position, folded, name.text, name.lang, name.kind, *sense
