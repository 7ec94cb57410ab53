"""The hierarchy as OBO Graph JSON, which the Ontology Access Kit (`runoak`) reads.

Concepts are nodes, subclass edges `is_a`, instance edges `type`; label sets are
subsets, and a concept is in one where a label of it stands. Ids are CURIEs, and
the document has their prefixes.

Source:
    OBO Graphs (geneontology/obographs): nodes, edges, `meta`; synonym scopes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from labelsys.export.graph import LabelAt, SystemReader, iter_with_broader, labels_by_concept
from labelsys.export.mappings import reference
from labelsys.export.output import Output, check_base, json_text, open_output
from labelsys.ids import DEFAULT_BASE, prefixes
from labelsys.source.protocol import Counts
from labelsys.store.protocol import MetaReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from labelsys.model import Concept, Edge

__all__ = ["OboSource", "write_obograph"]

_SCOPES = {"pref": "hasExactSynonym", "alt": "hasExactSynonym", "hidden": "hasRelatedSynonym"}
_REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"
_PREDICATES = {"subclass": "is_a", "instance": "type"}


class OboSource(SystemReader, MetaReader, Protocol):
    """Everything that the export says something about."""


def write_obograph(reader: OboSource, out: Output, *, base: str = DEFAULT_BASE) -> Counts:
    """Write the hierarchy as OBO Graph JSON, a node or an edge a line.

    Args:
        reader: a store.
        out: a path or a binary stream.
        base: base address of this label system, ending in a slash.

    Returns:
        Concepts read and written; a retired one is a deprecated node.
    """
    check_base(base)
    with open_output(out) as stream:
        stream.write(b'{"graphs": [{\n')
        stream.write(
            f'"id": {json_text(f"{base}scheme")},\n"lbl": "labelsys hierarchy",\n'.encode()
        )
        stream.write(f'"meta": {json_text(_version(reader))}'.encode())
        _list(stream, "subsetDefinitions", _subsets(reader))
        written = _list(stream, "nodes", _nodes(reader))
        _list(stream, "edges", _edges(reader))
        stream.write(b"\n}]")
        own = {"ls": f"{base}concept/", "lsys": base}
        known = sorted({**prefixes(), **own}.items())
        _list(stream, "prefixes", ({"prefix": name, "namespace": uri} for name, uri in known))
        stream.write(b"\n}\n")
    return Counts(read=written, kept=written)


def _list(stream: IO[bytes], key: str, items: Iterable[dict[str, Any]]) -> int:
    """Write a member of an object that is not its first: a list, an item a line.

    Returns:
        How many items.
    """
    stream.write(f',\n"{key}": ['.encode())
    written = 0
    for item in items:
        stream.write(f"{',' if written else ''}\n{json_text(item)}".encode())
        written += 1
    stream.write(b"\n]")
    return written


def _version(reader: MetaReader) -> dict[str, str]:
    meta = reader.get_meta()
    return {"version": meta["hash"]} if "hash" in meta else {}


def _subsets(reader: SystemReader) -> Iterator[dict[str, Any]]:
    for label_set in reader.iter_label_sets():
        yield {"id": f"lsys:labelset/{label_set.id}", "lbl": label_set.title or label_set.id}


def _nodes(reader: SystemReader) -> Iterator[dict[str, Any]]:
    labels = labels_by_concept(reader)
    for concept, up in iter_with_broader(reader):
        meta = _meta(concept, labels.get(concept.id, ()))
        yield {
            "id": reference(concept.id),
            "lbl": concept.pref_label,
            "type": _type(up),
            **({"meta": meta} if meta else {}),
        }


def _type(up: tuple[Edge, ...]) -> str:
    """Return what a node is: an individual where it hangs by instance edges alone."""
    return "INDIVIDUAL" if up and all(edge.kind == "instance" for edge in up) else "CLASS"


def _meta(concept: Concept, labels: tuple[LabelAt, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if concept.gloss:
        found["definition"] = {"val": concept.gloss}
    sets = dict.fromkeys(f"lsys:labelset/{label.id.prefix}" for label in labels if label.is_own)
    if sets:
        found["subsets"] = list(sets)
    if concept.xrefs:
        found["xrefs"] = [{"val": reference(xref)} for xref in concept.xrefs]
    synonyms = list(_synonyms(concept))
    if synonyms:
        found["synonyms"] = synonyms
    if concept.status != "active":
        found["deprecated"] = True
        if concept.replaced_by is not None:
            went = {"pred": _REPLACED_BY, "val": reference(concept.replaced_by)}
            found["basicPropertyValues"] = [went]
    return found


def _synonyms(concept: Concept) -> Iterator[dict[str, str]]:
    """Yield other names, each once a language; English is what is meant where none is said."""
    seen = {("en", concept.pref_label)}
    for name in concept.names:
        if (name.lang, name.text) not in seen:
            seen.add((name.lang, name.text))
            said = {"pred": _SCOPES[name.kind], "val": name.text}
            yield said if name.lang == "en" else {**said, "lang": name.lang}


def _edges(reader: SystemReader) -> Iterator[dict[str, Any]]:
    for concept, up in iter_with_broader(reader):
        if concept.status == "active":
            sub = reference(concept.id)
            for edge in up:
                yield {"sub": sub, "pred": _PREDICATES[edge.kind], "obj": reference(edge.broader)}
