"""What several writers must know about a graph, each read in one pass."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labelsys.store.protocol import ConceptReader, HierarchyReader, LabelReader, TagReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labelsys.ids import Curie
    from labelsys.model import Concept, Edge

__all__ = [
    "LabelAt",
    "SystemReader",
    "TreeReader",
    "iter_with_broader",
    "labels_by_concept",
    "upward",
]


class TreeReader(ConceptReader, HierarchyReader, Protocol):
    """Concepts and the edges between them."""


class SystemReader(ConceptReader, HierarchyReader, LabelReader, TagReader, Protocol):
    """Concepts, edges, label sets, placements and tags."""


class LabelAt(NamedTuple):
    """A label and how it stands at a concept.

    Attributes:
        id: `label_set:label_id`.
        relation: `exact`, or `broader`: it is narrower than what is said of the concept.
        is_own: whether the concept is the label's meaning: an exact one, or
            the one that was made for it; false where it hangs straight under.
    """

    id: Curie
    relation: str
    is_own: bool


def upward(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Return edges of one concept in the order of the house: subclass first, then by id."""
    return tuple(sorted(edges, key=lambda e: (e.kind != "subclass", e.broader)))


def iter_with_broader(reader: TreeReader) -> Iterator[tuple[Concept, tuple[Edge, ...]]]:
    """Yield every concept, by id, with its edges up; both tables are read side by side."""
    groups = ((narrower, tuple(edges)) for narrower, edges in _edges_by_narrower(reader))
    narrower, edges = next(groups, (None, ()))
    for concept in reader.iter_concepts():
        while narrower is not None and narrower < concept.id:
            narrower, edges = next(groups, (None, ()))
        yield concept, upward(edges) if narrower == concept.id else ()


def _edges_by_narrower(reader: HierarchyReader) -> Iterator[tuple[Curie, Iterator[Edge]]]:
    return groupby(reader.iter_edges(), key=lambda edge: edge.narrower)


def labels_by_concept(reader: LabelReader) -> dict[Curie, tuple[LabelAt, ...]]:
    """Return the labels that stand at each concept, in the recipe's order of sets."""
    found: defaultdict[Curie, list[LabelAt]] = defaultdict(list)
    for placement in reader.iter_placements():
        if placement.concept_id is not None:
            is_own = placement.concept_id != placement.broader_id
            found[placement.concept_id].append(LabelAt(placement.label_id, placement.kind, is_own))
    return {concept: tuple(labels) for concept, labels in found.items()}
