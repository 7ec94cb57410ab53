"""Where the labels of a set stand, as a crosswalk needs it: by number, with masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from labelsys.csr import distinct
from labelsys.store.protocol import ConceptReader, HierarchyReader, LabelReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelsys.csr import IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.model import PlacementKind

__all__ = ["CrosswalkReader", "Spot", "Standing", "read_standing"]


class CrosswalkReader(ConceptReader, HierarchyReader, LabelReader, Protocol):
    """What a crosswalk needs of a store."""


class Spot(NamedTuple):
    """A label and where it stands.

    Attributes:
        id: `label_set:label_id`.
        position: in its set, from 0.
        name: as published.
        concept: number of the concept where it stands; -1 for none.
        is_meant: whether it means this concept; else it only lies right below it.
        kind: of the placement.
        confidence: of the placement, or None.
    """

    id: Curie
    position: int
    name: str
    concept: int
    is_meant: bool
    kind: PlacementKind
    confidence: float | None

    @property
    def is_exact(self) -> bool:
        """Whether the label has its place at a concept that was there before it."""
        return self.kind == "exact"

    @property
    def is_excluded(self) -> bool:
        """Whether the label is no class of things, as `background` is."""
        return self.kind == "excluded"


class Standing(NamedTuple):
    """All labels of a set.

    Attributes:
        label_set: its id.
        spots: in the set's own order.
        meant: distinct numbers of the concepts that labels mean, ascending.
    """

    label_set: str
    spots: Sequence[Spot]
    meant: IntArray


def read_standing(reader: LabelReader, hierarchy: Hierarchy, label_set: str) -> Standing:
    """Return where the labels of a set stand.

    Raises:
        NotFoundError: no such set.
    """
    labels = reader.get_label_set(label_set).labels
    spots = []
    placements = reader.iter_placements(label_set)
    for position, (label, placement) in enumerate(zip(labels, placements, strict=True)):
        concept = placement.concept_id
        spots.append(
            Spot(
                id=label.id,
                position=position,
                name=label.name,
                concept=-1 if concept is None else hierarchy.index(concept),
                is_meant=concept is not None and concept != placement.broader_id,
                kind=placement.kind,
                confidence=placement.confidence,
            )
        )
    meant = np.array([spot.concept for spot in spots if spot.is_meant], dtype=np.int64)
    return Standing(label_set=label_set, spots=tuple(spots), meant=distinct(meant))
