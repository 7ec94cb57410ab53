"""What the names of a list are ranked by: the matcher's own tables, kept.

For fitting a ranker to a list whose answers are known. Nothing is computed
here: the tables are those that `SetMatcher.match` ranks by, made in the
context of the whole list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labelsys.match.label_set import SetMatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labelsys.match.candidates import Candidate
    from labelsys.match.link import Linker

__all__ = ["NameTable", "name_tables"]


class NameTable(NamedTuple):
    """What one label's concept is chosen by.

    Attributes:
        concepts: indices in the lexicon, at least one.
        features: float32, shape (len(concepts), n_features).
    """

    concepts: tuple[int, ...]
    features: NDArray[np.float32]


class _Keeper(SetMatcher):
    """A matcher that keeps its tables."""

    def __init__(self, linker: Linker) -> None:
        super().__init__(linker.lexicon, linker.evidence, linker.vectors, hidden=linker.hidden)
        self.tables: dict[int, NameTable] = {}

    def _keep(self, row: int, found: Sequence[Candidate], table: NDArray[np.float32]) -> None:
        self.tables[row] = NameTable(tuple(c.concept for c in found), table)


def name_tables(linker: Linker, *, independent: bool = False) -> tuple[NameTable | None, ...]:
    """Return what the names of a list are ranked by; ids that are given are not read.

    Args:
        linker: a system that is ready to link the list.
        independent: the names say nothing of each other.

    Returns:
        One table a label, in order; None for one without a candidate.
    """
    matcher = _Keeper(linker)
    matcher.match(linker.label_set, names_only=True, independent=independent)
    return tuple(matcher.tables.get(row) for row in range(len(linker.label_set.labels)))
