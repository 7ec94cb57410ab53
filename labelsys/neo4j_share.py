"""Shares a graph through a Neo4j server: push puts it there, pull gets it back as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelsys.atomic import atomic_path
from labelsys.errors import StoreError
from labelsys.progress import Progress, SilentProgress
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_writer import Neo4jWriter
from labelsys.store.open import open_store
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.store.transfer import copy_graph

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.neo4j_writer import PushReport

__all__ = ["PullReport", "pull", "push"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What was pulled.

    Attributes:
        version: the graph's hash.
        path: the file.
        size_bytes: of it.
    """

    version: str
    path: str
    size_bytes: int


def push(store: str | Path | None, locator: str, *, progress: Progress | None = None) -> PushReport:
    """Put the graph of a store into Neo4j, and lead readers there to it.

    Doing it again changes nothing; after a failure it goes on where it stopped.

    Args:
        store: any locator, or None for the workspace here.
        locator: the server's, `neo4j://host:port`.
        progress: told how far it is.

    Returns:
        What was sent.

    Raises:
        StoreError: a side fails; readers stay with the graph that they have.
    """
    writer = Neo4jWriter(locator, progress=progress)
    try:
        with open_store(store) as reader:
            copy_graph(reader, writer)
    finally:
        writer.close()
    if writer.report is None:
        msg = f"nothing was pushed to {locator}"
        raise StoreError(msg)
    return writer.report


def pull(locator: str, path: Path, *, progress: Progress | None = None) -> PullReport:
    """Write the graph that a server holds as a graph file.

    The file is the one that was pushed, byte for byte, where the same version
    of labelsys and of SQLite wrote both.

    Args:
        locator: the server's, `neo4j://host:port`.
        path: the new file; nothing is there yet.
        progress: told how far it is.

    Returns:
        What was written.

    Raises:
        StoreError: the server fails, or something is there already.
    """
    progress = progress or SilentProgress()
    if path.exists():
        msg = f"{path} is there already: a graph is never written over"
        raise StoreError(msg)
    with Neo4jStore(locator) as reader, atomic_path(path) as temp:
        progress.start("pulling")
        copy_graph(reader, SqliteWriter(temp))
        version = reader.version
        progress.done(f"graph {version}")
    return PullReport(version=version, path=str(path), size_bytes=path.stat().st_size)
