"""What a result was computed by: other code may give another one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["code_fingerprint"]


@cache
def code_fingerprint(*names: str) -> str:
    """Return the SHA-256, hex, of files of labelsys, in the order given.

    Args:
        names: files or folders below the package; of a folder, every module in it. A
            file that is no module (coefficients) has to be named itself.
    """
    whole = hashlib.sha256()
    for name in names:
        named = files("labelsys").joinpath(name)
        for item in _iter_modules(named) if named.is_dir() else [named]:
            whole.update(f"{item.name}\0{hashlib.sha256(item.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _iter_modules(item: Traversable) -> Iterator[Traversable]:
    if item.is_dir():
        for inner in sorted(item.iterdir(), key=lambda inner: inner.name):
            yield from _iter_modules(inner)
    elif item.name.endswith(".py"):
        yield item
