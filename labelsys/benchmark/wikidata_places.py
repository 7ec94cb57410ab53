"""How well classes of Wikidata that are no synsets are placed under synsets."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from labelsys.hierarchy import Hierarchy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.ids import Curie
    from labelsys.model import Edge

__all__ = ["nearest_synsets"]


def nearest_synsets(edges: Iterable[Edge]) -> dict[Curie, tuple[Curie, ...]]:
    """Return the most specific synsets that each class of Wikidata hangs under.

    Args:
        edges: of WordNet and Wikidata, without a cycle.

    Returns:
        Class -> synsets, sorted: those that its ways up meet first, without those
        that lie above another one of them.
    """
    hierarchy = Hierarchy(edges)
    found: defaultdict[Curie, set[Curie]] = defaultdict(set)
    for node in hierarchy.topological_order:
        if node.prefix == "wd":
            for above in hierarchy.broader(node, instances=True):
                found[node] |= {above} if above.prefix == "wn30" else found[above]
    nearest = {}
    for node, synsets in found.items():
        above = {high for low in synsets for high in hierarchy.ancestors(low, instances=True)}
        nearest[node] = tuple(sorted(synsets - above))
    return nearest
