"""The whole system as statements of KGTK: one TSV file, an edge a line.

Concepts and labels are nodes; names, definitions and other values are said of
them by further edges. What is said of a mapping (its confidence, say) has the
`id` of the mapping's edge as `node1`, which is how KGTK qualifies an edge.
`docs/reference/exports.md` lists the words.

Source:
    KGTK file format, version 2: edge files, strings, language-qualified
    strings, numbers, symbols.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labelsys.export.graph import SystemReader, iter_with_broader
from labelsys.export.mappings import reference
from labelsys.export.output import Output, open_output
from labelsys.export.terms import language_tag
from labelsys.hierarchy import Hierarchy
from labelsys.source.protocol import Counts
from labelsys.store.protocol import MappingReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import Concept, Label, LabelSet, Mapping, Placement

__all__ = ["KgtkSource", "Statement", "iter_statements", "write_kgtk"]

_NAMES = {"pref": "label", "alt": "alias", "hidden": "hidden_label"}
_EDGES = {"subclass": "subclass_of", "instance": "instance_of"}
_QUALIFIERS = ("mapping_justification", "predicate_modifier", "status")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)?(?=-|\Z)")
_LETTERS = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}
_ESCAPES = {
    **{n: f"\\x{n:02x}" for n in (*range(0x20), 0x7F)},
    **{ord(c): f"\\{letter}" for c, letter in _LETTERS.items()},
    **{ord(c): f"\\{c}" for c in "\\'\"|"},
}


class KgtkSource(SystemReader, MappingReader, Protocol):
    """Everything that the export says something about."""


class Statement(NamedTuple):
    """One edge; its columns, spelled as KGTK wants them.

    Attributes:
        id: of the edge, or "" for one that nothing more is said of.
        node1: what it is about.
        label: what is said.
        node2: a node, or a value.
    """

    id: str
    node1: str
    label: str
    node2: str


def iter_statements(reader: KgtkSource) -> Iterator[list[Statement]]:
    """Yield what is said of each concept in use, by id, then of each label, then of each mapping.

    A label set is described with its first label.
    """
    hierarchy = Hierarchy.from_store(reader)
    for concept, up in iter_with_broader(reader):
        if concept.status == "active":
            node = reference(concept.id)
            said = list(_concept(concept, node, hierarchy.depth(concept.id)))
            said.extend(_said(node, _EDGES[e.kind], reference(e.broader)) for e in up)
            yield said
    for label_set in reader.iter_label_sets():
        said = list(_label_set(label_set))
        labels = {label.id: label for label in label_set.labels}
        for placement in reader.iter_placements(label_set.id):
            said.extend(_label(labels[placement.label_id], placement))
            yield said
            said = []
    for n, mapping in enumerate(reader.iter_mappings()):
        yield list(_mapping(f"m{n}", mapping))


def write_kgtk(reader: KgtkSource, out: Output) -> Counts:
    """Write the system as an edge file of KGTK.

    Args:
        reader: a store.
        out: a path or a binary stream.

    Returns:
        Concepts, labels and mappings read and written; retired concepts are skipped.
    """
    kept = edges = 0
    with open_output(out) as stream:
        stream.write(("\t".join(Statement._fields) + "\n").encode())
        for said in iter_statements(reader):
            kept += 1
            for id_, *columns in said:
                stream.write("\t".join((id_ or f"e{edges}", *columns)).encode() + b"\n")
                edges += 1
    retired = sum(concept.status != "active" for concept in reader.iter_concepts())
    skipped = {"retired": retired} if retired else {}
    return Counts(read=kept + retired, kept=kept, skipped=skipped)


def _said(node1: str, label: str, node2: str) -> Statement:
    return Statement("", node1, label, node2)


def _concept(concept: Concept, node: str, depth: int) -> Iterator[Statement]:
    yield _said(node, "type", "labelsys:Concept")
    names = {_in_language(concept.pref_label, "en"): "label"}
    for name in concept.names:
        # A text has one role in a language: the first, which is the highest.
        names.setdefault(_in_language(name.text, name.lang), _NAMES[name.kind])
    for text, role in names.items():
        yield _said(node, role, text)
    if concept.gloss:
        yield _said(node, "description", _in_language(concept.gloss, "en"))
    for said in concept.definitions:
        yield _said(node, "description", _in_language(said.text, said.lang))
    if concept.wnid is not None:
        yield _said(node, "wnid", _quoted(concept.wnid))
    for xref in concept.xrefs:
        yield _said(node, "xref", reference(xref))
    yield _said(node, "source", _quoted(concept.source))
    yield _said(node, "depth", str(depth))


def _label_set(label_set: LabelSet) -> Iterator[Statement]:
    node = _set_node(label_set.id)
    yield _said(node, "type", "skos:ConceptScheme")
    yield _said(node, "label", _in_language(label_set.title or label_set.id, "en"))


def _label(label: Label, placement: Placement) -> Iterator[Statement]:
    node = reference(label.id)
    yield _said(node, "type", "labelsys:Label")
    yield _said(node, "label_set", _set_node(label.label_set))
    name = _in_language(label.name, label.lang)
    yield _said(node, "label", name)
    others = dict.fromkeys(_in_language(text, label.lang) for text in label.synonyms)
    yield from (_said(node, "alias", text) for text in others if text != name)
    if label.description:
        yield _said(node, "description", _in_language(label.description, "en"))
    yield _said(node, "placement", _quoted(placement.kind))
    if placement.concept_id is not None:
        yield _said(node, "placed_at", reference(placement.concept_id))
    if placement.broader_id is not None:
        yield _said(node, "placed_under", reference(placement.broader_id))


def _mapping(id_: str, mapping: Mapping) -> Iterator[Statement]:
    subject, object_ = reference(mapping.subject_id), reference(mapping.object_id)
    yield Statement(id_, subject, mapping.predicate_id, object_)
    for slot in _QUALIFIERS:
        value = getattr(mapping, slot)
        if value:
            yield _said(id_, slot, value if slot == _QUALIFIERS[0] else _quoted(value))
    if mapping.confidence is not None:
        yield _said(id_, "confidence", repr(mapping.confidence))


def _set_node(label_set: str) -> str:
    return f"lsys:labelset/{label_set}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _in_language(text: str, lang: str) -> str:
    return f"'{text.translate(_ESCAPES)}'@{_language(lang)}"


@lru_cache(maxsize=1024)
def _language(lang: str) -> str:
    """Return a tag that KGTK takes: two or three letters and one subtag at most, else `und`."""
    found = _TAG.match(language_tag(lang))
    return found[0] if found else "und"
