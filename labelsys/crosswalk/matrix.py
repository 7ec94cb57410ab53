"""How the label sets of a system relate, each to each: counts, and their picture.

What `Crosswalker.relate` says class by class is counted here for whole sets at
once, by masks over the hierarchy.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from labelsys.atomic import write_text_atomic
from labelsys.crosswalk.same_name import pair_by_name
from labelsys.errors import ConfigError
from labelsys.rows import Rows
from labelsys.svg import svg_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.crosswalk.standing import Standing
    from labelsys.csr import BoolArray, IntArray

__all__ = ["MatrixRow", "check_picture", "count_relations", "format_matrix", "write_matrix"]

_CELL, _LEFT, _TOP = 34, 150, 150
_INK, _PAPER = "#222222", "#ffffff"
_DARK = (31, 95, 168)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """How many classes of one set have which closest relation to those of another.

    `labels` is the sum of the five counts; a class with both a broader and a
    narrower target counts as broad.
    """

    source: str
    target: str
    labels: int
    exact: int
    broad: int
    narrow: int
    ancestor: int
    none: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """Where the classes of a target set are met from, as masks over the concepts."""

    meant: BoolArray
    below: BoolArray
    above: BoolArray
    near: BoolArray


def count_relations(walker: Crosswalker, label_sets: Sequence[str]) -> Rows[MatrixRow]:
    """Return a row for each ordered pair of sets, in their order.

    Raises:
        NotFoundError: no such set.
    """
    standings = [walker.standing(label_set) for label_set in label_sets]
    reaches = [_reach(walker, standing) for standing in standings]
    rows = [
        _count(source, target, reach)
        for source in standings
        for target, reach in zip(standings, reaches, strict=True)
        if source is not target
    ]
    return Rows(rows, MatrixRow)


def _reach(walker: Crosswalker, standing: Standing) -> _Reach:
    hierarchy = walker.hierarchy
    meant = np.zeros(len(hierarchy), dtype=np.bool_)
    meant[standing.meant] = True
    placed = {spot.concept for spot in standing.spots if spot.concept >= 0}
    above = hierarchy.ancestor_mask(hierarchy.ids[n] for n in sorted(placed))
    joint = np.flatnonzero(above & (hierarchy.depths > walker.too_general))
    return _Reach(
        meant=meant,
        below=hierarchy.descendant_mask(hierarchy.ids[n] for n in standing.meant.tolist()),
        above=above,
        near=hierarchy.descendant_mask(hierarchy.ids[n] for n in joint.tolist()),
    )


def _count(source: Standing, target: Standing, reach: _Reach) -> MatrixRow:
    concepts: IntArray = np.array([spot.concept for spot in source.spots], dtype=np.int64)
    is_meant = np.array([spot.is_meant for spot in source.spots], dtype=np.bool_)
    left = concepts >= 0
    exact = left & is_meant & reach.meant[concepts]
    exact[list(pair_by_name(source, target))] = True
    left &= ~exact
    broad = left & reach.below[concepts]
    left &= ~broad
    narrow = left & is_meant & reach.above[concepts]
    left &= ~narrow
    counts = [int(np.count_nonzero(mask)) for mask in (exact, broad, narrow)]
    ancestor = int(np.count_nonzero(left & reach.near[concepts]))
    return MatrixRow(
        source=source.label_set,
        target=target.label_set,
        labels=len(concepts),
        exact=counts[0],
        broad=counts[1],
        narrow=counts[2],
        ancestor=ancestor,
        none=len(concepts) - sum(counts) - ancestor,
    )


def check_picture(path: Path) -> None:
    """Check that the picture can be written there.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    if path.suffix.lower() != ".svg":
        msg = f"{path.name}: the picture is written as SVG: name the file .svg"
        raise ConfigError(msg, location="--picture")


def write_matrix(rows: Sequence[MatrixRow], path: Path) -> None:
    """Write the picture of the counts: the old file or the new one, whole.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    check_picture(path)
    write_text_atomic(path, format_matrix(rows))


def format_matrix(rows: Sequence[MatrixRow]) -> str:
    """Return an SVG document: the share of each set's classes that are exact in another.

    A row is a source set, a column a target set; cells hold percentages.
    """
    names = list(dict.fromkeys(row.source for row in rows))
    place = {name: number for number, name in enumerate(names)}
    side = _CELL * len(names)
    width, height = _LEFT + side + 16, _TOP + side + 40
    body = [
        *_heads(names),
        *(line for row in rows for line in _cell(row, place)),
        f'<text x="{_LEFT}" y="{_TOP + side + 24}">% of the row\'s classes that are exact in the '
        "column's set</text>",
    ]
    return svg_document(
        body,
        width=width,
        height=height,
        title="Classes of each label set (row) that are exact in another (column)",
        ink=_INK,
        paper=_PAPER,
        font_size=11,
    )


def _heads(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        middle = number * _CELL + _CELL // 2
        text = escape(name)
        yield f'<text x="{_LEFT - 8}" y="{_TOP + middle + 4}" text-anchor="end">{text}</text>'
        x, y = _LEFT + middle + 4, _TOP - 8
        yield f'<text x="{x}" y="{y}" transform="rotate(-60 {x} {y})">{text}</text>'


def _cell(row: MatrixRow, place: dict[str, int]) -> Iterator[str]:
    share = row.exact / row.labels if row.labels else 0.0
    x, y = _LEFT + place[row.target] * _CELL, _TOP + place[row.source] * _CELL
    shade = ",".join(str(round(255 - share * (255 - dark))) for dark in _DARK)
    yield (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="rgb({shade})">'
        f"<title>{escape(row.source)} to {escape(row.target)}: {row.exact} of {row.labels}"
        "</title></rect>"
    )
    ink = _PAPER if share > 0.55 else _INK
    yield (
        f'<text x="{x + _CELL // 2}" y="{y + _CELL // 2 + 4}" text-anchor="middle" fill="{ink}">'
        f"{share:.0%}</text>".replace("%", "")
    )
