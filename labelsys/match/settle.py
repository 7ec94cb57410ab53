"""Labels that need no ranking: they give an id, or stand for no thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.match.evidence import GivenId, find_given
from labelsys.match.label_text import excluded_names
from labelsys.match.result import Guess, LabelMatch
from labelsys.text import fold

if TYPE_CHECKING:
    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Finding, Label

__all__ = ["settle"]

_GIVEN_CONFIDENCE = 0.99


def settle(
    label: Label, lexicon: Lexicon, hidden: frozenset[str], *, names_only: bool
) -> tuple[LabelMatch | None, tuple[Finding, ...]]:
    """Return the match of a label that needs no ranking, and findings on its ids.

    Args:
        label: as published.
        lexicon: the concepts.
        hidden: ids that were taken out on purpose: one that is given is no finding.
        names_only: ids that the label gives are not read.
    """
    given = GivenId() if names_only else find_given(label, lexicon, hidden)
    findings = (given.finding,) if given.finding is not None else ()
    if given.concept is None:
        reason = excluded_names().get(fold(label.name))
        if reason is None:
            return None, findings
        return LabelMatch(
            label=label,
            relation=None,
            strategy="excluded",
            reason=reason,
            findings=findings,
        ), ()
    match = LabelMatch(
        label=label,
        relation="exact",
        strategy="id",
        guesses=(Guess(given.concept, 1.0),),
        confidence=_GIVEN_CONFIDENCE,
        match_string=getattr(label, given.kind),
        reason=f"the label set gives its {given.kind}",
        findings=findings,
    )
    return match, findings
