"""Rows of different lengths in two flat arrays, so that many of them are read at once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Ragged", "are_in", "cosines", "highest_of_each", "last_of_each"]


class Ragged(NamedTuple):
    """Rows of integers.

    Attributes:
        starts: int64, shape (n_rows,): where each row begins in `values`.
        lengths: int64, shape (n_rows,).
        values: int64, the rows one after the other.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        """Return rows given as sequences."""
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        n_values = int(lengths.sum())
        values = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=n_values)
        return cls(np.cumsum(lengths) - lengths, lengths, values)

    def expand(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the values of some rows.

        Args:
            rows: int64, shape (n,); repeats allowed.

        Returns:
            Two int64 arrays: for each value the position of its row in *rows*,
            ascending, and the value.
        """
        lengths = self.lengths[rows]
        owner = np.repeat(np.arange(len(rows)), lengths)
        skipped = np.cumsum(lengths) - lengths
        shift = self.starts[rows] - skipped
        return owner, self.values[np.arange(len(owner)) + shift[owner]]


def are_in(keys: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which keys are among the sorted known ones."""
    if not len(known):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)


def last_of_each(owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position of the last entry of each owner in a sorted array."""
    return np.flatnonzero(np.diff(owners, append=-1))


def highest_of_each(values: NDArray[np.float32], owners: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return for each entry the highest value of its owner."""
    highest = np.full(int(owners.max(initial=-1)) + 1, -np.inf, dtype=np.float32)
    np.maximum.at(highest, owners, values)
    return np.asarray(highest[owners])


def cosines(
    rows: NDArray[np.float32], of_owners: NDArray[np.float32], owners: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the cosine of each unit row with that of its owner; *owners* is sorted."""
    found = np.zeros(len(rows), dtype=np.float32)
    first = np.searchsorted(owners, np.arange(len(of_owners) + 1)).tolist()
    for start, end, own in zip(first[:-1], first[1:], of_owners, strict=True):
        np.matmul(rows[start:end], own, out=found[start:end])
    return found
