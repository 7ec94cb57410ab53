"""A pull: what was taken out of Wikidata, in three tables of one folder.

=================  =========================================================
items.tsv.gz       qid, sitelinks, into: every item; `into` where it redirects
names.tsv.gz       qid, lang, kind, text: labels, descriptions and aliases
claims.tsv.gz      qid, pid, value: best-rank statements; an item or a string
=================  =========================================================

Each is a table as `labelsys.tables` has it, sorted by the number of the QID,
`names` then by language, kind (label, description, alias) and order given,
`claims` by the number of the property and order given. The head of `items`
holds the checksums of the other two: a folder that was cut off while it was
written, or was put together from two pulls, is told from a whole one.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from labelsys.atomic import atomic_path, make_folder, reporting_os_errors, sweep_temps
from labelsys.errors import SourceError
from labelsys.tables import file_digest, format_table, open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from typing import IO

    from labelsys.tables import TableStream

__all__ = [
    "COUNTS",
    "TABLES",
    "Claim",
    "Entity",
    "Pull",
    "PullStream",
    "Text",
    "find_table",
    "is_qid",
    "open_pull",
    "pull_fingerprint",
    "qid_number",
    "read_header",
    "read_pull",
    "write_pull",
]

TABLES: Final[dict[str, tuple[str, ...]]] = {
    "names": ("qid", "lang", "kind", "text"),
    "claims": ("qid", "pid", "value"),
    "items": ("qid", "sitelinks", "into"),
}
"""Stem of each table and its columns, in the order of writing: `items` makes a pull whole."""

COUNTS: Final = "counts.json"
"""May lie beside the tables: batch of their reading -> read, kept, skipped, failed."""

KINDS: Final = ("label", "description", "alias")
"""Of a name, in their order."""

_QID: Final = re.compile(r"Q[1-9][0-9]{0,17}\Z")  # its number is one of 64 bits
_PID: Final = re.compile(r"P[1-9][0-9]*\Z")
_BREAKS: Final = re.compile(r"[\t\n\r\x00\u2028\u2029]+")
_BUFFER: Final = 1 << 20

_T = TypeVar("_T")


class Text(NamedTuple):
    """One text of an item, in one language (a Wikimedia code: `en`, `zh-hans`)."""

    lang: str
    kind: str
    text: str


class Claim(NamedTuple):
    """One statement: the property, and an item's QID or a string."""

    pid: str
    value: str


class Entity(NamedTuple):
    """One item.

    Attributes:
        qid: its id.
        texts: by language, kind and order given.
        claims: by property and order given; of best rank.
        sitelinks: pages about it in Wikimedia's projects; None where that is not known.
        into: the item that it redirects to, or "".
    """

    qid: str
    texts: tuple[Text, ...] = ()
    claims: tuple[Claim, ...] = ()
    sitelinks: int | None = None
    into: str = ""


class Pull(NamedTuple):
    """A pull that was read.

    Attributes:
        header: `key: value` lines on top of `items`.
        entities: by the numbers of their QIDs.
        fingerprint: SHA-256 over the three tables, hex.
    """

    header: Mapping[str, str]
    entities: list[Entity]
    fingerprint: str


def is_qid(text: str) -> bool:
    """Return whether a text is the id of an item.

    Examples:
        >>> is_qid("Q144"), is_qid("P279"), is_qid("Q007")
        (True, False, False)
    """
    return _QID.match(text) is not None


def qid_number(qid: str) -> int:
    """Return the number of a QID: its sort key. Low ones are old and mostly general."""
    return int(qid[1:])


