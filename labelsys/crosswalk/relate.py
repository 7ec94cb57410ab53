"""Each class of one label set to those of another: exact, broad, narrow, ancestor or none.

Relations read as in SKOS, from the source: *broad* says that the target is
broader. Two labels are exact where they mean the same concept, or have one
name and the hierarchy can't tell (`labelsys.crosswalk.same_name`). Without
that, the nearest targets above are broad and the topmost ones below are narrow;
without those, the deepest concept that a source shares with some target links
the two as *ancestor*. A label that lies right below a concept and means none
is narrower than that concept, and exact to none by it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from labelsys.config import MatchSettings
from labelsys.crosswalk.same_name import SAME_NAME, pair_by_name
from labelsys.crosswalk.standing import CrosswalkReader, Spot, Standing, read_standing
from labelsys.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.csr import IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie

__all__ = ["RELATIONS", "CrosswalkRow", "Crosswalker", "Relation"]

Relation = Literal["exact", "broad", "narrow", "ancestor", "none"]

RELATIONS: Final[tuple[Relation, ...]] = ("exact", "broad", "narrow", "ancestor", "none")
"""Closest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkRow:
    """A class of one set, and one of another that it has to do with.

    Attributes:
        source_id: `label_set:label_id`.
        source_name: as published.
        relation: of the target, seen from the source; `broad`: the target is broader.
        target_id: the class of the other set; None for `none`.
        target_name: as published; None for `none`.
        via: the concept that joins them: what both mean, the broader one of the two,
            or for `ancestor` what both are below; None for `none`, and where two
            labels are exact by their names.
        confidence: that both classes stand where they do: the product of the two
            placements' confidences; None where one has none. Of labels that are exact
            by their names, how often such labels are.
    """

    source_id: Curie
    source_name: str
    relation: Relation
    target_id: Curie | None
    target_name: str | None
    via: Curie | None
    confidence: float | None


class _Targets(NamedTuple):
    """The labels of the target set.

    Attributes:
        meaning: number of a concept -> the labels that mean it.
        under: number of a concept -> the labels that lie right below it and mean none.
        nearest: number of a concept -> the first of the shallowest labels below it.
    """

    meaning: dict[int, list[Spot]]
    under: dict[int, list[Spot]]
    nearest: dict[int, Spot]


