"""The vocabulary and the exports say the same: no term without a definition, none without use."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

from labelsys.export.kgtk import iter_statements
from labelsys.export.mappings import write_mappings
from labelsys.export.skos import write_skos
from labelsys.ids import Curie, prefixes
from labelsys.model import Mapping
from labelsys.store.memory import MemoryStore, MemoryWriter
from tests.toy import AUDI, CAR, fill, toy_graph

if TYPE_CHECKING:
    from rdflib.term import Node

VOCABULARY = "https://w3id.org/labelsys/vocab"
OWN = Namespace(f"{VOCABULARY}#")
ISO = Namespace("http://purl.org/iso25964/skos-thes#")
CLOSED: tuple[Any, ...] = (SKOS, DCTERMS, OWL, RDF, RDFS)
"""Vocabularies whose terms rdflib knows one by one."""
SLOTS = {field.name for field in fields(Mapping)}
"""Of SSSOM, to which `tests/docs/test_sssom_slots.py` holds them."""


def shipped(name: str) -> str:
    return files("labelsys_ontologies").joinpath(name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(data=shipped("labelsys.ttl"), format="turtle")


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    """Return the toy graph with a retired concept besides, so that all there is to say is said."""
    toy = toy_graph()
    writer = MemoryWriter()
    old = replace(next(c for c in toy.concepts if c.id == AUDI), id=Curie("ls", "retired0"))
    writer.add_concepts([replace(old, status="retired", replaced_by=CAR)])
    fill(writer)
    return writer.store


@pytest.fixture(scope="module")
def exported(store: MemoryStore) -> Graph:
    out = BytesIO()
    write_skos(store, out)
    return Graph().parse(data=out.getvalue(), format="turtle")


def own_terms(graph: Graph) -> set[str]:
    """Return the local names of our terms that a graph uses anywhere, in data types, too."""
    nodes = {node for triple in graph for node in triple}
    nodes |= {node.datatype for node in nodes if isinstance(node, Literal) and node.datatype}
    return {str(node).removeprefix(OWN) for node in nodes if str(node).startswith(OWN)}


def test_what_is_written_is_defined_and_what_is_defined_is_written(
    ontology: Graph, exported: Graph, store: MemoryStore
) -> None:
    out = BytesIO()
    write_mappings(store, out)
    slots = set(re.findall(r"property: labelsys:(\w+)", out.getvalue().decode()))
    types = {s.node2 for said in iter_statements(store) for s in said if s.label == "type"}
    in_kgtk = {t.removeprefix("labelsys:") for t in types if t.startswith("labelsys:")}
    defined = {str(s).removeprefix(OWN) for s in ontology.subjects() if str(s).startswith(OWN)}
    assert own_terms(exported) | slots | in_kgtk == defined


def test_shapes_ask_for_defined_terms_only(ontology: Graph) -> None:
    shapes = Graph().parse(data=shipped("shapes.ttl"), format="turtle")
    assert own_terms(shapes) <= own_terms(ontology)


def test_every_term_is_named_explained_and_at_home(ontology: Graph) -> None:
    terms = {s for s in ontology.subjects() if str(s).startswith(OWN)}
    for term in terms:
        assert ontology.value(term, RDFS.label) is not None, term
        assert str(ontology.value(term, RDFS.comment)).endswith("."), term
        assert ontology.value(term, RDFS.isDefinedBy) == URIRef(VOCABULARY)
    about = URIRef(VOCABULARY)
    assert (about, RDF.type, OWL.Ontology) in ontology
    assert ontology.value(about, DCTERMS.license) is not None


def test_properties_have_a_domain_and_a_range_and_classes_a_place(ontology: Graph) -> None:
    properties = set(ontology.subjects(RDF.type, OWL.DatatypeProperty))
    assert len(properties) == 7
    for term in properties:
        assert ontology.value(term, RDFS.domain) is not None, term
        assert ontology.value(term, RDFS.range) is not None, term
    for term in set(ontology.subjects(RDF.type, OWL.Class)):
        above = ontology.value(term, RDFS.subClassOf)
        assert not str(above).startswith(OWN), term  # of a vocabulary that others know


def values_of(ontology: Graph, term: Node) -> set[str] | None:
    """Return the texts that a property may have, or None where its range is a data type."""
    of_range = ontology.value(term, RDFS.range)
    assert of_range is not None
    listed = ontology.value(of_range, OWL.oneOf)
    return None if listed is None else {str(each) for each in Collection(ontology, listed)}


def test_domains_and_ranges_hold_in_the_export(ontology: Graph, exported: Graph) -> None:
    seen = set()
    for term in ontology.subjects(RDF.type, OWL.DatatypeProperty):
        domain, allowed = ontology.value(term, RDFS.domain), values_of(ontology, term)
        for subject, value in exported.subject_objects(term):
            seen.add(term)
            assert (subject, RDF.type, domain) in exported
            assert isinstance(value, Literal)
            if allowed is None:
                assert (value.datatype or XSD.string) == ontology.value(term, RDFS.range)
            else:
                assert str(value) in allowed
    assert seen == set(ontology.subjects(RDF.type, OWL.DatatypeProperty))
    assert len(seen) == 7


def test_functional_properties_have_one_value(ontology: Graph, exported: Graph) -> None:
    functional = set(ontology.subjects(RDF.type, OWL.FunctionalProperty))
    assert OWN.depth in functional
    for term in functional:
        subjects = list(exported.subjects(term))
        assert len(subjects) == len(set(subjects)), term


def test_borrowed_terms_are_there_where_they_are_borrowed(exported: Graph) -> None:
    used = {*exported.predicates(), *exported.objects(None, RDF.type)}
    for term in used:
        home = next((v for v in CLOSED if str(term).startswith(str(v))), None)
        if home is not None:
            assert term in home, f"{term} is a term of nobody"
        else:
            slot = str(term).removeprefix(prefixes()["sssom"])
            assert str(term).startswith((OWN, ISO)) or slot in SLOTS, term
    assert ISO.broaderInstantial in used


def test_only_prefixes_in_use_are_declared_and_they_are_ours(ontology: Graph) -> None:
    for name in ("labelsys.ttl", "shapes.ttl"):
        text = shipped(name)
        declared = dict(re.findall(r"^@prefix (\w+): <(.+)> \.$", text, flags=re.MULTILINE))
        body = re.sub(r"^(@prefix|#).*$|<[^>]*>|\"[^\"]*\"", "", text, flags=re.MULTILINE)
        used = set(re.findall(r"\b(\w+):\w", body))
        assert used == set(declared)
        ours = prefixes()
        assert {p: uri for p, uri in declared.items() if p in ours} == {
            p: ours[p] for p in declared if p in ours
        }
