"""Figures in folds: each part of a gold file is answered by a ranker that has learnt from the rest.

The rows are parted by name. For each part the shipped ranker of names is
fitted anew to the other parts (and to further gold files), with a ridge that
pulls towards the shipped weights, and the whole list is linked with it; only
the answers of the part that it has not seen are kept. Everything else (what
the list as a whole says, the ranker of places) is as in use.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from labelsys.benchmark.fold_plan import FoldPlan, deal
from labelsys.benchmark.metrics import Share, coverage_at_precision, share
from labelsys.benchmark.refit import PULL, Refitter, read_questions
from labelsys.benchmark.score import EXACT, LinkScore, SystemScore, score_answers, score_links
from labelsys.denials import obey_denials
from labelsys.errors import ConfigError
from labelsys.match.image_evidence import read_image_vectors
from labelsys.match.link import Linker, LinkRow, open_linker
from labelsys.match.rank import load_ranker
from labelsys.text import fold
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from labelsys.benchmark.gold import ResolvedGold
    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = [
    "FoldReport",
    "HeldAnswer",
    "LinkOptions",
    "TargetOutcome",
    "ThresholdPoint",
    "bench_folds",
    "outcome_of",
]

THRESHOLDS = (0.8, 0.9, 0.95)
"""Where precision and coverage of the answers held out are told."""
_INNER = 4
"""Parts that the rows learnt from are cut into, to choose a threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPoint:
    """The exact links from some confidence on.

    Attributes:
        confidence: the lowest that is taken.
        coverage: of all rows, those taken.
        precision: of those, the right ones.
    """

    confidence: float
    coverage: Share
    precision: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOutcome:
    """What thresholds, chosen on the rows learnt from, come to on the rows held out.

    Attributes:
        precision: the one wanted.
        confidences: the threshold of each fold: the lowest at which the other
            folds reach that precision; None where none does, and nothing of
            the fold is taken.
        coverage: of all rows, those taken.
        reached: of those, the right ones.
    """

    precision: float
    confidences: tuple[float | None, ...]
    coverage: Share
    reached: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldReport:
    """What links are worth when the ranker has learnt from other rows of the file.

    Attributes:
        folds: how many parts.
        seed: of the draw.
        fit_also: the further gold files, by path.
        pull: strength of the ridge towards the shipped weights, against the sum
            over the rows learnt from.
        sizes: rows of each fold.
        learnt: rows that the ranker of each fold was fitted to.
        score: of the answers held out, as for the plain ones.
        points: precision and coverage at fixed thresholds.
        target: the same where the threshold was chosen on other rows.
    """

    folds: int
    seed: int
    fit_also: tuple[str, ...]
    pull: float
    sizes: tuple[int, ...]
    learnt: tuple[int, ...]
    score: LinkScore
    points: tuple[ThresholdPoint, ...]
    target: TargetOutcome


class LinkOptions(NamedTuple):
    """How lists are linked; see `labelsys.match.link.open_linker`.

    Attributes:
        use: what the names come with beside.
        independent: the names say nothing of each other.
        encoder: `auto`, `none` or a name.
        image_vectors: file with mean image vectors of labels, or None.
    """

    use: tuple[str, ...] = ()
    independent: bool = False
    encoder: str = "auto"
    image_vectors: Path | None = None


def bench_folds(
    reader: GraphStore,
    gold: ResolvedGold,
    also: Sequence[ResolvedGold],
    plan: FoldPlan,
    options: LinkOptions,
    *,
    label_set: str | None = None,
    progress: Progress,
) -> tuple[FoldReport, SystemScore]:
    """Answer each part of a gold file by a ranker that has learnt from the rest.

    Args:
        reader: a store.
        gold: the file.
        also: further files to learn from.
        plan: how.
        options: how lists are linked.
        label_set: the label set in the store that the file is of.
        progress: told how far it is.

    Returns:
        The figures, and the line that stands beside other ways to answer.

    Raises:
        ConfigError: the file has too few rows for so many folds.
        NotFoundError: the store has no such label set.
    """
    started = time.perf_counter()
    parts = _parts(gold, plan)
    linker = _open(reader, gold, options, label_set, progress)
    refitter = Refitter(
        own=read_questions(gold, linker, independent=options.independent),
        also=[
            question
            for each in also
            for question in read_questions(
                each,
                _open(reader, each, options, None, progress),
                independent=options.independent,
            )
        ],
        start=load_ranker(
            "names", with_vectors=linker.vectors is not None, taught_by=linker.taught_by
        ),
    )
    if not all(refitter.questions(part) for part in parts):
        msg = f"{gold.gold.path}: too few rows with a candidate to learn from in every fold"
        raise ConfigError(msg, location="--folds")
    answers = _answer(gold, linker, refitter, parts, options)
    rows = obey_denials(reader, answers, linker.left_out)
    seconds = time.perf_counter() - started
    line = SystemScore(system=f"labelsys, {plan.folds} folds", kind="labelsys", seconds=seconds)
    report = _report(reader, gold, rows, refitter, parts, plan)
    return report, score_answers(line, gold, [row.object_id for row in gold.scored(rows)])


