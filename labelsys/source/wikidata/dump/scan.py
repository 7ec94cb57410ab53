r"""A piece of the dump's text: which lines hold something to keep, and what.

Most lines hold nothing: an item without a wanted property is told by a look
for the property's name, as a key, in the bytes of the line, and is not parsed.
That is exact for whatever is kept, whatever the order of the keys and the
spaces between them. It relies on one thing: letters and digits of JSON keys are written as they
are, not as `\u0050`, which no encoder does that Wikidata has ever used.

What is not parsed is looked at from outside only: its beginning and its end.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import MissingExtraError
from labelsys.source.wikidata.dump.record import EntityError, Shape, read_entity, read_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["EXCERPT", "LONGEST_LINE", "Bad", "Hit", "Rules", "Scan", "Scanner", "load_parser"]

LONGEST_LINE: Final = 64 << 20
"""Bytes of a line that is still read; the largest real entities have a few million."""

_ITEM: Final = b'{"type":"item","id":"Q'
_ENDS: Final = (b"},", b"}")
_OTHERS: Final = {b'{"type":"property",': "property", b'{"type":"lexeme",': "lexeme"}
_OTHER_ID: Final = re.compile(r"([PL])[1-9][0-9]*\Z", re.ASCII)
_KINDS: Final = {"P": "property", "L": "lexeme"}
_NOT_ASKED: Final = "none of the properties"
EXCERPT: Final = 64 << 10
"""Bytes of a bad line that are kept to be looked at."""

# A property is the key of its statements, and of qualifiers and references, which are mere snaks:
# their first key tells which, since statements have none of a snak's.
_NO_SNAK: Final = r'(?!\s*\[\s*\{\s*"(?:snaktype|property|hash|datavalue|datatype)")'


class Hit(NamedTuple):
    """An entity that may be kept.

    Attributes:
        line: its line, from 1; within the piece, until it is put in its place.
        number: of its QID.
        above: numbers of the items that it lies under.
        is_linked: whether it has a WordNet synset.
        record: JSON: sitelinks, texts, claims, statements read, and skipped.
    """

    line: int
    number: int
    above: tuple[int, ...]
    is_linked: bool
    record: bytes


class Bad(NamedTuple):
    """A line that is no entity: its number, why, its length, and how it begins."""

    line: int
    reason: str
    size: int
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What to look for.

    Attributes:
        shape: what is taken from an entity.
        properties: an item with one of them may be kept.
        wanted: numbers of items that are kept whatever they have.
    """

    shape: Shape
    properties: tuple[str, ...]
    wanted: frozenset[int]


@dataclass(slots=True)
class Scan:
    """What a piece holds.

    Attributes:
        size: bytes of the piece.
        head: up to its first line end, which is in it; all, if there is none.
        tail: what follows the last line end.
        is_cut: whether there is a line end.
        lines: line ends between head and tail.
        hits: entities that may be kept, by line.
        skipped: reason -> lines left out.
        failed: lines that are no entities.
        marks: (line, `[` or `]`).
        goes_on: whether more than blank lines follow a `]`.
    """

    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    is_cut: bool = False
    lines: int = 0
    hits: list[Hit] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: list[Bad] = field(default_factory=list)
    marks: list[tuple[int, bytes]] = field(default_factory=list)
    goes_on: bool = False


def load_parser() -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    """Return what reads and what writes JSON.

    Raises:
        MissingExtraError: orjson is not installed.
    """
    try:
        import orjson
    except ImportError as error:
        msg = "dump"
        raise MissingExtraError(msg, "reading a dump") from error
    return orjson.loads, orjson.dumps


