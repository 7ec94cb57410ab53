"""Cost against size as one SVG picture, both axes logarithmic; no drawing package is needed."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Place = Callable[[float, float], tuple[float, float]]

__all__ = ["exponent", "format_scale_plot"]

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 460, 320, 64, 40, 190, 48
_INK, _FAINT = "#222222", "#d0d0d0"
_COLORS: Final = ("#1f5fa8", "#b3541e", "#2e7d4f", "#7a3e9d", "#8a6d00", "#444444", "#c2185b")


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of log cost over log size, by least squares.

    Examples:
        >>> round(exponent([(1, 3), (10, 30), (100, 300)]), 6)
        1.0
    """
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    spread: float = sum((x - mean_x) ** 2 for x, _ in logs)
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread)


def format_scale_plot(series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return an SVG document with a line a quantity, its exponent beside it: seconds over concepts.

    Args:
        series: name -> size and seconds, by size.
    """
    every = [point for points in series.values() for point in points]
    xs, ys = [x for x, _ in every], [y for _, y in every]
    low_x, high_x = math.log10(min(xs)) - 0.05, math.log10(max(xs)) + 0.05
    low_y, high_y = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def at(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - low_x) / (high_x - low_x)
        up = (math.log10(y) - low_y) / (high_y - low_y)
        return _LEFT + right * _WIDTH, _TOP + (1 - up) * _HEIGHT

    sizes = sorted({x for x, _ in next(iter(series.values()))})
    body = [
        *_axes(sizes, range(low_y, high_y + 1), at),
        *(
            line
            for n, (name, points) in enumerate(series.items())
            for line in _line(n, name, points, at)
        ),
    ]
    width, height = _LEFT + _WIDTH + _RIGHT, _TOP + _HEIGHT + _BOTTOM
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-size="12" fill="{_INK}"'
            ' font-family="Helvetica, Arial, DejaVu Sans, sans-serif">',
            "<title>Seconds of processor time by the number of concepts</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def _axes(sizes: Sequence[float], powers: range, at: Place) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="20" font-weight="bold">processor seconds by concepts</text>'
    for power in powers:
        _, y = at(sizes[0], 10.0**power)
        yield f'<path d="M{_LEFT} {y:.1f}H{_LEFT + _WIDTH}" stroke="{_FAINT}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
    bottom = _TOP + _HEIGHT
    for size in sizes:
        x, _ = at(size, 10.0 ** powers[0])
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="{_FAINT}"/>'
        told = f"{size / 1000:.0f}k"
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{told}</text>'


def _line(n: int, name: str, points: Sequence[tuple[float, float]], at: Place) -> Iterator[str]:
    color = _COLORS[n % len(_COLORS)]
    places = [at(x, y) for x, y in points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="1.5"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
    told = f"{escape(name)}: {exponent(points):.2f}"
    yield f'<text x="{_LEFT + _WIDTH + 8}" y="{places[-1][1] + 4:.1f}" fill="{color}">{told}</text>'
