"""A JSON file of any size, walked over and copied with changes, never parsed as a whole.

The file is mapped into memory, and what was walked over is given back to the
system, so that a file of gigabytes takes no more than a small one. Brackets,
texts and the members of the objects that are asked for are checked; numbers
and words of other members are copied as they are, right or wrong.
"""

from __future__ import annotations

import json
import mmap
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Copy", "Found", "JsonFile", "ListCopy", "ObjectPattern", "Span", "open_json", "to_json"]

MAX_DEPTH: Final = 1_000
MAX_PARSED: Final = 1 << 26
"""Bytes that are parsed at once: the categories, or one element that is nested deeply."""

_FORGET: Final = 1 << 25
_WRITE: Final = 1 << 22
_SHOWN: Final = 40

# Possessive throughout, so that no input makes them slow.
_SPACE = rb"[ \t\r\n]*+"
_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+"'
_ATOM = rb"[-+.0-9A-Za-z]++"


def _nested(depth: int) -> bytes:
    """Return a pattern of a list or object that holds at most so many within one another."""
    inner = rb'[^\[\]{}"]++|' + _TEXT
    for _ in range(depth):
        box = rb"\[(?:%b)*+\]|\{(?:%b)*+\}" % (inner, inner)
        inner = rb'[^\[\]{}"]++|' + _TEXT + rb"|" + box
    return rb"\[(?:%b)*+\]|\{(?:%b)*+\}" % (inner, inner)


_VALUE = rb"(?:" + _ATOM + rb"|" + _TEXT + rb"|" + _nested(3) + rb")"
_TOKEN = re.compile(_TEXT + rb"|" + _nested(4) + rb'|[\[\]{}"]')
_KEY = re.compile(rb"%b(%b)%b:%b" % (_SPACE, _TEXT, _SPACE, _SPACE))
_SPACES = re.compile(_SPACE)
_ATOMS = re.compile(_ATOM)

Span = tuple[int, int]
"""Where something begins and ends; (-1, -1) where it is not there."""


class Found(NamedTuple):
    """An object in a list.

    Attributes:
        number: of the element, from 0.
        start: where it begins.
        end: where it ends.
        follows: where the next element begins, or the list's bracket is.
        values: where the members asked for have their values, in the order asked for.
    """

    number: int
    start: int
    end: int
    follows: int
    values: tuple[Span, ...]


class ObjectPattern:
    """What to look for in the objects of a list.

    Of members with one key the last counts, as with Python's own reader.
    """

    def __init__(self, *keys: str) -> None:
        """Look for the values of some keys at the top of an object."""
        self.keys = keys
        named = [
            rb'"%b"%b:%b(%b)' % (re.escape(key.encode()), _SPACE, _SPACE, _VALUE) for key in keys
        ]
        member = rb"|".join([*named, rb"%b%b:%b%b" % (_TEXT, _SPACE, _SPACE, _VALUE)])
        self.regex = re.compile(
            rb'\{%b(?:(?:%b)%b(?:,%b(?=")|(?=\})))*+\}()%b(?:,%b(?=[^\],])|(?=\]))'
            % (_SPACE, member, _SPACE, _SPACE, _SPACE, _SPACE)
        )


