"""Answers as rows: a tuple of values that also turns into a data frame.

This module owns how a value becomes a plain record: the same records feed the
data frames of a notebook and the JSON of the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, SupportsIndex, TypeVar, overload

from labelsys.errors import MissingExtraError

__all__ = ["Rows", "column_names", "make_frame", "to_record"]

T = TypeVar("T")

_FRAME_PACKAGES = ("pandas", "polars")


def column_names(row_type: type) -> tuple[str, ...]:
    """Return the fields of a dataclass or named tuple, in their order.

    Examples:
        >>> from labelsys.model import Edge
        >>> column_names(Edge)
        ('narrower', 'broader', 'kind')
    """
    if is_dataclass(row_type):
        return tuple(field.name for field in fields(row_type))
    names: tuple[str, ...] = getattr(row_type, "_fields", ())
    return names


def to_record(value: object) -> Any:
    """Return a value as plain dictionaries, lists, numbers and texts.

    Dataclasses and named tuples become dictionaries with their fields in
    order, other tuples become lists, ids become plain `str`.

    Examples:
        >>> from labelsys.ids import Curie
        >>> from labelsys.model import Edge
        >>> to_record(Edge(Curie("wd", "Q144"), Curie("wd", "Q729")))
        {'narrower': 'wd:Q144', 'broader': 'wd:Q729', 'kind': 'subclass'}
    """
    if isinstance(value, str):
        return str(value)
    names = column_names(type(value))
    if names:
        return {name: to_record(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_record(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_record(item) for item in value]
    return value


class Rows(tuple[T, ...], Generic[T]):
    """A tuple of rows of one type.

    Attributes:
        columns: names of the fields of a row, known even where no row is.

    Examples:
        >>> from labelsys.ids import Curie
        >>> from labelsys.model import Edge
        >>> rows = Rows([Edge(Curie("wd", "Q144"), Curie("wd", "Q729"))], Edge)
        >>> len(rows), rows.columns, rows[0].narrower
        (1, ('narrower', 'broader', 'kind'), 'wd:Q144')
    """

    row_type: type[T]

    def __new__(cls, items: Iterable[T], row_type: type[T]) -> Rows[T]:
        """Hold *items*, each a *row_type*."""
        self = super().__new__(cls, items)
        self.row_type = row_type
        return self

    def __getnewargs__(self) -> tuple[tuple[T, ...], type[T]]:
        # tuple's own says (items,): too few to rebuild this class from when unpickled.
        return tuple(self), self.row_type

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields of a row, in order."""
        return column_names(self.row_type)

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> T: ...

    @overload
    def __getitem__(self, key: slice, /) -> Rows[T]: ...

    def __getitem__(self, key: SupportsIndex | slice, /) -> T | Rows[T]:
        """Return one row, or for a slice the rows in it."""
        if isinstance(key, slice):
            return Rows(super().__getitem__(key), self.row_type)
        return super().__getitem__(key)

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries."""
        return [to_record(row) for row in self]

    def to_frame(self) -> Any:
        """Return the rows as a data frame: pandas' where it is installed, else polars'.

        Nested values stay lists and dictionaries.

        Returns:
            A `DataFrame` with one row a row and a column a field.

        Raises:
            MissingExtraError: neither package is installed.
        """
        return make_frame(self.columns, self.to_records())


def make_frame(columns: Sequence[str], records: Sequence[Mapping[str, Any]]) -> Any:
    """Return a data frame: pandas' where it is installed, else polars'.

    Args:
        columns: its columns, in order.
        records: its rows; each has all columns.

    Raises:
        MissingExtraError: neither package is installed.
    """
    data = {name: [record[name] for record in records] for name in columns}
    for package in _FRAME_PACKAGES:
        if find_spec(package) is not None:
            return import_module(package).DataFrame(data)
    raise MissingExtraError("frames", "to_frame()")
