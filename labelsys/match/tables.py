"""What labels are ranked by: the matcher's own tables, kept.

For fitting a ranker to a list whose answers are known, and for saying why a
link was made. Nothing is computed here: the tables are those that
`SetMatcher.match` ranks by, made in the context of the whole list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from labelsys.match.link import Linker
    from labelsys.match.places import Places
    from labelsys.match.rank import Ranker

__all__ = ["Keeper", "RankTable", "name_tables"]


class RankTable(NamedTuple):
    """What one label's concept, or its place, is chosen by.

    Attributes:
        task: `names` or `places`.
        ranker: made probabilities of it.
        concepts: indices in the lexicon.
        features: float32, shape (len(concepts), n_features).
    """

    task: str
    ranker: Ranker
    concepts: tuple[int, ...]
    features: NDArray[np.float32]


class Keeper:
    """Keeps a matcher's tables, if it is given one.

    Attributes:
        names: row of the label set -> its table; labels without a candidate have none.
        places: the same for labels that were to be placed.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.names: dict[int, RankTable] = {}
        self.places: dict[int, RankTable] = {}

    def keep_names(
        self, row: int, ranker: Ranker, concepts: Sequence[int], features: NDArray[np.float32]
    ) -> None:
        """Keep what one label's concept is chosen by."""
        self.names[row] = RankTable("names", ranker, tuple(concepts), features)

    def keep_places(
        self, rows: Sequence[int], ranker: Ranker, found: Places, features: NDArray[np.float32]
    ) -> None:
        """Keep what the places of some labels are chosen by."""
        for number, row in enumerate(rows):
            own = found.of(number)
            concepts = tuple(found.concepts[own].tolist())
            self.places[row] = RankTable("places", ranker, concepts, features[own].copy())


def name_tables(linker: Linker, *, independent: bool = False) -> tuple[RankTable | None, ...]:
    """Return what the names of a list are ranked by; ids that are given are not read.

    Args:
        linker: a system that is ready to link the list.
        independent: the names say nothing of each other.

    Returns:
        One table a label, in order; None for one without a candidate.
    """
    keeper = Keeper()
    linker.matcher(keeper=keeper).match(linker.label_set, names_only=True, independent=independent)
    return tuple(keeper.names.get(row) for row in range(len(linker.label_set.labels)))
