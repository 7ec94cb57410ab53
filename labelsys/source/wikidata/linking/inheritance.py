"""Strategy `inheritance`: the nearest linked classes above, along P279 or P31.

Ways go up class by class and end at the first linked one. A way counts half for
each class that it goes through: the longer, the more chances that one of its edges
is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["JUSTIFICATION", "iter_linked_above"]

JUSTIFICATION: Final = Justification.STRUCTURAL

_MOST_STEPS: Final = 12
"""A way that meets no linked class by then says nothing (and a loop ends)."""


def iter_linked_above(
    start: Sequence[str],
    up: Mapping[str, Sequence[str]],
    linked: Mapping[str, int],
    hidden: int = -1,
) -> Iterator[tuple[int, int, float]]:
    """Yield the nearest linked classes above.

    Args:
        start: QIDs of the first step: superclasses, or the classes that it is an instance of.
        up: QID -> QIDs of its superclasses.
        linked: QID -> concept.
        hidden: a concept that must not be seen: items that are linked to it count
            as not linked.

    Yields:
        Concept, steps (from 1), and weight of each linked class met, nearest first.
    """
    front: dict[str, float] = dict.fromkeys(start, 1.0)
    seen = set(front)
    for steps in range(1, _MOST_STEPS + 1):
        following: dict[str, float] = {}
        for qid, weight in front.items():
            concept = linked.get(qid, -1)
            if concept >= 0 and concept != hidden:
                yield concept, steps, weight
                continue
            above = up.get(qid, ())
            for broader in above:
                if broader not in seen:
                    share = weight / (2 * len(above))
                    following[broader] = following.get(broader, 0.0) + share
        if not following:
            return
        seen.update(following)
        front = following
