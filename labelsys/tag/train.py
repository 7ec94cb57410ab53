"""Fit the tagger of visual concepts to judged concepts.

A ridge-penalized logistic regression on what `surroundings` sees. Scores of concepts
that a fold did not learn from are calibrated by a logistic curve (Platt), and
give the bounds between which the tagger abstains. Nothing is drawn at random but the
folds, and those go by a hash of the id.

Members of image datasets and abstract lexnames are no training data: a tagger that
learns from them learns the rule that chose them. Label sets count as what is known
(`surroundings.NUMBERS`), with a weight that judged concepts give them.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from labelsys.errors import ConfigError
from labelsys.ids import Curie
from labelsys.tables import read_table
from labelsys.tag.visual import format_model, logistic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

    from labelsys.match.embed import Embedder
    from labelsys.tag.surroundings import Surroundings

__all__ = [
    "Judged",
    "bounds",
    "fit_logistic",
    "fold_of",
    "held_out_scores",
    "read_development",
    "read_judged",
    "train_visual",
]

L2: Final = 0.5
"""Chosen on the judged concepts themselves, by folds and by leaving lexnames out."""
PRECISION: Final = 0.98
"""Of what is called visual, and of what is called non-visual."""
FOLDS: Final = 10
_STEPS: Final = 25
_CLOSE: Final = 1e-4


class Judged(NamedTuple):
    """A concept with a verdict.

    Attributes:
        id: the concept.
        lexname: its own, or that of the nearest synset above.
        is_visual: the verdict.
    """

    id: Curie
    lexname: str
    is_visual: bool


def read_development() -> tuple[Judged, ...]:
    """Return the judged concepts that ship to be learnt from; unsure ones are left out."""
    return read_judged(files("labelsys_ontologies").joinpath("judged", "visual_development.tsv"))


def read_judged(source: Path | Traversable) -> tuple[Judged, ...]:
    """Return the concepts of a table that are visual, or not; others are left out."""
    table = read_table(source, columns=("id", "lexname", "verdict"))
    return tuple(
        Judged(Curie.parse(id_), lexname, verdict == "visual")
        for id_, lexname, verdict in table.rows
        if verdict in ("visual", "non-visual")
    )


def fold_of(id_: Curie, folds: int) -> int:
    """Return the fold of a concept: from its id alone."""
    return int.from_bytes(sha256(f"visual:{id_}".encode()).digest()[:4]) % folds


def fit_logistic(
    columns: NDArray[np.float64], right: NDArray[np.bool_], l2: float
) -> tuple[NDArray[np.float64], float]:
    """Return weights and offset of a logistic regression, by Newton's method.

    Args:
        columns: float64 (n, d).
        right: bool (n,).
        l2: penalty of the squared weights; the offset has none.
    """
    table = np.hstack([columns, np.ones((len(columns), 1))])
    penalty = np.full(table.shape[1], l2)
    penalty[-1] = 0.0
    found = np.zeros(table.shape[1])
    with threadpool_limits(limits=1):  # sums in one order, whatever the machine
        for _ in range(_STEPS):
            p = logistic(table @ found)
            slope = table.T @ (p - right) + penalty * found
            bend = (table * (p * (1 - p))[:, None]).T @ table + np.diag(penalty + 1e-9)
            step = np.linalg.solve(bend, slope)
            found -= step
            if np.abs(step).max() < _CLOSE:
                break
    return found[:-1], float(found[-1])


def held_out_scores(
    columns: NDArray[np.float64],
    right: NDArray[np.bool_],
    folds: NDArray[np.int64],
    l2: float = L2,
) -> NDArray[np.float64]:
    """Return for each row the score of a fit to the rows of other folds, offset included."""
    scores = np.zeros(len(columns))
    for fold in np.unique(folds):
        here = folds == fold
        weights, offset = fit_logistic(columns[~here], right[~here], l2)
        scores[here] = columns[here] @ weights + offset
    return scores


def bounds(
    probabilities: NDArray[np.float64], right: NDArray[np.bool_], precision: float = PRECISION
) -> tuple[float, float]:
    """Return the widest bounds outside of which so many are right on each side.

    Returns:
        low and high: what is at or below low is non-visual, at or above high visual;
        0 or 1 where no bound will do.
    """
    high = _bound(probabilities, right, precision)
    low = 1.0 - _bound(1.0 - probabilities, ~right, precision)
    return min(low, high), high


def _bound(p: NDArray[np.float64], right: NDArray[np.bool_], precision: float) -> float:
    order = np.argsort(-p, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    ends = np.append(p[order][1:] < p[order][:-1], True)  # rows of one probability go together
    fitting = np.flatnonzero((shares >= precision) & ends)
    return float(p[order][fitting[-1]]) if len(fitting) else 1.0


def train_visual(
    around: Surroundings, embedder: Embedder, judged: Sequence[Judged] | None = None
) -> str:
    """Fit the tagger to one encoder.

    Args:
        around: a system that holds the judged concepts; others of them are passed over.
        embedder: of the encoder.
        judged: what to learn from; those that ship for None.

    Returns:
        A coefficient file; the same for the same system, encoder and processor.

    Raises:
        ConfigError: the system holds too few judged concepts.
    """
    rows = read_development() if judged is None else judged
    known = [row for row in rows if row.id in around.index]
    right = np.array([row.is_visual for row in known], dtype=np.bool_)
    if min(right.sum(), (~right).sum()) < FOLDS:
        msg = f"{len(known)} of {len(rows)} judged concepts are in this system: too few to learn"
        raise ConfigError(msg, location="tag train")
    columns = around.columns(around.vectors(embedder), [around.index[row.id] for row in known])
    folds = np.array([fold_of(row.id, FOLDS) for row in known])
    scores = held_out_scores(columns, right, folds)
    (slope,), intercept = fit_logistic(scores[:, None], right, l2=1e-6)
    odds = slope * scores + intercept
    low, high = bounds(logistic(odds), right)
    weights, offset = fit_logistic(columns, right, L2)
    return format_model(
        encoder=embedder.spec.name,
        dim=embedder.spec.dim,
        weights=weights,
        numbers={
            "offset": offset,
            "slope": float(slope),
            "intercept": intercept,
            "low": low,
            "high": high,
        },
        about={
            "learnt_from": "ontologies/judged/visual_development.tsv",
            "concepts": len(known),
            "visual": int(right.sum()),
            "l2": L2,
            "precision_of_bounds": PRECISION,
        },
    )
