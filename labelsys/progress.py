"""How long work tells how far it is. The library never prints: it calls this."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "SilentProgress"]


class Progress(Protocol):
    """Receives what long work reports. A stage may begin inside another, and ends first."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage of *total* steps, or of unknown length."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Some steps of the stage are done."""
        ...

    def done(self, message: str = "") -> None:
        """End the stage, with one line on how it went."""
        ...


class SilentProgress:
    """Ignores everything; the default."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, steps: int = 1) -> None:
        """Do nothing."""

    def done(self, message: str = "") -> None:
        """Do nothing."""
