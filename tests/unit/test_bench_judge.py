"""The judged sample: whose turn it is, and what two judges' verdicts add up to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.judge import N_OF_EACH, read_judged, score, take_turns


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


@pytest.mark.parametrize("draw", ["first", "second", "third"])
def test_shipped_verdicts_are_whole_and_the_page_tells_what_they_add_up_to(draw: str) -> None:
    root = Path(__file__).resolve().parents[2]
    kinds, first, second = read_judged(root / "tests" / "bench" / "judged" / f"{draw}.tsv")
    for kind in ("exact", "broader"):
        assert sum(one == kind for one in kinds.values()) == N_OF_EACH
    for verdicts in (first, second):
        assert verdicts.keys() == kinds.keys()
        assert {verdict for verdict, _ in verdicts.values()} <= {"right", "wrong", "unsure"}
        for label, (verdict, specific) in verdicts.items():
            asked = kinds[label] == "broader" and verdict == "right"
            assert specific in (("yes", "no") if asked else ("",))
    found = score(kinds, first, second)
    page = (root / "docs" / "reference" / "judging.md").read_text(encoding="utf-8")
    shares = [
        found["exact"]["right"],  # type: ignore[index]
        found["broader"]["right"],  # type: ignore[index]
        found["broader, as specific as can be"],
    ]
    for one in shares:
        low, high = one["interval"]
        assert f"| {one['mean']:.3f} | {low:.3f} to {high:.3f} |" in page
    for kind in ("exact", "broader"):
        told = found[kind]
        assert f"| {told['agreement']:.3f} | {told['kappa']:.3f} |" in page  # type: ignore[index]
