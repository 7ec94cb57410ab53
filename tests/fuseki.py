"""A real SPARQL server for a test session: Apache Jena Fuseki, from Maven Central, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wordnet_files import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["find_jar", "run_fuseki"]

VERSION = "5.5.0"
_JAR = f"org.apache.jena:jena-fuseki-server:{VERSION}"
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_FETCH_S = 600
_START_S = 120


def find_jar() -> Path:
    """Return Fuseki's one jar, fetched by Maven into the cache the first time (55 MB)."""
    folder = cache_folder() / "fuseki"
    jar = folder / f"jena-fuseki-server-{VERSION}.jar"
    if not jar.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for goal in ("get", "copy"):
            words = [f"-Dartifact={_JAR}", "-Dtransitive=false", f"-DoutputDirectory={folder}"]
            command = ["mvn", "-q", "-B", f"{_PLUGIN}:{goal}", *words]
            subprocess.run(command, check=True, timeout=_FETCH_S, cwd=folder)
    return jar


def need_programs() -> None:
    """Skip a test where Java or Maven is missing; under `make test-all` it fails then."""
    missing = [program for program in ("java", "mvn") if shutil.which(program) is None]
    if missing and not os.environ.get("LABELSYS_TEST_ALL"):
        pytest.skip(f"needs {' and '.join(missing)} for Fuseki")


def run_fuseki(data: Path) -> Iterator[str]:
    """Yield the address at which a file's triples answer queries, and end the server."""
    need_programs()
    jar = find_jar()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Serial and without the second compiler: a server for a few questions, beside other tests.
    java = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(jar)]
    options = ["--localhost", "--port", str(port), "--file", str(data), "/ds"]
    log = data.with_name("fuseki.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*java, *options], cwd=data.parent, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _await(process, port, log)
        yield f"http://127.0.0.1:{port}/ds/sparql"
    finally:
        process.terminate()
        process.wait(30)


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/$/ping", timeout=5).close()
        except (urllib.error.URLError, OSError) as error:
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"Fuseki did not start ({error}): {log.read_text(errors='replace')}")
            time.sleep(0.2)
        else:
            return
