"""What an endpoint has answered, kept until the pull is written.

One line an answer, appended and flushed to the disk before anything else is
asked: a checksum, then JSON with the digest of the question and the rows,
compressed. The first line says which pull it belongs to. A line that was torn
by a crash is cut off; one that was damaged later counts for nothing, and its
question is asked again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labelsys.atomic import flush_folder, make_folder, reporting_os_errors
from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import FileIO
    from pathlib import Path

__all__ = ["Answer", "Journal", "answered_keys", "parameters_digest"]

_FORM: Final = "labelsys journal of a Wikidata pull, 1"
_SUM: Final = 16
_SPLIT: Final = "split"


class Answer(NamedTuple):
    """What is kept of one answer.

    Attributes:
        rows: as the reader of that question made them: lists of texts.
        skipped: reason -> how many rows of the endpoint's are not among them.
    """

    rows: list[list[str]]
    skipped: dict[str, int]


def parameters_digest(parameters: Mapping[str, Any]) -> str:
    """Return a short name for a pull's parameters: the same for the same ones."""
    return hashlib.sha256(_dump(parameters).encode()).hexdigest()[:8]


class Journal:
    """The answers of one pull; the caller sees to it that one process has it at a time.

    Attributes:
        path: its file.
        answers: how many it holds.
        damaged: lines that were there and could not be trusted, a torn last one aside.
    """

    def __init__(self, path: Path, parameters: Mapping[str, Any]) -> None:
        """Open a journal, or begin one.

        Args:
            path: its file; the folder is made where it is missing.
            parameters: everything that the questions depend on.

        Raises:
            SourceError: it is that of another pull, or no journal.
            StoreError: it can't be read or written.
        """
        self.path, self.damaged = path, 0
        self._places: dict[str, tuple[int, int]] = {}
        self._splits: set[str] = set()
        self._parameters = dict(parameters)
        make_folder(path.parent)
        with reporting_os_errors(path, kept="what was answered stays there"):
            # No buffer: after a failed write it would hold half a line, to be written later.
            self._file = path.open("a+b", buffering=0)
            try:
                self._end = self._load()
            except BaseException:
                self._file.close()
                raise

    @property
    def answers(self) -> int:
        """How many answers it holds."""
        return len(self._places)

    def close(self) -> None:
        """Let go of the file, which stays unless nothing was answered."""
        self._file.close()
        if not self._places:
            self.path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the file: the pull is written."""
        self._file.close()
        with reporting_os_errors(self.path, kept="the pull is written"):
            self.path.unlink(missing_ok=True)

    def find(self, key: str) -> Answer | None:
        """Return what was answered to a question, or None.

        Raises:
            SourceError: the file was changed by somebody else.
            StoreError: it can't be read any more.
        """
        place = self._places.get(key)
        if place is None:
            return None
        with reporting_os_errors(self.path):
            line = os.pread(self._file.fileno(), place[1], place[0])
        entry = _parse(line)
        if entry is None:
            msg = "changed while it was read: run the same command again"
            raise SourceError(msg, path=self.path)
        rows, skipped = json.loads(zlib.decompress(base64.b64decode(entry["z"])))
        return Answer(rows, skipped)

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; on return the disk has it.

        Raises:
            StoreError: the disk is full, or the file can't be written.
        """
        packed = base64.b64encode(zlib.compress(_dump(answer).encode(), 6)).decode()
        start, length = self._append({"q": key, "n": len(answer.rows), "z": packed})
        self._places[key] = (start, length)

    def is_split(self, key: str) -> bool:
        """Return whether a question was found too large, and asked in halves."""
        return key in self._splits

    def put_split(self, key: str) -> None:
        """Take note that a question is asked in halves from now on."""
        self._append({"q": key, _SPLIT: True})
        self._splits.add(key)

    def _append(self, entry: Mapping[str, Any]) -> tuple[int, int]:
        line = _format(entry)
        start = self._end
        with reporting_os_errors(self.path, kept="all answers before this one are kept"):
            try:
                _write_all(self._file, line)
            except OSError:
                os.ftruncate(self._file.fileno(), start)
                raise
        self._end = start + len(line)
        return start, len(line)

    def _load(self) -> int:
        """Read what is there.

        Returns:
            Where the next line goes.
        """
        end = 0
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines):
                if not line.endswith(b"\n"):
                    break  # torn by a crash
                entry = _parse(line)
                if number == 0:
                    self._check(entry)
                elif entry is None:
                    self.damaged += 1
                elif entry.get(_SPLIT):
                    self._splits.add(entry["q"])
                else:
                    self._places[entry["q"]] = (end, len(line))
                end += len(line)
        os.ftruncate(self._file.fileno(), end)
        if end == 0:
            self._end = 0
            first = {"form": _FORM, "parameters": self._parameters}
            _write_all(self._file, _format(first))
            flush_folder(self.path.parent)
            end = len(_format(first))
        return end

    def _check(self, entry: dict[str, Any] | None) -> None:
        if entry is None or entry.get("form") != _FORM:
            msg = "is no journal of a pull that this version can read: move it away"
            raise SourceError(msg, path=self.path, line=1)
        if entry["parameters"] != json.loads(_dump(self._parameters)):
            msg = "belongs to a pull with other parameters: move it away, or name another --out"
            raise SourceError(msg, path=self.path, line=1)


def answered_keys(path: Path) -> set[str]:
    """Return the keys of the questions whose answers a file holds whole; nothing is changed.

    Raises:
        StoreError: it can't be read.
    """
    with reporting_os_errors(path), path.open("rb") as file:
        entries = [_parse(line) for line in file]
    return {entry["q"] for entry in entries if entry is not None and "z" in entry}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _format(entry: Mapping[str, Any]) -> bytes:
    content = _dump(entry).encode()
    return hashlib.sha256(content).hexdigest()[:_SUM].encode() + b" " + content + b"\n"


def _parse(line: bytes) -> dict[str, Any] | None:
    """Return the entry of a line, or None where the checksum is another."""
    content = line[_SUM + 1 : -1]
    if line != hashlib.sha256(content).hexdigest()[:_SUM].encode() + b" " + content + b"\n":
        return None
    entry: dict[str, Any] = json.loads(content)
    return entry


def _write_all(file: FileIO, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())
