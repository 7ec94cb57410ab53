"""What asking a server over HTTP needs, whatever library sends the request."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Watch", "is_json", "is_loopback", "parse_http_date", "parse_retry_after", "watching"]

_JSON_TYPE = re.compile(r"application/(?:[\w.\-]+\+)?json\s*(?:;|\Z)", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?\Z", re.ASCII)


def is_json(content_type: str) -> bool:
    """Return whether a reply says that it is JSON.

    Examples:
        >>> is_json("application/sparql-results+json; charset=utf-8"), is_json("text/html")
        (True, False)
    """
    return _JSON_TYPE.match(content_type.strip()) is not None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by its name or address alone.

    Examples:
        >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost.example.org")
        (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_http_date(text: str) -> float | None:
    """Return a date as HTTP writes it in seconds since 1970, or None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def parse_retry_after(text: str, now: float) -> float | None:
    """Return how many seconds a `Retry-After` asks to wait.

    Args:
        text: the header: seconds, or a date as HTTP writes it.
        now: seconds since 1970.

    Returns:
        0 or more; None where the header says nothing that can be read.

    Examples:
        >>> parse_retry_after("7", 0.0)
        7.0
        >>> parse_retry_after("Thu, 01 Jan 1970 00:01:30 GMT", 60.0)
        30.0
    """
    text = text.strip()
    if _SECONDS.match(text):
        return float(text)
    date = parse_http_date(text)
    return None if date is None else max(0.0, date - now)


class Watch:
    """Holds the socket of one request, to shut it from another thread."""

    def __init__(self) -> None:
        self.late = threading.Event()
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def hold(self, connected: socket.socket | None) -> None:
        """Take the socket that the request goes through."""
        with self._lock:
            self._socket = connected
            if self.late.is_set():
                self._shut()

    def cut(self) -> None:
        """Shut the socket: whoever waits for it gets an error."""
        with self._lock:
            self.late.set()
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # the other side was faster
                self._socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def watching(watch: Watch, timeout_s: float) -> Iterator[Callable[[], bool]]:
    """Cut a request that takes too long in all.

    A timeout of a socket counts from the last byte: a server that sends one now
    and then would hold a thread for ever.

    Args:
        watch: told of the socket by whoever connects.
        timeout_s: for the whole block.

    Yields:
        A function that says whether it was cut.
    """
    timer = threading.Timer(timeout_s, watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch.late.is_set
    finally:
        timer.cancel()