class JsonFile:
    """A JSON file that is open; see `open_json`.

    Attributes:
        path: the file.
        data: its bytes.
    """

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        """Take a file that is mapped into memory."""
        self.path, self.data = path, data
        self._forgotten = 0

    def fail(self, message: str, at: int) -> NoReturn:
        """Refuse the file.

        Raises:
            SourceError: always.
        """
        msg = f"byte {at:,}: {message}"
        raise SourceError(msg, path=self.path)

    def forget(self, at: int) -> None:
        """Give back the memory of what is before *at*; it is read again where it is needed."""
        if at < self._forgotten:
            self._forgotten = 0
        if at - self._forgotten >= _FORGET:
            end = at // mmap.PAGESIZE * mmap.PAGESIZE
            if hasattr(self.data, "madvise"):
                # A copy that lags behind brings some pages back: those go the next time.
                begin = max(0, self._forgotten - _FORGET)
                self.data.madvise(mmap.MADV_DONTNEED, begin, end - begin)
            self._forgotten = end

    def members(self) -> dict[str, Span]:
        """Return where the values of the file's object begin and end.

        Raises:
            SourceError: the file holds no object, is cut off, or has a key twice.
        """
        start = self._skip_space(3 if self.data[:3] == b"\xef\xbb\xbf" else 0)
        if self.data[start : start + 1] != b"{":
            self.fail("is no JSON object: expected '{'", start)
        found: dict[str, Span] = {}
        rest = start
        for key, span, end in self._iter_members(start):
            rest = self._skip_space(end)
            if key in found:
                self.fail(f"has {key[:_SHOWN]!r} twice", span[0])
            if key:
                found[key] = span
        if rest < len(self.data):
            self.fail("has more after its end: one JSON value a file", rest)
        return found

    def parse(self, span: Span) -> Any:
        """Return a part of the file, parsed.

        Raises:
            SourceError: it is no JSON, or is too long for this.
        """
        start, end = span
        if end - start > MAX_PARSED:
            self.fail(f"has {end - start:,} bytes, at most {MAX_PARSED:,} are parsed", start)
        raw = self.data[start:end]
        try:
            return json.loads(raw.decode("utf-8"))
        except json.JSONDecodeError as exc:
            at = start + len(raw.decode("utf-8")[: exc.pos].encode())
            self.fail(f"is no JSON: {exc.msg}", at)
        except UnicodeDecodeError as exc:
            self.fail("is not UTF-8: JSON always is", start + exc.start)
        except (RecursionError, ValueError) as exc:
            self.fail(f"can't be read: {str(exc)[:_SHOWN]}", start)

    def iter_objects(self, span: Span, pattern: ObjectPattern) -> Iterator[Found]:
        """Yield the elements of a list of objects.

        Args:
            span: of the list.
            pattern: what to look for in them.

        Yields:
            The objects, in file order.

        Raises:
            SourceError: it is no list of objects.
        """
        data, match = self.data, pattern.regex.match
        n_keys = len(pattern.keys)
        groups = tuple(range(1, n_keys + 1))
        if data[span[0] : span[0] + 1] != b"[":
            self.fail("expected a list of objects", span[0])
        at, number, last = self._skip_space(span[0] + 1), 0, span[1] - 1
        while at < last:
            hit = match(data, at)
            if hit is None:
                found = self._find_slowly(number, at, pattern)
            else:
                values = tuple(hit.span(group) for group in groups)
                found = Found(number, at, hit.start(n_keys + 1), hit.end(), values)
            yield found
            at, number = found.follows, number + 1
            self.forget(at)

    def _find_slowly(self, number: int, at: int, pattern: ObjectPattern) -> Found:
        """Return an element that is nested deeper than the pattern knows.

        Raises:
            SourceError: it is no object, or no JSON.
        """
        if self.data[at : at + 1] != b"{":
            near = bytes(self.data[at : at + _SHOWN]).decode("utf-8", "replace")
            self.fail(f"expected an object as element {number:,} of the list, found {near!r}", at)
        end = self._end_of_value(at)
        self.parse((at, end))
        spans = {key: span for key, span, _ in self._iter_members(at)}
        follows = self._skip_space(end)
        mark = self.data[follows : follows + 1]
        if mark == b",":
            follows = self._skip_space(follows + 1)
            if self.data[follows : follows + 1] in {b"]", b","}:
                self.fail("is no JSON: nothing after a comma", follows)
        elif mark != b"]":
            self.fail(f"is no JSON: expected ',' or ']' after element {number:,}", follows)
        return Found(
            number, at, end, follows, tuple(spans.get(key, (-1, -1)) for key in pattern.keys)
        )

    def _iter_members(self, start: int) -> Iterator[tuple[str, Span, int]]:
        """Yield key, span of the value, and where the object ends or its next member begins.

        An empty object yields one member without a key.

        Raises:
            SourceError: there is no such object.
        """
        at = self._skip_space(start + 1)
        if self.data[at : at + 1] == b"}":
            yield "", (-1, -1), at + 1
            return
        while True:
            hit = _KEY.match(self.data, at)
            if hit is None:
                self.fail("is no JSON, or cut off: expected a key and ':'", at)
            value = hit.end()
            end = self._end_of_value(value)
            at = self._skip_space(end)
            mark = self.data[at : at + 1]
            if mark not in {b",", b"}"}:
                where = "is cut off" if at >= len(self.data) else "is no JSON"
                self.fail(f"{where}: expected ',' or '}}'", at)
            yield self.parse(hit.span(1)), (value, end), at + 1
            if mark == b"}":
                return
            at += 1

    def _end_of_value(self, start: int) -> int:
        """Return where the value that begins at *start* ends.

        Raises:
            SourceError: there is none, or it is cut off.
        """
        first = self.data[start : start + 1]
        if first in {b"[", b"{"}:
            return self._end_of_box(start)
        hit = _TOKEN.match(self.data, start) if first == b'"' else _ATOMS.match(self.data, start)
        if hit is None or hit[0] == b'"':
            self.fail("is no JSON, or cut off: expected a value", start)
        return hit.end()

    def _end_of_box(self, start: int) -> int:
        """Return where a list or object ends.

        Raises:
            SourceError: it is cut off, or its brackets don't fit together.
        """
        open_: list[int] = [self.data[start]]
        for token in _TOKEN.finditer(self.data, start + 1):
            begin, end = token.span()
            if end - begin > 1:
                self.forget(end)
                continue
            mark = self.data[begin]
            if mark in b"[{":
                open_.append(mark)
                if len(open_) > MAX_DEPTH:
                    self.fail(f"is nested over {MAX_DEPTH:,} deep", begin)
            elif mark == ord('"'):
                self.fail("is no JSON: a text that begins here is not closed on its line", begin)
            elif open_.pop() != mark - 2:  # in ASCII, each bracket is two before its partner
                self.fail(f"is no JSON: {chr(mark)!r} closes what it did not open", begin)
            if not open_:
                return end
        return self.fail("is cut off: what opens here is not closed", start)

    def _skip_space(self, at: int) -> int:
        hit = _SPACES.match(self.data, at)
        return hit.end() if hit else at


