"""What the names of a list may mean, as one table; the counterpart of `places`.

Names are looked at twice. The first look goes by what each name says itself and
by what unambiguous names say of the list. It is good enough to tell what the
list is about and what company each name keeps; the second look goes by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.match.company import look_again, nearness, relatives
from labelsys.match.features import (
    FEATURES,
    NameVectors,
    SetContext,
    add_vector_features,
    fill_in_lexname_share,
    name_features,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.features import Asked
    from labelsys.match.lexicon import Lexicon
    from labelsys.match.rank import Ranker
    from labelsys.match.vectors import ConceptVectors

__all__ = ["Company", "ListVectors", "NameTable", "name_table"]

_DESCRIBED = list(FEATURES).index("described")
# Names whose vectors are compared at once: some 10,000 candidates, 15 MB a copy.
_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What labels of one list say of each other.

    Attributes:
        first: needs no vectors; says what names mean at first sight.
        settled: what further labels of the list mean.
    """

    first: Ranker
    settled: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVectors:
    """The vectors of a list.

    Attributes:
        concepts: of what its names may mean.
        labels: float32 (n_names, dim), unit rows.
        qualifiers: float32 (n_names, dim), unit rows, zero for names without any.
        is_read: bool (n_names,): the encoder reads the script of the name.
    """

    concepts: ConceptVectors
    labels: NDArray[np.float32]
    qualifiers: NDArray[np.float32]
    is_read: NDArray[np.bool_]


class NameTable(NamedTuple):
    """The candidates of all names, one after the other.

    Attributes:
        features: float32 (n_candidates, n_features).
        concepts: int64 (n_candidates,).
        owners: int64 (n_candidates,), ascending: whose each one is.
        starts: int64 (n_names + 1,): where each name's candidates begin; the end.
        context: what the list says as a whole, at second sight.
    """

    features: NDArray[np.float32]
    concepts: NDArray[np.int64]
    owners: NDArray[np.int64]
    starts: NDArray[np.int64]
    context: SetContext

    def of(self, name: int) -> slice:
        """Return where the candidates of a name are."""
        return slice(int(self.starts[name]), int(self.starts[name + 1]))


def name_table(
    lexicon: Lexicon,
    asked: Sequence[Asked],
    context: SetContext,
    company: Company | None = None,
    vectors: ListVectors | None = None,
) -> NameTable:
    """Return everything that speaks for and against what names may mean.

    Args:
        lexicon: all concepts.
        asked: names, each with a candidate or more.
        context: what unambiguous labels say of the list.
        company: for a second look; None where labels say nothing of each other.
        vectors: of the list; None leaves their columns zero.
    """
    sizes = np.array([len(name.candidates) for name in asked], dtype=np.int64)
    owners = np.repeat(np.arange(len(asked)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    concepts = np.array([c.concept for name in asked for c in name.candidates], dtype=np.int64)
    features = name_features(lexicon, asked, context)
    near = np.zeros(len(concepts), dtype=np.float32)
    beside = np.zeros((len(concepts), 2), dtype=np.float32)
    if company is not None:
        chances = company.first.probabilities_of(features, owners, len(asked))
        settled = np.array(company.settled, dtype=np.int64)
        everything = np.concatenate([concepts, settled])
        weights = np.concatenate([chances, np.ones(len(settled))])
        rows = None if vectors is None else vectors.concepts.get(everything)
        context = look_again(lexicon, everything, weights, context, rows)
        fill_in_lexname_share(features, lexicon.lexname[concepts], context)
        if rows is not None:
            of_names, of_settled = np.split(rows, [len(concepts)])
            near = nearness(of_names, owners, chances, of_settled)
            beside = relatives(lexicon, concepts, owners, chances, settled)
    found = NameTable(features, concepts, owners, starts, context)
    if vectors is not None:
        _add_vectors(found, vectors, near, beside)
    return found


def _add_vectors(
    found: NameTable,
    vectors: ListVectors,
    near: NDArray[np.float32],
    beside: NDArray[np.float32],
) -> None:
    """Fill in the columns that take vectors, for names that the encoder reads."""
    concepts, get_definitions = found.concepts, vectors.concepts.get_definitions
    is_open = np.diff(found.starts)[found.owners] > 1
    is_open |= found.features[:, _DESCRIBED] > 0
    get_definitions(np.unique(concepts[is_open]))
    for start in range(0, len(found.starts) - 1, _BLOCK):
        end = min(start + _BLOCK, len(found.starts) - 1)
        rows = np.arange(found.starts[start], found.starts[end])
        rows = rows[vectors.is_read[found.owners[rows]]]
        definitions = np.zeros((len(rows), vectors.labels.shape[1]), dtype=np.float32)
        here = np.flatnonzero(is_open[rows])
        definitions[here] = get_definitions(concepts[rows[here]])
        of_block = NameVectors(
            labels=vectors.labels[start:end],
            qualifiers=vectors.qualifiers[start:end],
            candidates=vectors.concepts.get(concepts[rows]),
            definitions=definitions,
            near=near[rows],
            relatives=beside[rows],
        )
        block = found.features[rows]
        add_vector_features(block, found.owners[rows] - start, of_block, found.context)
        found.features[rows] = block
