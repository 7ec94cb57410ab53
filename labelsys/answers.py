"""What a query answers: rows whose columns are known only when it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from labelsys.rows import make_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Answer", "Limits", "Value", "make_answer"]

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a query may take.

    Attributes:
        rows: at most so many are kept; None keeps all.
        timeout_s: seconds that it may run.
    """

    rows: int | None = 10_000
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The rows that a query gave.

    Attributes:
        columns: names of the columns, in order.
        rows: one value a column each, in the query's order.
        is_cut: whether there were more rows than the limit.

    Examples:
        >>> answer = Answer(columns=("id", "depth"), rows=(("wd:Q144", 4),))
        >>> answer.to_records()
        [{'id': 'wd:Q144', 'depth': 4}]
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_cut: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_frame(self) -> Any:
        """Return the rows as a data frame: pandas' where it is installed, else polars'."""
        return make_frame(self.columns, self.to_records())


def make_answer(columns: Iterable[str], rows: list[tuple[Value, ...]], limits: Limits) -> Answer:
    """Return an answer of rows that were read up to one beyond the limit."""
    is_cut = limits.rows is not None and len(rows) > limits.rows
    return Answer(columns=tuple(columns), rows=tuple(rows[: limits.rows]), is_cut=is_cut)
