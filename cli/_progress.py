"""How far long work is, on standard error."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TextIO

from ._text import escape_line

__all__ = ["BarProgress", "LineProgress"]

_REDRAW_S = 0.1
_BAR_WIDTH = 24


def _closing(stage: str, message: str, seconds: float) -> str:
    return escape_line(f"{stage}: {message or 'done'} ({seconds:.1f} s)")


class LineProgress:
    """One line when a stage ends: for logs and pipes. Stages may lie in one another."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open: list[tuple[str, float]] = []

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._open.append((stage, time.monotonic()))

    def advance(self, steps: int = 1) -> None:
        """Take note of nothing: a log needs no steps."""

    def done(self, message: str = "") -> None:
        """Write how the stage went."""
        stage, started = self._open.pop()
        seconds = time.monotonic() - started
        self._stream.write(_closing(stage, message, seconds) + "\n")
        self._stream.flush()


@dataclass(slots=True)
class _Stage:
    name: str
    total: int | None
    started: float
    steps: int = 0


class BarProgress:
    """A bar that redraws its line, ten times a second at most.

    Stages may lie in one another: the bar is the innermost one's.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open: list[_Stage] = []
        self._drawn = 0.0

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage, with an empty bar."""
        self._open.append(_Stage(stage, total, time.monotonic()))
        self._draw()

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        self._open[-1].steps += steps
        if time.monotonic() - self._drawn >= _REDRAW_S:
            self._draw()

    def done(self, message: str = "") -> None:
        """Put one line on how the stage went in the bar's place."""
        stage = self._open.pop()
        seconds = time.monotonic() - stage.started
        self._stream.write("\r\x1b[K" + _closing(stage.name, message, seconds) + "\n")
        self._stream.flush()
        if self._open:
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        stage = self._open[-1]
        line = escape_line(f"{stage.name}: {_measure(stage)}")
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r\x1b[K" + line[:width])
        self._stream.flush()


def _measure(stage: _Stage) -> str:
    if not stage.total:
        return f"{stage.steps:,} ..." if stage.steps else "..."
    share = min(1.0, stage.steps / stage.total)
    filled = round(share * _BAR_WIDTH)
    bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
    return f"[{bar}] {share:4.0%}  {stage.steps:,} of {stage.total:,}{_remaining(stage, share)}"


def _remaining(stage: _Stage, share: float) -> str:
    spent = time.monotonic() - stage.started
    if share <= 0.0 or share >= 1.0 or spent < 2.0:
        return ""
    return f", {spent * (1 - share) / share:.0f} s left"
