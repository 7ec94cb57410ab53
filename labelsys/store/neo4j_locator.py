"""Where a Neo4j server is, and who asks it.

Passwords come from the environment and go nowhere else: no message holds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_USERNAME",
    "PASSWORD_VARIABLE",
    "USERNAME_VARIABLE",
    "Credentials",
    "is_locator",
    "parse_locator",
]

USERNAME_VARIABLE = "NEO4J_USERNAME"
PASSWORD_VARIABLE = "NEO4J_PASSWORD"
DEFAULT_USERNAME = "neo4j"

_LOCATOR = re.compile(r"(?:neo4j|bolt)(?:\+s|\+ssc)?://")
_PLACE = re.compile(r"(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?\Z")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks. The password is never printed."""

    username: str
    password: str = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Credentials:
        """Read `NEO4J_USERNAME` (else neo4j) and `NEO4J_PASSWORD`.

        Returns:
            The credentials.

        Raises:
            StoreError: there is no password.
        """
        password = environ.get(PASSWORD_VARIABLE, "")
        if not password:
            msg = f"no password for Neo4j: set {PASSWORD_VARIABLE} (and {USERNAME_VARIABLE}, "
            msg += f"where it is not {DEFAULT_USERNAME}) in the environment"
            raise StoreError(msg)
        return cls(environ.get(USERNAME_VARIABLE) or DEFAULT_USERNAME, password)


def is_locator(text: object) -> bool:
    """Return whether a text names a Neo4j server."""
    return isinstance(text, str) and _LOCATOR.match(text) is not None


def parse_locator(text: str) -> str:
    """Return the address of a server, `neo4j://host:port`.

    Args:
        text: scheme `neo4j` or `bolt`, with `+s` or `+ssc` for TLS; the port
            is 7687 unless given.

    Raises:
        StoreError: it holds a user or a password, which the message leaves
            out, or anything after the port.

    Examples:
        >>> parse_locator("neo4j://localhost:7687/")
        'neo4j://localhost:7687'
    """
    scheme, _, place = text.partition("://")
    if "@" in place:
        msg = f"a locator with a user or a password ({scheme}://...@...) is not taken: leave them "
        msg += f"out, and set {USERNAME_VARIABLE} and {PASSWORD_VARIABLE} in the environment"
        raise StoreError(msg)
    if not is_locator(text) or not _PLACE.match(place):
        msg = f"{text!r} is no Neo4j server: expected neo4j://host:port, as in "
        msg += "neo4j://localhost:7687"
        raise StoreError(msg)
    return f"{scheme}://{place.rstrip('/')}"
