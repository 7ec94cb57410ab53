"""The default store: one immutable SQLite file a graph.

Opened read-only and immutable, so that readers take no lock and leave nothing
beside the file. `sqlite_writer` makes such files; statements and schema lie
under `queries/sqlite/`. No `sqlite3.Error` leaves this module.
"""

from __future__ import annotations

import json
import os
import sqlite3
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from labelsys.closing import Closes
from labelsys.errors import NotFoundError, SchemaVersionError, StoreError
from labelsys.ids import Curie, nearest_ids
from labelsys.model import Finding, LabelSet
from labelsys.queries import load
from labelsys.registry import near
from labelsys.store.protocol import NameHit, NameRow
from labelsys.store.sqlite_ask import ask_sqlite
from labelsys.store.sqlite_rows import (
    Row,
    check_file,
    join_concepts,
    to_edges,
    to_labels,
    to_mappings,
    to_placements,
    to_visual_tags,
)
from labelsys.text import trigrams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Mapping as MappingType

    from labelsys.answers import Answer, Limits, Value
    from labelsys.model import Concept, Edge, Label, Mapping, Placement, VisualTag
    from labelsys.queries import Query
    from labelsys.store.postings import NameSizes

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "SqliteStore"]

SCHEMA_VERSION = 3
"""In `PRAGMA user_version`; raised whenever `schema.sql` or the meaning of a column changes."""

APPLICATION_ID = 0x4C42_4C53
"""In `PRAGMA application_id`: "LBLS", which tells our files from other SQLite files."""

_T = TypeVar("_T")

_CHUNK = 500
"""Concepts fetched at a time when many are asked for."""


