"""What speaks for and against each place that a label may lie at, as numbers.

`FEATURES` names every column; nothing is decided here. Like `places`, this
works on many labels at once, a row a place.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import distinct
from labelsys.match.candidates import lemma_position, sense_count, sense_of
from labelsys.match.forms import FormKind
from labelsys.match.lexicon import LEXNAMES, Lexicon
from labelsys.match.places import Places, all_votes
from labelsys.match.ragged import are_in, cosines, highest_of_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.match.candidates import Candidate
    from labelsys.match.features import SetContext
    from labelsys.match.places import Clues

__all__ = ["FEATURES", "VECTOR_FEATURES", "PlaceVectors", "place_features"]

FEATURES: dict[str, str] = {
    "head": "what the head of the name may mean",
    "head_share": "the head's share of the name's words",
    "head_longest": "no longer head is known",
    "head_before": "the head stands before a preposition, not at the end",
    "head_inside": "the head is the end of a word that is written together",
    "under_head": "lies under what the head may mean",
    "above_head": "lies above what the head may mean",
    "off_head": "there is a head, and it lies neither under nor above what that may mean",
    "first_lemma": "the head is the first name of its synset",
    "first_sense": "the synset is the head's first sense",
    "sense_rank": "one over the head's sense number",
    "sense_share": "share of all tagged senses of this head",
    "given_elsewhere": "other label sets mean something else by the head's very name, by their ids",
    "genus": "what the definition's first noun may mean",
    "genus_share": "share of all tagged senses of that noun",
    "genus_longest": "no longer form of that noun is known",
    "off_genus": "there is such a noun, and it neither means this nor anything above it",
    "parent": "what the superclass that the dataset gives may mean",
    "under_parent": "lies under that",
    "same_end": "share of the names with the same last word that lie directly under it",
    "same_end_count": "their number, log",
    "same_end_below": "share of the names with the same last word that lie anywhere under it",
    "same_start": "share of the names with the same first word that lie directly under it",
    "same_start_count": "their number, log",
    "same_start_below": "share of the names with the same first word that lie anywhere under it",
    "depth": "longest path from the root, in tens",
    "narrower": "number of narrower concepts, log; zero for a head",
    "leaf": "has no narrower concept, and is no head",
    "given_here": "other label sets that put a class here by its id, log",
    "set_lexname": "share of this lexname among the set's unambiguous labels, log",
    "similarity": "cosine of label and concept text (vectors)",
    "similarity_gap": "the same, less the best place's (vectors)",
    "head_similarity": "for a head: `similarity`, less that of the closest head (vectors)",
    "expected": "cosine with where the parent of such a name is expected (vectors)",
    "expected_gap": "the same, less the best place's (vectors)",
    "set_similarity": "cosine with the mean of the set's unambiguous concepts (vectors)",
    "voted": "weight of the concept among the label's nearest (vectors)",
    "votes_below": "weight of the nearest concepts directly under it (vectors)",
    "votes_under": "weight of the nearest concepts anywhere under it (vectors)",
    "close_below": "`votes_below` times the cosine of the nearest one (vectors)",
    "close_under": "`votes_under` times the cosine of the nearest one (vectors)",
    **{f"lexname_{name[5:]}": f"the concept is a {name}" for name in LEXNAMES},
    "nothing": "always 1; the place `none of these` is 0 everywhere",
}
"""Feature name -> what it measures, in column order."""

VECTOR_FEATURES = (
    "similarity",
    "similarity_gap",
    "head_similarity",
    "expected",
    "expected_gap",
    "set_similarity",
    "voted",
    "votes_below",
    "votes_under",
    "close_below",
    "close_under",
)

_COLUMN = {name: i for i, name in enumerate(FEATURES)}


class PlaceVectors(NamedTuple):
    """The vectors of labels and their places.

    Attributes:
        labels: float32, shape (n_labels, dim), unit rows.
        expected: float32, shape (n_labels, dim), unit rows: where the labels' parents are expected.
        places: float32, shape (n_rows, dim), unit rows.
    """

    labels: NDArray[np.float32]
    expected: NDArray[np.float32]
    places: NDArray[np.float32]


def place_features(
    lexicon: Lexicon,
    clues: Sequence[Clues],
    found: Places,
    context: SetContext,
    vectors: PlaceVectors | None = None,
) -> NDArray[np.float32]:
    """Return the feature table of the places of some labels.

    Args:
        lexicon: all concepts.
        clues: what is known of each label.
        found: from `find_places`.
        context: what the label set says as a whole.
        vectors: of the labels and the places; None leaves their columns zero.

    Returns:
        float32, shape (n_rows, len(FEATURES)).
    """
    table = np.zeros((len(found.concepts), len(FEATURES)), dtype=np.float32)
    if not len(table):
        return table
    heads = _set_heads(table, lexicon, clues, context, found)
    genus = _set_genus(table, lexicon, clues, found)
    parents = _keys_of(((label, c) for label, one in enumerate(clues) for c in one.parents), found)
    _set_around(table, lexicon, found, heads, genus, parents)
    _set_alike(table, found)
    _set_votes(table, lexicon, clues, found)
    _set_concepts(table, lexicon, clues, context, found)
    if vectors is not None:
        _set_vectors(table, clues, context, found, vectors)
    table[:, _COLUMN["nothing"]] = 1.0
    return table


_FIRST_LEXNAME = _COLUMN[f"lexname_{LEXNAMES[0][5:]}"]


def _keys_of(pairs: Iterable[tuple[int, int]], found: Places) -> NDArray[np.int64]:
    """Return (label, concept) pairs as sorted keys."""
    keys = [label * found.n_concepts + concept for label, concept in pairs]
    return distinct(np.array(keys, dtype=np.int64))


# -- the name and the definition ---------------------------------------------------


class _Way(NamedTuple):
    """How the head of a name, or the first noun of a definition, leads to a place."""

    row: int
    candidate: Candidate
    share: float
    is_longest: bool


def _ways(
    lexicon: Lexicon,
    clues: Sequence[Clues],
    found: Places,
    pick: Callable[[Clues], tuple[Candidate, ...]],
) -> Iterator[_Way]:
    """Yield the candidates that are places, by row.

    The share is that of the sense among its form's tagged senses; the longest
    form is the longest one that leads to any place of the label.
    """
    named = [(label, c) for label, one in enumerate(clues) for c in pick(one)]
    keys = np.array([label * found.n_concepts + c.concept for label, c in named], dtype=np.int64)
    rows = np.searchsorted(found.keys, keys)
    known = are_in(keys, found.keys)
    kept = [
        (row, label, c)
        for (label, c), row, is_place in zip(named, rows.tolist(), known.tolist(), strict=True)
        if is_place
    ]
    totals: Counter[tuple[int, str]] = Counter()
    senses: Counter[tuple[int, str]] = Counter()
    longest: dict[int, float] = {}
    for _, label, candidate in kept:
        form = candidate.form
        totals[label, form.text] += sense_count(lexicon, candidate)
        senses[label, form.text] += 1
        longest[label] = max(longest.get(label, 0.0), form.share)
    for row, label, candidate in kept:
        key = label, candidate.form.text
        share = (sense_count(lexicon, candidate) + 0.5) / (totals[key] + 0.5 * senses[key])
        yield _Way(row, candidate, share, candidate.form.share == longest[label])


def _set_heads(
    table: NDArray[np.float32],
    lexicon: Lexicon,
    clues: Sequence[Clues],
    context: SetContext,
    found: Places,
) -> NDArray[np.int64]:
    """Return the keys of what the head of the name may mean, after saying so."""
    rows: list[int] = []
    values: list[tuple[float, ...]] = []
    given = {name for name, _ in context.given_names}
    for way in _ways(lexicon, clues, found, lambda one: one.heads):
        candidate = way.candidate
        sense = sense_of(lexicon, candidate)
        number = 0 if sense is None else sense.number
        rows.append(way.row)
        values.append(
            (
                1.0,
                candidate.form.share,
                way.is_longest,
                candidate.form.kind == FormKind.HEAD_BEFORE,
                candidate.form.kind == FormKind.HEAD_INSIDE,
                lemma_position(lexicon, candidate) == 0,
                number == 1,
                0.0 if sense is None else 1.0 / max(number, 1),
                way.share,
                candidate.form.text in given
                and (candidate.form.text, candidate.concept) not in context.given_names,
            )
        )
    names = (
        *("head", "head_share", "head_longest", "head_before", "head_inside"),
        *("first_lemma", "first_sense", "sense_rank", "sense_share"),
        "given_elsewhere",
    )
    _fill(table, rows, names, values)
    return np.sort(found.keys[rows])


def _set_genus(
    table: NDArray[np.float32], lexicon: Lexicon, clues: Sequence[Clues], found: Places
) -> NDArray[np.int64]:
    """Return the keys of what a definition's first noun may mean, after saying so."""
    ways = list(_ways(lexicon, clues, found, lambda one: one.genus))
    rows = [way.row for way in ways]
    values = [(1.0, way.share, float(way.is_longest)) for way in ways]
    _fill(table, rows, ("genus", "genus_share", "genus_longest"), values)
    return np.sort(found.keys[rows])


