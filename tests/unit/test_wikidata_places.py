"""Places of Wikidata classes: each strategy, the features, the choice, and the edges."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from labelsys.errors import ConfigError, MissingExtraError
from labelsys.match.name_ends import NameEnds
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking.clues import STRATEGIES, find_clues
from labelsys.source.wikidata.linking.genus import genus_meanings
from labelsys.source.wikidata.linking.head_word import head_phrases, load_parser, meanings
from labelsys.source.wikidata.linking.inheritance import iter_linked_above
from labelsys.source.wikidata.linking.last_word import iter_same_end
from labelsys.source.wikidata.linking.place_features import (
    FEATURES,
    find_candidates,
    place_features,
)
from labelsys.source.wikidata.linking.place_ranker import LOOKS, PlaceRanker, load_place_ranker
from labelsys.source.wikidata.linking.place_training import fit_logistic, read_judged_pairs
from labelsys.source.wikidata.linking.places import choose, find_places
from labelsys.source.wikidata.linking.points import AskedClass, gather
from labelsys.source.wikidata.linking.siblings import Siblings
from labelsys.source.wikidata.linking.surroundings import Surroundings
from labelsys.source.wikidata.pulled import Claim
from tests import lexicon_toy as toy
from tests.vectors_toy import concept_vectors

if TYPE_CHECKING:
    from pathlib import Path

LEXICON = toy.lexicon()
HOSTILE = (
    "",
    " ",
    "of",
    "of of of",
    "((",
    "()",
    "a" * 5000,
    "and or",
    "/",
    "type of ",
    "\u202edog",
)


def at(synset: str) -> int:
    return LEXICON.by_synset[synset]


def synsets(found: object) -> set[str | None]:
    assert isinstance(found, (list, tuple, set, dict))
    return {LEXICON.concepts[i].synset for i in found}


def surroundings(
    items: dict[str, Item], up: dict[str, list[str]], linked: dict[str, int]
) -> Surroundings:
    return Surroundings(
        lexicon=LEXICON,
        ends=NameEnds(LEXICON),
        items=items,
        up=up,
        linked=linked,
        siblings=Siblings(items, linked, LEXICON),
    )


# -- strategies ----------------------------------------------------------------------------


def test_the_nearest_linked_classes_are_met_first_and_hide_what_is_above_them() -> None:
    up = {"Q1": ["Q2", "Q3"], "Q2": ["Q4"], "Q3": ["Q5"], "Q4": ["Q6"], "Q5": ["Q6"]}
    found = list(iter_linked_above(["Q1"], up, {"Q2": 7, "Q6": 9}))
    assert found == [(7, 2, 0.25), (9, 4, 0.0625)]


def test_a_hidden_link_is_gone_through() -> None:
    up = {"Q1": ["Q2"], "Q2": ["Q3"]}
    assert list(iter_linked_above(["Q2"], up, {"Q2": 7, "Q3": 9}, hidden=7)) == [(9, 2, 0.5)]


def test_a_loop_of_superclasses_ends() -> None:
    assert list(iter_linked_above(["Q1"], {"Q1": ["Q2"], "Q2": ["Q1"]}, {})) == []


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("risk management tool", ("risk management tool",)),
        ("first-level district of Belize (historical)", ("first-level district",)),
        ("type of sport", ("sport",)),
        ("arts and crafts", ("arts", "crafts")),
        ("single entity, unlocated", ("single entity",)),
        ("municipality (Spain)", ("municipality",)),
    ],
)
def test_heads_are_told_by_rule(name: str, phrases: tuple[str, ...]) -> None:
    assert head_phrases(name) == phrases


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_no_crash(name: str) -> None:
    phrases = head_phrases(name)
    assert len(phrases) >= 1
    meanings(phrases, name, LEXICON)
    genus_meanings(name, LEXICON)


def test_a_head_means_its_senses_and_the_usual_one_weighs_most() -> None:
    found = {m.concept: m for m in meanings(("rescue dog",), "rescue dog", LEXICON)}
    assert synsets(found) == {"dog.n.01", "frank.n.01"}
    assert found[at("dog.n.01")].weight > found[at("frank.n.01")].weight
    assert found[at("dog.n.01")].is_first
    assert not any(m.is_whole for m in found.values())
    assert sum(m.weight for m in found.values()) == pytest.approx(1.0)


def test_a_name_that_is_a_lemma_is_told_apart() -> None:
    assert all(m.is_whole for m in meanings(("dog",), "dog", LEXICON))


def test_single_things_are_no_head() -> None:
    assert "crane.n.01" not in {
        LEXICON.concepts[m.concept].synset
        for m in meanings(("crane",), "crane", LEXICON)
        if LEXICON.is_instance[m.concept]
    }


def test_the_genus_is_the_first_noun_of_the_description() -> None:
    assert synsets({m.concept for m in genus_meanings("breed of dog from Portugal", LEXICON)}) == {
        "dog.n.01",
        "frank.n.01",
    }


def test_names_with_the_same_last_word_say_where_they_lie() -> None:
    found = dict(iter_same_end(["pastry board"], NameEnds(LEXICON)))
    assert synsets(found) == {"board.n.03"}


def test_siblings_say_where_they_lie_but_not_the_hidden_one() -> None:
    kind = (Claim("P31", "Q9"),)
    items = {q: Item(q, q, claims=kind) for q in ("Q1", "Q2", "Q3")}
    linked = {"Q2": at("beagle.n.01"), "Q3": at("car.n.01")}
    siblings = Siblings(items, linked, LEXICON)
    everyone = dict(siblings.iter_places(items["Q1"]))
    assert everyone == {at("dog.n.01"): 0.5, at("vehicle.n.01"): 0.5}
    assert dict(siblings.iter_places(items["Q1"], at("car.n.01"))) == {at("dog.n.01"): 1.0}


def test_points_of_a_class_weigh_one_and_leave_out_what_is_hidden() -> None:
    asked = [AskedClass("Q1", "a", hidden=5), AskedClass("Q2", "b")]
    points = gather([(0, 5, 9.0), (0, 3, 1.0), (0, 4, 3.0), (0, 3, 0.0)], asked)
    assert points.concepts.tolist() == [3, 4]
    assert points.weights.tolist() == [0.25, 0.75]
    assert points.spoken(2).tolist() == [True, False]


# -- spaCy ---------------------------------------------------------------------------------


@pytest.mark.extra("nlp")
def test_a_parser_finds_heads(tmp_path: Path) -> None:
    """A tiny pipeline, trained here to take the word before `of` for the head."""
    import spacy
    from spacy.training import Example

    pipeline = spacy.blank("en")
    parser: Any = pipeline.add_pipe("parser")
    for label in ("ROOT", "compound", "prep", "pobj"):
        parser.add_label(label)
    texts = [
        ("school board of Malta", [1, 1, 1, 2], ["compound", "ROOT", "prep", "pobj"]),
        ("dog house of Peru", [1, 1, 1, 2], ["compound", "ROOT", "prep", "pobj"]),
        ("police dog", [1, 1], ["compound", "ROOT"]),
    ]
    examples = [
        Example.from_dict(pipeline.make_doc(text), {"heads": heads, "deps": deps})
        for text, heads, deps in texts
    ]
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(60):
        pipeline.update(examples, sgd=optimizer)
    pipeline.to_disk(tmp_path / "tiny")
    parse = load_parser(str(tmp_path / "tiny"))
    assert parse("school board of Malta (former)") == ("school board",)
    assert parse("police dog") == ("police dog",)
    assert parse("") == ("",)


@pytest.mark.extra("nlp")
def test_a_pipeline_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match="no spaCy pipeline 'nowhere'"):
        load_parser("nowhere")


@pytest.mark.extra("nlp")
def test_a_pipeline_without_a_parser_is_told(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ConfigError, match="has no parser"):
        load_parser(str(tmp_path / "blank"))


def test_without_spacy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "spacy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "spacy", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsys\[nlp\]'"):
        load_parser("en_core_web_sm")


# -- all together --------------------------------------------------------------------------

ITEMS = {
    "Q1": Item("Q1", "rescue dog", description="dog that finds people"),
    "Q2": Item("Q2", "dog", claims=(Claim("P31", "Q9"),)),
    "Q3": Item("Q3", "alpine rescue dog", description="kind of dog"),
    "Q4": Item("Q4", "xyzzy"),
}
UP = {"Q1": ["Q2"], "Q3": ["Q1"]}
AROUND = surroundings(ITEMS, UP, {"Q2": LEXICON.by_synset["dog.n.01"]})
ASKED = [
    AskedClass("Q1", "rescue dog", (), "dog that finds people"),
    AskedClass("Q3", "alpine rescue dog", (), "kind of dog"),
    AskedClass("Q4", "xyzzy"),
]


def test_candidates_are_the_points_and_all_above_them() -> None:
    clues = find_clues(ASKED, AROUND)
    found = find_candidates(ASKED, clues, LEXICON)
    first = set(found.concepts[found.classes == 0].tolist())
    assert first >= LEXICON.ancestors(at("dog.n.01")) | LEXICON.ancestors(at("frank.n.01"))
    assert 2 not in found.classes


def test_features_say_which_strategies_speak() -> None:
    clues = find_clues(ASKED, AROUND)
    found = find_candidates(ASKED, clues, LEXICON)
    table = place_features(ASKED, clues, found, LEXICON)
    assert table.shape == (len(found.concepts), len(FEATURES))
    assert np.isfinite(table).all()
    names = list(FEATURES)

    def value(concept: str, name: str, owner: int = 0) -> float:
        row = np.flatnonzero((found.classes == owner) & (found.concepts == at(concept)))
        return float(table[row[0], names.index(name)])

    assert value("dog.n.01", "subclass") == 1.0
    assert value("frank.n.01", "subclass_off") == 1.0
    assert value("dog.n.01", "near") == 1.0
    assert value("dog.n.01", "near", 1) == 0.5
    assert value("animal.n.01", "head") == value("dog.n.01", "head")
    assert value("animal.n.01", "head_at") == 0.0
    assert value("entity.n.01", "head") == pytest.approx(1.0)
    assert value("dog.n.01", "levels") == 0.0
    assert value("entity.n.01", "levels") > 0.0
    assert value("dog.n.01", "similarity") == 0.0


def test_similarity_speaks_only_with_vectors_and_of_what_others_say() -> None:
    assert not len(find_clues(ASKED, AROUND).points["similarity"].classes)
    texts = [f"{one.label}: {one.description}" for one in ASKED[:2]] + ["xyzzy"]
    vectors = concept_vectors(LEXICON, {}, dict.fromkeys(texts, (1.0, 0.0)), others=(0.6, 0.8))
    with_vectors = AROUND._replace(vectors=vectors)
    points = find_clues(ASKED, with_vectors).points
    told = {
        pair
        for name, each in points.items()
        if name != "similarity"
        for pair in zip(each.classes.tolist(), each.concepts.tolist(), strict=True)
    }
    own = points["similarity"]
    assert set(zip(own.classes.tolist(), own.concepts.tolist(), strict=True)) == told


def test_the_hidden_concept_is_no_candidate() -> None:
    asked = [ASKED[0]._replace(hidden=at("dog.n.01"))]
    found = find_candidates(asked, find_clues(asked, AROUND), LEXICON)
    assert at("dog.n.01") not in found.concepts
    assert at("frank.n.01") in found.concepts


def test_a_class_lies_under_what_all_strategies_say() -> None:
    places = find_places(ASKED, AROUND)
    for qid in ("Q1", "Q3"):
        place = places.find(qid)
        assert place is not None
        assert place.concept in LEXICON.ancestors(at("dog.n.01"))
        assert set(place.strategies) <= STRATEGIES.keys()
        assert 0.0 < place.confidence <= 1.0
    assert places.find("Q4") is None


def test_the_deepest_sure_candidate_is_chosen_else_a_likely_deep_one() -> None:
    clues = find_clues(ASKED[:1], AROUND)
    found = find_candidates(ASKED[:1], clues, LEXICON)
    likely = np.array(
        [0.95 if c in LEXICON.ancestors(at("mammal.n.01")) else 0.1 for c in found.concepts]
    )
    _, (row,) = choose(found, likely, LEXICON, sure=0.9, likely=0.6)
    assert found.concepts[row] == at("mammal.n.01")
    shallow = np.where(LEXICON.depth[found.concepts] < 3, 0.95, 0.1)
    shallow[found.concepts == at("dog.n.01")] = 0.7
    _, (row,) = choose(found, shallow, LEXICON, sure=0.9, likely=0.6)
    assert found.concepts[row] == at("dog.n.01")
    _, (row,) = choose(found, shallow, LEXICON, sure=0.9, likely=0.8)
    assert LEXICON.depth[found.concepts[row]] == 2


def test_what_is_above_a_candidate_is_as_likely() -> None:
    clues = find_clues(ASKED[:1], AROUND)
    found = find_candidates(ASKED[:1], clues, LEXICON)
    table = place_features(ASKED[:1], clues, found, LEXICON)
    weights = np.zeros(len(FEATURES))
    weights[list(FEATURES).index("depth")] = 10.0  # the deeper, the likelier
    seen = PlaceRanker(name="x", weights=weights).probabilities(table, found, LEXICON)
    for row, concept in enumerate(found.concepts.tolist()):
        below = [
            r for r, c in enumerate(found.concepts.tolist()) if concept in LEXICON.ancestors(c)
        ]
        assert seen[row] == max(seen[below])


# -- what ships ----------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS)
def test_the_shipped_rankers_fit_the_features(look: str) -> None:
    ranker = load_place_ranker(look)
    assert len(ranker.weights) == len(FEATURES)
    assert np.isfinite(ranker.weights).all()
    if look == "first":  # nothing was known of parents
        assert ranker.weights[list(FEATURES).index("parent")] == 0.0


def test_judged_pairs_have_a_verdict() -> None:
    pairs = read_judged_pairs()
    assert len(pairs) > 600
    verdicts = [verdict for of_class in pairs.values() for verdict in of_class.values()]
    assert 0.4 < sum(verdicts) / len(verdicts) < 0.9


def test_a_logistic_fit_finds_the_odds() -> None:
    # Three of four are right where the feature is 1, one of four where it is 0.
    table = np.array([[1.0, 1.0]] * 4 + [[0.0, 1.0]] * 4)
    right = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=np.float64)
    weights = fit_logistic(table, right, np.ones(8), l2=1e-9)
    assert weights == pytest.approx([2 * np.log(3), -np.log(3)], abs=1e-3)
    held = fit_logistic(table, right, np.ones(8), l2=1e6, prior=np.array([0.5, 0.25]))
    assert held == pytest.approx([0.5, 0.25], abs=1e-3)
