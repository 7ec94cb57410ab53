"""Mappings as RDF statements: what SSSOM says of each beside subject, predicate and object.

A mapping is an `owl:Axiom` without a name of its own, with the properties of
SSSOM's own RDF form. It does not assert the triple that it speaks of: that is
in the export only where the mapping counts.

Source:
    SSSOM 1.0, the class `Mapping` and the URIs of its slots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.export.mappings import source_curie
from labelsys.export.terms import Resource, quoted
from labelsys.ids import Curie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labelsys.model import Mapping

__all__ = ["iter_statements"]

_TYPE, _AXIOM = Curie("rdf", "type"), Curie("owl", "Axiom")
_SUBJECT, _PREDICATE, _OBJECT = (
    Curie("owl", f"annotated{part}") for part in ("Source", "Property", "Target")
)
_JUSTIFICATION, _CONFIDENCE = Curie("sssom", "mapping_justification"), Curie("sssom", "confidence")
_MODIFIER, _NEGATED = Curie("sssom", "predicate_modifier"), Curie("sssom", "NegatedPredicate")
_SCORE, _STATUS = Curie("sssom", "similarity_score"), Curie("labelsys", "status")
_SOURCES = {slot: Curie("sssom", slot) for slot in ("subject_source", "object_source")}
_TEXTS = {
    **{slot: Curie("sssom", slot) for slot in ("subject_label", "object_label", "mapping_tool")},
    **{slot: Curie("sssom", slot) for slot in ("mapping_tool_version", "match_string")},
    "similarity_measure": Curie("sssom", "similarity_measure"),
    "comment": Curie("rdfs", "comment"),
}
_DOUBLE = Curie("xsd", "double")


def iter_statements(
    mappings: Iterable[Mapping], iri: Callable[[Curie], str], *, label_sets: frozenset[str]
) -> Iterator[Resource]:
    """Yield a nameless resource for each mapping, in their order, with the slots that have a value.

    Args:
        mappings: of a store.
        iri: spells an id.
        label_sets: ids of the store's label sets.

    Raises:
        IdentifierError: an id has a prefix that is neither shipped nor a label set's.
    """
    for number, mapping in enumerate(mappings):
        yield Resource(f"_:m{number}", list(_pairs(mapping, iri, label_sets)))


def _pairs(
    mapping: Mapping, iri: Callable[[Curie], str], label_sets: frozenset[str]
) -> Iterator[tuple[Curie, str]]:
    yield _TYPE, iri(_AXIOM)
    yield _SUBJECT, iri(mapping.subject_id)
    yield _PREDICATE, iri(Curie.parse(mapping.predicate_id))
    yield _OBJECT, iri(mapping.object_id)
    if mapping.predicate_modifier:
        yield _MODIFIER, iri(_NEGATED)
    yield _JUSTIFICATION, iri(Curie.parse(mapping.mapping_justification))
    numbers = ((_CONFIDENCE, mapping.confidence), (_SCORE, mapping.similarity_score))
    for predicate, number in numbers:
        if number is not None:
            yield predicate, f'"{number!r}"^^{iri(_DOUBLE)}'
    yield _STATUS, quoted(mapping.status)
    for slot, predicate in _SOURCES.items():
        source = source_curie(getattr(mapping, slot), label_sets)
        if source:
            yield predicate, iri(Curie.parse(source))
    for slot, predicate in _TEXTS.items():
        text = getattr(mapping, slot)
        if text:
            yield predicate, quoted(text)
