"""Questions in SPARQL to any store: its SKOS view, made once a graph and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from labelsys.export.skos import write_ntriples
from labelsys.export.terms import NTriplesSyntax, quoted
from labelsys.ids import DEFAULT_BASE, Curie
from labelsys.progress import Progress, SilentProgress
from labelsys.query_params import CONCEPT, LABEL_SET, rule_of
from labelsys.store.rdf import ask_rdf, bind_terms, check_sparql, make_view, need_pyoxigraph
from labelsys.version import __version__
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from labelsys.answers import Answer, Limits, Value
    from labelsys.queries import Column, Query
    from labelsys.store.protocol import GraphStore

__all__ = ["ask_sparql", "find_view", "make_terms"]

_FORM = 1
"""Raised when the view says something else of the same graph."""


def ask_sparql(
    store: GraphStore,
    query: Query,
    params: Mapping[str, Value],
    limits: Limits,
    *,
    allow_service: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """Return the rows of a query over a graph's SKOS view.

    Args:
        store: any store; the first query of a graph reads it from end to end.
        query: in SPARQL.
        params: bound values, by name.
        limits: rows and seconds; making the view does not count.
        allow_service: whether the query may ask other servers.
        progress: told while the view is made.

    Raises:
        MissingExtraError: pyoxigraph is not installed.
        QueryError: the query is wrong, does what it may not, or was stopped.
        StoreError: the view can't be made or read.
    """
    need_pyoxigraph()
    check_sparql(query, allow_service=allow_service)
    text = bind_terms(query, make_terms(store, query, params))
    folder = find_view(store, progress or SilentProgress())
    return ask_rdf(folder, query, text, limits)


def make_terms(
    store: GraphStore, query: Query, params: Mapping[str, Value]
) -> dict[str, str | None]:
    """Return each parameter as a term in N-Triples: concepts and label sets by their address."""
    base = store.get_meta().get("base", DEFAULT_BASE)
    label_sets = frozenset(label_set.id for label_set in store.iter_label_sets())
    syntax = NTriplesSyntax(base, label_sets)
    columns = {column.name: column for column in query.params}
    return {name: _term(columns[name], value, syntax) for name, value in params.items()}


def _term(column: Column, value: Value, syntax: NTriplesSyntax) -> str | None:
    if value is None:
        return None
    match rule_of(column), column.type:
        case rule, _ if rule == CONCEPT:
            return syntax.iri(Curie.parse(str(value)))
        case rule, _ if rule == LABEL_SET:
            return syntax.iri(Curie("lsys", f"labelset/{value}"))
        case _, "INTEGER":
            return f'"{value}"^^{syntax.iri(Curie("xsd", "integer"))}'
        case _, "REAL":
            return f'"{value!r}"^^{syntax.iri(Curie("xsd", "double"))}'
    return quoted(str(value))


def find_view(store: GraphStore, progress: Progress) -> Path:
    """Return the folder of a graph's view, made where it is not there.

    Raises:
        StoreError: it can't be made.
    """
    path: Path | None = getattr(store, "path", None)
    meta = dict(store.get_meta())
    stat = None if path is None else path.stat()
    file = None if stat is None else (stat.st_size, stat.st_mtime_ns)
    parts = json.dumps([_FORM, __version__, file, meta], sort_keys=True)
    key = hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    folder = find_cache(store) / "sparql" / key
    if folder.is_dir():
        with suppress(OSError):
            os.utime(folder)  # those used last are kept
        return folder
    base = meta.get("base", DEFAULT_BASE)
    progress.start("making the SPARQL view of this graph, once")
    make_view(folder, lambda out: write_ntriples(store, out, base=base))
    progress.done()
    return folder
