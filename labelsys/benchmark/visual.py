"""How well concepts are tagged visual: ways to do it, on the test set that ships.

Every way is fitted to the development concepts and measured on the test set; none
has seen a concept of that. Held out beyond that: all development concepts of the same
lexname, or of the same subtree.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from labelsys.benchmark.metrics import share
from labelsys.rows import Rows
from labelsys.tag.train import L2 as SHIPPED_L2
from labelsys.tag.train import (
    Judged,
    fit_logistic,
    fold_of,
    held_out_scores,
    read_development,
    read_judged,
)
from labelsys.tag.visual import logistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.benchmark.metrics import Share
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.match.embed import Embedder
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import VisualModel

__all__ = [
    "MIXED",
    "VisualScore",
    "auroc",
    "average_precision",
    "bench_visual",
    "calibration_error",
    "read_gold",
]

MIXED: Final = ("act", "group", "location", "person", "phenomenon", "state")
"""Lexnames that hold both sorts, so that the lexname says little."""
_SUBTREE_DEPTH: Final = 4
_RESAMPLES: Final = 500
_BINS: Final = 10
_FOLDS: Final = 5
_SUBTREE_PARTS: Final = 10
"""Subtrees are held out in so many parts: one at a time would take an hour."""


class VisualScore(NamedTuple):
    """One way to tell visual concepts, measured.

    Attributes:
        way: what it goes by.
        held_out: `concept`, or all development concepts of its `lexname` or `subtree`.
        n: concepts measured on.
        auroc: area under the ROC curve; None where it was not measured.
        low: lower end of its 95 % interval, by resampling concepts.
        high: upper end.
        mixed: mean of the areas within each of `MIXED`.
        average_precision: of visual ones.
        accuracy: at a probability of one half, nothing left out.
        calibration_error: expected, in ten bins.
        decided: share that is not an abstention; None where the way has no bounds.
        right_visual: of those called visual, how many are.
        right_non_visual: of those called non-visual, how many are.
        note: why it was not measured, and what would.
    """

    way: str
    held_out: str
    n: int
    auroc: float | None = None
    low: float | None = None
    high: float | None = None
    mixed: float | None = None
    average_precision: float | None = None
    accuracy: float | None = None
    calibration_error: float | None = None
    decided: Share | None = None
    right_visual: Share | None = None
    right_non_visual: Share | None = None
    note: str = ""


def read_gold() -> tuple[Judged, ...]:
    """Return the test set that ships: concepts on which two readings agree."""
    return read_judged(files("labelsys_ontologies").joinpath("visual_gold.tsv"))


def bench_visual(
    around: Surroundings, hierarchy: Hierarchy, embedder: Embedder, model: VisualModel
) -> Rows[VisualScore]:
    """Measure several ways to tell visual concepts.

    Args:
        around: the system.
        hierarchy: of the same.
        embedder: of the encoder that the model was fitted to.
        model: the tagger that is used.

    Returns:
        A row a way; first the tagger as it is used.
    """
    gold = [row for row in read_gold() if row.id in around.index]
    return Rows(_scores(_Bench(around, hierarchy, embedder, gold), model), VisualScore)


class _Bench:
    """The two judged sets of one system, as columns."""

    def __init__(
        self,
        around: Surroundings,
        hierarchy: Hierarchy,
        embedder: Embedder,
        gold: Sequence[Judged],
    ) -> None:
        vectors = around.vectors(embedder)
        self.dim = embedder.spec.dim
        self.gold = gold
        self.known = [row for row in read_development() if row.id in around.index]
        self.right = np.array([row.is_visual for row in gold])
        self.lessons = np.array([row.is_visual for row in self.known])
        both = [around.index[row.id] for row in (*self.known, *gold)]
        columns = around.columns(vectors, both)
        self.of_known, self.of_gold = columns[: len(self.known)], columns[len(self.known) :]
        lexnames = [around.lexname(number) for number in both]
        self.lexnames = lexnames[len(self.known) :]
        self.groups: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
            "lexname": (np.array(lexnames[: len(self.known)]), np.array(self.lexnames)),
            "subtree": self._subtrees(hierarchy),
        }

    def _subtrees(self, hierarchy: Hierarchy) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        def part(id_: Curie) -> int:
            depth = hierarchy.depth(id_)
            while depth > _SUBTREE_DEPTH:
                above = hierarchy.broader(id_) or hierarchy.broader(id_, instances=True)
                id_ = min(above, key=lambda each: (hierarchy.depth(each), each))
                depth = hierarchy.depth(id_)
            return fold_of(id_, _SUBTREE_PARTS)

        return (
            np.array([part(row.id) for row in self.known]),
            np.array([part(row.id) for row in self.gold]),
        )

    def fit(self, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return probabilities of the test set by some columns alone, calibrated in folds."""
        folds = np.array([fold_of(row.id, _FOLDS) for row in self.known])
        lessons = self.of_known[:, chosen]
        weights, offset = fit_logistic(lessons, self.lessons, SHIPPED_L2)
        out = held_out_scores(lessons, self.lessons, folds)
        (slope,), shift = fit_logistic(out[:, None], self.lessons, 1e-6)
        return logistic(slope * (self.of_gold[:, chosen] @ weights + offset) + shift)

    def fit_without(self, group: str) -> NDArray[np.float64]:
        """Return the same by all columns, each concept by a fit without those of its group."""
        of_known, of_gold = self.groups[group]
        found = np.zeros(len(self.gold))
        for name in np.unique(of_gold):
            kept, here = of_known != name, of_gold == name
            weights, offset = fit_logistic(self.of_known[kept], self.lessons[kept], SHIPPED_L2)
            found[here] = logistic(self.of_gold[here] @ weights + offset)
        return found

    def by_lexname(self) -> NDArray[np.float64]:
        """Return how often the development concepts of the lexname are visual."""
        names = self.groups["lexname"][0]
        share_of = {
            name: (self.lessons[names == name].sum() + 0.5) / ((names == name).sum() + 1)
            for name in np.unique(names)
        }
        return np.array([share_of.get(name, 0.5) for name in self.lexnames])


