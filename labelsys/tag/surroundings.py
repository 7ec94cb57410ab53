"""What the tagger of visual concepts looks at: a concept's text, and what stands around it.

Of every concept there is one vector, of its names and definition as `Lexicon.text`
gives them. Four views of it are put side by side: its own, that of the deepest
concept right above, the mean of all on the way from there to the root, and the mean
of those right below. Four numbers follow, `NUMBERS`.

All views are linear in the vectors. So a linear score of a whole system needs each
vector only once: `score` projects first, and looks around afterwards.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from labelsys.match.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.match.embed import Embedder
    from labelsys.model import Concept, Edge
    from labelsys.store.protocol import GraphStore

__all__ = ["NUMBERS", "VIEWS", "Surroundings"]

VIEWS: Final = ("own", "above", "way up", "below")
"""The views of the vectors, in column order."""
NUMBERS: Final = (
    "one thing: it is an instance of what is above it",
    "its name in WordNet begins with a capital",
    "log(1 + label sets that have it)",
    "log(1 + label sets that have it or something under it)",
)
"""What is known beside the vectors, in column order after them."""


class Surroundings:
    """The concepts of one system by number, and what is around each.

    Attributes:
        ids: sorted; retired concepts are none.
        index: id -> number.
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        edges: Sequence[Edge],
        standing: Iterable[Iterable[Curie]],
        hierarchy: Hierarchy,
    ) -> None:
        """Look around in a system; no vector is computed yet.

        Args:
            concepts: all of them.
            edges: between them.
            standing: for each label set, the concepts that its labels stand at.
            hierarchy: of the edges.
        """
        self._edges = edges
        self._lexicon = Lexicon(concepts, edges)
        self.ids: tuple[Curie, ...] = tuple(concept.id for concept in self._lexicon.concepts)
        self.index = {id_: number for number, id_ in enumerate(self.ids)}
        self._sets = [{self.index[id_] for id_ in ids} for ids in standing]
        depths = np.array([hierarchy.depth(id_) for id_ in self.ids], dtype=np.int64)
        self._nearest = self._deepest_above(depths)
        in_hierarchy = [self.index.get(id_, -1) for id_ in hierarchy.topological_order]
        self._order = [number for number in in_hierarchy if number >= 0]

    @classmethod
    def of_store(cls, store: GraphStore, hierarchy: Hierarchy) -> Surroundings:
        """Return what looks around in the system that a store holds."""
        standing: dict[str, list[Curie]] = {}
        for place in store.iter_placements():
            found = standing.setdefault(place.label_id.prefix, [])
            if place.concept_id is not None:
                found.append(place.concept_id)
        edges = list(store.iter_edges())
        return cls(store.iter_concepts(), edges, standing.values(), hierarchy)

    def __len__(self) -> int:
        return len(self.ids)

    def text(self, number: int) -> str:
        """Return what the encoder reads of a concept."""
        return self._lexicon.text(number)

    def lexname(self, number: int) -> str:
        """Return the lexname of a concept, or of the nearest concept above it that has one."""
        while not (found := self._lexicon.concepts[number].lexname):
            if self._nearest[number] < 0:
                return ""
            number = int(self._nearest[number])
        return found

    def vectors(self, embedder: Embedder) -> NDArray[np.float32]:
        """Return float32 (n, dim), one unit row a concept."""
        return embedder.vectors([self.text(number) for number in range(len(self))])

    def columns(
        self, vectors: NDArray[np.float32], rows: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return all that is known of some concepts.

        Args:
            vectors: of all concepts, as `vectors` gives them.
            rows: numbers of the concepts wanted.

        Returns:
            float64, shape (len(rows), 4 * dim + 4).
        """
        views = [self._look(view, vectors)[rows] for view in VIEWS]
        return np.hstack([*views, self.numbers[rows]]).astype(np.float64)

    def columns_of_one(self, embedder: Embedder, number: int) -> NDArray[np.float64]:
        """Return `columns` of one concept, float64 (4 * dim + 4,): encodes only what is in view."""
        way_up: list[int] = []
        place = int(self._nearest[number])
        while place >= 0:
            way_up.append(place)
            place = int(self._nearest[place])
        narrower, broader = self._pairs
        below = narrower[broader == number].tolist()
        seen = [number, *way_up, *below]
        vectors = embedder.vectors([self.text(each) for each in seen]).astype(np.float64)
        above = vectors[1 : 1 + len(way_up)]
        views = (vectors[:1], above[:1], above, vectors[1 + len(way_up) :])
        means = [v.mean(axis=0) if len(v) else np.zeros(vectors.shape[1]) for v in views]
        return np.hstack([*means, self.numbers[number]])

    def score(
        self, vectors: NDArray[np.float32], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return `columns` of every concept times *weights* (4 * dim + 4,), float64 (n,)."""
        dim = vectors.shape[1]
        by_view = weights[: len(VIEWS) * dim].reshape(len(VIEWS), dim)
        projected = vectors.astype(np.float64) @ by_view.T
        total = self.numbers @ weights[len(VIEWS) * dim :]
        for column, view in enumerate(VIEWS):
            total += self._look(view, projected[:, column : column + 1])[:, 0]
        return np.asarray(total)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """What is known beside the vectors: float64 (n, 4), see `NUMBERS`."""
        single = np.zeros(len(self))
        for edge in self._edges:
            if edge.kind == "instance":
                single[self.index[edge.narrower]] = 1.0
        capital = [
            float(c.source == "wordnet" and c.pref_label[:1].isupper())
            for c in self._lexicon.concepts
        ]
        at = np.bincount(
            [number for found in self._sets for number in sorted(found)], minlength=len(self)
        )
        return np.column_stack([single, capital, np.log1p(at), np.log1p(self.sets_under)])

    @cached_property
    def sets_under(self) -> NDArray[np.int64]:
        """How many label sets have each concept or something under it: int64 (n,)."""
        above: list[list[int]] = [[] for _ in self.ids]
        for edge in self._edges:
            above[self.index[edge.narrower]].append(self.index[edge.broader])
        masks = [0] * len(self)
        for bit, found in enumerate(self._sets):
            for number in found:
                masks[number] |= 1 << bit
        for number in reversed(self._order):
            for broader in above[number]:
                masks[broader] |= masks[number]
        return np.array([mask.bit_count() for mask in masks], dtype=np.int64)

    def _deepest_above(self, depths: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the deepest concept right above each, by subclass edges if there are any; or -1.

        Of several equally deep ones, the first by id.
        """
        nearest = np.full(len(self), -1, dtype=np.int64)
        for kind in ("instance", "subclass"):
            best: dict[int, tuple[int, int]] = {}
            for edge in self._edges:
                if edge.kind == kind:
                    narrower, broader = self.index[edge.narrower], self.index[edge.broader]
                    found = (-int(depths[broader]), broader)
                    best[narrower] = min(best.get(narrower, found), found)
            for narrower, (_, broader) in best.items():
                nearest[narrower] = broader
        return nearest

    def _look(self, view: str, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return (n, k): a view of values (n, k), zero where there is nothing to see."""
        if view == "own":
            return values
        if view == "below":
            return self._mean_below(values)
        has = self._nearest >= 0
        near = np.where(has[:, None], values[self._nearest], 0)
        return near if view == "above" else self._mean_way_up(near, has)

    def _mean_below(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        total = np.zeros_like(values)
        narrower, broader = self._pairs
        np.add.at(total, broader, values[narrower])
        count = np.bincount(broader, minlength=len(self))
        return np.asarray(total / np.maximum(count, 1)[:, None].astype(values.dtype))

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pairs = sorted({(self.index[e.broader], self.index[e.narrower]) for e in self._edges})
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return found[:, 1], found[:, 0]

    def _mean_way_up(
        self, near: NDArray[np.floating], has: NDArray[np.bool_]
    ) -> NDArray[np.floating]:
        """Return the mean along the way up, from what is right above each."""
        total = near.copy()
        steps = has.astype(np.int64)
        for level in self._levels:
            above = self._nearest[level]
            total[level] += total[above]
            steps[level] += steps[above]
        return np.asarray(total / np.maximum(steps, 1)[:, None].astype(near.dtype))

    @cached_property
    def _levels(self) -> list[NDArray[np.int64]]:
        """Numbers of concepts by steps to the root along `nearest`, those with a way first."""
        steps = np.zeros(len(self), dtype=np.int64)
        for number in self._order:
            if self._nearest[number] >= 0:
                steps[number] = steps[self._nearest[number]] + 1
        return [np.flatnonzero(steps == n) for n in range(1, int(steps.max(initial=0)) + 1)]
