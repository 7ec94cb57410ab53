"""The numbers that the ranker sees, each worked out by hand on the toy lexicon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.ids import Curie
from labelsys.match.candidates import Candidate, lemma_position, sense_count, sense_of
from labelsys.match.features import (
    FEATURES,
    VECTOR_FEATURES,
    Asked,
    NameVectors,
    SetContext,
    add_vector_features,
    name_features,
)
from labelsys.match.forms import Form, FormKind
from labelsys.match.lexicon import LEXNAMES, Lexicon
from labelsys.model import Concept, Edge, Name
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Sequence

LEXICON = toy.lexicon()
DOG_CRANE = (toy.DOG, toy.CRANE_BIRD)
ANIMAL, ARTIFACT, FOOD = (LEXNAMES.index(f"noun.{word}") for word in ("animal", "artifact", "food"))


def candidate(
    id_: Curie, text: str, kind: FormKind = FormKind.NAME, *, position: int = 0, share: float = 1.0
) -> Candidate:
    return Candidate(LEXICON.index[id_], position, Form(text, kind, share))


def table(
    *candidates: Candidate,
    qualifiers: Sequence[str] = (),
    context: SetContext | None = None,
    vectors: NameVectors | None = None,
    is_described: bool = False,
    genus: frozenset[int] = frozenset(),
) -> list[dict[str, float]]:
    context = context or SetContext()
    asked = Asked(candidates, qualifiers, is_described=is_described, genus=genus)
    found = name_features(LEXICON, [asked], context)
    assert found.shape == (len(candidates), len(FEATURES))
    assert found.dtype == np.float32
    if vectors is not None:
        add_vector_features(found, np.zeros(len(candidates), dtype=np.int64), vectors, context)
    return [
        {name: round(float(value), 5) for name, value in zip(FEATURES, row, strict=True) if value}
        for row in found
    ]


def of_one_name(
    label: Sequence[float],
    candidates: Sequence[Sequence[float]],
    *,
    qualifier: Sequence[float] = (0, 0),
    definitions: Sequence[Sequence[float]] | None = None,
    near: Sequence[float] | None = None,
    relatives: Sequence[Sequence[float]] | None = None,
) -> NameVectors:
    return NameVectors(
        labels=np.array([label], dtype=np.float32),
        qualifiers=np.array([qualifier], dtype=np.float32),
        candidates=np.array(candidates, dtype=np.float32),
        definitions=np.array(definitions or np.zeros_like(candidates), dtype=np.float32),
        near=np.array(near or [0] * len(candidates), dtype=np.float32),
        relatives=np.array(relatives or np.zeros((len(candidates), 2)), dtype=np.float32),
    )


def test_every_column_of_a_common_name() -> None:
    # "dog": the animal (sense 1, tagged 42 times, its first lemma, five concepts below, three
    # lemmas) against the sausage (sense 5, never tagged, its fifth lemma, nothing below, five).
    dog, frank = table(candidate(toy.DOG, "dog"), candidate(toy.FRANK, "dog", position=4))
    assert dog == {
        "first_lemma": 1,
        "first_sense": 1,
        "sense_rank": 1,
        "sense_count": round(math.log(43) / 5, 5),
        "sense_share": round(42.5 / 43, 5),
        "narrower": round(math.log(6) / 8, 5),
        "names": 0.5,
        "linked": 1,
        "nothing": 1,
    }
    assert frank == {
        "lemma_position": 1,
        "sense_rank": 0.2,
        "sense_share": round(0.5 / 43, 5),
        "leaf": 1,
        "names": round(5 / 6, 5),
        "nothing": 1,
    }


def test_columns_of_a_foreign_name() -> None:
    assert table(candidate(toy.WATER_DOG, "portuguese water dog")) == [
        {
            "first_lemma": 1,
            "foreign_name": 1,
            "sense_share": 0.5,
            "leaf": 1,
            "linked": 1,
            "proper": 1,
            "nothing": 1,
        }
    ]


def test_columns_of_an_instance_with_a_capital() -> None:
    (crane,) = table(candidate(toy.CRANE_WRITER, "crane"))
    assert {crane["instance"], crane["proper"]} == {1}
    assert crane["names"] == round(2 / 6, 5)
    (bird,) = table(candidate(toy.CRANE_BIRD, "crane"))
    assert bird.keys() & {"instance", "proper"} == set()


def test_name_in_another_language_has_the_sense_of_the_first_lemma() -> None:
    # 鹤 is the bird, whose first lemma is the fifth sense of crane, never tagged; 狗 is the dog.
    names = {id_: [n.text for n in LEXICON.concepts[LEXICON.index[id_]].names] for id_ in DOG_CRANE}
    dog, crane = table(
        candidate(toy.DOG, "狗", position=names[toy.DOG].index("狗")),
        candidate(toy.CRANE_BIRD, "鹤", position=names[toy.CRANE_BIRD].index("鹤")),
    )
    for row in (dog, crane):
        assert row["first_lemma"] == 1
        assert not row.keys() & {"lemma_position", "foreign_name"}
    assert (dog["first_sense"], dog["sense_rank"]) == (1, 1)
    assert dog["sense_share"] == round(42.5 / 43, 5)
    assert (crane.get("first_sense"), crane["sense_rank"]) == (None, 0.2)


def test_names_of_another_language_are_counted_by_themselves() -> None:
    names = tuple(
        Name(text=text, lang=lang)
        for text, lang in [("x", "en"), ("一", "zh"), ("y", "en"), ("二", "zh")]
    )
    lexicon = Lexicon([Concept(id=Curie("wd", "Q1"), pref_label="x", names=names)], [])
    found = [Candidate(0, k, Form(name.text, FormKind.NAME)) for k, name in enumerate(names)]
    assert [lemma_position(lexicon, one) for one in found] == [0, 0, 2, 1]
    assert [sense_of(lexicon, one) for one in found] == [None] * 4


def test_irregular_form_counts_as_hidden_and_not_as_a_name() -> None:
    (goose,) = table(candidate(toy.GOOSE, "geese", position=1))
    assert goose["hidden_name"] == 1
    assert goose["lemma_position"] == 0.25
    assert goose["names"] == round(1 / 6, 5)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (FormKind.INFLECTED, "inflected"),
        (FormKind.SINGULAR_TOO, "singular_too"),
        (FormKind.SPACING, "spacing"),
        (FormKind.SPELLING, "spelling"),
        (FormKind.REDUNDANT, "redundant"),
        (FormKind.PART, "part"),
        (FormKind.SYNONYM, "synonym"),
    ],
)
def test_way_to_the_form_is_a_column(kind: FormKind, column: str) -> None:
    plain, other = table(candidate(toy.DOG, "dog"), candidate(toy.DOG, "dog", kind))
    assert other == {**plain, column: 1}


@pytest.mark.parametrize("kind", [FormKind.NAME, FormKind.HEAD, FormKind.HEAD_BEFORE])
def test_name_itself_and_heads_have_no_column_of_their_own(kind: FormKind) -> None:
    plain, other = table(candidate(toy.DOG, "dog"), candidate(toy.DOG, "dog", kind, share=0.5))
    assert other == plain


def test_sense_count_is_that_of_the_name_in_this_sense() -> None:
    assert sense_count(LEXICON, candidate(toy.DOG, "dog")) == 42
    assert sense_count(LEXICON, candidate(toy.DOG, "domestic dog", position=1)) == 0
    assert sense_count(LEXICON, candidate(toy.WATER_DOG, "portuguese water dog")) == 0


def test_what_other_sets_give_is_counted() -> None:
    dog = LEXICON.index[toy.DOG]
    context = SetContext(given_sets={dog: 3}, given_names=frozenset({("dog", dog)}))
    by_name, by_other, frank = table(
        candidate(toy.DOG, "dog"),
        candidate(toy.DOG, "domestic dog", position=1),
        candidate(toy.FRANK, "dog", position=4),
        context=context,
    )
    assert by_name["given_here"] == by_other["given_here"] == round(math.log(4), 5)
    assert (by_name["given_name"], by_other.get("given_name")) == (1, None)
    assert frank.keys() & {"given_here", "given_name"} == set()


def test_qualifier_words_are_sought_above_and_in_the_definition() -> None:
    # above the weapon: weapon, arm, artifact, artefact, object, physical object, entities
    weapon, knot = table(
        candidate(toy.BOW_WEAPON, "bow"),
        candidate(toy.BOW_KNOT, "bow"),
        qualifiers=("Weapon", "shoots the arrows with a loop"),
    )
    # words that count: weapon, shoots, arrows, loop
    assert weapon["qualifier_above"] == 0.25
    assert weapon["qualifier_gloss"] == 0.75
    assert knot.keys() & {"qualifier_above", "qualifier_gloss"} == set()


def test_qualifier_of_stop_words_says_nothing() -> None:
    (row,) = table(candidate(toy.DOG, "dog"), qualifiers=("of the", "!"))
    assert row.keys() & {"qualifier_above", "qualifier_gloss"} == set()


def test_qualifier_may_be_the_name_of_something_above() -> None:
    # above the dog: mammal, animal (beast), object (physical object), and entities
    def share(*qualifiers: str) -> float:
        (dog,) = table(candidate(toy.DOG, "dog"), qualifiers=qualifiers)
        return dog.get("qualifier_is", 0.0)

    assert share("Mammal") == share("mammals") == share("Beasts") == share("physical_object") == 1
    assert share("animal", "pet") == share("pets", "Animals") == 0.5
    assert share("animal", "mammal", "pet") == pytest.approx(2 / 3, abs=1e-5)
    assert share("small mammal") == share("mammal pet") == share("physical") == 0  # whole names
    assert share("dog") == share("poodle") == share("bird") == 0  # itself, below, beside


def test_words_of_qualifiers_count_as_far_as_they_are_trusted() -> None:
    one = (candidate(toy.DOG, "dog"),)
    full = name_features(LEXICON, [Asked(one, ("mammal",))], SetContext())
    half = name_features(LEXICON, [Asked(one, ("mammal",), trust=0.5)], SetContext())
    changed = {name for k, name in enumerate(FEATURES) if full[0, k] != half[0, k]}
    assert changed == {"qualifier_is", "qualifier_above"}
    for name in changed:
        column = list(FEATURES).index(name)
        assert half[0, column] == full[0, column] / 2


def test_qualifier_is_not_sought_among_hidden_or_foreign_language_names_or_its_own() -> None:
    goose, dog = table(
        candidate(toy.GOOSE, "goose"), candidate(toy.DOG, "dog"), qualifiers=("geese", "dog")
    )
    assert goose.keys() & {"qualifier_is", "qualifier_above"} == set()
    assert dog.keys() & {"qualifier_is", "qualifier_above"} == set()
    names = (Name(text="geese", kind="hidden"), Name(text="gans", lang="de"))
    above, below = Curie("wd", "Q1"), Curie("wd", "Q2")
    lexicon = Lexicon(
        [
            Concept(id=above, pref_label="goose", names=(Name(text="goose"), *names)),
            Concept(id=below, pref_label="nene", names=(Name(text="nene"),)),
        ],
        [Edge(below, above)],
    )
    nene = Candidate(lexicon.index[below], 0, Form("nene", FormKind.NAME))
    columns = [list(FEATURES).index(name) for name in ("qualifier_is", "qualifier_above")]
    said = {
        word: name_features(lexicon, [Asked([nene], [word])], SetContext())[0, columns].tolist()
        for word in ("goose", "geese", "gans")
    }
    assert said == {"goose": [1.0, 1.0], "geese": [0.0, 0.0], "gans": [0.0, 0.0]}


def test_qualifier_that_names_another_kind_of_thing_speaks_against() -> None:
    animal, sausage, foreign = (
        candidate(toy.DOG, "dog"),
        candidate(toy.FRANK, "dog", position=4),
        candidate(toy.WATER_DOG, "portuguese water dog"),
    )

    def off(*qualifiers: str) -> list[float]:
        rows = table(animal, sausage, foreign, qualifiers=qualifiers)
        return [row.get("qualifier_off", 0.0) for row in rows]

    assert off("hot food") == [1, 0, 1]  # by its head; the sausage lies under it
    # Birds are animals: not above a dog, and of one lexname with it. A concept of Wikidata has
    # the lexname of what is above it.
    assert off("bird") == [0, 1, 0]
    assert off("animal") == [0, 1, 0]
    assert off("car") == [1, 1, 1]
    assert off("bird", "weapon") == [0.5, 1, 0.5]


def test_topmost_qualifier_is_of_the_kind_that_is_called_like_it() -> None:
    (leg,) = table(candidate(toy.CALF_OF_LEG, "calf"), qualifiers=("animal",))
    (calf,) = table(candidate(toy.CALF, "calf"), qualifiers=("person",))
    (poppy,) = table(candidate(toy.POPPY, "poppy"), qualifiers=("plant",))
    found = [row.get("qualifier_off", 0.0) for row in (leg, calf, poppy)]
    assert found == [1, 1, 0]


@pytest.mark.parametrize("qualifier", ["non food", "for food", "zyx", "entity"])
def test_qualifier_that_names_no_kind_of_thing_speaks_against_nothing(qualifier: str) -> None:
    (dog,) = table(candidate(toy.DOG, "dog"), qualifiers=(qualifier,))
    assert "qualifier_off" not in dog


def test_qualifier_is_not_sought_in_examples() -> None:
    (dog,) = table(candidate(toy.DOG, "dog"), qualifiers=("people barked",))
    assert dog["qualifier_gloss"] == 0.5  # "barked" stands in the example only


def test_set_as_a_whole_speaks_by_lexname() -> None:
    context = SetContext(lexname_share={ANIMAL: 0.8, ARTIFACT: 0.2})
    bird, machine, frank = table(
        candidate(toy.CRANE_BIRD, "crane"),
        candidate(toy.CRANE_MACHINE, "crane"),
        candidate(toy.FRANK, "dog", position=4),
        context=context,
    )
    assert bird["set_lexname"] == pytest.approx(math.log(0.85) + 3, abs=1e-5)
    assert machine["set_lexname"] == pytest.approx(math.log(0.25) + 3, abs=1e-5)
    assert frank["set_lexname"] == pytest.approx(math.log(0.05) + 3, abs=1e-5)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], {}),
        ([1, 1, 1, 1], {}),
        ([1, 1, 1, 2, -1], {1: 0.6, 2: 0.2, -1: 0.2}),
        ([3] * 5, {3: 1.0}),
    ],
)
def test_shares_need_five_labels(codes: list[int], expected: dict[int, float]) -> None:
    assert SetContext.shares(np.array(codes, dtype=np.int16)) == pytest.approx(expected)


def test_vector_columns() -> None:
    # two candidates at right angles, the label at (0.6, 0.8) between them
    vectors = of_one_name(
        (0.6, 0.8),
        ((1, 0), (0, 1)),
        qualifier=(1, 0),
        definitions=((0.8, 0.6), (1, 0)),
        near=(0.25, -0.1),
        relatives=((0.5, 0), (0, 1.5)),
    )
    context = SetContext(centroid=np.array([0, 1], dtype=np.float32))
    dog, frank = table(
        candidate(toy.DOG, "dog"),
        candidate(toy.FRANK, "dog", position=4),
        context=context,
        vectors=vectors,
    )
    assert {name: dog.get(name, 0) for name in VECTOR_FEATURES} == {
        "similarity": 0.6,
        "similarity_gap": -0.2,
        "definition": 0,
        "definition_gap": 0,
        "set_similarity": 0,
        "set_near": 0.25,
        "set_siblings": 0.5,
        "set_cousins": 0,
        "qualifier_similarity": 1,
    }
    assert {name: frank.get(name, 0) for name in VECTOR_FEATURES} == {
        "similarity": 0.8,
        "similarity_gap": 0,
        "definition": 0,
        "definition_gap": -0.36,
        "set_similarity": 1,
        "set_near": -0.1,
        "set_siblings": 0,
        "set_cousins": 1.5,
        "qualifier_similarity": 0,
    }


def test_names_are_compared_with_their_own_vectors_only() -> None:
    dog, frank = candidate(toy.DOG, "dog"), candidate(toy.FRANK, "dog", position=4)
    both = name_features(LEXICON, [Asked([dog, frank]), Asked([frank])], SetContext())
    two, one = of_one_name((0.6, 0.8), ((1, 0), (0, 1))), of_one_name((1, 0), ((0.28, 0.96),))
    parts = {
        name: np.concatenate([getattr(two, name), getattr(one, name)])
        for name in ("labels", "qualifiers", "candidates", "definitions", "near", "relatives")
    }
    add_vector_features(both, np.array([0, 0, 1]), NameVectors(**parts), SetContext())
    column = list(FEATURES).index
    assert both[:, column("similarity")].tolist() == pytest.approx([0.6, 0.8, 0.28])
    assert both[:, column("similarity_gap")].tolist() == pytest.approx([-0.2, 0, 0])
    assert both[:, column("definition_gap")].tolist() == [0, 0, 0]


def test_definitions_are_compared_where_the_dataset_gives_one() -> None:
    vectors = of_one_name((0.6, 0.8), ((1, 0), (0, 1)), definitions=((0.8, 0.6), (1, 0)))
    cranes = (candidate(toy.CRANE_BIRD, "crane"), candidate(toy.CRANE_MACHINE, "crane"))
    told = table(*cranes, vectors=vectors, is_described=True)
    assert [row["definition"] for row in told] == [0.96, 0.6]
    assert all("definition" not in row for row in table(*cranes, vectors=vectors))


def test_vector_columns_have_three_decimals() -> None:
    vectors = of_one_name((0.12345678, math.sqrt(1 - 0.12345678**2)), ((1, 0),))
    (row,) = table(candidate(toy.DOG, "dog"), vectors=vectors)
    assert row["similarity"] == 0.123
    assert row.keys() & {"set_similarity", "set_near", "qualifier_similarity"} == set()


def test_without_vectors_their_columns_are_zero() -> None:
    (row,) = table(
        candidate(toy.DOG, "dog"), context=SetContext(centroid=np.ones(2, dtype=np.float32))
    )
    assert row.keys() & set(VECTOR_FEATURES) == set()


def test_vector_features_are_features_and_say_so() -> None:
    marked = {name for name, meaning in FEATURES.items() if meaning.endswith("(vectors)")}
    assert marked == set(VECTOR_FEATURES)


def test_no_candidates_give_an_empty_table() -> None:
    assert table() == []


def test_genus_of_the_definition_lies_above_or_does_not() -> None:
    genus = frozenset({LEXICON.index[toy.BIRD], LEXICON.index[toy.CRANE_BIRD]})
    cranes = (candidate(toy.CRANE_BIRD, "crane"), candidate(toy.CRANE_MACHINE, "crane"))
    bird, machine = table(*cranes, is_described=True, genus=genus)
    assert (bird["described"], bird["genus_above"], bird.get("genus_off")) == (1, 1, None)
    assert (machine["described"], machine.get("genus_above"), machine["genus_off"]) == (1, None, 1)
    # what the noun may mean is no kind of itself
    (alone,) = table(cranes[0], is_described=True, genus=frozenset({LEXICON.index[toy.CRANE_BIRD]}))
    assert alone["genus_off"] == 1
    for row in table(*cranes, is_described=True):  # a definition without a noun that is known
        assert row["described"] == 1
        assert not row.keys() & {"genus_above", "genus_off"}
    assert not table(*cranes)[0].keys() & {"described", "genus_above", "genus_off"}
