"""Broader places for a label without a concept of its own: what is decided, and how sure.

In the order in which they are tried; each returns None where it has nothing
to say.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.result import Guess, LabelMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.places import Place
    from labelsys.match.result import Strategy
    from labelsys.model import Finding, Label

__all__ = ["by_places", "by_theme", "likeliest"]

# Nobody has measured this one yet: it sits between review and acceptance.
_THEME_CONFIDENCE = 0.75
# The deepest concept under which the true place is this likely is taken ...
_LIKELY = 0.4
# ... and where only concepts near the root are, the likeliest deeper one, if it is this likely.
_LEAST_LIKELY = 0.15
_LEAST_DEPTH = 4
_NEGLIGIBLE = 1e-3
_MOST_GUESSES = 10


def by_places(
    label: Label,
    lexicon: Lexicon,
    places: Sequence[Place],
    probabilities: NDArray[np.float64],
    findings: tuple[Finding, ...],
) -> LabelMatch | None:
    """Return the deepest concept that the label likely lies under.

    What lies under a place lies under everything above it: a concept is as
    likely as all places under it together. So places that disagree (three senses
    of `wall`, two families of warblers) still agree on what is above them.

    Args:
        label: as published.
        lexicon: all concepts.
        places: where it may lie.
        probabilities: that each is the deepest true one, and, last, that none is.
        findings: on the label's given ids.
    """
    mass = _mass_above(lexicon, places, probabilities)
    likely = [c for c, p in mass.items() if p >= _LIKELY]
    best = max(likely, key=lambda c: (int(lexicon.depth[c]), mass[c], -c), default=None)
    if best is None:
        best = max(mass, key=lambda c: (mass[c], int(lexicon.depth[c]), -c), default=None)
    if best is None or mass[best] < _LEAST_LIKELY:
        return None
    strategy, match_string, reason = _why(best, lexicon, places, probabilities)
    return LabelMatch(
        label=label,
        relation="broader",
        strategy=strategy,
        guesses=_guesses(best, mass, places, probabilities),
        confidence=mass[best],
        match_string=match_string,
        reason=reason,
        findings=findings,
    )


def likeliest(
    lexicon: Lexicon, places: Sequence[Place], probabilities: NDArray[np.float64]
) -> tuple[Guess, ...]:
    """Return the likeliest concepts above a label, however unlikely; none near the root."""
    mass = _mass_above(lexicon, places, probabilities)
    ranked = sorted(mass, key=lambda c: (-mass[c], -int(lexicon.depth[c]), c))
    return tuple(Guess(concept, mass[concept]) for concept in ranked[:_MOST_GUESSES])


def _guesses(
    best: int, mass: dict[int, float], places: Sequence[Place], probabilities: NDArray[np.float64]
) -> tuple[Guess, ...]:
    """Return the best place and the others that are likely, best first.

    None of the others is given more than the best one: what lies above it is
    likelier, and says less.
    """
    likely = (i for i in range(len(places)) if probabilities[i] >= _NEGLIGIBLE)
    others = sorted(
        (i for i in likely if places[i].concept != best and places[i].concept in mass),
        key=lambda i: (
            -min(mass[places[i].concept], mass[best]),
            -probabilities[i],
            places[i].concept,
        ),
    )
    concepts = [places[i].concept for i in others[: _MOST_GUESSES - 1]]
    return (
        Guess(best, mass[best]),
        *(Guess(concept, min(mass[concept], mass[best])) for concept in concepts),
    )


def _mass_above(
    lexicon: Lexicon, places: Sequence[Place], probabilities: NDArray[np.float64]
) -> dict[int, float]:
    """Return how likely the label lies under each concept that is deep enough to say something."""
    mass: dict[int, float] = defaultdict(float)
    for row in np.flatnonzero(probabilities[:-1] >= _NEGLIGIBLE).tolist():
        p = float(probabilities[row])
        for above in lexicon.ancestors(places[row].concept):
            mass[above] += p
    depths = lexicon.depth[np.fromiter(mass, dtype=np.int64, count=len(mass))].tolist()
    return {
        c: min(round(p, 4), 1.0)
        for (c, p), depth in zip(mass.items(), depths, strict=True)
        if depth >= _LEAST_DEPTH
    }


def _why(
    best: int, lexicon: Lexicon, places: Sequence[Place], probabilities: NDArray[np.float64]
) -> tuple[Strategy, str, str]:
    """Return the strategy, the form looked up and the reason, by the likeliest place under it."""
    below = [i for i, place in enumerate(places) if best in lexicon.ancestors(place.concept)]
    top = places[max(below, key=lambda i: (probabilities[i], -places[i].concept))]
    if top.head is not None:
        return "head", top.head.form.text, f"head {top.head.form.text!r}"
    if top.genus is not None:
        return "head", top.genus.form.text, f"defined as {top.genus.form.text!r}"
    if top.is_parent:
        return "parent", "", "the dataset's superclass"
    return "neighbours", "", "its nearest concepts and names like it lie here"


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
