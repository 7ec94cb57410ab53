"""Label sets and their labels as rows, each label with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from labelsys.ids import Curie, wnid
from labelsys.rows import Rows
from labelsys.stats import count_label_set
from labelsys.store.protocol import ConceptReader, LabelReader

if TYPE_CHECKING:
    from labelsys.model import PlacementKind

__all__ = ["LabelSetRow", "PlacedLabel", "list_label_sets", "list_labels"]


class LabelledReader(ConceptReader, LabelReader, Protocol):
    """Labels and the concepts where they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSetRow:
    """A label set, with its labels by placement; `labels` is the sum of the four."""

    id: str
    title: str
    task: str
    version: str
    source: str
    license: str
    labels: int
    exact: int
    broader: int
    excluded: int
    unplaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLabel:
    """A label and where it stands.

    Attributes:
        label_id: the dataset's own id.
        name: as published.
        placement: exact, broader, excluded or unplaced.
        concept_id: where it stands, or None.
        wnid: of that concept, or None.
        pref_label: of that concept, or "".
        broader_id: the concept above it, or None.
        reason: how it was placed, or why not.
        confidence: calibrated, in [0, 1], or None.
    """

    label_id: str
    name: str
    placement: PlacementKind
    concept_id: Curie | None
    wnid: str | None
    pref_label: str
    broader_id: Curie | None
    reason: str
    confidence: float | None


def list_label_sets(reader: LabelReader) -> Rows[LabelSetRow]:
    """Return the label sets of a system, in the recipe's order."""
    rows = []
    for label_set in reader.iter_label_sets():
        counts = count_label_set(reader, label_set.id)
        rows.append(
            LabelSetRow(
                id=label_set.id,
                title=label_set.title,
                task=label_set.task,
                version=label_set.version,
                source=label_set.source,
                license=label_set.license,
                labels=counts.labels,
                exact=counts.exact,
                broader=counts.broader,
                excluded=counts.excluded,
                unplaced=counts.unplaced,
            )
        )
    return Rows(rows, LabelSetRow)


def list_labels(reader: LabelledReader, id_: str) -> Rows[PlacedLabel]:
    """Return the labels of one set, in its own order.

    Raises:
        NotFoundError: no such label set.
    """
    labels = reader.get_label_set(id_).labels
    placements = list(reader.iter_placements(id_))
    asked = sorted({p.concept_id for p in placements if p.concept_id is not None})
    names = {concept.id: concept.pref_label for concept in reader.iter_concepts(asked)}
    rows = []
    for label, placement in zip(labels, placements, strict=True):
        concept = placement.concept_id
        rows.append(
            PlacedLabel(
                label_id=label.label_id,
                name=label.name,
                placement=placement.kind,
                concept_id=concept,
                wnid=None if concept is None else wnid(concept),
                pref_label="" if concept is None else names.get(concept, ""),
                broader_id=placement.broader_id,
                reason=placement.reason,
                confidence=placement.confidence,
            )
        )
    return Rows(rows, PlacedLabel)
