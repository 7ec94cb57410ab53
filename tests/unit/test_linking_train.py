"""How items are dealt into folds, what is learnt, and what probabilities are worth."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.model import Name
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking.train import deal, fit_knots, lowest_accepted


def item(qid: str, label: str) -> Item:
    return Item(qid, label, (Name(text=label, kind="pref"),))


def test_items_of_one_synset_or_one_label_are_in_one_fold() -> None:
    linked = [(item(f"Q{i}", f"name {i}"), frozenset({i})) for i in range(1, 400)]
    # A chain: 1000 and 1 share a synset, 1000 and 1001 a label, 1001 and 2 a synset.
    linked += [(item("Q1000", "Same"), frozenset({1})), (item("Q1001", "same"), frozenset({2}))]
    dealt = deal(linked, 5)
    assert dealt["Q1"] == dealt["Q1000"] == dealt["Q1001"] == dealt["Q2"]
    sizes = np.bincount(list(dealt.values()), minlength=5)
    assert sizes.min() > 50
    assert deal(list(reversed(linked)), 5) == dealt


def test_items_without_a_label_are_not_of_one_label() -> None:
    linked = [(item(f"Q{i}", ""), frozenset({i})) for i in range(1, 200)]
    assert len(set(deal(linked, 5).values())) == 5


def test_knots_rise_whatever_the_answers_were() -> None:
    stated = np.linspace(0, 1, 2_000)
    right = np.random.default_rng(3).random(2_000) < stated**2
    knots = fit_knots(stated, right)
    assert (np.diff(knots, axis=0) >= 0).all()
    assert knots[0].tolist() == [0, 0]
    assert knots[-1, 0] == 1
    worth = np.interp([0.3, 0.6, 0.9], *knots.T)
    assert worth == pytest.approx([0.09, 0.36, 0.81], abs=0.08)


def test_answers_that_get_worse_the_surer_they_are_are_pooled() -> None:
    stated = np.linspace(0, 1, 1_000)
    knots = fit_knots(stated, stated < 0.5)
    assert np.interp(0.5, *knots.T) == pytest.approx(0.5, abs=0.01)


def test_the_lowest_confidence_at_the_wanted_precision_is_found() -> None:
    stated = np.array([0.9, 0.8, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True, True])
    assert lowest_accepted(stated, right, 0.8) == 0.6  # four of five
    assert lowest_accepted(stated, right, 0.9) == 0.9
    assert lowest_accepted(stated, ~right, 0.9) == 1.0
    assert lowest_accepted(np.array([]), np.array([], dtype=bool), 0.9) == 1.0
