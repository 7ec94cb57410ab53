"""A graph is written out, one writer a format.

Every writer is called `writer(reader, out, *, options...)`, streams, writes the
same bytes for the same graph, and returns `Counts`: what it read, what it wrote
(`kept`), and why the rest was left out. *out* is a path, replaced in one step
when the writer is done, or a binary stream, which stays open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from labelsys.source.protocol import Counts

__all__ = ["exporters"]

exporters: Registry[Callable[..., Counts]] = Registry("labelsys.exporters")
"""Format -> writer; a package adds one through the entry point group of the same name."""

exporters.add_lazy("bamboo", "labelsys.export.bamboo:write_bamboo")
exporters.add_lazy("concepts", "labelsys.export.concepts:write_concepts")
exporters.add_lazy("graphml", "labelsys.export.graphml:write_graphml")
exporters.add_lazy("kgtk", "labelsys.export.kgtk:write_kgtk")
exporters.add_lazy("labels", "labelsys.export.labels:write_labels")
exporters.add_lazy("mappings", "labelsys.export.mappings:write_mappings")
exporters.add_lazy("node-link", "labelsys.export.network:write_node_link")
exporters.add_lazy("nt", "labelsys.export.skos:write_ntriples")
exporters.add_lazy("obograph", "labelsys.export.obograph:write_obograph")
exporters.add_lazy("skos", "labelsys.export.skos:write_skos")
