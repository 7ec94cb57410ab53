"""Broader places for labels without concepts of their own: what is decided, and how sure.

What lies under a place lies under everything above it: a concept is as likely
as all places under it together. So places that disagree (three senses of
`wall`, two families of warblers) still agree on what is above them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.descent import steps_from
from labelsys.match.ragged import are_in, last_of_each
from labelsys.match.result import Guess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.match.descent import Ground, Sights
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.places import Clues, Places
    from labelsys.match.rank import Ranker
    from labelsys.match.result import Strategy

__all__ = ["Place", "best_places", "by_theme", "step_down"]

# Nobody has measured this one yet: it sits between review and acceptance.
_THEME_CONFIDENCE = 0.75
# The deepest concept under which the true place is this likely is taken ...
_LIKELY = 0.4
# ... and where only concepts near the root are, the likeliest deeper one, if it is this likely.
_LEAST_LIKELY = 0.15
_LEAST_DEPTH = 4
# A step further down is taken if it is this likely, and what comes of it still likely enough.
_LIKELY_STEP = 0.5
_MOST_STEPS = 3
_NEGLIGIBLE = 1e-3
_MOST_GUESSES = 10
_BELOW = "; the likeliest concept below that"


class _Masses(NamedTuple):
    """How likely labels lie under concepts: a row for each of both, sorted by both.

    Attributes:
        labels: int64, shape (n_rows,): position of the label.
        concepts: int64, shape (n_rows,): deep enough to say something.
        mass: float64, shape (n_rows,), four decimals.
    """

    labels: NDArray[np.int64]
    concepts: NDArray[np.int64]
    mass: NDArray[np.float64]


def _mass_above(lexicon: Lexicon, found: Places, chances: NDArray[np.float64]) -> _Masses:
    """Return how likely each label lies under each concept above its places.

    Args:
        lexicon: all concepts.
        found: where the labels may lie.
        chances: float64, shape (n_rows,): that each place is the deepest true one.
    """
    n = found.n_concepts
    rows = np.flatnonzero(chances >= _NEGLIGIBLE)
    at, above = lexicon.above_rows.expand(found.concepts[rows])
    deep = lexicon.depth[above] >= _LEAST_DEPTH
    row = rows[at[deep]]
    keys, which = np.unique(found.labels[row] * n + above[deep], return_inverse=True)
    mass = np.bincount(which, chances[row], len(keys))
    return _Masses(keys // max(n, 1), keys % max(n, 1), np.minimum(np.round(mass, 4), 1.0))


class Place(NamedTuple):
    """Where a label lies.

    Attributes:
        guesses: best first, at most ten.
        strategy: which step decided; `none` where the guesses are not good enough.
        match_string: the folded form that was looked up, or "".
        reason: what decided, in words.
        near: the concepts nearest in meaning, nearest first.
    """

    guesses: tuple[Guess, ...]
    strategy: Strategy = "none"
    match_string: str = ""
    reason: str = ""
    near: tuple[int, ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether the first guess is asserted."""
        return self.strategy != "none"

    @property
    def is_likely(self) -> bool:
        """Whether the first guess is asserted for being likely, not only for being the best."""
        return self.is_found and self.guesses[0].score >= _LIKELY

    def below(self, concept: int, chance: float) -> Place:
        """Return a concept right below this place as the place.

        Args:
            concept: where the step leads.
            chance: that the label lies under it if it lies here.
        """
        first, *others = self.guesses
        score = round(first.score * chance, 4)
        rest = [Guess(g.concept, min(g.score, score)) for g in others if g.concept != concept]
        last = (Guess(first.concept, score), *rest)[: _MOST_GUESSES - 1]
        reason = self.reason if self.reason.endswith(_BELOW) else self.reason + _BELOW
        return self._replace(guesses=(Guess(concept, score), *last), reason=reason)


def best_places(
    lexicon: Lexicon,
    clues: Sequence[Clues],
    found: Places,
    chances: NDArray[np.float64],
) -> list[Place]:
    """Return for each label the deepest concept that it likely lies under.

    Where there is none, nothing is asserted, and the guesses are what it lies
    under most likely, however unlikely that is.

    Args:
        lexicon: all concepts.
        clues: what is known of each label.
        found: where the labels may lie.
        chances: float64, shape (n_rows,): that each place is the deepest true one.
    """
    masses = _mass_above(lexicon, found, chances)
    chosen = _choose(lexicon, masses, len(clues))
    best = np.where(chosen >= 0, np.append(masses.concepts, -1)[chosen], -1)
    score = np.where(chosen >= 0, np.append(masses.mass, 0.0)[chosen], 0.0)
    others = _others(found, chances, masses, best, score)
    reasons = _likeliest_under(lexicon, found, chances, best)
    places: list[Place] = []
    for number, (concept, confidence, more, row) in enumerate(
        zip(best.tolist(), score.tolist(), others, reasons.tolist(), strict=True)
    ):
        near = tuple(near for near, _ in clues[number].near.votes)
        if concept < 0:
            places.append(Place(_likeliest(lexicon, masses, number), near=near))
        else:
            why = _why(clues[number], int(found.concepts[row]))
            places.append(Place((Guess(concept, confidence), *more), *why, near))
    return places


