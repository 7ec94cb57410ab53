"""Whole label sets on the toy lexicon, with sentence vectors given by hand."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys import forks
from labelsys.forks import map_forked
from labelsys.ids import ROOT, Curie
from labelsys.match.evidence import Evidence
from labelsys.match.label_set import SetMatcher
from labelsys.match.lexicon import Lexicon
from labelsys.match.name_ends import NameEnds
from labelsys.match.neighbours import Near, Neighbourhood, pool_of
from labelsys.match.places import Clues, find_places
from labelsys.model import Concept, Edge
from tests import lexicon_toy as toy
from tests.unit.test_match_set_matcher import (
    BIRDS,
    LEXICON,
    NAMES,
    PLACES,
    guesses,
    place,
    places,
    ranker,
)
from tests.vectors_toy import concept_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labelsys.match.rank import Ranker

EAST, NORTH, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
# Where more than six tenths of the nearest concepts lie right below, a place is likelier than none.
NEAR = ranker("places", votes_below=20.0, nothing=-12.0)


def with_vectors(
    texts: Mapping[str, tuple[float, ...]], names: Ranker = NAMES, places: Ranker = NEAR
) -> SetMatcher:
    """Dogs lie east, the crane that lifts north, and all other things up."""
    concepts: dict[str, tuple[float, ...]] = dict.fromkeys(
        [toy.BEAGLE, toy.POODLE, toy.BULLDOG], EAST
    )
    vectors = concept_vectors(LEXICON, {**concepts, toy.CRANE_MACHINE: NORTH}, texts, others=UP)
    return SetMatcher(LEXICON, Evidence(), vectors, rankers=(names, places))


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
    own = with_vectors({"zyx": EAST}, places=ranker("places", votes_below=2.0, nothing=-1.0))
    match = own.match(toy.label_set("x1", "zyx"))[0]
    assert place(match) == ("neighbours", "broader", toy.DOG)
    # Three dogs have a third of the votes each, and nothing else has any: the dog weighs e, each
    # of the other places 1/e, none of them 1. The three dogs lie under the dog.
    clues = Clues(words=("zyx",), near=own_nearest(EAST))
    n = len(find_places(LEXICON, [clues], NameEnds(LEXICON)).concepts)
    total = math.e + (n - 1) / math.e + 1
    assert match.confidence == pytest.approx((math.e + 3 / math.e) / total, abs=2e-3)
    assert match.reason == "its nearest concepts and names like it lie here"


def own_nearest(direction: tuple[float, ...]) -> Near:
    """Return the neighbours that `with_vectors` gives a label that lies there."""
    pool = pool_of(LEXICON, [])
    dogs = {LEXICON.index[id_] for id_ in (toy.BEAGLE, toy.POODLE, toy.BULLDOG)}
    crane = LEXICON.index[toy.CRANE_MACHINE]
    rows = [EAST if i in dogs else NORTH if i == crane else UP for i in pool.tolist()]
    queries = np.array([direction], dtype=np.float32)
    return Neighbourhood(pool, np.array(rows, dtype=np.float32)).nearest(queries)[0]


def test_neighbours_that_do_not_agree_say_nothing() -> None:
    match = with_vectors({"zyx": (1.0, 1.0, 0.9)}).match(toy.label_set("x1", "zyx"))[0]
    assert place(match)[:2] == ("none", None)
    assert all(guess.score < 0.15 for guess in match.guesses)


def test_close_place_is_preferred() -> None:
    heads = ranker("places", head=30.0, head_similarity=5.0, nothing=-30.0)
    own = with_vectors({"big crane": (0.0, 0.8, 0.6)}, places=heads)
    match = own.match(toy.label_set("x1", "big crane"))[0]
    assert place(match) == ("head", "broader", toy.CRANE_MACHINE)
    # machine 0.8, bird 0.6, none
    assert match.confidence == pytest.approx(1 / (1 + math.exp(-1) + 1), abs=3e-3)


def test_placed_labels_of_other_sets_vote_for_where_they_lie() -> None:
    vectors = {"zyx": (0.6, 0.8, 0.0), "Snoopy": (0.6, 0.8, 0.0)}
    own = with_vectors(vectors, places=ranker("places", voted=20.0, nothing=-12.0))
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


def test_parent_and_neighbours_are_weighed_together_and_the_theme_comes_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("labelsys.match.label_set.step_down", lambda found, *_: found)
    zyx: dict[str, object] = {"name": "zyx", "parent": "Bird"}
    labels = toy.label_set("x1", zyx, title="Animals")

    def placed(ranker: Ranker) -> tuple[str, str | None, Curie | None]:
        # closest to the dogs, and not too far from all animals for these to be the theme
        texts = {"zyx": (0.9, 0.0, 0.4), "bird": UP}
        own = with_vectors(texts, places=ranker)
        return place(own.match(labels)[0])

    assert placed(PLACES) == ("parent", "broader", toy.BIRD)
    assert placed(NEAR) == ("neighbours", "broader", toy.DOG)
    assert placed(places(head=1)) == ("theme", "broader", toy.ANIMAL)


def test_neighbours_lie_within_the_theme() -> None:
    own = with_vectors({"zyx": EAST})
    match = own.match(toy.label_set("x1", *BIRDS, "zyx"))[-1]
    assert place(match) == ("neighbours", "broader", toy.BIRD)  # and not among the dogs


def test_answers_do_not_depend_on_what_was_matched_before() -> None:
    # A thousand concepts where people put classes (acts, which no picture shows) east, and a few
    # things north: while nobody gave anything, neighbours are things; then they are acts.
    chain = [ROOT, *(Curie("wn30", f"{n:08d}-n") for n in (3001, 3002, 3003))]
    concepts = [Concept(id=id_, pref_label="top", gloss=id_) for id_ in chain]
    edges = [Edge(low, high) for high, low in pairwise(chain)]
    acts_at, things_at = (Curie("wn30", f"{n:08d}-n") for n in (1, 2))  # at depth four
    for n in range(1, 1011):
        parent = chain[-1] if n in (1, 2) else acts_at if n % 2 else things_at
        lexname = "noun.act" if n % 2 else "noun.artifact"
        id_ = Curie("wn30", f"{n:08d}-n")
        concepts.append(Concept(id=id_, pref_label="x", gloss=f"number {n}", lexname=lexname))
        edges.append(Edge(id_, parent))
    more = [Curie("wn30", f"{n:08d}-n") for n in range(2001, 2601)]
    for id_ in more:
        concepts.append(Concept(id=id_, pref_label="x", gloss=id_, lexname="noun.act"))
        edges.append(Edge(id_, acts_at))
    lexicon = Lexicon(concepts, edges)
    acts = [c.id for c in concepts if c.lexname == "noun.act"]
    assert len(acts) > 1000
    vectors = concept_vectors(lexicon, {}, {"zyx": EAST}, others=EAST)
    evidence = Evidence()
    used, zyx = (
        SetMatcher(lexicon, evidence, vectors, rankers=(NAMES, NEAR)),
        toy.label_set("x1", "zyx"),
    )
    before = used.match(zyx)[0]
    assert lexicon.concepts[before.guesses[0].concept].id == things_at
    given = [{"name": "x", "wnid": f"n{id_.local_id[:8]}"} for id_ in acts]
    evidence.add(toy.label_set("e", *given).labels, lexicon)
    fresh = SetMatcher(lexicon, evidence, vectors, rankers=(NAMES, NEAR))
    assert used.match(zyx) == fresh.match(zyx)
    assert lexicon.concepts[used.match(zyx)[0].guesses[0].concept].id == acts_at


def test_labels_are_placed_alike_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"zyx": EAST, "big crane": (0.0, 0.8, 0.6), "old dog": (0.6, 0.8, 0.0)}
    texts |= {"wqx": (1.0, 1.0, 0.9), "red board": UP, "new church": NORTH}
    names = toy.label_set("x1", *texts)
    matches = with_vectors(texts).match(names)
    assert {match.relation for match in matches} == {"broader", None}
    for size in (1, 2, 3):
        monkeypatch.setattr("labelsys.match.label_set._BLOCK", size)
        assert with_vectors(texts).match(names) == matches


def test_names_that_the_encoder_cannot_read_are_matched_as_without_one() -> None:
    # What it makes of them lies among the dogs, and must not count.
    texts = dict.fromkeys(["鹤", "大汽车", "鑫"], EAST)
    read = with_vectors(texts)
    vectors = concept_vectors(LEXICON, {toy.BEAGLE: EAST}, texts, others=UP)
    vectors.embedder.spec = replace(vectors.embedder.spec, name="minilm")
    latin_only = SetMatcher(LEXICON, Evidence(), vectors, rankers=(NAMES, NEAR))
    names = toy.label_set("x1", *texts)
    assert read.match(names)[2].relation == "broader"
    crane, car, unknown = latin_only.match(names)
    plain = SetMatcher(LEXICON, Evidence(), rankers=(NAMES, NEAR)).match(names)
    assert (crane, car, unknown) == plain
    assert guesses(crane)[0][0] == toy.CRANE_BIRD
    assert crane.similarity is None
    assert unknown.relation is None


def test_places_found_by_several_processes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("beagle mix", "zyx", "poodle cross", "qwx", "running dog", "old dog", "vw")
    texts = {name: (EAST, NORTH, UP)[i % 3] for i, name in enumerate(names)}
    monkeypatch.setattr("labelsys.match.label_set._BLOCK", 2)
    asked: list[int] = []

    def counted(work: Callable[..., object], parts: Sequence[object]) -> list[object]:
        asked.append(len(parts))
        return map_forked(work, parts)

    monkeypatch.setattr("labelsys.match.label_set.map_forked", counted)
    found = []
    for cores in (1, 3):
        monkeypatch.setattr(forks, "_cores", lambda n=cores: n)
        monkeypatch.setattr(threading, "active_count", lambda: 1)
        found.append(with_vectors(texts).match(toy.label_set("x1", *names)))
    assert found[0] == found[1]
    # Candidates of all; then places of those that the encoder reads, and of the others.
    assert asked == [4, 4, 0, 4, 4, 0]
    assert sum(match.relation == "broader" for match in found[0]) >= 3
