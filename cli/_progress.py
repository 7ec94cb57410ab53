"""How far long work is, on standard error."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from ._text import escape_line

__all__ = ["BarProgress", "LineProgress"]

_REDRAW_S = 0.1
_BAR_WIDTH = 24


def _closing(stage: str, message: str, seconds: float) -> str:
    return escape_line(f"{stage}: {message or 'done'} ({seconds:.1f} s)")


class LineProgress:
    """One line when a stage ends: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage, self._started = "", 0.0

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._stage, self._started = stage, time.monotonic()

    def advance(self, steps: int = 1) -> None:
        """Take note of nothing: a log needs no steps."""

    def done(self, message: str = "") -> None:
        """Write how the stage went."""
        seconds = time.monotonic() - self._started
        self._stream.write(_closing(self._stage, message, seconds) + "\n")
        self._stream.flush()


class BarProgress:
    """A bar that redraws its line, ten times a second at most."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage, self._started, self._drawn = "", 0.0, 0.0
        self._total: int | None = None
        self._steps = 0

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage, with an empty bar."""
        self._stage, self._total, self._steps = stage, total, 0
        self._started = time.monotonic()
        self._draw()

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        self._steps += steps
        if time.monotonic() - self._drawn >= _REDRAW_S:
            self._draw()

    def done(self, message: str = "") -> None:
        """Put one line on how the stage went in the bar's place."""
        seconds = time.monotonic() - self._started
        self._stream.write("\r\x1b[K" + _closing(self._stage, message, seconds) + "\n")
        self._stream.flush()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        line = escape_line(f"{self._stage}: {self._measure()}")
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r\x1b[K" + line[:width])
        self._stream.flush()

    def _measure(self) -> str:
        if not self._total:
            return f"{self._steps:,} ..." if self._steps else "..."
        share = min(1.0, self._steps / self._total)
        filled = round(share * _BAR_WIDTH)
        bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
        return f"[{bar}] {share:4.0%}  {self._steps:,} of {self._total:,}{self._remaining(share)}"

    def _remaining(self, share: float) -> str:
        spent = time.monotonic() - self._started
        if share <= 0.0 or share >= 1.0 or spent < 2.0:
            return ""
        return f", {spent * (1 - share) / share:.0f} s left"
