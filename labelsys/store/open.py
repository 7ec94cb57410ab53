"""From a store's locator to an open store: the one place that reads locators.

==============================  ============================================
locator                         is
==============================  ============================================
nothing given                   `$LABELSYS_STORE`, else the workspace at or
                                above the current folder
a folder with `labelsys.toml`   a workspace: its current graph
`neo4j://host:port`             the graph that a Neo4j server holds; `bolt://`
                                and `+s` or `+ssc` for TLS as its drivers have
                                them; who asks is in `$NEO4J_USERNAME` and
                                `$NEO4J_PASSWORD`, never in the locator
any other path                  a graph file
==============================  ============================================
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.errors import StoreError
from labelsys.graphs import RECIPE, current_graph, find_workspace
from labelsys.store.neo4j_locator import is_locator, parse_locator
from labelsys.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from labelsys.store.protocol import GraphStore

__all__ = ["STORE_VARIABLE", "find_graph", "open_store"]

STORE_VARIABLE = "LABELSYS_STORE"
"""Environment variable that holds a locator for when none is given."""

_KNOWN = "a workspace folder, a graph file or neo4j://host:port"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")


def open_store(locator: str | Path | None = None) -> GraphStore:
    """Open a store for reading.

    Args:
        locator: as in the table above.

    Returns:
        The store; close it, or use it as a context manager.

    Raises:
        StoreError: there is none, or it can't be read; the line says what to do.
        SchemaVersionError: another version of labelsys wrote it.
    """
    named = locator or os.environ.get(STORE_VARIABLE)
    if is_locator(named):
        from labelsys.store.neo4j import Neo4jStore

        return Neo4jStore(str(named))
    path = find_graph(locator)
    while True:
        try:
            return SqliteStore(path)
        except StoreError:
            # A build that ends right now puts another graph in use, and may sweep this one.
            latest = find_graph(locator)
            if latest == path:
                raise
            path = latest


def find_graph(locator: str | Path | None = None) -> Path:
    """Return the graph file that a locator stands for.

    Raises:
        StoreError: the locator is of an unknown kind, or leads to no graph.
    """
    if locator is None:
        locator = os.environ.get(STORE_VARIABLE) or None
    if locator is None:
        workspace = find_workspace(Path.cwd())
        if workspace is None:
            msg = "no workspace here or above: run `labelsys build`"
            raise StoreError(msg)
        return current_graph(workspace)
    scheme = _SCHEME.match(str(locator))
    if is_locator(locator):
        msg = f"the graph at {parse_locator(str(locator))} lies in no file: `labelsys neo4j pull` "
        msg += "writes one"
        raise StoreError(msg)
    if scheme is not None:
        msg = f"no store for {scheme[1]}:// locators; known: {_KNOWN}"
        raise StoreError(msg)
    path = Path(locator)
    if not path.is_dir():
        return path
    if not (path / RECIPE).is_file():
        msg = f"{path} is a folder without {RECIPE}, no workspace; a store is {_KNOWN}"
        raise StoreError(msg)
    return current_graph(path)