class SqliteStore(Closes):
    """A graph file, open for reading.

    Every reader protocol of `labelsys.store.protocol`. Use it as a context
    manager; one store may be asked from several threads.
    """

    def __init__(self, path: Path | str) -> None:
        """Open a graph file.

        Raises:
            StoreError: there is no such file, or it is no graph, or cut short.
            SchemaVersionError: another version of labelsys wrote it.
        """
        self.path = Path(path)
        self._sizes: NameSizes | None = None
        self._closed = False
        check_file(self.path)
        # Immutable: no lock and no journal. A path may hold ?, # and %, so it is quoted.
        uri = f"file:{quote(os.fsencode(self.path.absolute()))}?mode=ro&immutable=1"
        try:
            self._db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._broken(error) from error
        try:
            self._check_version()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        self._closed = True
        self._db.close()

    # Concepts

    def get_concept(self, id_: Curie, /) -> Concept:
        """Return one concept.

        Raises:
            NotFoundError: no such concept.
        """
        found = self.find_concept(id_)
        if found is None:
            around = [row[0] for row in self._rows("concept_ids_near", id=id_)]
            raise NotFoundError("concept", id_, near=nearest_ids(id_, around))
        return found

    def find_concept(self, id_: Curie, /) -> Concept | None:
        """Return one concept, or None."""
        row = next(self._rows("find_concept", id=id_), None)
        if row is None:
            return None
        return next(self._join(iter([row]), "names_of", "xrefs_of", concept=row[0]))

    def iter_concepts(self, ids: Iterable[Curie] | None = None, /) -> Iterator[Concept]:
        """Yield the concepts asked for, in the order asked; all, by id, for None."""
        if ids is None:
            rows = self._rows("all_concepts")
            yield from self._join(rows, "all_concept_names", "all_xrefs")
            return
        asked = iter(ids)
        while chunk := list(islice(asked, _CHUNK)):
            found_rows = list(self._rows("find_concepts", ids=json.dumps(chunk)))
            keys = json.dumps([row[0] for row in found_rows])
            joined = self._join(
                iter(found_rows), "names_of_concepts", "xrefs_of_concepts", concepts=keys
            )
            found = {concept.id: concept for concept in joined}
            yield from (found[id_] for id_ in chunk if id_ in found)

    def iter_ids(self) -> Iterator[Curie]:
        """Yield the id of every concept, sorted."""
        for (id_,) in self._rows("all_concept_ids"):
            yield Curie.trusted(id_)

    def find_by_xref(self, xref: Curie, /) -> tuple[Curie, ...]:
        """Return the concepts that have this other id, sorted."""
        return tuple(Curie.trusted(id_) for (id_,) in self._rows("concepts_by_xref", xref=xref))

    # Names

    def find_by_name(self, folded: str, /) -> tuple[NameHit, ...]:
        """Return who has exactly this folded name, by (concept_id, position)."""
        rows = self._rows("concepts_by_name", folded=folded)
        return tuple(NameHit(Curie.trusted(id_), position) for id_, position in rows)

    def iter_names(self) -> Iterator[NameRow]:
        """Yield the whole name table by (folded, concept_id, position)."""
        for folded, id_, *rest in self._rows("all_names"):
            yield NameRow(folded, Curie.trusted(id_), *rest)

    def find_similar_names(self, folded: str, /, *, limit: int = 200) -> tuple[str, ...]:
        """Return folded names that look like this one; the protocol states the rule."""
        import numpy as np

        from labelsys.store import postings

        sizes = self._name_sizes()
        start, end = self._first_name(folded), self._first_name(folded + "\U0010ffff")
        begun = postings.rank_by_length(sizes, start, end, limit)
        grams = trigrams(folded)
        rows = self._rows("postings", grams=json.dumps(grams))
        found = [np.frombuffer(blob, dtype="<u4") for (blob,) in rows]
        alike = postings.rank_by_grams(sizes, found, len(grams), begun, limit)
        keys = [*begun.tolist(), *alike.tolist()]
        texts: dict[int, str] = dict(self._rows("folded_names", keys=json.dumps(keys)))
        return tuple(texts[key] for key in keys)

    def _name_sizes(self) -> NameSizes:
        import numpy as np

        from labelsys.store.postings import NameSizes

        if self._sizes is None:
            _, lengths, grams = next(self._rows("name_sizes"))
            self._sizes = NameSizes(
                lengths=np.frombuffer(lengths, dtype="<u4"),
                grams=np.frombuffer(grams, dtype="<u4"),
            )
        return self._sizes

    def _first_name(self, text: str) -> int:
        row = next(self._rows("first_name_from", text=text), None)
        return len(self._name_sizes().lengths) if row is None else int(row[0])

    # Hierarchy

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges up from a concept, by (kind, broader), subclass edges first."""
        yield from self._values(to_edges, "edges_up", id=id_)

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges down from a concept, by (kind, narrower), subclass edges first."""
        yield from self._values(to_edges, "edges_down", id=id_)

    def iter_edges(self) -> Iterator[Edge]:
        """Yield every edge by (narrower, broader, kind)."""
        yield from self._values(to_edges, "all_edges")

    # Labels

    def iter_label_sets(self) -> Iterator[LabelSet]:
        """Yield every label set, labels included, in the recipe's order."""
        for row in self._rows("all_label_sets"):
            yield self._label_set(row)

    def get_label_set(self, id_: str, /) -> LabelSet:
        """Return one label set.

        Raises:
            NotFoundError: no such set.
        """
        row = next(self._rows("find_label_set", id=id_), None)
        if row is None:
            known = [row[0] for row in self._rows("all_label_sets")]
            raise NotFoundError("label set", id_, near=near(id_, known))
        return self._label_set(row)

    def find_label(self, id_: Curie, /) -> Label | None:
        """Return one label by `label_set:label_id`, or None."""
        params = {"label_set": id_.prefix, "label_id": id_.local_id}
        return next(self._values(to_labels, "find_label", **params), None)

    def find_placement(self, label_id: Curie, /) -> Placement | None:
        """Return where a label stands, or None for an unknown label."""
        params = {"label_set": label_id.prefix, "label_id": label_id.local_id}
        return next(self._values(to_placements, "find_placement", **params), None)

    def iter_placements(self, label_set: str | None = None, /) -> Iterator[Placement]:
        """Yield placements in the recipe's order of sets, then the set's own order."""
        yield from self._values(to_placements, "placements_of_set", label_set=label_set)

    def iter_labels_at(self, concept_id: Curie, /) -> Iterator[Curie]:
        """Yield the ids of labels standing at a concept, by (set order, label order)."""
        for label_set, label_id in self._rows("labels_at", id=concept_id):
            yield Curie.trusted(f"{label_set}:{label_id}")

    def _label_set(self, row: Row) -> LabelSet:
        id_, title, task, version, source, license_ = row
        labels = tuple(self._values(to_labels, "labels_of_set", label_set=id_))
        return LabelSet(
            id=id_,
            labels=labels,
            title=title,
            task=task,
            version=version,
            source=source,
            license=license_,
        )

    # Mappings, findings, tags, facts

    def iter_mappings(self, subject_id: Curie | None = None, /) -> Iterator[Mapping]:
        """Yield mappings, of one subject or all, in the order that they were written."""
        if subject_id is None:
            yield from self._values(to_mappings, "all_mappings")
        else:
            yield from self._values(to_mappings, "mappings_of", subject_id=subject_id)

    def iter_findings(self) -> Iterator[Finding]:
        """Yield findings by (code, id, message)."""
        for code, id_, message in self._rows("all_findings"):
            yield Finding(code=code, id=id_, message=message)

    def iter_visual_tags(self, ids: Iterable[Curie] | None = None, /) -> Iterator[VisualTag]:
        """Yield the tags of the concepts asked for, in the order asked; all, by id, for None."""
        if ids is None:
            yield from self._values(to_visual_tags, "all_visual_tags")
            return
        asked = iter(ids)
        while chunk := list(islice(asked, _CHUNK)):
            tags = self._values(to_visual_tags, "find_visual_tags", ids=json.dumps(chunk))
            found = {tag.id: tag for tag in tags}
            yield from (found[id_] for id_ in chunk if id_ in found)

    def get_meta(self) -> MappingType[str, str]:
        """Return all facts about the graph, by name."""
        return dict(self._rows("all_meta"))

    # Stored queries by name

    @property
    def dialect(self) -> str:
        """The folder under `queries/` whose statements this store runs."""
        return "sqlite"

    def run_query(self, name: str, /, **params: str | int | None) -> tuple[Row, ...]:
        """Return the rows of a stored query."""
        return tuple(self._rows(name, **params))

    def ask(self, query: Query, params: MappingType[str, Value], limits: Limits, /) -> Answer:
        """Return the rows of a query that somebody wrote; it can only read.

        Raises:
            QueryError: it is wrong, does more than read, or runs too long.
        """
        return ask_sqlite(self.path, query, params, limits)

    # The connection

    def _rows(self, query: str, /, **params: str | int | None) -> Iterator[Row]:
        """Yield the rows of a stored query."""
        try:
            # Not `yield from`: that closes the cursor of a reader who stopped half-way, which
            # fails when the store was closed in between.
            for row in self._db.execute(load(query).text, params):  # noqa: UP028  # see above
                yield row
        except UnicodeEncodeError:
            # A lone surrogate, from an undecodable argument: no store has such a text.
            return
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _values(
        self,
        make: Callable[[Iterable[Row]], Iterator[_T]],
        query: str,
        /,
        **params: str | int | None,
    ) -> Iterator[_T]:
        """Yield a value a row of a stored query."""
        try:
            yield from make(self._rows(query, **params))
        except (TypeError, ValueError) as error:
            raise self._broken(error) from error

    def _join(
        self, rows: Iterator[Row], names: str, xrefs: str, /, **params: str | int | None
    ) -> Iterator[Concept]:
        """Yield a concept a row, with its names and other ids from two queries."""
        try:
            yield from join_concepts(rows, self._rows(names, **params), self._rows(xrefs, **params))
        except (TypeError, ValueError) as error:
            raise self._broken(error) from error

    def _check_version(self) -> None:
        try:
            ((application,),) = self._db.execute("PRAGMA application_id")
            ((found,),) = self._db.execute("PRAGMA user_version")
        except sqlite3.Error as error:
            raise self._broken(error) from error
        if application != APPLICATION_ID:
            msg = f"{self.path} is an SQLite file, but no labelsys graph"
            raise StoreError(msg)
        if found != SCHEMA_VERSION:
            raise SchemaVersionError(str(self.path), found=found, expected=SCHEMA_VERSION)

    def _broken(self, error: Exception) -> StoreError:
        if self._closed:
            msg = f"the graph {self.path} is closed"
            return StoreError(msg)
        msg = f"cannot read {self.path}: {error}: run `labelsys build` to make it anew"
        return StoreError(msg)