def write_pull(folder: Path, header: Mapping[str, str], entities: Iterable[Entity]) -> int:
    """Write a pull; the same entities give the same bytes.

    Line ends and tabs inside texts become a space. What was in the folder stays
    until everything is written; what a crashed writer left there is removed, so
    nobody else may be writing there.

    Args:
        folder: made where it is missing.
        header: dataset, source, version, license.
        entities: by the numbers of their QIDs, each once.

    Returns:
        How many were written.

    Raises:
        SourceError: an entity is out of order.
        StoreError: the disk is full, or the folder can't be written.
    """
    make_folder(folder)
    sweep_temps(folder)
    rows: list[tuple[str, str, str]] = []
    with ExitStack() as stack:
        # Put in place in the other order: items last, which make a pull whole.
        temps = {
            stem: stack.enter_context(atomic_path(folder / f"{stem}.tsv.gz"))
            for stem in ("items", "claims", "names")
        }
        stack.enter_context(reporting_os_errors(folder, kept="the pull that was there stays"))
        with _writing(temps["names"]) as names, _writing(temps["claims"]) as claims:
            names.write(_top(header, TABLES["names"]))
            claims.write(_top(header, TABLES["claims"]))
            for entity in _in_order(entities):
                links = "" if entity.sitelinks is None else str(entity.sitelinks)
                rows.append((entity.qid, links, entity.into))
                names.write(_lines(entity.qid, entity.texts))
                claims.write(_lines(entity.qid, entity.claims))
        sums = {f"{stem}-sha256": file_digest(temps[stem]).hex() for stem in ("names", "claims")}
        with _writing(temps["items"]) as items:
            items.write(format_table({**header, **sums}, TABLES["items"], rows))
    return len(rows)


@contextmanager
def _writing(path: Path) -> Iterator[IO[str]]:
    """Open a file for compressed text that holds neither time nor name.

    Yields:
        What takes the text.
    """
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file,
        io.TextIOWrapper(io.BufferedWriter(file, _BUFFER), encoding="utf-8", newline="\n") as text,
    ):
        yield text


def _top(header: Mapping[str, str], columns: Sequence[str]) -> str:
    """Return what stands above the rows; how many will come is not known yet."""
    lines = format_table(header, columns, []).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("# count:"))


def _lines(qid: str, rows: Iterable[Sequence[str]]) -> str:
    return "".join(
        "\t".join((qid, *(_BREAKS.sub(" ", value) for value in row))) + "\n" for row in rows
    )


def _in_order(entities: Iterable[Entity]) -> Iterator[Entity]:
    last = 0
    for entity in entities:
        number = qid_number(entity.qid)
        if number <= last:
            msg = f"{entity.qid} comes after Q{last}: items go by their numbers, each once"
            raise SourceError(msg)
        last = number
        yield entity


def find_table(root: Path | Traversable, stem: str) -> Path | Traversable:
    """Return a table of a pull: plain where it lies so, else compressed."""
    plain = root.joinpath(f"{stem}.tsv")
    return plain if plain.is_file() else root.joinpath(f"{stem}.tsv.gz")


class PullStream:
    """A pull that is being read, item by item: its tables go by the same order.

    Attributes:
        header: `key: value` lines on top of `items`.
        fingerprint: SHA-256 over the three tables, hex.
    """

    def __init__(self, tables: Mapping[str, TableStream], fingerprint: str) -> None:
        """Take the tables, by stem."""
        self.header = tables["items"].header
        self.fingerprint = fingerprint
        self._tables = tables

    def __iter__(self) -> Iterator[Entity]:
        """Yield the items, by their numbers.

        Raises:
            SourceError: a row is wrong, out of order, or of no item.
        """
        items = self._tables["items"]
        names = _Groups(self._tables["names"], _text)
        claims = _Groups(self._tables["claims"], _claim)
        last = 0
        for qid, sitelinks, into in items:
            last = _check_next(items, qid, last)
            about = _about(items, sitelinks, into)
            yield Entity(qid, names.take(qid, last), claims.take(qid, last), *about)
        names.finish()
        claims.finish()


