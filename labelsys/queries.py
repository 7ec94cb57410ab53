"""Stored queries: one statement a file, with a header that says what it takes and gives.

This is the only reader of the files under `queries/`. A file is named after
its query and begins with comment lines::

    -- name: find_concept
    -- purpose: one concept by its id
    -- params: id TEXT curie
    -- returns: key INTEGER, pref_label TEXT

`params` and `returns` list `name TYPE` and, where it helps, a word on what is
in it; they are left out where there are none. `tests/docs/test_queries.py`
holds every header to its statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from labelsys.errors import NotFoundError
from labelsys.registry import near

__all__ = ["DIALECTS", "Column", "Query", "load", "names"]

DIALECTS = {"sqlite": (".sql", "--"), "sparql": (".rq", "#"), "cypher": (".cypher", "//")}
"""Dialect -> suffix of its files and how a comment begins there."""

_FIELDS = ("name", "purpose", "params", "returns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One parameter or column of the answer.

    Attributes:
        name: as in the statement.
        type: `TEXT`, `INTEGER`, `REAL` or `BLOB`.
        note: what is in it, or "".
    """

    name: str
    type: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A stored query.

    Attributes:
        name: base name of its file, the same across dialects.
        dialect: key of `DIALECTS`.
        purpose: one line.
        params: what has to be bound, by name.
        returns: columns of the answer, in order.
        text: the statement, header included.
    """

    name: str
    dialect: str
    purpose: str
    params: tuple[Column, ...]
    returns: tuple[Column, ...]
    text: str


def names(dialect: str = "sqlite") -> tuple[str, ...]:
    """Return the names of a dialect's queries, sorted.

    Raises:
        NotFoundError: no such dialect.
    """
    suffix, _ = _dialect(dialect)
    folder = files("labelsys_queries").joinpath(dialect)
    if not folder.is_dir():
        return ()
    found = (entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))
    return tuple(sorted(name.removesuffix(suffix) for name in found))


@cache
def load(name: str, dialect: str = "sqlite") -> Query:
    """Return one stored query.

    Raises:
        NotFoundError: no such query or dialect; the message names close ones.

    Examples:
        >>> query = load("find_concept")
        >>> query.purpose, query.params[0].name
        ('one concept by its id', 'id')
    """
    suffix, comment = _dialect(dialect)
    file = files("labelsys_queries").joinpath(dialect, name + suffix)
    if not name.replace("_", "").isalnum() or not file.is_file():
        kind = f"{dialect} query"
        raise NotFoundError(kind, name, near=near(name, list(names(dialect))))
    text = file.read_text(encoding="utf-8")
    header = _header(text, comment)
    return Query(
        name=header.get("name", ""),
        dialect=dialect,
        purpose=header.get("purpose", ""),
        params=_columns(header.get("params", "")),
        returns=_columns(header.get("returns", "")),
        text=text,
    )


def _dialect(dialect: str) -> tuple[str, str]:
    if dialect not in DIALECTS:
        raise NotFoundError("query dialect", dialect, near=sorted(DIALECTS))
    return DIALECTS[dialect]


def _header(text: str, comment: str) -> dict[str, str]:
    """Return what the leading comment lines say; a line without a field's name goes on."""
    found: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        if not line.startswith(comment):
            break
        content = line.removeprefix(comment).strip()
        key, colon, value = content.partition(":")
        if colon and key in _FIELDS:
            field, content = key, value.strip()
        if field:
            found[field] = f"{found.get(field, '')} {content}".strip()
    return found


def _columns(text: str) -> tuple[Column, ...]:
    parts = (part.split(maxsplit=2) for part in text.split(",") if part.strip())
    return tuple(
        Column(name=words[0], type=words[1] if len(words) > 1 else "", note="".join(words[2:]))
        for words in parts
    )
