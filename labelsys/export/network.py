"""The hierarchy as nodes and edges with attributes: for networkx, and its node-link JSON.

A node is an active concept, its attributes those of a row of `export concepts`
and the depth; what a concept lacks is not there. An edge goes from narrower to
broader and has the attribute `kind`. Two concepts may be tied by both kinds, so
the graph is a multigraph, whose edges have their kind as key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from labelsys.export.concepts import iter_concept_rows
from labelsys.export.graph import SystemReader
from labelsys.export.output import Output, json_text, open_output
from labelsys.hierarchy import Hierarchy
from labelsys.source.protocol import Counts
from labelsys.store.protocol import MetaReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import Edge

__all__ = ["Network", "NetworkSource", "to_networkx", "write_node_link"]

_ELSEWHERE = frozenset(("id", "broader", "tags"))
"""Keys of a row that are no attributes: the node itself, its edges, and what nothing fills yet."""


class NetworkSource(SystemReader, MetaReader, Protocol):
    """Concepts, edges, label sets and placements, and what is told of the graph."""


class Network:
    """The nodes of a store, then its edges, each read as it is asked for."""

    def __init__(self, reader: NetworkSource) -> None:
        """Read from *reader*."""
        self._reader = reader
        self._known: set[str] = set()

    @property
    def facts(self) -> dict[str, str]:
        """Attributes of the graph itself: its hash, where it has one."""
        meta = self._reader.get_meta()
        return {"hash": meta["hash"]} if "hash" in meta else {}

    def nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every active concept, by id, with its attributes.

        Their names, in this order, those without a value left out: `wnid, qid,
        pref_label, names, gloss, sources, label_sets, depth`.
        """
        hierarchy = Hierarchy.from_store(self._reader)
        for row in iter_concept_rows(self._reader):
            id_ = row["id"]
            self._known.add(id_)
            known = {key: value for key, value in row.items() if value and key not in _ELSEWHERE}
            yield str(id_), {**known, "depth": hierarchy.depth(id_)}

    def edges(self) -> Iterator[Edge]:
        """Yield the edges between nodes that were yielded, by (narrower, broader, kind)."""
        for edge in self._reader.iter_edges():
            if edge.narrower in self._known and edge.broader in self._known:
                yield edge

    def counts(self) -> Counts:
        """Return how many concepts there are, and how many were nodes."""
        read, kept = sum(1 for _ in self._reader.iter_ids()), len(self._known)
        return Counts(read=read, kept=kept, skipped={"retired": read - kept} if read > kept else {})


def to_networkx(reader: NetworkSource) -> Any:
    """Return the hierarchy as a graph of networkx.

    Args:
        reader: a store.

    Returns:
        A `networkx.MultiDiGraph`: nodes are ids as plain text, by id, edges go
        from narrower to broader and have `kind` as key and attribute. Lists and
        dictionaries among the attributes are the graph's own.
    """
    import networkx

    network = Network(reader)
    graph = networkx.MultiDiGraph(**network.facts)
    graph.add_nodes_from(network.nodes())
    graph.add_edges_from(
        (str(edge.narrower), str(edge.broader), edge.kind, {"kind": edge.kind})
        for edge in network.edges()
    )
    return graph


def write_node_link(reader: NetworkSource, out: Output) -> Counts:
    """Write the graph of `to_networkx` as node-link JSON, a node or an edge a line.

    `networkx.node_link_graph(data, edges="edges")` reads it back.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts read and written; retired ones are skipped.
    """
    network = Network(reader)
    with open_output(out) as stream:
        head = f'"directed": true, "multigraph": true, "graph": {json_text(network.facts)}'
        stream.write(f'{{{head}, "nodes": ['.encode())
        for n, (id_, attributes) in enumerate(network.nodes()):
            text = json_text({"id": id_, **attributes})
            stream.write(f"{',' if n else ''}\n{text}".encode())
        stream.write(b'\n], "edges": [')
        for n, edge in enumerate(network.edges()):
            ends = {"source": edge.narrower, "target": edge.broader}
            text = json_text({**ends, "key": edge.kind, "kind": edge.kind})
            stream.write(f"{',' if n else ''}\n{text}".encode())
        stream.write(b"\n]}\n")
    return network.counts()
