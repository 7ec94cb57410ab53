"""One more step down from a place: which of the concepts right below it a label lies under.

A place is the deepest of the concepts that were candidates and are likely
enough; what lies right below it was often none. Here each of those is weighed
against staying: by its share of what is known of the label, by words of the
label that name something under it, by what the rest of the list lies under,
and by meaning. Like `places`, this works on many labels at once, a row a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.lexicon import STEM
from labelsys.match.places import all_votes
from labelsys.match.ragged import are_in, cosines, highest_of_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.places import Clues, Places
    from labelsys.match.vectors import ConceptVectors

__all__ = ["FEATURES", "VECTOR_FEATURES", "Ground", "Sights", "Steps", "ground_of", "steps_from"]

FEATURES: dict[str, str] = {
    "chance": "how likely the label lies under it, over how likely under the place, log",
    "chance_gap": "the same, less that of the likeliest step",
    "size": "its share of all concepts under the place, log",
    "given": "its share of the concepts under the place that other label sets mean, log",
    "company": "its share of the list's other labels under the place, log",
    "company_known": "the list has other labels under the place, log",
    "named": "words of the label name something at or under it; one over the sense number",
    "named_gap": "the same, less that of the step that is named best",
    "words": "share of the label's other words that begin words of its names",
    "votes": "its share of the nearest concepts under the place (vectors)",
    "similarity": "cosine of label and concept text, less that of the place (vectors)",
    "similarity_gap": "the same, less the best step's (vectors)",
    "expected": "cosine with where the parent is expected, less that of the place (vectors)",
    "expected_gap": "the same, less the best step's (vectors)",
    "steps": "number of steps, log",
    "leaf": "has no narrower concept",
    "depth": "longest path from the root, in tens",
    "nothing": "always 1; to stay is 0 everywhere",
}
"""Feature name -> what it measures, in column order."""

VECTOR_FEATURES = ("votes", "similarity", "similarity_gap", "expected", "expected_gap")

_COLUMN = {name: i for i, name in enumerate(FEATURES)}
# Runs of up to so many words of a label may name something.
_LONGEST = 3
_LEAST_CHANCE = 1e-4
# What is added to both ends of a share, so that nothing is not quite nothing.
_LITTLE_CHANCE, _LITTLE_VOTE = 0.003, 0.01


class Ground(NamedTuple):
    """What is known of every concept, whatever the label.

    Attributes:
        given: float64 by concept: concepts at or under it that other label sets mean.
        company: float64 by concept: labels of the list at or under it.
    """

    given: NDArray[np.float64]
    company: NDArray[np.float64]


class Sights(NamedTuple):
    """What is known of some labels.

    Attributes:
        clues: of each label.
        found: where the labels may lie.
        chances: float64 (n_rows,), of those places.
        vectors: of concepts; None without an encoder.
        labels: float32 (n_labels, dim), unit rows; None without an encoder.
        expected: the same, where their parents are expected; None without an encoder.
    """

    clues: Sequence[Clues]
    found: Places
    chances: NDArray[np.float64]
    vectors: ConceptVectors | None = None
    labels: NDArray[np.float32] | None = None
    expected: NDArray[np.float32] | None = None


class _Frame(NamedTuple):
    """Steps down whose table is to be filled in; three arrays of shape (n_steps,).

    Attributes:
        labels: int64, ascending: position of the label.
        concepts: int64: where the step leads.
        places: int64: where the label lies.
        at: int64 (n_labels,): the same by label; -1 for nowhere.
        table: float32 (n_steps, len(FEATURES)).
    """

    labels: NDArray[np.int64]
    concepts: NDArray[np.int64]
    places: NDArray[np.int64]
    at: NDArray[np.int64]
    table: NDArray[np.float32]

    def set(self, name: str, values: NDArray[np.generic]) -> None:
        """Fill in a column."""
        self.table[:, _COLUMN[name]] = values

    def set_with_gap(self, name: str, values: NDArray[np.generic]) -> None:
        """Fill in a column, and by how much each value is less than the label's highest."""
        self.set(name, values)
        own = values.astype(np.float32)
        self.set(f"{name}_gap", own - highest_of_each(own, self.labels))


