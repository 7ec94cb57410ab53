"""Rows of a table that somebody gives us, one by one: TSV, CSV or JSON lines, told by its start.

A file that begins with `{` holds a JSON object a line; any other has a line of column names,
with tabs in it for TSV, else commas for CSV.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

__all__ = ["GivenRow", "iter_given_rows"]

_SHOWN: Final = 60


class GivenRow(NamedTuple):
    """One row.

    Attributes:
        line: of the file, from 1.
        values: the columns asked for that the file has; texts, trimmed.
    """

    line: int
    values: dict[str, str]


def iter_given_rows(
    path: Path, columns: Mapping[str, Sequence[str]], *, optional: Sequence[str] = ()
) -> Iterator[GivenRow]:
    """Yield the rows of a table.

    Args:
        path: the file, UTF-8.
        columns: name of a column -> other names that it may have.
        optional: those of them that a file may lack; in JSON lines, that a row may lack.

    Yields:
        Rows; empty lines are none.

    Raises:
        SourceError: the file can't be read, is empty, lacks a column, or has a row that is
            no such row.
    """
    known = {other: name for name, others in columns.items() for other in (name, *others)}
    needed = [name for name in columns if name not in optional]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _checked(file, path)
            first = next(lines, None)
            if first is None:
                msg = f"is empty: expected the columns {', '.join(needed)}"
                raise SourceError(msg, path=path)
            if first[1].lstrip().startswith("["):
                msg = "is one JSON list: expected TSV, CSV, or a JSON object a line"
                raise SourceError(msg, path=path, line=first[0])
            if first[1].lstrip().startswith("{"):
                yield from _json_rows(first, lines, known, needed, path)
            else:
                yield from _table_rows(first, lines, known, needed, path)
    except FileNotFoundError as exc:
        raise SourceError("no such file", path=path) from exc
    except UnicodeDecodeError as exc:
        raise SourceError("is not UTF-8: save it as UTF-8", path=path) from exc
    except OSError as exc:
        msg = f"can't be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc


def _checked(file: TextIO, path: Path) -> Iterator[tuple[int, str]]:
    """Yield lines that are not blank, with their numbers.

    Raises:
        SourceError: there is a NUL in one.
    """
    for number, line in enumerate(file, 1):
        if "\0" in line:
            raise SourceError("holds a NUL byte: this is no text file", path=path, line=number)
        if line.strip():
            yield number, line


def _json_rows(
    first: tuple[int, str],
    lines: Iterator[tuple[int, str]],
    known: Mapping[str, str],
    needed: Sequence[str],
    path: Path,
) -> Iterator[GivenRow]:
    """Yield the rows of JSON lines.

    Raises:
        SourceError: one is no object, or lacks a key.
    """
    line: tuple[int, str] | None = first
    while line is not None:
        number, text = line
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as exc:
            msg = f"is no JSON object on one line: {text.strip()[:_SHOWN]!r}"
            raise SourceError(msg, path=path, line=number) from exc
        if not isinstance(found, dict):
            msg = f"expected a JSON object, found {text.strip()[:_SHOWN]!r}"
            raise SourceError(msg, path=path, line=number)
        pairs = ((known.get(str(key).lower()), value) for key, value in found.items())
        values = {
            name: _text(value, name, path, number)
            for name, value in pairs
            if name is not None and value is not None
        }
        _check_columns(values, list(found), needed, path, number)
        yield GivenRow(number, values)
        line = next(lines, None)


def _text(value: object, name: str, path: Path, line: int) -> str:
    """Return a JSON value as text.

    Raises:
        SourceError: it is neither a text nor a number.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"{name!r} is neither a text nor a number: {json.dumps(value)[:_SHOWN]}"
        raise SourceError(msg, path=path, line=line)
    return str(value).strip()


def _table_rows(
    first: tuple[int, str],
    lines: Iterator[tuple[int, str]],
    known: Mapping[str, str],
    needed: Sequence[str],
    path: Path,
) -> Iterator[GivenRow]:
    """Yield the rows of TSV or CSV.

    Raises:
        SourceError: a column is missing, or a row has another width.
    """
    number, top = first
    tabs = "\t" in top
    names = _split(top, path, number, tabs=tabs)
    chosen = [(at, known[name.lower()]) for at, name in enumerate(names) if name.lower() in known]
    _check_columns([name for _, name in chosen], names, needed, path, number)
    if len({name for _, name in chosen}) < len(chosen):
        msg = f"two columns say the same: {', '.join(names)[:_SHOWN]}"
        raise SourceError(msg, path=path, line=number)
    for number, line in lines:
        cells = _split(line, path, number, tabs=tabs)
        if len(cells) != len(names):
            msg = f"{len(cells)} fields, expected {len(names)}: {line.strip()[:_SHOWN]!r}"
            raise SourceError(msg, path=path, line=number)
        yield GivenRow(number, {name: cells[at] for at, name in chosen})


def _split(line: str, path: Path, number: int, *, tabs: bool) -> list[str]:
    """Return the cells of a line.

    Raises:
        SourceError: its quotes don't close on it.
    """
    if tabs:
        return [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
    try:
        return [cell.strip() for cell in next(csv.reader([line.rstrip("\r\n")], strict=True))]
    except csv.Error as exc:
        msg = f"is no line of CSV ({exc}): {line.strip()[:_SHOWN]!r}"
        raise SourceError(msg, path=path, line=number) from exc


def _check_columns(
    has: Sequence[str] | Mapping[str, str],
    found: Sequence[str],
    needed: Sequence[str],
    path: Path,
    line: int,
) -> None:
    """Check that the columns are there.

    Raises:
        SourceError: one is missing.
    """
    missing = [name for name in needed if name not in has]
    if missing:
        there = ", ".join(map(str, found))[:200]
        msg = f"the column {missing[0]!r} is missing; there are: {there}"
        raise SourceError(msg, path=path, line=line)
