"""Ids of concepts that only datasets know, given once and kept for ever.

`ids.tsv` has a row for each label that ever stood at a new concept: the
concept's id, the label, and the label's name for people. The first row of an
id is its founder. Rows are only ever added at the end, so an id outlives its
founder and never comes to mean something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from labelsys.atomic import write_text_atomic
from labelsys.errors import IdentifierError, SourceError
from labelsys.ids import Curie, ls_curie, prefixes
from labelsys.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from labelsys.tables import Table

__all__ = ["Clash", "IdRow", "NewIds"]

COLUMNS = ("id", "label_id", "name")

_LOCAL_ID = re.compile(r"[a-z2-7]{8}\Z")
_TOP = (
    "# file: ids of the concepts that only label sets know; labelsys adds rows, never edit one\n"
    "# first row of an id: the label that founded it\n" + "\t".join(COLUMNS) + "\n"
)


class IdRow(NamedTuple):
    """One row of `ids.tsv`.

    Attributes:
        id: a concept.
        label_id: a label that stood there.
        name: the label's name when it came.
    """

    id: Curie
    label_id: Curie
    name: str


class Clash(NamedTuple):
    """An id that could not be the first choice of its founder.

    Attributes:
        founder: `label_set:label_id`.
        wanted: the first choice, which was given before.
        given: the id that it got.
    """

    founder: Curie
    wanted: Curie
    given: Curie


@dataclass(slots=True, kw_only=True)
class NewIds:
    """The table of ids, and what a build adds to it.

    Attributes:
        rows: all rows, oldest first.
        clashes: what the calls of `assign` met.
    """

    rows: list[IdRow] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    _text: str = _TOP
    _written: int = 0

    @classmethod
    def read(cls, path: Path) -> NewIds:
        """Read the table; a missing file is an empty table.

        Returns:
            The rows in file order.

        Raises:
            SourceError: a row is wrong, or there twice.
        """
        if not path.exists():
            return cls()
        table = read_table(path)
        rows = list(_iter_rows(table))
        top = "".join(f"# {key}: {value}\n" for key, value in table.header.items())
        lines = "".join("\t".join(row) + "\n" for row in (table.columns, *table.rows))
        return cls(rows=rows, _text=top + lines, _written=len(rows))

    @property
    def has_changed(self) -> bool:
        """Whether rows were added since the table was read or written."""
        return len(self.rows) > self._written

    def assign(self, groups: Sequence[Sequence[tuple[Curie, str]]]) -> list[Curie]:
        """Give each new concept its id, and add rows for members that have none.

        A group takes the id of the earliest row that any of its members has.
        An id goes to one group only, the first in order; a later group takes
        the next id that its members know, else a new one, named after its
        first member.

        Args:
            groups: one a concept: the labels that stand there as
                `(label_id, name)`, in recipe order; groups in the order of
                their first members. None is empty.

        Returns:
            One id a group, in their order; no id twice.
        """
        known: dict[Curie, list[int]] = {}
        for position, row in enumerate(self.rows):
            known.setdefault(row.label_id, []).append(position)
        taken: set[str] = {row.id for row in self.rows}
        claimed: set[Curie] = set()
        ids = []
        for group in groups:
            positions = sorted(p for label_id, _ in group for p in known.get(label_id, ()))
            choices = (self.rows[p].id for p in positions)
            id_ = next((choice for choice in choices if choice not in claimed), None)
            if id_ is None:
                id_ = self._found(group[0][0], taken)
            claimed.add(id_)
            taken.add(id_)
            ids.append(id_)
            self._add_members(id_, group, known, claimed)
        return ids

    def effective_rows(self, label_sets: Collection[str]) -> tuple[IdRow, ...]:
        """Return the rows that can matter to a build of these label sets.

        They enter the graph's hash, so importing a set and removing it again
        must give what was there before: rows of other sets are left out, and
        the order is that of the ids' first rows here, then of label ids, since
        the moment at which a member came changes nothing.
        """
        wanted = frozenset(label_sets)
        rows = [row for row in self.rows if row.label_id.prefix in wanted]
        first: dict[Curie, int] = {}
        for position, row in enumerate(rows):
            first.setdefault(row.id, position)
        return tuple(sorted(rows, key=lambda row: (first[row.id], row.label_id)))

    def dumps(self) -> str:
        """Return the table's text: what was read, then the added rows."""
        return self._text + "".join("\t".join(row) + "\n" for row in self.rows[self._written :])

    def write(self, path: Path) -> bool:
        """Write the table where rows were added, else leave the file alone.

        Returns:
            Whether the file was written.
        """
        if not self.has_changed:
            return False
        text = self.dumps()
        write_text_atomic(path, text)
        self._text, self._written = text, len(self.rows)
        return True

    def _found(self, founder: Curie, taken: set[str]) -> Curie:
        wanted, given = ls_curie(founder), ls_curie(founder, taken)
        if given != wanted:
            self.clashes.append(Clash(founder, wanted, given))
        return given

    def _add_members(
        self,
        id_: Curie,
        group: Sequence[tuple[Curie, str]],
        known: dict[Curie, list[int]],
        claimed: set[Curie],
    ) -> None:
        # A member keeps an older id of its own that is free, for when the group parts again.
        for label_id, name in group:
            ids = {self.rows[position].id for position in known.get(label_id, ())}
            if id_ in ids or ids - claimed:
                continue
            known.setdefault(label_id, []).append(len(self.rows))
            self.rows.append(IdRow(id_, label_id, _one_line(name)))


def _one_line(name: str) -> str:
    # The name is for people; a tab, a line end or a NUL in it would break the table.
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def _iter_rows(table: Table) -> Iterator[IdRow]:
    if table.columns != COLUMNS:
        msg = f"the columns are {', '.join(table.columns)}, expected {', '.join(COLUMNS)}"
        raise SourceError(msg, path=table.path, line=table.first_line - 1)
    seen: dict[tuple[str, str], int] = {}
    for index, (id_text, label_text, name) in enumerate(table.rows):
        try:
            row = IdRow(Curie.parse(id_text), Curie.parse(label_text), name)
        except IdentifierError as error:
            raise table.error(index, str(error)) from None
        if row.id.prefix != "ls" or not _LOCAL_ID.match(row.id.local_id):
            msg = f"{id_text!r} is no id of a new concept: 'ls:' and eight of a-z and 2-7"
            raise table.error(index, msg)
        if row.label_id.prefix in prefixes():
            msg = f"{label_text!r} is no label: {row.label_id.prefix!r} is a reserved prefix"
            raise table.error(index, msg)
        first = seen.setdefault((id_text, label_text), table.first_line + index)
        if first != table.first_line + index:
            msg = f"{label_text!r} at {id_text} stands in line {first} already"
            raise table.error(index, msg)
        yield row
