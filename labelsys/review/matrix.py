"""Read a confusion matrix: a square of counts, or rows of true, predicted, count.

The file is CSV or TSV, told by its first line. A square has a line of label
ids or names on top, and may have them at the start of every row, too; rows are
the true classes. The long form has the columns `true`, `pred` and `count` in
any order. Counts may be fractions; none is negative.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from labelsys.errors import SourceError
from labelsys.registry import near
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from labelsys.ids import Curie
    from labelsys.model import LabelSet

__all__ = ["Confusions", "read_confusions"]

MAX_BYTES = 256 << 20
MAX_CLASSES = 5_000
MAX_ROWS = 5_000_000
_COLUMNS = {
    "true": ("true", "truth", "actual", "gt", "target"),
    "pred": ("pred", "predicted", "prediction"),
    "count": ("count", "n", "value"),
}
_SHOWN = 40
# What a count may look like; `float` itself would take 1_0, infinity and full-width digits.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)

_Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusions:
    """What a model took for what.

    Attributes:
        form: how the file says it.
        counts: (true, predicted) -> how often; zeros are left out.
    """

    form: Literal["square", "long"]
    counts: Mapping[tuple[Curie, Curie], float]


def read_confusions(path: Path, label_set: LabelSet) -> Confusions:
    """Read a matrix over the classes of a label set.

    Args:
        path: the file.
        label_set: whose ids or names it speaks of.

    Returns:
        The counts by label id.

    Raises:
        SourceError: the file can't be read, is too large, not square, names a
            class that the set lacks or names twice, or has a value that is no
            count; the message has the line.
    """
    lines = _read_lines(path)
    number, header = next(lines, (1, []))
    if not any(cell.strip() for cell in header):
        raise SourceError("is empty, expected a confusion matrix", path=path)
    reader = _Reader(path, _Names(label_set))
    columns = _find_columns(header)
    if columns is not None:
        return Confusions(form="long", counts=reader.read_long(columns, lines))
    return Confusions(form="square", counts=reader.read_square(number, header, list(lines)))


def _read_lines(path: Path) -> Iterator[_Line]:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise SourceError("is a folder, expected a confusion matrix", path=path)
        if size > MAX_BYTES:
            msg = f"has {size >> 20:,} MB, more than the {MAX_BYTES >> 20} that are read"
            raise SourceError(msg, path=path)
        data = path.read_bytes()
    except OSError as exc:
        msg = f"can't be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise SourceError("is not UTF-8: save it as UTF-8", path=path, line=line) from exc
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SourceError("holds a NUL byte: this is no text file", path=path, line=line)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    rows = csv.reader(lines, delimiter="\t" if "\t" in first else ",", strict=True)
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, [cell.strip() for cell in row]
    except csv.Error as exc:
        raise SourceError(str(exc), path=path, line=rows.line_num) from exc


def _find_columns(header: Sequence[str]) -> tuple[int, int, int] | None:
    """Return where true, pred and count stand, where the header is that of the long form."""
    folded = [fold(cell) for cell in header]
    found = []
    for names in _COLUMNS.values():
        at = [n for n, cell in enumerate(folded) if cell in names]
        if len(at) != 1:
            return None
        found.append(at[0])
    return found[0], found[1], found[2]


class _Names:
    """The classes of a label set by every spelling."""

    def __init__(self, label_set: LabelSet) -> None:
        self.label_set = label_set
        self._ids = {label.label_id: label.id for label in label_set.labels}
        self._ids |= {str(label.id): label.id for label in label_set.labels}
        self._names: defaultdict[str, list[Curie]] = defaultdict(list)
        self._folded: defaultdict[str, list[Curie]] = defaultdict(list)
        for label in label_set.labels:
            self._names[label.name].append(label.id)
            self._folded[fold(label.name)].append(label.id)

    def find(self, text: str) -> Curie | str:
        """Return the label, or what is wrong with its name."""
        if text in self._ids:
            return self._ids[text]
        ids = self._names.get(text) or self._folded.get(fold(text), [])
        shown = repr(text[:_SHOWN])
        if len(ids) == 1:
            return ids[0]
        if ids:
            return f"{shown} is the name of {len(ids)} labels, give an id: {', '.join(ids[:3])}"
        close = near(fold(text[:_SHOWN]), list(self._folded), 1)
        names = {fold(name): name for name in self._names}
        hint = f" (closest: {names[close[0]]!r})" if close else ""
        return f"{self.label_set.id} has no label {shown}{hint}"


class _Reader:
    def __init__(self, path: Path, names: _Names) -> None:
        self._path, self._names = path, names
        self._known: dict[str, Curie] = {}

    def _error(self, message: str, line: int) -> SourceError:
        return SourceError(message, path=self._path, line=line)

    def _label(self, text: str, line: int) -> Curie:
        if text not in self._known:
            found = self._names.find(text)
            if type(found) is str:
                raise self._error(found, line)
            self._known[text] = found  # type: ignore[assignment]  # a Curie is a str of its own
        return self._known[text]

    def _count(self, text: str, line: int) -> float:
        value = float(text) if _NUMBER.match(text) else math.nan
        if not math.isfinite(value) or value < 0:
            msg = f"{text[:_SHOWN]!r} is no count: zero or more was expected"
            raise self._error(msg, line)
        return value

    def read_long(
        self, columns: tuple[int, int, int], lines: Iterator[_Line]
    ) -> dict[tuple[Curie, Curie], float]:
        """Read rows of true, predicted, count.

        Returns:
            The counts but zeros; rows of one pair add up.
        """
        counts: defaultdict[tuple[Curie, Curie], float] = defaultdict(float)
        for n, (line, row) in enumerate(lines):
            if n >= MAX_ROWS:
                msg = f"has more than {MAX_ROWS:,} rows"
                raise self._error(msg, line)
            if len(row) <= max(columns):
                msg = f"{len(row)} fields, expected {max(columns) + 1}"
                raise self._error(msg, line)
            true, pred, count = (row[at] for at in columns)
            value = self._count(count, line)
            pair = self._label(true, line), self._label(pred, line)
            if value:
                counts[pair] += value
        return dict(counts)

    def read_square(
        self, line: int, header: list[str], rows: list[_Line]
    ) -> dict[tuple[Curie, Curie], float]:
        """Read a square, with or without the classes at the start of its rows.

        Returns:
            The counts but zeros.
        """
        width = len(rows[0][1]) if rows else 0
        # The corner may hold a word of its own, "true/pred" say, but no class.
        has_corner = not header[0] or (
            len(header) == width == len(rows) + 1 and not self._is_label(header[0])
        )
        names = header[1:] if has_corner else header
        if len(names) > MAX_CLASSES:
            msg = f"{len(names):,} classes, more than {MAX_CLASSES:,}"
            raise self._error(msg, line)
        classes = [self._label(name, line) for name in names]
        self._check_square(names, classes, line, rows)
        has_names = width == len(classes) + 1
        counts: dict[tuple[Curie, Curie], float] = {}
        seen: set[Curie] = set()
        for n, (at, row) in enumerate(rows):
            true = self._label(row[0], at) if has_names else classes[n]
            if true in seen:
                msg = f"the class {row[0][:_SHOWN]!r} has two rows"
                raise self._error(msg, at)
            seen.add(true)
            for pred, cell in zip(classes, row[has_names:], strict=True):
                value = self._count(cell, at)
                if value:
                    counts[true, pred] = value
        return counts

    def _is_label(self, text: str) -> bool:
        return type(self._names.find(text)) is not str

    def _check_square(
        self, names: list[str], classes: list[Curie], line: int, rows: list[_Line]
    ) -> None:
        if len(set(classes)) < len(classes):
            twice = next(n for n, c in zip(names, classes, strict=True) if classes.count(c) > 1)
            msg = f"the class {twice[:_SHOWN]!r} stands twice on top"
            raise self._error(msg, line)
        if len(rows) != len(classes):
            msg = f"is not square: {len(classes):,} classes on top, {len(rows):,} rows"
            raise SourceError(msg, path=self._path)
        widths = {len(classes), len(classes) + 1}
        for at, row in rows:
            if len(row) not in widths:
                msg = f"{len(row)} fields, expected {len(classes)}, or a class before them"
                raise self._error(msg, at)
            widths = {len(row)}
