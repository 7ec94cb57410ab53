"""From the rows of a store to the values of `labelsys.model`, and checks of a graph file itself.

Rows come as the headers of the queries under `queries/sqlite/` list them, and those of the same
names in other dialects. They
are taken as true: what a damaged file holds may raise `ValueError` or
`TypeError` here, which the store turns into its own error.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import accumulate, islice, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from labelsys.columns import from_columns
from labelsys.errors import StoreError
from labelsys.ids import Curie
from labelsys.model import (
    Concept,
    Definition,
    Edge,
    EdgeKind,
    Label,
    Mapping,
    Name,
    Placement,
    Sense,
    VisualTag,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = [
    "Row",
    "check_file",
    "join_concepts",
    "to_edges",
    "to_labels",
    "to_mappings",
    "to_placements",
    "to_visual_tags",
]

Row: TypeAlias = tuple[Any, ...]
_T = TypeVar("_T")

# Values that are made at once: several times quicker than one by one, and a few megabytes.
_AT_ONCE = 4096

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_KINDS: tuple[EdgeKind, EdgeKind] = ("subclass", "instance")


def check_file(path: Path) -> None:
    """Refuse what can't be a whole SQLite file, before SQLite guesses.

    SQLite opens an empty file as an empty database and a truncated one without
    a word.

    Raises:
        StoreError: with what is there instead.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
        size = path.stat().st_size
    except IsADirectoryError as error:
        msg = f"{path} is a folder, not a graph file"
        raise StoreError(msg) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        msg = f"cannot open the graph {path}: {reason}"
        raise StoreError(msg) from error
    if not header:
        msg = f"{path} is empty, no graph: run `labelsys build`"
        raise StoreError(msg)
    if not header.startswith(_MAGIC):
        msg = f"{path} is no graph file (no SQLite header)"
        raise StoreError(msg)
    # Bytes 16 and 17 hold the page size (1 stands for 65,536), 28 to 31 the number of pages.
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if len(header) < _HEADER or size != expected:
        msg = f"{path} is cut short or damaged ({size} bytes): run `labelsys build`"
        raise StoreError(msg)


def join_concepts(
    rows: Iterable[Row], names: Iterable[Row], xrefs: Iterable[Row]
) -> Iterator[Concept]:
    """Yield concepts from three lists of rows, all in the order of the concepts' keys.

    Raises:
        ValueError: a name or id of no concept that is there.
    """
    parts_of_names, parts_of_xrefs = _Parts(names), _Parts(xrefs)
    waiting = iter(rows)
    while chunk := list(islice(waiting, _AT_ONCE)):
        keys, ids, pref_labels, glosses, definitions, sources, lexnames, statuses, into = zip(
            *chunk, strict=True
        )
        named, named_sizes = parts_of_names.take(keys)
        linked, linked_sizes = parts_of_xrefs.take(keys)
        yield from from_columns(
            Concept,
            id=list(map(Curie.trusted, ids)),
            pref_label=pref_labels,
            names=_split(_to_names(named), named_sizes),
            gloss=glosses,
            definitions=list(map(_to_definitions, definitions)),
            source=sources,
            xrefs=_split([Curie.trusted(xref) for _, xref in linked], linked_sizes),
            lexname=lexnames,
            status=statuses,
            replaced_by=list(map(_id_or_none, into)),
        )


def _to_definitions(value: str) -> tuple[Definition, ...]:
    if value == "{}":  # nearly all
        return ()
    found = json.loads(value)
    if not isinstance(found, dict):
        raise TypeError("definitions are no JSON object")
    return tuple(Definition(lang, text) for lang, text in found.items())


