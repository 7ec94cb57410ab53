"""Strategy `similarity`: what is nearest by sentence vectors, of what others point at.

The text of a class is its name and description, that of a concept its names and
definition. Likeness alone is a bad judge of places (what is like a thing is seldom
what it is a kind of), so it only chooses among what another strategy says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from labelsys.csr import distinct
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelsys.match.lexicon import Lexicon
    from labelsys.match.vectors import ConceptVectors
    from labelsys.source.wikidata.linking.points import AskedClass, Points

__all__ = ["JUSTIFICATION", "iter_nearest"]

JUSTIFICATION: Final = Justification.SEMANTIC

_SHARPNESS: Final = 20.0
"""How much more a cosine that is higher by one weighs, log: 0.1 is a factor of seven."""


def iter_nearest(
    asked: Sequence[AskedClass],
    told: Sequence[Points],
    lexicon: Lexicon,
    vectors: ConceptVectors,
) -> Iterator[tuple[int, int, float]]:
    """Yield (class, concept, weight), by how near the texts are.

    Args:
        asked: classes.
        told: what other strategies point at.
        lexicon: all concepts.
        vectors: of its concepts.
    """
    n = len(lexicon)
    keys = distinct(np.concatenate([one.classes * n + one.concepts for one in told]))
    classes, concepts = keys // n, keys % n
    texts = [f"{one.label}: {one.description}" if one.description else one.label for one in asked]
    own = vectors.embedder.vectors(texts)[classes]
    # Three decimals, so that the last bits decide nothing.
    cosines = np.round(np.einsum("ij,ij->i", own, vectors.get(concepts)), 3).astype(np.float64)
    weights = np.exp(_SHARPNESS * (cosines - 1.0))
    yield from zip(classes.tolist(), concepts.tolist(), weights.tolist(), strict=True)