class Steps(NamedTuple):
    """Steps down, sorted by label.

    Attributes:
        labels: int64 (n_steps,): position of the label.
        concepts: int64 (n_steps,): where the step leads.
        table: float32 (n_steps, len(FEATURES)).
    """

    labels: NDArray[np.int64]
    concepts: NDArray[np.int64]
    table: NDArray[np.float32]


def ground_of(lexicon: Lexicon, given: Iterable[int], company: Sequence[int]) -> Ground:
    """Return what label sets mean, and what the list means, under each concept."""

    def under(concepts: Sequence[int]) -> NDArray[np.float64]:
        _, above = lexicon.above_rows.expand(np.array(concepts, dtype=np.int64))
        return np.bincount(above, minlength=len(lexicon)).astype(np.float64)

    return Ground(under(sorted(given)), under(company))


def steps_from(lexicon: Lexicon, at: NDArray[np.int64], sights: Sights, ground: Ground) -> Steps:
    """Return the steps down from where some labels lie, with what speaks for each.

    Args:
        lexicon: all concepts.
        at: int64 (n_labels,): where each label lies; -1 for nowhere.
        sights: what is known of the labels.
        ground: what is known of the concepts.
    """
    here = np.flatnonzero(at >= 0)
    own, concepts = lexicon.narrower_rows.expand(at[here])
    labels = here[own]
    without = np.array([one.without for one in sights.clues], dtype=np.int64)
    kept = ~lexicon.is_instance[concepts] & (concepts != without[labels])
    labels, concepts = labels[kept], concepts[kept]
    table = np.zeros((len(labels), len(FEATURES)), dtype=np.float32)
    if len(labels):
        frame = _Frame(labels, concepts, at[labels], at, table)
        _set_known(frame, lexicon, sights)
        _set_ground(frame, lexicon, sights.clues, ground)
        _set_named(frame, lexicon, sights.clues)
        _set_words(frame, lexicon, sights.clues)
        _set_meaning(frame, sights)
        frame.set("steps", np.log(np.bincount(labels)[labels]) / 4)
        frame.set("depth", lexicon.depth[concepts] / 10)
        frame.set("nothing", np.ones(len(labels)))
    return Steps(labels, concepts, np.round(table, 3))


