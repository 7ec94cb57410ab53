"""A cut as a treemap: a rectangle a class, its area by the class's size."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from labelsys.atomic import write_text_atomic
from labelsys.errors import ConfigError
from labelsys.svg import svg_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labelsys.select.cut import CutClass

__all__ = ["Box", "check_treemap", "format_treemap", "lay_out", "write_treemap"]

_WIDTH, _HEIGHT, _TOP, _HEAD = 1200, 800, 28, 14
_INK, _PAPER = "#222222", "#ffffff"
_FILLS = ("#a6cee3", "#b2df8a", "#fdbf6f", "#cab2d6", "#fb9a99", "#ffff99", "#c7b8a3", "#b3e2cd")
_LETTER = 5.6
"""Width of a letter of the smaller text, in pixels, about."""


class Box(NamedTuple):
    """A rectangle, in pixels."""

    x: float
    y: float
    width: float
    height: float


def lay_out(sizes: Sequence[int], box: Box) -> list[Box]:
    """Divide a rectangle by some sizes into rectangles that are as square as rows of them allow.

    Rows are filled along the shorter side for as long as the worst ratio of sides in the row
    falls (squarified treemaps; Bruls, Huizing and van Wijk, 2000).

    Args:
        sizes: positive, the largest first.
        box: what to divide.

    Returns:
        A rectangle a size, in their order.

    Examples:
        >>> lay_out([2, 1, 1], Box(0, 0, 4, 2))[0]
        Box(x=0, y=0.0, width=2.0, height=2.0)
    """
    boxes: list[Box] = []
    start, left = 0, float(sum(sizes))
    while start < len(sizes):
        side = min(box.width, box.height)
        scale = box.width * box.height / left if left else 0.0
        end, total = start + 1, sizes[start] * scale
        worst = _ratio(sizes[start] * scale, total, side)
        while end < len(sizes):
            grown = total + sizes[end] * scale
            found = max(_ratio(sizes[at] * scale, grown, side) for at in (start, end))
            if found > worst:
                break
            end, total, worst = end + 1, grown, found
        row, box = _fill([size * scale for size in sizes[start:end]], total, box)
        boxes += row
        left -= sum(sizes[start:end])
        start = end
    return boxes


def _ratio(area: float, total: float, side: float) -> float:
    """Return the ratio of the sides of one rectangle in a row of so much area."""
    if not (area and total and side):
        return float("inf")
    thick = total / side
    long = area / thick
    return max(thick / long, long / thick)


def _fill(areas: Sequence[float], total: float, box: Box) -> tuple[list[Box], Box]:
    """Lay a row along the shorter side.

    Returns:
        The row, and what is left of the rectangle.
    """
    upright = box.width >= box.height
    side = box.height if upright else box.width
    thick = total / side if side else 0.0
    row, at = [], 0.0
    for area in areas:
        long = area / thick if thick else 0.0
        row.append(
            Box(box.x, box.y + at, thick, long) if upright else Box(box.x + at, box.y, long, thick)
        )
        at += long
    if upright:
        return row, Box(box.x + thick, box.y, max(box.width - thick, 0.0), box.height)
    return row, Box(box.x, box.y + thick, box.width, max(box.height - thick, 0.0))


def check_treemap(path: Path) -> None:
    """Check that the picture can be written there.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    if path.suffix.lower() != ".svg":
        msg = f"{path.name}: the treemap is written as SVG: name the file .svg"
        raise ConfigError(msg, location="--treemap")


def write_treemap(rows: Sequence[CutClass], path: Path, *, title: str) -> None:
    """Write the treemap: the old file or the new one, whole.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    check_treemap(path)
    write_text_atomic(path, format_treemap(rows, title=title))


def format_treemap(rows: Sequence[CutClass], *, title: str) -> str:
    """Return an SVG document: superclasses as groups of one colour, classes as rectangles.

    Args:
        rows: of a cut, by superclass.
        title: above the picture; any text.
    """
    groups = [list(found) for _, found in groupby(rows, key=lambda row: row.superclass_id)]
    groups.sort(key=lambda group: (-sum(row.size for row in group), group[0].superclass_id or ""))
    outer = Box(0, _TOP, _WIDTH, _HEIGHT)
    places = lay_out([sum(row.size for row in group) for group in groups], outer)
    body = [f'<text x="6" y="{_TOP - 9}" font-size="14">{_text(title)}</text>']
    for number, (group, place) in enumerate(zip(groups, places, strict=True)):
        body += _group(group, place, _FILLS[number % len(_FILLS)])
    return svg_document(
        body,
        width=_WIDTH,
        height=_HEIGHT + _TOP,
        title=_text(title),
        ink=_INK,
        paper=_PAPER,
        font_size=10,
    )


def _group(group: Sequence[CutClass], box: Box, fill: str) -> Iterator[str]:
    name = group[0].superclass
    inner = box
    if name is not None and box.height > 3 * _HEAD:
        yield from _label(name, Box(box.x, box.y, box.width, _HEAD), weight="bold")
        inner = Box(box.x, box.y + _HEAD, box.width, box.height - _HEAD)
    by_size = sorted(group, key=lambda row: (-row.size, row.id))
    for row, place in zip(by_size, lay_out([row.size for row in by_size], inner), strict=True):
        shown = f"{row.pref_label} (rest)" if row.is_rest else row.pref_label
        yield (
            f'<rect x="{place.x:.2f}" y="{place.y:.2f}" width="{place.width:.2f}" '
            f'height="{place.height:.2f}" fill="{fill}" stroke="{_PAPER}">'
            f"<title>{_text(shown)}: {row.size:,} ({_text(row.id)})</title></rect>"
        )
        yield from _label(shown, place)
    yield (
        f'<rect x="{box.x:.2f}" y="{box.y:.2f}" width="{box.width:.2f}" '
        f'height="{box.height:.2f}" fill="none" stroke="{_INK}"/>'
    )


def _label(text: str, box: Box, *, weight: str = "normal") -> Iterator[str]:
    """Yield a text where at least four letters fit."""
    room = int((box.width - 6) / _LETTER)
    if room < min(4, len(text)) or box.height < 11:
        return
    shown = text if len(text) <= room else text[: room - 1] + "…"
    yield (
        f'<text x="{box.x + 3:.2f}" y="{box.y + 11:.2f}" font-weight="{weight}" '
        f'pointer-events="none">{_text(shown)}</text>'
    )


def _text(text: str) -> str:
    """Return a text as XML has it: without characters that XML has not."""
    return escape("".join(c if c.isprintable() else " " for c in text))
