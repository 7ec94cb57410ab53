"""Whole label sets on the toy lexicon, with sentence vectors given by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from labelsys.ids import ROOT, Curie
from labelsys.match.evidence import Evidence
from labelsys.match.label_set import SetMatcher
from labelsys.match.lexicon import Lexicon
from labelsys.match.neighbours import load_neighbour_model
from labelsys.model import Concept, Edge
from tests import lexicon_toy as toy
from tests.unit.test_match_set_matcher import (
    BIRDS,
    HEADS,
    LEXICON,
    NAMES,
    guesses,
    place,
    ranker,
)
from tests.vectors_toy import concept_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.match.rank import Ranker

EAST, NORTH, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def with_vectors(
    texts: Mapping[str, tuple[float, ...]], names: Ranker = NAMES, heads: Ranker = HEADS
) -> SetMatcher:
    """Dogs lie east, the crane that lifts north, and all other things up."""
    concepts: dict[str, tuple[float, ...]] = dict.fromkeys(
        [toy.BEAGLE, toy.POODLE, toy.BULLDOG], EAST
    )
    vectors = concept_vectors(LEXICON, {**concepts, toy.CRANE_MACHINE: NORTH}, texts, others=UP)
    return SetMatcher(LEXICON, Evidence(), vectors, rankers=(names, heads))


def test_similar_meaning_is_chosen_and_said() -> None:
    own = with_vectors({"crane": (0.0, 0.8, 0.6)}, names=ranker(similarity=5.0))
    match = own.match(toy.label_set("x1", "crane"))[0]
    assert guesses(match)[0][0] == toy.CRANE_MACHINE
    assert match.similarity == 0.8
    # machine 0.8, bird and writer 0.6
    total = math.exp(4) + 2 * math.exp(3) + 1
    assert match.confidence == pytest.approx(math.exp(4) / total, abs=2e-3)


def test_description_is_part_of_what_is_encoded() -> None:
    own = with_vectors({"crane: on a building site": NORTH}, names=ranker(similarity=5.0))
    label: dict[str, object] = {"name": "crane", "description": "on a building site"}
    match = own.match(toy.label_set("x1", label))[0]
    assert guesses(match)[0][0] == toy.CRANE_MACHINE


def test_qualifier_has_a_vector_of_its_own() -> None:
    own = with_vectors(
        {"Crane (Lifting)": UP, "lifting": NORTH}, names=ranker(qualifier_similarity=5.0)
    )
    match = own.match(toy.label_set("x1", "Crane_(Lifting)"))[0]
    assert guesses(match)[0][0] == toy.CRANE_MACHINE


def test_nearest_concepts_place_a_label_without_a_name() -> None:
    match = with_vectors({"zyx": EAST}).match(toy.label_set("x1", "zyx"))[0]
    assert place(match) == ("neighbours", "broader", toy.DOG)
    # three dogs weigh 1, the nine others e^-10 each: all but 0.0001
    depth = int(LEXICON.depth[LEXICON.index[toy.DOG]])
    assert match.confidence == pytest.approx(
        load_neighbour_model().chance_right(depth, 1.0, 1.0), abs=2e-3
    )
    assert match.reason == "100% of its nearest concepts lie here"


def test_neighbours_that_do_not_agree_say_nothing_specific() -> None:
    match = with_vectors({"zyx": (1.0, 1.0, 0.9)}).match(toy.label_set("x1", "zyx"))[0]
    # what they agree on, if anything, is too general for a place
    assert all(LEXICON.depth[guess.concept] <= 3 for guess in match.guesses)


def test_placed_labels_of_other_sets_vote_for_where_they_lie() -> None:
    own = with_vectors({"zyx": (0.6, 0.8, 0.0), "Snoopy": (0.6, 0.8, 0.0)})
    zyx = toy.label_set("x1", "zyx")
    assert place(own.match(zyx)[0])[2] != toy.DACHSHUND
    for _ in range(12):
        own.evidence.anchor("Snoopy", LEXICON.index[toy.DACHSHUND], 0.99, LEXICON)
    assert place(own.match(zyx)[0]) == ("neighbours", "broader", toy.DACHSHUND)


def test_names_that_share_a_word_are_placed_together() -> None:
    vectors = {"ford a": EAST, "ford b": EAST, "ford c": EAST, "ford d": (0.8, 0.6, 0.0)}
    labels = toy.label_set("x1", *vectors)
    together = with_vectors(vectors).match(labels)
    alone = with_vectors(vectors).match(labels, independent=True)
    assert [place(match)[2] for match in together[:3]] == [toy.DOG] * 3
    assert together[3] != alone[3]
    two = toy.label_set("x1", "ford a", "ford d")  # too few to speak for each other
    assert with_vectors(vectors).match(two) == with_vectors(vectors).match(two, independent=True)


def test_parent_goes_before_neighbours_and_neighbours_before_theme() -> None:
    own = with_vectors({"zyx": EAST, "yxz": (1.0, 1.0, 0.9), "bird": UP})
    zyx: dict[str, object] = {"name": "zyx", "parent": "Bird"}
    found = own.match(toy.label_set("x1", zyx, "zyx", title="Animals"))
    assert [m.strategy for m in found] == ["parent", "neighbours"]


def test_neighbours_lie_within_the_theme() -> None:
    own = with_vectors({"zyx": EAST})
    match = own.match(toy.label_set("x1", *BIRDS, "zyx"))[-1]
    assert place(match)[2] == toy.BIRD  # and not among the dogs


def test_answers_do_not_depend_on_what_was_matched_before() -> None:
    # A thousand concepts where people put classes (acts, which no picture shows) east, and a few
    # things north: while nobody gave anything, neighbours are things; then they are acts.
    concepts = [Concept(id=ROOT, pref_label="entity", gloss="root")]
    edges = []
    for n in range(1, 1011):
        parent = ROOT if n in (1, 2) else concepts[1 if n % 2 else 2].id
        lexname = "noun.act" if n % 2 else "noun.artifact"
        id_ = Curie("wn30", f"{n:08d}-n")
        concepts.append(Concept(id=id_, pref_label="x", gloss=f"number {n}", lexname=lexname))
        edges.append(Edge(id_, parent))
    more = [Curie("wn30", f"{n:08d}-n") for n in range(2001, 2601)]
    for id_ in more:
        concepts.append(Concept(id=id_, pref_label="x", gloss=id_, lexname="noun.act"))
        edges.append(Edge(id_, concepts[1].id))
    lexicon = Lexicon(concepts, edges)
    acts = [c.id for c in concepts if c.lexname == "noun.act"]
    assert len(acts) > 1000
    vectors = concept_vectors(lexicon, {}, {"zyx": EAST}, others=EAST)
    evidence = Evidence()
    used, zyx = (
        SetMatcher(lexicon, evidence, vectors, rankers=(NAMES, HEADS)),
        toy.label_set("x1", "zyx"),
    )
    before = used.match(zyx)[0]
    assert lexicon.concepts[before.guesses[0].concept].id == concepts[2].id
    given = [{"name": "x", "wnid": f"n{id_.local_id[:8]}"} for id_ in acts]
    evidence.add(toy.label_set("e", *given).labels, lexicon)
    fresh = SetMatcher(lexicon, evidence, vectors, rankers=(NAMES, HEADS))
    assert used.match(zyx) == fresh.match(zyx)
    assert lexicon.concepts[used.match(zyx)[0].guesses[0].concept].id == concepts[1].id
