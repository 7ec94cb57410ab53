"""A number of classes out of the hierarchy: disjoint, covering, and of even size."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from labelsys.errors import ConfigError
from labelsys.ids import wnid
from labelsys.rows import Rows
from labelsys.select.cut_tree import CutTree, Partition, carve_balanced, carve_in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from labelsys.csr import BoolArray, IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie
    from labelsys.store.protocol import ConceptReader

__all__ = [
    "WAYS",
    "BalanceRow",
    "Cut",
    "CutClass",
    "CutMember",
    "Way",
    "compare_cuts",
    "list_classes",
    "list_members",
    "make_cut",
    "measure_balance",
]

Way = Literal["size", "depth", "images", "names"]
WAYS: Final[tuple[Way, ...]] = ("size", "depth", "images", "names")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutClass:
    """One class of a cut.

    Attributes:
        id: the concept that the class lies below; all of its items are it or below it.
        wnid: its WordNet id, or None.
        pref_label: its name.
        is_rest: whether other classes lie below it as well: then this one holds the rest.
        size: what the cut weighs: how many items, or their images.
        items: how many items.
        depth: of the concept, longest subclass path from the root.
        superclass_id: the concept of its superclass; None without superclasses.
        superclass: its name; None without superclasses.
        split: `source` or `target`; None without a split, and for a class that is alone in
            its superclass.
    """

    id: Curie
    wnid: str | None
    pref_label: str
    is_rest: bool
    size: int
    items: int
    depth: int
    superclass_id: Curie | None
    superclass: str | None
    split: Literal["source", "target"] | None


class CutMember(NamedTuple):
    """An item and its class.

    Attributes:
        id: the concept.
        class_id: the concept of its class.
        size: what the item weighs.
    """

    id: Curie
    class_id: Curie
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """How even the sizes of some classes are.

    Attributes:
        cut: which cut.
        classes: how many.
        smallest: size of the smallest.
        median: the middle size.
        largest: size of the largest.
        largest_to_mean: the largest size over the mean one; 1 where all are equal.
        gini: Gini coefficient; 0 where all are equal, near 1 where one class has all.
        effective: how many equal classes would have the same entropy (its exponential).
    """

    cut: str
    classes: int
    smallest: int
    median: float
    largest: int
    largest_to_mean: float
    gini: float
    effective: float


class Cut(NamedTuple):
    """A cut in numbers.

    Attributes:
        tree: what was cut.
        weights: int64, shape (m,); of nodes.
        items: bool, shape (m,); nodes that are covered.
        classes: the partition.
        superclasses: a coarser one of the same tree, or None.
    """

    tree: CutTree
    weights: IntArray
    items: BoolArray
    classes: Partition
    superclasses: Partition | None

    @property
    def sizes(self) -> IntArray:
        """The size of each class, int64, in the order of `classes.heads`."""
        return _sums(self.classes, self.weights)


def make_cut(
    hierarchy: Hierarchy,
    top: Curie,
    n_classes: int,
    *,
    way: Way = "size",
    items: BoolArray | None = None,
    counts: Mapping[Curie, int] | None = None,
    favour: NDArray[np.float64] | None = None,
    n_superclasses: int | None = None,
    instances: bool = False,
) -> Cut:
    """Cut what lies below a concept into classes.

    Args:
        hierarchy: whose concepts.
        top: the concept.
        n_classes: how many.
        way: `size` and `images` make classes of even weight, `names` prefers concepts that
            `favour` says are told apart, `depth` takes concepts from the top down.
        items: bool, shape (n,) over the hierarchy's concepts: what has to be covered; None
            for the leaves.
        counts: for `images`: concept -> how many images.
        favour: for `names`: float64, shape (n,), in [0, 1], how far a concept's name is from
            those beside it.
        n_superclasses: how many superclasses to gather the classes in; None for none.
        instances: whether instance edges count.

    Returns:
        The cut.

    Raises:
        NotFoundError: no such concept.
        ConfigError: so many classes can't be made of the items.
    """
    tree = CutTree.build(hierarchy, top, instances=instances)
    wanted = hierarchy.leaf_mask(instances=instances) if items is None else items
    covered = wanted[tree.concepts]
    weights = covered.astype(np.int64)
    if counts is not None:
        ids = hierarchy.ids
        listed = [counts.get(ids[concept], 0) for concept in tree.concepts.tolist()]
        weights = np.where(covered, np.array(listed, dtype=np.int64), 0)
    _check_sizes(top, n_classes, n_superclasses, weights, way)
    sizes = [n_classes] if n_superclasses is None else [n_superclasses, n_classes]
    if way == "depth":
        order = _by_level(tree)
        found = [carve_in_order(tree, weights, size, order, items=covered) for size in sizes]
    else:
        weighing = None if favour is None else favour[tree.concepts]
        found = carve_balanced(tree, weights, sizes, items=covered, favour=weighing)
    return Cut(tree, weights, covered, found[-1], None if n_superclasses is None else found[0])


def _check_sizes(
    top: Curie, n_classes: int, n_superclasses: int | None, weights: IntArray, way: Way
) -> None:
    """Refuse numbers of classes that can't be had.

    Raises:
        ConfigError: too few or too many.
    """
    most = int(np.count_nonzero(weights))
    what = "items with images" if way == "images" else "items"
    if n_classes < 1:
        msg = f"{n_classes} classes can't be made: ask for 1 to {most:,}"
        raise ConfigError(msg, location="--classes")
    if n_classes > most:
        msg = f"{top} has {most:,} {what} below it: ask for {most:,} classes or fewer, not "
        raise ConfigError(msg + f"{n_classes:,}", location="--classes")
    if n_superclasses is not None and not 1 <= n_superclasses <= n_classes:
        msg = f"{n_superclasses:,} superclasses of {n_classes:,} classes: ask for 1 to "
        raise ConfigError(msg + f"{n_classes:,}", location="--superclasses")


def _by_level(tree: CutTree) -> IntArray:
    """Return the nodes below the top, level by level, in preorder within one."""
    return np.argsort(tree.levels, kind="stable")[1:]


def compare_cuts(cut: Cut, way: Way, *, seed: int = 0) -> Rows[BalanceRow]:
    """Return how even a cut is, beside a cut by depth and a random one of as many classes."""
    n = len(cut.classes.heads)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(np.arange(1, len(cut.tree), dtype=np.int64))
    rows = [measure_balance(way, cut.sizes)]
    for name, order in (("depth", _by_level(cut.tree)), ("random", shuffled)):
        if name != way:
            other = carve_in_order(cut.tree, cut.weights, n, order, items=cut.items)
            rows.append(measure_balance(name, _sums(other, cut.weights)))
    return Rows(rows, BalanceRow)


def measure_balance(cut: str, sizes: IntArray) -> BalanceRow:
    """Return how even some sizes are.

    Examples:
        >>> row = measure_balance("by hand", np.array([1, 1, 2]))
        >>> row.largest_to_mean, row.gini, row.effective
        (1.5, 0.1667, 2.83)
    """
    ordered = np.sort(sizes)
    n, total = len(ordered), int(ordered.sum())
    ranks, shares = np.arange(1, n + 1), ordered / total
    gini = float((2 * ranks - n - 1) @ ordered) / (n * total)
    return BalanceRow(
        cut=cut,
        classes=n,
        smallest=int(ordered[0]),
        median=float(np.median(ordered)),
        largest=int(ordered[-1]),
        largest_to_mean=round(float(ordered[-1]) * n / total, 2),
        gini=round(gini, 4),
        effective=round(float(np.exp(-shares @ np.log(shares))), 2),
    )


def list_classes(
    reader: ConceptReader, hierarchy: Hierarchy, cut: Cut, *, split_seed: int | None = None
) -> Rows[CutClass]:
    """Return the classes: by superclass, then by size, the largest first, then by id.

    Args:
        reader: the store of the hierarchy.
        hierarchy: that was cut.
        cut: what to list.
        split_seed: deals the classes of each superclass out to `source` and `target`;
            None deals out none.
    """
    nodes = cut.classes.heads
    concepts = cut.tree.concepts[nodes]
    over = _superclass_nodes(cut)
    groups = [None if node is None else int(cut.tree.concepts[node]) for node in over]
    ids = [hierarchy.ids[concept] for concept in concepts.tolist()]
    wanted = {*ids, *(hierarchy.ids[group] for group in groups if group is not None)}
    names = {found.id: found.pref_label for found in reader.iter_concepts(sorted(wanted))}
    sizes = cut.sizes.tolist()
    items = _sums(cut.classes, cut.items.astype(np.int64)).tolist()
    rest = (cut.tree.totals(cut.items.astype(np.int64))[nodes] > items).tolist()
    splits = {} if split_seed is None else _deal(ids, groups, split_seed)
    rows = []
    for place, (id_, group) in enumerate(zip(ids, groups, strict=True)):
        above = None if group is None else hierarchy.ids[group]
        rows.append(
            CutClass(
                id=id_,
                wnid=wnid(id_),
                pref_label=names[id_],
                is_rest=rest[place],
                size=sizes[place],
                items=items[place],
                depth=int(hierarchy.depths[concepts[place]]),
                superclass_id=above,
                superclass=None if above is None else names[above],
                split=splits.get(id_),
            )
        )
    rows.sort(key=lambda row: (row.superclass_id or "", -row.size, row.id))
    return Rows(rows, CutClass)


def list_members(hierarchy: Hierarchy, cut: Cut) -> Rows[CutMember]:
    """Return every item with its class, by the item's id."""
    head_of = dict(zip(cut.classes.carved.tolist(), cut.classes.heads.tolist(), strict=True))
    concepts, ids = cut.tree.concepts.tolist(), hierarchy.ids
    rows = [
        CutMember(
            id=ids[concepts[node]],
            class_id=ids[concepts[head_of[int(cut.classes.owners[node])]]],
            size=int(cut.weights[node]),
        )
        for node in np.flatnonzero(cut.items).tolist()
    ]
    return Rows(sorted(rows), CutMember)


