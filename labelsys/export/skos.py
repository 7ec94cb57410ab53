"""The hierarchy and the label sets as SKOS, in Turtle or N-Triples.

Concepts form one scheme, each label set another one whose concepts are its
labels, tied to the hierarchy by mapping properties; what else is known of a
mapping, its confidence for one, is said by a statement about it. What is said, and by which
property, is the table in `docs/reference/exports.md`; `ontologies/shapes.ttl`
holds an export to it.

Source:
    SKOS Reference, S13, S14 (labels), S46 (mappings); ISO 25964 for `broaderInstantial`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from labelsys.export.graph import SystemReader, iter_with_broader
from labelsys.export.output import Output, check_base, open_output
from labelsys.export.statements import iter_statements
from labelsys.export.terms import (
    NTriplesSyntax,
    Resource,
    Syntax,
    TurtleSyntax,
    in_language,
    language_tag,
    quoted,
)
from labelsys.hierarchy import Hierarchy
from labelsys.ids import DEFAULT_BASE, ROOT, Curie
from labelsys.source.protocol import Counts
from labelsys.store.protocol import MappingReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement, VisualTag

__all__ = ["SkosSource", "iter_resources", "write_ntriples", "write_skos"]

_TYPE = Curie("rdf", "type")
_PREF, _ALT, _HIDDEN = (Curie("skos", f"{kind}Label") for kind in ("pref", "alt", "hidden"))
_NOTATION, _DEFINITION = Curie("skos", "notation"), Curie("skos", "definition")
_NOTE = Curie("skos", "editorialNote")
_SKOS_CONCEPT, _SKOS_SCHEME = Curie("skos", "Concept"), Curie("skos", "ConceptScheme")
_IN_SCHEME, _BROADER = Curie("skos", "inScheme"), Curie("skos", "broader")
_HAS_TOP, _TOP_OF = Curie("skos", "hasTopConcept"), Curie("skos", "topConceptOf")
_EXACT, _CLOSE = Curie("skos", "exactMatch"), Curie("skos", "closeMatch")
_BROAD = Curie("skos", "broadMatch")
_INSTANCE_OF = Curie("isothes", "broaderInstantial")
_CONCEPT, _LABEL = Curie("labelsys", "Concept"), Curie("labelsys", "Label")
_DEPTH, _PLACEMENT = Curie("labelsys", "depth"), Curie("labelsys", "placement")
_WNID, _TASK = Curie("labelsys", "wnid"), Curie("labelsys", "task")
_IDENTIFIER, _SOURCE = Curie("dcterms", "identifier"), Curie("dcterms", "source")
_TITLE, _DESCRIPTION = Curie("dcterms", "title"), Curie("dcterms", "description")
_LICENSE, _RIGHTS = Curie("dcterms", "license"), Curie("dcterms", "rights")
_REPLACED, _VERSION = Curie("dcterms", "isReplacedBy"), Curie("owl", "versionInfo")
_DEPRECATED = Curie("owl", "deprecated")
_VISUAL, _PROBABILITY = Curie("labelsys", "visual"), Curie("labelsys", "visualProbability")
_VISUAL_BY, _DECIMAL = Curie("labelsys", "visualBy"), Curie("xsd", "decimal")
_BOOLEAN, _INTEGER = Curie("xsd", "boolean"), Curie("xsd", "integer")
_SCHEME = Curie("lsys", "scheme")
_DATASETS = {"wordnet": Curie("wd", "Q533822"), "wikidata": Curie("wd", "Q2013")}
_SPDX = re.compile(r"(?!LicenseRef-)[A-Za-z0-9.+\-]+\Z")


class SkosSource(SystemReader, MappingReader, Protocol):
    """Everything that the export says something about."""


class _Links:
    """Which ids outside a concept is tied to, and by which property."""

    def __init__(self, reader: SkosSource, label_sets: frozenset[str]) -> None:
        # An id that two concepts share can be an exact match of neither: exactMatch is
        # transitive, so the two would be one. (15 WordNet 3.1 ids belong to two synsets.)
        uses = Counter(xref for concept in reader.iter_concepts() for xref in concept.xrefs)
        self._shared = frozenset(xref for xref, n in uses.items() if n > 1)
        self._more: dict[Curie, list[tuple[Curie, Curie]]] = {}
        for mapping in reader.iter_mappings():
            subject = mapping.subject_id
            is_link = subject.prefix not in label_sets and mapping.object_id.prefix != "sssom"
            if is_link and mapping.status == "accepted" and not mapping.predicate_modifier:
                predicate = Curie.parse(mapping.predicate_id)
                self._more.setdefault(subject, []).append((predicate, mapping.object_id))

    def of(self, concept: Concept) -> list[tuple[Curie, Curie]]:
        found = {x: _CLOSE if x in self._shared else _EXACT for x in concept.xrefs}
        for predicate, object_id in self._more.get(concept.id, ()):
            found.setdefault(object_id, predicate)
        return sorted((predicate, object_id) for object_id, predicate in found.items())


def iter_resources(
    reader: SkosSource, syntax: Syntax, *, label_sets: frozenset[str]
) -> Iterator[Resource]:
    """Yield the scheme, its concepts by id, every label set with its labels, then the mappings.

    Args:
        reader: a store; its concepts are read twice.
        syntax: how terms are spelled.
        label_sets: ids of the store's label sets.
    """
    iri = syntax.iri
    yield _scheme(iri)
    hierarchy = Hierarchy.from_store(reader)
    links = _Links(reader, label_sets)
    tags = {tag.id: tag for tag in reader.iter_visual_tags()}
    for concept, up in iter_with_broader(reader):
        pairs = list(_concept(concept, iri))
        if concept.status == "active":
            pairs.extend(_position(concept, up, hierarchy.depth(concept.id), iri))
            if concept.id in tags:
                pairs.extend(_tagged(tags[concept.id], iri))
        pairs.extend((p, iri(o)) for p, o in links.of(concept))
        yield Resource(iri(concept.id), pairs)
    for label_set in reader.iter_label_sets():
        scheme = iri(Curie("lsys", f"labelset/{label_set.id}"))
        yield Resource(scheme, list(_label_set(label_set, iri)))
        labels = {label.id: label for label in label_set.labels}
        for placement in reader.iter_placements(label_set.id):
            pairs = [*_label(labels[placement.label_id], scheme, iri), *_placed(placement, iri)]
            yield Resource(iri(placement.label_id), pairs)
    yield from iter_statements(reader.iter_mappings(), iri, label_sets=label_sets)


def write_skos(reader: SkosSource, out: Output, *, base: str = DEFAULT_BASE) -> Counts:
    """Write the system as SKOS in Turtle.

    Args:
        reader: a store.
        out: a path or a binary stream.
        base: base address of this label system, ending in a slash.

    Returns:
        Resources read and written: schemes, concepts, labels and mappings.
    """
    return _write(reader, out, base, TurtleSyntax)


def write_ntriples(reader: SkosSource, out: Output, *, base: str = DEFAULT_BASE) -> Counts:
    """Write the triples of `write_skos` as N-Triples, which loads anywhere without a limit.

    Args:
        reader: a store.
        out: a path or a binary stream.
        base: base address of this label system, ending in a slash.

    Returns:
        Resources read and written: schemes, concepts, labels and mappings.
    """
    return _write(reader, out, base, NTriplesSyntax)


def _write(
    reader: SkosSource, out: Output, base: str, spelling: Callable[[str, frozenset[str]], Syntax]
) -> Counts:
    label_sets = frozenset(label_set.id for label_set in reader.iter_label_sets())
    syntax = spelling(check_base(base), label_sets)
    written = 0
    with open_output(out) as stream:
        header = syntax.header()
        stream.write(f"{header}\n".encode() if header else b"")
        for resource in iter_resources(reader, syntax, label_sets=label_sets):
            stream.write(syntax.block(resource).encode())
            written += 1
    return Counts(read=written, kept=written)


def _scheme(iri: Callable[[Curie], str]) -> Resource:
    pairs = [
        (_TYPE, iri(_SKOS_SCHEME)),
        (_TITLE, in_language("labelsys hierarchy", "en")),
        (_HAS_TOP, iri(ROOT)),
    ]
    return Resource(iri(_SCHEME), pairs)


def _concept(concept: Concept, iri: Callable[[Curie], str]) -> Iterator[tuple[Curie, str]]:
    yield _TYPE, iri(_SKOS_CONCEPT)
    if concept.status == "active":
        yield _TYPE, iri(_CONCEPT)
    else:
        yield _DEPRECATED, f'"true"^^{iri(_BOOLEAN)}'
        if concept.replaced_by is not None:
            yield _REPLACED, iri(concept.replaced_by)
    yield _IN_SCHEME, iri(_SCHEME)
    yield _IDENTIFIER, quoted(concept.id)
    if concept.wnid is not None:
        yield _NOTATION, f"{quoted(concept.wnid)}^^{iri(_WNID)}"
    yield from _names(concept.pref_label, concept.names)
    if concept.gloss:
        yield _DEFINITION, in_language(concept.gloss, "en")
    for definition in concept.definitions:
        yield _DEFINITION, in_language(definition.text, definition.lang)
    if concept.source in _DATASETS:
        yield _SOURCE, iri(_DATASETS[concept.source])


def _names(pref_label: str, names: Iterable[Name]) -> Iterator[tuple[Curie, str]]:
    # S14: one preferred name a language. S13: no name has two roles, so each gets its highest.
    preferred = {"en": in_language(pref_label, "en")}
    others: dict[str, Curie] = {}
    hidden: list[str] = []
    for name in names:
        term, tag = in_language(name.text, name.lang), language_tag(name.lang).lower()
        if name.kind == "pref":
            preferred.setdefault(tag, term)
        if name.kind == "hidden":
            hidden.append(term)
        else:
            others.setdefault(term, _ALT)
    for term in hidden:
        others.setdefault(term, _HIDDEN)
    for tag in sorted(preferred):
        yield _PREF, preferred[tag]
    # RDF takes `@en` and `@EN` for one tag, but a name differs from another by its letters.
    taken = set(preferred.values())
    for role in (_ALT, _HIDDEN):
        yield from ((role, term) for term, r in others.items() if r == role and term not in taken)


def _position(
    concept: Concept,
    up: tuple[Edge, ...],
    depth: int,
    iri: Callable[[Curie], str],
) -> Iterator[tuple[Curie, str]]:
    for edge in up:
        yield _BROADER if edge.kind == "subclass" else _INSTANCE_OF, iri(edge.broader)
    if concept.id == ROOT:
        yield _TOP_OF, iri(_SCHEME)
    yield _DEPTH, f'"{depth}"^^{iri(_INTEGER)}'


def _tagged(tag: VisualTag, iri: Callable[[Curie], str]) -> Iterator[tuple[Curie, str]]:
    yield _VISUAL, quoted(tag.value)
    if tag.probability is not None:
        yield _PROBABILITY, f'"{tag.probability:.4f}"^^{iri(_DECIMAL)}'
    for by in (tag.tagger, tag.curator):
        if by is not None:
            yield _VISUAL_BY, quoted(by)


def _label_set(label_set: LabelSet, iri: Callable[[Curie], str]) -> Iterator[tuple[Curie, str]]:
    yield _TYPE, iri(_SKOS_SCHEME)
    yield _IDENTIFIER, quoted(label_set.id)
    yield _TITLE, in_language(label_set.title or label_set.id, "en")
    yield _TASK, quoted(label_set.task)
    if label_set.version:
        yield _VERSION, quoted(label_set.version)
    if label_set.source:
        yield _DESCRIPTION, in_language(f"taken from {label_set.source}", "en")
    if _SPDX.match(label_set.license):
        yield _LICENSE, f"<http://spdx.org/licenses/{label_set.license}>"
    elif label_set.license:
        yield _RIGHTS, quoted(label_set.license)


def _label(label: Label, scheme: str, iri: Callable[[Curie], str]) -> Iterator[tuple[Curie, str]]:
    yield _TYPE, iri(_SKOS_CONCEPT)
    yield _TYPE, iri(_LABEL)
    yield _IN_SCHEME, scheme
    yield _IDENTIFIER, quoted(label.id)
    yield _NOTATION, quoted(label.label_id)
    preferred = in_language(label.name, label.lang)
    yield _PREF, preferred
    synonyms = dict.fromkeys(in_language(text, label.lang) for text in label.synonyms)
    yield from ((_ALT, term) for term in synonyms if term != preferred)
    if label.description:
        yield _DEFINITION, in_language(label.description, "en")


def _placed(placement: Placement, iri: Callable[[Curie], str]) -> Iterator[tuple[Curie, str]]:
    yield _PLACEMENT, quoted(placement.kind)
    if placement.concept_id is not None:
        own = placement.concept_id != placement.broader_id
        if own:
            yield _EXACT, iri(placement.concept_id)
        if placement.kind == "broader" and placement.broader_id is not None:
            yield _BROAD, iri(placement.broader_id)
    elif placement.reason:
        yield _NOTE, in_language(placement.reason, "en")