class _Mass:
    """What lies at or under concepts, of a weight for each label and concept."""

    def __init__(
        self,
        lexicon: Lexicon,
        labels: NDArray[np.int64],
        concepts: NDArray[np.int64],
        weights: NDArray[np.float64],
    ) -> None:
        """Take labels, concepts and weights, each of shape (n,)."""
        self._n = len(lexicon)
        row, above = lexicon.above_rows.expand(concepts)
        self._keys, which = np.unique(labels[row] * self._n + above, return_inverse=True)
        self._mass = np.bincount(which, weights[row], len(self._keys))

    def of(self, labels: NDArray[np.int64], concepts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the mass of pairs of a label and a concept; both arrays of shape (n,)."""
        keys = labels * self._n + concepts
        known = are_in(keys, self._keys)
        found = np.zeros(len(keys))
        found[known] = self._mass[np.searchsorted(self._keys, keys[known])]
        return found


def _set_known(frame: _Frame, lexicon: Lexicon, sights: Sights) -> None:
    """Say what the places that were ranked, and the votes, make of each step."""
    found = sights.found
    rows = np.flatnonzero(sights.chances >= _LEAST_CHANCE)
    mass = _Mass(lexicon, found.labels[rows], found.concepts[rows], sights.chances[rows])
    below, whole = (mass.of(frame.labels, c) for c in (frame.concepts, frame.places))
    share = (below + _LITTLE_CHANCE) / (whole + _LITTLE_CHANCE)
    frame.set_with_gap("chance", np.log(np.minimum(share, 1.0)))
    votes = _Mass(lexicon, *all_votes(sights.clues))
    below, whole = (votes.of(frame.labels, c) for c in (frame.concepts, frame.places))
    share = np.minimum((below + _LITTLE_VOTE) / (whole + _LITTLE_VOTE), 1.0)
    frame.set("votes", share * (whole > 0))


def _set_ground(frame: _Frame, lexicon: Lexicon, clues: Sequence[Clues], ground: Ground) -> None:
    """Say what lies under each step, whatever the label; but nothing that is there for an answer.

    Else each true step would have one concept under it at least.
    """
    labels, concepts, places = frame.labels, frame.concepts, frame.places
    without = np.array([one.without for one in clues], dtype=np.int64)
    answers = np.flatnonzero(without >= 0)
    of_answers = _Mass(lexicon, answers, without[answers], np.ones(len(answers))).of

    def left(known: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
        gone = of_answers(labels, at) * known[without[labels]]
        return np.asarray(np.maximum(known[at] - gone, 0.0))

    size = left(lexicon.n_narrower.astype(np.float64) + 1.0, concepts)
    frame.set("leaf", size < 2)
    size = np.maximum(size, 1.0)
    frame.set("size", np.log(size / np.bincount(labels, size)[labels]))
    for name, known in (("given", ground.given), ("company", ground.company)):
        below, whole = left(known, concepts), left(known, places)
        frame.set(name, np.log((below + 0.5) / (np.maximum(whole, below) + 1.0)))
    frame.set("company_known", np.log1p(left(ground.company, places)) / 4)


def _runs(words: Sequence[str]) -> list[str]:
    """Return the runs of up to three words, as they are and as singulars."""
    found: dict[str, None] = {}
    for length in range(1, _LONGEST + 1):
        for start in range(len(words) - length + 1):
            text = " ".join(words[start : start + length])
            found.update(dict.fromkeys((text, text.removesuffix("s"))))
    return list(found)


def _named(lexicon: Lexicon, clues: Clues) -> dict[int, float]:
    """Return what runs of a label's words may mean -> one over the sense number."""
    found: dict[int, float] = {}
    for text in _runs(clues.words):
        for concept, position in lexicon.by_name.get(text, ()):
            sense = lexicon.concepts[concept].names[position].sense
            if sense is None or lexicon.is_instance[concept] or concept == clues.without:
                continue
            found[concept] = max(found.get(concept, 0.0), 1.0 / max(sense.number, 1))
    return found


def _set_named(frame: _Frame, lexicon: Lexicon, clues: Sequence[Clues]) -> None:
    """Say which steps lead to what runs of the label's words mean."""
    n = len(lexicon)
    told = [
        (label, concept, share)
        for label in np.flatnonzero(frame.at >= 0).tolist()
        for concept, share in sorted(_named(lexicon, clues[label]).items())
    ]
    owners = np.array([label for label, _, _ in told], dtype=np.int64)
    shares = np.array([share for _, _, share in told], dtype=np.float64)
    row, above = lexicon.above_rows.expand(np.array([c for _, c, _ in told], dtype=np.int64))
    keys = frame.labels * n + frame.concepts
    wanted = owners[row] * n + above
    known = are_in(wanted, keys)
    named = np.zeros(len(keys))
    np.maximum.at(named, np.searchsorted(keys, wanted[known]), shares[row][known])
    frame.set_with_gap("named", named)


def _set_words(frame: _Frame, lexicon: Lexicon, clues: Sequence[Clues]) -> None:
    """Say which of the label's words that the place has not the names of each step begin like."""
    bounds = np.searchsorted(frame.labels, np.arange(len(clues) + 1)).tolist()
    column = np.zeros(len(frame.labels))
    for label in np.flatnonzero(frame.at >= 0).tolist():
        stems = {word[:STEM] for word in clues[label].words}
        stems -= lexicon.stems(int(frame.at[label]))
        if stems:
            for row in range(bounds[label], bounds[label + 1]):
                shared = stems & lexicon.stems(int(frame.concepts[row]))
                column[row] = len(shared) / len(stems)
    frame.set("words", column)


def _set_meaning(frame: _Frame, sights: Sights) -> None:
    """Say how near each step lies in meaning, against the place."""
    if sights.vectors is None or sights.labels is None or sights.expected is None:
        return
    rows = sights.vectors.get(frame.concepts)
    places = sights.vectors.get(np.maximum(frame.at, 0))
    for name, own in (("similarity", sights.labels), ("expected", sights.expected)):
        here = np.einsum("ij,ij->i", places, own)
        frame.set_with_gap(name, cosines(rows, own, frame.labels) - here[frame.labels])
