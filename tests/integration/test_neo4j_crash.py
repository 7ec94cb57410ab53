"""What happens to a push when its server is killed, may only be read, or has little memory.

These tests have servers of their own, which they start and end as they need them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreError
from labelsys.neo4j_jars import find_jars
from labelsys.neo4j_server import LocalServer, start_server, stop_server
from labelsys.source.wordnet_files import cache_folder
from labelsys.store import neo4j_link, neo4j_rows
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_locator import Credentials
from tests.integration.test_neo4j import Stopping, chain, content, expected, load, report
from tests.neo4j_server import CREDENTIALS, HEAP, PASSWORD, free_port, need_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_programs()
    return tmp_path_factory.mktemp("server")


@contextmanager
def running(folder: Path, *settings: str, password: str = PASSWORD) -> Iterator[LocalServer]:
    """Run a server on a folder for a block, with settings as a person would add them."""
    conf = folder / "conf" / "neo4j.conf"
    conf.parent.mkdir(exist_ok=True, parents=True)
    conf.write_text("\n".join(("# by hand", *settings, "")), encoding="utf-8")
    server = start_server(folder, password, cache=cache_folder(), port=free_port(), heap=HEAP)
    try:
        yield server
    finally:
        stop_server(folder)


def kill(server: LocalServer) -> None:
    os.kill(server.pid, signal.SIGKILL)


def test_server_killed_during_a_push_twice_loses_and_doubles_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 50)
    monkeypatch.setattr(neo4j_link, "RETRY_S", 1.0)
    old, fill = chain(3, "old"), chain(200, "killed")

    def push_and_kill(server: LocalServer, after: int) -> None:
        with pytest.raises(StoreError, match=r"no Neo4j server answers|was lost"):
            load(server.locator, fill, progress=Stopping(after, lambda: kill(server)))
        assert stop_server(folder) is None

    with running(folder) as server:
        load(server.locator, old)
        push_and_kill(server, after=4)
    with running(folder) as server:
        with Neo4jStore(server.locator, CREDENTIALS) as store:
            assert content(store) == expected(old)
        push_and_kill(server, after=9)
    with running(folder) as server:
        with Neo4jStore(server.locator, CREDENTIALS) as store:
            assert content(store) == expected(old)
        done = report(load(server.locator, fill))
        assert done.kept > 0
        assert done.sent + done.kept == sum(done.rows.values())
        with Neo4jStore(server.locator, CREDENTIALS) as store:
            assert content(store) == expected(fill)
        with pytest.raises(StoreError, match=r"a server runs on .* already: neo4j://"):
            start_server(folder, PASSWORD, cache=cache_folder())
        port = int(server.locator.rpartition(":")[2])
        with pytest.raises(StoreError, match=r"port \d+ can't be used on 127.0.0.1"):
            start_server(folder / "other", PASSWORD, cache=cache_folder(), port=port)
    assert stop_server(folder) is None


def test_server_with_little_memory_and_little_patience_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_link, "RETRY_S", 1.0)
    settings = ("db.memory.transaction.max=4m", "db.transaction.monitor.check.interval=10ms")
    with running(folder, *settings) as server:
        with pytest.raises(StoreError, match=r"has no memory for a transaction of this size"):
            load(server.locator, chain(6000, "large"))
        monkeypatch.setattr(neo4j_rows, "MOST_ROWS", 100)
        load(server.locator, chain(2000, "small"))
        monkeypatch.setattr(neo4j_link, "REMOVED_AT_ONCE", (1_000_000,))
        with pytest.raises(StoreError, match=r"has no memory for a transaction of this size"):
            load(server.locator, chain(300, "next"))  # there is no memory to remove the old one
        monkeypatch.setattr(neo4j_link, "REMOVED_AT_ONCE", (1_000_000, 50))
        load(server.locator, chain(300, "next"))
        with Neo4jStore(server.locator, CREDENTIALS) as store:
            assert content(store) == expected(chain(300, "next"))
            monkeypatch.setattr(neo4j_link, "READ_S", 0.001)
            with pytest.raises(StoreError, match=r"took too long over one transaction and ended"):
                list(store.iter_names())


def test_database_that_may_only_be_read_is_told_and_read(folder: Path) -> None:
    with running(folder) as server:
        load(server.locator, chain(4, "readable"))
    with (
        pytest.raises(StoreError, match=r"refuses the user name or the password"),
        running(folder, password="another password"),
    ):
        pass
    assert stop_server(folder) is None  # it was started, and does not stay
    with running(folder, "server.databases.default_to_read_only=true") as server:
        with pytest.raises(StoreError, match=r"lets this user only read, or the database is read-"):
            load(server.locator, chain(5, "unwritten"))
        with Neo4jStore(server.locator, CREDENTIALS) as store:
            assert content(store) == expected(chain(4, "readable"))


def test_settings_that_neo4j_refuses_are_told(tmp_path: Path) -> None:
    need_programs()
    with (
        pytest.raises(StoreError, match=r"Neo4j ended at once: .*no.such.setting.*/logs\)"),
        running(tmp_path, "server.no.such.setting=1"),
    ):
        pass
    assert stop_server(tmp_path) is None


def test_password_that_is_too_short_is_told(tmp_path: Path) -> None:
    need_programs()
    with (
        pytest.raises(StoreError, match=r"8 characters"),
        running(tmp_path, password="short"),
    ):
        pass
    assert stop_server(tmp_path) is None


def test_server_on_the_command_line(tmp_path: Path) -> None:
    need_programs()
    find_jars(cache_folder())
    environment = {**os.environ, "NEO4J_PASSWORD": PASSWORD, "LABELSYS_CACHE": str(cache_folder())}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "labelsys", "neo4j", *words, "--output", "json"],
            env=environment,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    ports = ("--port", str(free_port()), "--browser-port", str(free_port()))
    try:
        started = run("start", "shared", *ports, "--heap", HEAP)
        assert started.returncode == 0, started.stderr
        server = LocalServer(**json.loads(started.stdout))
        load(server.locator, chain(3, "by hand"))
        assert PASSWORD not in Path(f"/proc/{server.pid}/cmdline").read_text()
        assert PASSWORD not in Path(f"/proc/{server.pid}/environ").read_text()
    finally:
        stopped = run("stop", "shared")
    assert f"stopped process {server.pid}" in stopped.stderr
    assert "no server runs on it" in run("stop", "shared").stderr
    secrets = [p for p in (tmp_path / "shared").rglob("*.log") if PASSWORD in p.read_text()]
    assert secrets == []
    assert PASSWORD not in repr(Credentials("neo4j", PASSWORD))
