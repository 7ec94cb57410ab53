"""Reader of plain text: one name a line, and the line's number is its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.labelset.input import Parsed, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.labelset.input import InputFile

__all__ = ["read_plain"]


def read_plain(source: InputFile) -> Parsed:
    """Read one name a line; nothing is a comment, a header or a quote.

    Returns:
        The records, not read yet.
    """
    return Parsed(records=_iter_records(source))


def _iter_records(source: InputFile) -> Iterator[Record]:
    for number, text in source.lines():
        yield Record(line=number, label_id=str(number) if text.strip() else "", name=text)
