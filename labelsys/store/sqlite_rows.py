"""From the rows of a graph file to the values of `labelsys.model`, and checks of the file itself.

Rows come as the headers of the queries under `queries/sqlite/` list them. They
are taken as true: what a damaged file holds may raise `ValueError` or
`TypeError` here, which the store turns into its own error.
"""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from labelsys.errors import StoreError
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, EdgeKind, Label, Mapping, Name, Placement, Sense

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "Row",
    "check_file",
    "join_concepts",
    "to_concept",
    "to_edge",
    "to_label",
    "to_mapping",
    "to_placement",
]

Row: TypeAlias = tuple[Any, ...]

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


def to_concept(row: Row, names: Iterable[Row], xrefs: Iterable[Row]) -> Concept:
    """Return a concept from its own row, those of its names and of its other ids."""
    _, id_, pref_label, gloss, source, lexname, status, replaced_by = row
    return Concept(
        id=Curie.trusted(id_),
        pref_label=pref_label,
        names=tuple(map(_to_name, names)),
        gloss=gloss,
        source=source,
        xrefs=tuple(Curie.trusted(xref) for _, xref in xrefs),
        lexname=lexname,
        status=status,
        replaced_by=_id_or_none(replaced_by),
    )


def join_concepts(
    rows: Iterable[Row], names: Iterable[Row], xrefs: Iterable[Row]
) -> Iterator[Concept]:
    """Yield concepts from three lists of rows, all in the order of the concepts' keys."""
    names_by_key = groupby(names, key=itemgetter(0))
    xrefs_by_key = groupby(xrefs, key=itemgetter(0))
    names_key, names_of = next(names_by_key, (-1, iter(())))
    xrefs_key, xrefs_of = next(xrefs_by_key, (-1, iter(())))
    for row in rows:
        yield to_concept(
            row,
            names_of if names_key == row[0] else (),
            xrefs_of if xrefs_key == row[0] else (),
        )
        if names_key == row[0]:
            names_key, names_of = next(names_by_key, (-1, iter(())))
        if xrefs_key == row[0]:
            xrefs_key, xrefs_of = next(xrefs_by_key, (-1, iter(())))


def to_edge(row: Row) -> Edge:
    """Return an edge."""
    low, high, kind = row
    return Edge(Curie.trusted(low), Curie.trusted(high), _KINDS[bool(kind)])


def to_label(row: Row) -> Label:
    """Return a label."""
    label_set, label_id, name, parent, synonyms, description, lang, wnid, synset, qid = row
    return Label(
        label_set=label_set,
        label_id=label_id,
        name=name,
        parent=parent,
        synonyms=() if synonyms == "[]" else tuple(json.loads(synonyms)),
        description=description,
        lang=lang,
        wnid=wnid,
        synset=synset,
        qid=qid,
    )


def to_placement(row: Row) -> Placement:
    """Return a placement."""
    label_set, label_id, kind, concept_id, broader_id, reason, confidence = row
    return Placement(
        label_id=Curie.trusted(f"{label_set}:{label_id}"),
        kind=kind,
        concept_id=_id_or_none(concept_id),
        broader_id=_id_or_none(broader_id),
        reason=reason,
        confidence=confidence,
    )


def to_mapping(row: Row) -> Mapping:
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


def _to_name(row: Row) -> Name:
    _, text, lang, kind, number, count, lex_id = row
    if number is None:
        return Name(text=text, lang=lang, kind=kind)
    return Name(
        text=text, lang=lang, kind=kind, sense=Sense(number=number, count=count, lex_id=lex_id)
    )


def _id_or_none(text: str | None) -> Curie | None:
    return None if text is None else Curie.trusted(text)
