"""Evidence from images: classes whose images look alike likely mean the same.

A file gives label sets' mean image vectors, all of one image encoder. What a
cosine of two of them is worth depends on the encoder and on the images, so it
is learnt from the file itself: from classes of different sets of which the
system knows whether they are the same. Nothing comes from the list that is
being linked.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.errors import SourceError
from labelsys.match.vectors import to_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from labelsys.model import Label

__all__ = ["ImageEvidence", "ImageVectors", "Standing", "read_image_vectors"]

_MOST_BYTES = 1 << 32
# Fewer classes that two sets share say too little of what a cosine is worth.
_LEAST_PAIRS = 20
# Of a concept in many sets, so many pairs; of each class, so many others that it is not.
_MOST_SAME = 6
_OTHERS = 20
# However alike or unlike, images alone do not decide: 6 is odds of 400 to 1.
_MOST = 6.0
_RIDGE = 1e-3
_STEPS = 50


class ImageVectors(NamedTuple):
    """The vectors of a file.

    Attributes:
        rows: id of a label -> its row.
        vectors: float32 (n, dim), unit rows.
    """

    rows: dict[str, int]
    vectors: NDArray[np.float32]


class Standing(NamedTuple):
    """A class of a label set, and the concept that it stands for.

    Attributes:
        label_set: id of the set.
        label_id: id of the label, with the set's: `coco:1`.
        concept: index in the lexicon.
    """

    label_set: str
    label_id: str
    concept: int


def read_image_vectors(path: Path) -> ImageVectors:
    """Read a NumPy archive with two arrays: `ids` (n,), texts, and `vectors` (n, dim), numbers.

    Nothing in it is run: pickled objects are refused.

    Returns:
        The vectors, each of length one.

    Raises:
        SourceError: it is no such archive, or a value is wrong.
    """
    try:
        ids, vectors = _unpack(path)
    except OSError as error:
        raise SourceError(error.strerror or str(error), path=path) from error
    except SourceError:
        raise
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        msg = "is no NumPy archive of plain arrays: numpy.savez(FILE, ids=..., vectors=...)"
        raise SourceError(msg, path=path) from error
    return _checked(ids, vectors, path)


def _unpack(path: Path) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > _MOST_BYTES:
        msg = f"unpacks to {size:,} bytes; the limit is {_MOST_BYTES:,}"
        raise SourceError(msg, path=path)
    with np.load(path, allow_pickle=False) as arrays:
        missing = sorted({"ids", "vectors"} - set(arrays.files))
        if missing:
            msg = f"holds no array {missing[0]!r}: numpy.savez(FILE, ids=..., vectors=...)"
            raise SourceError(msg, path=path)
        return arrays["ids"], arrays["vectors"]


def _checked(ids: NDArray[np.generic], vectors: NDArray[np.generic], path: Path) -> ImageVectors:
    if ids.ndim != 1 or ids.dtype.kind != "U":
        msg = f"`ids` is {ids.ndim}-dimensional of type {ids.dtype}; expected one row of texts"
        raise SourceError(msg, path=path)
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu" or len(vectors) != len(ids):
        msg = f"`vectors` has the shape {vectors.shape} and type {vectors.dtype}; expected "
        raise SourceError(msg + f"numbers, one row for each of {len(ids):,} ids", path=path)
    values = vectors.astype(np.float32)
    length = np.linalg.norm(values, axis=1)
    bad = np.flatnonzero(~np.isfinite(length) | (length == 0))
    if len(bad):
        msg = f"the vector of {str(ids[bad[0]])!r} (row {bad[0]}) is zero or not finite"
        raise SourceError(msg, path=path)
    rows: dict[str, int] = {}
    for row, id_ in enumerate(ids.tolist()):
        if id_ in rows:
            msg = f"{id_!r} is there twice, in rows {rows[id_]} and {row}"
            raise SourceError(msg, path=path)
        rows[id_] = row
    return ImageVectors(rows, values / length[:, None])


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEvidence:
    """What the images of label sets say of concepts.

    Attributes:
        images: of labels.
        at: index of a concept -> float32 (dim,), unit vector: the mean of the
            classes that stand there.
        slope: what a cosine adds to the log-odds that two classes are the same.
        offset: what is added to that.
        n_pairs: how many pairs of like classes that was learnt from.
    """

    images: ImageVectors
    at: Mapping[int, NDArray[np.float32]]
    slope: float
    offset: float
    n_pairs: int

    @classmethod
    def learn(cls, images: ImageVectors, standing: Iterable[Standing]) -> ImageEvidence:
        """Learn what a cosine is worth, from classes whose concepts are known.

        Args:
            images: of labels, those of the list that is linked among them.
            standing: classes of other label sets, each at its concept.

        Returns:
            Evidence; without slope where there are too few classes that two sets share.
        """
        known = [one for one in standing if one.label_id in images.rows]
        members: dict[int, list[Standing]] = defaultdict(list)
        for one in known:
            members[one.concept].append(one)
        rows, vectors = images.rows, images.vectors
        at = {}
        for concept, found in members.items():
            mean = vectors[[rows[one.label_id] for one in found]].mean(axis=0)
            if mean.any():
                at[concept] = to_unit(mean)
        same = [
            (rows[a.label_id], rows[b.label_id])
            for found in members.values()
            for a, b in list(_across_sets(found))[:_MOST_SAME]
        ]
        slope = offset = 0.0
        if len(same) >= _LEAST_PAIRS:
            slope, offset = _fit(_cosines(vectors, same), _cosines(vectors, _others(known, rows)))
        return cls(images=images, at=at, slope=slope, offset=offset, n_pairs=len(same))

    @property
    def is_inert(self) -> bool:
        """Whether it says nothing: too little to learn from, or likeness means nothing here."""
        return self.slope <= 0

    def row_of(self, label: Label) -> int | None:
        """Return the row of a label, by its id with its set's or alone; None without a vector."""
        rows = self.images.rows
        return rows.get(f"{label.label_set}:{label.label_id}", rows.get(label.label_id))

    def column(
        self, labels: Sequence[Label], concepts: NDArray[np.int64], owners: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return how much likelier images make each candidate.

        Args:
            labels: those that are linked.
            concepts: int64 (n_candidates,).
            owners: int64 (n_candidates,): position of the label of each.

        Returns:
            float32 (n_candidates,): log-odds, three decimals, from -6 to 6; zero
            where either has no vector.
        """
        added = np.zeros(len(concepts), dtype=np.float32)
        if self.is_inert:
            return added
        rows = [self.row_of(label) for label in labels]
        for k, (concept, owner) in enumerate(zip(concepts.tolist(), owners.tolist(), strict=True)):
            row, at = rows[owner], self.at.get(concept)
            if row is not None and at is not None:
                cosine = float(self.images.vectors[row] @ at)
                odds = self.slope * cosine + self.offset
                added[k] = round(min(max(odds, -_MOST), _MOST), 3)
        return added


def _across_sets(found: Sequence[Standing]) -> Iterable[tuple[Standing, Standing]]:
    return ((a, b) for a, b in combinations(found, 2) if a.label_set != b.label_set)


def _others(known: Sequence[Standing], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return pairs of classes of different sets that are not the same, evenly drawn."""
    pairs = []
    step = max(len(known) // _OTHERS, 1)
    for i, one in enumerate(known):
        for j in range((i + 1) % step, len(known), step):
            other = known[j]
            if one.label_set != other.label_set and one.concept != other.concept:
                pairs.append((rows[one.label_id], rows[other.label_id]))
    return pairs


def _cosines(vectors: NDArray[np.float32], pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return np.asarray(np.einsum("ij,ij->i", vectors[one].astype(np.float64), vectors[other]))


def _fit(same: NDArray[np.float64], others: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and offset of the log-odds that a cosine is of the same, even odds before.

    Logistic regression by Newton's method; both kinds weigh the same.
    """
    if not len(others):
        return 0.0, 0.0
    cosine = np.concatenate([same, others])
    target = np.concatenate([np.ones(len(same)), np.zeros(len(others))])
    weight = np.where(target > 0, 0.5 / len(same), 0.5 / len(others))
    x = np.stack([cosine - cosine.mean(), np.ones(len(cosine))], axis=1)
    found = np.zeros(2)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ found, -30.0, 30.0)))
        gradient = x.T @ (weight * (p - target)) + _RIDGE * found
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        found = found - step
        if float(np.abs(step).max()) < 1e-9:
            break
    slope = round(float(found[0]), 3)
    return slope, round(float(found[1] - found[0] * cosine.mean()), 3)
