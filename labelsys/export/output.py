"""Where an export goes: a path that is replaced whole, or a stream. Also the forms of a row."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from labelsys.atomic import atomic_path
from labelsys.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Output", "check_base", "json_text", "open_output"]

Output: TypeAlias = Path | IO[bytes]

_BUFFER = 1 << 20
_BASE = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%\-]+)*/\Z")
# Line ends to some readers of lines, though not to JSON, which leaves them as they are.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@contextmanager
def open_output(out: Output) -> Iterator[IO[bytes]]:
    """Open what an export writes to.

    A path gets its new content when the block ends well, and keeps the old one
    when it does not. A stream is flushed and left open.

    Args:
        out: a path, whose folder exists, or a binary stream.

    Yields:
        A binary stream to write to.
    """
    if not isinstance(out, Path):
        yield out
        out.flush()
        return
    with atomic_path(out) as temp, temp.open("wb", buffering=_BUFFER) as stream:
        yield stream


def json_text(value: object) -> str:
    """Return a value as one line of JSON, readable in every script, keys in their own order.

    Examples:
        >>> json_text({"id": "wd:Q144", "names": ["狗"]})
        '{"id": "wd:Q144", "names": ["狗"]}'
    """
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def check_base(base: str) -> str:
    """Return a base address after a look at its form.

    Raises:
        ConfigError: it is no http(s) address that ends in a slash.

    Examples:
        >>> check_base("https://example.org/labelsys/")
        'https://example.org/labelsys/'
    """
    if not _BASE.match(base):
        msg = f"{base!r} is no base address: http(s)://, no spaces, and a slash at the end"
        raise ConfigError(msg, location="base")
    return base
