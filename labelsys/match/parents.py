"""From the vector of a name to the vector of what lies right above it.

A sentence encoder puts `apple` near `pear` and near `apple tree`; what a thing
is a kind of may be further off. Over many thousand names whose parents are
known, the way from the one to the other has a direction of its own, which a
linear map learns.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

__all__ = ["ParentMap", "fit_parent_map", "load_parent_map", "parent_map_fingerprint"]

_RIDGE = 3.0


class ParentMap(NamedTuple):
    """A linear map.

    Attributes:
        weights: float32, shape (dim, dim).
        offset: float32, shape (dim,).
    """

    weights: NDArray[np.float32]
    offset: NDArray[np.float32]

    def expect(self, labels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return where the parents of names are expected.

        Args:
            labels: float32, shape (n, dim), unit rows.

        Returns:
            float32, shape (n, dim), unit rows.
        """
        found = labels @ self.weights + self.offset
        length = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(length, np.float32(1e-6)))


def _file_of(encoder: str) -> Traversable | None:
    found = files("labelsys.match") / "models" / f"parents_{encoder}.npz"
    return found if encoder.isidentifier() and found.is_file() else None


@cache
def parent_map_fingerprint(encoder: str) -> str:
    """Return a text that changes with the map that ships for an encoder; "" where none does."""
    found = _file_of(encoder)
    return "" if found is None else hashlib.sha256(found.read_bytes()).hexdigest()


@cache
def load_parent_map(encoder: str, dim: int) -> ParentMap:
    """Return the map that ships for an encoder; for one that has none, where the name itself lies.

    Args:
        encoder: its name.
        dim: length of its vectors.
    """
    found = _file_of(encoder)
    if found is None:
        return ParentMap(np.eye(dim, dtype=np.float32), np.zeros(dim, dtype=np.float32))
    with as_file(found) as file, np.load(file, allow_pickle=False) as arrays:
        return ParentMap(arrays["weights"].astype(np.float32), arrays["offset"].astype(np.float32))


def fit_parent_map(children: NDArray[np.float32], parents: NDArray[np.float32]) -> ParentMap:
    """Return the map that leads from each child nearest to its parent, by ridge regression.

    Args:
        children: float32, shape (n, dim): vectors of names.
        parents: float32, shape (n, dim): vectors of what lies right above them.
    """
    x, y = children.astype(np.float64), parents.astype(np.float64)
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    x -= mean_x
    weights = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ (y - mean_y))
    weights = weights.astype(np.float16).astype(np.float32)
    offset = (mean_y - mean_x @ weights).astype(np.float16).astype(np.float32)
    return ParentMap(weights, offset)
