"""How likely a class lies under a candidate: a linear model of the features.

The files in `models/` hold the weights, one file a look: a first look at each class
by itself, and a second one that knows where the classes above it lie. Files with
`vectors` in their names are for where `similarity` takes part.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from labelsys.errors import ConfigError
from labelsys.match.ragged import are_in
from labelsys.source.wikidata.linking.place_features import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.place_features import Candidates

__all__ = ["LOOKS", "PlaceRanker", "format_place_ranker", "load_place_ranker"]

LOOKS = ("first", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRanker:
    """A logistic model.

    Attributes:
        name: file and version: what mappings quote.
        weights: float64, one a feature.
    """

    name: str
    weights: NDArray[np.float64]

    def probabilities(
        self, table: NDArray[np.float32], found: Candidates, lexicon: Lexicon
    ) -> NDArray[np.float64]:
        """Return how likely each class lies under each of its candidates.

        What lies above a candidate is at least as likely as that.

        Args:
            table: float32, shape (n_rows, n_features).
            found: its rows.
            lexicon: all concepts.

        Returns:
            float64, shape (n_rows,), rounded to four decimals.
        """
        own = 1.0 / (1.0 + np.exp(-(table.astype(np.float64) @ self.weights)))
        own = np.round(own, 4)
        at, above = lexicon.above_rows.expand(found.concepts)
        keys = found.classes[at] * found.n_concepts + above
        known = are_in(keys, found.keys)
        highest = own.copy()
        np.maximum.at(highest, np.searchsorted(found.keys, keys[known]), own[at][known])
        return highest


def _stem(look: str, *, with_vectors: bool) -> str:
    return f"places_{look}{'_vectors' if with_vectors else ''}"


@cache
def load_place_ranker(look: str, *, with_vectors: bool = False) -> PlaceRanker:
    """Return a shipped ranker.

    Args:
        look: one of `LOOKS`.
        with_vectors: whether `similarity` takes part.

    Raises:
        ConfigError: the file was made for other features.
    """
    stem = _stem(look, with_vectors=with_vectors)
    folder = files("labelsys.source.wikidata.linking").joinpath("models")
    document = json.loads(folder.joinpath(f"{stem}.json").read_text(encoding="utf-8"))
    weights = document["weights"]
    if list(weights) != list(FEATURES):
        module = "labelsys.source.wikidata.linking.place_training"
        msg = f"made for other features: run `python -m {module}`"
        raise ConfigError(msg, location=f"ranker {stem}")
    return PlaceRanker(
        name=f"{stem}-{document['version']}",
        weights=np.array(list(weights.values()), dtype=np.float64),
    )


def format_place_ranker(
    look: str,
    weights: NDArray[np.float64],
    *,
    version: int,
    trained_on: dict[str, int],
    with_vectors: bool,
) -> tuple[str, str]:
    """Return name and text of a coefficient file; weights keep four decimals."""
    document = {
        "version": version,
        "trained_on": trained_on,
        "weights": {n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)},
    }
    return f"{_stem(look, with_vectors=with_vectors)}.json", json.dumps(document, indent=1) + "\n"
