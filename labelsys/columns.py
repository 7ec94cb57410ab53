"""Many values at once, from columns of their fields."""

from __future__ import annotations

from collections import deque
from dataclasses import fields
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["from_columns"]

_T = TypeVar("_T")


def from_columns(made: type[_T], /, **columns: Sequence[Any]) -> list[_T]:
    """Make frozen, slotted dataclass values, one a row.

    A frozen dataclass sets each field through a call of its own: half a million
    values from a cache would take longer to make than to read. This fills one
    slot of all values at a time, and runs no `__post_init__`.

    Args:
        made: their class.
        columns: the values of every field, equally many; no default is taken.

    Returns:
        The values, in the order of the rows.

    Raises:
        ValueError: a field has no column, a column no field, or the columns
            differ in length.

    Examples:
        >>> from labelsys.model import Sense
        >>> from_columns(Sense, number=[1, 2], count=[42, 0], lex_id=[0, 3])[1]
        Sense(number=2, count=0, lex_id=3)
    """
    names = {field.name for field in fields(made)}  # type: ignore[arg-type]  # it is a dataclass
    sizes = set(map(len, columns.values()))
    if names != columns.keys() or len(sizes) != 1:
        msg = f"no columns of {made.__name__}: {sorted(columns)} of {sorted(sizes)} rows"
        raise ValueError(msg)
    values = list(map(object.__new__, repeat(made, sizes.pop())))
    for name, column in columns.items():
        deque(map(getattr(made, name).__set__, values, column), maxlen=0)
    return values
