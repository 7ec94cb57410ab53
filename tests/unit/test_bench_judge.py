"""The judged sample: whose turn it is, and what two judges' verdicts add up to."""

from __future__ import annotations

import pytest

from tests.bench.judge import score, take_turns


def test_sets_take_turns_until_there_are_enough() -> None:
    assert take_turns(["abc", "x", "", "12"], 5) == ["a", "x", "1", "b", "2"]
    assert take_turns(["abc", "x"], 9) == ["a", "x", "b", "c"]
    assert take_turns([], 3) == []


def test_verdicts_are_counted_by_hand() -> None:
    kinds = dict.fromkeys("abcd", "exact") | dict.fromkeys("wxyz", "broader")
    right, wrong, unsure = ("right", ""), ("wrong", ""), ("unsure", "")
    first = {"a": right, "b": right, "c": wrong, "d": unsure}
    second = {"a": right, "b": wrong, "c": wrong, "d": right}
    lowest, higher = ("right", "yes"), ("right", "no")
    first |= {"w": lowest, "x": lowest, "y": higher, "z": wrong}
    second |= {"w": lowest, "x": higher, "y": higher, "z": wrong}
    found = score(kinds, first, second)
    exact, broader = found["exact"], found["broader"]
    assert isinstance(exact, dict)
    assert isinstance(broader, dict)
    # right, right, wrong, unsure against right, wrong, wrong, right: two of four are equal; by
    # chance (2*2 + 1*2) / 16 would be
    assert (exact["n"], exact["agreement"]) == (4, 0.5)
    assert exact["kappa"] == pytest.approx((0.5 - 6 / 16) / (1 - 6 / 16), abs=1e-4)
    assert exact["right"]["by each"] == [0.5, 0.5]
    assert (exact["right"]["by both"], exact["right"]["mean"]) == (0.25, 0.5)
    assert (broader["agreement"], broader["kappa"]) == (1.0, 1.0)
    assert broader["right"]["mean"] == 0.75
    specific = found["broader, as specific as can be"]
    assert isinstance(specific, dict)
    assert (specific["mean"], specific["by both"]) == (0.375, 0.25)
    assert specific["by each"] == [0.5, 0.25]
    low, high = specific["interval"]
    assert 0 < low < 0.375 < high < 1
