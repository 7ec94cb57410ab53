"""What every request over HTTP needs."""

from __future__ import annotations

import socket
import time

import pytest

from labelsys.http_client import Watch, is_loopback, parse_retry_after, watching


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7.0),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("nan", None),
        ("9" * 40, None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    now = 784111770.0  # 1994-11-06T08:49:30Z
    assert parse_retry_after(text, now) == seconds


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_this_machine_is_told_from_others(host: str, is_local: bool) -> None:
    assert is_loopback(host) == is_local


def test_socket_that_is_late_is_cut() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = Watch()
        started = time.monotonic()
        with watching(watch, 0.1) as is_late:
            watch.hold(ours)
            assert ours.recv(1) == b""  # would wait for ever
            assert is_late()
        assert time.monotonic() - started < 5


def test_socket_that_connects_too_late_is_cut_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = Watch()
        watch.cut()
        watch.hold(ours)
        assert ours.recv(1) == b""
