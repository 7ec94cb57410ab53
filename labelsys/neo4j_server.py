"""A Neo4j server of one's own, on this machine and heard on loopback only.

`neo4j_jars` gets it. The server's folder holds its data, logs and settings, and a file that
says which process it is; `stop_server` ends that process and no other.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelsys.atomic import make_folder, reporting_os_errors, write_text_atomic
from labelsys.errors import StoreError
from labelsys.neo4j_jars import find_jars, need_program
from labelsys.progress import Progress, SilentProgress
from labelsys.store.neo4j_link import Link
from labelsys.store.neo4j_locator import DEFAULT_USERNAME, Credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LocalServer", "start_server", "stop_server"]

DEFAULT_PORT: Final = 7687
HOST: Final = "127.0.0.1"

_ENTRY = "org.neo4j.server.CommunityEntryPoint"
_PROCESS_FILE = "labelsys-server.json"
_CONSOLE = "logs/console.log"
_FIRST_PASSWORD = "neo4j"
"""Every new server's; changed before anybody is told of the server."""
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.lang", "java.util.concurrent")
_HEAP = re.compile(r"[1-9][0-9]*[mg]\Z", flags=re.IGNORECASE)
_START_S = 180.0
_STOP_S = 120.0
_ASK_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A server that runs.

    Attributes:
        locator: where it is asked, `neo4j://127.0.0.1:PORT`.
        pid: its process.
        http_port: of Neo4j Browser, or None.
    """

    locator: str
    pid: int
    http_port: int | None = None


def start_server(
    folder: Path,
    password: str,
    *,
    cache: Path,
    port: int | None = None,
    http_port: int | None = None,
    heap: str = "1g",
    progress: Progress | None = None,
) -> LocalServer:
    """Start a server on a folder, and wait until it answers.

    On the first start the password of the user `neo4j` is set. The settings
    in `conf/neo4j.conf` are kept, but for those that the arguments give.

    Args:
        folder: for data, logs and settings; made where it is not there.
        password: of the user `neo4j`.
        cache: see `find_jars`.
        port: of the Bolt protocol; None takes 7687, or any where that is taken.
        http_port: of Neo4j Browser; None starts none.
        heap: Java's, such as `1g` or `512m`.
        progress: told what it waits for.

    Returns:
        The server.

    Raises:
        StoreError: Java or Maven is missing, a port is taken, a server runs
            on the folder already, it ends at once, or it refuses the password.
    """
    progress = progress or SilentProgress()
    if not _HEAP.match(heap):
        msg = f"{heap!r} is no size of a heap: a number and m or g, as in 1g"
        raise StoreError(msg)
    need_program("java", "Java 17 or 21", "openjdk-17-jre-headless")
    home = folder.absolute()
    running = _read_process(home)
    if running is not None:
        msg = f"a server runs on {folder} already: {running.locator}, process {running.pid}"
        raise StoreError(msg)
    jars = find_jars(cache, progress)
    bolt = _choose_port(port)
    if http_port is not None:
        _refuse_taken(http_port)
    for name in ("conf", "logs", "data"):
        make_folder(home / name)
    _write_settings(home / "conf" / "neo4j.conf", _settings(bolt, http_port, heap))
    progress.start("starting Neo4j")
    process = _launch(home, jars, heap)
    server = LocalServer(locator=f"neo4j://{HOST}:{bolt}", pid=process.pid, http_port=http_port)
    try:
        write_text_atomic(home / _PROCESS_FILE, json.dumps(asdict(server)) + "\n")
        _wait(process, bolt, home)
        _log_in(server.locator, password)
    except BaseException:
        _end(process.pid, home)
        process.wait()
        raise
    process.returncode = 0  # it outlives this process, which must not be warned of that
    progress.done(server.locator)
    return server


def stop_server(folder: Path) -> LocalServer | None:
    """End the server that `start_server` started on a folder, and wait for its end.

    Returns:
        What ran; None where nothing does.

    Raises:
        StoreError: it does not end.
    """
    home = folder.absolute()
    running = _read_process(home)
    if running is not None:
        _end(running.pid, home)
    with suppress(FileNotFoundError):
        (home / _PROCESS_FILE).unlink()
    return running


def _choose_port(port: int | None) -> int:
    if port is not None:
        _refuse_taken(port)
        return port
    if _is_free(DEFAULT_PORT):
        return DEFAULT_PORT
    with socket.socket() as free:
        free.bind((HOST, 0))
        found: int = free.getsockname()[1]
        return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _refuse_taken(port: int) -> None:
    if not _is_free(port):
        msg = f"port {port} can't be used on {HOST}: another process has it, or it is no port"
        raise StoreError(msg)


def _settings(bolt: int, http: int | None, heap: str) -> dict[str, str]:
    return {
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{bolt}",
        "server.bolt.advertised_address": f"{HOST}:{bolt}",
        "server.http.enabled": "false" if http is None else "true",
        "server.http.listen_address": f"{HOST}:{http or 0}",
        "server.https.enabled": "false",
        "server.memory.heap.initial_size": heap,
        "server.memory.heap.max_size": heap,
        "server.memory.pagecache.size": "512m",
        "dbms.usage_report.enabled": "false",
    }


def _write_settings(path: Path, settings: dict[str, str]) -> None:
    """Write our settings behind those that a person added."""
    with reporting_os_errors(path, kept="nothing was started"):
        old = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        kept = [line for line in old if line.partition("=")[0].strip() not in settings]
        ours = [f"{name}={value}" for name, value in settings.items()]
        path.write_text("\n".join((*kept, *ours)) + "\n", encoding="utf-8")


def _launch(home: Path, jars: Path, heap: str) -> subprocess.Popen[bytes]:
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    command = (
        *("java", f"-Xms{heap}", f"-Xmx{heap}", "-cp", f"{jars}/*", *opened, _ENTRY),
        *(f"--home-dir={home}", f"--config-dir={home / 'conf'}"),
    )
    hidden = ("NEO4J_PASSWORD", "NEO4J_AUTH")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    with (home / _CONSOLE).open("wb") as console:
        return subprocess.Popen(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    """Wait until something listens on the port.

    Raises:
        StoreError: the process ends first, or it takes too long.
    """
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            msg = f"Neo4j ended at once: {_last_error(home)} (all of it: {home / 'logs'})"
            raise StoreError(msg)
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1.0):
            return
        time.sleep(_ASK_S)
    msg = f"Neo4j does not answer after {_START_S:g} s: see {home / _CONSOLE}"
    raise StoreError(msg)


def _log_in(locator: str, password: str) -> None:
    """Make sure that the password is right; a new server is given it.

    Raises:
        StoreError: the server refuses it.
    """
    until = time.monotonic() + _START_S
    while True:
        try:
            Link(locator, Credentials(DEFAULT_USERNAME, password)).close()
        except StoreError as error:
            if _take_over(locator, password):
                return
            # It listens some moments before its databases are open.
            if "refuses the user" in str(error) or time.monotonic() > until:
                raise
            time.sleep(_ASK_S)
        else:
            return


def _take_over(locator: str, password: str) -> bool:
    """Return whether a server is new, and has been given its password now."""
    try:
        link = Link(locator, Credentials(DEFAULT_USERNAME, _FIRST_PASSWORD), verify=False)
    except StoreError:
        return False
    try:
        link.set_password(password)
    finally:
        link.close()
    return True


def _last_error(home: Path) -> str:
    """Return what a server said before it ended."""
    for path in (home / _CONSOLE, home / "logs" / "neo4j.log"):
        with suppress(OSError):
            lines = path.read_text(errors="replace").splitlines()
            told = [line for line in lines if re.search(r"ERROR|Caused by|Exception", line)]
            if told:
                return told[-1].strip()[:300]
    return "it said nothing"


def _read_process(home: Path) -> LocalServer | None:
    """Return the server on a folder if its process is still that one."""
    try:
        server = LocalServer(**json.loads((home / _PROCESS_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return server if _is_ours(server.pid, home) else None


def _is_ours(pid: int, home: Path) -> bool:
    """Return whether a process runs Neo4j on a folder; numbers of processes come again."""
    try:
        words: Sequence[str] = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except FileNotFoundError:
        words = _ask_ps(pid) if not Path("/proc/self").exists() else []
    except OSError:
        return False
    return _ENTRY in words and f"--home-dir={home}" in words


def _ask_ps(pid: int) -> Sequence[str]:
    """Return the words of a process where there is no /proc."""
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


def _end(pid: int, home: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + _STOP_S
        while _is_ours(pid, home) and time.monotonic() < until:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            _reap(pid)
            time.sleep(_ASK_S)
    _reap(pid)
    if _is_ours(pid, home):
        msg = f"Neo4j on {home}, process {pid}, does not end"
        raise StoreError(msg)


def _reap(pid: int) -> None:
    """Take note of the end of a child, which would stay in the table of processes else."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
