"""Reliability and coverage of links as one SVG picture; no drawing package is needed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from labelsys.atomic import write_text_atomic
from labelsys.errors import ConfigError
from labelsys.svg import svg_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from labelsys.benchmark.metrics import CurvePoint
    from labelsys.benchmark.score import LinkReport, LinkScore

__all__ = ["check_plot_path", "format_link_plot", "write_link_plot"]

_SIZE = 260
"""Side of a panel's frame, in pixels."""
_LEFT, _TOP, _GAP, _BOTTOM = 64, 64, 88, 56
_INK, _FAINT, _MARK, _LINE = "#222222", "#d0d0d0", "#1f5fa8", "#b3541e"
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_FLOOR_STEP = 0.1


class _Panel(NamedTuple):
    """A frame on the page; x and y run from their lower bounds to 1.

    Attributes:
        left: of the frame, in pixels.
        top: of the frame, in pixels.
        floor: where y begins.
    """

    left: int
    top: int
    floor: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies on the page."""
        up = (y - self.floor) / (1 - self.floor)
        return self.left + x * _SIZE, self.top + (1 - up) * _SIZE


def check_plot_path(path: Path) -> None:
    """Check that a picture can be written there.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    if path.suffix.lower() != ".svg":
        msg = f"{path.name}: plots are written as SVG: name the file .svg and convert it if need be"
        raise ConfigError(msg, location="--plot")


def write_link_plot(reports: Sequence[LinkReport], path: Path) -> None:
    """Write the plot of a benchmark of links: the old file or the new one, whole.

    Raises:
        ConfigError: the name has another suffix than `.svg`.
    """
    check_plot_path(path)
    write_text_atomic(path, format_link_plot(reports))


def format_link_plot(reports: Sequence[LinkReport]) -> str:
    """Return an SVG document with two panels a report, and two more for its figures in folds.

    Left: the share of right links in each bin of equal mass over its mean
    stated confidence, with Wilson's interval; what is calibrated lies on the
    diagonal. Right: the precision of the surest part of the rows.
    """
    step = _SIZE + _TOP + _BOTTOM
    width = _LEFT + 2 * _SIZE + _GAP + 32
    rows = [row for report in reports for row in _rows(report)]
    height = step * len(rows)
    body: list[str] = []
    for number, (title, score) in enumerate(rows):
        top = number * step + _TOP
        body += _reliability(title, score, _Panel(_LEFT, top))
        floor = _floor(score.curve)
        body += _coverage(title, score, _Panel(_LEFT + _SIZE + _GAP, top, floor))
    return svg_document(
        body,
        width=width,
        height=height,
        title="Links: stated confidence and what turned out",
        ink=_INK,
        paper="#ffffff",
        font_size=12,
    )


def _rows(report: LinkReport) -> Iterator[tuple[str, LinkScore]]:
    """Yield what is drawn of a report: a title and the figures."""
    yield report.gold, report.score
    if report.folds is not None:
        yield f"{report.gold}, {report.folds.folds} folds", report.folds.score


def _reliability(title: str, score: LinkScore, panel: _Panel) -> Iterator[str]:
    error = score.calibration
    told = "no calibration error" if error is None else f"calibration error {_spread(error.l1)}"
    if error is not None:
        told += f" ({_spread(error.l1_low)} to {_spread(error.l1_high)})"
    yield from _frame(panel, "stated confidence", "share right", title, told)
    yield _path([panel.at(0, 0), panel.at(1, 1)], _FAINT)
    for each in score.bins:
        right = each.right
        if right.value is None or right.low is None or right.high is None:
            continue
        x = each.confidence
        yield _path([panel.at(x, right.low), panel.at(x, right.high)], _MARK)
        yield _dot(*panel.at(x, right.value))


def _coverage(title: str, score: LinkScore, panel: _Panel) -> Iterator[str]:
    n, low = score.accuracy.total, score.accuracy.value or 0.0
    told = f"{n:,} rows, {low:.3f} right in all"
    yield from _frame(panel, "coverage", "precision", title, told)
    points = [panel.at(p.coverage, p.precision) for p in score.curve]
    yield _path(points, _LINE)
    for x, y in points:
        yield _dot(x, y, _LINE)


def _floor(curve: Iterable[CurvePoint]) -> float:
    """Return where the axis of precision begins: a tenth below the lowest point, at most 0.9."""
    lowest = min((point.precision for point in curve), default=0.0)
    return min(max(int(lowest / _FLOOR_STEP + 1e-9) - 1, 0), 9) * _FLOOR_STEP


def _frame(panel: _Panel, x_name: str, y_name: str, title: str, told: str) -> Iterator[str]:
    left, top = panel.left, panel.top
    yield _text(left, top - 26, title, weight="bold")
    yield _text(left, top - 9, told)
    yield (
        f'<rect x="{left}" y="{top}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="{_INK}"/>'
    )
    for tick in _TICKS:
        x, y = panel.at(tick, panel.floor + tick * (1 - panel.floor))
        yield _text(x, top + _SIZE + 16, f"{tick:g}", anchor="middle")
        value = panel.floor + tick * (1 - panel.floor)
        yield _text(left - 6, y + 4, f"{value:.3f}".rstrip("0").rstrip("."), anchor="end")
    yield _text(left + _SIZE / 2, top + _SIZE + 36, x_name, anchor="middle")
    x, y = left - 46, top + _SIZE / 2
    yield (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="middle"'
        f' transform="rotate(-90 {_n(x)} {_n(y)})">{escape(y_name)}</text>'
    )


def _spread(value: float) -> str:
    return f"{value:.3f}"


def _n(value: float) -> str:
    """Return a coordinate with two decimals: enough for any screen, and the same everywhere."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{bold}>{escape(text)}</text>'


def _path(points: Sequence[tuple[float, float]], color: str) -> str:
    joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="1.5"/>'


def _dot(x: float, y: float, color: str = _MARK) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.5" fill="{color}"/>'
