"""Broader places for a label whose name has neither a concept nor a head.

In the order in which they are tried; each returns None where it has nothing
to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.match.candidates import exact_forms, find_candidates
from labelsys.match.neighbours import Near, agreements, load_neighbour_model
from labelsys.match.result import Guess, LabelMatch
from labelsys.model import Finding, Label

if TYPE_CHECKING:
    from labelsys.match.lexicon import Lexicon

__all__ = ["by_neighbours", "by_parent", "by_theme"]

# Nobody has measured these two yet: they sit between review and acceptance.
_PARENT_CONFIDENCE = 0.7
_THEME_CONFIDENCE = 0.75
_LEAST_NEIGHBOURS = 0.6


def by_parent(label: Label, lexicon: Lexicon, findings: tuple[Finding, ...]) -> LabelMatch | None:
    """Return the concept of the superclass that the dataset gives, as a broader one."""
    if label.parent is None:
        return None
    parent = Label(label_set=label.label_set, label_id="-", name=label.parent)
    found = find_candidates(exact_forms(parent, lexicon), lexicon)
    if len(found) != 1:
        return None
    return LabelMatch(
        label=label,
        relation="broader",
        strategy="parent",
        guesses=(Guess(found[0].concept, _PARENT_CONFIDENCE),),
        confidence=_PARENT_CONFIDENCE,
        match_string=found[0].form.text,
        reason=f"the dataset's superclass {label.parent!r}",
        findings=findings,
    )


def by_neighbours(
    label: Label,
    lexicon: Lexicon,
    near: Near,
    findings: tuple[Finding, ...],
) -> LabelMatch | None:
    """Return the deepest concept where the nearest concepts agree and are likely right."""
    model = load_neighbour_model()
    for concept, share in agreements(lexicon, near.votes):
        confidence = model.chance_right(int(lexicon.depth[concept]), share, near.nearest)
        if confidence < _LEAST_NEIGHBOURS:
            continue
        return LabelMatch(
            label=label,
            relation="broader",
            strategy="neighbours",
            guesses=(Guess(concept, confidence),),
            confidence=confidence,
            reason=f"{share:.0%} of its nearest concepts lie here",
            findings=findings,
        )
    return None


def by_theme(label: Label, theme: int | None, findings: tuple[Finding, ...]) -> LabelMatch | None:
    """Return what the label set as a whole is about, as the broader concept."""
    if theme is None:
        return None
    return LabelMatch(
        label=label,
        relation="broader",
        strategy="theme",
        guesses=(Guess(theme, _THEME_CONFIDENCE),),
        confidence=_THEME_CONFIDENCE,
        reason="what the label set as a whole is about",
        findings=findings,
    )
