"""Where a dump's bytes come from: a file or a pipe, plain, gzip or bzip2.

The kind is told by the first bytes, not by the name. What comes out is a row of
parts; some of them carry a point, a bit of the file at which reading can start
again: any part of a plain file, any block of bzip2, and the beginning of any
gzip member. Wikidata's own `.json.gz` has hundreds of members, one for every
batch of its pages. In a file of one member, all is unpacked again up to the
place where an earlier pass stopped, which is a fraction of the work of reading.
"""

from __future__ import annotations

import bz2
import hashlib
import os
import stat
import sys
import zlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import MissingExtraError, SourceError
from labelsys.source.wikidata.dump import bzip2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

__all__ = [
    "MOST",
    "PIPE",
    "Part",
    "Reader",
    "Samples",
    "check_samples",
    "open_dump",
    "take_samples",
    "unpack",
]

PIPE: Final = "-"
"""Standard input."""

MOST: Final = 4 << 20
"""Bytes of the longest part."""

_GZIP: Final = b"\x1f\x8b"
_PART: Final = 1 << 20
_STEP: Final = 128 << 10  # what unpacks to about one part
_SAMPLES: Final = 16
_SAMPLE: Final = 64 << 10

Samples = list[tuple[int, int, str]]
"""Places of a file, how many bytes stand there, and their digests."""


class Part(NamedTuple):
    """A piece of the dump.

    Attributes:
        data: text, or a bzip2 block that holds it.
        is_packed: which of the two.
        point: bit of the file at which this part begins, where reading can start.
    """

    data: bytes
    is_packed: bool
    point: int | None


def unpack(part: Part, name: str = "") -> bytes:
    """Return the text of a part.

    Raises:
        SourceError: its checksum is wrong.
    """
    if not part.is_packed:
        return part.data
    try:
        return bz2.decompress(part.data)
    except (OSError, ValueError, EOFError) as error:
        msg = f"damaged bzip2 block near byte {(part.point or 0) // 8:,}: fetch it again"
        raise SourceError(msg, path=name or None) from error


