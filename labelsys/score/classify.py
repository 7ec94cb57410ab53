"""How right predictions are whose classes are of another label set than the truth.

A label stands for a set: its concept and all above it, without the root. Hierarchical
precision and recall are those of Kiritchenko, Matwin and Famili (2005), as Silla and Freitas
(2011) recommend them: what the two sets of an image share, summed over images, over the sum
of the sizes of the predicted and the true sets.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from labelsys.errors import ConfigError, SourceError
from labelsys.ids import ROOT
from labelsys.rows import Rows
from labelsys.score.read import Answer, read_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.crosswalk.standing import Spot
    from labelsys.ids import Curie

__all__ = ["Outcome", "Pair", "PairScorer", "ScoreRow", "score_files"]

Outcome = Literal["exact", "narrower", "broader", "wrong", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """Scores of the images of one branch; `images` is the sum of the next five counts.

    Attributes:
        branch: the concept that the truth lies below, or `all`.
        images: how many.
        exact: predictions that are the true class.
        narrower: that are a kind of it.
        broader: that it is a kind of.
        wrong: that are none of these.
        missing: images without a prediction.
        unknown: predicted images that the truth does not have; no score counts them, and only
            the row `all` lists them.
        accuracy: exact over images.
        credit: mean credit; see `Pair`.
        h_precision: hierarchical precision.
        h_recall: hierarchical recall.
        h_f1: their harmonic mean.
    """

    branch: str
    images: int
    exact: int
    narrower: int
    broader: int
    wrong: int
    missing: int
    unknown: int
    accuracy: float
    credit: float
    h_precision: float
    h_recall: float
    h_f1: float


class Pair(NamedTuple):
    """A prediction beside the truth.

    Attributes:
        outcome: what it is to the truth.
        shared: how many members the two sets share.
        predicted: size of the predicted set.
        true: size of the true set.
    """

    outcome: Outcome
    shared: int
    predicted: int
    true: int

    @property
    def credit(self) -> float:
        """1 for exact and narrower; for broader the shared part of the true set; else 0."""
        if self.outcome in ("exact", "narrower"):
            return 1.0
        return self.shared / self.true if self.outcome == "broader" else 0.0


class PairScorer:
    """Compares labels of two sets by way of their concepts."""

    def __init__(self, walker: Crosswalker, predicted: str, truth: str) -> None:
        """Relate two label sets, which may be one.

        Raises:
            NotFoundError: no such set.
        """
        self._walker = walker
        self._exact: set[tuple[str, str]] = set()
        if predicted != truth:
            self._exact = {
                (row.source_id, row.target_id)
                for row in walker.relate(predicted, truth)
                if row.relation == "exact" and row.target_id is not None
            }
        self._sets: dict[str, frozenset[int | str]] = {}

    def compare(self, predicted: Spot | None, truth: Spot) -> Pair:
        """Return what a predicted label is to the true one; None is no prediction."""
        true = self.members(truth)
        if predicted is None:
            return Pair("missing", 0, 0, len(true))
        if predicted.id == truth.id or (predicted.id, truth.id) in self._exact:
            return Pair("exact", len(true), len(true), len(true))
        found = self.members(predicted)
        outcome: Outcome = "wrong"
        if truth.is_meant and truth.concept in found:
            outcome = "narrower"
        elif predicted.is_meant and predicted.concept in true:
            outcome = "broader"
        return Pair(outcome, len(found & true), len(found), len(true))

    def members(self, spot: Spot) -> frozenset[int | str]:
        """Return a label's set: numbers of concepts, and the label itself where it means none."""
        if spot.id not in self._sets:
            hierarchy = self._walker.hierarchy
            found: set[int | str] = set() if spot.is_meant else {str(spot.id)}
            if spot.concept >= 0:
                found |= {spot.concept, *self._walker.above(spot.concept)}
            if ROOT in hierarchy and len(found) > 1:
                found.discard(hierarchy.index(ROOT))
            self._sets[spot.id] = frozenset(found)
        return self._sets[spot.id]


def score_files(
    walker: Crosswalker,
    predictions: Path,
    truth: Path,
    *,
    predicted_set: str,
    true_set: str,
    branches: Sequence[Curie] = (),
) -> Rows[ScoreRow]:
    """Return scores over all images of the truth, and for each branch.

    An image with several true labels is compared with the one that the prediction does best
    on; of several predictions the one with the highest score counts.

    Args:
        walker: relates the label sets.
        predictions: table of `image_id`, `label` and perhaps `score`.
        truth: table of `image_id` and `label`.
        predicted_set: label set of the predictions.
        true_set: label set of the truth.
        branches: concepts; a branch holds the images whose true label is or lies below one.

    Raises:
        NotFoundError: no such label set, or no such concept.
        SourceError: a table is wrong, or the two have no image in common.
        ConfigError: the truth has no image.
    """
    scorer = PairScorer(walker, predicted_set, true_set)
    guesses = read_answers(predictions, walker.standing(predicted_set))
    known = read_answers(truth, walker.standing(true_set))
    if not known:
        msg = "has no image: nothing to score"
        raise ConfigError(msg, location=str(truth))
    if guesses and not guesses.keys() & known.keys():
        msg = f"no image of it is in {truth}: has it {next(iter(guesses))[:60]!r}?"
        raise SourceError(msg, path=predictions)
    pairs = []
    for image, answers in known.items():
        guess = _first(guesses.get(image, ()), predictions)
        best = max(
            ((scorer.compare(guess, answer.spot), answer.spot) for answer in answers),
            key=lambda found: (found[0].credit, found[0].shared / found[0].true),
        )
        pairs.append(best)
    rows = [_row("all", [pair for pair, _ in pairs], unknown=len(guesses.keys() - known.keys()))]
    for branch in branches:
        number = walker.hierarchy.index(branch)
        rows.append(_row(branch, [p for p, spot in pairs if number in scorer.members(spot)]))
    return Rows(rows, ScoreRow)


def _first(answers: Iterable[Answer], path: Path) -> Spot | None:
    """Return the label with the highest score.

    Raises:
        SourceError: there are several labels and no scores.
    """
    listed = list(answers)
    for answer in listed:
        if len(listed) > 1 and answer.score is None:
            msg = "an image with several predictions needs a score for each"
            raise SourceError(msg, path=path, line=answer.line)
    if not listed:
        return None
    return max(listed, key=lambda answer: (answer.score or 0.0, -answer.line)).spot


def _row(branch: str, pairs: Sequence[Pair], *, unknown: int = 0) -> ScoreRow:
    n = len(pairs)
    counts: Mapping[Outcome, int] = Counter(pair.outcome for pair in pairs)
    shared = sum(pair.shared for pair in pairs)
    precision = _ratio(shared, sum(pair.predicted for pair in pairs))
    recall = _ratio(shared, sum(pair.true for pair in pairs))
    return ScoreRow(
        branch=branch,
        images=n,
        exact=counts["exact"],
        narrower=counts["narrower"],
        broader=counts["broader"],
        wrong=counts["wrong"],
        missing=counts["missing"],
        unknown=unknown,
        accuracy=round(_ratio(counts["exact"], n), 4),
        credit=round(_ratio(sum(pair.credit for pair in pairs), n), 4),
        h_precision=round(precision, 4),
        h_recall=round(recall, 4),
        h_f1=round(_ratio(2 * precision * recall, precision + recall), 4),
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