def step_down(
    places: Sequence[Place],
    lexicon: Lexicon,
    sights: Sights,
    ground: Ground,
    ranker: Ranker,
) -> list[Place]:
    """Return places moved to what lies right below, as far as that is likely.

    Args:
        places: one a label.
        lexicon: all concepts.
        sights: what is known of the labels.
        ground: what is known of the concepts.
        ranker: of steps.
    """
    found = list(places)
    going = np.arange(len(found))
    for _ in range(_MOST_STEPS):
        at = np.full(len(found), -1, dtype=np.int64)
        here = [k for k in going.tolist() if found[k].is_likely]
        at[here] = [found[k].guesses[0].concept for k in here]
        steps = steps_from(lexicon, at, sights, ground)
        chances = ranker.probabilities_of(steps.table, steps.labels, len(found))
        order = np.lexsort((-steps.concepts, chances, steps.labels))
        best = order[last_of_each(steps.labels[order])]
        score = np.array([place.guesses[0].score if place.guesses else 0.0 for place in found])
        labels = steps.labels[best]
        taken = (chances[best] >= _LIKELY_STEP) & (score[labels] * chances[best] >= _LIKELY)
        going = labels[taken]
        for label, row in zip(going.tolist(), best[taken].tolist(), strict=True):
            found[label] = found[label].below(int(steps.concepts[row]), float(chances[row]))
    return found


def _choose(lexicon: Lexicon, masses: _Masses, n_labels: int) -> NDArray[np.int64]:
    """Return the row of masses that each label is put under, or -1."""
    labels, concepts, mass = masses
    depth = lexicon.depth[concepts]
    chosen = np.full(n_labels, -1, dtype=np.int64)
    likely = np.flatnonzero(mass >= _LIKELY)
    order = likely[np.lexsort((-concepts[likely], mass[likely], depth[likely], labels[likely]))]
    order = order[last_of_each(labels[order])]
    chosen[labels[order]] = order
    rest = np.flatnonzero(chosen[labels] < 0)
    order = rest[np.lexsort((-concepts[rest], depth[rest], mass[rest], labels[rest]))]
    order = order[last_of_each(labels[order])]
    order = order[mass[order] >= _LEAST_LIKELY]
    chosen[labels[order]] = order
    return chosen


def _others(
    found: Places,
    chances: NDArray[np.float64],
    masses: _Masses,
    best: NDArray[np.int64],
    score: NDArray[np.float64],
) -> Iterator[tuple[Guess, ...]]:
    """Yield for each label the likely places but the best one, best first.

    None of them is given more than the best one: what lies above it is likelier,
    and says less.
    """
    known = masses.labels * found.n_concepts + masses.concepts
    kept = (chances >= _NEGLIGIBLE) & are_in(found.keys, known)
    rows = np.flatnonzero(kept & (found.concepts != best[found.labels]))
    at = np.searchsorted(known, found.keys[rows])
    labels, concepts = found.labels[rows], found.concepts[rows]
    mass = np.minimum(masses.mass[at], score[labels])
    order = np.lexsort((concepts, -chances[rows], -mass, labels))
    starts = np.searchsorted(labels[order], np.arange(len(best) + 1))
    for first, end in zip(starts.tolist(), starts[1:].tolist(), strict=False):
        few = order[first : min(end, first + _MOST_GUESSES - 1)]
        yield tuple(map(Guess, concepts[few].tolist(), mass[few].tolist()))


def _likeliest_under(
    lexicon: Lexicon, found: Places, chances: NDArray[np.float64], best: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the row of each label's likeliest place under what was chosen; -1 for no choice."""
    row, above = lexicon.above_rows.expand(found.concepts)
    under = row[above == best[found.labels[row]]]
    labels = found.labels[under]
    # No choice lies above nothing: those labels have no row here.
    order = under[np.lexsort((-found.concepts[under], chances[under], labels))]
    last = order[last_of_each(found.labels[order])]
    rows = np.full(len(best), -1, dtype=np.int64)
    rows[found.labels[last]] = last
    return rows


def _why(clues: Clues, place: int) -> tuple[Strategy, str, str]:
    """Return the strategy, the form looked up and the reason for a place."""
    for ways, words in ((clues.heads, "head"), (clues.genus, "defined as")):
        way = next((c for c in ways if c.concept == place), None)
        if way is not None:
            return "head", way.form.text, f"{words} {way.form.text!r}"
    if place in clues.parents:
        return "parent", "", "the dataset's superclass"
    return "neighbours", "", "its nearest concepts and names like it lie here"


def _likeliest(lexicon: Lexicon, masses: _Masses, label: int) -> tuple[Guess, ...]:
    """Return the likeliest concepts above a label, however unlikely; none near the root."""
    first, end = np.searchsorted(masses.labels, [label, label + 1]).tolist()
    concepts, mass = masses.concepts[first:end], masses.mass[first:end]
    order = np.lexsort((concepts, -lexicon.depth[concepts], -mass))[:_MOST_GUESSES]
    return tuple(map(Guess, concepts[order].tolist(), mass[order].tolist()))


def by_theme(theme: int) -> Place:
    """Return what the label set as a whole is about as a place."""
    guesses = (Guess(theme, _THEME_CONFIDENCE),)
    return Place(guesses, "theme", reason="what the label set as a whole is about")
