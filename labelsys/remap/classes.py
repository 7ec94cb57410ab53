"""The classes that a remapped file has, with a number and a name each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labelsys.remap.rules import settle
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.crosswalk.standing import Spot, Standing
    from labelsys.ids import Curie
    from labelsys.remap.rules import Fate, RemapRules

__all__ = ["Plan", "Target", "make_plan"]


class Target(NamedTuple):
    """A class of the remapped file.

    Attributes:
        id: `label_set:label_id`.
        name: as published; with its set's id behind it where another class has that name.
        number: its own id where all ids of the target set are whole numbers, else counted
            from 1 in that set's order. Classes that are kept come after all others.
    """

    id: Curie
    name: str
    number: int


class Plan(NamedTuple):
    """What becomes of the classes of a file.

    Attributes:
        source: the label set that it is in.
        target: the label set that it gets.
        fates: of the file's classes, in their set's order.
        targets: all classes of the target set, then those that are kept.
        becomes: class of the file -> what it becomes; None: its annotations are skipped.
    """

    source: str
    target: str
    fates: tuple[Fate, ...]
    targets: tuple[Target, ...]
    becomes: dict[Curie, Target | None]

    @property
    def partly(self) -> tuple[Target, ...]:
        """Classes that kinds become and that have no equal in the file: many stay unmarked."""
        full = {f.target_id for f in self.fates if f.step != "rolled up"}
        part = {f.target_id for f in self.fates if f.step == "rolled up"} - full
        return tuple(target for target in self.targets if target.id in part)

    @property
    def unmarked(self) -> tuple[Target, ...]:
        """Classes that nothing of the file becomes: what is there is no background."""
        reached = {fate.target_id for fate in self.fates}
        return tuple(target for target in self.targets if target.id not in reached)


def make_plan(
    walker: Crosswalker, source: str, target: str, rules: RemapRules, classes: Iterable[Spot]
) -> Plan:
    """Settle what becomes of the classes that a file has.

    Args:
        walker: relates the sets.
        source: the set that the file is in.
        target: the set that it is to be in.
        rules: what may be lost.
        classes: of the file.

    Returns:
        What becomes of each.

    Raises:
        NotFoundError: no such set.
        ConfigError: a class of the file would lose what the rules don't allow.
    """
    there = {spot.id for spot in classes}
    rows = [row for row in walker.relate(source, target) if row.source_id in there]
    fates = settle(rows, rules)
    kept = [fate for fate in fates if fate.target_id == fate.source_id]
    targets = _number(walker.standing(target), kept)
    by_id = {found.id: found for found in targets}
    becomes = {
        fate.source_id: None if fate.target_id is None else by_id[fate.target_id] for fate in fates
    }
    return Plan(source, target, fates, targets, becomes)


def _number(standing: Standing, kept: Iterable[Fate]) -> tuple[Target, ...]:
    spots = [spot for spot in standing.spots if not spot.is_excluded]
    own = all(spot.id.local_id.isascii() and spot.id.local_id.isdigit() for spot in spots)
    numbers = [int(s.id.local_id) if own else place for place, s in enumerate(spots, 1)]
    targets = [
        Target(spot.id, spot.name, number) for spot, number in zip(spots, numbers, strict=True)
    ]
    names = {fold(spot.name) for spot in spots}
    for place, fate in enumerate(kept, max(numbers, default=0) + 1):
        name = fate.source_name
        if fold(name) in names:
            name = f"{name} ({fate.source_id.prefix})"
        targets.append(Target(fate.source_id, name, place))
    return tuple(targets)