class Scanner:
    """Looks through pieces by one set of rules."""

    def __init__(self, rules: Rules) -> None:
        """Use rules.

        Raises:
            MissingExtraError: orjson is not installed.
        """
        self.rules = rules
        self._loads, self._dumps = load_parser()

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        names = "|".join(pid.removeprefix("P") for pid in sorted(self.rules.properties))
        return re.compile(rf'"P(?:{names})"\s*:{_NO_SNAK}'.encode() if names else rb"(?!)")

    def scan(self, data: bytes) -> Scan:
        """Look through a piece.

        Args:
            data: text that begins and ends anywhere in a line.

        Returns:
            What is in its whole lines, and what is left at its ends.
        """
        first, last = data.find(b"\n") + 1, data.rfind(b"\n") + 1
        if not last:
            return Scan(size=len(data), head=data)
        found = Scan(size=len(data), head=data[:first], tail=data[last:], is_cut=True)
        self._look_through(data, first, last, found)
        return found

    def scan_lines(self, data: bytes) -> Scan:
        """Look through whole lines.

        Args:
            data: lines, each with its end.

        Returns:
            What they hold.
        """
        found = Scan(size=len(data), is_cut=True)
        self._look_through(data, 0, len(data), found)
        return found

    def _look_through(self, data: bytes, start: int, stop: int, found: Scan) -> None:
        search, find = self._pattern.search, data.find
        starts, ends = data.startswith, data.endswith
        wanted = bool(self.rules.wanted)
        lines = plain = 0
        while start < stop:
            end = find(b"\n", start, stop)
            lines += 1
            if (
                starts(_ITEM, start)
                and ends(_ENDS, start, end)
                and not search(data, start, end)
                and not (wanted and self._is_wanted(data, start))
            ):
                plain += 1
            else:
                self._look_at(data[start:end], lines, found)
                if found.marks and found.marks[-1] == (lines, b"]"):
                    found.goes_on = bool(data[end:stop].strip())
            start = end + 1
        found.lines += lines
        if plain:
            found.skipped[_NOT_ASKED] += plain

    def _is_wanted(self, data: bytes, start: int) -> bool:
        start += len(_ITEM)
        digits = data[start : data.find(b'"', start, start + 20)]
        return not digits.isdigit() or int(digits) in self.rules.wanted

    def _look_at(self, line: bytes, number: int, found: Scan) -> None:
        """Look at a line that is not told from outside."""
        text = line.strip(b" \t\r")
        if text in (b"[", b"]"):
            found.marks.append((number, text))
            return
        # Between the parts that Wikidata writes one by one stands a comma or nothing.
        text = text.removesuffix(b",").rstrip()
        if not text:
            return
        kind = next((kind for start, kind in _OTHERS.items() if text.startswith(start)), "")
        if kind and text.endswith(b"}"):
            found.skipped[kind] += 1
            return
        try:
            hit = self._read(text, number)
        except EntityError as error:
            found.failed.append(Bad(number, str(error), len(line), line[:EXCERPT]))
            return
        if isinstance(hit, str):
            found.skipped[hit] += 1
        else:
            found.hits.append(hit)

    def _read(self, text: bytes, number: int) -> Hit | str:
        """Return what is kept of an entity, or why nothing is.

        Raises:
            EntityError: it is none.
        """
        if not text.endswith(b"}"):
            raise EntityError("cut off" if text.startswith(b"{") else "no JSON object")
        try:
            entity = self._loads(text)
        except ValueError:
            msg = "no JSON"
            raise EntityError(msg) from None
        if not isinstance(entity, dict):
            msg = "no JSON object"
            raise EntityError(msg)
        kind, other = entity.get("type"), _OTHER_ID.match(str(entity.get("id")))
        if other is not None:  # whatever its type says
            return _KINDS[other[1]]
        if kind != "item":
            raise EntityError("no type" if kind is None else "of an unknown type")
        if not self._is_asked(text, entity):
            return _NOT_ASKED
        kept = read_entity(entity, self.rules.shape)
        record = [kept.sitelinks, kept.texts, kept.claims, kept.read, kept.skipped]
        return Hit(number, kept.number, kept.above, kept.is_linked, self._dumps(record))

    def _is_asked(self, text: bytes, entity: dict[str, Any]) -> bool:
        if read_number(entity.get("id")) in self.rules.wanted:
            return True
        if not self._pattern.search(text):
            return False
        claims = entity.get("claims")
        if not isinstance(claims, dict):
            msg = "claims is no object"
            raise EntityError(msg)
        return any(pid in claims for pid in self.rules.properties)
