"""A chat-completions server on this machine, for tests: it behaves, or misbehaves, as told."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Call", "ChatServer", "choose", "completion", "run_server", "send"]

_DOCUMENT = re.compile(r"<data (\w{16})>\n(.*)\n</data \1>\Z", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """One request that came in.

    Attributes:
        number: from 1.
        path: that was asked for.
        headers: by lower-case name.
        body: the JSON that was sent.
        http: the handler, to write to.
    """

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    http: BaseHTTPRequestHandler

    @property
    def document(self) -> Any:
        """The data of the question, read back out of the prompt."""
        found = _DOCUMENT.search(self.body["messages"][1]["content"])
        assert found is not None
        return json.loads(found[2])


@dataclass
class ChatServer:
    """Attributes:
    url: the base address.
    calls: all that came in, in order.
    most_at_once: how many were under way at the same time.
    """

    url: str
    behave: Callable[[Call], None]
    calls: list[Call] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, http: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body = json.loads(http.rfile.read(int(http.headers["content-length"])))
        headers = {name.lower(): value for name, value in http.headers.items()}
        with self._lock:
            call = Call(len(self.calls) + 1, http.path, headers, body, http)
            self.calls.append(call)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            with suppress(OSError):  # the client has gone, as some tests want
                self.behave(call)
        finally:
            with self._lock:
                self._now -= 1


def completion(
    content: object, *, tokens: tuple[int, int] | None = (100, 7), finish: str = "stop"
) -> bytes:
    """Return the body of a chat completion."""
    reply: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": finish,
            }
        ],
    }
    if tokens is not None:
        prompt, written = tokens
        reply["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
        }
    return json.dumps(reply).encode()


def send(
    call: Call,
    body: bytes,
    *,
    status: int = 200,
    type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> None:
    """Write a whole reply."""
    call.http.send_response(status)
    sent = {"Content-Type": type, "Content-Length": str(len(body)), **(headers or {})}
    for name, value in sent.items():
        call.http.send_header(name, value)
    call.http.end_headers()
    call.http.wfile.write(body)


def choose(call: Call, choice: object, why: str = "it fits") -> None:
    """Answer as a model that keeps to the form."""
    send(call, completion(json.dumps({"choice": choice, "why": why})))


@contextmanager
def run_server(behave: Callable[[Call], None]) -> Iterator[ChatServer]:
    """Run a server for the length of the block."""
    chat = ChatServer("", behave)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            chat.take(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a connection that the client cut

    server = Server(("127.0.0.1", 0), Handler)
    chat.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
