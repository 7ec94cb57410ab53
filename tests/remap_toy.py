"""The toy graph with one more label set, which has equals in `pets`.

kennel: 17 Hund is the dog, 18 retriever the golden retriever; 40 has neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.api import LabelSystem
from labelsys.ids import Curie
from labelsys.model import Label, LabelSet, Placement
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from labelsys.store.protocol import GraphWriter

__all__ = ["fill", "open_toy"]

_KENNEL = (("17", "Hund", toy.DOG), ("18", "retriever", toy.RETRIEVER), ("40", "car", None))


def fill(writer: GraphWriter) -> None:
    """Write the graph."""
    graph = toy.toy_graph()
    writer.add_concepts(graph.concepts)
    writer.add_edges(graph.edges)
    for label_set in graph.label_sets:
        own = [p for p in graph.placements if p.label_id.prefix == label_set.id]
        writer.add_label_set(label_set, own)
    labels = tuple(Label(label_set="kennel", label_id=n, name=name) for n, name, _ in _KENNEL)
    placements = [
        Placement(
            label_id=Curie("kennel", n),
            kind="exact" if concept else "unplaced",
            concept_id=concept,
            reason="name",
            confidence=0.9 if concept else None,
        )
        for n, _, concept in _KENNEL
    ]
    kennel = LabelSet(id="kennel", title="Kennel", version="1", labels=labels)
    writer.add_label_set(kennel, placements)
    writer.set_meta(graph.meta)
    writer.finish()


def open_toy() -> LabelSystem:
    """Return the graph, open."""
    writer = MemoryWriter()
    fill(writer)
    return LabelSystem(writer.store)
