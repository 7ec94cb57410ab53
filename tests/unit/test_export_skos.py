from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from labelsys.errors import ConfigError
from labelsys.export.skos import write_ntriples, write_skos
from labelsys.export.terms import language_tag
from labelsys.ids import ROOT, Curie, curie_to_uri
from labelsys.model import Concept, Edge, Label, LabelSet, Mapping, Name, Placement
from labelsys.store.memory import MemoryWriter
from tests.toy import (
    AUDI,
    CAR,
    CRANE_BIRD,
    CRANE_MACHINE,
    DEPTHS,
    DOG,
    EINSTEIN,
    PERSON,
    WATER_DOG,
    fill,
    toy_graph,
)

if TYPE_CHECKING:
    from labelsys.store.memory import MemoryStore

BASE = "https://example.org/labelsys/"
VOCABULARY = "https://w3id.org/labelsys/vocab#"
BROADER_INSTANTIAL = URIRef("http://purl.org/iso25964/skos-thes#broaderInstantial")
SETS = frozenset({"pets", "street", "zoo"})


@pytest.fixture(scope="module")
def toy() -> Graph:
    writer = MemoryWriter()
    fill(writer)
    return turtle(writer.store)


def turtle(store: MemoryStore, base: str = BASE) -> Graph:
    out = BytesIO()
    write_skos(store, out, base=base)
    return Graph().parse(data=out.getvalue(), format="turtle")


def uri(id_: Curie | str) -> URIRef:
    return URIRef(curie_to_uri(Curie.parse(id_), base=BASE, label_sets=SETS))


def own(name: str) -> URIRef:
    return URIRef(VOCABULARY + name)


def one_concept(*names: Name, pref_label: str = "thing", gloss: str = "") -> MemoryStore:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label=pref_label, names=names, gloss=gloss)])
    writer.finish()
    return writer.store


def test_turtle_and_ntriples_say_the_same(toy: Graph) -> None:
    writer = MemoryWriter()
    fill(writer)
    out = BytesIO()
    counts = write_ntriples(writer.store, out)
    # One scheme and 16 concepts, three sets and 11 labels, five mappings.
    assert counts.kept == 1 + 16 + 3 + 11 + 5
    assert isomorphic(Graph().parse(data=out.getvalue(), format="nt"), toy)
    assert len(out.getvalue().splitlines()) == len(toy)  # and no triple twice


def test_names_are_split_by_role_and_language(toy: Graph) -> None:
    def names(role: str, id_: Curie) -> set[Literal]:
        return set(toy.objects(uri(id_), SKOS[role]))  # type: ignore[arg-type]

    assert names("prefLabel", DOG) == {Literal("dog", "en"), Literal("狗", "zh")}
    assert names("altLabel", DOG) == {
        Literal("domestic dog", "en"),
        Literal("Canis familiaris", "en"),
        Literal("犬", "zh"),
    }
    assert names("hiddenLabel", WATER_DOG) == {Literal("Portugese Water Dog", "en")}
    assert names("altLabel", WATER_DOG) == {Literal("Cão de Água Português", "pt")}
    assert toy.value(uri(DOG), SKOS.definition) == Literal(
        "a member of the genus Canis that has been domesticated by man", "en"
    )
    assert names("definition", WATER_DOG) == {
        *(Literal("dog breed", "en"), Literal("raça de cão", "pt"), Literal("犬種", "zh"))
    }


def test_edges_depths_and_the_top_are_the_drawings(toy: Graph) -> None:
    edges = {
        *((s, "subclass", o) for s, o in toy.subject_objects(SKOS.broader)),
        *((s, "instance", o) for s, o in toy.subject_objects(BROADER_INSTANTIAL)),
    }
    assert edges == {(uri(e.narrower), e.kind, uri(e.broader)) for e in toy_graph().edges}
    assert (uri(EINSTEIN), "instance", uri(PERSON)) in edges
    depths = {s: o.toPython() for s, o in toy.subject_objects(own("depth"))}  # type: ignore[attr-defined]
    assert depths == {uri(id_): depth for id_, depth in DEPTHS.items()}
    assert list(toy.subject_objects(SKOS.topConceptOf)) == [(uri(ROOT), URIRef(BASE + "scheme"))]
    assert list(toy.objects(URIRef(BASE + "scheme"), SKOS.hasTopConcept)) == [uri(ROOT)]


def test_other_ids_are_exact_matches_and_the_wnid_a_notation(toy: Graph) -> None:
    assert set(toy.objects(uri(DOG), SKOS.exactMatch)) == {
        URIRef("http://www.wikidata.org/entity/Q144"),
        URIRef("http://globalwordnet.org/ili/i46360"),
        URIRef("http://wordnet-rdf.princeton.edu/wn31/02086723-n"),
    }
    assert toy.value(uri(DOG), SKOS.notation) == Literal("n02084071", datatype=own("wnid"))
    assert toy.value(uri(WATER_DOG), SKOS.notation) is None


