"""What the links of one gold file are worth: the values of the report, and how they are counted.

An answer is right if it is the gold concept, whatever its predicate; what
counts only links that claim to be exact says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from labelsys.benchmark.calibration import (
    CalibrationBin,
    CalibrationError,
    calibration_bins,
    calibration_error,
)
from labelsys.benchmark.metrics import (
    CurvePoint,
    Share,
    TargetPoint,
    coverage_at_precision,
    precision_at_coverage,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelsys.benchmark.folds import FoldReport
    from labelsys.benchmark.gold import GoldRow, ResolvedGold, SkippedGold
    from labelsys.ids import Curie
    from labelsys.match.link import LinkRow
    from labelsys.store.protocol import GraphStore

__all__ = ["LinkReport", "LinkScore", "Miss", "SystemScore", "score_answers", "score_links"]

EXACT = "skos:exactMatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A row whose answer is not the gold concept.

    Attributes:
        line: 1-based line in the gold file.
        label_id: as in the file.
        name: as in the file.
        gold: the concept it means.
        gold_name: its synset, or its preferred name.
        answer: the concept answered, or None.
        answer_name: its synset, or its preferred name, or "".
        predicate_id: as answered.
        confidence: as answered.
        status: as answered.
        rank: place of the gold concept among the candidates, from 1; None if
            it was none.
    """

    line: int
    label_id: str
    name: str
    gold: Curie
    gold_name: str
    answer: Curie | None
    answer_name: str
    predicate_id: str | None
    confidence: float | None
    status: str
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemScore:
    """How one way to answer did on the rows that are scored.

    Attributes:
        system: `labelsys`, or the name of a baseline or a peer.
        kind: which of these it is.
        version: of a peer or an encoder, "" where there is none.
        answered: rows with any answer; None where it did not run.
        accuracy: right answers; None where it did not run.
        seconds: what the answers took, without set-up where that is told apart.
        setup_seconds: what loading and indexing took before.
        left_out: why it did not run, or "".
    """

    system: str
    kind: Literal["labelsys", "baseline", "peer"]
    version: str = ""
    answered: int | None = None
    accuracy: Share | None = None
    seconds: float | None = None
    setup_seconds: float | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScore:
    """What our links are worth; rows are those that are scored.

    Rows are accepted as exact, accepted as broader, in review, or without a
    concept (`unlinked`): the four add up.

    Attributes:
        accuracy: rows whose answer is the gold concept.
        exact_accuracy: rows that say exactMatch to it.
        lifted_accuracy: rows right when an answer that is not WordNet's is
            replaced by the nearest WordNet concept above it.
        lifted: how many answers that replaces.
        candidate_recall: rows whose gold concept is the answer or among the
            candidates listed.
        accepted: rows accepted as exact.
        accepted_precision: of those, the right ones.
        accepted_broader: rows accepted as broader.
        review: rows in review that have a concept.
        unlinked: rows without one.
        curve: precision of the surest rows; rows without an exact link come last.
        targets: how many rows can be taken at wanted precisions.
        calibration: of exact links, accepted or not; None for under two.
        bins: of the reliability plot, over the same links.
        misses: rows that are not right, in file order.
    """

    accuracy: Share
    exact_accuracy: Share
    lifted_accuracy: Share
    lifted: int
    candidate_recall: Share
    accepted: Share
    accepted_precision: Share
    accepted_broader: int
    review: int
    unlinked: int
    curve: tuple[CurvePoint, ...]
    targets: tuple[TargetPoint, ...]
    calibration: CalibrationError | None
    bins: tuple[CalibrationBin, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """The benchmark of one gold file.

    Rows reconcile: read = scored + those skipped, by reason.

    Attributes:
        gold: the file's name without its suffix.
        path: the file.
        graph: hash of the graph that was linked to.
        encoder: sentence encoder of the links, or `none`.
        label_set: the label set that gave no evidence, where one was named.
        independent: whether each name was linked by itself.
        use: what the names came with.
        read: rows of the file.
        linked: rows with a usable name, linked together as one list.
        scored: rows with a gold concept.
        skipped: reason -> how many rows are not scored for it.
        skipped_rows: those rows, in file order.
        score: what our links are worth.
        systems: ours, the baselines and the peers, side by side.
        folds: what our links are worth when the ranker has learnt from other rows
            of the file; None where that was not asked for.
    """

    gold: str
    path: str
    graph: str
    encoder: str
    label_set: str | None
    independent: bool
    use: tuple[str, ...]
    read: int
    linked: int
    scored: int
    skipped: Mapping[str, int]
    skipped_rows: tuple[SkippedGold, ...]
    score: LinkScore
    systems: tuple[SystemScore, ...]
    folds: FoldReport | None = None


class Answer(NamedTuple):
    """A row to score, its gold concept, and how it was linked."""

    row: GoldRow
    gold: Curie
    link: LinkRow

    @property
    def is_right(self) -> bool:
        """Whether the answer is the gold concept."""
        return self.link.object_id == self.gold

    @property
    def is_exact(self) -> bool:
        """Whether the answer claims to be the same as the name."""
        return self.link.object_id is not None and self.link.predicate_id == EXACT

    @property
    def rank(self) -> int | None:
        """Place of the gold concept among the candidates, from 1."""
        ids = [candidate.id for candidate in self.link.candidates]
        return ids.index(self.gold) + 1 if self.gold in ids else None


def score_links(reader: GraphStore, gold: ResolvedGold, rows: Sequence[LinkRow]) -> LinkScore:
    """Count what the links of a gold file are worth.

    Args:
        reader: the store that was linked to.
        gold: the file.
        rows: one for each of `gold.linked`, in order.

    Returns:
        All figures.
    """
    answers = [
        Answer(row, concept, link)
        for row, concept, link in zip(gold.linked, gold.answers, rows, strict=True)
        if concept is not None
    ]
    total = len(answers)
    lifted = {a.row.line: _lift(reader, a) for a in answers}
    status = Counter(map(_status, answers))
    right = [a.is_right for a in answers]
    exact = [a for a in answers if a.is_exact]
    stated = [a.link.confidence if a.is_exact else None for a in answers]
    sure = [a for a in answers if _status(a) == "accepted exact"]
    exact_stated = [a.link.confidence or 0.0 for a in exact]
    exact_right = [a.is_right for a in exact]
    return LinkScore(
        accuracy=share(sum(right), total),
        exact_accuracy=share(sum(exact_right), total),
        lifted_accuracy=share(sum(lifted[a.row.line] == a.gold for a in answers), total),
        lifted=sum(lifted[a.row.line] != a.link.object_id for a in answers),
        candidate_recall=share(sum(a.is_right or a.rank is not None for a in answers), total),
        accepted=share(len(sure), total),
        accepted_precision=share(sum(a.is_right for a in sure), len(sure)),
        accepted_broader=status["accepted broader"],
        review=status["review"],
        unlinked=status["unlinked"],
        curve=precision_at_coverage(stated, right),
        targets=coverage_at_precision(stated, right),
        calibration=calibration_error(exact_stated, exact_right),
        bins=calibration_bins(exact_stated, exact_right),
        misses=_misses(reader, [a for a in answers if not a.is_right]),
    )


def score_answers(
    system: SystemScore, gold: ResolvedGold, answers: Sequence[str | None]
) -> SystemScore:
    """Return a system's line with what its answers are worth.

    Args:
        system: its line, without figures.
        gold: the file.
        answers: one for each row that is scored, in order.
    """
    wanted = [concept for concept in gold.answers if concept is not None]
    right = sum(a == g for a, g in zip(answers, wanted, strict=True))
    answered = sum(answer is not None for answer in answers)
    return replace(system, answered=answered, accuracy=share(right, len(wanted)))


def _status(answer: Answer) -> str:
    if answer.link.object_id is None:
        return "unlinked"
    if answer.link.status != "accepted":
        return "review"
    return "accepted exact" if answer.is_exact else "accepted broader"


def _lift(reader: GraphStore, answer: Answer) -> Curie | None:
    """Return the answer, or the nearest WordNet concept above one that is not WordNet's.

    Nearest by subclass steps; of several equally near the lowest id. Only where
    the gold concept is WordNet's.
    """
    found = answer.link.object_id
    if found is None or answer.gold.prefix != "wn30":
        return found
    layer, seen = [found], {found}
    while layer:
        native = [id_ for id_ in layer if id_.prefix == "wn30"]
        if native:
            return min(native)
        above = {
            edge.broader
            for id_ in layer
            for edge in reader.iter_broader(id_)
            if edge.kind == "subclass"
        }
        layer = sorted(above - seen)
        seen |= above
    return found


def _misses(reader: GraphStore, answers: Sequence[Answer]) -> tuple[Miss, ...]:
    ids = {a.gold for a in answers} | {a.link.object_id for a in answers} - {None}
    concepts = reader.iter_concepts(sorted(id_ for id_ in ids if id_ is not None))
    names = {concept.id: concept.synset or concept.pref_label for concept in concepts}
    return tuple(
        Miss(
            line=a.row.line,
            label_id=a.row.label_id,
            name=a.row.name,
            gold=a.gold,
            gold_name=names[a.gold],
            answer=a.link.object_id,
            answer_name="" if a.link.object_id is None else names[a.link.object_id],
            predicate_id=a.link.predicate_id,
            confidence=a.link.confidence,
            status=a.link.status,
            rank=a.rank,
        )
        for a in answers
    )
