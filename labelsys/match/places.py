"""Where a label belongs that has no concept of its own: candidates, and what speaks for each.

A place may be what the head of the name means (`Spiral Tube Worm` is a worm),
what a definition begins with, where names that end or begin with the same word
lie (`... warbler`, `Ford ...`), or near the concepts whose texts are closest.
`FEATURES` names every column; nothing is decided here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.candidates import Candidate, FormKind
from labelsys.match.features import sense_count
from labelsys.match.lexicon import LEXNAMES, Lexicon
from labelsys.match.neighbours import NO_NEIGHBOURS, Near

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labelsys.match.features import SetContext
    from labelsys.match.name_ends import NameEnds, Same

__all__ = [
    "FEATURES",
    "VECTOR_FEATURES",
    "Clues",
    "Place",
    "Places",
    "find_places",
    "place_features",
]

FEATURES: dict[str, str] = {
    "head": "what the head of the name may mean",
    "head_share": "the head's share of the name's words",
    "head_longest": "no longer head is known",
    "head_before": "the head stands before a preposition, not at the end",
    "under_head": "lies under what the head may mean",
    "above_head": "lies above what the head may mean",
    "off_head": "there is a head, and it lies neither under nor above what that may mean",
    "first_lemma": "the head is the first name of its synset",
    "first_sense": "the synset is the head's first sense",
    "sense_rank": "one over the head's sense number",
    "sense_share": "share of all tagged senses of this head",
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
    "narrower": "number of narrower concepts, log",
    "leaf": "has no narrower concept",
    "given_here": "other label sets that put a class here by its id, log",
    "set_lexname": "share of this lexname among the set's unambiguous labels, log",
    "similarity": "cosine of label and concept text (vectors)",
    "similarity_gap": "the same, less the best place's (vectors)",
    "head_similarity": "for a head: `similarity`, less that of the closest head (vectors)",
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
    "set_similarity",
    "voted",
    "votes_below",
    "votes_under",
    "close_below",
    "close_under",
)

_COLUMN = {name: i for i, name in enumerate(FEATURES)}


class Place(NamedTuple):
    """A concept that a label may lie under.

    Attributes:
        concept: index in the lexicon.
        head: how the name's head leads here, or None.
        genus: how the definition's first noun leads here, or None.
        is_parent: the superclass that the dataset gives may mean it.
    """

    concept: int
    head: Candidate | None = None
    genus: Candidate | None = None
    is_parent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is known of a label that no concept stands for.

    Attributes:
        words: of the folded name, qualifier off.
        heads: what its head may mean.
        genus: what the first noun of its definition may mean.
        parents: what the superclass that its dataset gives may mean.
        near: its nearest concepts.
        without: a concept that must not be seen: the answer, where one is known.
        within: every place lies under it, if there is one.
    """

    words: tuple[str, ...]
    heads: tuple[Candidate, ...] = ()
    genus: tuple[Candidate, ...] = ()
    parents: tuple[int, ...] = ()
    near: Near = NO_NEIGHBOURS
    without: int = -1
    within: int | None = None


class Places(NamedTuple):
    """Where one label may lie.

    Attributes:
        places: by concept.
        same_end: names that end like the label's.
        same_start: names that begin like it.
    """

    places: tuple[Place, ...]
    same_end: Same
    same_start: Same

    @property
    def concepts(self) -> list[int]:
        """The places' concepts."""
        return [place.concept for place in self.places]


def find_places(lexicon: Lexicon, clues: Clues, ends: NameEnds) -> Places:
    """Return where a label may lie."""
    same_end, same_start = (ends.same(clues.words, end, clues.without) for end in (-1, 0))
    heads = {c.concept: c for c in clues.heads}
    genus = {c.concept: c for c in clues.genus}
    found = {*heads, *genus, *clues.parents, *same_end.top(), *same_start.top()}
    for concept, _ in clues.near.votes:
        for one in (concept, *lexicon.broader[concept]):
            found.add(one)
            found.update(lexicon.broader[one])
    found.discard(clues.without)
    kept = np.array(sorted(found), dtype=np.int64)
    kept = kept[~lexicon.is_instance[kept]]
    within, parents = clues.within, set(clues.parents)
    places = tuple(
        Place(c, heads.get(c), genus.get(c), c in parents)
        for c in kept.tolist()
        if within is None or within in lexicon.ancestors(c)
    )
    return Places(places, same_end, same_start)


