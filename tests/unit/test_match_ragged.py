"""Rows of different lengths in flat arrays, against plain lists."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelsys.match.ragged import Ragged, are_in, cosines, last_of_each

ROWS = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6)
NUMBERS = st.lists(st.integers(0, 20), max_size=12)


@given(ROWS, st.data())
def test_rows_are_expanded_in_the_order_asked_for(
    rows: list[list[int]], data: st.DataObject
) -> None:
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8))
    owner, values = Ragged.of(rows).expand(np.array(wanted, dtype=np.int64))
    pairs = [(position, value) for position, row in enumerate(wanted) for value in rows[row]]
    assert list(zip(owner.tolist(), values.tolist(), strict=True)) == pairs


def test_rows_may_lie_anywhere_in_the_values() -> None:
    rows = Ragged(np.array([3, 0]), np.array([2, 3]), np.array([5, 6, 7, 8, 9]))
    owner, values = rows.expand(np.array([0, 1]))
    assert owner.tolist() == [0, 0, 1, 1, 1]
    assert values.tolist() == [8, 9, 5, 6, 7]


@given(NUMBERS, NUMBERS)
def test_keys_are_found_among_known_ones(keys: list[int], known: list[int]) -> None:
    found = are_in(np.array(keys, dtype=np.int64), np.array(sorted(known), dtype=np.int64))
    assert found.tolist() == [key in known for key in keys]


@given(NUMBERS)
def test_last_of_each_owner(owners: list[int]) -> None:
    owners.sort()
    last = {owner: position for position, owner in enumerate(owners)}
    assert last_of_each(np.array(owners, dtype=np.int64)).tolist() == list(last.values())


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_cosine_is_that_with_the_owner_s_vector(owners: list[int]) -> None:
    owners.sort()
    random = np.random.default_rng(len(owners))
    rows = random.normal(size=(len(owners), 3)).astype(np.float32)
    of_owners = random.normal(size=(6, 3)).astype(np.float32)
    found = cosines(rows, of_owners, np.array(owners, dtype=np.int64))
    expected = [float(row @ of_owners[owner]) for row, owner in zip(rows, owners, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
