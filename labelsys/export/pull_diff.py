"""What has changed between two pulls of Wikidata: a list to heal by.

An item is the same where its names, descriptions and claims are; how many pages
there are about it changes every day and counts for nothing. Both pulls are read
side by side and neither is held.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from labelsys.export.diff import PartCounts, Tally
from labelsys.export.joins import merge
from labelsys.rows import Rows
from labelsys.source.wikidata.pulled import find_table, open_pull, qid_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from labelsys.source.wikidata.pulled import Entity

__all__ = ["PullChange", "PullDiff", "is_pull"]

_PARTS = ("item", "name", "claim")

ItemChange = Literal["added", "removed", "redirected", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullChange:
    """What became of one item.

    Attributes:
        change: `added` (only the second pull has it), `removed` (only the first
            has: it was deleted, or is no longer asked for), `redirected` (it was
            merged into another one), or `changed`.
        id: `wd:Q144`.
        label: what it is called, in the pull that still tells.
        into: the item that it redirects to, or None.
        names_added: names and descriptions that only the second has.
        names_removed: those that only the first has.
        claims_added: the same of claims.
        claims_removed: the same of claims.
    """

    change: ItemChange
    id: str
    label: str
    into: str | None
    names_added: int
    names_removed: int
    claims_added: int
    claims_removed: int


class PullDiff:
    """The changes between two pulls, by the numbers of the items.

    Iterating yields a row an item that differs; nothing is kept, so that each
    iteration reads both pulls.
    """

    def __init__(self, a: Path, b: Path) -> None:
        """Compare the pull in *a* with the later one in *b*."""
        self._a, self._b = a, b
        self._counts: Rows[PartCounts] | None = None

    def __iter__(self) -> Iterator[PullChange]:
        """Yield the changes.

        Raises:
            SourceError: a pull is missing or damaged.
        """
        self._counts = None
        items, names, claims = tallies = tuple(_Tally() for _ in _PARTS)
        with open_pull(self._a) as a, open_pull(self._b) as b:
            for x, y in merge(a, b, lambda entity: qid_number(entity.qid)):
                texts = names.compare(x.texts if x else (), y.texts if y else ())
                said = claims.compare(x.claims if x else (), y.claims if y else ())
                change = _change(x, y, is_same=not any((*texts, *said)))
                items.count(change, is_old=x is not None, is_new=y is not None)
                if change is not None:
                    yield _row(change, x, y, (*texts, *said))
        self._counts = Rows(map(_Tally.counts, tallies, _PARTS), PartCounts)

    @property
    def counts(self) -> Rows[PartCounts]:
        """How much of items, names and claims is the same; reads both unless that was done."""
        if self._counts is None:
            for _ in self:
                pass
        return self._counts or Rows((), PartCounts)

    @property
    def is_equal(self) -> bool:
        """Whether nothing has changed."""
        return all(part.a == part.b == part.equal for part in self.counts)


def is_pull(place: Path) -> bool:
    """Return whether a folder holds a pull."""
    return find_table(place, "items").is_file()


class _Tally(Tally):
    """Counts of one part of pulls, while they grow."""

    __slots__ = ()

    def compare(self, a: Sequence[object], b: Sequence[object]) -> tuple[int, int]:
        """Count values of one item.

        Returns:
            How many only the second has, and how many only the first.
        """
        if a == b:
            self.equal += len(a)
            return 0, 0
        old, new = Counter(a), Counter(b)
        equal = (old & new).total()
        added, removed = new.total() - equal, old.total() - equal
        self.equal, self.added = self.equal + equal, self.added + added
        self.removed += removed
        return added, removed

    def count(self, change: ItemChange | None, *, is_old: bool, is_new: bool) -> None:
        """Count one item."""
        if change is None:
            self.equal += 1
        elif is_old and is_new:
            self.changed += 1
        elif is_new:
            self.added += 1
        else:
            self.removed += 1


def _change(x: Entity | None, y: Entity | None, *, is_same: bool) -> ItemChange | None:
    if y is None:
        return "removed"
    if y.into and (x is None or y.into != x.into):
        return "redirected"
    if x is None:
        return "added"
    return None if is_same and x.into == y.into else "changed"


def _row(
    change: ItemChange, x: Entity | None, y: Entity | None, numbers: Sequence[int]
) -> PullChange:
    labels = [_label(entity) for entity in (y, x) if entity is not None]
    into = y.into if y is not None else ""
    one = y if y is not None else x
    return PullChange(
        change=change,
        id=f"wd:{one.qid if one is not None else ''}",
        label=next(filter(None, labels), ""),
        into=f"wd:{into}" if into else None,
        names_added=numbers[0],
        names_removed=numbers[1],
        claims_added=numbers[2],
        claims_removed=numbers[3],
    )


def _label(entity: Entity) -> str:
    """Return an English label, else the first there is, else ""."""
    labels = [text for text in entity.texts if text.kind == "label"]
    english = (text.text for text in labels if text.lang == "en")
    return next(english, labels[0].text if labels else "")
