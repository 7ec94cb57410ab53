"""The command that chooses concepts by an expression."""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from labelsys.errors import ExpressionError

from ._common import OutputOption, StoreOption, open_system, say
from ._render import emit_record, emit_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["select"]

_WINDOW = 60
"""Characters of an expression that are shown on either side of what is wrong."""


def select(
    expression: Annotated[
        str,
        typer.Argument(
            metavar="EXPR",
            help="Label sets, under(ID), leaf, depth(4..7), shared(3), in(SET), siblings(ID), "
            "concept(ID), named(PATTERN), sensitive(CATEGORY), visual, nonvisual, all; joined by "
            "| & - and ( ).",
            show_default=False,
        ),
    ],
    count: Annotated[bool, typer.Option("--count", help="Print how many there are.")] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Print the steps instead, with counts and milliseconds."),
    ] = False,
    instances: Annotated[
        bool,
        typer.Option("--instances", help="under, leaf, siblings: follow instance edges, too."),
    ] = False,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Choose concepts: label sets, subtrees and properties, joined as sets.

    As in Python, `-` binds tighter than `&`, and `&` tighter than `|`.

    Example:
        labelsys select "(coco | lvis) & under(animal.n.01) - under(dog.n.01)" --count
    """
    _check_options(count=count, explain=explain)
    with open_system(store) as system, _pointing():
        if not count and not explain:
            rows = system.select(expression, instances=instances)
            columns = ("id", "wnid", "pref_label", "depth", "labels", "gloss")
            cut = {"labels": 30, "gloss": 40}
            emit_rows(rows, output, table=columns, cut=cut, empty="nothing selected")
            return
        found = system.selector.evaluate(expression, instances=instances)
        if explain:
            emit_rows(found.plan, output)
        else:
            n = found.plan[-1].concepts
            emit_record({"concepts": n}, output, lambda: [str(n)])


def _check_options(*, count: bool, explain: bool) -> None:
    """Refuse options that print different things.

    Raises:
        BadParameter: of typer.
    """
    if count and explain:
        msg = "--count and --explain print different things: give one"
        raise typer.BadParameter(msg)


@contextmanager
def _pointing() -> Iterator[None]:
    """Show where an expression is wrong before its error is told.

    Yields:
        Nothing.

    Raises:
        ExpressionError: as it was raised.
    """
    try:
        yield
    except ExpressionError as error:
        for line in pointer(error):
            say(line)
        raise


def pointer(error: ExpressionError) -> tuple[str, str]:
    """Return two lines: the expression near what is wrong, and carets below that.

    Examples:
        >>> for line in pointer(ExpressionError("", "coco & lviss", 7, 12)):
        ...     print(line)
          coco & lviss
                 ^^^^^
    """
    text = error.expression
    first = max(error.start - _WINDOW, 0)
    last = min(max(error.end, error.start + 1) + _WINDOW, len(text))
    shown = "".join(c if c.isprintable() else " " for c in text[first:last])
    before, wrong = text[first : error.start], text[error.start : error.end]
    return f"  {shown}", f"  {' ' * _width(before)}{'^' * max(_width(wrong), 1)}"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(c) in {"F", "W"} for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)
