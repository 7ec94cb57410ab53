"""Readers of tables: TSV (nothing is quoted) and CSV (RFC 4180).

The first line names the columns; `label_id` and `name` must be there, others
of ours may be, and the rest is not read. Above it, lines that start with `#`
may say `# key: value`.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from labelsys.labelset.form import COLUMNS
from labelsys.labelset.input import Parsed, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labelsys.errors import SourceError
    from labelsys.labelset.input import InputFile

    Row = tuple[int, list[str]]
    Split = Callable[[InputFile, Iterable[tuple[int, str]]], Iterator[Row]]

__all__ = ["header_cells", "is_header", "iter_body", "iter_cells", "read_csv", "read_tsv"]

_REQUIRED = COLUMNS[:2]
_KEY_VALUE = re.compile(r"#\s*([A-Za-z]\w*)\s*:\s*(.*?)\s*\Z")
_OTHER_DELIMITERS = (
    (";", "semicolons"),
    ("|", "vertical bars"),
    (",", "commas, which is the format csv"),
    ("\t", "tabs, which is the format tsv"),
    (None, "spaces"),
)


def read_tsv(source: InputFile) -> Parsed:
    """Read a table whose cells are separated by tabs; quotes are characters like others.

    Returns:
        The records, not read yet, and what stands above them.
    """
    return _read(source, _split_tabs)


def read_csv(source: InputFile) -> Parsed:
    """Read a table whose cells are separated by commas, and quoted where they hold one.

    Returns:
        The records, not read yet, and what stands above them.
    """
    return _read(source, _split_commas)


def header_cells(line: str, delimiter: str | None) -> list[str]:
    """Return the column names in a line, as we compare them: trimmed, unquoted, lower case."""
    return [cell.strip().strip('"').strip().lower() for cell in line.split(delimiter)]


def is_header(line: str, delimiter: str | None) -> bool:
    """Return whether a line names our columns when split in this way.

    One of them is enough, but not between spaces: "name tag" is a class.
    """
    cells = header_cells(line, delimiter)
    known = sum(cells.count(name) > 0 for name in _REQUIRED)
    return len(cells) > 1 and known >= (2 if delimiter is None else 1)


def iter_body(
    lines: Iterable[tuple[int, str]], header: dict[str, str]
) -> Iterator[tuple[int, str]]:
    """Yield the lines below the `#` lines, and put what those say into *header*."""
    on_top = True
    for number, text in lines:
        if on_top and (text.startswith("#") or not text.strip()):
            match = _KEY_VALUE.match(text)
            if match is not None:
                header.setdefault(match[1], match[2])
            continue
        on_top = False
        yield number, text


def iter_cells(source: InputFile, delimiter: str) -> Iterator[Row]:
    """Return the line number and the cells of each row below the `#` lines.

    The column names come first. A blank line is a row without cells; rows may
    be of any width.

    Args:
        source: the file.
        delimiter: a tab, or a comma for CSV.

    Returns:
        The rows, not read yet.
    """
    split = _split_tabs if delimiter == "\t" else _split_commas
    return split(source, iter_body(source.lines(), {}))


def _read(source: InputFile, split: Split) -> Parsed:
    header: dict[str, str] = {}
    rows = split(source, iter_body(source.lines(), header))
    line, first = next(rows, (1, []))
    names = [cell.strip().lower() for cell in first]
    _check_columns(source, line, names)
    extra = tuple(first[i].strip() for i, name in enumerate(names) if name not in COLUMNS)
    return Parsed(
        records=_iter_records(source, names, rows),
        header=header,
        extra_columns=extra,
    )


def _check_columns(source: InputFile, line: int, names: list[str]) -> None:
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise _missing_column(source, line, names, missing)
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        msg = f"the column {twice[0]!r} stands there twice"
        raise source.error(msg, line)


def _missing_column(
    source: InputFile, line: int, names: list[str], missing: list[str]
) -> SourceError:
    if len(names) == 1:
        for delimiter, word in _OTHER_DELIMITERS:
            if is_header(names[0], delimiter):
                msg = f"cells are separated by {word}: use tabs (tsv) or commas (csv)"
                return source.error(msg, line)
    found = ", ".join(repr(name) for name in names)[:200]
    msg = (
        f"no column {missing[0]!r}; found {found}: name the columns in the first line,"
        " or give one name a line"
    )
    return source.error(msg, line)


def _split_tabs(source: InputFile, lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    del source
    for number, text in lines:
        yield number, text.split("\t") if text.strip() else []


def _split_commas(source: InputFile, lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    numbers: list[int] = []

    def feed() -> Iterator[str]:
        for number, text in lines:
            numbers.append(number)
            yield text + "\n"

    reader = csv.reader(feed(), strict=True, skipinitialspace=True)
    while True:
        numbers.clear()
        try:
            row = next(reader, None)
        except csv.Error as exc:
            raise source.error(_describe_csv_error(exc, numbers), numbers[0]) from exc
        if row is None:
            return
        yield numbers[0], row if any(cell.strip() for cell in row) else []


def _describe_csv_error(exc: csv.Error, numbers: list[int]) -> str:
    if len(numbers) > 1 or "end of data" in str(exc):
        return (
            "a quote that opens here is not closed where its cell ends"
            f" (noticed in line {numbers[-1]}): double a quote that belongs to a name"
        )
    return f"is no CSV: {exc}"


def _iter_records(source: InputFile, names: list[str], rows: Iterator[Row]) -> Iterator[Record]:
    place = {name: names.index(name) for name in COLUMNS if name in names}
    for line, cells in rows:
        if not cells:
            yield Record(line=line, label_id="", name="")
            continue
        if len(cells) != len(names):
            raise _ragged(source, line, len(cells), len(names))
        value = {name: cells[i] for name, i in place.items()}
        synonyms = value.pop("synonyms", "").split("|")
        yield Record(
            line=line,
            name=value.pop("name"),
            synonyms=tuple(s.strip() for s in synonyms if s.strip()),
            description=" ".join(value.pop("description", "").split()),
            **{name: text.strip() for name, text in value.items()},
        )


def _ragged(source: InputFile, line: int, found: int, expected: int) -> SourceError:
    hint = ": put a cell that holds a separator in double quotes (CSV)" if found > expected else ""
    return source.error(f"{found} cells, the header has {expected}{hint}", line)
