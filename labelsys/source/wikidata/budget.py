"""One budget of requests a host, shared by all processes of this machine.

A host counts what comes from one machine, whoever runs it there. So whoever
asks holds the host's lock, one request at a time; and when the next one may be
sent stands in a file beside the lock, a pause that the host asked for included.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from labelsys.atomic import make_folder, reporting_os_errors, write_bytes_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["HostBudget"]

_LONGEST_S: Final = 86_400.0
"""A pause beyond a day was written by a clock that was wrong."""


class HostBudget:
    """When the next request to a host may be sent."""

    def __init__(self, folder: Path, host: str, port: int, *, interval_s: float) -> None:
        """Take nothing yet.

        Args:
            folder: that all processes share, as a rule in the cache.
            host: name or address.
            port: of the server.
            interval_s: least time between the starts of two requests.

        Raises:
            StoreError: the folder can't be made.
        """
        from filelock import FileLock

        make_folder(folder)
        name = "".join(c if c.isalnum() or c in ".-" else "_" for c in host.lower())
        self._next = folder / f"{name}_{port}.next"
        self._lock = FileLock(folder / f"{name}_{port}.lock")
        self._interval_s = interval_s

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for one's turn, and hold it for a block.

        Yields:
            Seconds that the host still asks to wait, after another request of
            this machine; the request may be sent when they are over.
        """
        with reporting_os_errors(self._next, kept="nothing was asked"):
            self._lock.acquire()
        try:
            yield self._remaining()
        finally:
            self._lock.release()

    def spend(self) -> None:
        """Take note that a request is sent now; within one's turn."""
        if self._interval_s > 0:
            self._write(time.time() + self._interval_s)

    def defer(self, seconds: float) -> None:
        """Let nobody ask before some seconds are over; a longer pause that stands stays."""
        if seconds > self._remaining():
            self._write(time.time() + seconds)

    def _remaining(self) -> float:
        try:
            until = float(json.loads(self._next.read_bytes())["not_before"])
        except (OSError, ValueError, LookupError, TypeError):
            return 0.0
        pause = until - time.time()
        return pause if 0.0 < pause <= _LONGEST_S else 0.0

    def _write(self, until: float) -> None:
        write_bytes_atomic(self._next, json.dumps({"not_before": until}).encode(), durable=False)
