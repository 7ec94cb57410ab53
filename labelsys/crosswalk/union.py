"""What rolling up to another label set loses, and what a union of sets leaves unlabelled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from labelsys.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labelsys.crosswalk.relate import Crosswalker, CrosswalkRow
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie

__all__ = ["LostRow", "UnionRow", "bits_lost", "list_lost", "list_union"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRow:
    """Classes that can't be told apart after rolling up.

    Attributes:
        target_id: what they become; None where they have nowhere to go.
        target_name: as published; None likewise.
        classes: how many they are.
        source_ids: which, in their set's order.
        source_names: as published.
    """

    target_id: Curie | None
    target_name: str | None
    classes: int
    source_ids: tuple[Curie, ...]
    source_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionRow:
    """One class of a union of label sets, and which of them annotate it.

    Attributes:
        name: as the first set that has it publishes it.
        labels: the labels that it is.
        annotated: sets that have it: what they don't mark is not there.
        broader: sets that mark it under a broader class.
        narrower: sets that mark kinds of it only: others stay unmarked.
        missing: sets that don't mark it: what is there is no background.
    """

    name: str
    labels: tuple[Curie, ...]
    annotated: tuple[str, ...]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    missing: tuple[str, ...]


def roll_up(rows: Iterable[CrosswalkRow], hierarchy: Hierarchy) -> dict[Curie, CrosswalkRow]:
    """Return what each class becomes: its exact target, else the deepest broader one.

    Of several the first one counts. A class with neither keeps a row of another relation.

    Returns:
        Id of the class -> its row.
    """
    best: dict[Curie, tuple[int, CrosswalkRow]] = {}
    for row in rows:
        rank = -1
        if row.relation == "exact":
            rank = len(hierarchy)
        elif row.relation == "broad" and row.via is not None:
            rank = hierarchy.depth(row.via)
        if row.source_id not in best or rank > best[row.source_id][0]:
            best[row.source_id] = (rank, row)
    return {id_: row for id_, (_, row) in best.items()}


def list_lost(rows: Sequence[CrosswalkRow], hierarchy: Hierarchy) -> Rows[LostRow]:
    """Return the classes that become one, and last those that have nowhere to go.

    Args:
        rows: of a crosswalk.
        hierarchy: that it was made by.
    """
    groups: dict[Curie | None, list[CrosswalkRow]] = defaultdict(list)
    for row in roll_up(rows, hierarchy).values():
        groups[row.target_id if row.relation in {"exact", "broad"} else None].append(row)
    nowhere = groups.pop(None, [])
    kept = sorted(
        ((id_, group) for id_, group in groups.items() if len(group) > 1),
        key=lambda item: (-len(item[1]), str(item[0])),
    )
    if nowhere:
        kept.append((None, nowhere))
    return Rows(
        (
            LostRow(
                target_id=id_,
                target_name=None if id_ is None else group[0].target_name,
                classes=len(group),
                source_ids=tuple(row.source_id for row in group),
                source_names=tuple(row.source_name for row in group),
            )
            for id_, group in kept
        ),
        LostRow,
    )


def bits_lost(lost: Iterable[LostRow], n_classes: int) -> tuple[float, float]:
    """Return how much of what a label tells is gone, in bits, with all classes equally frequent.

    Args:
        lost: of `list_lost`.
        n_classes: of the source set; classes without a target become one, "none".

    Returns:
        Bits lost, and bits that a label had.
    """
    if n_classes < 1:
        return 0.0, 0.0
    gone = sum(row.classes / n_classes * log2(row.classes) for row in lost)
    return gone, log2(n_classes)


def list_union(walker: Crosswalker, label_sets: Sequence[str]) -> Rows[UnionRow]:
    """Return the classes of several sets together, and which sets annotate each.

    Labels that are exact are one class. Classes come in the order of their first labels.

    Raises:
        NotFoundError: no such set.
    """
    order = {s.id: s.name for set_ in label_sets for s in walker.standing(set_).spots}
    owner = {id_: id_ for id_ in order}
    found: dict[tuple[Curie, str], set[str]] = defaultdict(set)
    place = {id_: number for number, id_ in enumerate(order)}

    def root(id_: Curie) -> Curie:
        while owner[id_] != id_:
            owner[id_] = owner[owner[id_]]
            id_ = owner[id_]
        return id_

    for source in label_sets:
        for target in label_sets:
            for row in walker.relate(source, target) if source != target else ():
                found[row.source_id, target].add(row.relation)
                if row.relation == "exact" and row.target_id is not None:
                    first, second = sorted(
                        (root(row.source_id), root(row.target_id)), key=place.__getitem__
                    )
                    owner[second] = first
    classes: dict[Curie, list[Curie]] = defaultdict(list)
    for id_ in order:
        classes[root(id_)].append(id_)
    return Rows((_class(order[i], ids, label_sets, found) for i, ids in classes.items()), UnionRow)


def _class(
    name: str,
    labels: Sequence[Curie],
    label_sets: Sequence[str],
    found: dict[tuple[Curie, str], set[str]],
) -> UnionRow:
    own = {id_.prefix for id_ in labels}
    kinds: dict[str, list[str]] = defaultdict(list)
    for label_set in label_sets:
        relations = {r for id_ in labels for r in found.get((id_, label_set), ())}
        kind = "annotated" if label_set in own else "missing"
        if kind == "missing" and "broad" in relations:
            kind = "broader"
        elif kind == "missing" and "narrow" in relations:
            kind = "narrower"
        kinds[kind].append(label_set)
    return UnionRow(
        name=name,
        labels=tuple(labels),
        annotated=tuple(kinds["annotated"]),
        broader=tuple(kinds["broader"]),
        narrower=tuple(kinds["narrower"]),
        missing=tuple(kinds["missing"]),
    )