@contextmanager
def open_json(path: Path) -> Iterator[JsonFile]:
    """Open a JSON file.

    Yields:
        The file.
    """
    with _map(path) as data:
        yield JsonFile(path, data)


def _map(path: Path) -> mmap.mmap:
    """Map a file into memory.

    Returns:
        Its bytes; to be closed.

    Raises:
        SourceError: it can't be read, is empty or packed.
    """
    try:
        with path.open("rb") as file:
            start = file.read(2)
            if not start:
                raise SourceError("is empty: expected JSON", path=path)
            if start == b"\x1f\x8b":
                raise SourceError("is packed with gzip: unpack it first", path=path)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as exc:
        raise SourceError("no such file", path=path) from exc
    except OSError as exc:
        msg = f"can't be read: {exc.strerror or exc}"
        raise SourceError(msg, path=path) from exc


class Copy:
    """Parts of a file, written one after the other, some of them changed."""

    def __init__(self, file: JsonFile, sink: BinaryIO, at: int = 0) -> None:
        """Copy a file from *at* on.

        Args:
            file: to copy.
            sink: where to.
            at: what is before it is not copied.
        """
        self._file, self._sink, self._at = file, sink, at
        self._parts: list[bytes] = []
        self._held = 0

    def upto(self, end: int) -> None:
        """Copy what is left before *end*."""
        while self._at < end:
            step = min(end, self._at + _WRITE)
            self._put(self._file.data[self._at : step])
            self._at = step
            if end - step >= _WRITE:
                self._file.forget(step)

    def replace(self, span: Span, new: bytes) -> None:
        """Copy what is left before *span*, and write something else in its place."""
        self.upto(span[0])
        self._put(new)
        self._at = span[1]

    def flush(self) -> None:
        """Write what is held."""
        self._sink.write(b"".join(self._parts))
        self._parts.clear()
        self._held = 0

    def _put(self, part: bytes) -> None:
        self._parts.append(part)
        self._held += len(part)
        if self._held >= _WRITE:
            self.flush()


class ListCopy:
    """Elements of one list, copied; those left out take the comma along that they had."""

    def __init__(self, copy: Copy) -> None:
        """Leave elements out of what *copy* writes."""
        self._copy = copy
        self._end: int | None = None

    def keep(self, found: Found, changes: Sequence[tuple[Span, bytes]] = ()) -> None:
        """Copy an element, with other values here and there.

        Args:
            found: the element.
            changes: in the order of their places.
        """
        for span, new in changes:
            self._copy.replace(span, new)
        self._end = found.end

    def drop(self, found: Found) -> None:
        """Leave an element out."""
        if self._end is None:  # none before it: what follows moves up
            self._copy.replace((found.start, found.follows), b"")
        else:
            self._copy.upto(self._end)
            self._copy.replace((self._end, found.end), b"")
            self._end = found.end


def to_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Return JSON as COCO's own files have it: one line, UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode()
