"""Vectors of concepts, filled in as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from labelsys.match.embed import Embedder
    from labelsys.match.lexicon import Lexicon

__all__ = ["ConceptVectors"]


class ConceptVectors:
    """One vector a concept, computed when first asked for.

    Attributes:
        embedder: encodes labels as well.
    """

    def __init__(self, lexicon: Lexicon, embedder: Embedder) -> None:
        """Take the concepts and the encoder; nothing is computed yet."""
        self.embedder = embedder
        self._lexicon = lexicon
        # Rounded to float16 as they are kept; as float32 nothing is converted at each look.
        self._rows = np.zeros((len(lexicon), embedder.spec.dim), dtype=np.float32)
        self._known = np.zeros(len(lexicon), dtype=bool)

    def get(self, concepts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (len(concepts), dim), one unit row a concept."""
        wanted = np.asarray(concepts, dtype=np.int64)
        known = self._known[wanted]
        if not known.all():
            missing = np.unique(wanted[~known])
            texts = [self._lexicon.text(int(i)) for i in missing]
            self._rows[missing] = self.embedder.vectors(texts)
            self._known[missing] = True
        return np.asarray(self._rows[wanted])

    def closeness(self, direction: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of every concept known so far with a unit vector; 0 for the others."""
        return (self._rows @ direction).astype(np.float32)
