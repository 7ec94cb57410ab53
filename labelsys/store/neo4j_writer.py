"""Puts a graph into Neo4j: whole or not at all, and each batch exactly once.

A new version is loaded beside the one in use. The transaction of each batch
also counts it at the version's node, and only where it is the next one: a
push that was cut off is gone on with, and of two at once one stops. Counts are
compared before readers are led to the new version, in one transaction; only
then the old one is marked as going, and removed. What a crash leaves behind
the next push removes.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from labelsys.collector import collector_paused
from labelsys.errors import StoreBusyError, StoreError
from labelsys.progress import Progress, SilentProgress
from labelsys.store.draft import GraphDraft
from labelsys.store.neo4j import SCHEMA_VERSION
from labelsys.store.neo4j_link import Link
from labelsys.store.neo4j_rows import describe_plan, iter_batches, iter_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.store.neo4j_link import Transaction
    from labelsys.store.neo4j_locator import Credentials
    from labelsys.store.neo4j_rows import Batch, Part

__all__ = ["Neo4jWriter", "PushReport"]

_SCHEMA = (
    *("unique_labelsys", "unique_version", "unique_concept_id", "unique_label_id"),
    *("unique_label_set_id", "unique_label_set_key"),
    *("unique_external_id", "unique_finding_key", "unique_trigram_gram", "unique_name_sizes"),
    *("index_concept_key", "index_name_key", "index_mapping_key"),
)
"""Constraints and indexes that a load uses; making one that is there does nothing."""

_FOR_READERS = ("index_name_start",)
"""Indexes that only readers use: quicker made at once than row by row."""

_INDEX_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """How a push went.

    Attributes:
        version: of the graph.
        up_to_date: it was in use already: nothing was sent.
        rows: kind -> how many the server holds; equal to what was to be sent.
        sent: rows that this push sent.
        kept: rows that an earlier one had sent, before it was cut off.
        removed: older versions, whole or half, that were removed.
    """

    version: str
    up_to_date: bool
    rows: Mapping[str, int]
    sent: int
    kept: int
    removed: tuple[str, ...]


class Neo4jWriter(GraphDraft):
    """Fills one new version of the graph on a server; readers see it from `finish` on.

    Attributes:
        report: how it went, once it is finished.
    """

    report: PushReport | None = None

    def __init__(
        self,
        locator: str,
        credentials: Credentials | None = None,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Connect to a server.

        Args:
            locator: `neo4j://host:port`.
            credentials: None reads them from the environment.
            progress: told how far it is.

        Raises:
            StoreError: the server is not there, or refuses the login.
        """
        super().__init__()
        self._link = Link(locator, credentials)
        self._progress = progress or SilentProgress()

    def close(self) -> None:
        """Let go of the connection; twice is fine."""
        self._link.close()

    def finish(self) -> None:
        """Check the graph, load it, and lead readers to it.

        Where it fails readers stay with the version that they have.

        Raises:
            StoreError: a reference leads nowhere, something is there twice, or
                the server fails.
            StoreBusyError: another push has taken over, or the connection was
                lost; trying again goes on where this one stopped.
            CyclicHierarchyError: the edges have a loop.
        """
        with closing(self._link), collector_paused():
            self.seal()
            parts = list(iter_parts(self))
            version = self.meta.get("hash") or _digest(list(iter_parts(self)))
            self.report = _Push(self._link, version, self.meta, self._progress).run(parts)


