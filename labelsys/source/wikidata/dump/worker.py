"""What a process does that `pool` starts: looks through pieces until nobody gives it more."""

from __future__ import annotations

import mmap
import pickle
import sys
from contextlib import suppress

from labelsys.errors import SourceError
from labelsys.source.wikidata.dump.pool import LENGTH, TASK
from labelsys.source.wikidata.dump.scan import Scanner
from labelsys.source.wikidata.dump.source import Part, unpack

__all__ = ["main"]


def main(handle: int) -> None:
    """Answer each piece with what it holds, or None where it is damaged.

    Args:
        handle: descriptor of the memory that the pieces lie in.
    """
    with suppress(BrokenPipeError):  # whoever gave the pieces is gone
        _answer(handle)


def _answer(handle: int) -> None:
    tasks, results = sys.stdin.buffer, sys.stdout.buffer
    (length,) = LENGTH.unpack(tasks.read(LENGTH.size))
    scanner = Scanner(pickle.loads(tasks.read(length)))
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as memory:
        while len(task := tasks.read(TASK.size)) == TASK.size:
            start, size, is_packed = TASK.unpack(task)
            try:
                text = unpack(Part(memory[start : start + size], is_packed, None))
                found = scanner.scan(text)
            except SourceError:
                found = None
            data = pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
            results.write(LENGTH.pack(len(data)) + data)
            results.flush()
