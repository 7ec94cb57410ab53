"""Questions to a graph file: a statement that somebody wrote, run so that it can only read.

A connection of its own, read-only and immutable; an authorizer that lets
nothing through but reading; a clock that stops what runs too long. What a
stored statement may do is not in doubt, but there is one way for both.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
import time
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from labelsys.answers import Answer, Limits, Value, make_answer
from labelsys.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from labelsys.queries import Query

__all__ = ["ask_sqlite"]

_ALLOWED = frozenset(
    (
        *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ),
        *(sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE),
    )
)
# What an action is called where it is refused, unless the statement's own first word says it.
_WORDS = {
    getattr(sqlite3, f"SQLITE_{name}"): name.replace("_", " ")
    for name in (
        *("ALTER_TABLE", "ANALYZE", "ATTACH", "CREATE_INDEX", "CREATE_TABLE", "CREATE_TEMP_TABLE"),
        *("CREATE_TEMP_VIEW", "CREATE_TRIGGER", "CREATE_VIEW", "CREATE_VTABLE", "DELETE", "DETACH"),
        *("DROP_INDEX", "DROP_TABLE", "DROP_TRIGGER", "DROP_VIEW", "INSERT", "PRAGMA", "REINDEX"),
        *("SAVEPOINT", "TRANSACTION", "UPDATE"),
    )
}
_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*(\w+)", re.DOTALL)
_READING = frozenset(("SELECT", "WITH", "EXPLAIN", "VALUES"))
_NOT_FUNCTIONS = frozenset(("edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"))

_STEPS = 10_000
"""Of SQLite's machine between two looks at the clock: well below a millisecond."""

_LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of one value: a query that makes larger ones wants to fill the memory."""


def ask_sqlite(path: Path, query: Query, params: Mapping[str, Value], limits: Limits) -> Answer:
    """Return the rows of one statement.

    Args:
        path: a graph file that `SqliteStore` opened before.
        query: its text is one statement that gives rows.
        params: what is bound, by name.
        limits: rows and seconds.

    Raises:
        QueryError: the statement is wrong, is not one, does more than read, or
            runs too long.
    """
    guard = _Guard(query.text)
    until = time.monotonic() + limits.timeout_s
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_TEXT)
            db.set_authorizer(guard)
            db.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            return _read(db.execute(query.text, dict(params)), query, limits)
    # Several statements are a sqlite3.Warning until Python 3.11, and an Error from 3.12 on.
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise QueryError(_say(error, guard, until, limits), query=query.name) from error


class _Guard:
    """Lets a statement read and nothing else; keeps what it refused."""

    def __init__(self, text: str) -> None:
        found = _FIRST_WORD.match(text)
        first = found[1].upper() if found else ""
        # A DROP asks for a DELETE from the list of tables first, which would puzzle its author.
        self._verb = "" if first in _READING else first
        self.refused = ""

    def __call__(self, action: int, first: str | None, second: str | None, *_: Any) -> int:
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _NOT_FUNCTIONS:
            self.refused = f"{second}()"
        elif action in _ALLOWED:
            return sqlite3.SQLITE_OK
        else:
            self.refused = self._verb or _WORDS.get(action, "what it does")
        return sqlite3.SQLITE_DENY


def _read(cursor: sqlite3.Cursor, query: Query, limits: Limits) -> Answer:
    if cursor.description is None:
        msg = "there is no statement that gives rows: it has to be one SELECT"
        raise QueryError(msg, query=query.name)
    columns = [column[0] for column in cursor.description]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        msg = f"two columns are named {twice!r}: name one of them with AS"
        raise QueryError(msg, query=query.name)
    most = None if limits.rows is None else limits.rows + 1
    rows = [tuple(map(_plain, row)) for row in islice(cursor, most)]
    return make_answer(columns, rows, limits)


def _plain(value: Any) -> Value:
    """Return a value that every output can hold: bytes as digits, infinity as a word."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _say(error: Exception, guard: _Guard, until: float, limits: Limits) -> str:
    if guard.refused:
        return f"{guard.refused} is refused: a query only reads"
    if "interrupted" in str(error) and time.monotonic() > until:
        return f"stopped after {limits.timeout_s:g} s: ask for less, or give it longer (--timeout)"
    if "one statement at a time" in str(error):
        return "it has to be one statement"
    return str(error)
