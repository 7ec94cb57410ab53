"""Rules that hold for every test: hypothesis profiles, sockets, and what a run left out."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_socket
from hypothesis import HealthCheck, settings

from labelsys.errors import SourceError
from labelsys.source.wordnet_files import find_wordnet
from tests.neo4j_server import run_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from labelsys.neo4j_server import LocalServer

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
OPTIONAL_MARKERS = ("slow", "extra", "server", "browser", "gpu")

settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=1000,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("LABELSYS_HYPOTHESIS", "quick"))

_left_out: Counter[str] = Counter()


def pytest_sessionstart() -> None:
    """Let Ctrl-C be heard: what a shell starts in the background is born deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of servers and browsers talk to this machine, and to no other."""
    for item in items:
        if item.get_closest_marker("server") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count what the marker expression leaves out, by the marker that did it."""
    for item in items:
        names = [name for name in OPTIONAL_MARKERS if item.get_closest_marker(name)]
        _left_out[names[0] if names else "not asked for"] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the run left out, so that a green line is never read as more than it is."""
    if _left_out:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(_left_out.items()))
        terminalreporter.write_line(f"left out: {counts} (make test-all runs them)")


@contextmanager
def _open_network() -> Iterator[None]:
    pytest_socket.enable_socket()
    try:
        yield
    finally:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def open_network() -> Callable[[], AbstractContextManager[None]]:
    """Lift the socket block inside ``with open_network():``, for fixtures that fetch once."""
    return _open_network


@pytest.fixture(scope="session")
def wordnet_folder() -> Path:
    """The noun files of WordNet 3.0, fetched into the cache if no place has them.

    A test that takes this is marked ``wordnet``. Where the files can't be had it is skipped with
    the reason; `make test-all` sets LABELSYS_TEST_ALL, and then it fails.
    """
    try:
        with _open_network():
            return find_wordnet()
    except SourceError as error:
        if os.environ.get("LABELSYS_TEST_ALL"):
            raise
        pytest.skip(f"needs the WordNet files: {error}")


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A Neo4j server for tests marked ``server``; each leaves in it what it likes."""
    yield from run_server(tmp_path_factory.mktemp("neo4j"))
