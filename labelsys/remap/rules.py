"""What becomes of each class of the source set, settled before a file is read.

A box of a class holds for each class that means the same, and for each broader
one: the first loses nothing, the second some detail. It need not hold for a
narrower class, nor is it known for which of several: that is a split. A class
that has to do with none of the target set, or only through a shared ancestor,
is missing there. Nothing of this but the first happens unless it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from labelsys.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.crosswalk.relate import CrosswalkRow
    from labelsys.ids import Curie

__all__ = ["Fate", "OnBroad", "OnMissing", "OnSplit", "RemapRules", "Step", "settle"]

Step = Literal["same", "rolled up", "split", "missing"]

OnBroad = Literal["error", "take", "skip"]
OnSplit = Literal["error", "first", "skip"]
OnMissing = Literal["error", "skip", "keep"]

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RemapRules:
    """What to do where a class has no equal in the target set.

    Attributes:
        on_broad: only broader classes: refuse, take the nearest (of several the first in the
            target set's order), or skip the annotations.
        on_split: several equal classes, or only narrower ones: refuse, take the first
            in the target set's order, or skip the annotations.
        on_missing: none: refuse, skip the annotations, or keep the class as it is,
            as a class of its own.
    """

    on_broad: OnBroad = "error"
    on_split: OnSplit = "error"
    on_missing: OnMissing = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a class.

    Attributes:
        source_id: `label_set:label_id`.
        source_name: as published.
        step: why.
        target_id: the class that it becomes, itself where it is kept; None: skipped.
        target_name: as published; None: skipped.
    """

    source_id: Curie
    source_name: str
    step: Step
    target_id: Curie | None
    target_name: str | None


def settle(rows: Iterable[CrosswalkRow], rules: RemapRules) -> tuple[Fate, ...]:
    """Return what becomes of each class of the source set, in its order.

    Args:
        rows: of a crosswalk, those of one class together.
        rules: what may be lost.

    Raises:
        ConfigError: some class would lose what the rules don't allow.
    """
    fates: list[Fate] = []
    refused: dict[Step, list[str]] = {}
    for _, group in groupby(rows, key=lambda row: row.source_id):
        step, row = _choose(list(group))
        choice = _choice(step, rules)
        if choice == "error":
            refused.setdefault(step, []).append(row.source_name)
        fates.append(_fate(step, row, choice))
    if refused:
        raise ConfigError(_refusal(refused))
    return tuple(fates)


def _choose(rows: list[CrosswalkRow]) -> tuple[Step, CrosswalkRow]:
    """Return the step that a class needs, and the row to take."""
    exact, broad, narrow = (
        [row for row in rows if row.relation == relation]
        for relation in ("exact", "broad", "narrow")
    )
    if exact:
        return ("same" if len(exact) == 1 else "split"), exact[0]
    if broad:
        return "rolled up", broad[0]
    return ("split", narrow[0]) if narrow else ("missing", rows[0])


def _choice(step: Step, rules: RemapRules) -> str:
    return {
        "same": "take",
        "rolled up": rules.on_broad,
        "split": rules.on_split,
        "missing": rules.on_missing,
    }[step]


def _fate(step: Step, row: CrosswalkRow, choice: str) -> Fate:
    target: tuple[Curie | None, str | None] = (row.target_id, row.target_name)
    if choice in {"skip", "error"}:
        target = (None, None)
    elif choice == "keep":
        target = (row.source_id, row.source_name)
    return Fate(
        source_id=row.source_id,
        source_name=row.source_name,
        step=step,
        target_id=target[0],
        target_name=target[1],
    )


def _refusal(refused: dict[Step, list[str]]) -> str:
    """Return one line: which classes, and which option decides."""
    words: dict[Step, str] = {
        "rolled up": "only broader ones (--on-broad take or skip)",
        "split": "several or narrower ones (--on-split first or skip)",
        "missing": "none (--on-missing skip or keep)",
    }
    parts = []
    for step, text in words.items():
        if names := refused.get(step):
            more = ", ..." if len(names) > _SHOWN else ""
            parts.append(f"{len(names)} have {text}: {', '.join(names[:_SHOWN])}{more}")
    return f"classes without one equal class in the target set: {'; '.join(parts)}"
