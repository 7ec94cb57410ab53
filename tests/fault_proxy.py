"""A server before a SPARQL endpoint, on this machine, that fails as the real ones do.

Each request is answered by what stands behind, or by a fault, as a plan says. All of them are
written down, with the mark that every question of a pull carries.
"""

from __future__ import annotations

import gzip
import random
import re
import socket
import struct
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = [
    "FAULTS",
    "Call",
    "FaultProxy",
    "at_rate",
    "forward",
    "in_order",
    "oxigraph",
    "run_proxy",
]

FAULTS: Final = (
    "429 seconds",
    "429 date",
    "503 seconds",
    "500",
    "time-out",
    "drip",
    "reset",
    "truncated",
    "cut off",
    "html",
    "duplicate",
)
"""All that a pull has to get over. What ends one, `redirect`, `403` and the like, a plan names."""

_TYPE: Final = "application/sparql-results+json"
_MARK: Final = re.compile(r"\?item_([0-9a-f]{12})")
_PAGE: Final = b"<!DOCTYPE html><html><body><h1>Service overloaded</h1></body></html>"


@dataclass(frozen=True)
class Call:
    """One request that came in.

    Attributes:
        query: that was asked.
        mark: of its question, or "".
        outcome: `answered`, or the fault.
        headers: by lower-case name.
    """

    query: str
    mark: str
    outcome: str
    headers: dict[str, str]


@dataclass
class FaultProxy:
    """Attributes:
    url: where it answers.
    behind: gives the answer to a query.
    plan: query -> the fault, or "" for none; asked once a request, in order.
    hang_s: how long a request that times out is held.
    calls: all that were done with, in order.
    most_at_once: how many were under way at the same time.
    """

    url: str
    behind: Callable[[str], bytes]
    plan: Callable[[str], str]
    hang_s: float = 30.0
    calls: list[Call] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _last: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def marks(self, outcome: str) -> list[str]:
        """Return the marks of the questions that ended so, in order."""
        return [call.mark for call in self.calls if call.outcome == outcome]

    def take(self, http: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body = http.rfile.read(int(http.headers["content-length"])).decode()
        query = parse_qs(body)["query"][0]
        found = _MARK.search(query)
        mark = found[1] if found else ""
        headers = {name.lower(): value for name, value in http.headers.items()}
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            fault = self.plan(query)
            if fault == "duplicate" and not self._last:
                fault = "html"
        try:
            if fault:
                self._note(Call(query, mark, fault, headers))
                with suppress(OSError):
                    self._fail(http, fault, query)
            else:
                answer = self.behind(query)
                # Noted first: whoever is told may ask the next one at once.
                self._note(Call(query, mark, "answered", headers))
                self._last = answer
                with suppress(OSError):  # the client was killed
                    send(http, answer, packed="gzip" in headers.get("accept-encoding", ""))
        finally:
            with self._lock:
                self._now -= 1

    def _note(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)

    def _fail(self, http: BaseHTTPRequestHandler, fault: str, query: str) -> None:
        match fault.split():
            case ["time-out"]:
                self._closing.wait(self.hang_s)
            case ["drip"]:
                self._drip(http)
            case ["reset"]:
                linger = struct.pack("ii", 1, 0)
                http.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                http.connection.close()
            case ["truncated"]:
                answer = self.behind(query)
                send(http, answer[: len(answer) // 2])
            case ["cut", "off"]:
                answer = self.behind(query)
                send(http, answer[: len(answer) // 2], length=len(answer))
            case ["duplicate"]:
                send(http, self._last)
            case words:
                self._refuse(http, words)

    def _refuse(self, http: BaseHTTPRequestHandler, words: list[str]) -> None:
        match words:
            case [status, "seconds", *rest]:
                send(http, b"slow", int(status), {"Retry-After": rest[0] if rest else "0"})
            case [status, "date"]:
                date = formatdate(time.time() + 1, usegmt=True)
                send(http, b"slow", int(status), {"Retry-After": date})
            case ["html"]:
                send(http, _PAGE, type="text/html; charset=utf-8")
            case ["redirect", where]:
                send(http, b"", 307, {"Location": where})
            case ["large", size]:
                send(http, gzip.compress(b" " * int(size)), headers={"Content-Encoding": "gzip"})
            case ["body", *content]:
                send(http, " ".join(content).encode())
            case [status]:
                send(http, b"java.util.concurrent.TimeoutException\n\tat ...", int(status))

    def _drip(self, http: BaseHTTPRequestHandler) -> None:
        """Send a byte now and then, for ever."""
        http.send_response(200)
        http.send_header("Content-Type", _TYPE)
        http.end_headers()
        until = time.monotonic() + self.hang_s
        while time.monotonic() < until and not self._closing.wait(0.05):
            http.wfile.write(b" ")
            http.wfile.flush()

    def close(self) -> None:
        """Let go of those that are held."""
        self._closing.set()


def send(
    http: BaseHTTPRequestHandler,
    body: bytes,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    type: str = _TYPE,
    length: int | None = None,
    packed: bool = False,
) -> None:
    """Write a reply."""
    http.send_response(status)
    content = gzip.compress(body, 1) if packed else body
    sent = {
        "Content-Type": type,
        "Content-Length": str(len(content) if length is None else length),
        **({"Content-Encoding": "gzip"} if packed else {}),
        **(headers or {}),
    }
    for name, value in sent.items():
        http.send_header(name, value)
    http.end_headers()
    http.wfile.write(content)


def at_rate(rate: float, seed: int, faults: Sequence[str] = FAULTS) -> Callable[[str], str]:
    """Return a plan: so many requests fail, in ways and at places that a seed chooses."""
    chance = random.Random(seed)
    return lambda _query: chance.choice(faults) if chance.random() < rate else ""


def in_order(*faults: str) -> Callable[[str], str]:
    """Return a plan: these faults one after the other, then none; "" is an answer between them."""
    left = list(faults)
    return lambda _query: left.pop(0) if left else ""


def forward(url: str) -> Callable[[str], bytes]:
    """Return what asks a real endpoint."""

    def ask(query: str) -> bytes:
        headers = {"Content-Type": "application/sparql-query", "Accept": _TYPE}
        request = urllib.request.Request(url, query.encode(), headers)
        with urllib.request.urlopen(request, timeout=120) as response:
            answer: bytes = response.read()
        return answer

    return ask


def oxigraph(data: Path) -> Callable[[str], bytes]:
    """Return what asks a store in this process that holds a file of triples."""
    import pyoxigraph

    store = pyoxigraph.Store()
    store.load(path=str(data), format=pyoxigraph.RdfFormat.N_TRIPLES)
    lock = threading.Lock()

    def ask(query: str) -> bytes:
        with lock:
            found = store.query(query)
            assert isinstance(found, pyoxigraph.QuerySolutions)
            answer = found.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
        assert answer is not None
        return answer

    return ask


@contextmanager
def run_proxy(
    behind: Callable[[str], bytes],
    plan: Callable[[str], str] | None = None,
    *,
    port: int = 0,
    hang_s: float = 30.0,
) -> Iterator[FaultProxy]:
    """Run a proxy for the length of the block."""
    proxy = FaultProxy("", behind, plan or in_order(), hang_s)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            proxy.take(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a connection that the client cut

    server = Server(("127.0.0.1", port), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        server.shutdown()
        server.server_close()
        thread.join()
