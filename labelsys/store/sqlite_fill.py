"""Opens new SQLite files for graphs and fills their tables: the same rows give the same bytes."""

from __future__ import annotations

import re
import sqlite3
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from labelsys.queries import load
from labelsys.store.sqlite import APPLICATION_ID, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Row", "open_new", "write_tables"]

Row: TypeAlias = "tuple[str | int | float | bytes | None, ...]"

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


def open_new(path: Path) -> sqlite3.Connection:
    """Make a graph file with all tables, empty; its caller removes it on failure.

    Args:
        path: nothing is there, or an empty file.

    Returns:
        A connection that commits each statement by itself.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            db.execute(pragma)
        db.executescript(load("schema").text)
    except BaseException:
        db.close()
        raise
    return db


def write_tables(db: sqlite3.Connection, tables: Iterable[tuple[str, Iterable[Row]]]) -> None:
    """Fill tables, those that others refer to first.

    Args:
        db: new, of `open_new`.
        tables: name and rows; rows hold the parameters of the table's insert
            statement, in its order.
    """
    db.execute("BEGIN")
    for table, rows in tables:
        _insert(db, f"insert_{table}", rows)
    db.execute("COMMIT")


def _insert(db: sqlite3.Connection, name: str, rows: Iterable[Row]) -> None:
    """Run an insert statement for all rows, dozens of them at a time.

    Row by row, SQLite opens its tables and finds the place to write at a million
    times; the file is the same. Parameters go by position, each coming once: by
    name, SQLite's module looks each up by its text for every row.
    """
    text = load(name).text
    positional = re.sub(r":\w+", "?", text[text.index("INSERT") :]).strip().rstrip(";")
    head, _, row = positional.partition("VALUES")
    at_once = min(_MOST_ROWS, _MOST_PARAMS // row.count("?"))
    waiting, last = iter(rows), list[Row]()

    def batches() -> Iterator[Row]:
        while len(batch := list(islice(waiting, at_once))) == at_once:
            yield tuple(chain.from_iterable(batch))
        last.extend(batch)

    db.executemany(f"{head} VALUES {', '.join([row] * at_once)}", batches())
    db.executemany(positional, last)
