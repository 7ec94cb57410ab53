"""Whom to ask, and how much: checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from labelsys.errors import ConfigError
from labelsys.http_client import is_loopback

__all__ = [
    "DEFAULT_JOBS",
    "DEFAULT_MAX_REQUESTS",
    "KEY_VARIABLE",
    "Address",
    "LlmSettings",
    "parse_endpoint",
]

KEY_VARIABLE = "LABELSYS_LLM_KEY"
"""The environment variable that holds the key; a key is given in no other way."""

DEFAULT_JOBS = 4
DEFAULT_MAX_REQUESTS = 1000

_PATH = "/chat/completions"
_MAX_MODEL = 200
_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """Where questions go.

    Attributes:
        scheme: `https`, or `http` on this machine.
        host: name or IP address, without brackets.
        port: of the server.
        path: of the chat completions.
        is_local: whether it is this machine, which no proxy stands before.
    """

    scheme: str
    host: str
    port: int
    path: str
    is_local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """Whom to ask about doubtful links. Making one checks it.

    Attributes:
        endpoint: base address of the OpenAI interface (`https://host/v1`), or
            the whole address of its `/chat/completions`.
        model: name that the endpoint knows.
        key: sent as a bearer token; "" sends none. Never shown.
        jobs: requests under way at once.
        max_requests: budget; tries after a failure count as well.
        accept: accept a chosen row whose confidence reaches the recipe's
            threshold; needs *precision*.
        precision: measured share of this model's choices that are right, the
            confidence of what it chooses; None where nobody measured.
        timeout_s: longest time of one request, from first to last byte.
        tries: of one question.
        backoff_s: first pause after a failure; doubles each time.
        seed: of the pauses' jitter; None takes another each time.
    """

    endpoint: str
    model: str
    key: str = field(default="", repr=False)
    jobs: int = DEFAULT_JOBS
    max_requests: int = DEFAULT_MAX_REQUESTS
    accept: bool = False
    precision: float | None = None
    timeout_s: float = 60.0
    tries: int = 4
    backoff_s: float = 0.5
    seed: int | None = None

    def __post_init__(self) -> None:
        parse_endpoint(self.endpoint)
        if not self.model.strip() or not self.model.isprintable() or len(self.model) > _MAX_MODEL:
            raise ConfigError("a model's name is one line of text", location="--llm-model")
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            # The key itself must not get into the message.
            raise ConfigError("the key has characters that no key has", location=KEY_VARIABLE)
        for name, value in (
            ("--llm-jobs", self.jobs),
            ("--llm-max-requests", self.max_requests),
            ("tries", self.tries),
        ):
            if value < 1:
                msg = f"{value} is too small: at least 1"
                raise ConfigError(msg, location=name)
        if not (isfinite(self.timeout_s) and self.timeout_s > 0 and self.backoff_s >= 0):
            raise ConfigError("times are more than 0 seconds", location="timeout_s")
        if self.precision is not None and not 0.0 <= self.precision <= 1.0:
            msg = f"{self.precision} is no share between 0 and 1"
            raise ConfigError(msg, location="--llm-precision")
        if self.accept and self.precision is None:
            msg = (
                "needs --llm-precision: what share of this model's choices was right on rows "
                "whose answer is known"
            )
            raise ConfigError(msg, location="--llm-accept")


def parse_endpoint(text: str) -> Address:
    """Return where an endpoint is.

    Args:
        text: an address, with or without `/chat/completions` at its end.

    Returns:
        Its parts.

    Raises:
        ConfigError: it is no https address (nor http on this machine), or
            holds a user, password, query or fragment, where keys hide.

    Examples:
        >>> parse_endpoint("https://llm.example.org/v1")[:4]
        ('https', 'llm.example.org', 443, '/v1/chat/completions')
    """
    where = "--llm-endpoint"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError("this is no address of a server", location=where) from None
    _check_parts(parts, text, host)
    is_local = is_loopback(host)
    if parts.scheme == "http" and not is_local:
        msg = f"http to {host} would show names and key to the network: use https"
        raise ConfigError(msg, location=where)
    path = parts.path.rstrip("/")
    path = quote(path if path.endswith(_PATH) else path + _PATH, safe="/%:@-._~")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], path, is_local)


def _check_parts(parts: SplitResult, text: str, host: str) -> None:
    where = "--llm-endpoint"
    if parts.scheme not in _PORTS or not host or not text.isprintable() or " " in text:
        msg = "an endpoint is an address that starts with https:// (http:// on this machine)"
        raise ConfigError(msg, location=where)
    if parts.username is not None or parts.password is not None:
        msg = f"the address holds a user or password: put the key into ${KEY_VARIABLE} instead"
        raise ConfigError(msg, location=where)
    if parts.query or parts.fragment:
        msg = f"the address has a part behind `?` or `#`: a key goes into ${KEY_VARIABLE} instead"
        raise ConfigError(msg, location=where)
