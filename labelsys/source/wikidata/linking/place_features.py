"""What speaks for and against each concept that a class may lie under, as numbers.

A candidate is any concept that a strategy points at, and everything above one.
`FEATURES` names every column; nothing is decided here. What is asked of each
candidate is whether the class lies under it at all, so what lies above a good
candidate is at least as good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import distinct, row_positions
from labelsys.match.lexicon import LEXNAMES, definition
from labelsys.match.ragged import are_in
from labelsys.merge.top_classes import load_top_classes
from labelsys.source.wikidata.linking.clues import STRATEGIES
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.clues import Clues
    from labelsys.source.wikidata.linking.points import AskedClass, Points

__all__ = ["FEATURES", "Candidates", "find_candidates", "place_features"]

_PAIRS = (
    ("subclass", "head"),
    ("subclass", "genus"),
    ("subclass", "last_word"),
    ("head", "genus"),
    ("head", "last_word"),
    ("genus", "last_word"),
    ("head", "alias"),
    ("subclass", "instance"),
    ("sibling", "subclass"),
    ("sibling", "head"),
    ("sibling", "genus"),
    ("parent", "subclass"),
    ("parent", "head"),
    ("parent", "genus"),
)
FEATURES: dict[str, str] = {
    **{s: f"weight of the points of `{s}` at it or under it" for s in STRATEGIES},
    **{f"{s}_all": f"all points of `{s}` are" for s in STRATEGIES},
    **{f"{s}_off": f"`{s}` says something, and nothing of it" for s in STRATEGIES},
    **{f"{s}_at": f"`{s}` points at it itself: the weight of that" for s in STRATEGIES},
    **{f"{a}_and_{b}": f"product of `{a}` and `{b}`" for a, b in _PAIRS},
    "near": "nearness of the nearest linked superclass at it or under it: 1, 1/2, 1/4 ...",
    "head_first": "weight of first senses of heads at it or under it",
    "genus_first": "the same of descriptions",
    "whole": "weight of senses of the whole name at it or under it",
    "agreeing": "share of the strategies with half of their weight at it or under it",
    "opposing": "share of the strategies that say something, and nothing of it",
    "two_agree": "two strategies or more have half of their weight there",
    "clash": "weight of points, over all strategies that speak, that share no top class with it",
    "clashing": "share of the strategies with half of their weight there",
    "paths": "points of `subclass` at it or under it, log",
    "levels": "levels between it and the nearest point at it or under it, in tens",
    "depth": "longest path from the root, in tens",
    "narrower": "number of narrower concepts, log, in eighths",
    "leaf": "has no narrower concept",
    "same_gloss": "share of the description's words that its names or gloss have",
    "same_name": "share of the name's words that its names or gloss have",
    **{f"lexname_{name[5:]}": f"the concept is a {name}" for name in LEXNAMES},
    "nothing": "always 1",
}
"""Feature name -> what it measures, in column order."""

_COLUMN = {name: i for i, name in enumerate(FEATURES)}
_FIRST_LEXNAME = _COLUMN[f"lexname_{LEXNAMES[0][5:]}"]
_ALL = 0.999
_HALF = 0.5
_MOST_LEVELS = 20
_EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "for",
        "from",
        "by",
        "to",
        "with",
        "or",
        "and",
        "that",
        "which",
        "is",
        "are",
        "as",
        "used",
        "one",
        "any",
        "other",
        "some",
        "its",
        "it",
        "such",
    ]
)


class Candidates(NamedTuple):
    """What classes may lie under: rows sorted by class, then concept.

    Attributes:
        classes: int64, shape (n_rows,): position of the class.
        concepts: int64, shape (n_rows,): index of the concept.
        n_concepts: of the lexicon.
    """

    classes: NDArray[np.int64]
    concepts: NDArray[np.int64]
    n_concepts: int

    @property
    def keys(self) -> NDArray[np.int64]:
        """Class and concept of each row as one integer, ascending."""
        return self.classes * self.n_concepts + self.concepts


def find_candidates(asked: Sequence[AskedClass], clues: Clues, lexicon: Lexicon) -> Candidates:
    """Return what strategies point at, and all above that, but for what must not be seen."""
    n = len(lexicon)
    keys = []
    for points in clues.points.values():
        at, above = lexicon.above_rows.expand(points.concepts)
        keys.append(distinct(points.classes[at] * n + above))
    found = distinct(np.concatenate(keys))
    classes, concepts = found // n, found % n
    hidden = np.array([one.hidden for one in asked], dtype=np.int64)
    kept = (concepts != hidden[classes]) & ~lexicon.is_instance[concepts]
    return Candidates(classes[kept], concepts[kept], n)


def place_features(
    asked: Sequence[AskedClass], clues: Clues, found: Candidates, lexicon: Lexicon
) -> NDArray[np.float32]:
    """Return the feature table of candidates, float32, shape (n_rows, len(FEATURES))."""
    table = np.zeros((len(found.keys), len(FEATURES)), dtype=np.float32)
    keys = found.keys
    for name, points in clues.points.items():
        mass = _mass(points, keys, lexicon)
        speaks = points.spoken(len(asked))[found.classes]
        table[:, _COLUMN[name]] = mass
        table[:, _COLUMN[f"{name}_all"]] = mass > _ALL
        table[:, _COLUMN[f"{name}_off"]] = speaks & (mass <= 0)
        own = points.classes * found.n_concepts + points.concepts
        known = are_in(own, keys)
        table[np.searchsorted(keys, own[known]), _COLUMN[f"{name}_at"]] = points.weights[known]
    for a, b in _PAIRS:
        product = table[:, _COLUMN[a]] * table[:, _COLUMN[b]]
        table[:, _COLUMN[f"{a}_and_{b}"]] = product
    table[:, _COLUMN["near"]] = _nearness(clues, keys, lexicon)
    for name in ("head", "genus"):
        table[:, _COLUMN[f"{name}_first"]] = _mass(clues.first[name], keys, lexicon)
    table[:, _COLUMN["whole"]] = _mass(clues.whole, keys, lexicon)
    masses = table[:, [_COLUMN[name] for name in STRATEGIES]]
    agreeing = (masses >= _HALF).sum(axis=1)
    table[:, _COLUMN["agreeing"]] = agreeing / len(STRATEGIES)
    table[:, _COLUMN["two_agree"]] = agreeing >= 2
    off = table[:, [_COLUMN[f"{name}_off"] for name in STRATEGIES]]
    table[:, _COLUMN["opposing"]] = off.sum(axis=1) / len(STRATEGIES)
    _set_clashes(table, clues, found, lexicon)
    _set_ways(table, clues, found, lexicon)
    _set_concepts(table, asked, found, lexicon)
    _set_words(table, asked, found, lexicon)
    return table


def _mass(points: Points, keys: NDArray[np.int64], lexicon: Lexicon) -> NDArray[np.float64]:
    """Return the weight of points at or under each key."""
    at, above = lexicon.above_rows.expand(points.concepts)
    of_points = points.classes[at] * len(lexicon) + above
    known = are_in(of_points, keys)
    rows = np.searchsorted(keys, of_points[known])
    mass = np.bincount(rows, points.weights[at][known], minlength=len(keys))
    return mass.astype(np.float64)  # integers, where there is no point


def _nearness(clues: Clues, keys: NDArray[np.int64], lexicon: Lexicon) -> NDArray[np.float64]:
    """Return how near the nearest linked superclass at or under each key is."""
    pairs = np.array(list(clues.near), dtype=np.int64).reshape(-1, 2)
    values = np.array(list(clues.near.values()), dtype=np.float64)
    at, above = lexicon.above_rows.expand(pairs[:, 1])
    of_points = pairs[:, 0][at] * len(lexicon) + above
    known = are_in(of_points, keys)
    nearest = np.zeros(len(keys))
    np.maximum.at(nearest, np.searchsorted(keys, of_points[known]), values[at][known])
    return nearest


def _set_clashes(
    table: NDArray[np.float32], clues: Clues, found: Candidates, lexicon: Lexicon
) -> None:
    """Say how much of each strategy's weight lies under top classes declared disjoint."""
    masks, clash = _top_masks(lexicon)
    n_masks = len(clash)
    keys = found.classes * n_masks + masks[found.concepts]
    own = distinct(keys)
    owners, codes = own // n_masks, own % n_masks
    starts = np.searchsorted(owners, np.arange(int(owners.max(initial=-1)) + 2))
    total, clashing, speaking = (np.zeros(len(own)) for _ in range(3))
    for points in clues.points.values():
        lengths = np.diff(starts)[points.classes]
        at = np.repeat(np.arange(len(lengths)), lengths)
        rows = row_positions(starts[points.classes], lengths)
        off = clash[masks[points.concepts[at]], codes[rows]]
        weight = np.bincount(rows, points.weights[at] * off, minlength=len(own))
        total += weight
        clashing += weight >= _HALF
        speaking += np.bincount(rows, minlength=len(own)) > 0
    there = np.searchsorted(own, keys)
    table[:, _COLUMN["clash"]] = (total / np.maximum(speaking, 1))[there]
    table[:, _COLUMN["clashing"]] = clashing[there] / len(STRATEGIES)


