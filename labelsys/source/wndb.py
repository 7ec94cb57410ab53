"""Reader of WordNet's own database files (WNDB), nouns only.

This module knows the file format and nothing of concepts: it turns bytes into
plain values and names the line of whatever is wrong.

Source:
    The manual pages wndb(5WN), cntlist(5WN) and senseidx(5WN) of WordNet 3.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import EdgeKind

__all__ = [
    "LEXNAMES",
    "Synset",
    "decode_lines",
    "iter_synsets",
    "read_counts",
    "read_exceptions",
    "read_index",
]

_LEXICOGRAPHER_FILES = """
    Tops act animal artifact attribute body cognition communication event feeling food group
    location motive object person phenomenon plant possession process quantity relation shape
    state substance time
"""
LEXNAMES: Final = {
    number: f"noun.{name}" for number, name in enumerate(_LEXICOGRAPHER_FILES.split(), start=3)
}
"""Number of a lexicographer file -> its name; Debian ships no `lexnames` to read it from."""

_OFFSET_DIGITS = 8
_INDEX_FIXED_FIELDS = 6
_KINDS: Final[dict[str, EdgeKind]] = {"@": "subclass", "@i": "instance"}
_TAGGED = re.compile(r"(\S+)%1:([0-9]{2}):([0-9]{2}):: (?:[0-9]{8} )?[0-9]+ ([0-9]+)\s*\Z")
_HYPERNYM = re.compile(r"(?:^| )(@i?) ([0-9]{8}) n ")


class Synset(NamedTuple):
    """One line of `data.noun`.

    Attributes:
        offset: eight digits, the synset's id within its WordNet version.
        lex_file: number of its lexicographer file, a key of `LEXNAMES`.
        words: lemmas as written (underscores, case), in synset order.
        lex_ids: one for each word.
        hypernyms: (kind, offset), in file order.
        n_pointers: how many relations the line holds, of all kinds.
        gloss: definition and examples, as written.
        line: 1-based.
    """

    offset: str
    lex_file: int
    words: list[str]
    lex_ids: list[int]
    hypernyms: list[tuple[EdgeKind, str]]
    n_pointers: int
    gloss: str
    line: int


def decode_lines(data: bytes, path: str) -> list[str]:
    """Return the lines of a file.

    Raises:
        SourceError: the bytes are not UTF-8, or the last line was cut.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise SourceError("is not UTF-8", path=path, line=line) from exc
    lines = text.split("\n")
    if lines.pop():
        raise SourceError("the last line is cut off", path=path, line=len(lines) + 1)
    return lines


def iter_synsets(lines: list[str], path: str) -> Iterator[Synset]:
    """Yield the synsets of `data.noun`, in file order.

    Raises:
        SourceError: a line is malformed.
    """
    for number, line in enumerate(lines, start=1):
        if line.startswith("  "):  # the licence on top
            continue
        try:
            yield _parse_synset(line, number)
        except (ValueError, IndexError) as exc:
            msg = f"malformed synset ({exc}): {line[:60]!r}"
            raise SourceError(msg, path=path, line=number) from exc


def _parse_synset(line: str, number: int) -> Synset:
    head, bar, gloss = line.partition(" | ")
    offset, lex_file_text, kind, n_words, rest = head.split(" ", 4)
    lex_file, width = int(lex_file_text), 2 * int(n_words, 16)
    if len(offset) != _OFFSET_DIGITS or not offset.isdecimal():
        raise ValueError("the offset has not eight digits")
    if kind != "n" or lex_file not in LEXNAMES:
        raise ValueError("not a noun")
    fields = rest.split(" ", width + 1)
    n_pointers = int(fields[width])
    # Most lines have dozens of pointers and one hypernym: they are never split up.
    pointers = fields[width + 1] if n_pointers else " ".join(fields[width + 1 :])
    if not width or not bar or pointers.count(" ") != max(4 * n_pointers - 1, 0):
        raise ValueError("its counts do not fit its fields, or the gloss is missing")
    return Synset(
        offset,
        lex_file,
        fields[:width:2],
        [int(lex_id, 16) for lex_id in fields[1:width:2]],
        [(_KINDS[symbol], target) for symbol, target in _HYPERNYM.findall(pointers)],
        n_pointers,
        gloss.strip(),
        number,
    )


def read_index(lines: list[str], path: str) -> dict[str, list[str]]:
    """Read `index.noun`.

    Returns:
        Lower-case lemma with underscores -> offsets in sense order.

    Raises:
        SourceError: a line is malformed.
    """
    senses: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        if line.startswith("  "):
            continue
        fields = line.split()
        try:
            n_synsets, n_symbols = int(fields[2]), int(fields[3])
            whole = len(fields) == _INDEX_FIXED_FIELDS + n_symbols + n_synsets
        except (ValueError, IndexError):
            whole = False
        if not whole or fields[1] != "n":
            msg = f"malformed index entry: {line[:60]!r}"
            raise SourceError(msg, path=path, line=number)
        senses[fields[0]] = fields[-int(fields[2]) :]
    return senses


def read_counts(lines: list[str], path: str) -> dict[str, dict[tuple[int, int], int]]:
    """Read how often each noun sense was tagged.

    Takes `cntlist.rev` (key, sense number, count) and `index.sense` (key,
    offset, sense number, count) alike: the count is the last field in both.

    Returns:
        Lemma -> (number of the lexicographer file, lex_id) -> count; both are
        parts of the sense key. Senses never seen are left out.

    Raises:
        SourceError: a line is malformed.
    """
    counts: dict[str, dict[tuple[int, int], int]] = {}
    for number, line in enumerate(lines, start=1):
        if "%1:" not in line:  # 1 is the noun
            continue
        match = _TAGGED.match(line)
        if match is None:
            msg = f"malformed sense count: {line[:60]!r}"
            raise SourceError(msg, path=path, line=number)
        lemma, lex_file, lex_id, count = match.groups()
        if count != "0":
            counts.setdefault(lemma, {})[int(lex_file), int(lex_id)] = int(count)
    return counts


def read_exceptions(lines: list[str], path: str) -> list[tuple[str, str]]:
    """Read `noun.exc`.

    Returns:
        (inflected form, lemma) with underscores, in file order.

    Raises:
        SourceError: a line is malformed.
    """
    pairs: list[tuple[str, str]] = []
    for number, line in enumerate(lines, start=1):
        form, *lemmas = line.split() or [""]
        if not lemmas:
            msg = f"malformed exception, expected a form and its lemmas: {line[:60]!r}"
            raise SourceError(msg, path=path, line=number)
        pairs.extend((form, lemma) for lemma in lemmas)
    return pairs
