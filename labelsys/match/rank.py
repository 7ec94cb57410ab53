"""Turn candidate features into probabilities.

The ranker is a linear softmax over the candidates of one label and one more
candidate, `nothing fits`, whose features are all zero. Its coefficients live
in `models/`, one file for installs with vectors and one for those without.

What a name means was learnt from lexicons, and in further files from lexicons
and from label sets that give ids. Those files are used in systems that hold
these sets, and never for such a set itself: evidence does not come from the
set that is linked, and a system built without a set has learnt nothing of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from labelsys.errors import ConfigError
from labelsys.match import descent, features, place_features

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

__all__ = [
    "FEATURES_OF",
    "TEACHERS",
    "VECTOR_FEATURES_OF",
    "Ranker",
    "fit_softmax",
    "format_ranker",
    "load_ranker",
    "model_stem",
]


FEATURES_OF = {
    "names": features.FEATURES,
    "places": place_features.FEATURES,
    "steps": descent.FEATURES,
}
"""Task -> feature name -> what it measures, in column order."""

VECTOR_FEATURES_OF = {
    "names": features.VECTOR_FEATURES,
    "places": place_features.VECTOR_FEATURES,
    "steps": descent.VECTOR_FEATURES,
}
"""Task -> the features that are zero without vectors."""

TEACHERS = frozenset({"lvis"})
"""Label sets that the rankers of names may have learnt from."""
_OF_LEXICONS = "_lexicons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranker:
    """A trained linear softmax.

    Attributes:
        name: coefficient file and version: what mappings quote.
        weights: float64, one a feature.
        fingerprint: changes with every coefficient.
    """

    name: str
    weights: NDArray[np.float64]
    fingerprint: str

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how likely each candidate is the label's concept.

        Args:
            features: float32, shape (n_candidates, n_features).

        Returns:
            float64, shape (n_candidates + 1,), rounded to four decimals; the last
            is that nothing fits. They add up to one but for the rounding.
        """
        scores = np.append(features.astype(np.float64) @ self.weights, 0.0)
        weight = np.exp(scores - scores.max())
        return np.asarray(np.round(weight / weight.sum(), 4))

    def probabilities_of(
        self, features: NDArray[np.float32], labels: NDArray[np.int64], n_labels: int
    ) -> NDArray[np.float64]:
        """Return the same for the candidates of many labels at once.

        Args:
            features: float32, shape (n_candidates, n_features).
            labels: int64, shape (n_candidates,): whose candidate each one is.
            n_labels: of all labels, those without a candidate included.

        Returns:
            float64, shape (n_candidates,), rounded to four decimals.
        """
        scores = features.astype(np.float64) @ self.weights
        top = np.zeros(n_labels)  # the score of `nothing fits`
        np.maximum.at(top, labels, scores)
        weight = np.exp(scores - top[labels])
        total = np.bincount(labels, weight, n_labels) + np.exp(-top)
        return np.asarray(np.round(weight / total[labels], 4))


def model_stem(task: str, *, with_vectors: bool, is_taught: bool) -> str:
    """Return the name of a coefficient file, without its ending.

    Args:
        task: see `load_ranker`.
        with_vectors: the same.
        is_taught: it has learnt from `TEACHERS`; only of names there is such a file.
    """
    of_lexicons = "" if is_taught or task != "names" else _OF_LEXICONS
    return f"{task}{of_lexicons}{'_vectors' if with_vectors else ''}"


def load_ranker(task: str, *, with_vectors: bool, taught_by: Collection[str] = ()) -> Ranker:
    """Return a shipped ranker.

    Args:
        task: `names` (the label's own concept), `places` (what it lies under) or `steps`
            (which of the concepts right below that it lies under).
        with_vectors: whether the vector features are there.
        taught_by: ids of the label sets that it may have learnt from: those in
            the system, but for the one that is linked.

    Raises:
        ConfigError: the coefficient file was made for other features.
    """
    is_taught = frozenset(taught_by) >= TEACHERS
    return _load(task, model_stem(task, with_vectors=with_vectors, is_taught=is_taught))


@cache
def _load(task: str, stem: str) -> Ranker:
    text = files("labelsys.match").joinpath("models", f"{stem}.json").read_text(encoding="utf-8")
    document = json.loads(text)
    weights = document["weights"]
    if list(weights) != list(FEATURES_OF[task]):
        msg = "made for other features: run `python -m labelsys.match.train`"
        raise ConfigError(msg, location=f"ranker {stem}")
    return Ranker(
        name=f"{stem}-{document['version']}",
        weights=np.array(list(weights.values()), dtype=np.float64),
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def format_ranker(
    task: str, weights: NDArray[np.float64], *, version: int, trained_on: dict[str, int], l2: float
) -> str:
    """Return the text of a coefficient file; weights keep four decimals."""
    document = {
        "version": version,
        "trained_on": trained_on,
        "l2": l2,
        "weights": {n: round(float(w), 4) for n, w in zip(FEATURES_OF[task], weights, strict=True)},
    }
    return json.dumps(document, indent=1) + "\n"


def fit_softmax(
    tables: Sequence[NDArray[np.float32]],
    answers: Sequence[int],
    importance: Sequence[float],
    *,
    active: NDArray[np.bool_],
    l2: float,
    prior: NDArray[np.float64] | None = None,
    steps: int = 60,
) -> NDArray[np.float64]:
    """Fit the weights of a linear softmax by Newton's method; deterministic.

    Args:
        tables: one (n_candidates, n_features) table a label.
        answers: index of the right candidate, or -1 where nothing fits.
        importance: weight of each label.
        active: bool (n_features,); the others keep the weight of the prior.
        l2: strength of the ridge penalty, per unit of importance.
        prior: float64 (n_features,), the weights that the penalty pulls towards,
            and where the search starts; None is zero.
        steps: most Newton steps.

    Returns:
        float64, shape (n_features,).
    """
    columns = np.flatnonzero(active)
    full = np.zeros(len(active)) if prior is None else np.array(prior, dtype=np.float64)
    start = full[columns]
    x = np.concatenate([t[:, columns] for t in tables]).astype(np.float64)
    # What the columns that are held fixed add to a score.
    fixed = np.concatenate([t[:, ~active] for t in tables]).astype(np.float64) @ full[~active]
    sizes = np.array([len(t) for t in tables])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(tables)), sizes)
    share = np.asarray(importance, dtype=np.float64)
    share /= share.sum()
    target = np.zeros(len(x))
    right = np.asarray(answers)
    target[(starts + right)[right >= 0]] = 1.0
    weights = start.copy()
    for _ in range(steps):
        scores = x @ weights + fixed
        top = np.maximum(np.maximum.reduceat(scores, starts), 0.0)
        unnormalized = np.exp(scores - top[owner])
        total = np.add.reduceat(unnormalized, starts) + np.exp(-top)
        p = unnormalized / total[owner]
        gradient = x.T @ ((p - target) * share[owner]) + 2 * l2 * (weights - start)
        mean = np.add.reduceat(x * p[:, None], starts)
        hessian = x.T @ (x * (p * share[owner])[:, None]) - mean.T @ (mean * share[:, None])
        step = np.linalg.solve(hessian + 2 * l2 * np.eye(len(columns)), gradient)
        weights -= step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    full[columns] = weights
    return full