def _top_masks(lexicon: Lexicon) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return a number by concept, for the top classes above it, and which numbers clash."""
    tops = load_top_classes()
    declared = {lexicon.index[id_]: bit for id_, bit in tops.bits.items() if id_ in lexicon.index}
    owners, above = lexicon.above_rows.expand(np.arange(len(lexicon)))
    sums = np.zeros(len(lexicon), dtype=np.int64)
    for concept, bit in declared.items():
        sums[owners[above == concept]] |= bit
    known, codes = np.unique(sums, return_inverse=True)
    masks = known.tolist()
    return codes, np.array([[tops.clash(a, b) is not None for b in masks] for a in masks])


def _set_ways(
    table: NDArray[np.float32], clues: Clues, found: Candidates, lexicon: Lexicon
) -> None:
    """Say how many superclasses lead to each candidate, and how far the nearest point is."""
    keys = found.keys
    depth = lexicon.depth.astype(np.int64)
    levels = np.full(len(keys), _MOST_LEVELS)
    for name, points in clues.points.items():
        at, above = lexicon.above_rows.expand(points.concepts)
        of_points = points.classes[at] * len(lexicon) + above
        known = are_in(of_points, keys)
        rows = np.searchsorted(keys, of_points[known])
        steps = depth[points.concepts[at]] - depth[above]
        np.minimum.at(levels, rows, np.maximum(steps[known], 0))
        if name == "subclass":
            n_ways = np.bincount(rows, minlength=len(keys))
            table[:, _COLUMN["paths"]] = np.log1p(n_ways)
    table[:, _COLUMN["levels"]] = levels / 10


def _set_concepts(
    table: NDArray[np.float32],
    asked: Sequence[AskedClass],
    found: Candidates,
    lexicon: Lexicon,
) -> None:
    concepts = found.concepts
    table[:, _COLUMN["depth"]] = lexicon.depth[concepts] / 10
    below = lexicon.n_narrower[concepts].astype(np.int64) - _counted_for_hidden(
        asked, found, lexicon
    )
    table[:, _COLUMN["narrower"]] = np.log1p(np.maximum(below, 0)) / 8
    table[:, _COLUMN["leaf"]] = below <= 0
    codes = lexicon.lexname[concepts]
    rows = np.flatnonzero(codes >= 0)
    table[rows, _FIRST_LEXNAME + codes[rows]] = 1.0
    table[:, _COLUMN["nothing"]] = 1.0


def _counted_for_hidden(
    asked: Sequence[AskedClass], found: Candidates, lexicon: Lexicon
) -> NDArray[np.int64]:
    """Return what of each candidate's narrower concepts is there because the hidden one is.

    Else each right candidate would have one concept under it at least.
    """
    rows = [(n, one.hidden) for n, one in enumerate(asked) if one.hidden >= 0]
    counted = np.zeros(len(found.classes), dtype=np.int64)
    if rows:
        owners, hidden = np.array(rows, dtype=np.int64).T
        at, above = lexicon.above_rows.expand(hidden)
        keys = owners[at] * found.n_concepts + above
        known = are_in(keys, found.keys)
        there = np.searchsorted(found.keys, keys[known])
        counted[there] = (lexicon.n_narrower[hidden].astype(np.int64) + 1)[at][known]
    return counted


def _set_words(
    table: NDArray[np.float32],
    asked: Sequence[AskedClass],
    found: Candidates,
    lexicon: Lexicon,
) -> None:
    words_of: dict[int, frozenset[str]] = {}
    for concept in distinct(found.concepts).tolist():
        value = lexicon.concepts[concept]
        names = " ".join(name.text for name in value.names if name.sense is not None)
        words_of[concept] = _words(f"{names} {definition(value.gloss)}")
    for column, texts in (
        ("same_gloss", [one.description for one in asked]),
        ("same_name", [one.label for one in asked]),
    ):
        own = [_words(text) for text in texts]
        shares = [
            len(own[n] & words_of[concept]) / len(own[n]) if own[n] else 0.0
            for n, concept in zip(found.classes.tolist(), found.concepts.tolist(), strict=True)
        ]
        table[:, _COLUMN[column]] = shares


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split()) - _EMPTY_WORDS
