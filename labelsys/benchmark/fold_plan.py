"""How a gold file is cut into parts, one of which is answered while the others are learnt from."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelsys.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["FoldPlan", "check_plan", "deal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPlan:
    """How a gold file is parted and learnt from.

    Attributes:
        folds: how many parts.
        seed: of the draw.
        fit_also: further gold files to learn from.
        target: the precision that a threshold is chosen for.
    """

    folds: int = 5
    seed: int = 0
    fit_also: tuple[Path, ...] = ()
    target: float = 0.985


def check_plan(plan: FoldPlan, golds: Sequence[Path]) -> None:
    """Check what can be checked before the work.

    Raises:
        ConfigError: the plan can't be carried out.
    """
    if plan.folds < 2:
        msg = f"{plan.folds} folds leave nothing to learn from: 2 or more are needed"
        raise ConfigError(msg, location="--folds")
    if not 0 < plan.target < 1:
        msg = f"{plan.target:g} is no precision to aim at: it lies between 0 and 1"
        raise ConfigError(msg, location="--target-precision")
    held = {path.resolve() for path in golds}
    for path in plan.fit_also:
        if path.resolve() in held:
            msg = f"{path} is given by --gold as well: its rows are to be answered, not learnt from"
            raise ConfigError(msg, location="--fit-also")


def deal(names: Iterable[str], folds: int, seed: int) -> tuple[frozenset[str], ...]:
    """Return names in parts that are alike in rows; all rows of one name are in one part.

    Args:
        names: one a row; their order does not matter.
        folds: how many parts, at most as many as there are different names.
        seed: of the draw.
    """
    rows = Counter(names)
    order = sorted(rows)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda name: -rows[name])  # the large ones first; among equals as drawn
    sizes = [0] * folds
    parts: list[set[str]] = [set() for _ in range(folds)]
    for name in order:
        smallest = sizes.index(min(sizes))
        sizes[smallest] += rows[name]
        parts[smallest].add(name)
    return tuple(map(frozenset, parts))
