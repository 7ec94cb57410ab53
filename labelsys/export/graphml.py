"""The hierarchy as GraphML, which Gephi, Cytoscape, igraph and networkx read.

Nodes, edges and attributes are those of `labelsys.export.network`. GraphML has
no lists, so those are JSON text. XML 1.0 has no way to spell control characters:
in plain texts the replacement character U+FFFD stands for each, in JSON text
they are escaped as JSON does, and nothing is lost.

Source:
    GraphML 1.0; XML 1.0, section 2.2 (which characters there are), 2.11 (line ends).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from labelsys.export.network import Network, NetworkSource
from labelsys.export.output import Output, json_text, open_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.source.protocol import Counts

__all__ = ["write_graphml"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns \
http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_KEYS = (
    ("graph", "hash", "string"),
    ("node", "wnid", "string"),
    ("node", "qid", "string"),
    ("node", "pref_label", "string"),
    ("node", "names", "string"),
    ("node", "gloss", "string"),
    ("node", "sources", "string"),
    ("node", "label_sets", "string"),
    ("node", "depth", "int"),
    ("edge", "kind", "string"),
)
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# All but what stands for itself: one class, since alternatives take twice the time of the export.
_ESCAPED = re.compile("[^ !#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A reader turns a bare carriage return into a line feed, and both into spaces in an attribute.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"} | {
    c: f"&#{ord(c)};" for c in "\t\n\r"
}


def write_graphml(reader: NetworkSource, out: Output) -> Counts:
    """Write the hierarchy as GraphML, a node or an edge a line.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts read and written; retired ones are skipped.
    """
    network = Network(reader)
    with open_output(out) as stream:
        stream.write(_HEAD.encode())
        for line in _lines(network):
            stream.write(f"{line}\n".encode())
    return network.counts()


def _lines(network: Network) -> Iterator[str]:
    for about, name, type_ in _KEYS:
        yield f'<key id="{name}" for="{about}" attr.name="{name}" attr.type="{type_}"/>'
    yield f'<graph edgedefault="directed">{_data(network.facts)}'
    for id_, attributes in network.nodes():
        yield f'<node id="{_text(id_)}">{_data(attributes)}</node>'
    for edge in network.edges():
        ends = f'source="{_text(edge.narrower)}" target="{_text(edge.broader)}"'
        yield f"<edge {ends}>{_data({'kind': edge.kind})}</edge>"
    yield "</graph>"
    yield "</graphml>"


def _data(attributes: dict[str, Any]) -> str:
    return "".join(
        f'<data key="{name}">{_value(value)}</data>' for name, value in attributes.items()
    )


def _value(value: object) -> str:
    if isinstance(value, list):
        return _text(_NO_XML.sub(lambda c: f"\\u{ord(c[0]):04x}", json_text(value)))
    return _text(str(value))


def _text(text: str) -> str:
    return _ESCAPED.sub(lambda c: _ESCAPES.get(c[0], "\ufffd"), text)