def _scores(bench: _Bench, model: VisualModel) -> Iterator[VisualScore]:
    views, end = 4 * bench.dim, bench.of_gold.shape[1]
    every = np.arange(end)
    shipped = model.probabilities(bench.of_gold @ model.weights)
    yield _score(bench, f"tagger, {model.tagger}", "concept", shipped, model)
    for way, chosen in (
        ("text of the concept alone", every[: bench.dim]),
        ("text, and text around it", every[:views]),
        ("the same, without label sets", every[: views + 2]),
        ("what is known without text", every[views:]),
    ):
        yield _score(bench, way, "concept", bench.fit(chosen))
    yield _score(bench, "lexname alone", "concept", bench.by_lexname())
    for group in ("lexname", "subtree"):
        yield _score(bench, "all that the tagger sees", group, bench.fit_without(group))
    yield VisualScore(
        way="CLIP text tower",
        held_out="concept",
        n=len(bench.gold),
        note="not measured: no weights of a CLIP ship, and no encoder of labelsys reads one yet",
    )


def _score(
    bench: _Bench,
    way: str,
    held_out: str,
    p: NDArray[np.float64],
    model: VisualModel | None = None,
) -> VisualScore:
    right = bench.right
    low, high = _interval(p, right)
    score = VisualScore(
        way=way,
        held_out=held_out,
        n=len(right),
        auroc=auroc(p, right),
        low=low,
        high=high,
        mixed=_within(bench, p),
        average_precision=average_precision(p, right),
        accuracy=float(((p >= 0.5) == right).mean()),
        calibration_error=calibration_error(p, right),
    )
    if model is None:
        return score
    yes, no = p >= model.high, p <= model.low
    return score._replace(
        decided=share(int(yes.sum() + no.sum()), len(right)),
        right_visual=share(int(right[yes].sum()), int(yes.sum())),
        right_non_visual=share(int((~right[no]).sum()), int(no.sum())),
    )


def _within(bench: _Bench, p: NDArray[np.float64]) -> float:
    names = np.array(bench.lexnames)
    areas = [auroc(p[names == f"noun.{w}"], bench.right[names == f"noun.{w}"]) for w in MIXED]
    return float(np.mean([area for area in areas if area is not None]))


def _interval(p: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    chance = np.random.default_rng(0)
    draws = (chance.integers(0, len(p), len(p)) for _ in range(_RESAMPLES))
    areas = [area for d in draws if (area := auroc(p[d], right[d])) is not None]
    return float(np.quantile(areas, 0.025)), float(np.quantile(areas, 0.975))


def auroc(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float | None:
    """Return the area under the ROC curve, ties counted half; None where one sort is missing.

    Examples:
        >>> auroc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
        0.875
    """
    n_right = int(right.sum())
    if n_right in (0, len(right)):
        return None
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = ranks[right].sum() - n_right * (n_right + 1) / 2
    return float(above / (n_right * (len(right) - n_right)))


def average_precision(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float | None:
    """Return the mean precision at each right row; rows of one score are taken together.

    Examples:
        >>> average_precision(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]))
        0.8333333333333333
    """
    if not right.any():
        return None
    order = np.argsort(-p, kind="stable")
    ends = np.append(p[order][1:] < p[order][:-1], True)
    good, taken = np.cumsum(right[order])[ends], (np.flatnonzero(ends) + 1)
    return float((np.diff(good, prepend=0) * good / taken).sum() / right.sum())


def calibration_error(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the mean distance of stated and found shares, over ten bins of equal width.

    Examples:
        >>> calibration_error(np.array([0.95, 0.95]), np.array([True, True]))
        0.050000000000000044
    """
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(p[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))