def test_a_label_set_is_a_scheme_whose_labels_are_tied_by_mapping_properties(toy: Graph) -> None:
    street = URIRef(BASE + "labelset/street")
    assert (street, RDF.type, SKOS.ConceptScheme) in toy
    labels = list(toy.subjects(SKOS.inScheme, street))
    assert len(labels) == 4
    car, audi, guard, thing = (uri(f"street:/m/{x}") for x in ("0k4j", "0r8", "0dog", "0thg"))
    assert set(labels) == {car, audi, guard, thing}
    assert str(car) == BASE + "labelset/street/%2Fm%2F0k4j"
    matches = {
        label: {(p, o) for p in (SKOS.exactMatch, SKOS.broadMatch) for o in toy.objects(label, p)}
        for label in labels
    }
    assert matches == {
        car: {(SKOS.exactMatch, uri(CAR))},
        audi: {(SKOS.exactMatch, uri(AUDI)), (SKOS.broadMatch, uri(CAR))},
        guard: {(SKOS.broadMatch, uri(DOG))},
        thing: set(),
    }
    placements = {label: str(toy.value(label, own("placement"))) for label in labels}
    assert placements == {car: "exact", audi: "broader", guard: "broader", thing: "unplaced"}
    assert toy.value(thing, SKOS.editorialNote) == Literal("too general", "en")
    assert toy.value(car, SKOS.notation) == Literal("/m/0k4j")


def test_label_sets_carry_version_and_licence(toy: Graph) -> None:
    pets = URIRef(BASE + "labelset/pets")
    terms = "http://purl.org/dc/terms/"
    assert toy.value(pets, URIRef(terms + "title")) == Literal("Toy pets", "en")
    license_ = toy.value(pets, URIRef(terms + "license"))
    assert license_ == URIRef("http://spdx.org/licenses/CC0-1.0")


def test_a_mapping_is_a_statement_with_the_properties_of_sssom(toy: Graph) -> None:
    sssom = "https://w3id.org/sssom/"
    (of_crane,) = [
        s
        for s in toy.subjects(OWL.annotatedSource, uri("zoo:7"))
        if (s, OWL.annotatedProperty, SKOS.exactMatch) in toy
    ]
    said = {str(p): o for p, o in toy.predicate_objects(of_crane)}
    assert said == {
        str(RDF.type): OWL.Axiom,
        str(OWL.annotatedSource): uri("zoo:7"),
        str(OWL.annotatedProperty): SKOS.exactMatch,
        str(OWL.annotatedTarget): uri(CRANE_BIRD),
        sssom + "mapping_justification": URIRef("https://w3id.org/semapv/vocab/CompositeMatching"),
        sssom + "confidence": Literal("0.85", datatype=XSD.double),
        sssom + "similarity_score": Literal("0.612", datatype=XSD.double),
        VOCABULARY + "status": Literal("accepted"),
        sssom + "subject_label": Literal("crane"),
        sssom + "object_label": Literal("crane"),
        sssom + "match_string": Literal("crane"),
        sssom + "mapping_tool": Literal("labelsys"),
        sssom + "similarity_measure": Literal("cosine"),
        str(RDFS.comment): Literal("the set is about animals"),
    }


def test_a_denied_mapping_says_so_and_asserts_nothing(toy: Graph) -> None:
    sssom = "https://w3id.org/sssom/"
    (denied,) = toy.subjects(
        URIRef(sssom + "predicate_modifier"), URIRef(sssom + "NegatedPredicate")
    )
    assert toy.value(denied, OWL.annotatedTarget) == uri(CRANE_MACHINE)
    assert toy.value(denied, own("status")) == Literal("rejected")
    assert (uri("zoo:7"), SKOS.closeMatch, uri(CRANE_MACHINE)) not in toy
    (known,) = toy.subjects(OWL.annotatedSource, uri(DOG))
    sources = [toy.value(known, URIRef(sssom + f"{end}_source")) for end in ("subject", "object")]
    assert sources == [uri("wd:Q533822"), uri("wd:Q2013")]


def test_the_base_address_is_a_setting() -> None:
    writer = MemoryWriter()
    fill(writer)
    graph = turtle(writer.store, base="http://l.test/x/")
    assert (URIRef("http://l.test/x/scheme"), RDF.type, SKOS.ConceptScheme) in graph
    assert URIRef("http://l.test/x/concept/zw6kp2pf") in set(graph.subjects())
    assert not [node for triple in graph for node in triple if str(node).startswith(BASE)]
    with pytest.raises(ConfigError, match="is no base address"):
        write_skos(writer.store, BytesIO(), base="http://l.test/x")