def place_features(
    lexicon: Lexicon,
    clues: Clues,
    found: Places,
    context: SetContext,
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
) -> NDArray[np.float32]:
    """Return the feature table of one label's places.

    Args:
        lexicon: all concepts.
        clues: what is known of the label.
        found: from `find_places`.
        context: what the label set says as a whole.
        vectors: unit vector (dim,) of the label, unit vectors (n, dim) of the places.

    Returns:
        float32, shape (n, len(FEATURES)).
    """
    table = np.zeros((len(found.places), len(FEATURES)), dtype=np.float32)
    if not found.places:
        return table
    _set_heads(table, lexicon, found.places)
    _set_around_heads(table, lexicon, found.places)
    concepts = np.array(found.concepts, dtype=np.int64)
    _set_label(table, lexicon, clues, found)
    _set_concepts(table, lexicon, clues, context, concepts)
    if vectors is not None:
        _set_vectors(table, clues, context, *vectors)
    table[:, _COLUMN["nothing"]] = 1.0
    return table


_FIRST_LEXNAME = _COLUMN[f"lexname_{LEXNAMES[0][5:]}"]


def _set_label(table: NDArray[np.float32], lexicon: Lexicon, clues: Clues, found: Places) -> None:
    """Say how the label itself points to each place: names like it, its superclass, its votes."""
    concepts = found.concepts
    for name, same in (("same_end", found.same_end), ("same_start", found.same_start)):
        if same.n:
            direct = np.array([same.parents.get(c, 0) for c in concepts])
            under = np.array([same.under.get(c, 0) for c in concepts])
            table[:, _COLUMN[name]] = direct / same.n
            table[:, _COLUMN[f"{name}_count"]] = np.log1p(direct) / 3
            table[:, _COLUMN[f"{name}_below"]] = np.minimum(under / same.n, 1.0)
    if clues.parents:
        parents = set(clues.parents)
        for row, concept in enumerate(concepts):
            table[row, _COLUMN["parent"]] = concept in parents
            table[row, _COLUMN["under_parent"]] = not parents.isdisjoint(lexicon.ancestors(concept))
    for name, votes in zip(
        ("voted", "votes_below", "votes_under"), _votes(lexicon, clues), strict=True
    ):
        table[:, _COLUMN[name]] = [votes.get(c, 0.0) for c in concepts]


def _set_concepts(
    table: NDArray[np.float32],
    lexicon: Lexicon,
    clues: Clues,
    context: SetContext,
    concepts: NDArray[np.int64],
) -> None:
    """Say what is known of each place by itself, and how it fits the label set."""
    below = lexicon.n_narrower[concepts].astype(np.int64)
    if clues.without >= 0:
        # As if the answer were not there: else each true place had one concept at least.
        above = lexicon.ancestors(clues.without)
        has_it = np.array([int(c) in above for c in concepts])
        hidden = int(lexicon.n_narrower[clues.without]) + 1
        below = np.where(has_it, np.maximum(below - hidden, 0), below)
    table[:, _COLUMN["depth"]] = lexicon.depth[concepts] / 10
    table[:, _COLUMN["narrower"]] = np.log1p(below) / 8
    table[:, _COLUMN["leaf"]] = below == 0
    given = [context.given_sets.get(c, 0) for c in concepts.tolist()]
    table[:, _COLUMN["given_here"]] = np.log1p(given)
    codes = lexicon.lexname[concepts]
    if context.lexname_share:
        shares = [context.lexname_share.get(code, 0.0) for code in codes.tolist()]
        table[:, _COLUMN["set_lexname"]] = np.log(np.array(shares) + 0.003) + 3.0
    rows = np.flatnonzero(codes >= 0)
    table[rows, _FIRST_LEXNAME + codes[rows]] = 1.0


