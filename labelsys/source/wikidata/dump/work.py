"""The work folder of a pass: what was found so far, and how far it has come.

One SQLite database holds both, so that they are written together or not at
all: whatever ends the process, the last checkpoint stands. Only this module
knows of it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labelsys.atomic import make_folder
from labelsys.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from labelsys.source.wikidata.dump.scan import Bad, Hit

__all__ = ["Kept", "Work", "open_work"]

_NAME: Final = "pass.db"
# Disk pages that SQLite keeps in memory, in KiB.
_CACHE_KIB: Final = 32 << 10
_MOST_ASIDE: Final = 1_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS item (
    number INTEGER PRIMARY KEY, is_linked INTEGER NOT NULL, above TEXT NOT NULL,
    record BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS bad (
    id INTEGER PRIMARY KEY, line INTEGER NOT NULL, reason TEXT NOT NULL, size INTEGER NOT NULL,
    text BLOB NOT NULL
);
"""


class Kept(NamedTuple):
    """An entity that was found: see `Hit`."""

    number: int
    is_linked: bool
    above: tuple[int, ...]


class Work:
    """The database of one pass."""

    def __init__(self, folder: Path) -> None:
        """Open or make it.

        Raises:
            StoreBusyError: another pass uses it.
            StoreError: it is no such database, or can't be written.
        """
        make_folder(folder)
        self.folder = folder
        with self._reporting():
            self._base = sqlite3.connect(folder / _NAME, isolation_level=None, timeout=0.5)
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._base.executescript(_SCHEMA)
            self._base.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Let go of it; what was added since the last checkpoint is forgotten."""
        self._base.close()

    def state(self) -> dict[str, Any] | None:
        """Return what the last checkpoint says; None before the first."""
        with self._reporting():
            row = self._base.execute("SELECT json FROM state").fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Put what was added on the disk, with the state that belongs to it."""
        with self._reporting():
            self._base.execute("REPLACE INTO state VALUES (1, ?)", (json.dumps(state),))
            self._base.execute("COMMIT")
            self._base.execute("BEGIN IMMEDIATE")

    def add(self, hits: Iterable[Hit]) -> int:
        """Add entities.

        Returns:
            How many of them were there already: the first of a QID stays.
        """
        twice = 0
        with self._reporting():
            for hit in hits:
                row = (hit.number, hit.is_linked, " ".join(map(str, hit.above)), hit.record)
                done = self._base.execute("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?)", row)
                twice += not done.rowcount
        return twice

    def set_aside(self, bad: Iterable[Bad], so_far: int) -> None:
        """Keep bad lines, the first thousand of a pass."""
        rows = [tuple(each) for each in bad][: max(0, _MOST_ASIDE - so_far)]
        with self._reporting():
            self._base.executemany(
                "INSERT INTO bad (line, reason, size, text) VALUES (?, ?, ?, ?)", rows
            )

    def iter_kept(self) -> Iterator[Kept]:
        """Yield all entities, without what is in them, by number."""
        with self._reporting():
            rows = self._base.execute("SELECT number, is_linked, above FROM item ORDER BY number")
            for number, is_linked, above in rows:
                yield Kept(number, bool(is_linked), tuple(map(int, above.split())))

    def iter_records(self) -> Iterator[tuple[int, bytes]]:
        """Yield all entities with what is in them, by number."""
        with self._reporting():
            yield from self._base.execute("SELECT number, record FROM item ORDER BY number")

    def iter_bad(self) -> Iterator[tuple[int, str, int, bytes]]:
        """Yield the lines set aside: number, reason, length, beginning."""
        with self._reporting():
            yield from self._base.execute("SELECT line, reason, size, text FROM bad ORDER BY id")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translate(error) from error

    def _translate(self, error: sqlite3.Error) -> StoreError:
        if "locked" in str(error):
            return StoreBusyError(f"another pass writes to {self.folder}: wait for its end")
        if isinstance(error, sqlite3.OperationalError):
            msg = f"can't write {self.folder}: {error} (its last checkpoint stays)"
            return StoreError(msg)
        return StoreError(f"{self.folder} is damaged ({error}): remove it to begin again")


@contextmanager
def open_work(folder: Path) -> Iterator[Work]:
    """Open the work folder of a pass.

    Yields:
        Its database.
    """
    work = Work(folder)
    try:
        yield work
    finally:
        work.close()


def remove_work(folder: Path) -> None:
    """Remove a work folder, when the pull is whole."""
    with suppress(OSError):
        shutil.rmtree(folder)
