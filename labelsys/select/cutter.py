"""Cuts as people ask for them: by names and files, on one system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labelsys.errors import ConfigError
from labelsys.select.cut import (
    WAYS,
    BalanceRow,
    Cut,
    CutClass,
    CutMember,
    Way,
    compare_cuts,
    list_classes,
    list_members,
    make_cut,
)
from labelsys.select.separation import SeparationReader, measure_separation
from labelsys.select.tables import SelectReader

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.rows import Rows
    from labelsys.select.algebra import Selector

__all__ = ["CutAnswer", "CutReader", "answer_cut"]


class CutReader(SelectReader, SeparationReader, Protocol):
    """What cutting needs of a store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAnswer:
    """A cut of a system.

    Attributes:
        rows: its classes, by superclass, the largest first.
        cut: the same in numbers.
        way: what it went by.
        hierarchy: that was cut.
    """

    rows: Rows[CutClass]
    cut: Cut
    way: Way
    hierarchy: Hierarchy

    def compare(self, *, seed: int = 0) -> Rows[BalanceRow]:
        """Return how even it is, beside a cut by depth and a random one of as many classes."""
        return compare_cuts(self.cut, self.way, seed=seed)

    def members(self) -> Rows[CutMember]:
        """Return every item with its class."""
        return list_members(self.hierarchy, self.cut)


def answer_cut(
    reader: CutReader,
    selector: Selector,
    hierarchy: Hierarchy,
    top: Curie,
    n_classes: int,
    *,
    of: str,
    way: Way,
    counts: dict[Curie, int] | None,
    n_superclasses: int | None,
    split_seed: int | None,
    cache: Path | None,
    instances: bool,
) -> CutAnswer:
    """Cut what lies below a concept, and name the classes.

    Args:
        reader: the store.
        selector: evaluates *of*.
        hierarchy: of the store.
        top: the concept.
        n_classes: how many.
        of: expression for what has to be covered.
        way: what to go by.
        counts: images by concept, for the way `images` only.
        n_superclasses: how many superclasses, or None.
        split_seed: as in `list_classes`.
        cache: where the graph's sentence vectors are, for the way `names`.
        instances: whether instance edges count.

    Returns:
        The cut.

    Raises:
        ConfigError: the cut can't be made like that.
        ExpressionError: *of* is wrong.
    """
    if way not in WAYS:
        msg = f"no way to cut {way!r}: one of {', '.join(WAYS)}"
        raise ConfigError(msg, location="--by")
    if (counts is None) == (way == "images"):
        msg = "a table of image counts goes with --by images, and only with it"
        raise ConfigError(msg, location="--counts")
    favour = None
    if way == "names":
        favour = measure_separation(reader, hierarchy, top, cache, instances=instances)
    cut = make_cut(
        hierarchy,
        top,
        n_classes,
        way=way,
        items=selector.evaluate(of, instances=instances).mask,
        counts=counts,
        favour=favour,
        n_superclasses=n_superclasses,
        instances=instances,
    )
    rows = list_classes(reader, hierarchy, cut, split_seed=split_seed)
    return CutAnswer(rows=rows, cut=cut, way=way, hierarchy=hierarchy)
