"""Concepts by their tags: which have one, and how many, by source and lexname."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labelsys.errors import ConfigError
from labelsys.rows import Rows
from labelsys.store.protocol import ConceptReader, QueryRunner, TagReader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from labelsys.ids import Curie
    from labelsys.model import VisualValue

__all__ = ["BY", "UNTAGGED", "TagCount", "TaggedReader", "count_tags", "keep_tagged"]

BY = ("value", "source", "lexname")
"""What concepts can be counted by."""

UNTAGGED = "no concept of this graph is tagged: run `labelsys tag visual` first"
"""Said where an empty answer would look like a true one."""

_Key = tuple[str, str, str | None]


class TaggedReader(ConceptReader, TagReader, Protocol):
    """Concepts and their tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """How many active concepts have a tag.

    Attributes:
        value: visual, non-visual or abstain; `untagged` where nothing is said.
        source: of the concepts; None where all were counted together.
        lexname: of the concepts; None for those without one, or counted together.
        concepts: how many.
        by_curators: of them, those that a curator decided.
    """

    value: str
    source: str | None
    lexname: str | None
    concepts: int
    by_curators: int


def count_tags(reader: TaggedReader, by: Collection[str] = BY) -> Rows[TagCount]:
    """Return how many concepts have which tag; none where no concept is tagged.

    Args:
        reader: any store.
        by: which of `BY` tell rows apart; `value` always does.
    """
    concepts: Counter[_Key] = Counter()
    curated: Counter[_Key] = Counter()
    for value, source, lexname, n, n_curated in _rows(reader):
        kept = (
            value,
            source if "source" in by else "",
            lexname if "lexname" in by else None,
        )
        concepts[kept] += n
        curated[kept] += n_curated
    if not any(value != "untagged" for value, _, _ in concepts):
        return Rows((), TagCount)
    order = sorted(concepts, key=lambda key: (key[0], key[1], key[2] or ""))
    return Rows(
        (
            TagCount(
                value=key[0],
                source=key[1] or None,
                lexname=key[2],
                concepts=concepts[key],
                by_curators=curated[key],
            )
            for key in order
        ),
        TagCount,
    )


def _rows(reader: TaggedReader) -> Iterable[tuple[str, str, str | None, int, int]]:
    if isinstance(reader, QueryRunner):
        return reader.run_query("count_visual_tags")
    tags = {tag.id: tag for tag in reader.iter_visual_tags()}
    found: Counter[tuple[str, str, str | None, bool]] = Counter()
    for concept in reader.iter_concepts():
        if concept.status == "active":
            tag = tags.get(concept.id)
            value = "untagged" if tag is None else tag.value
            is_curated = tag is not None and tag.curator is not None
            found[value, concept.source, concept.lexname, is_curated] += 1
    return [(a, b, c, n, n if is_curated else 0) for (a, b, c, is_curated), n in found.items()]


def keep_tagged(reader: TagReader, value: VisualValue) -> Callable[[Iterable[Curie]], list[Curie]]:
    """Return what leaves, of some concepts, those that are tagged so.

    Raises:
        ConfigError: no concept is tagged at all.
    """
    if next(iter(reader.iter_visual_tags()), None) is None:
        raise ConfigError(UNTAGGED, location="visual")
    return lambda ids: [tag.id for tag in reader.iter_visual_tags(ids) if tag.value == value]