class _Push:
    """One push of one version."""

    def __init__(
        self, link: Link, version: str, meta: Mapping[str, str], progress: Progress
    ) -> None:
        self._link, self._version, self._progress = link, version, progress
        self._meta = json.dumps(dict(sorted(meta.items())), ensure_ascii=False)
        self._me = uuid4().hex

    def run(self, parts: list[Part]) -> PushReport:
        for name in _SCHEMA:
            self._link.run_alone(name)
        self._link.run_alone("await_indexes", seconds=_INDEX_S)
        rows = {part.name: part.n_rows for part in parts}
        is_current = self._is_current()
        kept = 0 if is_current else self._load(parts, rows)
        removed = tuple(self._remove_others())
        return PushReport(
            version=self._version,
            up_to_date=is_current,
            rows=rows,
            sent=0 if is_current else sum(rows.values()) - kept,
            kept=kept,
            removed=removed,
        )

    def _is_current(self) -> bool:
        bound = {"version": self._version, "schema_version": SCHEMA_VERSION}
        self._link.write(lambda server: server.run("withdraw_version", **bound))
        found = self._link.read(lambda server: server.run("current_version"))
        return found == [(self._version, SCHEMA_VERSION)]

    def _load(self, parts: list[Part], rows: Mapping[str, int]) -> int:
        """Load what is not there yet.

        Returns:
            How many rows were there.
        """
        done, kept = self._claim(rows)
        self._progress.start("pushing", sum(rows.values()))
        self._progress.advance(kept)
        number = 0
        for number, batch in enumerate(iter_batches(parts), 1):
            if number > done:
                self._add(batch, number - 1)
                self._progress.advance(len(batch.rows))
        self._progress.done(f"{sum(rows.values()) - kept:,} rows, {kept:,} were there")
        self._compare(rows)
        for name in _FOR_READERS:
            self._link.run_alone(name)
        self._link.run_alone("await_indexes", seconds=_INDEX_S)
        # For people in Neo4j Browser. A first push doesn't wait for it; later ones keep it up.
        self._link.run_alone("fulltext_name")
        self._switch(number)
        return kept

    def _claim(self, rows: Mapping[str, int]) -> tuple[int, int]:
        """Take the version, from whoever had it.

        Returns:
            How many batches and rows of it are there.
        """
        # Batches of another plan can't be gone on with: their numbers say something else.
        plan = f"schema {SCHEMA_VERSION}, {describe_plan(rows)}"
        bound = {"version": self._version, "pusher": self._me, "plan": plan}
        while True:
            ((done, kept, found, retired),) = self._link.write(
                lambda server: server.run("claim_version", **bound)
            )
            if found == plan and not retired:
                return int(done), int(kept)
            self._remove(self._version)

    def _add(self, batch: Batch, number: int) -> None:
        def work(server: Transaction) -> None:
            bound = {"version": self._version, "pusher": self._me, "done": number}
            if server.run("advance_version", rows=len(batch.rows), **bound):
                server.run(f"insert_{batch.part}", version=self._version, rows=batch.rows)
                return
            state = server.run("version_state", version=self._version)
            # Where the answer to a commit was lost, the driver does it again: it is done.
            if state != [(self._me, number + 1, False)]:
                raise self._overtaken()

        self._link.write(work)

    def _compare(self, rows: Mapping[str, int]) -> None:
        """Compare what the server holds with what it was sent.

        Raises:
            StoreError: they differ.
        """
        self._progress.start("comparing counts")
        counted = self._link.read(lambda found: found.run("count_version", version=self._version))
        found: dict[str, int] = dict.fromkeys(rows, 0) | dict(counted)
        wrong = [
            f"{found[kind]} of {n} {kind} rows" for kind, n in rows.items() if found[kind] != n
        ]
        if wrong:
            self._link.write(lambda server: server.run("retire_version", version=self._version))
            msg = f"Neo4j at {self._link.locator} holds {'; '.join(wrong)}: somebody changes the "
            msg += "graph there; push again"
            raise StoreError(msg)
        self._progress.done(f"{sum(rows.values()):,} rows are there")

    def _switch(self, done: int) -> None:
        bound = {"version": self._version, "pusher": self._me, "done": done, "meta": self._meta}
        if not self._link.write(
            lambda server: server.run("switch_version", schema_version=SCHEMA_VERSION, **bound)
        ):
            raise self._overtaken()

    def _remove_others(self) -> list[str]:
        bound = {"version": self._version}
        others = self._link.read(lambda found: found.run("other_versions", **bound))
        if not others:
            return []
        self._progress.start("removing what is old")
        removed = [version for (version,) in others if self._remove(version)]
        self._progress.done(f"{len(removed)} versions")
        return removed

    def _remove(self, version: str) -> bool:
        """Remove a version, unless it is in use.

        Returns:
            Whether it was removed.
        """
        if not self._link.write(lambda server: server.run("retire_version", version=version)):
            return False
        self._link.run_until_none("delete_version", version=version)
        self._link.write(lambda server: server.run("forget_version", version=version))
        return True

    def _overtaken(self) -> StoreBusyError:
        msg = f"another push to {self._link.locator} has taken over: look what is there, then "
        msg += "push again"
        return StoreBusyError(msg)


def _digest(parts: list[Part]) -> str:
    """Return a name for a graph that says no hash of its own."""
    digest = hashlib.sha256()
    for batch in iter_batches(parts):
        text = json.dumps(batch, default=bytes.hex)
        digest.update(text.encode("utf-8", "surrogatepass"))
    return f"content-{digest.hexdigest()[:16]}"