def _sums(classes: Partition, values: IntArray) -> IntArray:
    """Return the sum of node values in each class, in the order of the heads."""
    sums = np.zeros(len(classes.owners), dtype=np.int64)
    np.add.at(sums, classes.owners, values)
    return sums[classes.carved]


def _superclass_nodes(cut: Cut) -> list[int | None]:
    """Return the head of each class's superclass.

    By the items of a class, which all are in one: its head may lie above the others.
    """
    if cut.superclasses is None:
        return [None] * len(cut.classes.heads)
    over = cut.superclasses
    head_of = dict(zip(over.carved.tolist(), over.heads.tolist(), strict=True))
    places = np.flatnonzero(cut.items)
    owner_over = dict(
        zip(cut.classes.owners[places].tolist(), over.owners[places].tolist(), strict=True)
    )
    return [head_of[owner_over[carved]] for carved in cut.classes.carved.tolist()]


def _deal(
    ids: Sequence[Curie], groups: Sequence[int | None], seed: int
) -> dict[Curie, Literal["source", "target"]]:
    """Deal the classes of each group out to two halves, by a hash of seed and id.

    The order of the others stays where a class is added; the first half has one more where
    their number is odd.

    Returns:
        Id -> half; a class that is alone in its group has none.
    """
    found: dict[Curie, Literal["source", "target"]] = {}
    by_group: dict[int | None, list[Curie]] = {}
    for id_, group in zip(ids, groups, strict=True):
        by_group.setdefault(group, []).append(id_)
    for members in by_group.values():
        if len(members) < 2:
            continue
        members.sort(key=lambda id_: (hashlib.sha256(f"{seed} {id_}".encode()).digest(), id_))
        half = (len(members) + 1) // 2
        found |= dict.fromkeys(members[:half], "source")
        found |= dict.fromkeys(members[half:], "target")
    return found
