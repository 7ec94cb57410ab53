"""A graph in Neo4j, where a team shares one.

`neo4j_writer` puts it there; statements lie under `queries/cypher/`, the
connection is `neo4j_link`'s. One database may hold several versions of the
graph for a while, of which one node says which to read. A store reads the
version that this node named when it was opened. Each answer is checked to the
end: where the version was taken away meanwhile, an error says so, and half an
answer never passes for a whole one.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from labelsys.closing import Closes
from labelsys.errors import NotFoundError, SchemaVersionError, StoreBusyError, StoreError
from labelsys.ids import Curie, nearest_ids
from labelsys.model import Finding, LabelSet
from labelsys.registry import near
from labelsys.store.neo4j_ask import ask_neo4j
from labelsys.store.neo4j_link import DIALECT, Link, Row, Transaction
from labelsys.store.protocol import NameHit, NameRow
from labelsys.store.sqlite_rows import (
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
    from labelsys.store.neo4j_locator import Credentials
    from labelsys.store.postings import NameSizes

__all__ = ["SCHEMA_VERSION", "Neo4jStore"]

SCHEMA_VERSION = 3
"""At the node that readers follow; raised whenever a property changes its meaning."""

_T = TypeVar("_T")

_SURROGATE = re.compile("[\ud800-\udfff]")

_CHUNK = 500
"""Concepts fetched at a time when many are asked for."""


class Neo4jStore(Closes):
    """A graph on a Neo4j server, open for reading.

    Every reader protocol of `labelsys.store.protocol`. Use it as a context
    manager; one store may be asked from several threads.

    Attributes:
        locator: the server's address.
        version: of the graph that is read: the hash of all that went in.
    """

    def __init__(self, locator: str, credentials: Credentials | None = None) -> None:
        """Open the version that is in use.

        Args:
            locator: `neo4j://host:port`.
            credentials: None reads them from the environment.

        Raises:
            StoreError: the server is not there, refuses the login, or holds no graph.
            SchemaVersionError: another version of labelsys wrote it.
        """
        self._link = Link(locator, credentials)
        self.locator = self._link.locator
        self._sizes: NameSizes | None = None
        self._hits: dict[str, tuple[NameHit, ...]] = {}
        try:
            self.version = self._find_version()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection; twice is fine."""
        self._hits = {}
        self._link.close()

    # Concepts

    def get_concept(self, id_: Curie, /) -> Concept:
        """Return one concept.

        Raises:
            NotFoundError: no such concept.
        """
        found = self.find_concept(id_)
        if found is None:
            around = [row[0] for row in self._all("concept_ids_near", id=id_)]
            raise NotFoundError("concept", id_, near=nearest_ids(id_, around))
        return found

    def find_concept(self, id_: Curie, /) -> Concept | None:
        """Return one concept, or None."""
        return next(self._concepts([id_]), None)

    def iter_concepts(self, ids: Iterable[Curie] | None = None, /) -> Iterator[Concept]:
        """Yield the concepts asked for, in the order asked; all, by id, for None."""
        if ids is None:
            tables = ("all_concepts", "all_concept_names", "all_xrefs")
            with_parts = [self._stream(name) for name in tables]
            yield from self._checked(lambda: join_concepts(*with_parts))
            return
        asked = iter(ids)
        while chunk := list(islice(asked, _CHUNK)):
            found = {concept.id: concept for concept in self._concepts(chunk)}
            yield from (found[id_] for id_ in chunk if id_ in found)

    def iter_ids(self) -> Iterator[Curie]:
        """Yield the id of every concept, sorted."""
        for (id_,) in self._stream("all_concept_ids"):
            yield Curie.trusted(id_)

    def find_by_xref(self, xref: Curie, /) -> tuple[Curie, ...]:
        """Return the concepts that have this other id, sorted."""
        return tuple(Curie.trusted(id_) for (id_,) in self._all("concepts_by_xref", xref=xref))

    def _concepts(self, ids: list[Curie]) -> Iterator[Concept]:
        """Return those of some concepts that are there, by id."""

        def work(transaction: Transaction) -> tuple[list[Row], ...]:
            bound: dict[str, Any] = {"version": self.version, "ids": _encodable(ids)}
            rows = transaction.run("find_concepts", **bound)
            bound["concepts"] = [row[0] for row in rows]
            parts = ("names_of_concepts", "xrefs_of_concepts")
            return rows, *(transaction.run(name, **bound) if rows else [] for name in parts)

        found = self._read(work)
        return self._checked(lambda: join_concepts(*found))

    # Names

    def find_by_name(self, folded: str, /) -> tuple[NameHit, ...]:
        """Return who has exactly this folded name, by (concept_id, position)."""
        if folded in self._hits:
            return self._hits[folded]
        rows = self._all("concepts_by_name", folded=folded)
        return tuple(NameHit(Curie.trusted(id_), position) for id_, position in rows)

    def iter_names(self) -> Iterator[NameRow]:
        """Yield the whole name table by (folded, concept_id, position)."""
        for folded, id_, *rest in self._stream("all_names"):
            yield NameRow(folded, Curie.trusted(id_), *rest)

    def find_similar_names(self, folded: str, /, *, limit: int = 200) -> tuple[str, ...]:
        """Return folded names that look like this one; the protocol states the rule."""
        import numpy as np

        from labelsys.store import postings

        sizes = self._name_sizes()
        start, end = self._first_name(folded), self._first_name(folded + "\U0010ffff")
        begun = postings.rank_by_length(sizes, start, end, limit)
        grams = trigrams(folded)
        rows = self._all("postings", grams=_encodable(grams))
        found = [np.frombuffer(blob, dtype="<u4") for (blob,) in rows]
        alike = postings.rank_by_grams(sizes, found, len(grams), begun, limit)
        return self._names_with_hits([*begun.tolist(), *alike.tolist()])

    def _names_with_hits(self, keys: list[int]) -> tuple[str, ...]:
        """Return names by their keys, and keep who has them: search asks for each of them next."""
        texts: dict[int, str] = {}
        hits: dict[str, list[NameHit]] = {}
        for key, folded, id_, position in self._all("hits_of_names", keys=keys):
            texts[key] = folded
            hits.setdefault(folded, []).append(NameHit(Curie.trusted(id_), position))
        self._hits = {folded: tuple(found) for folded, found in hits.items()}
        return tuple(texts[key] for key in keys)

    def _name_sizes(self) -> NameSizes:
        import numpy as np

        from labelsys.store.postings import NameSizes

        if self._sizes is None:
            ((_, lengths, grams),) = self._all("name_sizes")
            self._sizes = NameSizes(
                lengths=np.frombuffer(lengths, dtype="<u4"),
                grams=np.frombuffer(grams, dtype="<u4"),
            )
        return self._sizes

    def _first_name(self, text: str) -> int:
        rows = self._all("first_name_from", text=text)
        return int(rows[0][0]) if rows else len(self._name_sizes().lengths)

    # Hierarchy

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges up from a concept, by (kind, broader), subclass edges first."""
        yield from to_edges(self._all("edges_up", id=id_))

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges down from a concept, by (kind, narrower), subclass edges first."""
        yield from to_edges(self._all("edges_down", id=id_))

    def iter_edges(self) -> Iterator[Edge]:
        """Yield every edge by (narrower, broader, kind)."""
        yield from to_edges(self._stream("all_edges"))

    # Labels

    def iter_label_sets(self) -> Iterator[LabelSet]:
        """Yield every label set, labels included, in the recipe's order."""
        for row in self._all("all_label_sets"):
            yield self._label_set(row)

    def get_label_set(self, id_: str, /) -> LabelSet:
        """Return one label set.

        Raises:
            NotFoundError: no such set.
        """
        rows = self._all("find_label_set", id=id_)
        if not rows:
            known = [row[0] for row in self._all("all_label_sets")]
            raise NotFoundError("label set", id_, near=near(id_, known))
        return self._label_set(rows[0])

    def find_label(self, id_: Curie, /) -> Label | None:
        """Return one label by `label_set:label_id`, or None."""
        rows = self._all("find_label", label_set=id_.prefix, label_id=id_.local_id)
        return next(self._checked(lambda: to_labels(rows)), None)

    def find_placement(self, label_id: Curie, /) -> Placement | None:
        """Return where a label stands, or None for an unknown label."""
        rows = self._all("find_placement", label_set=label_id.prefix, label_id=label_id.local_id)
        return next(to_placements(rows), None)

    def iter_placements(self, label_set: str | None = None, /) -> Iterator[Placement]:
        """Yield placements in the recipe's order of sets, then the set's own order."""
        yield from to_placements(self._stream("placements_of_set", label_set=label_set))

    def iter_labels_at(self, concept_id: Curie, /) -> Iterator[Curie]:
        """Yield the ids of labels standing at a concept, by (set order, label order)."""
        for label_set, label_id in self._all("labels_at", id=concept_id):
            yield Curie.trusted(f"{label_set}:{label_id}")

    def _label_set(self, row: Row) -> LabelSet:
        id_, title, task, version, source, license_ = row
        rows = self._all("labels_of_set", label_set=id_)
        return LabelSet(
            id=id_,
            labels=tuple(self._checked(lambda: to_labels(rows))),
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
            rows: Iterable[Row] = self._stream("all_mappings")
        else:
            rows = self._all("mappings_of", subject_id=subject_id)
        yield from self._checked(lambda: to_mappings(rows))

    def iter_findings(self) -> Iterator[Finding]:
        """Yield findings by (code, id, message)."""
        for code, id_, message in self._stream("all_findings"):
            yield Finding(code=code, id=id_, message=message)

    def iter_visual_tags(self, ids: Iterable[Curie] | None = None, /) -> Iterator[VisualTag]:
        """Yield the tags of the concepts asked for, in the order asked; all, by id, for None."""
        if ids is None:
            yield from to_visual_tags(self._stream("all_visual_tags"))
            return
        asked = iter(ids)
        while chunk := list(islice(asked, _CHUNK)):
            rows = self._all("find_visual_tags", ids=_encodable(chunk))
            found = {tag.id: tag for tag in to_visual_tags(rows)}
            yield from (found[id_] for id_ in chunk if id_ in found)

    def get_meta(self) -> MappingType[str, str]:
        """Return all facts about the graph, by name."""
        ((meta,),) = self._all("find_version")
        return dict(sorted(json.loads(meta).items()))

    # Stored queries by name

    @property
    def dialect(self) -> str:
        """The folder under `queries/` whose statements this store runs."""
        return DIALECT

    def run_query(self, name: str, /, **params: str | int | None) -> tuple[Row, ...]:
        """Return the rows of a stored query; `version` is bound to the one that is read."""
        return tuple(self._all(name, **params))

    def ask(self, query: Query, params: MappingType[str, Value], limits: Limits, /) -> Answer:
        """Return the rows of a query that somebody wrote; it can only read.

        Raises:
            QueryError: it is wrong, does more than read, or runs too long.
        """
        return ask_neo4j(self._link, self.version, query, params, limits)

    # The connection

    def _all(self, query: str, /, **params: Any) -> list[Row]:
        """Return the rows of a stored query."""
        if not all(_is_encodable(value) for value in params.values()):
            return []  # a lone surrogate, from an undecodable argument: no store has such a text
        return self._read(lambda found: found.run(query, version=self.version, **params))

    def _read(self, work: Callable[[Transaction], _T]) -> _T:
        """Return what a function reads of the version, if that was there to the end."""

        def checked(transaction: Transaction) -> tuple[_T, bool]:
            found = work(transaction)
            return found, bool(transaction.run("find_version", version=self.version))

        found, is_whole = self._link.read(checked)
        if not is_whole:
            raise self._replaced()
        return found

    def _stream(self, query: str, /, **params: Any) -> Iterator[Row]:
        """Yield the rows of a stored query as they come."""
        bound = {"version": self.version, **params}
        if not all(_is_encodable(value) for value in params.values()):
            return
        if not (yield from self._link.stream(query, "find_version", **bound)):
            raise self._replaced()

    def _checked(self, make: Callable[[], Iterator[_T]]) -> Iterator[_T]:
        """Yield values made of rows.

        Raises:
            StoreError: the rows make none.
        """
        try:
            yield from make()
        except (TypeError, ValueError) as error:
            msg = f"the graph at {self.locator} is damaged ({error}): push it again"
            raise StoreError(msg) from error

    def _find_version(self) -> str:
        rows = self._link.read(lambda found: found.run("current_version"))
        if not rows:
            msg = f"Neo4j at {self.locator} holds no graph: run `labelsys neo4j push`"
            raise StoreError(msg)
        ((version, schema),) = rows
        if schema != SCHEMA_VERSION:
            remedy = "run `labelsys neo4j push`"
            raise SchemaVersionError(
                self.locator, found=schema, expected=SCHEMA_VERSION, remedy=remedy
            )
        return str(version)

    def _replaced(self) -> StoreBusyError:
        msg = f"the graph at {self.locator} was replaced while it was read: try again"
        return StoreBusyError(msg)


def _is_encodable(value: object) -> bool:
    """Return whether the driver can send a value: a text with half a surrogate pair it can't."""
    return not isinstance(value, str) or value.isascii() or not _SURROGATE.search(value)


def _encodable(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if _is_encodable(text)]
