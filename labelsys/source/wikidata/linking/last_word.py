"""Strategy `last_word`: where concepts lie whose names end with the same word.

Of the names that end in `stadium`, nearly all lie under stadium; of those that end
in `system`, some under instrumentality, some under plan of action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labelsys.text import fold
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelsys.match.name_ends import NameEnds

__all__ = ["JUSTIFICATION", "iter_same_end"]

JUSTIFICATION: Final = Justification.STRUCTURAL


def iter_same_end(
    phrases: Sequence[str], ends: NameEnds, hidden: int = -1
) -> Iterator[tuple[int, float]]:
    """Yield what concepts lie directly under whose names end like a phrase.

    Args:
        phrases: parts of a name that end in a head.
        ends: names by their last words.
        hidden: a concept that must not be seen.

    Yields:
        Concept, and how many of those names lie under it.
    """
    for phrase in phrases:
        words = fold(phrase).split()
        # A name of a single word ends like others all the same.
        same = ends.same(["", *words], -1, hidden) if words else None
        if same is not None:
            yield from ((concept, float(n)) for concept, n in same.parents.items())
