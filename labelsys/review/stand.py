"""Labels and where they stand, whether a store says so or a link; and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from labelsys.hierarchy import Hierarchy
from labelsys.model import Concept, Finding
from labelsys.store.protocol import ConceptReader, HierarchyReader, LabelReader, NameReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labelsys.ids import Curie
    from labelsys.match.link import LinkRow
    from labelsys.model import Edge, Label

__all__ = [
    "LabelFinding",
    "Severity",
    "Stand",
    "StandReader",
    "Surroundings",
    "stands_in_store",
    "stands_of_links",
]

Severity = Literal["high", "medium", "low", "note"]


class StandReader(ConceptReader, NameReader, HierarchyReader, Protocol):
    """Concepts, their names and their edges."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LabelFinding(Finding):
    """Something about labels of one set.

    Attributes:
        ids: the labels, the one that it is about first.
        severity: high (two labels mean one thing), medium, low, or note.
    """

    ids: tuple[Curie, ...] = ()
    severity: Severity = "medium"


class Stand(NamedTuple):
    """Where a label stands.

    Attributes:
        label: the label.
        concept: the concept that it means (`is_own`) or falls under; None where it is unplaced.
        is_own: the concept is what the label means.
        confidence: of that, or None.
    """

    label: Label
    concept: Curie | None
    is_own: bool
    confidence: float | None


def stands_in_store(reader: LabelReader, id_: str) -> list[Stand]:
    """Return the labels of a set in a store, in its order.

    Raises:
        NotFoundError: the store has no such label set.
    """
    labels = {label.id: label for label in reader.get_label_set(id_).labels}
    return [
        Stand(
            labels[place.label_id],
            place.concept_id,
            place.concept_id is not None and place.concept_id != place.broader_id,
            place.confidence,
        )
        for place in reader.iter_placements(id_)
        if place.label_id in labels
    ]


def stands_of_links(labels: Sequence[Label], rows: Iterable[LinkRow]) -> list[Stand]:
    """Return labels with the concepts that they were linked to, row for row."""
    return [
        Stand(label, row.object_id, row.predicate_id == "skos:exactMatch", row.confidence)
        for label, row in zip(labels, rows, strict=True)
    ]


class Surroundings:
    """What the graph knows about the concepts of some labels; each thing is read once."""

    def __init__(self, reader: StandReader, stands: Sequence[Stand]) -> None:
        """Take a store and the labels."""
        self.reader = reader
        self.stands = stands

    def narrowed(self, stands: Sequence[Stand]) -> Surroundings:
        """Return the same for some of the labels; edges are not read again."""
        other = Surroundings(self.reader, stands)
        other.edges, other.hierarchy = self.edges, self.hierarchy
        return other

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge."""
        return tuple(self.reader.iter_edges())

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The whole hierarchy; concepts that no edge knows stand alone."""
        return Hierarchy(self.edges, ids=self.concepts)

    @cached_property
    def concepts(self) -> Mapping[Curie, Concept]:
        """The concepts where labels stand."""
        wanted = sorted({s.concept for s in self.stands if s.concept is not None})
        return {concept.id: concept for concept in self.reader.iter_concepts(wanted)}

    @cached_property
    def owners(self) -> Mapping[Curie, Stand]:
        """Concept -> the first label that means it."""
        found: dict[Curie, Stand] = {}
        for stand in self.stands:
            if stand.concept is not None and stand.is_own:
                found.setdefault(stand.concept, stand)
        return found

    @cached_property
    def positions(self) -> Mapping[Curie, int]:
        """Label -> its place in the set."""
        return {stand.label.id: n for n, stand in enumerate(self.stands)}
