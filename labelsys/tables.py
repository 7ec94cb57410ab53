"""The one tabular form that labelsys reads and ships.

A table is UTF-8 text with Unix line ends, plain or gzip-compressed::

    # dataset: Wikidata classes
    # license: CC0-1.0
    # count: 2
    qid<TAB>label
    Q144<TAB>dog
    Q146<TAB>house cat

Lines that start with `#` stand only on top, each a `key: value`. Then come
the column names, then the rows. Values are raw: a tab splits, nothing is
quoted or escaped. Where the top has a `count`, it must equal the row count.
Whatever differs is an error that names the file and the line.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final, cast

from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from typing import IO

__all__ = [
    "Table",
    "TableStream",
    "file_digest",
    "format_table",
    "open_table",
    "read_bytes",
    "read_table",
]

_GZIP_MAGIC = b"\x1f\x8b"
_BLOCK: Final = 1 << 20
"""Bytes of a streamed table that are looked at at a time."""
_HEADER = re.compile(r"#\s*([A-Za-z][\w .-]*?)\s*:\s*(.*?)\s*\Z")
_FORBIDDEN = re.compile("[\t\n\r\x00]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in memory.

    Attributes:
        path: where it was read, for messages.
        header: the `# key: value` lines, in file order.
        columns: names of the columns of `rows`.
        rows: raw values, in file order.
        first_line: 1-based line of the first row; rows have no gaps.
        data: the bytes of the file as they lie there, for checksums.
    """

    path: str
    header: Mapping[str, str]
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    first_line: int
    data: bytes

    def error(self, index: int, message: str) -> SourceError:
        """Return the error to raise about row *index* (from 0)."""
        return SourceError(message, path=self.path, line=self.first_line + index)


def read_table(source: Path | Traversable, *, columns: Sequence[str] | None = None) -> Table:
    """Read a whole table; gzip is told by content, not by name.

    Args:
        source: a file, or one inside an installed package.
        columns: the columns wanted, in this order; the table may have more.
            None takes all, in file order.

    Returns:
        The table, whole and checked.

    Raises:
        SourceError: the file can't be read, is no such table, lacks a column,
            or has a row of another width.
    """
    path = str(source)
    data = read_bytes(source)
    lines = _decode(_unpack(data, path), path)
    header: dict[str, str] = {}
    top = 0
    while top < len(lines) and lines[top].startswith("#"):
        _add_header(header, lines[top], path, top + 1)
        top += 1
    if top == len(lines) or not lines[top].strip():
        raise SourceError(
            "the line of column names is missing", path=path, line=min(top + 1, len(lines) or 1)
        )
    found = tuple(lines[top].split("\t"))
    chosen = _choose(found, columns, path, top + 1)
    rows = _split(lines, top + 1, len(found), path)
    _check_count(header, len(rows), path)
    return Table(
        path=path,
        header=header,
        columns=tuple(found[i] for i in chosen),
        rows=_project(rows, chosen, len(found)),
        first_line=top + 2,
        data=data,
    )