def _set_vectors(
    table: NDArray[np.float32],
    clues: Clues,
    context: SetContext,
    label: NDArray[np.float32],
    rows: NDArray[np.float32],
) -> None:
    similarity = rows @ label
    table[:, _COLUMN["similarity"]] = similarity
    table[:, _COLUMN["similarity_gap"]] = similarity - similarity.max()
    is_head = table[:, _COLUMN["head"]] > 0
    if is_head.any():
        gap = similarity[is_head] - similarity[is_head].max()
        table[is_head, _COLUMN["head_similarity"]] = gap
    if context.centroid is not None:
        table[:, _COLUMN["set_similarity"]] = rows @ context.centroid
    for name in ("below", "under"):
        votes = table[:, _COLUMN[f"votes_{name}"]]
        table[:, _COLUMN[f"close_{name}"]] = votes * clues.near.nearest
    columns = [_COLUMN[name] for name in VECTOR_FEATURES]
    # Three decimals, so that the last bits decide nothing.
    table[:, columns] = np.round(table[:, columns], 3)


def _votes(lexicon: Lexicon, clues: Clues) -> tuple[dict[int, float], ...]:
    """Return the weight of votes for each concept, directly below it, and anywhere under it."""
    own: dict[int, float] = defaultdict(float)
    below: dict[int, float] = defaultdict(float)
    under: dict[int, float] = defaultdict(float)
    for concept, weight in clues.near.votes:
        own[concept] += weight
        for parent in lexicon.broader[concept]:
            below[parent] += weight
        for above in lexicon.ancestors(concept):
            under[above] += weight
    return own, below, under


def _set_heads(table: NDArray[np.float32], lexicon: Lexicon, places: Sequence[Place]) -> None:
    heads = [(row, p.head) for row, p in enumerate(places) if p.head is not None]
    for row, candidate, share, longest in _with_shares(lexicon, heads):
        name = lexicon.concepts[candidate.concept].names[candidate.position]
        table[row, _COLUMN["head"]] = 1.0
        table[row, _COLUMN["head_share"]] = candidate.form.share
        table[row, _COLUMN["head_longest"]] = longest
        table[row, _COLUMN["head_before"]] = candidate.form.kind == FormKind.HEAD_BEFORE
        table[row, _COLUMN["first_lemma"]] = candidate.position == 0
        table[row, _COLUMN["sense_share"]] = share
        if name.sense is not None:
            table[row, _COLUMN["first_sense"]] = name.sense.number == 1
            table[row, _COLUMN["sense_rank"]] = 1.0 / max(name.sense.number, 1)
    genus = [(row, p.genus) for row, p in enumerate(places) if p.genus is not None]
    for row, _, share, longest in _with_shares(lexicon, genus):
        table[row, _COLUMN["genus"]] = 1.0
        table[row, _COLUMN["genus_share"]] = share
        table[row, _COLUMN["genus_longest"]] = longest


def _set_around_heads(
    table: NDArray[np.float32], lexicon: Lexicon, places: Sequence[Place]
) -> None:
    """Say of all other places how they lie to what the head, or the definition, may mean."""
    heads = {place.concept for place in places if place.head is not None}
    above = {up for head in heads for up in lexicon.ancestors(head)}
    genus = {place.concept for place in places if place.genus is not None}
    for row, place in enumerate(places):
        up = lexicon.ancestors(place.concept)
        if heads and place.concept not in heads:
            if not heads.isdisjoint(up):
                table[row, _COLUMN["under_head"]] = 1.0
            elif place.concept in above:
                table[row, _COLUMN["above_head"]] = 1.0
            else:
                table[row, _COLUMN["off_head"]] = 1.0
        if genus and genus.isdisjoint(up):
            table[row, _COLUMN["off_genus"]] = 1.0


def _with_shares(
    lexicon: Lexicon, found: Sequence[tuple[int, Candidate]]
) -> Iterator[tuple[int, Candidate, float, bool]]:
    """Yield rows with the sense's share of its form's tagged senses, and if no form is longer."""
    totals: Counter[str] = Counter()
    senses: Counter[str] = Counter()
    for _, candidate in found:
        totals[candidate.form.text] += sense_count(lexicon, candidate)
        senses[candidate.form.text] += 1
    longest = max((candidate.form.share for _, candidate in found), default=0.0)
    for row, candidate in found:
        text = candidate.form.text
        share = (sense_count(lexicon, candidate) + 0.5) / (totals[text] + 0.5 * senses[text])
        yield row, candidate, share, candidate.form.share == longest
