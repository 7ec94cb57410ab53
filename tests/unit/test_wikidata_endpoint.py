"""One request to an endpoint that misbehaves as the real ones do, on this machine."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import ConfigError, SourceError
from labelsys.source.wikidata.answers import Term, parse_answer
from labelsys.source.wikidata.endpoint import (
    Endpoint,
    EndpointSettings,
    RequestError,
    parse_address,
)
from labelsys.version import __version__
from tests.fault_proxy import in_order, run_proxy

if TYPE_CHECKING:
    from typing import Any

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ANSWER = b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'
HERE = "http://127.0.0.1:3030/ds/sparql"


def ask(*faults: str, timeout_s: float = 5.0, **changes: Any) -> bytes:
    """Ask once, of a server that fails so, or answers."""
    with run_proxy(lambda _query: ANSWER, in_order(*faults)) as proxy:
        settings = EndpointSettings(url=proxy.url, timeout_s=timeout_s, **changes)
        return Endpoint(settings).ask("SELECT ?x {}")


def failure(fault: str, **changes: Any) -> RequestError:
    with pytest.raises(RequestError) as caught:
        ask(fault, **changes)
    return caught.value


def test_answer_comes_back_whole() -> None:
    assert ask() == ANSWER


def test_request_says_who_asks_and_what_is_wanted() -> None:
    with run_proxy(lambda _query: ANSWER) as proxy:
        settings = EndpointSettings(url=proxy.url, contact="me@uni.example.net")
        Endpoint(settings).ask("SELECT ?x { ?x ?y 'é' }")
        (call,) = proxy.calls
    agent = call.headers["user-agent"]
    assert re.fullmatch(
        rf"labelsys/{re.escape(__version__)} \(me@uni\.example\.net\) SPARQLWrapper/[\d.]+", agent
    )
    assert call.query == "SELECT ?x { ?x ?y 'é' }"
    assert "application/sparql-results+json" in call.headers["accept"]
    assert call.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("fault", "reason", "is_heavy"),
    [
        ("500", "HTTP 500", True),
        ("502", "HTTP 502", True),
        ("503", "HTTP 503", False),
        ("429", "HTTP 429", False),
        ("504", "HTTP 504", True),
        ("reset", "connection broke", True),
        ("cut off", "cut off", True),
        ("html", "HTML instead of rows", False),
    ],
)
def test_failure_has_a_reason(fault: str, reason: str, is_heavy: bool) -> None:
    error = failure(fault)
    assert (error.reason, error.is_heavy, error.wait_s) == (reason, is_heavy, None)


def test_pause_is_read_in_both_forms() -> None:
    assert failure("429 seconds 17").wait_s == 17.0
    wait_s = failure("503 date").wait_s
    assert wait_s is not None
    assert 0.0 <= wait_s <= 2.0


@pytest.mark.parametrize("fault", ["time-out", "drip"])
def test_request_ends_when_its_time_is_over(fault: str) -> None:
    started = time.monotonic()
    error = failure(fault, timeout_s=0.3)
    assert (error.reason, error.is_heavy) == ("timed out", True)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("size", [10_000, 100_000_000])
def test_answer_has_a_limit_however_well_it_is_packed(size: int) -> None:
    error = failure(f"large {size}", max_body=9_999)
    assert (error.reason, error.is_heavy) == ("too large", True)
    assert len(ask("large 9999", max_body=9_999)) == 9_999


def test_server_that_is_not_there_is_told() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(RequestError, match="no connection"):
        Endpoint(EndpointSettings(url=f"http://127.0.0.1:{port}/")).ask("SELECT ?x {}")


def test_reply_that_is_no_http_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(RequestError, match="connection broke"):
            Endpoint(EndpointSettings(url=url)).ask("SELECT ?x {}")
        thread.join(5)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            "redirect https://elsewhere.example/sparql",
            r"points to https://elsewhere\.example/.*307",
        ),
        ("401", r"127\.0\.0\.1 lets nobody ask here.*HTTP 401"),
        ("403", r"127\.0\.0\.1 lets nobody ask here.*HTTP 403"),
        ("404", r"refuses the question \(HTTP 404\): java\.util\.concurrent"),
        ("400", r"refuses the question \(HTTP 400\): java\S+ at \.\.\."),
    ],
)
def test_what_no_other_try_helps_ends_at_once(fault: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        ask(fault)


def test_redirect_is_not_followed_on_the_same_host_either() -> None:
    with run_proxy(lambda _query: ANSWER) as other:
        with pytest.raises(SourceError, match="redirects are not followed"):
            ask(f"redirect {other.url}")
        assert other.calls == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "localhost:3030", "ftp://localhost/", "file:///etc/passwd", "https://", "http:///x"),
        *("https://user:word@localhost/", "https://user@localhost/", "http://localhost/?key=1"),
        *("http://localhost/#x", "http://localhost/a b", "http://[::1/", "http://localhost:99999/"),
        "http://localhost/\n",
    ],
)
def test_address_is_checked_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigError, match="--endpoint: "):
        parse_address(url)


def test_password_does_not_get_into_the_message() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address("https://user:secret@localhost/")
    assert "secret" not in str(caught.value)


def test_contact_is_asked_for_and_never_invented() -> None:
    with pytest.raises(ConfigError, match=r"query\.wikidata\.org has to know .*\$LABELSYS_CONTACT"):
        EndpointSettings(url="https://query.wikidata.org/sparql")
    assert EndpointSettings(url=HERE).contact == ""
    for contact in ("me@uni.edu", "https://uni.edu/~me", "a.b+c@mail.uni.edu"):
        EndpointSettings(url="https://query.wikidata.org/sparql", contact=contact)


@pytest.mark.parametrize("contact", ["you@example.org", "https://example.com/me", "a@b.invalid"])
def test_contact_of_nobody_is_refused_but_on_this_machine(contact: str) -> None:
    with pytest.raises(ConfigError, match="reaches nobody"):
        EndpointSettings(url="https://query.wikidata.org/sparql", contact=contact)
    EndpointSettings(url=HERE, contact=contact)


@pytest.mark.parametrize(
    "contact", ["me", "me@uni", "a@b.c\r\nX-Evil: 1", "a b@uni.edu", "é@uni.edu", "a@uni.edu)"]
)
def test_contact_is_an_address(contact: str) -> None:
    with pytest.raises(ConfigError, match="--contact: "):
        EndpointSettings(url=HERE, contact=contact)


def answer(*rows: Any, columns: Any = ("x", "y"), **more: Any) -> bytes:
    found = {"head": {"vars": columns}, "results": {"bindings": rows}, **more}
    return json.dumps(found).encode()


X, Y = {"type": "uri", "value": "http://x"}, {"type": "literal", "value": "é", "xml:lang": "DE"}


def test_rows_have_their_terms_in_order() -> None:
    bnode = {"type": "bnode", "value": "b0"}
    old = {"type": "typed-literal", "value": "1", "datatype": "http://int"}
    body = answer({"y": Y, "x": X}, {"x": bnode, "y": old}, columns=["y", "x"])
    assert parse_answer(body, ("x", "y"), 2) == [
        (Term("uri", "http://x"), Term("literal", "é", "de")),
        (Term("bnode", "b0"), Term("literal", "1")),
    ]
    assert parse_answer(answer(), ("x", "y"), 0) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "broken JSON"),
        (b"<html>", "broken JSON"),
        (answer({"x": X, "y": Y})[:-1], "broken JSON"),
        (answer() + b"java.util.concurrent.TimeoutException", "broken JSON"),
        (b"[" * 200_000, "broken JSON"),
        (b"\xff\xfe", "broken JSON"),
        (b"null", "JSON that is no answer"),
        (b"[]", "JSON that is no answer"),
        (b'{"head": {}, "boolean": true}', "JSON that is no answer"),
        (b'{"head": {"vars": 1}, "results": {"bindings": []}}', "JSON that is no answer"),
        (b'{"head": {"vars": ["x", "y"]}, "results": {"bindings": {}}}', "JSON that is no answer"),
        (answer(columns=["x"]), "answer to another question"),
        (answer(columns=["x", "y", "z"]), "answer to another question"),
        (answer({"x": X, "y": Y}, {"x": X, "y": Y}), "more rows than asked for"),
        (answer({"x": X}), "row of another shape"),
        (answer({"x": X, "y": None}), "row of another shape"),
        (answer({"x": X, "y": {"type": "literal", "value": 1}}), "row of another shape"),
        (answer({"x": X, "y": {"type": "triple", "value": ""}}), "row of another shape"),
        (answer([X, Y]), "row of another shape"),
    ],
)
def test_answer_of_another_shape_is_none(body: bytes, reason: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_answer(body, ("x", "y"), 1)
    assert caught.value.reason == reason


def test_half_a_character_becomes_a_mark() -> None:
    body = answer({"x": X, "y": {"type": "literal", "value": "a\ud800b"}})
    ((_, term),) = parse_answer(body, ("x", "y"), 1)
    assert term.value == "a?b"
