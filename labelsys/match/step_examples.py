"""Questions with known answers for the ranker of steps: which way down, or stay.

The names of `examples` are placed as labels are, by the ranker of places. From
each place that lies above the answer, the true way down is followed to its
parent, and at each concept on the way the question is which step is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.broader import best_places
from labelsys.match.descent import FEATURES, Sights, Steps, ground_of, steps_from
from labelsys.match.examples import Example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.descent import Ground
    from labelsys.match.evidence import Evidence
    from labelsys.match.examples import Examiner, PlacedBlock, Question
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.rank import Ranker

__all__ = ["step_examples"]

_MOST_STEPS = 4
_CHANCE = list(FEATURES).index("chance")


def step_examples(
    examiner: Examiner,
    asked: Sequence[Question],
    evidence: Evidence,
    first: Ranker,
    places: Ranker,
    *,
    with_vectors: bool,
) -> list[Example]:
    """Return examples for the ranker of steps.

    The answers of every other question stand for what the rest of the list
    means; a question's own is taken out of the counts.

    Args:
        examiner: turns questions into places.
        asked: one list.
        evidence: of other lists.
        first: of names, for the first look.
        places: places the labels.
        with_vectors: whether the columns that take vectors are filled in.
    """
    lexicon = examiner.lexicon
    ground = ground_of(lexicon, evidence.sets_at, [q.answer for q in asked if q.answer % 2 == 0])
    examples: list[Example] = []
    for block in examiner.placed(asked, evidence, first):
        chances = places.probabilities_of(block.table, block.found.labels, len(block.asked))
        sights = Sights(block.clues, block.found, chances)
        if with_vectors:
            of_labels = block.vectors.labels, block.vectors.expected
            sights = Sights(block.clues, block.found, chances, examiner.vectors, *of_labels)
        examples += _of_block(lexicon, block, sights, ground)
    return examples


def _of_block(
    lexicon: Lexicon, block: PlacedBlock, sights: Sights, ground: Ground
) -> list[Example]:
    above = [lexicon.ancestors(q.answer) - {q.answer} for q in block.asked]
    places = best_places(lexicon, block.clues, block.found, sights.chances)
    at = np.array([p.guesses[0].concept if p.is_found else -1 for p in places], dtype=np.int64)
    examples: list[Example] = []
    for _ in range(_MOST_STEPS):
        at[[int(c) not in known for c, known in zip(at, above, strict=True)]] = -1
        steps = steps_from(lexicon, at, sights, ground)
        bounds = np.searchsorted(steps.labels, np.arange(len(at) + 1)).tolist()
        at = np.full(len(at), -1, dtype=np.int64)
        for number, (question, known) in enumerate(zip(block.asked, above, strict=True)):
            rows = slice(bounds[number], bounds[number + 1])
            if rows.start == rows.stop:
                continue
            right = _right(steps, rows, known)
            at[number] = -1 if right < 0 else steps.concepts[rows][right]
            examples.append(Example(steps.table[rows].copy(), right, question.weight))
    return examples


def _right(steps: Steps, rows: slice, above: frozenset[int]) -> int:
    """Return the likeliest true step so far, -1 where the answer lies right below."""
    concepts: NDArray[np.int64] = steps.concepts[rows]
    true = [k for k, concept in enumerate(concepts.tolist()) if concept in above]
    chance = steps.table[rows, _CHANCE]
    return max(true, key=lambda k: (float(chance[k]), -k), default=-1)
