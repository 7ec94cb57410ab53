"""The list of categories in a JSON file of any size.

COCO and LVIS keep some kB of categories beside up to a GB of annotations. So
the file is not parsed as a whole: its brackets and strings are walked over,
without recursion, and only the list is parsed, one category at a time, with
the line where it stands.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

    from labelsys.labelset.input import InputFile

    Buffer = bytes | mmap.mmap

__all__ = ["MAX_LIST_BYTES", "Category", "iter_categories"]

MAX_LIST_BYTES = 1 << 26
"""Limit of the list itself: that of LVIS, the longest known, has a quarter of a MiB."""
MAX_FILE_BYTES = 1 << 33
MAX_DEPTH = 1_000

_KEY = b'"categories"'
_SPACE = re.compile(rb"[ \t\r\n]*")
# Possessive, so that no input makes it slow. A list or object without another one
# inside is one token: most of the brackets in such a file are of that kind.
_TOKEN = re.compile(
    rb"""
      "(?: [^"\\]++ | \\. )*+"
    | \[ [^\[\]{}"]*+ \]
    | \{ (?: [^\[\]{}"]++ | "(?: [^"\\]++ | \\. )*+" )*+ \}
    | [\[\]{}"]
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Category:
    """One element of the list.

    Attributes:
        index: from 0.
        line: 1-based, where it starts.
        value: what it holds, an object.
    """

    index: int
    line: int
    value: dict[str, Any]


def iter_categories(source: InputFile) -> Iterator[Category]:
    """Yield the categories of a file: of `{"categories": [...]}` or of a bare list.

    Raises:
        SourceError: it is no JSON, has no such list, holds an element that is no
            object, or is too large or too deeply nested.
    """
    if source.size > MAX_FILE_BYTES:
        msg = f"{source.size:,} bytes, at most {MAX_FILE_BYTES:,} are read"
        raise source.error(msg)
    data = source.data
    if source.list_span is None:
        source.list_span = _find_list(source, data)
    start, end = source.list_span
    line = _line_at(data, start)
    if end - start > MAX_LIST_BYTES:
        msg = f"the list of categories has {end - start:,} bytes, at most {MAX_LIST_BYTES:,}"
        raise source.error(msg, line)
    try:
        text = data[start:end].decode("utf-8")
    except UnicodeDecodeError as exc:
        bad = line + data[start : start + exc.start].count(b"\n")
        msg = "is not UTF-8: JSON always is, write the file anew"
        raise source.error(msg, bad) from exc
    yield from _iter_elements(source, text, line)


def _find_list(source: InputFile, data: Buffer) -> tuple[int, int]:
    """Return where the list of categories begins and ends."""
    start = _skip_space(data, 3 if data[:3] == b"\xef\xbb\xbf" else 0)
    opening = data[start : start + 1]
    if opening not in {b"[", b"{"}:
        msg = "is no JSON: expected '{' or '['"
        raise source.error(msg, _line_at(data, start))
    if opening == b"[":
        end = _find_end(source, data, start)
        _check_rest(source, data, end)
        return start, end
    values, end = _find_values(source, data, start)
    _check_rest(source, data, end)
    found = [value for key, value in values if key == _KEY]
    if not found:
        keys = ", ".join(_shorten(key) for key, _ in values[:8]) or "nothing"
        msg = f"has no 'categories' at its top; found: {keys}"
        raise source.error(msg, _line_at(data, start))
    if len(found) > 1:
        raise source.error("has 'categories' twice", _line_at(data, found[1]))
    if data[found[0] : found[0] + 1] != b"[":
        msg = '\'categories\' is no list: expected [{"id": ..., "name": ...}, ...]'
        raise source.error(msg, _line_at(data, found[0]))
    return found[0], _find_end(source, data, found[0])


def _find_values(
    source: InputFile, data: Buffer, start: int
) -> tuple[list[tuple[bytes, int]], int]:
    """Return the keys of the object at *start*, where their values begin, and where it ends."""
    values: list[tuple[bytes, int]] = []
    at = start + 1
    while True:
        token = _TOKEN.search(data, at)
        if token is None:
            msg = "is cut off: what opens here is not closed"
            raise source.error(msg, _line_at(data, start))
        text, at = token[0], token.end()
        if text in {b"}", b"]"}:
            return values, at
        if text in {b"{", b"["}:
            at = _find_end(source, data, token.start())
        elif text[:1] == b'"':
            _check_text(source, data, token)
            colon = _skip_space(data, at)
            if data[colon : colon + 1] == b":":
                values.append((text, _skip_space(data, colon + 1)))


def _find_end(source: InputFile, data: Buffer, start: int) -> int:
    """Return where the list or object that begins at *start* ends."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        text = token[0]
        if len(text) == 1:
            if text in b"[{":
                depth += 1
                if depth > MAX_DEPTH:
                    msg = f"is nested over {MAX_DEPTH:,} deep"
                    raise source.error(msg, _line_at(data, token.start()))
            elif text == b'"':
                _check_text(source, data, token)
            else:
                depth -= 1
        if depth == 0:
            return token.end()
    msg = "is cut off: what opens here is not closed"
    raise source.error(msg, _line_at(data, start))


def _check_text(source: InputFile, data: Buffer, token: re.Match[bytes]) -> None:
    if len(token[0]) == 1:
        msg = "is no JSON: a text that opens here is not closed"
        raise source.error(msg, _line_at(data, token.start()))


def _check_rest(source: InputFile, data: Buffer, at: int) -> None:
    rest = _skip_space(data, at)
    if rest < len(data):
        msg = "has more after its end: one JSON value a file (JSON Lines is not read)"
        raise source.error(msg, _line_at(data, rest))


def _skip_space(data: Buffer, at: int) -> int:
    match = _SPACE.match(data, at)
    return match.end() if match else at


def _line_at(data: Buffer, at: int) -> int:
    step = 1 << 24
    return 1 + sum(data[i : min(i + step, at)].count(b"\n") for i in range(0, at, step))


def _shorten(key: bytes) -> str:
    return key[1:-1][:30].decode("utf-8", "replace")


def _iter_elements(source: InputFile, text: str, first_line: int) -> Iterator[Category]:
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    lines = _LineCounter(text, first_line)
    index, at = 0, _skip_text_space(text, 1)
    if text[at] == "]":
        return
    while True:
        line = lines.line_at(at)
        value, at = _decode_element(source, decoder, lines, index, at)
        if not isinstance(value, dict):
            msg = f'categories[{index}] is no object: expected {{"id": ..., "name": ...}}'
            raise source.error(msg, line)
        yield Category(index, line, value)
        at = _skip_text_space(text, at)
        if text[at] == "]":
            return
        if text[at] != ",":
            msg = f"is no JSON: expected ',' or ']' after categories[{index}]"
            raise source.error(msg, lines.line_at(at))
        index, at = index + 1, _skip_text_space(text, at + 1)


def _decode_element(
    source: InputFile, decoder: json.JSONDecoder, lines: _LineCounter, index: int, at: int
) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(lines.text, at)
    except RecursionError as exc:
        msg = f"categories[{index}] is nested too deeply"
        raise source.error(msg, lines.line_at(at)) from exc
    except json.JSONDecodeError as exc:
        msg = f"is no JSON in categories[{index}]: {exc.msg}"
        raise source.error(msg, lines.line_at(exc.pos)) from exc
    except ValueError as exc:  # NaN, a number of thousands of digits
        msg = f"can't be read in categories[{index}]: {exc}"
        raise source.error(msg, lines.line_at(at)) from exc


class _LineCounter:
    """Tells the line of a position; positions only grow, so nothing is counted twice."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text, self._line, self._at = text, first_line, 0

    def line_at(self, at: int) -> int:
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line


def _skip_text_space(text: str, at: int) -> int:
    while text[at] in " \t\r\n":  # the text ends in a bracket
        at += 1
    return at


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is no JSON value"
    raise ValueError(msg)