class Reader:
    """Reads a dump's parts."""

    def __init__(self, file: IO[bytes], name: str, *, size: int | None) -> None:
        """Use a file that is open at its beginning.

        Args:
            file: a file or pipe.
            name: for messages.
            size: in bytes; None for a pipe, which can't go back.
        """
        self.name, self.size = name, size
        self.position = 0
        self.checksum = 0
        self._file = file
        self._ahead = b""
        self._expected: tuple[int, int] | None = None
        self._kind = ""

    @property
    def kind(self) -> str:
        """`plain`, `gzip` or `bzip2`, by the first bytes."""
        if not self._kind:
            while len(self._ahead) < len(bzip2.MAGIC):
                more = self._file.read(len(bzip2.MAGIC) - len(self._ahead))
                if not more:
                    break
                self._ahead += more
            gzipped = "gzip" if self._ahead.startswith(_GZIP) else "plain"
            self._kind = "bzip2" if self._ahead.startswith(bzip2.MAGIC) else gzipped
        return self._kind

    def expect(self, position: int, checksum: int) -> None:
        """Make sure that a pipe gives the same bytes as before, up to a position."""
        self._expected = (position, checksum) if position else None

    def read(self, size: int) -> bytes:
        """Return at most so many bytes; none at the end.

        Raises:
            SourceError: they can't be read, or a pipe gives others than before.
        """
        if self._expected is not None:
            size = min(size, self._expected[0] - self.position)
        try:
            data = self._ahead + self._file.read(max(0, size - len(self._ahead)))
        except OSError as error:
            msg = f"can't be read: {error.strerror or error}"
            raise SourceError(msg, path=self.name) from error
        data, self._ahead = data[:size], data[size:]
        self.position += len(data)
        if self.size is None:
            self._compare(data)
        return data

    def _compare(self, data: bytes) -> None:
        self.checksum = zlib.crc32(data, self.checksum)
        if self._expected is None:
            return
        position, checksum = self._expected
        if (self.position == position and self.checksum != checksum) or not data:
            msg = "is not the dump that an earlier pass read: begin again without its folder"
            raise SourceError(msg, path=self.name)
        if self.position == position:
            self._expected = None

    def parts(self, point: int = 0) -> Iterator[Part]:
        """Read the dump from a point.

        Args:
            point: of an earlier part; 0 for the beginning.

        Yields:
            Its parts, in order.

        Raises:
            SourceError: it is damaged or cut off.
            MissingExtraError: it is gzip, and isal is not installed.
        """
        kind = self.kind
        if point:
            self._file.seek(point // 8)
            self._ahead, self.position = b"", point // 8
        if kind == "plain":
            while data := self.read(_PART):
                yield Part(data, False, 8 * (self.position - len(data)))
        elif kind == "gzip":
            yield from _gather(self._unzip())
        else:
            try:
                for block in bzip2.iter_blocks(self, point):
                    yield Part(block.data, True, block.bit)
            except bzip2.BlockError as error:
                raise self._broken(str(error)) from error

    def _unzip(self) -> Iterator[Part]:
        zipped = _load_isal()
        data = b""
        while data := data.lstrip(b"\0") or self.read(_STEP):  # members may be padded
            while len(data) < len(_GZIP) and (more := self.read(_STEP)):
                data += more
            if not data.startswith(_GZIP):
                if not data.strip(b"\0"):
                    continue
                msg = "no gzip data"
                raise self._broken(msg)
            point: int | None = 8 * (self.position - len(data))
            member = zipped.decompressobj(wbits=31)
            while not member.eof:
                try:
                    text = member.decompress(data, MOST)
                except zipped.error as error:
                    msg = f"damaged: {error}"
                    raise self._broken(msg) from error
                data = member.unconsumed_tail
                if text:
                    yield Part(text, False, point)
                    point = None
                if not (data or member.eof or (data := self.read(_STEP))):
                    msg = "cut off"
                    raise self._broken(msg)
            data = member.unused_data

    def _broken(self, what: str) -> SourceError:
        return SourceError(f"{what}, near byte {self.position:,}: fetch it again", path=self.name)


def _load_isal() -> Any:
    try:
        from isal import isal_zlib
    except ImportError as error:
        msg = "dump"
        raise MissingExtraError(msg, "reading a dump") from error
    return isal_zlib


def _gather(parts: Iterator[Part]) -> Iterator[Part]:
    """Join small parts: some programs write a gzip member for every few lines.

    Yields:
        Parts of the usual length, as far as there are so many.
    """
    waiting: list[bytes] = []
    size, point = 0, None
    for part in parts:
        if waiting and size + len(part.data) > _PART:
            yield Part(b"".join(waiting), False, point)
            waiting, size = [], 0
        if not waiting:
            point = part.point
        waiting.append(part.data)
        size += len(part.data)
    if waiting:
        yield Part(b"".join(waiting), False, point)


@contextmanager
def open_dump(path: str | Path) -> Iterator[Reader]:
    """Open a dump.

    Args:
        path: a file, or `-` for standard input.

    Yields:
        What reads it.

    Raises:
        SourceError: there is no such file, or it can't be read.
    """
    # glibc gives memory back to the system whenever a few parts' worth is free, and asks for it
    # again page by page. It keeps twice the size of the largest block that was ever freed.
    bytearray(2 * MOST)
    if str(path) == PIPE:
        yield Reader(sys.stdin.buffer, "standard input", size=None)
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
        except OSError as error:
            msg = f"can't be read: {error.strerror or error}"
            raise SourceError(msg, path=path) from error
        found = os.fstat(file.fileno())
        size = found.st_size if stat.S_ISREG(found.st_mode) else None
        yield Reader(file, str(path), size=size)


def take_samples(path: str | Path) -> Samples:
    """Return digests of places all over a file, by which it is known again."""
    found = []
    with Path(path).open("rb") as file:
        last = max(0, os.fstat(file.fileno()).st_size - _SAMPLE)
        for index in range(_SAMPLES):
            place = last * index // (_SAMPLES - 1)
            file.seek(place)
            data = file.read(_SAMPLE)
            found.append((place, len(data), hashlib.sha256(data).hexdigest()))
    return found


def check_samples(path: str | Path, samples: Samples) -> bool:
    """Return whether a file is the one that was sampled; it may have grown since.

    Its date is not asked: a copy is the same file.
    """
    with Path(path).open("rb") as file:
        for place, size, digest in samples:
            file.seek(place)
            if hashlib.sha256(file.read(size)).hexdigest() != digest:
                return False
    return True
