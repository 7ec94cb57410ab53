"""A real Neo4j server for a test session, and what tests ask it beside labelsys."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from labelsys.neo4j_jars import find_jars
from labelsys.neo4j_server import LocalServer, start_server, stop_server
from labelsys.source.wordnet_files import cache_folder
from labelsys.store.neo4j_locator import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["CREDENTIALS", "HEAP", "PASSWORD", "free_port", "need_programs", "run_server"]

PASSWORD = "a password 'of' \"tests\" \\"
"""With what a shell, a URL or a query would trip over."""
CREDENTIALS = Credentials("neo4j", PASSWORD)
HEAP = "512m"


def free_port() -> int:
    """Return a port that nothing listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def need_programs() -> None:
    """Skip a test where Java or Maven is missing; under `make test-all` it fails then."""
    missing = [program for program in ("java", "mvn") if shutil.which(program) is None]
    if missing and not os.environ.get("LABELSYS_TEST_ALL"):
        pytest.skip(f"needs {' and '.join(missing)} for a Neo4j server")


def run_server(folder: Path) -> Iterator[LocalServer]:
    """Yield a server on an empty folder, and end it."""
    need_programs()
    find_jars(cache_folder())
    # Hundreds of small statements, each once: Java compiles for the sprint, not for the long run.
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"
    try:
        yield start_server(folder, PASSWORD, cache=cache_folder(), port=free_port(), heap=HEAP)
    finally:
        stop_server(folder)
