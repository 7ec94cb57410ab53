"""Kills a Neo4j server ten times in the middle of a push, and looks for what was lost or doubled.

    python -m tests.bench.kill_neo4j --system WORKSPACE

The server is killed (SIGKILL) at a moment that a seed chooses, within a batch as often as between
two, then started again, and the push is run again. At the end the pulled file has to be the pushed
one, byte for byte.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import TYPE_CHECKING

from labelsys.errors import StoreError
from labelsys.graphs import current_graph
from labelsys.neo4j_server import LocalServer, start_server, stop_server
from labelsys.source.wordnet_files import cache_folder
from labelsys.store import neo4j_link
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_locator import Credentials
from labelsys.store.neo4j_writer import Neo4jWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.store.transfer import copy_graph
from tests.bench.system import open_built
from tests.bench.timing import arguments, say
from tests.progress_toy import Heard

if TYPE_CHECKING:
    from labelsys.store.neo4j_writer import PushReport

SEED = 20250301
HEAP = "1g"


class Killing(Heard):
    """Kills a server some seconds after the first rows have gone."""

    def __init__(self, server: LocalServer, after_s: float) -> None:
        super().__init__()
        self._timer = Timer(after_s, os.kill, (server.pid, signal.SIGKILL))

    def start(self, stage: str, total: int | None = None) -> None:
        """Set the clock when the push begins."""
        if stage == "pushing":
            self._timer.start()

    def cancel(self) -> None:
        """Let the server live."""
        self._timer.cancel()


def push(server: LocalServer, login: Credentials, graph: Path, **more: Killing) -> PushReport:
    """Push a graph file."""
    with (
        SqliteStore(graph) as reader,
        closing(Neo4jWriter(server.locator, login, **more)) as writer,
    ):
        copy_graph(reader, writer)
    assert writer.report is not None
    return writer.report


def main() -> None:
    """Kill, start and push again; then compare.

    Raises:
        SystemExit: the graph is not the one that was pushed.
    """
    options = arguments(
        __doc__ or "",
        kills=(int, 10, "how often the server is killed"),
        within_s=(float, 12.0, "how long a push is left alone at most, in seconds"),
    )
    rng = random.Random(SEED)
    neo4j_link.RETRY_S = 1.0
    login = Credentials("neo4j", secrets.token_urlsafe(12))
    with TemporaryDirectory() as temp, open_built(options.system, "--encoder", "none") as folder:
        graph, home = current_graph(folder), Path(temp) / "server"
        for number in range(1, options.kills + 1):
            server = start_server(home, login.password, cache=cache_folder(), heap=HEAP)
            after_s = rng.uniform(0.1, options.within_s)
            killing = Killing(server, after_s)
            try:
                done = push(server, login, graph, progress=killing)
            except StoreError as error:
                say(f"kill {number} after {after_s:.2f} s of push: {error}")
            else:
                say(f"kill {number}: the push was quicker ({done.kept:,} rows were there)")
            killing.cancel()
            stop_server(home)
        server = start_server(home, login.password, cache=cache_folder(), heap=HEAP)
        try:
            done = push(server, login, graph)
            say(f"last push: {done.sent:,} rows sent, {done.kept:,} were there")
            with Neo4jStore(server.locator, login) as store:
                copy_graph(store, SqliteWriter(Path(temp) / "back.db"))
        finally:
            stop_server(home)
        same = (Path(temp) / "back.db").read_bytes() == graph.read_bytes()
        say(f"pulled file equals the pushed one: {same}")
        if not same:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
