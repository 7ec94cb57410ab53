from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import ConfigError, NotFoundError
from labelsys.export.labels import CrawlRow, LabelSelection, list_labels, write_labels
from labelsys.export.senses import Disambiguator, query_text
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge, Name, NameKind, Sense
from labelsys.store.memory import MemoryWriter
from tests.toy import (
    ANIMAL,
    AUDI,
    CANINE,
    CAR,
    CRANE_BIRD,
    CRANE_MACHINE,
    DEPTHS,
    DOG,
    DOMESTIC,
    EINSTEIN,
    PERSON,
    RETRIEVER,
    WATER_DOG,
    fill,
)

if TYPE_CHECKING:
    from labelsys.store.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def ids(store: MemoryStore, selection: LabelSelection) -> list[str]:
    return [row.id for row in list_labels(store, selection)[0]]


def ls(number: int) -> Curie:
    return Curie("ls", f"c{number}")


def graph(*concepts: Concept, edges: tuple[Edge, ...]) -> MemoryStore:
    writer = MemoryWriter()
    root = Concept(id=ROOT, pref_label="entity", names=(Name(text="entity", kind="pref"),))
    writer.add_concepts([root, *concepts])
    writer.add_edges(edges)
    writer.finish()
    return writer.store


def concept(number: int, *names: str, kind: NameKind = "alt") -> Concept:
    first, *more = names
    return Concept(
        id=ls(number),
        pref_label=first,
        names=(Name(text=first, kind="pref"), *(Name(text=n, kind=kind) for n in more)),
        source="labelset",
    )


def test_every_concept_but_instances_is_listed_and_the_rest_is_counted(store: MemoryStore) -> None:
    rows, counts = list_labels(store)
    assert [row.id for row in rows] == sorted(DEPTHS.keys() - {EINSTEIN})
    assert (counts.read, counts.kept) == (16, 15)
    assert counts.skipped == {"not under the concept asked for": 1}


def test_sensitive_concepts_are_left_out_and_counted_unless_asked_for() -> None:
    killing, sniping = Curie("wn30", "00219012-n"), Curie("wn30", "00225593-n")
    sense = Sense(number=2, count=0, lex_id=0)
    murder = Concept(id=killing, pref_label="x", names=(Name(text="killing", sense=sense),))
    made = graph(
        murder,
        Concept(id=sniping, pref_label="y"),
        edges=(Edge(killing, ROOT), Edge(sniping, killing)),
    )
    rows, counts = list_labels(made)
    assert [row.id for row in rows] == [ROOT]
    assert (counts.read, counts.kept, counts.skipped) == (3, 1, {"sensitive": 2})
    assert ids(made, LabelSelection(sensitive=True)) == [ROOT, killing, sniping]


def test_a_row_holds_query_aliases_and_senses(store: MemoryStore) -> None:
    rows = {row.id: row for row in list_labels(store)[0]}
    assert rows[CAR] == CrawlRow(
        id=CAR,
        wnid="n02958343",
        query="car",
        alternatives=("auto", "automobile", "machine", "motorcar"),
        disambiguator="",
        senses=1,
    )
    # Hidden names are for look-up, and Portuguese was not asked for.
    assert rows[WATER_DOG].alternatives == ()
    assert rows[WATER_DOG].wnid is None


def test_senses_of_a_word_are_told_apart_by_what_is_above_one_only(store: MemoryStore) -> None:
    rows = {row.id: row for row in list_labels(store)[0]}
    bird, machine = rows[CRANE_BIRD], rows[CRANE_MACHINE]
    assert (bird.query, bird.senses, bird.disambiguator) == ("crane", 2, "animal")
    assert (machine.query, machine.senses, machine.disambiguator) == ("crane", 2, "artifact")


def test_a_sense_outside_the_selection_still_counts(store: MemoryStore) -> None:
    rows, _ = list_labels(store, LabelSelection(under=ANIMAL))
    bird = next(row for row in rows if row.id == CRANE_BIRD)
    assert (bird.senses, bird.disambiguator) == (2, "animal")


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (LabelSelection(under=DOG), [DOG, RETRIEVER, WATER_DOG]),
        (LabelSelection(under=DOG, depth=0), [DOG]),
        (LabelSelection(under=ANIMAL, depth=1), [ANIMAL, DOMESTIC, CANINE, CRANE_BIRD]),
        (LabelSelection(under=PERSON), [PERSON]),
        (LabelSelection(under=PERSON, instances=True), [PERSON, EINSTEIN]),
        (LabelSelection(under=EINSTEIN), [EINSTEIN]),
        (LabelSelection(label_sets=("pets",)), [DOG, RETRIEVER, WATER_DOG]),
        (LabelSelection(label_sets=("zoo", "street")), [CRANE_BIRD, CAR, AUDI, DOG]),
        (LabelSelection(label_sets=("pets",), under=DOG, depth=1), [DOG, RETRIEVER, WATER_DOG]),
        (LabelSelection(label_sets=("zoo",), under=DOG), []),
    ],
)
def test_under_depth_and_label_sets_choose(
    store: MemoryStore, selection: LabelSelection, expected: list[Curie]
) -> None:
    assert ids(store, selection) == sorted(expected)
    _, counts = list_labels(store, selection)
    assert counts.adds_up
    assert counts.read == 16