class Crosswalker:
    """Relates label sets of one system; what it read of a set is kept.

    Examples:
        >>> from tests.toy import fill
        >>> from labelsys.store.memory import MemoryWriter
        >>> from labelsys.hierarchy import Hierarchy
        >>> writer = MemoryWriter()
        >>> fill(writer)
        >>> walker = Crosswalker(writer.store, Hierarchy.from_store(writer.store))
        >>> row = walker.relate("street", "pets")[2]
        >>> row.source_name, row.relation, row.target_name
        ('guard dog (chained)', 'broad', 'Dog')
    """

    def __init__(
        self,
        reader: CrosswalkReader,
        hierarchy: Hierarchy,
        *,
        too_general: int = MatchSettings().max_unplaced_depth,
    ) -> None:
        """Relate the sets of a store.

        Args:
            reader: the store; it has to stay open.
            hierarchy: of the store.
            too_general: concepts of this depth or less join nothing as `ancestor`.
        """
        self.reader = reader
        self.hierarchy = hierarchy
        self.too_general = too_general
        self._standing: dict[str, Standing] = {}
        self._above: dict[int, list[int]] = {}

    def standing(self, label_set: str) -> Standing:
        """Return where the labels of a set stand.

        Raises:
            NotFoundError: no such set.
        """
        if label_set not in self._standing:
            self._standing[label_set] = read_standing(self.reader, self.hierarchy, label_set)
        return self._standing[label_set]

    def relate(self, source: str, target: str) -> Rows[CrosswalkRow]:
        """Return a row for each pair of classes, every class of the source set at least once.

        Rows come in the source set's order, for one class by relation, then in the
        target set's order.

        Raises:
            NotFoundError: no such set.
        """
        sources, others = self.standing(source), self.standing(target)
        targets, named = self._targets(others), pair_by_name(sources, others)
        below = self._topmost_below(sources, targets)
        rows: list[CrosswalkRow] = []
        for spot in sources.spots:
            if spot.position in named:
                row = _row(spot, "exact", named[spot.position], None)
                rows.append(replace(row, confidence=SAME_NAME))
                continue
            found = self._related(spot, targets, below)
            rows += found or [_row(spot, "none", None, None)]
        return Rows(rows, CrosswalkRow)

    def above(self, concept: int) -> list[int]:
        """Return what is above a concept, without itself.

        Returns:
            Numbers, ascending.
        """
        if concept not in self._above:
            offsets, numbers = self._ancestors
            self._above[concept] = numbers[offsets[concept] : offsets[concept + 1]].tolist()
        return self._above[concept]

    @cached_property
    def _ancestors(self) -> tuple[IntArray, IntArray]:
        return self.hierarchy.all_ancestors()

    def _over(self, spot: Spot) -> list[int]:
        """Return the numbers of what is above a label: its concept, too, where it means none."""
        return self.above(spot.concept) + ([] if spot.is_meant else [spot.concept])

    def _targets(self, standing: Standing) -> _Targets:
        found = _Targets({}, {}, {})
        placed = [spot for spot in standing.spots if spot.concept >= 0]
        for spot in placed:
            places = found.meaning if spot.is_meant else found.under
            places.setdefault(spot.concept, []).append(spot)
        depths = self.hierarchy.depths
        for spot in sorted(placed, key=lambda s: (int(depths[s.concept]), not s.is_meant)):
            for concept in self._over(spot):
                found.nearest.setdefault(concept, spot)
        return found

    def _related(
        self, spot: Spot, targets: _Targets, below: dict[int, list[Spot]]
    ) -> list[CrosswalkRow]:
        if spot.concept < 0:
            return []
        here = self.hierarchy.ids[spot.concept]
        if spot.is_meant and spot.concept in targets.meaning:
            return [_row(spot, "exact", other, here) for other in targets.meaning[spot.concept]]
        over = self._over(spot)
        nearest = self._lowest(n for n in over if n in targets.meaning)
        broader = sorted((t for n in nearest for t in targets.meaning[n]), key=_order)
        rows = [_row(spot, "broad", t, self.hierarchy.ids[t.concept]) for t in broader]
        if spot.is_meant:
            rows += [_row(spot, "narrow", other, here) for other in below.get(spot.concept, ())]
        if rows:
            return rows
        depths = self.hierarchy.depths
        shared = [n for n in over if n in targets.nearest and depths[n] > self.too_general]
        if not shared:
            return []
        joint = max(shared, key=lambda n: (int(depths[n]), -n))
        return [_row(spot, "ancestor", targets.nearest[joint], self.hierarchy.ids[joint])]

    def _topmost_below(self, sources: Standing, targets: _Targets) -> dict[int, list[Spot]]:
        """Find the topmost targets below each concept that sources mean.

        Returns:
            Number of a concept -> the targets, in their set's order.
        """
        meant = set(sources.meant.tolist())
        below: dict[int, list[Spot]] = defaultdict(list)
        for group in (*targets.meaning.values(), *targets.under.values()):
            over = self._over(group[0])
            between = {n for m in over if m in targets.meaning for n in self.above(m)}
            for concept in over:
                if concept in meant and concept not in between:
                    below[concept] += group
        return {concept: sorted(found, key=_order) for concept, found in below.items()}

    def _lowest(self, concepts: Iterable[int]) -> list[int]:
        """Keep those of some concepts that are above none of the others.

        Returns:
            Numbers, in the order given.
        """
        found = list(concepts)
        above = {other for n in found for other in self.above(n)}
        return [n for n in found if n not in above]


def _order(spot: Spot) -> int:
    return spot.position


def _row(source: Spot, relation: Relation, target: Spot | None, via: Curie | None) -> CrosswalkRow:
    sure = None
    if target is not None and source.confidence is not None and target.confidence is not None:
        sure = round(source.confidence * target.confidence, 4)
    return CrosswalkRow(
        source_id=source.id,
        source_name=source.name,
        relation=relation,
        target_id=None if target is None else target.id,
        target_name=None if target is None else target.name,
        via=via,
        confidence=sure,
    )