class _Groups(Generic[_T]):
    """Rows of one item after another, taken as the items come."""

    def __init__(
        self, table: TableStream, make: Callable[[TableStream, Sequence[str]], _T]
    ) -> None:
        self._table = table
        self._make = make
        self._rows = iter(table)
        self._number = 0
        self._row: tuple[str, ...] = ()
        self._step()

    def take(self, qid: str, number: int) -> tuple[_T, ...]:
        """Return what the rows of an item make, in file order."""
        if self._number < number and self._row:
            raise self._stray()
        found = []
        while self._row and self._row[0] == qid:
            found.append(self._make(self._table, self._row[1:]))
            self._step()
        return tuple(found)

    def finish(self) -> None:
        """Check that no row is left."""
        if self._row:
            raise self._stray()

    def _step(self) -> None:
        before = self._row
        self._row = next(self._rows, ())
        if self._row and (not before or self._row[0] != before[0]):
            self._number = _check_next(self._table, self._row[0], self._number)

    def _stray(self) -> SourceError:
        return self._table.error(f"{self._row[0]} is not among the items of this pull")


@contextmanager
def open_pull(root: Path | Traversable) -> Iterator[PullStream]:
    """Open a pull to go through it once; no more than one item is held.

    Args:
        root: its folder, or one inside an installed package.

    Yields:
        Its header, and its items one by one.

    Raises:
        SourceError: a table is missing or damaged, or is of another pull; the
            message names file and line.
    """
    fingerprint = pull_fingerprint(root)
    with ExitStack() as stack:
        tables = {
            stem: stack.enter_context(open_table(find_table(root, stem), columns=columns))
            for stem, columns in TABLES.items()
        }
        yield PullStream(tables, fingerprint)


def read_header(root: Path | Traversable) -> Mapping[str, str]:
    """Return what a pull says of itself.

    Raises:
        SourceError: its table of items is missing or damaged.
    """
    with open_table(find_table(root, "items"), columns=TABLES["items"]) as items:
        return items.header


def pull_fingerprint(root: Path | Traversable) -> str:
    """Return what tells a pull from another: SHA-256 over its tables, hex.

    Raises:
        SourceError: a table is missing, or is of another pull.
    """
    paths = {stem: find_table(root, stem) for stem in TABLES}
    digests = {stem: file_digest(path) for stem, path in paths.items()}
    with open_table(paths["items"], columns=TABLES["items"]) as items:
        for stem, path in paths.items():
            said = items.header.get(f"{stem}-sha256")
            if said is not None and said != digests[stem].hex():
                msg = f"is not the one that {items.path} was written with: pull again"
                raise SourceError(msg, path=str(path))
    return hashlib.sha256(b"".join(digests.values())).hexdigest()


def read_pull(root: Path | Traversable) -> Pull:
    """Read and check a pull, all of it at once.

    Args:
        root: its folder, or one inside an installed package.

    Returns:
        All of it.

    Raises:
        SourceError: a table is missing or damaged, or is of another pull; the
            message names file and line.
    """
    with open_pull(root) as pull:
        return Pull(pull.header, list(pull), pull.fingerprint)


def _text(table: TableStream, row: Sequence[str]) -> Text:
    lang, kind, text = row
    if kind not in KINDS:
        msg = f"unknown kind {kind!r}: label, description or alias"
        raise table.error(msg)
    return Text(sys.intern(lang), sys.intern(kind), text)


def _claim(table: TableStream, row: Sequence[str]) -> Claim:
    pid, value = row
    if not _PID.match(pid):
        msg = f"{pid!r} is no property: 'P' and a number, as in P279"
        raise table.error(msg)
    return Claim(sys.intern(pid), value)


def _check_next(table: TableStream, qid: str, last: int) -> int:
    """Return the number of a row's item, which has to be beyond the last one's."""
    if not is_qid(qid):
        msg = f"{qid!r} is no Wikidata item: 'Q' and a number, as in Q144"
        raise table.error(msg)
    number = qid_number(qid)
    if number <= last:
        msg = f"{qid} comes after Q{last}: items go by their numbers, the rows of each together"
        raise table.error(msg)
    return number


def _about(table: TableStream, sitelinks: str, into: str) -> tuple[int | None, str]:
    if sitelinks and not (sitelinks.isascii() and sitelinks.isdigit()):
        msg = f"{sitelinks!r} is no number of sitelinks"
        raise table.error(msg)
    if into and not is_qid(into):
        msg = f"{into!r} is no Wikidata item: 'Q' and a number, as in Q144"
        raise table.error(msg)
    return (int(sitelinks) if sitelinks else None), into
