"""What expressions read of a system, as arrays: made once, each when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from labelsys.csr import distinct
from labelsys.ids import ROOT
from labelsys.lookup import LookupReader
from labelsys.select.name_table import NameTable
from labelsys.store.protocol import HierarchyReader, TagReader
from labelsys.tag.sensitive import load_sensitive, resolve, tag_sensitive

if TYPE_CHECKING:
    from labelsys.csr import BoolArray, IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie

__all__ = ["SelectReader", "SelectTables"]


class SelectReader(LookupReader, HierarchyReader, TagReader, Protocol):
    """What selecting needs of a store."""


class _Standing(NamedTuple):
    """Where labels stand.

    Attributes:
        means: label set -> the concepts that its labels mean, ascending.
        linked: label set -> those, and the concepts right above its other labels.
        labels: ids of labels that mean a concept, by concept, then in the recipe's order.
        concepts: the concept of each, ascending.
    """

    means: dict[str, IntArray]
    linked: dict[str, IntArray]
    labels: list[Curie]
    concepts: IntArray


class SelectTables:
    """Arrays over the concepts of a system, in the order of the hierarchy's `ids`.

    Attributes:
        reader: the store.
        hierarchy: of the store.
    """

    def __init__(self, reader: SelectReader, hierarchy: Hierarchy) -> None:
        """Read nothing yet."""
        self.reader = reader
        self.hierarchy = hierarchy

    @cached_property
    def all(self) -> BoolArray:
        """Every concept in use: retired ones have no edge, so the root is not above them."""
        if ROOT not in self.hierarchy:
            return np.zeros(len(self.hierarchy), dtype=np.bool_)
        return self.hierarchy.descendant_mask([ROOT], instances=True)

    @property
    def label_sets(self) -> tuple[str, ...]:
        """Ids of the label sets, in the recipe's order."""
        return tuple(self._standing.means)

    def means(self, label_set: str) -> BoolArray:
        """Return the concepts that labels of a set mean.

        Raises:
            KeyError: no such set.
        """
        return self.mask(self._standing.means[label_set])

    def linked(self, label_set: str) -> BoolArray:
        """Return the concepts that labels of a set mean or lie right below.

        Raises:
            KeyError: no such set.
        """
        return self.mask(self._standing.linked[label_set])

    @cached_property
    def sharing(self) -> IntArray:
        """How many label sets mean each concept, int64, shape (n,)."""
        counts = np.zeros(len(self.hierarchy), dtype=np.int64)
        for numbers in self._standing.means.values():
            counts[numbers] += 1
        return counts

    @cached_property
    def names(self) -> NameTable:
        """The names of all concepts."""
        return NameTable(self.reader.iter_names(), self.hierarchy)

    @cached_property
    def sensitive(self) -> dict[str, BoolArray]:
        """Category of the list of sensitive concepts -> the concepts that have it."""
        resolution = resolve(load_sensitive(), self.hierarchy, self.reader)
        numbers: dict[str, list[int]] = {}
        for id_, causes in tag_sensitive(self.hierarchy, resolution).causes.items():
            for cause in causes:
                numbers.setdefault(cause.category, []).append(self.hierarchy.index(id_))
        return {category: self.mask(np.array(found)) for category, found in numbers.items()}

    @cached_property
    def visual(self) -> dict[str, BoolArray]:
        """Visual, non-visual or abstain -> the concepts that are tagged so."""
        numbers: dict[str, list[int]] = {}
        for tag in self.reader.iter_visual_tags():
            numbers.setdefault(tag.value, []).append(self.hierarchy.index(tag.id))
        return {value: self.mask(np.array(found)) for value, found in numbers.items()}

    def labels_at(self, numbers: IntArray) -> list[tuple[Curie, ...]]:
        """Return the labels that mean each of some concepts, in the recipe's order."""
        standing = self._standing
        first = np.searchsorted(standing.concepts, numbers, side="left").tolist()
        last = np.searchsorted(standing.concepts, numbers, side="right").tolist()
        return [tuple(standing.labels[a:b]) for a, b in zip(first, last, strict=True)]

    def mask(self, numbers: IntArray) -> BoolArray:
        """Return bool, shape (n,): which concepts have these numbers."""
        mask = np.zeros(len(self.hierarchy), dtype=np.bool_)
        mask[numbers] = True
        return mask

    @cached_property
    def _standing(self) -> _Standing:
        index = self.hierarchy.index
        means: dict[str, list[int]] = {}
        above: dict[str, list[int]] = {}
        labels: list[Curie] = []
        concepts: list[int] = []
        for placement in self.reader.iter_placements():
            label_set = placement.label_id.prefix
            mine, over = means.setdefault(label_set, []), above.setdefault(label_set, [])
            if placement.concept_id is not None and placement.concept_id != placement.broader_id:
                mine.append(index(placement.concept_id))
                labels.append(placement.label_id)
                concepts.append(mine[-1])
            if placement.kind == "broader" and placement.broader_id is not None:
                over.append(index(placement.broader_id))
        where = np.array(concepts, dtype=np.int64)
        order = np.argsort(where, kind="stable")
        return _Standing(
            means={id_: _distinct(found) for id_, found in means.items()},
            linked={id_: _distinct(found + above[id_]) for id_, found in means.items()},
            labels=[labels[i] for i in order.tolist()],
            concepts=where[order],
        )


def _distinct(numbers: list[int]) -> IntArray:
    return distinct(np.array(numbers, dtype=np.int64))
