"""One request to a SPARQL endpoint, and nothing of its reply believed unseen.

A reply is JSON that arrives whole, in time, within a size, and of the shape
that was asked for, or it is an error. Redirects are not followed. Every request
says who sends it, and how that person can be reached.
"""

from __future__ import annotations

import re
import time
import zlib
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import gaierror
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import AbstractHTTPHandler, OpenerDirector, ProxyHandler

from labelsys.errors import ConfigError, SourceError
from labelsys.http_client import (
    Watch,
    is_json,
    is_loopback,
    parse_http_date,
    parse_retry_after,
    watching,
)
from labelsys.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from socket import socket
    from urllib.parse import SplitResult
    from urllib.request import Request

__all__ = [
    "CONTACT_VARIABLE",
    "DEFAULT_ENDPOINT",
    "Address",
    "Endpoint",
    "EndpointSettings",
    "RequestError",
    "parse_address",
]

CONTACT_VARIABLE: Final = "LABELSYS_CONTACT"
"""The environment variable with an address for the people who run an endpoint."""

DEFAULT_ENDPOINT: Final = "https://query.wikidata.org/sparql"

MAX_BODY: Final = 64 << 20
"""Bytes of an answer, unpacked."""

_CHUNK: Final = 1 << 16
_MAX_WORDS: Final = 160
_PORTS: Final = {"http": 80, "https": 443}
_CONTACT: Final = re.compile(r"(?:[^\s@()]+@[^\s@()]+\.[^\s@()]+|https?://[^\s()]+\.[^\s()]+)\Z")
_NOBODY: Final = re.compile(r"(?:@|://|\.)example\.(?:org|com|net)\b|\.(?:invalid|test)\b")
_HOPELESS: Final = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 415, 451})
_HEAVY: Final = frozenset({413, 500, 502, 504})


