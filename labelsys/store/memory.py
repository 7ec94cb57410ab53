"""The reference store: dicts and sorted lists, slow and obvious.

It says what every other store has to answer. Nothing in it is clever, on
purpose: where another store differs, the other one is wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from labelsys.closing import Closes
from labelsys.errors import NotFoundError, StoreError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import nearest_ids
from labelsys.registry import near
from labelsys.store.draft import GraphDraft
from labelsys.store.protocol import NameHit, NameRow
from labelsys.text import fold, trigrams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingType

    from labelsys.ids import Curie
    from labelsys.model import (
        Concept,
        Edge,
        Finding,
        Label,
        LabelSet,
        Mapping,
        Placement,
        VisualTag,
    )

__all__ = ["MemoryStore", "MemoryWriter"]


class MemoryWriter(GraphDraft):
    """Collects a graph; `store` hands it out once it is finished."""

    _store: MemoryStore | None = None

    def finish(self) -> None:
        """Check the graph and make it readable.

        Raises:
            StoreError: a reference leads nowhere, or something is there twice.
            CyclicHierarchyError: the edges have a loop.
        """
        self.seal()
        Hierarchy(self.edges)
        self._store = MemoryStore(self)

    @property
    def store(self) -> MemoryStore:
        """The finished graph.

        Raises:
            StoreError: it is not finished.
        """
        if self._store is None:
            msg = "this graph is not finished yet"
            raise StoreError(msg)
        return self._store


class MemoryStore(Closes):
    """A graph in memory: every reader protocol of `labelsys.store.protocol`."""

    def __init__(self, draft: GraphDraft) -> None:
        """Take over the parts of a sealed draft."""
        self._concepts = {
            concept.id: replace(concept, xrefs=tuple(sorted(set(concept.xrefs))))
            for concept in draft.concepts
        }
        self._edges = tuple(draft.edges)
        self._label_sets = tuple(label_set for label_set, _ in draft.label_sets)
        self._labels = {label.id: label for s in self._label_sets for label in s.labels}
        self._placements = {p.label_id: p for _, places in draft.label_sets for p in places}
        self._mappings = tuple(draft.mappings)
        self._findings = tuple(draft.findings)
        self._visual_tags = {tag.id: tag for tag in draft.visual_tags}
        self._meta = dict(sorted(draft.meta.items()))
        self._names = sorted(self._name_rows())
        self._open = True

    def _name_rows(self) -> Iterator[NameRow]:
        for concept in self._concepts.values():
            for position, name in enumerate(concept.names):
                number = 0 if name.sense is None else name.sense.number
                count = 0 if name.sense is None else name.sense.count
                folded = fold(name.text)
                if folded:
                    yield NameRow(folded, concept.id, position, name.lang, name.kind, number, count)

    def close(self) -> None:
        """Refuse further questions; twice is fine."""
        self._open = False

    def _check_open(self) -> None:
        if not self._open:
            msg = "this graph is closed"
            raise StoreError(msg)

    def get_concept(self, id_: Curie, /) -> Concept:
        """Return one concept.

        Raises:
            NotFoundError: no such concept.
        """
        found = self.find_concept(id_)
        if found is None:
            ids = list(self._concepts)
            place = bisect_left(ids, id_)
            around = ids[max(place - 3, 0) : place + 3]
            raise NotFoundError("concept", id_, near=nearest_ids(id_, around))
        return found

    def find_concept(self, id_: Curie, /) -> Concept | None:
        """Return one concept, or None."""
        self._check_open()
        return self._concepts.get(id_)

    def iter_concepts(self, ids: Iterable[Curie] | None = None, /) -> Iterator[Concept]:
        """Yield the concepts asked for, in the order asked; all, by id, for None."""
        self._check_open()
        for id_ in self._concepts if ids is None else ids:
            if id_ in self._concepts:
                yield self._concepts[id_]

    def iter_ids(self) -> Iterator[Curie]:
        """Yield the id of every concept, sorted."""
        self._check_open()
        yield from self._concepts

    def find_by_xref(self, xref: Curie, /) -> tuple[Curie, ...]:
        """Return the concepts that have this other id, sorted."""
        self._check_open()
        return tuple(c.id for c in self._concepts.values() if xref in c.xrefs)

    def find_by_name(self, folded: str, /) -> tuple[NameHit, ...]:
        """Return who has exactly this folded name, by (concept_id, position)."""
        self._check_open()
        rows = (row for row in self._names if row.folded == folded)
        return tuple(NameHit(row.concept_id, row.position) for row in rows)

    def iter_names(self) -> Iterator[NameRow]:
        """Yield the whole name table by (folded, concept_id, position)."""
        self._check_open()
        yield from self._names

    def find_similar_names(self, folded: str, /, *, limit: int = 200) -> tuple[str, ...]:
        """Return folded names that look like this one; the protocol states the rule."""
        self._check_open()
        names = sorted({row.folded for row in self._names})
        begun = [name for name in names if name.startswith(folded)]
        begun = sorted(begun, key=lambda name: (len(name), name))[:limit]
        wanted = set(trigrams(folded))
        alike = []
        for name in names:
            grams = set(trigrams(name))
            shared = len(wanted & grams)
            if shared and shared * 10 >= len(wanted) * 3 and name not in begun:
                alike.append((-shared, len(grams) - shared, name))
        return (*begun, *(name for _, _, name in sorted(alike)[:limit]))

    def iter_broader(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges up from a concept, by (kind, broader), subclass edges first."""
        self._check_open()
        edges = [edge for edge in self._edges if edge.narrower == id_]
        yield from sorted(edges, key=lambda edge: (edge.kind == "instance", edge.broader))

    def iter_narrower(self, id_: Curie, /) -> Iterator[Edge]:
        """Yield the edges down from a concept, by (kind, narrower), subclass edges first."""
        self._check_open()
        edges = [edge for edge in self._edges if edge.broader == id_]
        yield from sorted(edges, key=lambda edge: (edge.kind == "instance", edge.narrower))

    def iter_edges(self) -> Iterator[Edge]:
        """Yield every edge by (narrower, broader, kind)."""
        self._check_open()
        yield from self._edges

    def iter_label_sets(self) -> Iterator[LabelSet]:
        """Yield every label set, labels included, in the recipe's order."""
        self._check_open()
        yield from self._label_sets

    def get_label_set(self, id_: str, /) -> LabelSet:
        """Return one label set.

        Raises:
            NotFoundError: no such set.
        """
        self._check_open()
        for label_set in self._label_sets:
            if label_set.id == id_:
                return label_set
        known = [label_set.id for label_set in self._label_sets]
        raise NotFoundError("label set", id_, near=near(id_, known))

    def find_label(self, id_: Curie, /) -> Label | None:
        """Return one label by `label_set:label_id`, or None."""
        self._check_open()
        return self._labels.get(id_)

    def find_placement(self, label_id: Curie, /) -> Placement | None:
        """Return where a label stands, or None for an unknown label."""
        self._check_open()
        return self._placements.get(label_id)

    def iter_placements(self, label_set: str | None = None, /) -> Iterator[Placement]:
        """Yield placements in the recipe's order of sets, then the set's own order."""
        self._check_open()
        for label in self._labels.values():
            if label_set is None or label.label_set == label_set:
                yield self._placements[label.id]

    def iter_labels_at(self, concept_id: Curie, /) -> Iterator[Curie]:
        """Yield the ids of labels standing at a concept, by (set order, label order)."""
        for placement in self.iter_placements():
            if placement.concept_id == concept_id:
                yield placement.label_id

    def iter_mappings(self, subject_id: Curie | None = None, /) -> Iterator[Mapping]:
        """Yield mappings, of one subject or all, in the order that they were written."""
        self._check_open()
        for mapping in self._mappings:
            if subject_id is None or mapping.subject_id == subject_id:
                yield mapping

    def iter_findings(self) -> Iterator[Finding]:
        """Yield findings by (code, id, message)."""
        self._check_open()
        yield from self._findings

    def iter_visual_tags(self, ids: Iterable[Curie] | None = None, /) -> Iterator[VisualTag]:
        """Yield the tags of the concepts asked for, in the order asked; all, by id, for None."""
        self._check_open()
        for id_ in self._visual_tags if ids is None else ids:
            if id_ in self._visual_tags:
                yield self._visual_tags[id_]

    def get_meta(self) -> MappingType[str, str]:
        """Return all facts about the graph, by name."""
        self._check_open()
        return dict(self._meta)
