"""Stored queries: one statement a file, with a header that says what it takes and gives.

This is the only reader of the files under `queries/`. A file is named after
its query and begins with comment lines::

    -- name: shared_concepts
    -- kind: question
    -- purpose: concepts that several label sets have
    -- params: at_least INTEGER = 2 label sets
    -- returns: id TEXT curie, wnid TEXT, pref_label TEXT, label_sets INTEGER

`kind` is there for what people ask by `labelsys query`; the other statements
are the stores' own. `params` and `returns` list `name TYPE` and, where it helps,
words on what is in it; they are left out where there are none. A parameter with
`= VALUE` may be left out, `= NULL` binds nothing then. Some words are a rule for
the value, see `labelsys.query_params`. `tests/docs/test_queries.py` holds every
header to its statement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from labelsys.errors import NotFoundError, SourceError
from labelsys.registry import near

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DIALECTS",
    "QUESTION",
    "Column",
    "Query",
    "load",
    "load_question",
    "names",
    "question_names",
    "read_query_file",
]

DIALECTS = {"sqlite": (".sql", "--"), "sparql": (".rq", "#"), "cypher": (".cypher", "//")}
"""Dialect -> suffix of its files and how a comment begins there."""

QUESTION = "question"
"""The `kind` of a query that people ask; a store's own statements have none."""

_FIELDS = ("name", "kind", "purpose", "params", "returns")

_MOST_BYTES = 1_000_000
"""Of a file with a query; a larger one is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One parameter or column of the answer.

    Attributes:
        name: as in the statement.
        type: `TEXT`, `INTEGER`, `REAL` or `BLOB`.
        note: what is in it, or "".
        default: of a parameter that may be left out, as text; None for `NULL`.
        is_optional: whether it may be left out.
    """

    name: str
    type: str
    note: str = ""
    default: str | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A stored query.

    Attributes:
        name: base name of its file, the same across dialects; the path of a file of one's own.
        dialect: key of `DIALECTS`.
        kind: `QUESTION`, or "".
        purpose: one line.
        params: what has to be bound, by name.
        returns: columns of the answer, in order.
        text: the statement, header included.
    """

    name: str
    dialect: str
    kind: str
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
    return _parse(file.read_text(encoding="utf-8"), dialect, comment)


def question_names(dialect: str = "sqlite") -> tuple[str, ...]:
    """Return the names of the queries that people ask in a dialect, sorted.

    Raises:
        NotFoundError: no such dialect.
    """
    return tuple(name for name in names(dialect) if load(name, dialect).kind == QUESTION)


def load_question(name: str, dialect: str = "sqlite") -> Query:
    """Return one query that people ask.

    Raises:
        NotFoundError: no such question; the message names close ones.
    """
    known = question_names(dialect)
    if name not in known:
        hint = "`labelsys query --list` lists them"
        raise NotFoundError("question", name, near=near(name, list(known)), hint=hint)
    return load(name, dialect)


def read_query_file(path: Path) -> Query:
    """Return a query of one's own; its suffix is its dialect, and it may have a header.

    Raises:
        SourceError: the file is missing, too large, no text, or of no known suffix.
    """
    found = [name for name, (suffix, _) in DIALECTS.items() if path.name.endswith(suffix)]
    if not found:
        known = ", ".join(suffix for suffix, _ in DIALECTS.values())
        msg = f"no query: its name has to end in one of {known}"
        raise SourceError(msg, path=path)
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(error.strerror or str(error), path=path) from error
    except UnicodeDecodeError as error:
        msg = f"byte {error.start} is not UTF-8"
        raise SourceError(msg, path=path) from error
    if len(content) > _MOST_BYTES:
        msg = f"larger than {_MOST_BYTES:,} bytes, which no query is"
        raise SourceError(msg, path=path)
    return replace(_parse(text, found[0], DIALECTS[found[0]][1]), name=str(path))


def _parse(text: str, dialect: str, comment: str) -> Query:
    header = _header(text, comment)
    return Query(
        name=header.get("name", ""),
        dialect=dialect,
        kind=header.get("kind", ""),
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
    return tuple(_column(part.split()) for part in text.split(",") if part.strip())


def _column(words: list[str]) -> Column:
    name, *rest = words
    type_, *rest = rest or [""]
    is_optional = rest[:1] == ["="] and len(rest) > 1
    default = None
    if is_optional:
        default = None if rest[1] == "NULL" else rest[1]
        rest = rest[2:]
    return Column(
        name=name, type=type_, note=" ".join(rest), default=default, is_optional=is_optional
    )