class TableStream:
    """The rows of a table one by one, checked as `read_table` checks them.

    Attributes:
        path: where it is read, for messages.
        header: the `# key: value` lines, in file order.
    """

    def __init__(self, file: IO[bytes], path: str, columns: Sequence[str] | None = None) -> None:
        """Read the top.

        Raises:
            SourceError: there is none, or it lacks a column.
        """
        self.path = path
        self.header: dict[str, str] = {}
        self._line = 0
        self._lines = self._iter_lines(file)
        for line in self._lines:
            if not line.startswith("#"):
                break
            _add_header(self.header, line, path, self._line)
        else:
            line = ""
        if not line.strip():
            raise self.error("the line of column names is missing")
        found = tuple(line.split("\t"))
        self._width = len(found)
        self._chosen = _choose(found, columns, path, self._line)

    def error(self, message: str) -> SourceError:
        """Return the error to raise about the row that came last."""
        return SourceError(message, path=self.path, line=max(self._line, 1))

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows: the columns wanted, in their order.

        Raises:
            SourceError: a row is of another width, or there are more or fewer
                than the top says.
        """
        in_place = self._chosen == tuple(range(self._width))
        count = 0
        for line in self._lines:
            row = tuple(line.split("\t"))
            if len(row) != self._width or row == ("",):
                raise self.error(_width_message(row, self._width))
            count += 1
            yield row if in_place else tuple(row[at] for at in self._chosen)
        _check_count(self.header, count, self.path)

    def _iter_lines(self, file: IO[bytes]) -> Iterator[str]:
        while block := _read_block(file, self.path):
            for line in _decode(block, self.path, self._line + 1):
                self._line += 1
                yield line


@contextmanager
def open_table(
    source: Path | Traversable, *, columns: Sequence[str] | None = None
) -> Iterator[TableStream]:
    """Open a table that is too long to hold; gzip is told by content, not by name.

    Args:
        source: a file, or one inside an installed package.
        columns: the columns wanted, in this order; the table may have more.
            None takes all, in file order.

    Yields:
        Its top, and its rows one by one.

    Raises:
        SourceError: the file can't be read, or is no such table.
    """
    path = str(source)
    with _reporting(path):
        raw = source.open("rb")
    with raw:
        is_packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        yield TableStream(_unpacked(raw) if is_packed else raw, path, columns)


def format_table(
    header: Mapping[str, str], columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> str:
    """Return the text of a table that `read_table` reads back; `count` is added.

    Raises:
        SourceError: a value holds a tab, a line end or a NUL, a row has another
            width than the columns, or the only value of a row is empty.
    """
    body = []
    for row in rows:
        if len(row) != len(columns) or any(map(_FORBIDDEN.search, row)) or list(row) == [""]:
            msg = f"not {len(columns)} values free of tabs and line ends: {list(row)!r}"
            raise SourceError(msg)
        body.append("\t".join(row))
    top = {**header, "count": str(len(body))}
    for key, value in top.items():
        if _HEADER.match(f"# {key}: {value}") is None or _FORBIDDEN.search(value):
            msg = f"not a header: {key!r}: {value!r}"
            raise SourceError(msg)
    lines = [*(f"# {key}: {value}" for key, value in top.items()), "\t".join(columns), *body]
    return "\n".join(lines) + "\n"


def read_bytes(source: Path | Traversable) -> bytes:
    """Return a table's file as it lies there.

    Raises:
        SourceError: it can't be read.
    """
    path = str(source)
    with _reporting(path):
        return source.read_bytes()


@contextmanager
def _reporting(path: str) -> Iterator[None]:
    """Say in one line why a file can't be read.

    Yields:
        Nothing: read it inside.

    Raises:
        SourceError: it can't be read.
    """
    try:
        yield
    except FileNotFoundError as exc:
        raise SourceError("no such file", path=path) from exc
    except IsADirectoryError as exc:
        raise SourceError("is a folder, expected a table", path=path) from exc
    except OSError as exc:
        msg = f"can't be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc


def file_digest(source: Path | Traversable) -> bytes:
    """Return the SHA-256 of a table's file as it lies there.

    Raises:
        SourceError: it can't be read.
    """
    with _reporting(str(source)):
        file = source.open("rb")
    whole = hashlib.sha256()
    with file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.digest()


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))


def _read_block(file: IO[bytes], path: str) -> bytes:
    """Return whole lines, some thousands; empty at the end.

    Raises:
        SourceError: they can't be unpacked.
    """
    try:
        return b"".join(file.readlines(_BLOCK))
    except (OSError, EOFError, zlib.error) as exc:
        msg = f"damaged gzip data: {exc}"
        raise SourceError(msg, path=path) from exc


def _unpack(data: bytes, path: str) -> bytes:
    if not data.startswith(_GZIP_MAGIC):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as exc:
        msg = f"damaged gzip data: {exc}"
        raise SourceError(msg, path=path) from exc


def _decode(data: bytes, path: str, first_line: int = 1) -> list[str]:
    """Return the lines of a table, or of a part of it that begins at a line.

    Raises:
        SourceError: they are no text as a table has it.
    """
    if first_line == 1 and data.startswith(b"\xef\xbb\xbf"):
        raise SourceError("starts with a byte order mark: save it without", path=path, line=1)
    for byte, what in (
        (b"\r", "a carriage return: save it with Unix line ends"),
        (b"\0", "a NUL byte: this is no text file"),
    ):
        at = data.find(byte)
        if at >= 0:
            msg = f"holds {what}"
            raise SourceError(msg, path=path, line=data.count(b"\n", 0, at) + first_line)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + first_line
        raise SourceError("is not UTF-8: save it as UTF-8", path=path, line=line) from exc
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def _add_header(header: dict[str, str], line: str, path: str, number: int) -> None:
    match = _HEADER.match(line)
    if match is None:
        msg = f"expected '# key: value', found {line[:60]!r}"
        raise SourceError(msg, path=path, line=number)
    key, value = match.groups()
    if key in header:
        msg = f"the header {key!r} is given twice"
        raise SourceError(msg, path=path, line=number)
    header[key] = value


def _choose(
    found: tuple[str, ...], wanted: Sequence[str] | None, path: str, line: int
) -> tuple[int, ...]:
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        msg = f"the column {twice[0]!r} stands there twice"
        raise SourceError(msg, path=path, line=line)
    if wanted is None:
        return tuple(range(len(found)))
    missing = [name for name in wanted if name not in found]
    if missing:
        names = ", ".join(found)[:200]
        msg = f"the column {missing[0]!r} is missing; the columns are: {names} (tab-separated)"
        raise SourceError(msg, path=path, line=line)
    return tuple(found.index(name) for name in wanted)


def _split(lines: list[str], start: int, width: int, path: str) -> list[tuple[str, ...]]:
    rows = [tuple(line.split("\t")) for line in lines[start:]]
    for index, row in enumerate(rows):
        if len(row) != width or row == ("",):
            raise SourceError(_width_message(row, width), path=path, line=start + index + 1)
    return rows


def _width_message(row: tuple[str, ...], width: int) -> str:
    count = 0 if row == ("",) else len(row)
    return f"{count} fields, expected {width}: {' | '.join(row)[:60]!r}"


def _check_count(header: Mapping[str, str], rows: int, path: str) -> None:
    said = header.get("count")
    if said is not None and said != str(rows):
        msg = f"its top says {said} rows, it has {rows}"
        raise SourceError(msg, path=path)


def _project(
    rows: list[tuple[str, ...]], chosen: tuple[int, ...], width: int
) -> list[tuple[str, ...]]:
    if chosen == tuple(range(width)):
        return rows
    if len(chosen) == 1:
        return [(row[chosen[0]],) for row in rows]
    if not chosen:
        return [() for _ in rows]
    return list(map(itemgetter(*chosen), rows))
