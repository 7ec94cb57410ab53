"""What a writer collects before it writes, and the rules that every graph keeps.

All writers share this, so that no store takes what another one refuses.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as MappingType

    from labelsys.ids import Curie
    from labelsys.model import Concept, Edge, Finding, LabelSet, Mapping, Placement, VisualTag

__all__ = ["GraphDraft"]

_T = TypeVar("_T")

_SHOWN = 3
"""How many offenders an error names."""


class GraphDraft:
    """The parts of a graph, as given, until a writer finishes it.

    Values are kept, not copied: a caller that holds its concepts in memory
    anyway pays for them once.
    """

    def __init__(self) -> None:
        """Begin an empty draft."""
        self.concepts: list[Concept] = []
        self.edges: list[Edge] = []
        self.label_sets: list[tuple[LabelSet, tuple[Placement, ...]]] = []
        self.mappings: list[Mapping] = []
        self.findings: list[Finding] = []
        self.visual_tags: list[VisualTag] = []
        self.meta: dict[str, str] = {}
        self._finished = False

    def add_concepts(self, concepts: Iterable[Concept], /) -> int:
        """Add concepts with their names.

        Returns:
            How many.

        Raises:
            StoreError: the graph is finished.
        """
        return self._extend(self.concepts, concepts)

    def add_edges(self, edges: Iterable[Edge], /) -> int:
        """Add edges.

        Returns:
            How many.

        Raises:
            StoreError: the graph is finished.
        """
        return self._extend(self.edges, edges)

    def add_label_set(self, label_set: LabelSet, placements: Iterable[Placement], /) -> int:
        """Add a set and one placement for each of its labels, in its order.

        Returns:
            How many labels.

        Raises:
            StoreError: the placements are not those of the labels, one each and
                in order, or the graph is finished.
        """
        given = tuple(placements)
        # Compared as text: making 56,000 checked ids costs more than writing them.
        labels = [f"{label_set.id}:{label.label_id}" for label in label_set.labels]
        placed: list[str] = [placement.label_id for placement in given]
        if any(label.label_set != label_set.id for label in label_set.labels):
            msg = f"label set {label_set.id} holds a label of another set"
            raise StoreError(msg)
        if labels != placed:
            pairs = zip(labels, placed, strict=False)
            at = next(
                (i for i, (a, b) in enumerate(pairs) if a != b), min(len(labels), len(placed))
            )
            label = labels[at] if at < len(labels) else "no label"
            found = placed[at] if at < len(placed) else "none"
            msg = (
                f"label set {label_set.id} has {len(labels)} labels and {len(placed)} placements; "
                f"at {at} the label is {label}, the placement {found}"
            )
            raise StoreError(msg)
        self._extend(self.label_sets, [(label_set, given)])
        return len(labels)

    def add_mappings(self, mappings: Iterable[Mapping], /) -> int:
        """Add mappings.

        Returns:
            How many.

        Raises:
            StoreError: the graph is finished.
        """
        return self._extend(self.mappings, mappings)

    def add_findings(self, findings: Iterable[Finding], /) -> int:
        """Add findings.

        Returns:
            How many.

        Raises:
            StoreError: the graph is finished.
        """
        return self._extend(self.findings, findings)

    def add_visual_tags(self, tags: Iterable[VisualTag], /) -> int:
        """Add tags, at most one a concept.

        Returns:
            How many.

        Raises:
            StoreError: the graph is finished.
        """
        return self._extend(self.visual_tags, tags)

    def set_meta(self, meta: MappingType[str, str], /) -> None:
        """Set facts about the graph; a fact set again takes the new value.

        Raises:
            StoreError: the graph is finished.
        """
        self._extend([], ())
        self.meta.update(meta)

    def seal(self) -> None:
        """Sort all parts into the order that stores answer in, and check them.

        Raises:
            StoreError: something is there twice, or points to what is not there;
                or the graph is finished.
        """
        self._extend([], ())
        self.concepts.sort(key=attrgetter("id"))
        self.edges.sort(key=attrgetter("narrower", "broader", "kind"))
        self.findings.sort(key=attrgetter("code", "id", "message"))
        self.visual_tags.sort(key=attrgetter("id"))
        _refuse_twice("concept", [concept.id for concept in self.concepts])
        _refuse_twice("visual tag of", [tag.id for tag in self.visual_tags])
        for one, other in pairwise(self.edges):
            if one == other:
                msg = f"edge {one.narrower} -> {one.broader} ({one.kind}) is there twice"
                raise StoreError(msg)
        _refuse_twice("label set", sorted(label_set.id for label_set, _ in self.label_sets))
        for label_set, _ in self.label_sets:
            _refuse_twice(
                "label", sorted(f"{label_set.id}:{label.label_id}" for label in label_set.labels)
            )
        self._check_references()
        self._finished = True

    def _extend(self, part: list[_T], more: Iterable[_T]) -> int:
        if self._finished:
            msg = "this graph is finished: a change makes a new graph"
            raise StoreError(msg)
        before = len(part)
        part.extend(more)
        return len(part) - before

    def _check_references(self) -> None:
        known = {concept.id for concept in self.concepts}
        labels = {p.label_id for _, placements in self.label_sets for p in placements}
        prefixes = {label_set.id for label_set, _ in self.label_sets}
        missing = [*self._missing_concepts(known), *self._missing_ends(known, labels, prefixes)]
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            msg = f"E103: {'; '.join(missing[:_SHOWN])}{more}: no such concept in this graph"
            raise StoreError(msg)

    def _missing_concepts(self, known: set[Curie]) -> Iterator[str]:
        for edge in self.edges:
            if edge.narrower not in known or edge.broader not in known:
                yield f"edge {edge.narrower} -> {edge.broader}"
        for concept in self.concepts:
            if concept.replaced_by is not None and concept.replaced_by not in known:
                yield f"concept {concept.id} replaced by {concept.replaced_by}"
        yield from (f"visual tag of {t.id}" for t in self.visual_tags if t.id not in known)
        for _, placements in self.label_sets:
            for placement in placements:
                for id_ in (placement.concept_id, placement.broader_id):
                    if id_ is not None and id_ not in known:
                        yield f"placement of {placement.label_id} at {id_}"

    def _missing_ends(
        self, known: set[Curie], labels: set[Curie], prefixes: set[str]
    ) -> Iterator[str]:
        """Yield mappings with an end that is ours to know and missing: others may lie outside."""
        for mapping in self.mappings:
            for id_ in (mapping.subject_id, mapping.object_id):
                if id_ in known or id_ in labels:
                    continue
                prefix = id_.partition(":")[0]
                if prefix in {"wn30", "ls"} or prefix in prefixes:
                    yield f"mapping {mapping.subject_id} {mapping.predicate_id} {mapping.object_id}"


def _refuse_twice(kind: str, keys: Sequence[str]) -> None:
    twice = next((a for a, b in pairwise(keys) if a == b), None)
    if twice is not None:
        msg = f"{kind} {twice} is there twice"
        raise StoreError(msg)
