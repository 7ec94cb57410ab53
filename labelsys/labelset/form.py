"""Label sets in our own TSV form: how they ship, and how a workspace keeps them.

The form is strict, since we wrote it: a row is right or an error. What other
people's files may look like is the business of `labelsys.labelset.read`.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from labelsys.atomic import write_text_atomic
from labelsys.errors import IdentifierError, SourceError
from labelsys.labelset.checks import (
    TASKS,
    check_id_syntax,
    find_id_problem,
    find_name_problem,
    find_text_problem,
    parse_qid,
    parse_synset,
    parse_wnid,
)
from labelsys.model import Label, LabelSet
from labelsys.tables import format_table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from labelsys.tables import Table

__all__ = ["COLUMNS", "HEADER", "format_label_set", "load_label_set", "write_label_set"]

HEADER = ("label_set", "title", "task", "version", "source", "license")
COLUMNS = (
    "label_id",
    "name",
    "parent",
    "lang",
    "synset",
    "wnid",
    "qid",
    "synonyms",
    "description",
)

_GIVEN: dict[str, Callable[[str], str | None]] = {
    "wnid": parse_wnid,
    "synset": parse_synset,
    "qid": parse_qid,
}
_LABEL_FIELDS = tuple(field.name for field in fields(Label))
_VALUES = attrgetter(*_LABEL_FIELDS)


def load_label_set(source: Path | Traversable) -> LabelSet:
    """Read a label set in our own form, whole and checked.

    Args:
        source: a file that `write_label_set` wrote, or one that ships.

    Returns:
        The set; its labels in file order.

    Raises:
        SourceError: the file is missing, or not in our form; the message has
            the line.
    """
    table = read_table(source)
    label_set_id = _check_header(table)
    _check_columns(table)
    labels = tuple(
        _make_label(label_set_id, table.columns, cells, index, table)
        for index, cells in enumerate(table.rows)
    )
    _check_unique(labels, table)
    head = table.header
    return LabelSet(
        id=label_set_id,
        labels=labels,
        title=head["title"],
        task=head["task"],
        version=head["version"],
        source=head["source"],
        license=head["license"],
    )


def format_label_set(label_set: LabelSet) -> str:
    """Return a label set in our own form; columns that no label uses are left out.

    Raises:
        SourceError: a value can't be written so that it reads back the same:
            a tab or line end in a name, a `|` in a synonym, an id twice.
    """
    head = _header_of(label_set)
    cells = {column: _cells(label_set.labels, column) for column in COLUMNS}
    columns = tuple(c for c in COLUMNS if c in COLUMNS[:2] or any(cells[c]))
    rows = list(zip(*(cells[column] for column in columns), strict=True))
    seen: set[str] = set()
    for label, row in zip(label_set.labels, rows, strict=True):
        _check_comes_back(label, label_set.id, columns, row)
        if label.label_id in seen:
            msg = f"can't write {label_set.id}: it has the label_id {label.label_id!r} twice"
            raise SourceError(msg)
        seen.add(label.label_id)
    return format_table(head, columns, rows)


def write_label_set(label_set: LabelSet, path: Path) -> None:
    """Write a label set in our own form: the old file or the new one, whole.

    Raises:
        SourceError: a value can't be written; the file is as it was.
    """
    write_text_atomic(path, format_label_set(label_set))


def _check_header(table: Table) -> str:
    missing = [key for key in (*HEADER, "count") if key not in table.header]
    if missing:
        msg = f"its top lacks '# {missing[0]}: ...': a label set in our form has " + ", ".join(
            (*HEADER, "count")
        )
        raise SourceError(msg, path=table.path)
    id_, task = table.header["label_set"], table.header["task"]
    try:
        check_id_syntax(id_)
    except IdentifierError as exc:
        raise SourceError(str(exc), path=table.path) from exc
    if task not in TASKS:
        msg = f"the task {task!r} is unknown; known: {', '.join(TASKS)}"
        raise SourceError(msg, path=table.path)
    return id_


def _check_columns(table: Table) -> None:
    line = table.first_line - 1
    if table.columns[:2] != COLUMNS[:2]:
        msg = f"the first columns are {', '.join(table.columns[:2])}, expected label_id, name"
        raise SourceError(msg, path=table.path, line=line)
    unknown = [column for column in table.columns if column not in COLUMNS]
    if unknown:
        msg = f"the column {unknown[0]!r} is unknown; known: {', '.join(COLUMNS)}"
        raise SourceError(msg, path=table.path, line=line)


def _make_label(
    label_set: str, columns: tuple[str, ...], cells: tuple[str, ...], index: int, table: Table
) -> Label:
    problem = find_id_problem(cells[0]) or find_name_problem(cells[1])
    if problem is not None:
        raise table.error(index, problem)
    if len(columns) == 2:
        return Label(label_set=label_set, label_id=cells[0], name=cells[1])
    try:
        return _parse_label(label_set, columns, cells)
    except ValueError as exc:
        raise table.error(index, str(exc)) from exc


def _parse_label(label_set: str, columns: tuple[str, ...], cells: tuple[str, ...]) -> Label:
    """Make a label of one row.

    Returns:
        The label; its id and name are not checked.

    Raises:
        ValueError: a given id has the wrong shape.
    """
    value: dict[str, Any] = {}
    # Empty cells keep the defaults of `Label`; most cells of most sets are empty or plain.
    for column, cell in zip(columns, cells, strict=True):
        parse = _GIVEN.get(column)
        if parse is not None and cell and parse(cell) != cell:
            msg = f"{cell!r} is no {column}"
            raise ValueError(msg)
        if cell:
            value[column] = tuple(cell.split("|")) if column == "synonyms" else cell
    return Label(label_set=label_set, **value)


def _check_unique(labels: tuple[Label, ...], table: Table) -> None:
    if len({label.label_id for label in labels}) == len(labels):
        return
    first: dict[str, int] = {}
    for index, label in enumerate(labels):
        before = first.setdefault(label.label_id, index)
        if before != index:
            line = table.first_line + before
            raise table.error(
                index, f"the label_id {label.label_id!r} is that of line {line} already"
            )


def _header_of(label_set: LabelSet) -> Mapping[str, str]:
    head = {
        "label_set": label_set.id,
        "title": label_set.title,
        "task": label_set.task,
        "version": label_set.version,
        "source": label_set.source,
        "license": label_set.license,
    }
    try:
        check_id_syntax(label_set.id)
    except IdentifierError as exc:
        raise SourceError(str(exc)) from exc
    if label_set.task not in TASKS:
        msg = f"the task {label_set.task!r} is unknown; known: {', '.join(TASKS)}"
        raise SourceError(msg)
    for key, value in head.items():
        problem = find_text_problem(value)
        if problem is None and value != value.strip():
            problem = "space at an end"
        if problem is not None:
            msg = f"can't write {label_set.id}: its {key} {value[:60]!r} has {problem}"
            raise SourceError(msg)
    return head


def _cells(labels: Sequence[Label], column: str) -> list[str]:
    if column == "synonyms":
        return ["|".join(label.synonyms) for label in labels]
    if column == "lang":
        return ["" if label.lang == "en" else label.lang for label in labels]
    return [value or "" for value in map(attrgetter(column), labels)]


def _check_comes_back(
    label: Label, label_set: str, columns: tuple[str, ...], row: tuple[str, ...]
) -> None:
    where = f"can't write {label_set}: label {label.label_id[:60]!r}"
    problem = find_id_problem(label.label_id) or find_name_problem(label.name)
    if problem is not None:
        article = {"no": "", "empty": "an "}.get(problem.split()[0], "a ")
        msg = f"{where} has {article}{problem}"
        raise SourceError(msg)
    suspects = () if "".join(row).isprintable() else zip(columns, row, strict=True)
    for column, cell in suspects:
        text_problem = find_text_problem(cell)
        if text_problem is not None:
            msg = f"{where} has {text_problem} in its {column}"
            raise SourceError(msg)
    try:
        again = _parse_label(label_set, columns, row)
    except ValueError as exc:
        msg = f"{where}: {exc}"
        raise SourceError(msg) from exc
    for name in () if _VALUES(again) == _VALUES(label) else _LABEL_FIELDS:
        if getattr(again, name) != getattr(label, name):
            msg = f"{where}: its {name} {getattr(label, name)!r} doesn't fit our form"
            raise SourceError(msg)
