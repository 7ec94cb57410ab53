"""What asking cost and what it brought, for a benchmark."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelsys.adjudicate.link import LLM_MATCHING
from labelsys.adjudicate.report import Report
from labelsys.intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from labelsys.adjudicate.link import AdjudicatedRow
    from labelsys.ids import Curie
    from labelsys.match.link import LinkRow

__all__ = ["Summary", "summarize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Cost and gain of asking.

    Attributes:
        requests: sent.
        prompt_tokens: as reported.
        completion_tokens: as reported.
        changed_rows: rows whose object or predicate is another than before.
        gold_rows: rows whose answer is known.
        right_before: of these, right by the matcher.
        right_after: of these, right after asking.
        choices: of these, an option was chosen.
        right_choices: of these, rightly.
        report: the counts in full.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    changed_rows: int
    gold_rows: int = 0
    right_before: int = 0
    right_after: int = 0
    choices: int = 0
    right_choices: int = 0
    report: Report = field(default_factory=Report)

    @property
    def precision(self) -> float | None:
        """Lower end of the 95 % Wilson interval of the right share of choices, or None.

        What `LlmSettings.precision` takes: the point itself says too much
        where few choices were looked at.
        """
        return wilson_interval(self.right_choices, self.choices)[0] if self.choices else None


def summarize(
    before: Sequence[LinkRow],
    after: Sequence[AdjudicatedRow],
    report: Report,
    gold: Mapping[str, Collection[Curie]] | None = None,
) -> Summary:
    """Compare a link result with what asking made of it.

    Args:
        before: rows as linked.
        after: the same rows after asking.
        report: what asking cost.
        gold: label_id -> the concepts that are right; an empty collection
            where no link is. Labels that are not in it don't count.

    Returns:
        Cost and gain. A row is right where it is an exact match of a right
        concept, or has no object and none is right.
    """
    known = gold or {}
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old.label_id in known]
    chosen = [
        new
        for _, new in pairs
        if new.mapping_justification == LLM_MATCHING and new.object_id is not None
    ]
    return Summary(
        requests=report.requests,
        prompt_tokens=report.prompt_tokens,
        completion_tokens=report.completion_tokens,
        changed_rows=sum(
            (old.object_id, old.predicate_id) != (new.object_id, new.predicate_id)
            for old, new in zip(before, after, strict=True)
        ),
        gold_rows=len(pairs),
        right_before=sum(_is_right(old, known) for old, _ in pairs),
        right_after=sum(_is_right(new, known) for _, new in pairs),
        choices=len(chosen),
        right_choices=sum(_is_right(new, known) for new in chosen),
        report=report,
    )


def _is_right(row: LinkRow, gold: Mapping[str, Collection[Curie]]) -> bool:
    right = gold[row.label_id]
    if row.object_id is None:
        return not right
    return row.predicate_id == "skos:exactMatch" and row.object_id in right
