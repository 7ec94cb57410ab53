"""The tagger of visual concepts: its views, its bounds, and its test set."""

from __future__ import annotations

import numpy as np
import pytest

from labelsys.benchmark.visual import read_gold
from labelsys.errors import ConfigError
from labelsys.tag.train import bounds, fit_logistic, read_development
from labelsys.tag.visual import load_model


def test_no_concept_of_the_test_set_is_learnt_from() -> None:
    gold, known = {row.id for row in read_gold()}, {row.id for row in read_development()}
    assert len(gold) >= 1200
    assert not gold & known


def test_bounds_hold_the_precision_and_take_ties_together() -> None:
    p = np.array([0.9, 0.8, 0.8, 0.2, 0.1])
    right = np.array([True, True, False, False, False])
    assert bounds(p, right, 1.0) == pytest.approx((0.2, 0.9))


def test_fit_parts_what_can_be_parted() -> None:
    columns = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    weights, offset = fit_logistic(columns, np.array([False, False, True, True]), 0.1)
    assert weights[0] > 0
    assert offset == pytest.approx(0.0, abs=1e-6)


def test_encoder_without_a_tagger_names_those_that_have_one() -> None:
    with pytest.raises(ConfigError, match=r"'other'.*minilm.*tag train --encoder other"):
        load_model("other")
