"""Rows and records, printed as a table, JSON, JSON lines or TSV."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Protocol

from ._common import Format
from ._text import escape_cell, escape_json, escape_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    class Records(Protocol):
        """Rows that print: those of a type of ours, or a query's."""

        @property
        def columns(self) -> tuple[str, ...]: ...

        def to_records(self) -> list[dict[str, Any]]: ...


__all__ = ["emit_lines", "emit_record", "emit_rows", "emit_stream", "format_of", "short"]

_PIPE_WIDTH = 10_000
"""Wide enough that no cell of a table in a pipe is folded."""


def format_of(output: Format | None) -> Format:
    """Return the format asked for; else a table on a terminal and jsonl in a pipe."""
    if output is not None:
        return output
    return Format.TABLE if sys.stdout.isatty() else Format.JSONL


def emit_rows(
    rows: Records,
    output: Format | None,
    *,
    table: Sequence[str] | None = None,
    cut: Mapping[str, int] | None = None,
    empty: str = "",
) -> None:
    """Print rows.

    Args:
        rows: what to print.
        output: the format, or None to choose by where it goes.
        table: the columns of the table form; all for None. The other forms
            always have all.
        cut: columns of the table form whose texts are cut to so many characters.
        empty: what a terminal shows instead of a table without rows.
    """
    emit_stream(rows.columns, rows.to_records(), output, table=table, cut=cut, empty=empty)


def emit_stream(
    columns: Sequence[str],
    records: Iterable[dict[str, Any]],
    output: Format | None,
    *,
    table: Sequence[str] | None = None,
    cut: Mapping[str, int] | None = None,
    empty: str = "",
) -> None:
    """Print rows as they come; only a table has to know all of them first.

    Args:
        columns: of the records, in order.
        records: what to print, plain values by column.
        output: the format, or None to choose by where it goes.
        table: the columns of the table form, as in `emit_rows`.
        cut: as in `emit_rows`.
        empty: as in `emit_rows`.
    """
    match format_of(output):
        case Format.TABLE:
            listed = list(records)
            if not listed and empty:
                _write([empty])
            else:
                _write_table(table or columns, listed, cut or {})
        case Format.JSON:
            _write(_json_lines(records))
        case Format.JSONL:
            _write(dump(record) for record in records)
        case Format.TSV:
            _write_tsv(columns, records)


def emit_record(
    record: dict[str, Any], output: Format | None, page: Callable[[], Iterable[str]]
) -> None:
    """Print one record; as a table it is a page of lines.

    Args:
        record: plain values by name.
        output: the format, or None to choose by where it goes.
        page: gives the lines of the page.
    """
    match format_of(output):
        case Format.TABLE:
            _write(escape_line(line) for line in page())
        case Format.JSON:
            _write([escape_json(json.dumps(record, ensure_ascii=False, indent=2))])
        case Format.JSONL:
            _write([dump(record)])
        case Format.TSV:
            _write_tsv(tuple(record), [record])


def emit_lines(lines: Iterable[str]) -> None:
    """Print lines of words, made safe for a terminal."""
    _write(escape_line(line) for line in lines)


def dump(record: dict[str, Any]) -> str:
    """Return one line of JSON that is safe to show."""
    return escape_json(json.dumps(record, ensure_ascii=False))


def short(text: str, width: int) -> str:
    """Return the beginning of a text, with an ellipsis where something was cut off.

    Examples:
        >>> short("a member of the genus Canis", 12)
        'a member of…'
    """
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _json_lines(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a JSON array, a record a line."""
    waiting = ""
    for record in records:
        yield f"{waiting}," if waiting else "["
        waiting = "  " + dump(record)
    yield from (waiting, "]") if waiting else ("[]",)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _write_tsv(columns: Sequence[str], records: Iterable[dict[str, Any]]) -> None:
    _write(["\t".join(columns)])
    _write(
        "\t".join(escape_cell(_cell(record[column])) for column in columns) for record in records
    )


def _table_cell(value: object, width: int | None) -> str:
    if width is not None:
        return short(_cell(value), width)
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return _cell(value)


def _write_table(
    columns: Sequence[str], records: list[dict[str, Any]], cut: Mapping[str, int]
) -> None:
    # rich takes longer to load than most commands take to answer: only tables pay for it.
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    on_terminal = sys.stdout.isatty()
    numeric = {c for c in columns if any(_is_number(record[c]) for record in records)}
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    for record in records:
        cells = (_table_cell(record[c], cut.get(c)) for c in columns)
        table.add_row(*(Text(escape_line(cell)) for cell in cells))
    console = Console(
        file=sys.stdout, width=None if on_terminal else _PIPE_WIDTH, highlight=False, emoji=False
    )
    console.print(table)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
