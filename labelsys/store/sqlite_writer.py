"""Writes a graph file, whole or not at all.

The same graph gives the same bytes, whatever the order of the calls: rows go
in by sorted key, indexes follow, nothing is deleted on the way, and no clock
is written. Only SQLite's own version number, in the header, may differ.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import fields
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from labelsys.collector import collector_paused
from labelsys.errors import StoreError
from labelsys.hierarchy import Hierarchy
from labelsys.model import Mapping
from labelsys.queries import load
from labelsys.store.draft import GraphDraft
from labelsys.store.postings import build_postings
from labelsys.store.sqlite import APPLICATION_ID, SCHEMA_VERSION
from labelsys.text import fold_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.ids import Curie
    from labelsys.model import Concept, Label, Placement

__all__ = ["SqliteWriter"]

_Row: TypeAlias = "tuple[str | int | float | bytes | None, ...]"

_PRAGMAS = (
    "PRAGMA page_size = 4096",
    "PRAGMA encoding = 'UTF-8'",
    "PRAGMA auto_vacuum = NONE",
    # A file that is not whole is deleted: nothing to roll back to, nothing to flush before the end.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA cache_size = -65536",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_MOST_ROWS = 64
"""Rows that one insert statement takes: with more, nothing is won."""
_MOST_PARAMS = 900
"""Values that one statement takes; SQLite before 3.32 has a limit of 999."""

_CONCEPT = attrgetter("pref_label", "gloss", "source", "lexname", "status")
_ENDS = ("subject_id", "predicate_id", "object_id")
_MAPPING = attrgetter(*(field.name for field in fields(Mapping) if field.name not in _ENDS))
_SENSE = attrgetter("number", "count", "lex_id")
_NO_SENSE = (None, None, None)
_FINDING = attrgetter("code", "id", "message")


class SqliteWriter(GraphDraft):
    """Fills one new graph file; it appears at `finish`."""

    def __init__(self, path: Path | str) -> None:
        """Prepare to write a file that is not there yet, or empty.

        Raises:
            StoreError: something is there, or its folder is not.
        """
        super().__init__()
        self.path = Path(path)
        self._check_free()
        if not self.path.parent.is_dir():
            msg = f"cannot write {self.path}: its folder is not there"
            raise StoreError(msg)

    def finish(self) -> None:
        """Check the graph, write it with its indexes, and flush it to the disk.

        On any failure no file is left.

        Raises:
            StoreError: a reference leads nowhere, something is there twice, or
                the file can't be written.
            CyclicHierarchyError: the edges have a loop.
        """
        self._check_free()
        self.seal()
        hierarchy = Hierarchy(self.edges, ids=(concept.id for concept in self.concepts))
        try:
            with collector_paused():
                self._write(hierarchy.depths.tolist())
        except (OSError, sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            self._remove()
            raise self._failed(error) from error
        except BaseException:
            self._remove()
            raise

    def _check_free(self) -> None:
        # `atomic_path` hands out an empty file of its own: nothing there to write over.
        empty = self.path.is_file() and not self.path.is_symlink() and not self.path.stat().st_size
        if os.path.lexists(self.path) and not empty:
            msg = f"{self.path} is there already: a graph is never written over"
            raise StoreError(msg)

    def _remove(self) -> None:
        with suppress(OSError):
            self.path.unlink()

    def _failed(self, error: Exception) -> StoreError:
        reason = getattr(error, "strerror", None) or error
        msg = f"cannot write {self.path}: {reason}"
        return StoreError(msg)

    def _write(self, depths: list[int]) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            for pragma in _PRAGMAS:
                db.execute(pragma)
            db.executescript(load("schema").text)
            db.execute("BEGIN")
            for table, rows in self._tables(depths):
                _insert(db, f"insert_{table}", rows)
            db.execute("COMMIT")
            db.executescript(load("indexes").text)
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def _tables(self, depths: list[int]) -> Iterator[tuple[str, Iterable[_Row]]]:
        """Yield each table with its rows, those that others refer to first.

        Rows hold the parameters of the table's insert statement, in its order.
        """
        keys = {concept.id: key for key, concept in enumerate(self.concepts)}
        folds = fold_all([name.text for concept in self.concepts for name in concept.names])
        folded = sorted(set(folds) - {""})
        folded_keys = {text: key for key, text in enumerate(folded)}
        yield "meta", sorted(self.meta.items())
        yield "concept", _concept_rows(self.concepts, keys, depths)
        yield "folded_name", enumerate(folded)
        yield "name", _name_rows(self.concepts, map(folded_keys.get, folds))
        yield "xref", _xref_rows(self.concepts)
        yield "edge", self._edge_rows(keys)
        yield "label_set", self._label_set_rows()
        yield "label", self._label_rows(keys)
        yield "mapping", _mapping_rows(self.mappings)
        yield "finding", ((key, *_FINDING(finding)) for key, finding in enumerate(self.findings))
        yield from _posting_tables(folded)

    def _edge_rows(self, keys: dict[Curie, int]) -> Iterable[_Row]:
        rows = ((keys[e.narrower], int(e.kind == "instance"), keys[e.broader]) for e in self.edges)
        return sorted(rows)

    def _label_set_rows(self) -> Iterator[_Row]:
        for key, (one, _) in enumerate(self.label_sets):
            yield key, one.id, one.title, one.task, one.version, one.source, one.license

    def _label_rows(self, keys: dict[Curie, int]) -> Iterator[_Row]:
        for number, (label_set, placements) in enumerate(self.label_sets):
            pairs = zip(label_set.labels, placements, strict=True)
            for position, (label, placement) in enumerate(pairs):
                place = _placement_params(placement, keys)
                yield number, position, *_label_params(label), *place


def _insert(db: sqlite3.Connection, name: str, rows: Iterable[_Row]) -> None:
    """Run an insert statement for all rows, dozens of them at a time.

    Row by row, SQLite opens its tables and finds the place to write at a million
    times; the file is the same. Parameters go by position, each coming once: by
    name, SQLite's module looks each up by its text for every row.
    """
    text = load(name).text
    positional = re.sub(r":\w+", "?", text[text.index("INSERT") :]).strip().rstrip(";")
    head, _, row = positional.partition("VALUES")
    at_once = min(_MOST_ROWS, _MOST_PARAMS // row.count("?"))
    waiting, last = iter(rows), list[_Row]()

    def batches() -> Iterator[_Row]:
        while len(batch := list(islice(waiting, at_once))) == at_once:
            yield tuple(chain.from_iterable(batch))
        last.extend(batch)

    db.executemany(f"{head} VALUES {', '.join([row] * at_once)}", batches())
    db.executemany(positional, last)


def _concept_rows(
    concepts: list[Concept], keys: dict[Curie, int], depths: list[int]
) -> Iterator[_Row]:
    # Ids become plain texts: SQLite's module asks around about any other type, each time.
    for (key, concept), depth in zip(enumerate(concepts), depths, strict=True):
        into = None if concept.replaced_by is None else keys[concept.replaced_by]
        yield key, str(concept.id), *_CONCEPT(concept), into, depth


def _name_rows(concepts: list[Concept], folded_keys: Iterable[int | None]) -> Iterator[_Row]:
    found = (
        (key, position, name)
        for key, concept in enumerate(concepts)
        for position, name in enumerate(concept.names)
    )
    for (key, position, name), folded in zip(found, folded_keys, strict=True):
        sense = _NO_SENSE if name.sense is None else _SENSE(name.sense)
        yield key, position, folded, name.text, name.lang, name.kind, *sense


def _xref_rows(concepts: list[Concept]) -> Iterator[_Row]:
    for key, concept in enumerate(concepts):
        for xref in sorted(set(map(str, concept.xrefs))):
            yield key, xref


def _mapping_rows(mappings: list[Mapping]) -> Iterator[_Row]:
    for key, mapping in enumerate(mappings):
        yield (
            key,
            str(mapping.subject_id),
            mapping.predicate_id,
            str(mapping.object_id),
            *_MAPPING(mapping),
        )


def _label_params(label: Label) -> _Row:
    synonyms = json.dumps(label.synonyms, ensure_ascii=False) if label.synonyms else "[]"
    given = (label.wnid, label.synset, label.qid)
    named = (label.label_id, label.name, label.parent, synonyms, label.description, label.lang)
    return (*named, *given)


def _placement_params(placement: Placement, keys: dict[Curie, int]) -> _Row:
    at, above = placement.concept_id, placement.broader_id
    return (
        placement.kind,
        None if at is None else keys[at],
        None if above is None else keys[above],
        placement.reason,
        placement.confidence,
    )


def _posting_tables(folded: list[str]) -> Iterator[tuple[str, Iterable[_Row]]]:
    sizes, postings = build_postings(folded)
    yield "posting", ((p.gram, len(p.names), p.names.astype("<u4").tobytes()) for p in postings)
    lengths, grams = (a.astype("<u4").tobytes() for a in (sizes.lengths, sizes.grams))
    yield "name_size", [(0, len(folded), lengths, grams)]
