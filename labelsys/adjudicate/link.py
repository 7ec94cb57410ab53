"""Put the doubtful rows of a link result before a language model.

Only rows that the matcher left for review and that have candidates to choose
from are asked about. A row that the model decides says so; every other row is
what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from labelsys.adjudicate.asking import ask_all
from labelsys.adjudicate.describe import Describer, pick_context
from labelsys.config import built_settings
from labelsys.match.link import LinkRow, sets_being_linked
from labelsys.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from labelsys.adjudicate.prompt import Answer, Question, Relation
    from labelsys.adjudicate.report import Report
    from labelsys.adjudicate.settings import LlmSettings
    from labelsys.ids import Curie
    from labelsys.match.link import LinkCandidate
    from labelsys.model import Label
    from labelsys.store.protocol import GraphStore

__all__ = ["LLM_MATCHING", "AdjudicatedRow", "adjudicate", "is_doubtful"]

LLM_MATCHING = "semapv:LLMBasedMatching"
"""The justification of what a language model decided."""

_PREDICATES: dict[Relation, str] = {"exact": "skos:exactMatch", "broader": "skos:broadMatch"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjudicatedRow(LinkRow):
    """A row of `labelsys link` that a language model may have decided.

    Attributes:
        mapping_justification: `semapv:LLMBasedMatching` where it did, else None.
        mapping_tool: the model that did, or None.
        reason: what it chose and why, in its own words, or "".
    """

    mapping_justification: str | None = None
    mapping_tool: str | None = None
    reason: str = ""

    @classmethod
    def of(cls, row: LinkRow, **changes: Any) -> AdjudicatedRow:
        """Return a row with some fields changed."""
        values = {field.name: getattr(row, field.name) for field in fields(row)}
        return cls(**(values | changes))


def is_doubtful(row: LinkRow) -> bool:
    """Return whether a row is one to ask about.

    It is in review, and has a candidate that it is not linked to.
    """
    least = 1 if row.object_id is None else 2
    return row.status == "review" and len(row.ranked) >= least


def adjudicate(
    reader: GraphStore,
    labels: Sequence[Label],
    rows: Sequence[LinkRow],
    settings: LlmSettings,
    *,
    label_set: str | None = None,
    hide: Collection[Curie] = (),
    cache: Path | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[AdjudicatedRow, ...], Report]:
    """Ask about the rows that are in doubt.

    A choice makes the chosen candidate the row's object, and the first of its
    candidates; a row that had no object gets an exact one. `none` takes the
    object away. `unsure`, and no answer, leave the row as it was.

    The confidence of a choice is the share of right choices that was measured
    (`LlmSettings.precision`). Where nobody measured, an answer adds nothing
    that can be put into a number: then it is the matcher's own probability of
    the chosen candidate, and never more than the row had before.

    Args:
        reader: the system that the rows were linked to.
        labels: what was linked.
        rows: one for each label, in the same order.
        settings: whom to ask.
        label_set: the set in the system that the labels are.
        hide: concepts that were taken out before linking.
        cache: folder that keeps answers; None keeps none.
        progress: told how far it is.

    Returns:
        A row for each row, in order; and what became of the questions.

    Raises:
        ConfigError: the endpoint refuses all questions, over the key say.
        MissingExtraError: urllib3 is not installed.
    """
    left_out = (
        {label_set}
        if label_set is not None
        else sets_being_linked(reader.iter_label_sets(), labels)
    )
    describer = Describer(
        reader,
        left_out=left_out,
        hide=hide,
        title="" if label_set is None else reader.get_label_set(label_set).title,
        others=pick_context(label.name for label in labels),
    )
    doubtful = [n for n, row in enumerate(rows) if is_doubtful(row)]
    describer.load(c.id for n in doubtful for c in rows[n].ranked)
    questions = [_question(describer, labels[n], rows[n]) for n in doubtful]
    answers, report = ask_all(questions, settings, cache, progress or SilentProgress())
    answered = dict(zip(doubtful, answers, strict=True))
    accept_from = built_settings(reader.get_meta()).accept
    done = (_apply(row, answered.get(n), settings, accept_from) for n, row in enumerate(rows))
    return tuple(done), report


def _relation(row: LinkRow) -> Relation:
    return "broader" if row.predicate_id == _PREDICATES["broader"] else "exact"


def _question(describer: Describer, label: Label, row: LinkRow) -> Question:
    return describer.ask(label, [candidate.id for candidate in row.ranked], _relation(row))


def _apply(
    row: LinkRow, answer: Answer | None, settings: LlmSettings, accept_from: float
) -> AdjudicatedRow:
    if answer is None or answer.choice == "unsure":
        return AdjudicatedRow.of(row)
    why = f": {answer.why}" if answer.why else ""
    total = len(row.ranked)
    told = {"mapping_justification": LLM_MATCHING, "mapping_tool": settings.model}
    if isinstance(answer.choice, str):
        reason = f"{settings.model} found none of {total} fitting{why}"
        nothing = {"object_id": None, "wnid": None, "predicate_id": None, "confidence": None}
        return AdjudicatedRow.of(row, **told, **nothing, reason=reason)
    chosen = row.ranked[answer.choice - 1]
    confidence = _confidence(row, chosen, settings)
    return AdjudicatedRow.of(
        row,
        **told,
        object_id=chosen.id,
        wnid=chosen.wnid,
        predicate_id=_PREDICATES[_relation(row)],
        confidence=confidence,
        status="accepted" if settings.accept and confidence >= accept_from else "review",
        candidates=(chosen, *(c for c in row.candidates if c is not chosen)),
        reason=f"{settings.model} chose {answer.choice} of {total}{why}",
    )


def _confidence(row: LinkRow, chosen: LinkCandidate, settings: LlmSettings) -> float:
    if settings.precision is not None:
        return round(settings.precision, 4)
    if row.confidence is None:
        return chosen.score
    return row.confidence if chosen.id == row.object_id else min(chosen.score, row.confidence)
