"""A file that somebody gives us, before anything is known about it.

This module owns what holds for every format: only regular files and stdin,
size limits, the encoding, and the line of an error. Nothing is read twice from
stdin, and nothing without a limit from anywhere.
"""

from __future__ import annotations

import io
import mmap
import os
import re
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Protocol

from labelsys.closing import Closes
from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["MAX_LINE_BYTES", "MAX_TEXT_BYTES", "STDIN", "InputFile", "Parsed", "Reader", "Record"]

STDIN = "-"
MAX_LINE_BYTES = 1 << 20
MAX_TEXT_BYTES = 1 << 27
"""Limit of a text file, and of all that comes from stdin: ImageNet-21k's list is half a MiB."""

_HEAD_BYTES = 1 << 16
_SMALL_BYTES = 1 << 24
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = ((b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE"))
_OTHER_KINDS = (
    (b"\x1f\x8b", "gzip-compressed: unpack it first"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document: save it as CSV"),
    (b"%PDF", "a PDF document, no list of names"),
    (b"\x93NUMPY", "a numpy array, no list of names"),
    (b"SQLite format 3", "a SQLite database, no list of names"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One class as a file has it, before any check of its values.

    Attributes:
        line: 1-based line where it starts.
        where: what to add to the line in a message (` (categories[3])`), or "".
        label_id: the id, "" where there is none.
        name: the raw name.
        parent: the superclass, or "".
        synonyms: other names.
        description: a text on it, or "".
        lang: a language tag, or "" for English.
        wnid: as given, or "".
        synset: as given, or "".
        qid: as given, or "".
    """

    line: int
    label_id: str
    name: str
    where: str = ""
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""
    lang: str = ""
    wnid: str = ""
    synset: str = ""
    qid: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether this is but an empty line."""
        return not self.label_id and not self.name.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a reader makes of a file.

    Attributes:
        records: the classes, in file order; read while iterated.
        header: `# key: value` lines on top.
        task: what the format is for, or "" where it is for any task.
        extra_columns: columns that are not read, in file order.
    """

    records: Iterable[Record]
    header: Mapping[str, str] = field(default_factory=dict)
    task: str = ""
    extra_columns: tuple[str, ...] = ()


class Reader(Protocol):
    """Makes records of a file; what a registered format is."""

    def __call__(self, source: InputFile, /) -> Parsed:
        """Read the file.

        Raises:
            SourceError: the file as a whole is wrong.
        """
        ...


class InputFile(Closes):
    """A regular file or stdin, opened for reading; a context manager."""

    def __init__(self, path: Path | str) -> None:
        """Open a file.

        Args:
            path: a file, or `-` for stdin, which is read whole, up to a limit.

        Raises:
            SourceError: it is missing, can't be read, is no regular file, is
                empty, or is visibly something else than text.
        """
        self.path = str(path)
        # Where a JSON file's list lies; found once for the detection and the reader.
        self.list_span: tuple[int, int] | None = None
        self._stream, self.size = _open_stdin() if self.path == STDIN else _open_file(self.path)
        try:
            self.head = self._stream.read(_HEAD_BYTES)
            self._check_head()
        except OSError as exc:
            self._stream.close()
            msg = f"can't be read: {exc.strerror or exc}"
            raise self.error(msg) from exc
        except SourceError:
            self._stream.close()
            raise
        self.head = self.head.removeprefix(_BOM)

    def close(self) -> None:
        """Close the file; twice is fine."""
        mapped = self.__dict__.get("data")
        if isinstance(mapped, mmap.mmap):
            # An error that is on its way up may still hold a view; then it goes with the error.
            with suppress(BufferError):
                mapped.close()
        self._stream.close()

    def error(self, message: str, line: int | None = None) -> SourceError:
        """Return the error to raise about this file."""
        return SourceError(message, path=self.path, line=line)

    @cached_property
    def data(self) -> bytes | mmap.mmap:
        """All bytes, mapped instead of read where they are many."""
        if self.path != STDIN and self.size > _SMALL_BYTES:
            return mmap.mmap(self._stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._stream.seek(0)
        return self._stream.read()

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line's number, from 1, and its text without the line end.

        LF and CRLF end a line; a byte order mark is dropped.

        Raises:
            SourceError: a line is too long, or holds a NUL or what is no UTF-8.
        """
        if self.size > MAX_TEXT_BYTES:
            msg = f"{self.size:,} bytes, a list of names has at most {MAX_TEXT_BYTES:,}"
            raise self.error(msg)
        self._stream.seek(0)
        number = 0
        while raw := self._read_line():
            number += 1
            if number == 1:
                raw = raw.removeprefix(_BOM)
            yield number, self._decode(raw, number)

    def _read_line(self) -> bytes:
        try:
            return self._stream.readline(MAX_LINE_BYTES + 2)
        except OSError as exc:
            msg = f"can't be read: {exc.strerror or exc}"
            raise self.error(msg) from exc

    def _decode(self, raw: bytes, line: int) -> str:
        if raw.endswith(b"\n"):
            raw = raw[:-1].removesuffix(b"\r")
        if len(raw) > MAX_LINE_BYTES:
            msg = f"the line has over {MAX_LINE_BYTES:,} bytes: is this a list of names?"
            raise self.error(msg, line)
        if b"\0" in raw:
            raise self.error("holds a NUL byte: this is no text file", line)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise self.error(_describe_bad_byte(raw, exc.start), line) from exc
        if line == 1 and "\r" in text.rstrip("\r"):
            msg = "lines end in CR alone: convert them, as in `tr '\\r' '\\n' < FILE > NEW`"
            raise self.error(msg, line)
        return text.removesuffix("\r")

    def _check_head(self) -> None:
        if not self.head.removeprefix(_BOM).strip():
            if self.size <= len(self.head):
                raise self.error("is empty: expected names of classes")
            raise self.error("starts with nothing but blank lines: expected names of classes")
        encoding = _find_wide_encoding(self.head)
        if encoding is not None:
            msg = f"is {encoding}: convert it, as in `iconv -f {encoding} -t UTF-8 FILE > NEW`"
            raise self.error(msg, 1)
        for magic, what in _OTHER_KINDS:
            if self.head.startswith(magic):
                msg = f"is {what}"
                raise self.error(msg)
        if _MARKUP.match(self.head):
            raise self.error("is an HTML or XML page, no list of names", 1)


def _open_stdin() -> tuple[BinaryIO, int]:
    if sys.stdin is None:
        raise SourceError("stdin is closed: give a file", path=STDIN)
    data = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        msg = f"gives over {MAX_TEXT_BYTES:,} bytes: a list of names is shorter"
        raise SourceError(msg, path=STDIN)
    return io.BytesIO(data), len(data)


def _open_file(path: str) -> tuple[BinaryIO, int]:
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise SourceError("no such file", path=path) from exc
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the path
        reason = exc.strerror if isinstance(exc, OSError) else None
        msg = f"can't be opened: {reason or exc}"
        raise SourceError(msg, path=path) from exc
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode):
        os.close(handle)
        folder = stat.S_ISDIR(info.st_mode)
        what = "a folder" if folder else "no regular file; '-' reads from a pipe"
        msg = f"is {what}: expected a file with names of classes"
        raise SourceError(msg, path=path)
    return os.fdopen(handle, "rb"), info.st_size


def _find_wide_encoding(head: bytes) -> str | None:
    for bom, encoding in _WIDE_BOMS:
        if head.startswith(bom):
            # UTF-32LE begins with the same two bytes.
            wider = encoding == "UTF-16LE" and head[2:4] == b"\0\0"
            return "UTF-32LE" if wider else encoding
    sample = head[:512]
    half = len(sample) // 2
    if half < 2:
        return None
    if sample[1::2].count(0) > 0.6 * half and not sample[0::2].count(0):
        return "UTF-16LE"
    if sample[0::2].count(0) > 0.6 * half and not sample[1::2].count(0):
        return "UTF-16BE"
    return None


def _describe_bad_byte(raw: bytes, at: int) -> str:
    return (
        f"byte 0x{raw[at]:02x} at position {at + 1} is not UTF-8: convert the file,"
        " as in `iconv -f LATIN1 -t UTF-8 FILE > NEW`"
    )
