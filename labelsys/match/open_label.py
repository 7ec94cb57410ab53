"""A label on its way through the steps of matching, and what each step makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.candidates import genus_of, qualifiers
from labelsys.match.features import Asked
from labelsys.match.forms import FormKind
from labelsys.match.result import Guess, LabelMatch

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from labelsys.match.broader import Place
    from labelsys.match.candidates import Candidate
    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Finding, Label

__all__ = ["OpenLabel"]

_MOST_GUESSES = 10
# Less than that, and it is likelier that nothing fits.
_LIKELY = 0.5
# What a superclass counts where a name has no parentheses: it sorts the list, and may say less
# of a label than the sense that people mean most (COCO's buses are vehicles; WordNet's are not).
_TRUST_IN_SUPERCLASS = 0.5


@dataclass(slots=True)
class OpenLabel:
    """A label that no given id has settled.

    Attributes:
        label: as published.
        row: its position in the set.
        findings: what is wrong with its given ids.
        is_read: the encoder reads the script of its name.
        candidates: what its name may mean.
        chances: float64 (n_candidates,), how likely each one is.
        similarity: float32 (n_candidates,), cosine with each one; None without vectors.
        match: what was made of it; None as long as it is open.
    """

    label: Label
    row: int
    findings: tuple[Finding, ...]
    is_read: bool
    candidates: tuple[Candidate, ...] = ()
    chances: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    similarity: NDArray[np.float32] | None = None
    match: LabelMatch | None = None

    @property
    def is_unambiguous(self) -> bool:
        """Whether its very name has one meaning."""
        return len(self.candidates) == 1 and self.candidates[0].form.kind == FormKind.NAME

    def ask(self, lexicon: Lexicon) -> Asked:
        """Return what is asked of the ranker of names."""
        given = qualifiers(self.label)
        trust = _TRUST_IN_SUPERCLASS if given == (self.label.parent,) else 1.0
        told = self.label.description
        return Asked(self.candidates, given, trust, bool(told), genus_of(told, lexicon))

    def ranked_match(self) -> LabelMatch:
        """Return the likeliest candidate as its concept."""
        order = np.lexsort((np.arange(len(self.candidates)), -self.chances))
        first = int(order[0])
        best = self.candidates[first]
        similarity = None
        if self.similarity is not None:
            similarity = round(float(self.similarity[first]), 3)
        return LabelMatch(
            label=self.label,
            relation="exact",
            strategy="name",
            guesses=tuple(
                Guess(self.candidates[int(i)].concept, float(self.chances[int(i)]))
                for i in order[:_MOST_GUESSES]
            ),
            confidence=float(self.chances[first]),
            match_string=best.form.text,
            similarity=similarity,
            reason=f"{best.form.kind.name.lower().replace('_', ' ')} {best.form.text!r}",
            findings=self.findings,
        )

    def keep_to(self, allowed: Collection[int]) -> None:
        """Rule out all candidates but some concepts; another or none may be likely enough then."""
        kept = [k for k, candidate in enumerate(self.candidates) if candidate.concept in allowed]
        nothing = max(1.0 - float(self.chances.sum()), 0.0)
        left = self.chances[kept]
        total = nothing + float(left.sum())
        self.candidates = tuple(self.candidates[k] for k in kept)
        self.chances = np.round(left / total, 4) if total > 0 else left
        if self.similarity is not None:
            self.similarity = self.similarity[kept]
        self.match = self.ranked_match() if self.is_named else None

    @property
    def is_named(self) -> bool:
        """Whether one of the candidates likely is its concept."""
        return bool(self.candidates) and float(self.chances.sum()) >= _LIKELY

    def placed_match(self, place: Place) -> LabelMatch:
        """Return a place as its broader concept."""
        return LabelMatch(
            label=self.label,
            relation="broader",
            strategy=place.strategy,
            guesses=place.guesses,
            confidence=place.guesses[0].score,
            match_string=place.match_string,
            reason=place.reason,
            findings=self.findings,
            near=place.near,
        )

    def unmatched(self, place: Place) -> LabelMatch:
        """Return the best guesses for review, asserting nothing: what it means, or lies under."""
        previous = self.ranked_match() if self.candidates else None
        guesses = previous.guesses if previous else place.guesses
        return LabelMatch(
            label=self.label,
            relation=None,
            strategy="none",
            guesses=guesses,
            confidence=guesses[0].score if guesses else None,
            match_string=previous.match_string if previous else "",
            reason="no concept, head or neighbour fits well enough",
            findings=self.findings,
            near=place.near,
        )
