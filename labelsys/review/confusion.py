"""Pairs of classes that a model takes for one another, and what the graph knows of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from labelsys.intervals import wilson_interval
from labelsys.review.closeness import cached_closeness
from labelsys.review.matrix import read_confusions
from labelsys.review.near import find_near, names_of
from labelsys.review.stand import Stand, StandReader, Surroundings, stands_in_store
from labelsys.rows import Rows
from labelsys.store.protocol import LabelReader, MetaReader
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.ids import Curie
    from labelsys.review.matrix import Confusions
    from labelsys.review.near import Closeness

__all__ = ["ConfusedPair", "Relation", "find_confusions", "rank_confusions"]

Relation = Literal["same concept", "broader", "narrower", "siblings", "related", "apart", "unknown"]
_TOP_LEVELS = 3


class ConfusionReader(StandReader, LabelReader, Protocol):
    """Labels, concepts, names and edges."""


class BuiltReader(ConfusionReader, MetaReader, Protocol):
    """The same, and which encoder the graph was built with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusedPair:
    """Two classes that a model takes for one another.

    Attributes:
        a_id: a label, the earlier one in its set.
        a_name: as published.
        b_id: the other label.
        b_name: as published.
        a_as_b: how often a was taken for b.
        b_as_a: how often b was taken for a.
        share: both, of all examples of the two.
        at_least: lower end of the 95 % interval of the share (Wilson); the rank.
        relation: of a to b: the same concept, broader, narrower, siblings (right
            under one concept), related (under one that says something), apart,
            or unknown where one has no place.
        under: the closest concept above both, or None.
        under_name: its name, or "".
        distance: steps from one to the other over that concept, or None.
        shared_names: names that both concepts have.
        reason: why they are near-synonyms, where a rule says so, or "".
    """

    a_id: Curie
    a_name: str
    b_id: Curie
    b_name: str
    a_as_b: float
    b_as_a: float
    share: float
    at_least: float
    relation: Relation
    under: Curie | None
    under_name: str
    distance: int | None
    shared_names: tuple[str, ...]
    reason: str


def find_confusions(reader: BuiltReader, label_set: str, matrix: Path) -> Rows[ConfusedPair]:
    """Return the classes that a model takes for one another; see `rank_confusions`.

    Cosines count as far as they lie in the cache.

    Args:
        reader: a store.
        label_set: a set in it.
        matrix: CSV or TSV; see `labelsys.review.matrix`.

    Raises:
        NotFoundError: the store has no such label set.
        SourceError: the matrix is wrong; the message has the line.
    """
    found = read_confusions(matrix, reader.get_label_set(label_set))
    labels = {id_ for pair in found.counts if pair[0] != pair[1] for id_ in pair}
    places = (p for p in reader.iter_placements(label_set) if p.label_id in labels)
    wanted = sorted({p.concept_id for p in places if p.concept_id is not None})
    closeness = cached_closeness(reader, reader.iter_concepts(wanted), find_cache(reader))
    return rank_confusions(reader, label_set, found, closeness=closeness)


def rank_confusions(
    reader: ConfusionReader,
    label_set: str,
    confusions: Confusions,
    *,
    closeness: Closeness | None = None,
) -> Rows[ConfusedPair]:
    """Return the pairs that were confused at all, the surest first.

    Args:
        reader: a store.
        label_set: a set in it.
        confusions: of its labels.
        closeness: cosines of concepts; None goes without.

    Returns:
        Pairs by the lower end of their share, then by count, then in the set's order.

    Raises:
        NotFoundError: the store has no such label set.
    """
    stands = {stand.label.id: stand for stand in stands_in_store(reader, label_set)}
    around = Surroundings(reader, list(stands.values()))
    totals: defaultdict[Curie, float] = defaultdict(float)
    for (true, _), count in confusions.counts.items():
        totals[true] += count
    places = around.positions
    pairs = {(a, b) if places[a] < places[b] else (b, a) for a, b in confusions.counts if a != b}
    confused = sorted({id_ for pair in pairs for id_ in pair}, key=places.__getitem__)
    near = find_near(around.narrowed([stands[id_] for id_ in confused]), closeness)
    reasons = {(n.first.label.id, n.second.label.id): n.reason for n in near}
    rows = []
    for a, b in sorted(pairs, key=lambda pair: (places[pair[0]], places[pair[1]])):
        there = confusions.counts.get((a, b), 0.0)
        back = confusions.counts.get((b, a), 0.0)
        known = _Known(around, stands[a], stands[b])
        share, at_least = _share(there + back, totals[a] + totals[b])
        rows.append(
            ConfusedPair(
                a_id=a,
                a_name=stands[a].label.name,
                b_id=b,
                b_name=stands[b].label.name,
                a_as_b=there,
                b_as_a=back,
                share=share,
                at_least=at_least,
                relation=known.relation,
                under=known.under,
                under_name=known.under_name,
                distance=known.distance,
                shared_names=known.shared_names,
                reason=reasons.get((a, b), ""),
            )
        )
    rows.sort(key=lambda row: (-row.at_least, -(row.a_as_b + row.b_as_a)))
    return Rows(rows, ConfusedPair)


def _share(confused: float, of: float) -> tuple[float, float]:
    """Return a share and the lower end of its interval, both with four decimals."""
    return round(confused / of, 4), round(wilson_interval(confused, of)[0], 4)


class _Known:
    """What the graph knows of two labels."""

    def __init__(self, around: Surroundings, a: Stand, b: Stand) -> None:
        self._around = around
        self.under: Curie | None = None
        self.under_name = ""
        self.distance: int | None = None
        self.shared_names: tuple[str, ...] = ()
        self.relation: Relation = "unknown"
        if a.concept is None or b.concept is None:
            return
        one, two = around.concepts.get(a.concept), around.concepts.get(b.concept)
        if one is not None and two is not None:
            self.shared_names = tuple(sorted(names_of(one) & names_of(two)))
            self._relate(a, b, a.concept, b.concept)

    def _relate(self, a: Stand, b: Stand, one: Curie, two: Curie) -> None:
        hierarchy = self._around.hierarchy
        steps = hierarchy.path(one, two)
        if not steps:
            self.relation = "apart"
            return
        ups = sum(step.direction == "up" for step in steps)
        self.under, self.distance = steps[ups].id, len(steps) - 1
        concept = self._around.reader.find_concept(self.under)
        self.under_name = concept.pref_label if concept is not None else ""
        self.relation = self._name(a, b, ups, len(steps) - 1 - ups)

    def _name(self, a: Stand, b: Stand, ups: int, downs: int) -> Relation:
        if ups == downs == 0 and (a.is_own, b.is_own) == (True, True):
            return "same concept"
        # A label straight under a concept is one step below what it stands at.
        ups, downs = ups + (not a.is_own), downs + (not b.is_own)
        if ups == 0:
            return "broader"
        if downs == 0:
            return "narrower"
        if ups == downs == 1:
            return "siblings"
        says_something = self.under is not None and (
            self._around.hierarchy.depth(self.under) > _TOP_LEVELS
        )
        return "related" if says_something else "apart"
