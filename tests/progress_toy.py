"""A progress that keeps what it was told."""

from __future__ import annotations


class Heard:
    """Everything that was told, in order."""

    def __init__(self) -> None:
        self.lines: list[tuple[str | int | None, ...]] = []

    def start(self, stage: str, total: int | None = None) -> None:
        """Keep it."""
        self.lines.append(("start", stage, total))

    def advance(self, steps: int = 1) -> None:
        """Keep it."""
        self.lines.append(("advance", steps))

    def done(self, message: str = "") -> None:
        """Keep it."""
        self.lines.append(("done", message))
