"""One request to a chat-completions endpoint, and nothing of its reply believed unseen.

A reply is JSON of at most a mebibyte that arrives whole, uncompressed and in
time, or it is an error. Redirects are not followed. What the server says about
an error is shown cut, cleaned, and only where no part of the key is in it.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from labelsys.adjudicate.prompt import Answer, clean, parse_answer
from labelsys.adjudicate.settings import KEY_VARIABLE, Address, parse_endpoint
from labelsys.errors import ConfigError, MissingExtraError
from labelsys.http_client import Watch, is_json, parse_retry_after, watching
from labelsys.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

    from labelsys.adjudicate.prompt import Question
    from labelsys.adjudicate.settings import LlmSettings

__all__ = ["AskError", "Client", "without_key"]

MAX_BODY = 1 << 20
_CHUNK = 1 << 16
_MAX_TOKENS = 1024
_MAX_COUNT = 10**9
_MAX_WORDS = 120
_KEY_WINDOW = 6
_RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_NOT_PLAIN = frozenset({400, 422})


class AskError(Exception):
    """A request got no answer. Never leaves this package.

    Attributes:
        reason: in few words, the same for the same cause.
        is_retryable: whether another try may help.
        wait_s: pause that the server asks for, or None.
    """

    def __init__(
        self, reason: str, *, is_retryable: bool = False, wait_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.is_retryable, self.wait_s = reason, is_retryable, wait_s


class Client:
    """Asks one endpoint; several threads may use it at once."""

    def __init__(self, settings: LlmSettings) -> None:
        """Get ready to ask; nothing is sent yet.

        Raises:
            MissingExtraError: urllib3 is not installed.
        """
        self._settings = settings
        self._address = parse_endpoint(settings.endpoint)
        self._library = _import_library()
        self._sockets = threading.local()
        self._pool = self._make_pool()
        # Some models refuse options that most know; the first refusal turns them off for good.
        self._is_plain = False

    def close(self) -> None:
        """Let go of the connections that are idle."""
        self._pool.close()

    def ask(self, question: Question) -> Answer:
        """Send one request.

        Returns:
            The answer, checked against the options.

        Raises:
            AskError: there is none.
            ConfigError: the endpoint will answer no question: the key, the
                model or the address is wrong.
        """
        is_plain = self._is_plain
        try:
            status, headers, body = self._post(self._payload(question, is_plain))
            if status != HTTPStatus.OK:
                raise self._refusal(status, headers, body)
            return self._read(headers, body, question.options)
        except _OptionsRefusedError as error:
            self._is_plain = True
            raise AskError(error.reason, is_retryable=not is_plain, wait_s=0.0) from None

    def _payload(self, question: Question, is_plain: bool) -> bytes:
        content: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": question.user},
            ],
        }
        if not is_plain:
            content |= {
                "temperature": 0,
                "max_tokens": _MAX_TOKENS,
                "response_format": {"type": "json_object"},
            }
        return json.dumps(content).encode()

    def _post(self, payload: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"labelsys/{__version__}",
        }
        if self._settings.key:
            headers["Authorization"] = f"Bearer {self._settings.key}"
        errors = self._library.exceptions
        with self._deadline() as is_late:
            try:
                response = self._pool.urlopen(
                    "POST",
                    self._address.path,
                    body=payload,
                    headers=headers,
                    retries=False,
                    redirect=False,
                    timeout=self._library.Timeout(self._settings.timeout_s),
                    preload_content=False,
                    decode_content=False,
                )
                body = _read_body(response)
            except AskError:
                raise
            # A library of HTTP, sockets and TLS: each has its own family of errors.
            except (errors.HTTPError, OSError, ValueError) as error:
                reason = "timed out" if is_late() else _describe(error, errors)
                hopeless = isinstance(error, errors.SSLError)
                raise AskError(reason, is_retryable=not hopeless) from None
        if is_late():
            raise AskError("timed out", is_retryable=True)
        found = {name.lower(): value for name, value in response.headers.items()}
        return response.status, found, body

    def _refusal(self, status: int, headers: dict[str, str], body: bytes) -> Exception:
        host = self._address.host
        if status in {401, 403}:
            said = f"refuses the key in ${KEY_VARIABLE}" if self._settings.key else "wants a key"
            return ConfigError(f"{host} {said} (HTTP {status}): set ${KEY_VARIABLE} to a valid one")
        if status == HTTPStatus.PAYMENT_REQUIRED:
            return ConfigError(f"{host} wants payment before it answers (HTTP 402)")
        if 300 <= status < 400:
            target = clean(_host_of(headers.get("location", "")), _MAX_WORDS) or "elsewhere"
            msg = f"{host} points to {target} (HTTP {status}), and redirects are not followed: "
            return ConfigError(msg + "give the address that answers")
        words = self._words(body)
        if status in {404, 405}:
            msg = (
                f"{host} has no chat completions at this address, or no such model (HTTP {status})"
            )
            return ConfigError(msg + words)
        if status in _NOT_PLAIN:
            return _OptionsRefusedError(f"HTTP {status}{words}")
        wait_s = parse_retry_after(headers.get("retry-after", ""), time.time())
        return AskError(f"HTTP {status}", is_retryable=status in _RETRYABLE, wait_s=wait_s)

    def _words(self, body: bytes) -> str:
        try:
            error = json.loads(body)["error"]
            message = error["message"] if isinstance(error, dict) else error
            shown = clean(without_key(str(message), self._settings.key), _MAX_WORDS)
        except (ValueError, RecursionError, LookupError, TypeError):
            return ""
        return f": {shown}" if shown else ""

    def _read(self, headers: dict[str, str], body: bytes, options: int) -> Answer:
        if not is_json(headers.get("content-type", "")):
            raise AskError("reply is not JSON")
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise AskError("reply is compressed, which was not asked for")
        try:
            reply = json.loads(body)
            first = reply["choices"][0]
            text = first["message"]["content"]
        except (ValueError, RecursionError):
            raise AskError("reply is not JSON") from None
        except (LookupError, TypeError):
            raise AskError("reply is no chat completion") from None
        answer = parse_answer(text if isinstance(text, str) else "", options)
        if not answer.is_valid and first.get("finish_reason") == "length":
            raise _OptionsRefusedError("answer was cut off")
        usage = reply.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return replace(
            answer,
            why=without_key(answer.why, self._settings.key),
            prompt_tokens=_count(counts.get("prompt_tokens")),
            completion_tokens=_count(counts.get("completion_tokens")),
        )

    def _make_pool(self) -> HTTPConnectionPool:
        address, settings = self._address, self._settings
        context = ssl.create_default_context() if address.scheme == "https" else None
        proxy = _find_proxy(address)
        options: dict[str, Any] = {"maxsize": settings.jobs}
        if context is not None:
            options["ssl_context"] = context
        manager = (
            self._library.ProxyManager(proxy, **options)
            if proxy
            else self._library.PoolManager(**options)
        )
        pool: HTTPConnectionPool = manager.connection_from_host(
            address.host, address.port, scheme=address.scheme
        )
        pool.ConnectionCls = self._watched(pool.ConnectionCls)
        return pool

    def _watched(self, base: Any) -> Any:
        """Return a class of connections that notes the socket which the thread waits for."""
        sockets = self._sockets

        class Watched(base):  # type: ignore[misc]  # one of two classes, chosen by the scheme
            def getresponse(self) -> Any:
                sockets.hold(self.sock)
                return super().getresponse()

        return Watched

    @contextmanager
    def _deadline(self) -> Iterator[Any]:
        """Cut the connection when a request takes too long in all.

        Yields:
            A function that says whether it was cut.
        """
        watch = Watch()
        self._sockets.hold = watch.hold
        with watching(watch, self._settings.timeout_s) as is_late:
            yield is_late


class _OptionsRefusedError(AskError):
    """The endpoint may answer the same question without the options."""


def without_key(text: str, key: str) -> str:
    """Return the text, or nothing where six characters of the key are in it.

    Examples:
        >>> without_key("wrong key: sk-abc***", "sk-abcdef"), without_key("a bird", "sk-abcdef")
        ('', 'a bird')
    """
    width = min(_KEY_WINDOW, len(key))
    parts = (key[at : at + width] for at in range(len(key) - width + 1)) if key else ()
    return "" if any(part in text for part in parts) else text


def _import_library() -> ModuleType:
    try:
        import urllib3
    except ImportError:
        raise MissingExtraError("llm", "--llm-endpoint") from None
    return urllib3


def _read_body(response: BaseHTTPResponse) -> bytes:
    if _count_text(response.headers.get("content-length", "")) > MAX_BODY:
        response.close()
        raise AskError("reply is too big")
    parts: list[bytes] = []
    size = 0
    for part in response.stream(_CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            response.close()
            raise AskError("reply is too big")
    response.release_conn()
    return b"".join(parts)


def _describe(error: Exception, errors: Any) -> str:
    """Return the kind of an error: its own text may hold what was sent."""
    if isinstance(error, errors.SSLError):
        return "no trusted certificate"
    if isinstance(error, errors.NewConnectionError):
        return "no connection"
    if isinstance(error, errors.TimeoutError | TimeoutError):
        return "timed out"
    return "connection broke"


def _host_of(location: str) -> str:
    with suppress(ValueError):
        return urlsplit(location).hostname or ""
    return ""


def _find_proxy(address: Address) -> str | None:
    if address.is_local or proxy_bypass(address.host):
        return None
    return getproxies().get(address.scheme)


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MAX_COUNT else None


def _count_text(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
