"""One writer at a time: a lock that says who holds it.

The system frees the lock when its process ends, however it ends, so there is
never a stale one to remove. Readers don't take it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from labelsys.atomic import reporting_os_errors
from labelsys.errors import StoreBusyError
from labelsys.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import FileLock

__all__ = ["WriterLock"]


class WriterLock:
    """A lock on a file; in one thread, whoever has it may take it again."""

    def __init__(self, path: Path, what: str) -> None:
        """Take nothing yet.

        Args:
            path: the lock's file, made when needed and left there; beside it,
                a file with the ending `.holder` has the holder's process id.
            what: what is locked, for messages.
        """
        self._file_lock = _new_file_lock(path)
        self._owner = os.getpid()
        self._holder = path.with_name(path.name + ".holder")
        self._path, self._what = path, what

    @contextmanager
    def hold(
        self, *, timeout_s: float | None = 0.0, progress: Progress | None = None
    ) -> Iterator[bool]:
        """Hold the lock for a block.

        Args:
            timeout_s: how long to wait for another holder; None waits for ever.
            progress: told that it waits, and for whom.

        Yields:
            Whether it was taken here; False where an outer block has it.
        """
        if self._owner != os.getpid():  # a fork has what its parent has, but holds nothing
            self._file_lock, self._owner = _new_file_lock(self._path), os.getpid()
        is_outermost = not self._file_lock.is_locked
        with reporting_os_errors(self._path, kept="nothing was changed"):
            self._acquire(timeout_s, progress or SilentProgress())
        try:
            if is_outermost:
                with suppress(OSError):  # a full disk must not keep anyone from making room
                    self._holder.write_text(f"{os.getpid()}\n", encoding="ascii")
            yield is_outermost
        finally:
            if is_outermost:
                with suppress(OSError):
                    self._holder.unlink()
            self._file_lock.release()

    def _acquire(self, timeout_s: float | None, progress: Progress) -> None:
        from filelock import Timeout

        # Timeout is an OSError: it has to end here, before anybody explains it as a full disk.
        with suppress(Timeout):
            self._file_lock.acquire(timeout=0)
            return
        if timeout_s is None or timeout_s > 0:
            progress.start(f"waiting for {self._describe_holder()}, which writes {self._what}")
            try:
                self._file_lock.acquire(timeout=-1 if timeout_s is None else timeout_s)
                progress.done("it is done")
                return
            except Timeout:
                progress.done("it is still at it")
        msg = f"{self._what} is being written by {self._describe_holder()}: try again later"
        raise StoreBusyError(msg)

    def _describe_holder(self) -> str:
        try:
            text = self._holder.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
        return f"process {text}" if text.isdigit() else "another process"


def _new_file_lock(path: Path) -> FileLock:
    from filelock import FileLock  # not paid for by those who only read

    return FileLock(path)
