"""Writes a graph file, whole or not at all.

The same graph gives the same bytes, whatever the order of the calls: rows go
in by sorted key, indexes follow, nothing is deleted on the way, and no clock
is written. Only SQLite's own version number, in the header, may differ.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from labelsys.errors import StoreError
from labelsys.hierarchy import Hierarchy
from labelsys.model import Mapping
from labelsys.queries import load
from labelsys.store.draft import GraphDraft
from labelsys.store.postings import build_postings
from labelsys.store.sqlite import APPLICATION_ID, SCHEMA_VERSION
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.ids import Curie
    from labelsys.model import Concept, Label, Name, Placement

__all__ = ["SqliteWriter"]

_Params: TypeAlias = "dict[str, str | int | float | bytes | None]"

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

_MAPPING_FIELDS = tuple(field.name for field in fields(Mapping))


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
                db.executemany(load(f"insert_{table}").text, rows)
            db.execute("COMMIT")
            db.executescript(load("indexes").text)
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def _tables(self, depths: list[int]) -> Iterator[tuple[str, Iterable[_Params]]]:
        """Yield each table with its rows, those that others refer to first."""
        keys = {concept.id: key for key, concept in enumerate(self.concepts)}
        folded = sorted({fold(name.text) for concept in self.concepts for name in concept.names})
        folded = folded[folded[:1] == [""] :]
        folded_keys = {text: key for key, text in enumerate(folded)}
        yield "meta", ({"key": key, "value": self.meta[key]} for key in sorted(self.meta))
        yield "concept", _concept_rows(self.concepts, keys, depths)
        yield "folded_name", ({"key": key, "folded": text} for key, text in enumerate(folded))
        yield "name", _name_rows(self.concepts, folded_keys)
        yield "xref", _xref_rows(self.concepts)
        yield "edge", self._edge_rows(keys)
        yield "label_set", self._label_set_rows()
        yield "label", self._label_rows(keys)
        yield "mapping", self._mapping_rows()
        yield "finding", ({"key": key, **asdict(row)} for key, row in enumerate(self.findings))
        yield from _posting_tables(folded)

    def _edge_rows(self, keys: dict[Curie, int]) -> Iterator[_Params]:
        rows = ((keys[e.narrower], e.kind == "instance", keys[e.broader]) for e in self.edges)
        for narrower, kind, broader in sorted(rows):
            yield {"narrower": narrower, "kind": int(kind), "broader": broader}

    def _label_set_rows(self) -> Iterator[_Params]:
        for key, (label_set, _) in enumerate(self.label_sets):
            yield {
                "key": key,
                "id": label_set.id,
                "title": label_set.title,
                "task": label_set.task,
                "version": label_set.version,
                "source": label_set.source,
                "license": label_set.license,
            }

    def _label_rows(self, keys: dict[Curie, int]) -> Iterator[_Params]:
        for number, (label_set, placements) in enumerate(self.label_sets):
            pairs = zip(label_set.labels, placements, strict=True)
            for position, (label, placement) in enumerate(pairs):
                place = _placement_params(placement, keys)
                yield {"label_set": number, "position": position, **_label_params(label), **place}

    def _mapping_rows(self) -> Iterator[_Params]:
        for key, mapping in enumerate(self.mappings):
            yield {"key": key, **{name: getattr(mapping, name) for name in _MAPPING_FIELDS}}


def _concept_rows(
    concepts: list[Concept], keys: dict[Curie, int], depths: list[int]
) -> Iterator[_Params]:
    for (key, concept), depth in zip(enumerate(concepts), depths, strict=True):
        yield {
            "key": key,
            "id": concept.id,
            "pref_label": concept.pref_label,
            "gloss": concept.gloss,
            "source": concept.source,
            "lexname": concept.lexname,
            "status": concept.status,
            "replaced_by": None if concept.replaced_by is None else keys[concept.replaced_by],
            "depth": depth,
        }


def _name_rows(concepts: list[Concept], folded_keys: dict[str, int]) -> Iterator[_Params]:
    for key, concept in enumerate(concepts):
        for position, name in enumerate(concept.names):
            folded = folded_keys.get(fold(name.text))
            yield {"concept": key, "position": position, "folded": folded, **_name_params(name)}


def _name_params(name: Name) -> _Params:
    sense = name.sense
    return {
        "text": name.text,
        "lang": name.lang,
        "kind": name.kind,
        "sense_number": None if sense is None else sense.number,
        "sense_count": None if sense is None else sense.count,
        "lex_id": None if sense is None else sense.lex_id,
    }


def _xref_rows(concepts: list[Concept]) -> Iterator[_Params]:
    for key, concept in enumerate(concepts):
        for xref in sorted(set(concept.xrefs)):
            yield {"concept": key, "xref": xref}


def _label_params(label: Label) -> _Params:
    return {
        "label_id": label.label_id,
        "name": label.name,
        "parent": label.parent,
        "synonyms": json.dumps(label.synonyms, ensure_ascii=False),
        "description": label.description,
        "lang": label.lang,
        "wnid": label.wnid,
        "synset": label.synset,
        "qid": label.qid,
    }


def _placement_params(placement: Placement, keys: dict[Curie, int]) -> _Params:
    at, above = placement.concept_id, placement.broader_id
    return {
        "placement": placement.kind,
        "concept": None if at is None else keys[at],
        "broader": None if above is None else keys[above],
        "reason": placement.reason,
        "confidence": placement.confidence,
    }


def _posting_tables(folded: list[str]) -> Iterator[tuple[str, Iterable[_Params]]]:
    sizes, postings = build_postings(folded)
    yield (
        "posting",
        (
            {"gram": p.gram, "n": len(p.names), "names": p.names.astype("<u4").tobytes()}
            for p in postings
        ),
    )
    row: _Params = {
        "key": 0,
        "n": len(folded),
        "lengths": sizes.lengths.astype("<u4").tobytes(),
        "grams": sizes.grams.astype("<u4").tobytes(),
    }
    yield "name_size", [row]
