"""Writes a graph file, whole or not at all.

The same graph gives the same bytes, whatever the order of the calls: rows go
in by sorted key, indexes follow, nothing is deleted on the way, and no clock
is written. Only SQLite's own version number, in the header, may differ.

Half of the work are the names and the index of search. They are written beside
the rest, by another process where there may be one, into a file of their own,
which SQLite then copies in page by page.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.collector import collector_paused
from labelsys.errors import StoreError
from labelsys.forks import in_fork
from labelsys.hierarchy import Hierarchy
from labelsys.model import Mapping
from labelsys.queries import load
from labelsys.store.concept_rows import concept_row
from labelsys.store.draft import GraphDraft
from labelsys.store.sqlite_fill import open_new, write_tables
from labelsys.store.sqlite_names import NAMES_SUFFIX, write_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.ids import Curie
    from labelsys.model import Concept, Label, Placement, VisualTag
    from labelsys.store.sqlite_fill import Row

__all__ = ["SqliteWriter"]

_ENDS = ("subject_id", "predicate_id", "object_id")
_MAPPING = attrgetter(*(field.name for field in fields(Mapping) if field.name not in _ENDS))
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
        self._names_path = self.path.parent / f"{self.path.name}{NAMES_SUFFIX}"
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
        try:
            with collector_paused():
                self._write()
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
        if os.path.lexists(self._names_path):
            msg = f"{self._names_path} is there already, where names would be written for a while"
            raise StoreError(msg)

    def _remove(self) -> None:
        with suppress(OSError):
            self.path.unlink()

    def _failed(self, error: Exception) -> StoreError:
        reason = getattr(error, "strerror", None) or error
        msg = f"cannot write {self.path}: {reason}"
        return StoreError(msg)

    def _write(self) -> None:
        try:
            with (
                in_fork(lambda: write_names(self._names_path, self.concepts)) as names_written,
                closing(open_new(self.path)) as db,
            ):
                hierarchy = Hierarchy(self.edges, ids=(concept.id for concept in self.concepts))
                write_tables(db, self._tables(hierarchy.depths.tolist()))
                names_written()
                db.execute("ATTACH ? AS names", (str(self._names_path),))
                db.executescript(load("copy_names").text)
                db.executescript(load("indexes").text)
        finally:
            with suppress(OSError):
                self._names_path.unlink()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def _tables(self, depths: list[int]) -> Iterator[tuple[str, Iterable[Row]]]:
        """Yield each table but those of names, with its rows; those that others refer to first."""
        keys = {concept.id: key for key, concept in enumerate(self.concepts)}
        yield "meta", sorted(self.meta.items())
        yield "concept", _concept_rows(self.concepts, keys, depths)
        yield "xref", _xref_rows(self.concepts)
        yield "edge", self._edge_rows(keys)
        yield "label_set", self._label_set_rows()
        yield "label", self._label_rows(keys)
        yield "mapping", _mapping_rows(self.mappings)
        taggers = sorted({tag.tagger for tag in self.visual_tags if tag.tagger is not None})
        yield "tagger", enumerate(taggers)
        yield "visual_tag", _visual_tag_rows(self.visual_tags, keys, taggers)
        yield "finding", ((key, *_FINDING(finding)) for key, finding in enumerate(self.findings))

    def _edge_rows(self, keys: dict[Curie, int]) -> Iterable[Row]:
        rows = ((keys[e.narrower], int(e.kind == "instance"), keys[e.broader]) for e in self.edges)
        return sorted(rows)

    def _label_set_rows(self) -> Iterator[Row]:
        for key, (one, _) in enumerate(self.label_sets):
            yield key, one.id, one.title, one.task, one.version, one.source, one.license

    def _label_rows(self, keys: dict[Curie, int]) -> Iterator[Row]:
        for number, (label_set, placements) in enumerate(self.label_sets):
            pairs = zip(label_set.labels, placements, strict=True)
            for position, (label, placement) in enumerate(pairs):
                place = _placement_params(placement, keys)
                yield number, position, *_label_params(label), *place


def _concept_rows(
    concepts: list[Concept], keys: dict[Curie, int], depths: list[int]
) -> Iterator[Row]:
    # Ids become plain texts: SQLite's module asks around about any other type, each time.
    for (key, concept), depth in zip(enumerate(concepts), depths, strict=True):
        into = None if concept.replaced_by is None else keys[concept.replaced_by]
        yield key, str(concept.id), *concept_row(concept), into, depth


def _xref_rows(concepts: list[Concept]) -> Iterator[Row]:
    for key, concept in enumerate(concepts):
        for xref in sorted(set(map(str, concept.xrefs))):
            yield key, xref


def _visual_tag_rows(
    tags: list[VisualTag], keys: dict[Curie, int], taggers: list[str]
) -> Iterator[Row]:
    by_name: dict[str | None, int] = {name: key for key, name in enumerate(taggers)}
    for tag in tags:
        tagger = by_name.get(tag.tagger)
        yield keys[tag.id], tag.value, tag.probability, tagger, tag.guess, tag.curator


def _mapping_rows(mappings: list[Mapping]) -> Iterator[Row]:
    for key, mapping in enumerate(mappings):
        yield (
            key,
            str(mapping.subject_id),
            mapping.predicate_id,
            str(mapping.object_id),
            *_MAPPING(mapping),
        )


def _label_params(label: Label) -> Row:
    synonyms = json.dumps(label.synonyms, ensure_ascii=False) if label.synonyms else "[]"
    given = (label.wnid, label.synset, label.qid)
    named = (label.label_id, label.name, label.parent, synonyms, label.description, label.lang)
    return (*named, *given)


def _placement_params(placement: Placement, keys: dict[Curie, int]) -> Row:
    at, above = placement.concept_id, placement.broader_id
    return (
        placement.kind,
        None if at is None else keys[at],
        None if above is None else keys[above],
        placement.reason,
        placement.confidence,
    )
