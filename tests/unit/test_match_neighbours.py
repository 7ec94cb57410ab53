"""Nearest concepts, among which they are sought, and what their votes count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.ids import ROOT
from labelsys.match.lexicon import LEXNAMES
from labelsys.match.neighbours import (
    NO_NEIGHBOURS,
    Near,
    Neighbourhood,
    PooledNear,
    mean_of,
    pool_of,
)
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()


def at(id_: str) -> int:
    return LEXICON.index[id_]


def directions(*degrees: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    angle = np.radians(np.array(degrees))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def neighbourhood(pool: list[int], *degrees: float) -> Neighbourhood:
    return Neighbourhood(np.array(pool, dtype=np.int64), directions(*degrees))


def test_nearest_come_first_with_weights_that_add_up() -> None:
    near = neighbourhood([3, 5, 8], 60, 0, 90).nearest(directions(0))
    # cosines 1, 0.5 and 0: weights e^0, e^-5 and e^-10
    total = 1 + math.exp(-5) + math.exp(-10)
    expected = ((5, 1 / total), (3, math.exp(-5) / total), (8, math.exp(-10) / total))
    assert near == [Near(tuple((concept, round(weight, 4)) for concept, weight in expected), 1.0)]


def test_ties_go_to_the_lower_concept() -> None:
    near = neighbourhood([2, 4, 6, 7], 30, -30, 30, 90).nearest(directions(0))
    assert [concept for concept, _ in near[0].votes] == [2, 4, 6, 7]
    assert [weight for _, weight in near[0].votes[:3]] == [0.3333, 0.3333, 0.3333]


def test_cosines_that_differ_in_the_last_bits_are_ties() -> None:
    near = neighbourhood([2, 4], 30.001, 30).nearest(directions(0))
    assert [concept for concept, _ in near[0].votes] == [2, 4]


def test_twelve_at_most_and_of_ties_at_the_end_the_lowest() -> None:
    pool = list(range(0, 40, 2))
    near = neighbourhood(pool, *([45] * 19), 0).nearest(directions(0))[0].votes
    assert [concept for concept, _ in near] == [38, *range(0, 22, 2)]


def test_concept_that_is_there_twice_has_two_votes() -> None:
    votes, nearest = neighbourhood([3, 5, 5], 0, 0, 0).nearest(directions(0))[0]
    assert dict(votes) == {3: 0.3333, 5: 0.6666}
    assert nearest == 1.0


def test_only_concepts_within_count() -> None:
    within = np.zeros(10, dtype=bool)
    within[[3, 8]] = True
    votes, nearest = neighbourhood([3, 5, 8], 60, 0, 90).nearest(directions(0), within)[0]
    assert nearest == 0.5
    assert [concept for concept, _ in votes] == [3, 8]
    assert sum(weight for _, weight in votes) == pytest.approx(1.0, abs=2e-4)
    nowhere = np.zeros(10, dtype=bool)
    assert neighbourhood([3], 0).nearest(directions(0, 90), nowhere) == [Near(), Near()]


def test_no_queries_no_answers() -> None:
    assert neighbourhood([3], 0).nearest(directions()) == []


def test_more_queries_than_one_block_are_each_answered() -> None:
    pool = neighbourhood([3, 5], 0, 90)
    queries = directions(*([0, 90] * 1500))
    firsts = [near.votes[0][0] for near in pool.nearest(queries)]
    assert firsts == [3, 5] * 1500


@given(st.lists(st.integers(0, 359), min_size=1, max_size=30), st.integers(0, 359))
def test_answers_are_those_of_sorting_everything(degrees: list[int], query: int) -> None:
    pool = [3 * n + 1 for n in range(len(degrees))]
    found, nearest = neighbourhood(pool, *degrees).nearest(directions(query))[0]
    cosines = np.round(directions(query) @ directions(*degrees).T, 3)[0]
    ranked = sorted(zip(-cosines, pool, strict=True))[:12]
    assert [concept for concept, _ in found] == [concept for _, concept in ranked]
    assert nearest == pytest.approx(-ranked[0][0], abs=1e-6)
    weights = np.exp([-(score - ranked[0][0]) / 0.1 for score, _ in ranked])
    assert [w for _, w in found] == pytest.approx(list(weights / weights.sum()), abs=1e-4)


def test_votes_count_by_what_the_set_is_about() -> None:
    # voters: dog, bat, goose (animals), car (an artifact); the set: one animal in twelve
    pool = [at(id_) for id_ in (toy.DOG, toy.BAT, toy.GOOSE, toy.CAR)]
    animal, artifact, food = (LEXNAMES.index(f"noun.{w}") for w in ("animal", "artifact", "food"))
    prior = neighbourhood(pool, 0, 0, 0, 0).prior(LEXICON, {animal: 1 / 12, artifact: 11 / 12})
    assert prior is not None
    assert prior.shape == (len(LEXICON),)
    assert prior[at(toy.BEAGLE)] == prior[at(toy.DOG)] == 0.333  # root of (1/12) / (3/4)
    assert prior[at(toy.CAR)] == 1.915  # root of (11/12) / (1/4)
    assert prior[at(toy.FRANK)] == 1.0  # no food votes
    # from a fifth to five, whatever the shares say
    prior = neighbourhood(pool, 0, 0, 0, 0).prior(LEXICON, {food: 1.0})
    assert prior is not None
    assert prior[at(toy.DOG)] == 0.2
    many = neighbourhood([at(toy.DOG)] * 99 + [at(toy.CAR)], *([0] * 100))
    prior = many.prior(LEXICON, {artifact: 1.0})
    assert prior is not None
    assert prior[at(toy.CAR)] == 5.0
    assert neighbourhood(pool, 0, 0, 0, 0).prior(LEXICON, {}) is None


def test_vote_that_counts_less_weighs_less() -> None:
    prior = np.array([1.0, 3.0, 1.0, 1.0])
    votes, nearest = neighbourhood([1, 2], 0, 0).nearest(directions(0), prior=prior)[0]
    assert (votes, nearest) == (((1, 0.75), (2, 0.25)), 1.0)


def test_few_given_concepts_leave_every_class_that_can_be_seen() -> None:
    pool = {LEXICON.concepts[i].id for i in pool_of(LEXICON, [at(toy.DOG)])}
    assert {toy.DOG, toy.CRANE_MACHINE, toy.POPPY, toy.CALF_OF_LEG, toy.PHYSICIST} <= pool
    assert not pool & {toy.EINSTEIN, toy.CRANE_WRITER}  # single things
    assert not pool & {toy.FIELD, toy.ANIMAL, ROOT}  # a location, and what is too general
    assert not pool & {toy.WATER_DOG, toy.COMPUTER_WORM}  # not WordNet's


def test_a_thousand_given_concepts_are_the_pool() -> None:
    assert pool_of(LEXICON, range(1999, 999, -1)).tolist() == list(range(1000, 2000))
    assert len(pool_of(LEXICON, range(999))) < 51


def test_nobody_near_votes_for_nothing() -> None:
    assert NO_NEIGHBOURS == Near() == Near((), 0.0)


def test_mean_of_neighbours_weighs_each_label_alike() -> None:
    one, two = Near(((3, 0.6), (5, 0.4)), 0.8), Near(((5, 1.0),), 0.3)
    assert mean_of([one, two]) == Near(((5, 0.7), (3, 0.3)), 0.55)
    assert mean_of([one, Near()]) == Near(((3, 0.6), (5, 0.4)), 0.4)
    assert mean_of([]) == Near()


def test_mean_keeps_two_dozen_concepts_the_heaviest_then_the_lowest() -> None:
    many = Near((*tuple((c, 0.03) for c in range(33, 0, -1)), (200, 0.04)), 0.5)
    votes, _ = mean_of([many])
    assert [concept for concept, _ in votes] == [200, *range(1, 24)]
    assert sum(weight for _, weight in votes) == pytest.approx(1.0, abs=1e-4)


def test_names_that_share_a_word_vote_together() -> None:
    near = [Near(((c, 1.0),), c / 10) for c in (1, 2, 3, 4)]
    names = [["ford", "fiesta"], ["ford", "escort"], ["ford", "t"], ["fiat", "panda"]]
    found = PooledNear(near, names).of(slice(None))
    # own vote, and a vote for what all three Fords say, a third each
    assert dict(found[0].votes) == pytest.approx({1: 4 / 6, 2: 1 / 6, 3: 1 / 6}, abs=1e-5)
    assert found[0].nearest == pytest.approx((0.1 + 0.2) / 2)
    assert found[3] == near[3]


def test_two_names_are_no_group_and_single_words_have_none() -> None:
    near = [Near(((c, 1.0),), 0.5) for c in (1, 2, 3, 4, 5)]
    names = [["ford", "fiesta"], ["ford", "escort"], ["ford"], [], ["my", "ford"]]
    assert PooledNear(near, names).of(slice(None)) == near


def test_last_word_groups_names_as_the_first_one_does() -> None:
    near = [Near(((c, 1.0),), 0.5) for c in (1, 2, 3)]
    names = [["red", "ale"], ["pale", "ale"], ["dark", "ale"]]
    votes = dict(PooledNear(near, names).of(slice(None))[0].votes)
    assert votes == pytest.approx({1: 4 / 6, 2: 1 / 6, 3: 1 / 6}, abs=1e-5)
