"""The SKOS export keeps the shapes that ship, and each shape refuses what it is there for."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

import pyshacl
import pytest
from rdflib import OWL, RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

from labelsys.export.skos import write_skos
from labelsys.ids import ROOT, curie_to_uri
from labelsys.store.memory import MemoryWriter
from tests.toy import CAR, DOG, EINSTEIN, fill

OWN = Namespace("https://w3id.org/labelsys/vocab#")
SHAPE = Namespace("https://w3id.org/labelsys/shapes#")
SSSOM = Namespace("https://w3id.org/sssom/")
ISO = Namespace("http://purl.org/iso25964/skos-thes#")
BASE = "https://example.org/labelsys/"
THE_DOG, THE_CAR = URIRef(curie_to_uri(DOG)), URIRef(curie_to_uri(CAR))
CRANE = URIRef(BASE + "labelset/zoo/7")


def shipped(name: str) -> Graph:
    text = files("labelsys_ontologies").joinpath(name).read_text(encoding="utf-8")
    return Graph().parse(data=text, format="turtle")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return shipped("shapes.ttl")


@pytest.fixture
def toy() -> Graph:
    writer = MemoryWriter()
    fill(writer)
    out = BytesIO()
    write_skos(writer.store, out)
    return Graph().parse(data=out.getvalue(), format="turtle")


def violations(graph: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """Return (focus node, shape) of every violation, local names only."""
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    found = {
        (
            str(report.value(result, SH.focusNode)).rsplit("/", 1)[-1],
            str(report.value(result, SH.sourceShape)).rsplit("#", 1)[-1],
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }
    assert conforms == (not found)
    return found


def test_the_toy_export_keeps_every_shape(toy: Graph, shapes: Graph) -> None:
    assert violations(toy, shapes) == set()


def test_the_shapes_are_valid_shacl(toy: Graph, shapes: Graph) -> None:
    assert pyshacl.validate(toy, shacl_graph=shapes, meta_shacl=True)[0]


@pytest.mark.parametrize(
    ("removed", "added", "broken"),
    [
        ((THE_DOG, SKOS.prefLabel, None), [], {"englishName", "preferredNames"}),
        (
            None,
            [(THE_DOG, SKOS.prefLabel, Literal("hound", "en"))],
            {"englishName", "preferredNames"},
        ),
        (None, [(THE_DOG, SKOS.altLabel, Literal("dog", "en"))], {"preferredNames"}),
        (
            None,
            [
                (THE_DOG, SKOS.altLabel, Literal("pooch", "en")),
                (THE_DOG, SKOS.hiddenLabel, Literal("pooch", "en")),
            ],
            {"otherNames"},
        ),
        (None, [(THE_DOG, SKOS.hiddenLabel, OWN.x)], {"hiddenNames"}),
        ((THE_DOG, SKOS.broader, None), [], {"hasBroader"}),
        (None, [(THE_DOG, SKOS.broader, OWN.nowhere)], {"broaderConcept"}),
        ((THE_DOG, SKOS.inScheme, None), [], {"scheme"}),
        (None, [(THE_DOG, SKOS.inScheme, OWN.nowhere)], {"scheme"}),
        ((THE_DOG, OWN.depth, None), [], {"depth"}),
        (None, [(THE_DOG, OWN.depth, Literal(-1))], {"depth"}),
        (None, [(THE_CAR, SKOS.notation, Literal("n1", datatype=OWN.wnid))], {"wnid"}),
        ((CRANE, OWN.placement, None), [], {"placement"}),
        (None, [(CRANE, OWN.placement, Literal("somewhere"))], {"placement"}),
        (None, [(CRANE, SKOS.exactMatch, THE_DOG)], {"oneExactMatch"}),
    ],
)
def test_each_shape_refuses_what_it_is_for(
    toy: Graph,
    shapes: Graph,
    removed: tuple[URIRef, URIRef, None] | None,
    added: list[tuple[URIRef, URIRef, URIRef | Literal]],
    broken: set[str],
) -> None:
    if removed is not None:
        toy.remove(removed)
    for triple in added:
        toy.add(triple)
    focus = (removed or added[0])[0].rsplit("/", 1)[-1]
    assert violations(toy, shapes) == {(focus, shape) for shape in broken}


def test_exact_and_broad_match_of_one_concept_exclude_each_other(toy: Graph, shapes: Graph) -> None:
    bird = toy.value(CRANE, SKOS.exactMatch)
    assert bird is not None
    toy.add((CRANE, SKOS.broadMatch, bird))
    assert violations(toy, shapes) == {("7", "exactOrBroad")}


def test_a_scheme_without_a_title_and_an_id_twice_are_refused(toy: Graph, shapes: Graph) -> None:
    terms = Namespace("http://purl.org/dc/terms/")
    toy.remove((URIRef(BASE + "labelset/zoo"), terms.title, None))
    toy.add((THE_DOG, terms.identifier, Literal("wn30:00000000-n")))
    assert violations(toy, shapes) == {("zoo", "title"), ("02084071-n", "identifier")}


def test_the_root_and_an_instance_need_no_skos_broader(toy: Graph) -> None:
    root, einstein = (URIRef(curie_to_uri(id_)) for id_ in (ROOT, EINSTEIN))
    assert toy.value(root, SKOS.broader) is None
    assert toy.value(einstein, SKOS.broader) is None
    assert toy.value(einstein, ISO.broaderInstantial) is not None


def test_mapping_statements_have_a_confidence_between_0_and_1(toy: Graph, shapes: Graph) -> None:
    statement = URIRef(BASE + "statement")
    toy.add((statement, RDF.type, OWL.Axiom))
    toy.add((statement, OWL.annotatedSource, CRANE))
    toy.add((statement, OWL.annotatedProperty, SKOS.exactMatch))
    toy.add((statement, OWL.annotatedTarget, THE_DOG))
    toy.add((statement, SSSOM.mapping_justification, OWN.x))
    toy.add((statement, OWN.status, Literal("review")))
    toy.add((statement, SSSOM.confidence, Literal(0.5)))
    assert violations(toy, shapes) == set()
    toy.set((statement, SSSOM.confidence, Literal(1.5)))
    toy.remove((statement, SSSOM.mapping_justification, None))
    toy.remove((statement, OWL.annotatedTarget, None))
    toy.set((statement, OWL.annotatedProperty, Literal("skos:exactMatch")))
    toy.set((statement, OWN.status, Literal("maybe")))
    toy.add((statement, OWL.annotatedSource, THE_CAR))
    assert violations(toy, shapes) == {
        ("statement", name)
        for name in (
            *("confidence", "justification", "mappedTo", "mappedFrom"),
            *("mappedBy", "mappingStatus"),
        )
    }


def test_every_shape_is_tried_by_a_test_above(shapes: Graph) -> None:
    names = {str(shape).rsplit("#", 1)[-1] for shape in shapes.subjects(RDF.type, SH.PropertyShape)}
    text = files("tests.integration").joinpath("test_shacl.py").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f'"{name}"' not in text] == []


def test_the_vocabulary_defines_every_own_term_that_the_export_uses(toy: Graph) -> None:
    vocabulary = shipped("labelsys.ttl")
    defined = {str(term) for term in vocabulary.subjects(RDF.type) if str(term).startswith(OWN)}
    used = {
        str(term)
        for s, p, o in toy
        for term in (p, o, getattr(o, "datatype", None))
        if str(term).startswith(OWN)
    }
    assert used <= defined
    assert defined == used
    assert (
        OWN.Concept,
        URIRef("http://www.w3.org/2000/01/rdf-schema#subClassOf"),
        SKOS.Concept,
    ) in (vocabulary)