class RequestError(Exception):
    """A request got no answer, and another try may help. Never leaves this package.

    Attributes:
        reason: in few words, the same for the same cause.
        wait_s: pause that the server asks for, or None.
        is_heavy: whether asking for less may help.
    """

    def __init__(self, reason: str, *, wait_s: float | None = None, is_heavy: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.wait_s, self.is_heavy = reason, wait_s, is_heavy


class Address(NamedTuple):
    """Where an endpoint is.

    Attributes:
        url: as given.
        host: name or IP address, without brackets.
        port: of the server.
        is_local: whether it is this machine.
    """

    url: str
    host: str
    port: int
    is_local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """Whom to ask, and who asks. Making one checks it.

    Attributes:
        url: of the endpoint.
        contact: mail address or page of whoever runs the pull; told to the endpoint.
        timeout_s: longest time of one request, from first to last byte.
        max_body: most bytes of an answer, unpacked.
    """

    url: str
    contact: str = ""
    timeout_s: float = 75.0
    max_body: int = MAX_BODY

    def __post_init__(self) -> None:
        address = parse_address(self.url)
        if not self.timeout_s > 0:
            raise ConfigError("an answer needs more than 0 seconds", location="--timeout")
        if not self.contact and address.is_local:
            return
        if not self.contact:
            msg = (
                f"{address.host} has to know whom to write to when this pull troubles it: give "
                f"your own mail address or page, by --contact or ${CONTACT_VARIABLE}"
            )
            raise ConfigError(msg)
        if not _CONTACT.match(self.contact) or not self.contact.isascii():
            msg = f"{self.contact!r} is no mail address and no page (https://...)"
            raise ConfigError(msg, location="--contact")
        if _NOBODY.search(self.contact) and not address.is_local:
            msg = f"{self.contact!r} reaches nobody: give your own mail address or page"
            raise ConfigError(msg, location="--contact")


def parse_address(url: str) -> Address:
    """Return where an endpoint is.

    Raises:
        ConfigError: it is no http or https address, or holds a user, a
            password, a query or a fragment.

    Examples:
        >>> parse_address("https://query.wikidata.org/sparql")[1:]
        ('query.wikidata.org', 443, False)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError("this is no address of a server", location="--endpoint") from None
    _check_parts(parts, url, host)
    return Address(url, host, port or _PORTS[parts.scheme], is_loopback(host))


def _check_parts(parts: SplitResult, url: str, host: str) -> None:
    problem = ""
    if parts.username is not None or parts.password is not None:
        problem = "the address holds a user or a password, which would stand in logs and tables"
    elif parts.query or parts.fragment or "?" in url or "#" in url:
        problem = "the address has a part behind `?` or `#`: give it without"
    elif parts.scheme not in _PORTS or not host or not url.isascii() or not url.isprintable():
        problem = "an endpoint is an address that starts with https:// or http://"
    elif " " in url:
        problem = "the address has a space in it"
    if problem:
        raise ConfigError(problem, location="--endpoint")


class Endpoint:
    """Asks one endpoint, one question at a time."""

    def __init__(self, settings: EndpointSettings) -> None:
        """Get ready to ask; nothing is sent yet."""
        self.address = parse_address(settings.url)
        self._settings = settings
        self._watch = Watch()
        self._opener = self._make_opener()
        self._client = self._make_client()

    def ask(self, text: str) -> bytes:
        """Send one query.

        Returns:
            The body of the answer: JSON by its type, and whole by its length.

        Raises:
            RequestError: there is none; another try may help.
            SourceError: the endpoint will answer no such question.
        """
        self._watch = watch = Watch()
        self._client.setQuery(text)
        try:
            with watching(watch, self._settings.timeout_s):
                response: HTTPResponse = self._client.query().response
                with response:
                    body = self._read(response)
        except SourceError:
            raise
        # HTTP, sockets, TLS and compression: each has its own family of errors.
        except (HTTPException, OSError, ValueError, zlib.error) as error:
            cause = error.reason if isinstance(error, URLError) else error
            if isinstance(cause, SSLCertVerificationError):
                msg = f"{self.address.host} has no certificate that this machine trusts"
                raise SourceError(msg) from None
            if isinstance(cause, ConnectionRefusedError | gaierror):
                raise RequestError("no connection") from None
            is_late = watch.late.is_set() or isinstance(cause, TimeoutError)
            reason = "timed out" if is_late else "connection broke"
            raise RequestError(reason, is_heavy=True) from None
        if watch.late.is_set():
            raise RequestError("timed out", is_heavy=True)
        return body

    def _read(self, response: HTTPResponse) -> bytes:
        if response.status != HTTPStatus.OK:
            raise self._refusal(response)
        kind = response.headers.get("content-type") or ""
        if not is_json(kind):
            what = "HTML" if "html" in kind.casefold() else "something else"
            msg = f"{what} instead of rows"
            raise RequestError(msg)
        return b"".join(_unpacked(response, self._settings.max_body))

    def _refusal(self, response: HTTPResponse) -> Exception:
        host, status = self.address.host, response.status
        if 300 <= status < 400:
            target = response.headers.get("location") or "elsewhere"
            msg = (
                f"{host} points to {_short(target)} (HTTP {status}), and redirects are not "
                "followed: give the address that answers"
            )
            return SourceError(msg)
        if status in {401, 403}:
            msg = f"{host} lets nobody ask here, or not from this machine (HTTP {status})"
            return SourceError(msg)
        if status in _HOPELESS:
            words = _short(response.read(_CHUNK).decode("utf-8", "replace"))
            msg = f"{host} refuses the question (HTTP {status}): {words or 'no word on why'}"
            return SourceError(msg)
        # By the server's own clock, where it tells it: ours may be wrong.
        now = parse_http_date(response.headers.get("date") or "") or time.time()
        wait_s = parse_retry_after(response.headers.get("retry-after") or "", now)
        return RequestError(f"HTTP {status}", wait_s=wait_s, is_heavy=status in _HEAVY)

    def _make_opener(self) -> OpenerDirector:
        """Return an opener that follows no redirect and raises for no status."""
        opener = OpenerDirector()
        opener.add_handler(ProxyHandler({} if self.address.is_local else None))
        opener.add_handler(_Http(self._hold))
        return opener

    def _hold(self, connected: socket) -> None:
        self._watch.hold(connected)

    def _make_client(self) -> Any:
        # SPARQLWrapper loads rdflib: only for those who ask.
        from SPARQLWrapper import JSON, POST, SPARQLWrapper
        from SPARQLWrapper import __version__ as library_version

        opener, timeout_s = self._opener, self._settings.timeout_s

        class Client(SPARQLWrapper):  # type: ignore[misc]  # it has no types
            def _query(self) -> tuple[Any, str]:
                # Its own way follows redirects, and loses the headers of some statuses.
                return opener.open(self._createRequest(), timeout=timeout_s), self.returnFormat

        contact = f" ({self._settings.contact})" if self._settings.contact else ""
        agent = f"labelsys/{__version__}{contact} SPARQLWrapper/{library_version}"
        client = Client(self.address.url, agent=agent)
        client.setMethod(POST)  # a list of items is longer than an address may be
        client.setReturnFormat(JSON)
        client.setOnlyConneg(True)
        client.addCustomHttpHeader("Accept-Encoding", "gzip")
        return client


class _Http(AbstractHTTPHandler):
    """Sends requests, and tells of each socket that it connects."""

    def __init__(self, hold: Callable[[socket], None]) -> None:
        super().__init__()
        self._hold = hold

    def http_open(self, req: Request) -> HTTPResponse:
        """Return the reply."""
        return self.do_open(partial(_Telling, hold=self._hold), req)

    def https_open(self, req: Request) -> HTTPResponse:
        """Return the reply."""
        return self.do_open(partial(_Secure, hold=self._hold), req)

    http_request = https_request = AbstractHTTPHandler.do_request_


class _Telling(HTTPConnection):
    def __init__(self, host: str, *, hold: Callable[[socket], None], **options: Any) -> None:
        super().__init__(host, **options)
        self._told = hold

    def connect(self) -> None:
        super().connect()
        self._told(self.sock)


class _Secure(_Telling, HTTPSConnection):
    pass


def _unpacked(response: HTTPResponse, most: int) -> Iterator[bytes]:
    """Yield the body, unpacked, within its limit.

    Raises:
        RequestError: it is too large, cut off, or packed in another way.
    """
    packing = (response.headers.get("content-encoding") or "identity").strip().casefold()
    if packing not in {"identity", "gzip"}:
        raise RequestError("packed in a way that was not asked for")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if packing == "gzip" else None
    left = most
    while data := response.read(_CHUNK):
        while data:
            part = data if unpacker is None else unpacker.decompress(data, left + 1)
            data = b"" if unpacker is None else unpacker.unconsumed_tail
            left -= len(part)
            if left < 0:
                raise RequestError("too large", is_heavy=True)
            yield part
    # The library is silent about a body that ends before its length.
    if response.length or (unpacker is not None and not unpacker.eof):
        raise RequestError("cut off", is_heavy=True)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _MAX_WORDS else words[:_MAX_WORDS] + "…"
