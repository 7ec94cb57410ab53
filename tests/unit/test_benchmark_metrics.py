"""Shares and precision by coverage, against figures worked out by hand."""

from __future__ import annotations

import pytest

from labelsys.benchmark.metrics import (
    coverage_at_precision,
    precision_at_coverage,
    share,
)


def test_share_has_wilsons_interval() -> None:
    # p = 0.8, n = 10, z^2 = 3.8415: middle 0.992073, root sqrt(0.016 + 0.0096037), scale 1.38415.
    found = share(8, 10)
    assert found.value == 0.8
    assert found.low == pytest.approx(0.49016, abs=1e-5)
    assert found.high == pytest.approx(0.94332, abs=1e-5)


def test_share_of_none_right_and_of_all_right_closes_at_the_end() -> None:
    # With nothing right the upper end is z^2 / (n + z^2).
    none, every = share(0, 20), share(20, 20)
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(3.841459 / 23.841459, abs=1e-6)
    assert every.low == pytest.approx(20 / 23.841459, abs=1e-6)


def test_share_of_nothing_is_none() -> None:
    found = share(0, 0)
    assert (found.value, found.low, found.high) == (None, None, None)


def test_precision_falls_as_less_sure_rows_come_in() -> None:
    confidences = (0.2, 0.9, 0.8, None)
    right = (False, True, True, False)
    points = precision_at_coverage(confidences, right, (0.25, 0.5, 0.75, 1.0))
    assert [p.precision for p in points] == [1.0, 1.0, 2 / 3, 0.5]
    assert [p.confidence for p in points] == [0.9, 0.8, 0.2, None]


def test_rows_of_one_confidence_count_by_their_mean() -> None:
    """Half of four equal rows, one of them wrong: any two of them are right 0.75 on average."""
    points = precision_at_coverage((0.9,) * 4, (True, True, True, False), (0.5,))
    assert [p.precision for p in points] == [0.75]


def test_precision_at_full_coverage_is_the_accuracy() -> None:
    right = (True, False, True, True, False)
    points = precision_at_coverage((0.4, 0.9, None, 0.4, 0.1), right)
    assert points[-1].coverage == 1.0
    assert points[-1].precision == pytest.approx(3 / 5)


def test_curve_of_no_rows_is_empty() -> None:
    assert precision_at_coverage((), ()) == ()


def test_coverage_is_the_largest_that_keeps_the_precision() -> None:
    # Precision from the top: 1/1, 1/2, 2/3, 3/4, 3/5: a dip on the way is no end.
    confidences = (0.9, 0.8, 0.7, 0.6, 0.5)
    right = (True, False, True, True, False)
    (high, low) = coverage_at_precision(confidences, right, (0.9, 0.75))
    assert (high.coverage, high.reached, high.confidence) == (0.2, 1.0, 0.9)
    assert (low.coverage, low.reached, low.confidence) == (0.8, 0.75, 0.6)


def test_a_threshold_cannot_part_rows_of_one_confidence() -> None:
    (point,) = coverage_at_precision((0.9, 0.9, 0.9), (True, True, False), (0.9,))
    assert (point.coverage, point.reached, point.confidence) == (0.0, None, None)


def test_rows_without_a_link_are_never_taken() -> None:
    (point,) = coverage_at_precision((None, 0.5), (True, True), (0.9,))
    assert point.coverage == 0.5
