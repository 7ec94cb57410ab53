"""Fit the ranker of items: `python -m labelsys.source.wikidata.linking.train`.

It learns from the pull that ships, from the items that P8814 links, and from
nothing else. While it learns, the identifiers of all items are hidden: what an
item is comes from its names, its description, and what other items likely are.
An item with several right synsets is taken for the one that has its label, else
for the first; any of them is right where answers are counted.

Most classes without an identifier are in no WordNet, though something there has
their name. So the model that ships is asked about each item once more, its right
synsets taken out of the candidates: then none of them is right. What its
probabilities are worth is learnt from both.

What a probability is worth is learnt from items that the weights have not seen:
items are dealt into folds, those that share a synset or a label into the same.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from labelsys.match.lexicon import Lexicon
from labelsys.match.rank import Ranker, fit_softmax
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.heal import heal
from labelsys.source.wikidata.linking.exact import (
    ExactModel,
    best_answers,
    first_look,
    format_model,
    gather,
    second_table,
    tabulate,
)
from labelsys.source.wikidata.linking.features import FEATURES, LOOK_FEATURES, VECTOR_FEATURES
from labelsys.source.wikidata.linking.identifiers import right_synsets
from labelsys.source.wikidata.linking.vectors import with_vectors
from labelsys.source.wikidata.source import read_shipped
from labelsys.source.wordnet import WordNetSource
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.match.embed import Embedder
    from labelsys.source.wikidata.facts import Facts, Item
    from labelsys.source.wikidata.linking.exact import Answer, Candidates

__all__ = [
    "FOLDS",
    "TARGET",
    "Lesson",
    "add_vectors",
    "deal",
    "fit_knots",
    "fit_model",
    "held_out",
    "lowest_accepted",
    "main",
    "make_lesson",
]

VERSION: Final = 1
FOLDS: Final = 5
TARGET: Final = 0.98
"""Share of accepted links that are to be right."""
_L2: Final = 5e-5
_BLOCK: Final = 250
"""Answers whose share of right ones is one knot of the calibration."""
_SUREST: Final = 0.999
_MODELS: Final = Path(__file__).with_name("models")


class Lesson(NamedTuple):
    """What there is to learn from a pull.

    Attributes:
        candidates: of all its items.
        right: for each of them the synsets (indices in the lexicon) that
            identifiers say it is; empty where none does.
        folds: int64 (n_items,): where each was dealt to; -1 where nothing is known.
        without: linked items with what is left of their candidates when the
            right ones are taken out.
        folds_without: int64 (n_without,): where those were dealt to.
        items: all of the pull.
        lexicon: of WordNet.
        has_vectors: whether columns that take vectors are filled in.
    """

    candidates: Candidates
    right: tuple[frozenset[int], ...]
    folds: NDArray[np.int64]
    without: Candidates
    folds_without: NDArray[np.int64]
    items: Mapping[str, Item]
    lexicon: Lexicon
    has_vectors: bool = False

    def in_folds(self, folds: Collection[int]) -> list[int]:
        """Return the numbers of the items in some folds."""
        return np.flatnonzero(np.isin(self.folds, list(folds))).tolist()

    def is_right(self, number: int, answer: Answer) -> bool:
        """Return whether an answer about an item is one of the right ones."""
        return answer.found.concept in self.right[number]

    def shares_name(self, number: int) -> bool:
        """Return whether a right synset is among the candidates."""
        found = self.candidates.asked[number][1]
        return any(one.concept in self.right[number] for one in found)


def add_vectors(lesson: Lesson, embedder: Embedder) -> Lesson:
    """Return a lesson in which items and synsets are compared by a sentence encoder as well."""
    candidates, without = (
        with_vectors(each, lesson.lexicon, embedder) for each in (lesson.candidates, lesson.without)
    )
    return lesson._replace(candidates=candidates, without=without, has_vectors=True)


def make_lesson(facts: Facts, lexicon: Lexicon, folds: int = FOLDS) -> Lesson:
    """Return what there is to learn from a pull.

    Args:
        facts: its redirects followed.
        lexicon: of WordNet, with 3.1 ids among the xrefs.
        folds: that items are dealt into.
    """
    candidates = gather(facts.items.values(), lexicon)
    known = right_synsets(facts.items.values(), lexicon)
    right = tuple(known.get(item.qid, frozenset()) for item, _ in candidates.asked)
    linked = [
        (item, synsets)
        for (item, _), synsets in zip(candidates.asked, right, strict=True)
        if synsets
    ]
    dealt = deal(linked, folds)
    left = (
        (item, tuple(one for one in found if one.concept not in synsets))
        for (item, found), synsets in zip(candidates.asked, right, strict=True)
        if synsets
    )
    without = tabulate(left, lexicon)
    folds_of, folds_without = (
        np.array([dealt.get(item.qid, -1) for item, _ in each.asked], dtype=np.int64)
        for each in (candidates, without)
    )
    return Lesson(candidates, right, folds_of, without, folds_without, facts.items, lexicon)


def deal(linked: Sequence[tuple[Item, frozenset[int]]], folds: int) -> dict[str, int]:
    """Return QID -> fold; items that share a synset or a folded label are in one fold.

    Args:
        linked: items, and the synsets that each is.
        folds: how many.
    """
    roots: dict[tuple[str, str], tuple[str, str]] = {}

    def root(key: tuple[str, str]) -> tuple[str, str]:
        while (above := roots.setdefault(key, key)) != key:
            roots[key] = roots[above]
            key = above
        return key

    for item, synsets in linked:
        own = root(("label", fold(item.label) or item.qid))
        for synset in sorted(synsets):
            roots[root(("synset", str(synset)))] = own
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item, _ in linked:
        groups[root(("label", fold(item.label) or item.qid))].append(item.qid)
    return {qid: _drawn(min(group)) % folds for group in groups.values() for qid in group}


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def fit_model(
    lesson: Lesson, folds: Collection[int], target: float = TARGET, *, without: bool
) -> ExactModel:
    """Return a model that has learnt from some folds.

    Args:
        lesson: of `make_lesson`.
        folds: two or more; what its probabilities are worth is learnt from
            each, by weights that were fitted to the others.
        target: share of accepted answers that are to be right.
        without: whether items are asked about without their right synsets as well.
    """
    stated: list[float] = []
    turned_out: list[bool] = []
    for out in sorted(folds):
        rankers = _fit(lesson, set(folds) - {out}, without=without)
        model = ExactModel(*rankers, _IDENTITY, 1.0)
        for number, answer in held_out(lesson, model, out):
            stated.append(answer.probability)
            turned_out.append(lesson.is_right(number, answer))
        if without:
            wrong = _held_out_without(lesson, model, out)
            stated += wrong
            turned_out += [False] * len(wrong)
    knots = fit_knots(np.array(stated), np.array(turned_out))
    model = ExactModel(*_fit(lesson, folds, without=without), knots, 1.0)
    worth = model.confidence(np.array(stated))
    return model._replace(accept=lowest_accepted(worth, np.array(turned_out), target))


_IDENTITY: Final = np.array([[0.0, 0.0], [1.0, 1.0]])


def held_out(lesson: Lesson, model: ExactModel, out: int) -> list[tuple[int, Answer]]:
    """Return what a model answers about the items of a fold, with their numbers."""
    candidates = lesson.candidates
    meanings = first_look(candidates, model.first, {})
    table = second_table(candidates, meanings, lesson.items, lesson.lexicon)
    found = model.second.probabilities_of(table, candidates.owners, len(candidates.asked))
    answers = best_answers(candidates, found, model)
    return [(number, answers[number]) for number in lesson.in_folds({out})]


def _held_out_without(lesson: Lesson, model: ExactModel, out: int) -> list[float]:
    """Return the probabilities of answers about the items of a fold without their right synsets."""
    candidates = lesson.without
    meanings = first_look(lesson.candidates, model.first, {})
    table = second_table(candidates, meanings, lesson.items, lesson.lexicon)
    found = model.second.probabilities_of(table, candidates.owners, len(candidates.asked))
    numbers = np.flatnonzero(lesson.folds_without == out).tolist()
    return [float(found[candidates.rows_of(number)].max()) for number in numbers]


def _fit(lesson: Lesson, folds: Collection[int], *, without: bool) -> tuple[Ranker, Ranker]:
    """Return the rankers of the first look and of the second."""
    of_look, of_vectors = (
        np.array([name in names for name in FEATURES]) for names in (LOOK_FEATURES, VECTOR_FEATURES)
    )
    active = np.full(len(FEATURES), fill_value=True) if lesson.has_vectors else ~of_vectors
    asked = (lesson.candidates, lesson.without) if without else (lesson.candidates,)
    first = _ranker(lesson, [each.table for each in asked], folds, active & ~of_look)
    meanings = first_look(lesson.candidates, first, {})
    tables = [second_table(each, meanings, lesson.items, lesson.lexicon) for each in asked]
    return first, _ranker(lesson, tables, folds, active)


def _ranker(
    lesson: Lesson,
    tables: Sequence[NDArray[np.float32]],
    folds: Collection[int],
    active: NDArray[np.bool_],
) -> Ranker:
    """Return a ranker that is fitted to the items of some folds.

    Args:
        lesson: what there is to learn.
        tables: of the items, and maybe of those whose right synsets were taken out.
        folds: to learn from.
        active: bool (n_features,): columns that it may go by.
    """
    numbers = lesson.in_folds(folds)
    parts = [tables[0][lesson.candidates.rows_of(number)] for number in numbers]
    answers = [_answer(lesson, number) for number in numbers]
    for table in tables[1:]:
        taken_out = np.flatnonzero(np.isin(lesson.folds_without, list(folds))).tolist()
        parts += [table[lesson.without.rows_of(number)] for number in taken_out]
        answers += [-1] * len(taken_out)
    weights = fit_softmax(parts, answers, [1.0] * len(parts), active=active, l2=_L2)
    return Ranker(name="", weights=np.round(weights, 4), fingerprint="")


def _answer(lesson: Lesson, number: int) -> int:
    """Return which candidate of an item is learnt as the right one; -1 where none is."""
    found = lesson.candidates.asked[number][1]
    right = [i for i, one in enumerate(found) if one.concept in lesson.right[number]]
    return min(right, key=lambda i: (not found[i].is_label, i), default=-1)


def fit_knots(stated: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what probabilities are worth: isotonic, straight between blocks of answers.

    Args:
        stated: float64 (n,), probabilities.
        right: bool (n,), what turned out.

    Returns:
        float64 (n_knots, 2), both columns rising.
    """
    order = np.argsort(stated, kind="stable")
    n_blocks = max(len(order) // _BLOCK, 1)
    parts = [part for part in np.array_split(order, n_blocks) if len(part)]
    blocks = [(float(right[p].mean()), len(p), float(stated[p].mean())) for p in parts]
    # Pool adjacent violators.
    pooled: list[tuple[float, int, float]] = []
    for block in blocks:
        worth, size, at = block
        while pooled and pooled[-1][0] >= worth:
            other, n, place = pooled.pop()
            worth, at = (
                (other * n + worth * size) / (n + size),
                (place * n + at * size) / (n + size),
            )
            size += n
        pooled.append((worth, size, at))
    ends = [(0.0, 0.0), *((at, min(worth, _SUREST)) for worth, _, at in pooled)]
    if ends[-1][0] < 1.0:
        ends.append((1.0, max(ends[-1][1], _SUREST)))
    return np.array(ends)


def lowest_accepted(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], target: float
) -> float:
    """Return the lowest confidence from which on so many answers are right; 1 where there is none.

    Answers of one confidence are taken together.
    """
    order = np.argsort(-confidences, kind="stable")
    stated, share = confidences[order], np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last = np.append(stated[1:] < stated[:-1], True)
    reached = np.flatnonzero(last & (share >= target))
    return round(float(stated[reached[-1]]), 4) if len(reached) else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the ranker and write its coefficient file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=_MODELS, help="where the file goes")
    given = parser.parse_args(arguments)
    wordnet = WordNetSource().load(None, SilentProgress())
    lesson = make_lesson(heal(read_shipped()), Lexicon(wordnet.concepts, wordnet.edges))
    model = fit_model(lesson, range(FOLDS), without=True)
    learnt = lesson.in_folds(range(FOLDS))
    learnt_from = {"items": len(learnt), "without_answer": len(lesson.without.asked)}
    about = {"version": VERSION, "trained_on": learnt_from, "l2": _L2, "target": TARGET}
    text = format_model(
        (model.first.weights, model.second.weights), model.knots, model.accept, about
    )
    (given.out / "exact.json").write_text(text, encoding="utf-8")
    sys.stderr.write(f"exact.json: {len(learnt):,} items, accepted from {model.accept:g} on\n")


if __name__ == "__main__":
    main()
