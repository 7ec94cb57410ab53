"""Shares pieces of a dump among processes; what comes out is in the dump's order.

One process reads and unpacks; it lays pieces into memory that all share, and
looks through some itself when the others are busy. So two processes take about
half the time, whether it is the unpacking or the looking that takes longer.
Blocks of bzip2 are unpacked by whoever looks through them.
"""

from __future__ import annotations

import mmap
import os
import pickle
import selectors
import struct
import subprocess
import sys
import tempfile
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from labelsys.source.wikidata.dump.source import MOST, Part, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.source.wikidata.dump.scan import Rules, Scan, Scanner

__all__ = ["LENGTH", "TASK", "iter_scans"]

LENGTH: Final = struct.Struct("<Q")
"""Before every pickle in a pipe."""

TASK: Final = struct.Struct("<QQ?")
"""Where a piece lies in the shared memory, how long it is, and whether it is packed."""

_EACH: Final = 8  # pieces given to a process at once: a busy machine lets it work in turns
_AHEAD: Final = 32  # pieces that may wait for one before them, for each process
_START: Final = (
    "import sys; sys.path[:] = {path!r}; "
    "from labelsys.source.wikidata.dump.worker import main; main({handle})"
)


@dataclass(slots=True)
class _Piece:
    """A piece on its way.

    Attributes:
        point: where reading can start again.
        part: what it is; None while a process has it, so that memory is used again at once.
        scan: what it holds, when that is known.
    """

    point: int | None
    part: Part | None
    scan: Scan | None = None


def iter_scans(
    parts: Iterable[Part], scanner: Scanner, *, jobs: int, name: str
) -> Iterator[tuple[int | None, Scan]]:
    """Look through parts.

    Args:
        parts: of a dump.
        scanner: what looks through them.
        jobs: how many processes.
        name: of the dump, for messages.

    Yields:
        The point of each part and what it holds, in the order of the parts.
    """
    with _open_pool(scanner.rules, jobs - 1) as pool:
        waiting: deque[_Piece] = deque()
        for part in parts:
            piece = _Piece(part.point, part)
            waiting.append(piece)
            if not pool.take(piece, part):
                piece.scan = scanner.scan(unpack(part, name))
                piece.part = None
            del part
            while waiting and (_is_done(waiting[0], scanner, name) or len(waiting) > _AHEAD * jobs):
                if (scan := waiting[0].scan) is None:
                    pool.wait()
                else:
                    yield waiting.popleft().point, scan
        while waiting:
            if _is_done(waiting[0], scanner, name) and (scan := waiting[0].scan) is not None:
                yield waiting.popleft().point, scan
            else:
                pool.wait()


def _is_done(piece: _Piece, scanner: Scanner, name: str) -> bool:
    """Return whether a piece is looked through; one that came back undone is done here."""
    if piece.scan is None and piece.part is not None:
        piece.scan = scanner.scan(unpack(piece.part, name))
        piece.part = None
    return piece.scan is not None


class _Worker:
    """A process that looks through pieces.

    Attributes:
        away: the pieces that it has, each with its slot, length, and whether it is packed.
    """

    def __init__(self, rules: Rules, handle: int) -> None:
        code = _START.format(path=sys.path, handle=handle)
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(handle,),
            start_new_session=True,  # Ctrl-C is for whoever started it, who ends it
        )
        self.away: deque[tuple[_Piece, int, int, bool]] = deque()
        self._send(pickle.dumps(rules), framed=True)

    def fileno(self) -> int:
        """Return the descriptor that results come from."""
        return _open(self._process.stdout).fileno()

    def give(self, piece: _Piece, slot: int, part: Part) -> None:
        """Have it look through what lies in a slot."""
        piece.part = None
        self.away.append((piece, slot, len(part.data), part.is_packed))
        self._send(TASK.pack(slot * MOST, len(part.data), part.is_packed))

    def collect(self, memory: mmap.mmap) -> int:
        """Take the next result, which is there or coming; what came back undone is taken back.

        Returns:
            The slot that is free now.
        """
        piece, slot, size, is_packed = self.away.popleft()
        out = _open(self._process.stdout)
        with suppress(EOFError, OSError, pickle.UnpicklingError, struct.error):
            (length,) = LENGTH.unpack(out.read(LENGTH.size))
            piece.scan = pickle.loads(out.read(length))
        if piece.scan is None:
            piece.part = Part(memory[slot * MOST : slot * MOST + size], is_packed, piece.point)
        return slot

    def _send(self, data: bytes, *, framed: bool = False) -> None:
        pipe = _open(self._process.stdin)
        with suppress(BrokenPipeError):  # it died; what it had is done here
            pipe.write((LENGTH.pack(len(data)) if framed else b"") + data)
            pipe.flush()

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):
                _open(pipe).close()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise BrokenPipeError
    return pipe


class _Pool:
    """Processes and the memory that they share."""

    def __init__(self, memory: mmap.mmap, workers: list[_Worker]) -> None:
        self._memory, self._workers = memory, workers
        self._free = list(range(_EACH * len(workers)))
        self._selector = selectors.DefaultSelector()
        for worker in workers:
            self._selector.register(worker, selectors.EVENT_READ, worker)

    def take(self, piece: _Piece, part: Part) -> bool:
        """Give a piece to a process.

        Args:
            piece: its place in the row.
            part: what to look through.

        Returns:
            Whether one had room for it.
        """
        self._collect(0.0)
        if not self._free or len(part.data) > MOST:
            return False
        slot = self._free.pop()
        start = slot * MOST
        self._memory[start : start + len(part.data)] = part.data
        min(self._workers, key=lambda worker: len(worker.away)).give(piece, slot, part)
        return True

    def wait(self) -> None:
        """Wait until a process has done something."""
        self._collect(None)

    def _collect(self, timeout_s: float | None) -> None:
        if not any(worker.away for worker in self._workers):
            return
        for key, _ in self._selector.select(timeout_s):
            worker: _Worker = key.data
            if worker.away:
                self._free.append(worker.collect(self._memory))
            else:  # it is gone
                self._selector.unregister(worker)
                self._workers.remove(worker)
                del self._free[len(self._workers) * _EACH :]


@contextmanager
def _open_pool(rules: Rules, n: int) -> Iterator[_Pool]:
    """Start processes.

    Yields:
        The pool of them, which may be empty.
    """
    if n < 1:
        with mmap.mmap(-1, 1) as memory:
            yield _Pool(memory, [])
        return
    with tempfile.TemporaryFile(prefix="labelsys-") as file:
        os.ftruncate(file.fileno(), n * _EACH * MOST)
        workers: list[_Worker] = []
        with mmap.mmap(file.fileno(), n * _EACH * MOST) as memory:
            try:
                workers.extend(_Worker(rules, file.fileno()) for _ in range(n))
                yield _Pool(memory, list(workers))
            finally:
                for worker in workers:
                    worker.end()