def test_no_name_has_two_roles_and_no_language_two_preferred_ones() -> None:
    graph = turtle(
        one_concept(
            Name(text="thing", kind="pref"),
            Name(text="thing"),
            Name(text="object", kind="pref"),
            Name(text="object", kind="hidden"),
            Name(text="Ding", lang="de", kind="pref"),
            Name(text="Ding", lang="de", kind="hidden"),
            Name(text="Sache", lang="de", kind="pref"),
        )
    )
    said = {(p, o) for p, o in graph.predicate_objects(uri(ROOT)) if str(p).endswith("Label")}
    assert said == {
        (SKOS.prefLabel, Literal("thing", "en")),
        (SKOS.altLabel, Literal("object", "en")),
        (SKOS.prefLabel, Literal("Ding", "de")),
        (SKOS.altLabel, Literal("Sache", "de")),
    }


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_both_formats(text: str) -> None:
    store = one_concept(pref_label=text, gloss='quote " backslash \\ end')
    out = BytesIO()
    write_ntriples(store, out)
    for graph in (turtle(store), Graph().parse(data=out.getvalue(), format="nt")):
        assert graph.value(uri(ROOT), SKOS.prefLabel) == Literal(text, "en")
        assert graph.value(uri(ROOT), SKOS.definition) == Literal('quote " backslash \\ end', "en")


@pytest.mark.parametrize("label_id", ["a b", "<x>", '"', "a\\b", "100%", "狗", "a.", "-1", "a;b"])
def test_any_label_id_has_an_address_of_its_own(label_id: str) -> None:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label="entity")])
    label = Label(label_set="zoo", label_id=label_id, name="x")
    place = Placement(label_id=label.id, kind="exact", concept_id=ROOT)
    writer.add_label_set(LabelSet(id="zoo", labels=(label,), license="MIT, CC0-1.0"), [place])
    writer.finish()
    graph = turtle(writer.store)
    assert (uri(label.id), SKOS.exactMatch, uri(ROOT)) in graph
    rights = URIRef("http://purl.org/dc/terms/rights")  # two licences are no SPDX address
    assert graph.value(URIRef(BASE + "labelset/zoo"), rights) == Literal("MIT, CC0-1.0")


def test_an_id_that_two_concepts_share_is_no_exact_match() -> None:
    writer = MemoryWriter()
    shared, single = Curie("wn31", "00000001-n"), Curie("ili", "i1")
    writer.add_concepts(
        [
            Concept(id=ROOT, pref_label="entity", xrefs=(single, shared)),
            Concept(id=DOG, pref_label="dog", xrefs=(shared,)),
        ]
    )
    writer.add_edges([Edge(DOG, ROOT)])
    writer.finish()
    graph = turtle(writer.store)
    assert set(graph.subjects(SKOS.closeMatch, uri(shared))) == {uri(ROOT), uri(DOG)}
    assert list(graph.subjects(SKOS.exactMatch)) == [uri(ROOT)]


def test_accepted_links_are_said_and_others_are_not() -> None:
    def link(qid: str, **slots: str) -> Mapping:
        return Mapping(
            subject_id=ROOT,
            predicate_id="skos:closeMatch",
            object_id=Curie("wd", qid),
            mapping_justification="semapv:LexicalMatching",
            **slots,  # type: ignore[arg-type]
        )

    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label="entity", xrefs=(Curie("wd", "Q1"),))])
    writer.add_mappings(
        [
            link("Q1"),  # the accepted second id: exact already
            link("Q2"),
            link("Q3", status="review"),
            link("Q4", predicate_modifier="Not"),
        ]
    )
    writer.finish()
    graph = turtle(writer.store)
    wikidata = "http://www.wikidata.org/entity/"
    assert list(graph.objects(uri(ROOT), SKOS.exactMatch)) == [URIRef(wikidata + "Q1")]
    assert list(graph.objects(uri(ROOT), SKOS.closeMatch)) == [URIRef(wikidata + "Q2")]


def test_a_retired_concept_keeps_its_address_and_says_where_it_went() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(
        replace(c, status="retired", replaced_by=CAR) if c.id == AUDI else c for c in toy.concepts
    )
    writer.add_edges(e for e in toy.edges if e.narrower != AUDI)
    writer.finish()
    graph = turtle(writer.store)
    deprecated = URIRef("http://www.w3.org/2002/07/owl#deprecated")
    assert graph.value(uri(AUDI), deprecated) == Literal(True)
    replaced = URIRef("http://purl.org/dc/terms/isReplacedBy")
    assert graph.value(uri(AUDI), replaced) == uri(CAR)
    assert (uri(AUDI), RDF.type, own("Concept")) not in graph
    assert (uri(CRANE_BIRD), RDF.type, own("Concept")) in graph


def test_language_tags_that_rdf_has_not_become_und() -> None:
    assert [language_tag(t) for t in ("en", "zh_Hans", "", "a b", "toolonglanguage")] == [
        "en",
        "zh-Hans",
        "und",
        "und",
        "und",
    ]
