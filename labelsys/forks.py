"""Shares plain computing among the processor's cores.

Threads do not help: most of the work is Python's own. A fork sees everything
that its parent has in memory, so only results are copied.
"""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import sys
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

__all__ = ["in_fork", "map_forked"]

_T = TypeVar("_T")
_R = TypeVar("_R")

_MOST_PROCESSES = 4
# How many times as long as this process a fork may take. One that takes longer hangs: a library
# for parallel loops may wait for threads that a fork does not have.
_PATIENCE = 10.0
_STANDARD = 3  # the first descriptor after standard input, output and error
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>


def map_forked(work: Callable[[_T], _R], parts: Sequence[_T]) -> list[_R]:
    """Return what some work gives for each part, computed by several processes where that is safe.

    Whatever happens to a fork, nothing is lost: its parts are done here.

    Args:
        work: must only compute. What it changes in memory may be lost, and it
            must touch no file, connection or lock that is open already.
        parts: best ten or more of them, of equal size.

    Returns:
        One result a part, in their order.
    """
    n = min(_cores(), len(parts), _MOST_PROCESSES)
    if n < 2 or not _can_fork():
        return [work(part) for part in parts]
    forks: list[_Fork[_T, _R]] = []
    try:
        # Else the linear algebra of each takes all cores, and they wait for one another.
        with _one_thread_each():
            forks += (_Fork(work, parts[first::n]) for first in range(1, n))
            started = time.monotonic()
            own = [work(part) for part in parts[::n]]
            patience = _patience_since(started)
            results = [own, *(fork.results(patience) for fork in forks)]
    finally:
        for fork in forks:
            fork.end()
    return [results[i % n][i // n] for i in range(len(parts))]


def _one_thread_each() -> AbstractContextManager[object]:
    """Return a context in which libraries of parallel loops keep to a core, here and in forks."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits


@contextmanager
def in_fork(work: Callable[[], _R]) -> Iterator[Callable[[], _R]]:
    """Do some work in another process, where that is safe, while the block does its own.

    Whatever happens to the fork, nothing is lost: the work is done here. It may
    so be begun twice.

    Args:
        work: as in `map_forked`, but may make a file, from its beginning; a fork
            that hangs may still have the one that it made open.

    Yields:
        A function that waits for the work and returns what it gives; to be called
        once, in the block.
    """
    if _cores() < 2 or not _can_fork():
        yield work
        return
    started = time.monotonic()
    fork = _Fork(lambda _: work(), (None,))
    try:
        yield lambda: fork.results(_patience_since(started))[0]
    finally:
        fork.end()


def _patience_since(started: float) -> float:
    """Return how many seconds a fork may still take that began as long ago as its parent."""
    return _PATIENCE * (1.0 + time.monotonic() - started)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    # On a Mac, system libraries do not outlive a fork; another thread may hold a lock for ever.
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _let_go(kept: int) -> None:
    """Close the parent's files, whose locks must not outlive it here, and die when it dies."""
    os.closerange(_STANDARD, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    with suppress(AttributeError, ImportError, OSError):
        import ctypes

        # Linux alone has this; elsewhere the work ends at the end of a part.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


class _Fork(Generic[_T, _R]):
    """A child process at its share of the parts."""

    def __init__(self, work: Callable[[_T], _R], parts: Sequence[_T]) -> None:
        self._work = work
        self._parts = parts
        self._pid = 0
        self._pipe = -1
        with suppress(OSError):  # no process to be had: all is done here
            self._start()

    def _start(self) -> None:
        self._pipe, to_parent = os.pipe()
        parent = os.getpid()
        try:
            with warnings.catch_warnings():
                # Python warns of any thread, those of the linear algebra library too, which is
                # made for being forked.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._pid = os.fork()
            if self._pid == 0:
                self._compute(parent, to_parent)
        finally:
            os.close(to_parent)

    def _compute(self, parent: int, pipe: int) -> None:
        """Write the results as a pickle, and leave without a trace of the parent's business."""
        status = 1
        try:
            # The parent hears of Ctrl-C as well, and ends its forks.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _let_go(pipe)
            results = []
            for part in self._parts:
                if os.getppid() != parent:  # it was killed
                    break
                results.append(self._work(part))
            else:
                with open(pipe, "wb", closefd=False) as file:
                    pickle.dump(results, file, protocol=pickle.HIGHEST_PROTOCOL)
                status = 0
        finally:
            os._exit(status)

    def results(self, patience: float) -> list[_R]:
        """Return the results, computed here if the fork failed or takes too many seconds more."""
        if self._pid:
            data = self._read(patience)
            if data is not None and self._wait() == 0:
                found: list[_R] = pickle.loads(data)
                return found
        return [self._work(part) for part in self._parts]

    def _read(self, patience: float) -> bytes | None:
        """Return all that comes through the pipe, None where it does not come in time."""
        found = bytearray()
        end = time.monotonic() + patience
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipe, selectors.EVENT_READ)
            while selector.select(max(end - time.monotonic(), 0.0)):
                chunk = os.read(self._pipe, 1 << 20)
                if not chunk:
                    return bytes(found)
                found += chunk
        return None

    def end(self) -> None:
        """Kill the process if it runs still, and give everything back."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._wait()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1

    def _wait(self) -> int:
        pid, self._pid = self._pid, 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
