"""Bins and calibration error, against figures worked out by hand or in a slower way."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from labelsys.benchmark.calibration import calibration_bins, calibration_error


def test_bins_have_equal_mass_and_the_least_sure_first() -> None:
    bins = calibration_bins((0.9, 0.1, 0.2, 0.8, 0.7), (True, False, True, True, False), bins=2)
    assert [b.n for b in bins] == [2, 3]
    assert [b.confidence for b in bins] == pytest.approx([0.15, 0.8])
    assert [b.right.count for b in bins] == [1, 2]


def test_few_rows_make_fewer_bins() -> None:
    assert [b.n for b in calibration_bins((0.1, 0.2, 0.3), (True, False, True))] == [3]
    assert calibration_bins((), ()) == ()


def test_squared_error_loses_the_variance_of_each_bin() -> None:
    # Bins of four: stated 0.3 and 0.9, right 1/4 and 2/4.
    # Squared distances 0.0025 and 0.16; s (1 - s) / 3 is 0.0625 and 0.083333.
    # Mean of -0.06 and 0.0766667 is 0.0083333.
    confidences = (0.3,) * 4 + (0.9,) * 4
    right = (True, False, False, False, True, True, False, False)
    found = calibration_error(confidences, right, bins=2)
    assert found is not None
    assert found.l2 == pytest.approx(math.sqrt(0.00833333), abs=1e-6)
    assert found.l1_plain == pytest.approx((0.05 + 0.4) / 2)


def test_absolute_error_loses_what_noise_adds() -> None:
    """The mean of |distance + noise| is drawn here; the closed form has to agree."""
    confidences = (0.3,) * 40 + (0.9,) * 40
    right = ((True,) * 10 + (False,) * 30) + ((True,) * 20 + (False,) * 20)
    found = calibration_error(confidences, right, bins=2)
    assert found is not None
    rng = random.Random(7)
    corrected = []
    for distance, said in ((0.05, 0.25), (0.4, 0.5)):
        spread = math.sqrt(said * (1 - said) / 40)
        drawn = statistics.fmean(abs(rng.gauss(distance, spread)) for _ in range(200_000))
        corrected.append(distance - (drawn - distance))
    assert found.l1 == pytest.approx(statistics.fmean(corrected), abs=1e-3)


def simulated(n: int, shift: float, seed: int) -> tuple[list[float], list[bool]]:
    """Return confidences and outcomes that come true *shift* less often than stated."""
    rng = random.Random(seed)
    stated = [rng.uniform(0.3, 1.0) for _ in range(n)]
    return stated, [rng.random() < c - shift for c in stated]


def test_calibrated_confidences_have_little_error_left() -> None:
    found = [calibration_error(*simulated(1_000, 0.0, seed), resamples=50) for seed in range(40)]
    errors = [each for each in found if each is not None]
    # Ten bins of a hundred rows scatter by about 0.04 each, mean distance 0.8 of that.
    plain = statistics.fmean(each.l1_plain for each in errors)
    assert plain > 0.025
    # Of calibrated rows the distance is |noise|, 0.798 spreads in the mean, and |noise + noise|
    # is 1.128: twice the one less the other is 0.467 spreads, 0.585 of the distance.
    left = statistics.fmean(each.l1 for each in errors)
    assert left == pytest.approx(0.585 * plain, rel=0.1)
    # The squared error is without bias: as often below zero, and then cut off, as above.
    assert 10 <= sum(each.l2 == 0.0 for each in errors) <= 30
    # Two of forty intervals of 95 % may miss, and fifty resamples make a rough interval.
    assert sum(each.l1_low == each.l2_low == 0.0 for each in errors) >= 36


def test_error_of_a_shift_is_found_and_lies_in_the_interval() -> None:
    inside = 0
    for seed in range(20):
        found = calibration_error(*simulated(1_000, 0.1, seed), resamples=300)
        assert found is not None
        assert abs(found.l1 - 0.1) < 0.05
        assert found.l1_low <= found.l1 <= found.l1_high
        assert found.l2_low <= found.l2 <= found.l2_high
        inside += found.l1_low <= 0.1 <= found.l1_high
    # Of twenty intervals of 95 %, under 16 would hold the true value once in 400 times.
    assert inside >= 16


def test_interval_is_the_same_each_time_and_for_any_order() -> None:
    confidences, right = simulated(200, 0.1, 3)
    first = calibration_error(confidences, right)
    assert calibration_error(confidences, right) == first
    turned = calibration_error(confidences[::-1], right[::-1])
    assert turned == first


def test_resamples_in_parts_are_all_drawn() -> None:
    """More rows than one part holds: 3,000 rows make four parts of a thousand resamples or so."""
    confidences, right = simulated(6_000, 0.1, 5)
    found = calibration_error(confidences, right, resamples=700)
    assert found is not None
    assert (found.resamples, found.n, found.bins) == (700, 6_000, 10)
    assert found.l1_high - found.l1_low < 0.06


def test_one_row_has_no_error() -> None:
    assert calibration_error((0.5,), (True,)) is None
    assert calibration_error((), ()) is None


def test_perfect_answers_have_the_distance_of_their_confidence() -> None:
    """No outcome varies, so there is nothing to correct."""
    found = calibration_error((0.75,) * 20, (True,) * 20)
    assert found is not None
    assert [found.l1, found.l2] == pytest.approx([0.25, 0.25])