class _Parts:
    """Rows of concepts, in the order of their keys, taken some concepts at a time."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next: Row | None = None

    def take(self, keys: Sequence[int]) -> tuple[list[Row], list[int]]:
        """Return the rows of concepts, and how many each of them has.

        Raises:
            ValueError: there are rows up to the last of them that are of none of them.
        """
        last = keys[-1]
        found = [] if self._next is None else [self._next]
        self._next = None
        if not found or found[0][0] <= last:
            for row in self._rows:
                if row[0] > last:
                    self._next = row
                    break
                found.append(row)
        else:
            self._next = found.pop()
        sizes = Counter(map(itemgetter(0), found))
        counted = [sizes.get(key, 0) for key in keys]
        if sum(counted) != len(found):
            raise ValueError("a row of a concept that is not there")
        return found, counted


def _split(values: Sequence[_T], sizes: Sequence[int]) -> list[tuple[_T, ...]]:
    whole = tuple(values)
    return [whole[start:end] for start, end in pairwise([0, *accumulate(sizes)])]


def _to_names(rows: Sequence[Row]) -> list[Name]:
    if not rows:
        return []
    _, texts, langs, kinds, *senses = zip(*rows, strict=True)
    numbers, counts, lex_ids = (
        [value for value, number in zip(column, senses[0], strict=True) if number is not None]
        for column in senses
    )
    found = iter(from_columns(Sense, number=numbers, count=counts, lex_id=lex_ids))
    own = [None if number is None else next(found) for number in senses[0]]
    return from_columns(Name, text=texts, lang=langs, kind=kinds, sense=own)


def to_edges(rows: Iterable[Row]) -> Iterator[Edge]:
    """Yield an edge a row."""
    for low, high, kind in _columns(rows):
        yield from from_columns(
            Edge,
            narrower=list(map(Curie.trusted, low)),
            broader=list(map(Curie.trusted, high)),
            kind=[_KINDS[bool(each)] for each in kind],
        )


def to_labels(rows: Iterable[Row]) -> Iterator[Label]:
    """Yield a label a row; synonyms come as JSON, or as a list where a store has lists."""
    for label_set, label_id, name, parent, synonyms, *others in _columns(rows):
        description, lang, wnid, synset, qid = others
        yield from from_columns(
            Label,
            label_set=label_set,
            label_id=label_id,
            name=name,
            parent=parent,
            synonyms=list(map(_to_texts, synonyms)),
            description=description,
            lang=lang,
            wnid=wnid,
            synset=synset,
            qid=qid,
        )


def to_placements(rows: Iterable[Row]) -> Iterator[Placement]:
    """Yield a placement a row."""
    for label_set, label_id, kind, concept_id, broader_id, reason, confidence in _columns(rows):
        ids = zip(label_set, label_id, strict=True)
        yield from from_columns(
            Placement,
            label_id=[Curie.trusted(f"{prefix}:{local_id}") for prefix, local_id in ids],
            kind=kind,
            concept_id=list(map(_id_or_none, concept_id)),
            broader_id=list(map(_id_or_none, broader_id)),
            reason=reason,
            confidence=confidence,
        )


def to_mappings(rows: Iterable[Row]) -> Iterator[Mapping]:
    """Yield a mapping a row."""
    yield from map(_to_mapping, rows)


def to_visual_tags(rows: Iterable[Row]) -> Iterator[VisualTag]:
    """Yield a tag a row."""
    for id_, value, probability, tagger, guess, curator in _columns(rows):
        yield from from_columns(
            VisualTag,
            id=list(map(Curie.trusted, id_)),
            value=value,
            probability=probability,
            tagger=tagger,
            guess=guess,
            curator=curator,
        )


def _columns(rows: Iterable[Row]) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Yield the columns of some rows at a time."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, _AT_ONCE)):
        yield zip(*chunk, strict=True)


def _to_mapping(row: Row) -> Mapping:
    """Return a mapping; the columns are its fields in their order."""
    subject_id, predicate_id, object_id, justification, confidence, *texts = row
    (subject, object_, subject_source, object_source, tool, version, match) = texts[:7]
    measure, score, modifier, comment, status = texts[7:]
    return Mapping(
        subject_id=Curie.trusted(subject_id),
        predicate_id=predicate_id,
        object_id=Curie.trusted(object_id),
        mapping_justification=justification,
        confidence=confidence,
        subject_label=subject,
        object_label=object_,
        subject_source=subject_source,
        object_source=object_source,
        mapping_tool=tool,
        mapping_tool_version=version,
        match_string=match,
        similarity_measure=measure,
        similarity_score=score,
        predicate_modifier=modifier,
        comment=comment,
        status=status,
    )


def _to_texts(value: str | list[str]) -> tuple[str, ...]:
    if value == "[]":
        return ()
    return tuple(json.loads(value) if isinstance(value, str) else value)


def _id_or_none(text: str | None) -> Curie | None:
    return None if text is None else Curie.trusted(text)
