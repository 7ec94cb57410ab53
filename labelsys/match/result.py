"""What matching says of one label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from labelsys.model import Finding, Label

__all__ = ["Guess", "LabelMatch", "Strategy"]

Strategy = Literal["id", "name", "head", "parent", "neighbours", "theme", "excluded", "none"]


class Guess(NamedTuple):
    """A ranked candidate.

    Attributes:
        concept: index in the lexicon.
        score: the ranker's probability, four decimals.
    """

    concept: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMatch:
    """What matching found for one label.

    Attributes:
        label: as published.
        relation: `exact`, `broader`, or None where nothing was good enough.
        strategy: which step decided.
        guesses: ranked candidates of that step, best first, at most ten.
        confidence: of the first guess, in [0, 1]; None where there is none.
        match_string: the folded form that was looked up, or "".
        similarity: cosine of label and concept text, or None without vectors.
        reason: why the label is excluded or unmatched; else what decided, in words.
        findings: what is wrong with the label's given ids.
        near: the concepts nearest in meaning, nearest first, where a place was
            sought; for who looks the match over, and not kept between builds.
    """

    label: Label
    relation: Literal["exact", "broader"] | None
    strategy: Strategy
    guesses: tuple[Guess, ...] = ()
    confidence: float | None = None
    match_string: str = ""
    similarity: float | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    near: tuple[int, ...] = ()
