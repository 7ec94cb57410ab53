"""Rankers of names that have learnt from some rows of gold files, and not from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.rank import Ranker, fit_softmax
from labelsys.match.tables import name_tables
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from labelsys.benchmark.gold import ResolvedGold
    from labelsys.match.link import Linker

__all__ = ["PULL", "Question", "Refitter", "read_questions"]

PULL = 0.3
"""Strength of the ridge towards the shipped weights, against the sum over all rows.

A few rows hardly move a weight; some hundred adjust those that they speak of.
"""


class Question(NamedTuple):
    """A row to learn from.

    Attributes:
        row: its place among the rows of its file that were linked.
        name: folded.
        features: float32, shape (n_candidates, n_features).
        answer: index of the right candidate, or -1 where it is none.
    """

    row: int
    name: str
    features: NDArray[np.float32]
    answer: int


def read_questions(
    gold: ResolvedGold, linker: Linker, *, independent: bool = False
) -> tuple[Question, ...]:
    """Return the rows of a file that have an answer and a candidate, in order.

    Args:
        gold: the file.
        linker: ready to link its names.
        independent: the names say nothing of each other.
    """
    tables = name_tables(linker, independent=independent)
    found = []
    for row, (given, answer, table) in enumerate(
        zip(gold.linked, gold.answers, tables, strict=True)
    ):
        if answer is None or table is None:
            continue
        concept = linker.lexicon.index.get(answer, -1)
        right = table.concepts.index(concept) if concept in table.concepts else -1
        found.append(Question(row, fold(given.name), table.features, right))
    return tuple(found)


class Refitter:
    """Fits the shipped ranker to questions, but for those of names that are held out.

    Attributes:
        own: questions of the file that is measured.
        also: questions of further files.
        start: the shipped ranker.
    """

    def __init__(self, own: Sequence[Question], also: Sequence[Question], start: Ranker) -> None:
        """Take what all fits share."""
        self.own = own
        self.also = also
        self.start = start

    def questions(self, held: Collection[str]) -> list[Question]:
        """Return what there is to learn from when some names are held out, in any file."""
        return [q for q in (*self.own, *self.also) if q.name not in held]

    def ranker(self, held: Collection[str]) -> Ranker:
        """Return the shipped ranker, its weights pulled from theirs by all but some names.

        Where nothing is left to learn from it is the shipped one.
        """
        questions = self.questions(held)
        if not questions:
            return self.start
        weights = fit_softmax(
            [q.features for q in questions],
            [q.answer for q in questions],
            [1.0] * len(questions),
            active=np.ones(len(self.start.weights), dtype=np.bool_),
            l2=PULL / len(questions),
            prior=self.start.weights,
        )
        return Ranker(name=f"{self.start.name}-refitted", weights=weights, fingerprint="")

    def ask(self, ranker: Ranker, names: Collection[str]) -> dict[int, tuple[float | None, bool]]:
        """Return row -> (confidence, whether right) of the file's questions of some names.

        The confidence is None where the ranker says that nothing fits.
        """
        found = {}
        for question in self.own:
            if question.name in names:
                chances = ranker.probabilities(question.features)
                best = int(np.argmax(chances[:-1]))
                stated = None if chances[-1] > 0.5 else float(chances[best])
                found[question.row] = (stated, best == question.answer)
        return found