def _fill(
    table: NDArray[np.float32],
    rows: list[int],
    names: Sequence[str],
    values: Sequence[tuple[float, ...]],
) -> None:
    if rows:
        table[np.ix_(rows, [_COLUMN[name] for name in names])] = values


def _set_around(
    table: NDArray[np.float32],
    lexicon: Lexicon,
    found: Places,
    heads: NDArray[np.int64],
    genus: NDArray[np.int64],
    parents: NDArray[np.int64],
) -> None:
    """Say how each place lies to what the head, the definition and the superclass may mean."""
    n = found.n_concepts
    keys = found.keys
    row, above = lexicon.above_rows.expand(found.concepts)
    above = found.labels[row] * n + above
    # Each concept is above itself: no row is empty.
    first = np.concatenate([[0], np.flatnonzero(np.diff(row)) + 1])

    def lies_under(known: NDArray[np.int64]) -> NDArray[np.bool_]:
        if not len(known):
            return np.zeros(len(keys), dtype=bool)
        return np.asarray(np.logical_or.reduceat(are_in(above, known), first))

    def has(known: NDArray[np.int64]) -> NDArray[np.bool_]:
        return are_in(found.labels, distinct(known // n))

    owner, over = lexicon.above_rows.expand(heads % n)
    over_heads = distinct((heads // n)[owner] * n + over)
    is_other = has(heads) & ~are_in(keys, heads)
    is_under = lies_under(heads)
    is_above = are_in(keys, over_heads) & ~is_under
    table[:, _COLUMN["under_head"]] = is_other & is_under
    table[:, _COLUMN["above_head"]] = is_other & is_above
    table[:, _COLUMN["off_head"]] = is_other & ~is_under & ~is_above
    table[:, _COLUMN["off_genus"]] = has(genus) & ~lies_under(genus)
    table[:, _COLUMN["parent"]] = are_in(keys, parents)
    table[:, _COLUMN["under_parent"]] = lies_under(parents)


# -- names like it, and the nearest concepts ----------------------------------------


def _set_alike(table: NDArray[np.float32], found: Places) -> None:
    """Say how many of the names that share a word lie at each place."""
    keys = found.keys
    for name, alike in (("same_end", found.same_end), ("same_start", found.same_start)):
        counts = zip(*(same.counts for same in alike), strict=True)
        concepts, direct, under = map(np.concatenate, counts)
        sizes = [len(same.under) for same in alike]
        wanted = np.repeat(np.arange(found.n_labels), sizes) * found.n_concepts + concepts
        known = are_in(wanted, keys)
        rows = np.searchsorted(keys, wanted[known])
        direct, under = direct[known], under[known]
        n = np.repeat([same.n for same in alike], sizes)[known]
        table[rows, _COLUMN[name]] = direct / n
        table[rows, _COLUMN[f"{name}_count"]] = np.log1p(direct) / 3
        table[rows, _COLUMN[f"{name}_below"]] = np.minimum(under / n, 1.0)


def _set_votes(
    table: NDArray[np.float32], lexicon: Lexicon, clues: Sequence[Clues], found: Places
) -> None:
    """Say what votes each place has itself, directly below it, and anywhere under it."""
    label, concept, weight = all_votes(clues)
    keys = found.keys
    every = np.arange(len(concept))
    for name, (at, place) in {
        "voted": (every, concept),
        "votes_below": lexicon.broader_rows.expand(concept),
        "votes_under": lexicon.above_rows.expand(concept),
    }.items():
        wanted = label[at] * found.n_concepts + place
        known = are_in(wanted, keys)
        rows = np.searchsorted(keys, wanted[known])
        table[:, _COLUMN[name]] = np.bincount(rows, weight[at][known], len(keys))


# -- the concepts themselves --------------------------------------------------------


def _set_concepts(
    table: NDArray[np.float32],
    lexicon: Lexicon,
    clues: Sequence[Clues],
    context: SetContext,
    found: Places,
) -> None:
    """Say what is known of each place by itself, and how it fits the label set."""
    concepts = found.concepts
    below = lexicon.n_narrower[concepts].astype(np.int64)
    below -= _counted_for_answers(lexicon, clues, found)
    table[:, _COLUMN["depth"]] = lexicon.depth[concepts] / 10
    # Lexicons stop somewhere: that they have nothing under a head says nothing of a new name.
    is_other = table[:, _COLUMN["head"]] == 0
    table[:, _COLUMN["narrower"]] = is_other * np.log1p(np.maximum(below, 0)) / 8
    table[:, _COLUMN["leaf"]] = is_other & (below <= 0)
    given = np.zeros(len(lexicon), dtype=np.int64)
    given[list(context.given_sets)] = list(context.given_sets.values())
    table[:, _COLUMN["given_here"]] = np.log1p(given[concepts])
    codes = lexicon.lexname[concepts]
    if context.lexname_share:
        # The last one is for concepts without a lexname, whose code is -1.
        shares = np.array([context.lexname_share.get(i, 0.0) for i in range(len(LEXNAMES))] + [0.0])
        table[:, _COLUMN["set_lexname"]] = np.log(shares[codes] + 0.003) + 3.0
    rows = np.flatnonzero(codes >= 0)
    table[rows, _FIRST_LEXNAME + codes[rows]] = 1.0


def _counted_for_answers(
    lexicon: Lexicon, clues: Sequence[Clues], found: Places
) -> NDArray[np.int64]:
    """Return what of each place's narrower concepts is there because the answer is.

    Else each true place would have one concept under it at least.
    """
    answers = [(label, one.without) for label, one in enumerate(clues) if one.without >= 0]
    hidden = np.zeros(len(found.concepts), dtype=np.int64)
    if answers:
        label, answer = np.array(answers, dtype=np.int64).T
        at, above = lexicon.above_rows.expand(answer)
        keys = label[at] * found.n_concepts + above
        known = are_in(keys, found.keys)
        rows = np.searchsorted(found.keys, keys[known])
        hidden[rows] = (lexicon.n_narrower[answer] + 1)[at][known]
    return hidden


def _set_vectors(
    table: NDArray[np.float32],
    clues: Sequence[Clues],
    context: SetContext,
    found: Places,
    vectors: PlaceVectors,
) -> None:
    rows = vectors.places
    similarity = cosines(rows, vectors.labels, found.labels)
    expected = cosines(rows, vectors.expected, found.labels)
    for name, values in (("similarity", similarity), ("expected", expected)):
        table[:, _COLUMN[name]] = values
        table[:, _COLUMN[f"{name}_gap"]] = values - highest_of_each(values, found.labels)
    is_head = table[:, _COLUMN["head"]] > 0
    of_heads = np.where(is_head, similarity, np.float32(-np.inf))
    gap = similarity[is_head] - highest_of_each(of_heads, found.labels)[is_head]
    table[is_head, _COLUMN["head_similarity"]] = gap
    if context.centroid is not None:
        table[:, _COLUMN["set_similarity"]] = rows @ context.centroid
    nearest = np.array([one.near.nearest for one in clues])[found.labels]
    for name in ("below", "under"):
        table[:, _COLUMN[f"close_{name}"]] = table[:, _COLUMN[f"votes_{name}"]] * nearest
    columns = [_COLUMN[name] for name in VECTOR_FEATURES]
    # Three decimals, so that the last bits decide nothing.
    table[:, columns] = np.round(table[:, columns], 3)
