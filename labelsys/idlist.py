"""Lists of concept ids, as people write them: one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_ids"]

MAX_BYTES = 100_000_000
MAX_ID = 500


def read_ids(path: Path) -> tuple[str, ...]:
    """Read a list of ids, in any spelling; nothing is looked up.

    Blank lines and lines that begin with `#` count for nothing; what follows a
    tab is a note.

    Returns:
        The ids in file order, each once.

    Raises:
        SourceError: the file can't be read, is too large for a list of ids, is
            not UTF-8, or a line is no id.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise SourceError(error.strerror or str(error), path=path) from error
    if size > MAX_BYTES:
        msg = f"{size:,} bytes: is this a list of ids?"
        raise SourceError(msg, path=path)
    ids: dict[str, None] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        ids.setdefault(_parse(line, path, number))
    ids.pop("", None)
    return tuple(ids)


def _parse(line: bytes, path: Path, number: int) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        msg = "is not UTF-8"
        raise SourceError(msg, path=path, line=number) from error
    if text.startswith("#"):
        return ""
    id_ = text.partition("\t")[0].strip()
    if len(id_) > MAX_ID or not id_.isprintable():
        msg = f"{id_[:40]!r} is no id of a concept: one a line, as in n02084071"
        raise SourceError(msg, path=path, line=number)
    return id_
