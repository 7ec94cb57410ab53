"""Every spelling of an id that a person may give, on the toy graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labelsys.errors import AmbiguousLabelError, IdentifierError, NotFoundError
from labelsys.ids import Curie
from labelsys.lookup import resolve_id
from labelsys.model import Concept, Name, Sense
from labelsys.store.memory import MemoryStore, MemoryWriter
from tests import toy


def store_of(*more: Concept) -> MemoryStore:
    graph, writer = toy.toy_graph(), MemoryWriter()
    ids = {concept.id for concept in more}
    writer.add_concepts([*(c for c in graph.concepts if c.id not in ids), *more])
    writer.add_edges(graph.edges)
    for label_set in graph.label_sets:
        places = [p for p in graph.placements if p.label_id.prefix == label_set.id]
        writer.add_label_set(label_set, places)
    writer.finish()
    return writer.store


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return store_of()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wn30:02084071-n", toy.DOG),
        ("  wn30:02084071-n\n", toy.DOG),
        ("n02084071", toy.DOG),
        ("02084071", toy.DOG),
        ("02084071-n", toy.DOG),
        ("1740", toy.ENTITY),
        ("dog.n.01", toy.DOG),
        ("Dog.n.1", toy.DOG),
        ("domestic_dog.n.01", toy.DOG),
        ("canis_familiaris.n.01", toy.DOG),
        ("crane.n.04", toy.CRANE_MACHINE),
        ("crane.n.05", toy.CRANE_BIRD),
        ("dog%1:05:00::", toy.DOG),
        ("machine%1:06:01::", toy.CAR),
        ("crane%1:05:00::", toy.CRANE_BIRD),
        ("crane%1:06:00::", toy.CRANE_MACHINE),
        ("person%1:03:00::", toy.PERSON),
        ("ili:i46360", toy.DOG),
        ("wn31:02086723-n", toy.DOG),
        ("wd:Q144", toy.DOG),
        ("Q144", toy.DOG),
        ("wd:Q38559", toy.WATER_DOG),
        ("Q38559", toy.WATER_DOG),
        ("ls:zw6kp2pf", toy.AUDI),
        ("http://www.wikidata.org/entity/Q144", toy.DOG),
        ("https://www.wikidata.org/wiki/Q144", toy.DOG),
        ("http://wordnet-rdf.princeton.edu/wn30/02084071-n", toy.DOG),
        ("https://wordnet-rdf.princeton.edu/wn30/02084071-n", toy.DOG),
        ("http://globalwordnet.org/ili/i46360", toy.DOG),
        ("https://example.org/labelsys/concept/zw6kp2pf", toy.AUDI),
        ("https://example.org/labelsys/labelset/street/%2Fm%2F0r8", toy.AUDI),
        ("pets:0", toy.DOG),
        ("street:/m/0k4j", toy.CAR),
        ("street:/m/0r8", toy.AUDI),
        ("street:/m/0dog", toy.DOG),
        ("dog", toy.DOG),
        ("Domestic-Dog", toy.DOG),
        ("machine", toy.CAR),
        ("cao de agua português", toy.WATER_DOG),
        ("Portugese Water Dog", toy.WATER_DOG),
        ("狗", toy.DOG),
        ("audi r8 coupe 2012", toy.AUDI),
    ],
)
def test_every_spelling_leads_to_the_concept(
    store: MemoryStore, text: str, expected: Curie
) -> None:
    assert resolve_id(store, text) == expected


def test_base_address_is_a_setting(store: MemoryStore) -> None:
    address = "https://labels.test/x/concept/zw6kp2pf"
    assert resolve_id(store, address, base="https://labels.test/x/") == toy.AUDI
    with pytest.raises(NotFoundError, match="lies under no known prefix"):
        resolve_id(store, address)


def test_ambiguous_name_lists_its_senses_common_first(store: MemoryStore) -> None:
    with pytest.raises(AmbiguousLabelError, match="'Crane' is ambiguous, give one of: ") as caught:
        resolve_id(store, "Crane")
    assert caught.value.candidates == (
        "wn30:03126707-n n03126707 crane.n.04: lifts and moves heavy objects",
        "wn30:02012849-n n02012849 crane.n.05: large long-necked wading bird of marshes and plains",
    )


def test_hidden_name_counts_only_where_nothing_else_has_it() -> None:
    other = Concept(
        id=Curie("ex", "x"),
        pref_label="thing",
        names=(Name(text="thing", kind="pref"), Name(text="vehicle", kind="hidden")),
        source="labelset",
    )
    assert resolve_id(store_of(other), "vehicle") == toy.VEHICLE


def test_retired_concept_gives_way_to_an_active_one() -> None:
    old = Concept(
        id=Curie("ls", "oldoldol"),
        pref_label="vehicle",
        names=(Name(text="vehicle", kind="pref"), Name(text="conveyance")),
        status="retired",
        replaced_by=toy.VEHICLE,
    )
    store = store_of(old)
    assert resolve_id(store, "vehicle") == toy.VEHICLE
    assert resolve_id(store, "conveyance") == old.id


def test_old_id_of_two_synsets_lists_both() -> None:
    shared = (Curie("wn31", "03347602-n"),)
    parts = [
        Concept(id=Curie("wn30", f"0334{n}-n"), pref_label=f"finish {n}", xrefs=shared)
        for n in ("2863", "2657")
    ]
    with pytest.raises(AmbiguousLabelError, match=r"wn30:03342657-n .*wn30:03342863-n"):
        resolve_id(store_of(*parts), "wn31:03347602-n")


def test_bare_offset_is_never_one_of_another_version() -> None:
    # 02086723 is dog in WordNet 3.1, and no synset in 3.0.
    with pytest.raises(NotFoundError, match="no concept 'wn30:02086723-n'"):
        resolve_id(store_of(), "02086723")


def test_number_that_is_a_name_is_the_name_and_else_an_offset() -> None:
    name = Concept(id=Curie("ex", "n"), pref_label="1930", names=(Name(text="1930", kind="pref"),))
    assert resolve_id(store_of(name), "1930") == "ex:n"
    assert resolve_id(store_of(), "1930") == toy.PHYSICAL


def test_sense_number_is_that_of_the_spelling() -> None:
    # Both fold to "do g"; the lemma of a synset name has to be the same letter by letter.
    twin = Concept(
        id=Curie("ex", "twin"),
        pref_label="do-g",
        names=(Name(text="do-g", kind="pref", sense=Sense(number=1, count=0, lex_id=0)),),
        lexname="noun.animal",
    )
    spaced = replace(twin.names[0], text="do g")
    other = replace(twin, id=Curie("ex", "other"), pref_label="do g", names=(spaced,))
    assert resolve_id(store_of(twin, other), "do-g.n.01") == twin.id
    assert resolve_id(store_of(twin, other), "do_g.n.01") == other.id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pets:3", r"no concept 'pets:3 \(empty\)': this label is excluded: no object$"),
        (
            "street:/m/0thg",
            r"'street:/m/0thg \(thing\)': this label is unplaced: too general; "
            r"the guess was wn30:00021939-n$",
        ),
        ("zoo:9", r"'zoo:9 \(tayassu pecari\)': this label is unplaced: no candidate$"),
        ("street:/m/0k5j", r"no label 'street:/m/0k5j' \(closest: street:/m/0k4j"),
        ("n02084072", r"no concept 'wn30:02084072-n' \(closest: wn30:02084071-n"),
        ("wd:Q3855", r"no concept 'wd:Q3855' \(closest: wd:Q38559\)"),
        ("Q3855", r"no concept 'wd:Q3855' \(closest: wd:Q38559\)"),
        ("ili:i9", r"no concept 'ili:i9'$"),
        ("dog.n.07", r"no synset 'dog.n.07' \(closest: dog.n.01\)"),
        ("dogg.n.01", r"no synset 'dogg.n.01' \(closest: dog"),
        ("dog%1:06:00::", r"no synset 'dog%1:06:00::' \(closest: dog.n.01\)"),
        ("run.v.01", "'run.v.01': only WordNet's nouns are concepts"),
        ("run%2:38:00::", "only WordNet's nouns are concepts"),
        ("02084071-v", "only WordNet's nouns are concepts"),
        ("golden retreiver", r"no concept 'golden retreiver' \(closest: golden retriever"),
        ("nosuch:18", "no concept 'nosuch:18'"),
        ("https://nowhere.test/x", "'https://nowhere.test/x': the address lies under no known"),
        ("https://example.org/labelsys/labelset/none/1", "no label set 'none'"),
        ("!!!", "no concept '!!!'$"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(
    store: MemoryStore, text: str, message: str
) -> None:
    with pytest.raises(NotFoundError, match=message):
        resolve_id(store, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an id or a name is needed"),
        ("   ", "an id or a name is needed"),
        ("wd:dog", "is no Wikidata id"),
        ("wn30:123-n", "is no WordNet id"),
    ],
)
def test_id_of_a_wrong_shape_is_refused(store: MemoryStore, text: str, message: str) -> None:
    with pytest.raises(IdentifierError, match=message):
        resolve_id(store, text)


def test_name_with_a_colon_is_a_name() -> None:
    film = Concept(
        id=Curie("wd", "Q27985819"),
        pref_label="Spider-Man: Homecoming",
        names=(Name(text="Spider-Man: Homecoming", kind="pref"),),
        source="wikidata",
    )
    assert resolve_id(store_of(film), "spider-man: homecoming") == film.id
