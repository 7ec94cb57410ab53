"""Copies a whole graph from any store into any writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.collector import collector_paused

if TYPE_CHECKING:
    from labelsys.store.protocol import GraphStore, GraphWriter

__all__ = ["copy_graph"]


def copy_graph(reader: GraphStore, writer: GraphWriter) -> None:
    """Write all that a store holds, and finish.

    Args:
        reader: a store.
        writer: a fresh one.

    Raises:
        StoreError: a side fails.
    """
    with collector_paused():  # a million small values that stay to the end
        writer.add_concepts(reader.iter_concepts())
        writer.add_edges(reader.iter_edges())
        for label_set in reader.iter_label_sets():
            writer.add_label_set(label_set, reader.iter_placements(label_set.id))
        writer.add_mappings(reader.iter_mappings())
        writer.add_findings(reader.iter_findings())
        writer.add_visual_tags(reader.iter_visual_tags())
        writer.set_meta(reader.get_meta())
        writer.finish()