def _parts(gold: ResolvedGold, plan: FoldPlan) -> tuple[frozenset[str], ...]:
    names = _scored_names(gold)
    n = len(set(names))
    if n < plan.folds:
        names_of = f"answers for {n} different names" if n != 1 else "answers for one name"
        msg = f"{gold.gold.path}: {names_of} can't be cut into {plan.folds} parts"
        raise ConfigError(msg, location="--folds")
    return deal(names, plan.folds, plan.seed)


def _scored_names(gold: ResolvedGold) -> list[str]:
    return [fold(row.name) for row in gold.scored(gold.linked)]


def _open(
    reader: GraphStore,
    gold: ResolvedGold,
    options: LinkOptions,
    label_set: str | None,
    progress: Progress,
) -> Linker:
    path = options.image_vectors
    return open_linker(
        reader,
        gold.labels(label_set or "input", options.use),
        label_set=label_set,
        encoder=options.encoder,
        images=None if path is None else read_image_vectors(path),
        cache=find_cache(reader),
        progress=progress,
    )


def _answer(
    gold: ResolvedGold,
    linker: Linker,
    refitter: Refitter,
    parts: Sequence[frozenset[str]],
    options: LinkOptions,
) -> tuple[LinkRow, ...]:
    """Return one link a row: that of the ranker which has not seen the row's name.

    Rows whose name is in no part are not scored; theirs is the link of the first ranker.
    """
    places = load_ranker("places", with_vectors=linker.vectors is not None)
    found: list[LinkRow] = []
    for part in parts:
        matcher = linker.matcher((refitter.ranker(part), places))
        rows = linker.rows(
            matcher.match(linker.label_set, names_only=True, independent=options.independent)
        )
        found = found or list(rows)
        for i, (given, row) in enumerate(zip(gold.linked, rows, strict=True)):
            if fold(given.name) in part:
                found[i] = row
    return tuple(found)


def _report(
    reader: GraphStore,
    gold: ResolvedGold,
    rows: Sequence[LinkRow],
    refitter: Refitter,
    parts: Sequence[frozenset[str]],
    plan: FoldPlan,
) -> FoldReport:
    names = _scored_names(gold)
    answers = [
        HeldAnswer(fold(given.name), _stated(row), row.object_id == wanted)
        for given, row, wanted in zip(gold.linked, rows, gold.answers, strict=True)
        if wanted is not None
    ]
    thresholds = tuple(_threshold(refitter, names, part, plan) for part in parts)
    return FoldReport(
        folds=plan.folds,
        seed=plan.seed,
        fit_also=tuple(map(str, plan.fit_also)),
        pull=PULL,
        sizes=tuple(sum(name in part for name in names) for part in parts),
        learnt=tuple(len(refitter.questions(part)) for part in parts),
        score=score_links(reader, gold, rows),
        points=tuple(_point(answers, confidence) for confidence in THRESHOLDS),
        target=outcome_of(answers, parts, thresholds, plan.target),
    )


class HeldAnswer(NamedTuple):
    """An answer that was held out.

    Attributes:
        name: folded.
        confidence: None unless it says exactMatch.
        right: whether it is the gold concept.
    """

    name: str
    confidence: float | None
    right: bool


def _stated(row: LinkRow) -> float | None:
    return row.confidence if row.predicate_id == EXACT else None


def _point(answers: Sequence[HeldAnswer], confidence: float) -> ThresholdPoint:
    taken = [a for a in answers if a.confidence is not None and a.confidence >= confidence]
    return ThresholdPoint(
        confidence=confidence,
        coverage=share(len(taken), len(answers)),
        precision=share(sum(a.right for a in taken), len(taken)),
    )


def _threshold(
    refitter: Refitter, names: Sequence[str], held: frozenset[str], plan: FoldPlan
) -> float | None:
    """Return the lowest confidence at which the rows learnt from reach the target.

    They are cut into parts themselves, each asked of a ranker that has seen
    neither it nor what is held out: of rows that it was fitted to a ranker is
    too sure.
    """
    known = [name for name in names if name not in held]
    inner = deal(known, min(_INNER, len(set(known))), plan.seed)
    stated: list[float | None] = []
    right: list[bool] = []
    for part in inner:
        asked = refitter.ask(refitter.ranker(held | part), part)
        for confidence, is_right in asked.values():
            stated.append(confidence)
            right.append(is_right)
    return coverage_at_precision(stated, right, [plan.target])[0].confidence


def outcome_of(
    answers: Sequence[HeldAnswer],
    parts: Sequence[frozenset[str]],
    thresholds: Sequence[float | None],
    target: float,
) -> TargetOutcome:
    """Return what comes of taking the answers of each part from its own threshold on.

    Args:
        answers: of all parts.
        parts: names.
        thresholds: one a part; None takes nothing.
        target: the precision that they were chosen for.
    """
    least = {
        name: threshold
        for part, threshold in zip(parts, thresholds, strict=True)
        if threshold is not None
        for name in part
    }
    taken = [
        a
        for a in answers
        if a.confidence is not None and a.name in least and a.confidence >= least[a.name]
    ]
    return TargetOutcome(
        precision=target,
        confidences=tuple(thresholds),
        coverage=share(len(taken), len(answers)),
        reached=share(sum(a.right for a in taken), len(taken)),
    )
