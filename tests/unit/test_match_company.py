"""What company a label keeps, worked out by hand in two and three dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.match import company
from labelsys.match.company import nearness

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE = np.zeros((0, 3), dtype=np.float32)
ANIMAL, TOOL = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def rows(*vectors: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(vectors, dtype=np.float32)


def near(
    candidates: NDArray[np.float32],
    owners: list[int],
    chances: list[float],
    settled: NDArray[np.float32] = NONE,
) -> list[float]:
    found = nearness(candidates, np.array(owners), np.array(chances), settled)
    assert found.dtype == np.float32
    return [round(float(value), 4) for value in found]


def test_sense_beside_the_others_is_nearer_than_usual_and_the_other_is_not() -> None:
    # Six animals, and a label that may be an animal or a tool.
    found = near(
        rows(*[ANIMAL] * 6, ANIMAL, TOOL),
        [0, 1, 2, 3, 4, 5, 6, 6],
        [1, 1, 1, 1, 1, 1, 0.5, 0.5],
    )
    assert found[6:] == [0, -1]
    assert found[:6] == [0] * 6


def test_label_does_not_speak_for_itself() -> None:
    # The only tool among animals: nothing near it, however sure it is of itself.
    found = near(rows(*[ANIMAL] * 7, TOOL), list(range(8)), [1.0] * 8)
    assert found == [0] * 7 + [-1]


def test_five_nearest_count_and_no_more() -> None:
    # Of eight others, three are tools: a tool's five nearest are these and two animals.
    found = near(rows(*[ANIMAL] * 5, *[TOOL] * 3, TOOL), list(range(9)), [1.0] * 9)
    assert found[-1] == pytest.approx(3 / 5 - 4 / 5, abs=1e-4)  # usual: 4 of 5 (the median)


def test_settled_labels_are_company_too() -> None:
    alone = near(rows(ANIMAL, TOOL), [0, 0], [0.5, 0.5])
    assert alone == [0, 0]
    found = near(rows(ANIMAL, TOOL), [0, 0], [0.5, 0.5], rows(*[ANIMAL] * 6))
    assert found == [0.5, -0.5]  # the label itself is usual: half of it is near


def test_label_that_may_mean_nothing_is_no_company() -> None:
    candidates, owners = rows(*[ANIMAL] * 6, TOOL), list(range(7))
    assert near(candidates, owners, [1.0] * 6 + [0.2])[6] == -1
    # Six are too few once two of them are likely nothing.
    assert near(candidates, owners, [1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1]) == [0] * 7


@pytest.mark.parametrize("n", [1, 5])
def test_lists_too_short_say_nothing(n: int) -> None:
    assert near(rows(*[ANIMAL] * n), list(range(n)), [1.0] * n) == [0] * n
    assert near(NONE, [], []) == []


def test_of_a_long_list_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    drawn = rng.normal(size=(300, 3)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    owners, chances = list(range(300)), [1.0] * 300
    whole = near(drawn, owners, chances)
    monkeypatch.setattr(company, "_BLOCK", 7)
    assert near(drawn, owners, chances) == whole
    monkeypatch.setattr(company, "_MOST_COMPANY", 100)
    part = near(drawn, owners, chances)
    assert part != whole
    assert np.abs(np.array(part) - np.array(whole)).mean() < 0.03