def test_the_first_language_names_the_query_and_the_rest_fall_back(store: MemoryStore) -> None:
    rows, _ = list_labels(store, LabelSelection(under=DOG, languages=("zh", "en")))
    dog, retriever = (next(r for r in rows if r.id == i) for i in (DOG, RETRIEVER))
    assert (dog.query, dog.alternatives) == (
        "狗",
        ("犬", "dog", "domestic dog", "Canis familiaris"),
    )
    assert (retriever.query, retriever.senses) == ("golden retriever", 1)


def test_an_alias_of_another_concept_makes_a_name_ambiguous_unless_it_is_hidden() -> None:
    edges = tuple(Edge(ls(n), ROOT) for n in (1, 2, 3))
    rows, _ = list_labels(
        graph(concept(1, "jaguar"), concept(2, "big cat", "Jaguar"), concept(3, "x"), edges=edges)
    )
    assert next(row for row in rows if row.id == ls(1)).senses == 2
    hidden = concept(2, "big cat", "jaguar", kind="hidden")
    rows, _ = list_labels(graph(concept(1, "jaguar"), hidden, edges=edges[:2]))
    assert next(row for row in rows if row.id == ls(1)).senses == 1


def test_a_qualifier_that_the_source_gives_is_the_disambiguator() -> None:
    store = graph(
        concept(1, "bow_(weapon)"),
        concept(2, "bow"),
        concept(3, "ship part"),
        edges=(Edge(ls(1), ROOT), Edge(ls(2), ls(3)), Edge(ls(3), ROOT)),
    )
    rows = {row.id: row for row in list_labels(store)[0]}
    assert (rows[ls(1)].query, rows[ls(1)].disambiguator) == ("bow", "weapon")


def test_a_sense_under_the_other_falls_back_to_the_nearest_name() -> None:
    # entity - device - crane (any) - crane (tower): all above the first is above the second too.
    store = graph(
        concept(1, "device"),
        concept(2, "crane"),
        concept(3, "crane"),
        edges=(Edge(ls(1), ROOT), Edge(ls(2), ls(1)), Edge(ls(3), ls(2))),
    )
    rows = {row.id: row for row in list_labels(store)[0]}
    assert rows[ls(2)].disambiguator == "device"
    assert rows[ls(3)].disambiguator == "device"


def test_two_broader_concepts_of_one_name_do_not_tell_senses_apart() -> None:
    up = {ls(1): (ls(3),), ls(2): (ls(4),), ls(3): (ls(5),), ls(4): (ls(6),)}
    names = dict(
        zip(
            (ls(n) for n in range(1, 7)),
            ["bank", "bank", "edge", "Edge", "river", "money"],
            strict=True,
        )
    )
    words = Disambiguator(up, names)
    assert words.word(ls(1), "bank", [ls(2)]) == "river"
    assert words.word(ls(2), "bank", [ls(1)]) == "money"


def test_the_root_has_no_word_above_it() -> None:
    assert Disambiguator({}, {ROOT: "entity", ls(1): "entity"}).word(ROOT, "entity", [ls(1)]) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hot_dog", ("hot dog", "")),
        ("Calf (Body Part)", ("Calf", "Body Part")),
        ("crane_(wading_bird)_x", ("crane x", "wading bird")),
        ("(weird)", ("(weird)", "")),
    ],
)
def test_query_text_is_what_one_types(name: str, expected: tuple[str, str]) -> None:
    assert query_text(name) == expected


def test_jsonl_has_the_fixed_keys(store: MemoryStore) -> None:
    out = BytesIO()
    write_labels(store, out, selection=LabelSelection(under=CRANE_BIRD))
    assert out.getvalue().decode() == (
        '{"id": "wn30:02012849-n", "wnid": "n02012849", "query": "crane", "alternatives": [],'
        ' "disambiguator": "animal", "senses": 2}\n'
    )
    json.loads(out.getvalue())


def test_tsv_has_a_header_and_keeps_cells_whole() -> None:
    store = graph(
        concept(1, "a\tb\nc", "x|y", "back\\slash"),
        concept(2, "=1+1", "@home"),
        edges=(Edge(ls(1), ROOT), Edge(ls(2), ROOT)),
    )
    out = BytesIO()
    write_labels(store, out, format="tsv")
    assert out.getvalue().decode().splitlines() == [
        "id\twnid\tquery\talternatives\tdisambiguator\tsenses",
        "ls:c1\t\ta b c\tx\\|y|back\\\\slash\t\t1",
        "ls:c2\t\t'=1+1\t'@home\t\t1",
        "wn30:00001740-n\tn00001740\tentity\t\t\t1",
    ]


def test_wrong_options_say_what_is_wrong(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no concept 'wd:Q5'"):
        list_labels(store, LabelSelection(under=Curie("wd", "Q5")))
    with pytest.raises(NotFoundError, match="no label set 'pet'"):
        list_labels(store, LabelSelection(label_sets=("pet",)))
    with pytest.raises(ConfigError, match="depth of -1"):
        list_labels(store, LabelSelection(depth=-1))
    with pytest.raises(ConfigError, match="no language"):
        list_labels(store, LabelSelection(languages=()))
    with pytest.raises(ConfigError, match="no form 'xlsx'; known: jsonl, tsv"):
        write_labels(store, BytesIO(), format="xlsx")
