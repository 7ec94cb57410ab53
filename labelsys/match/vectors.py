"""Vectors of concepts, filled in as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.parents import load_parent_map

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from labelsys.match.embed import Embedder
    from labelsys.match.lexicon import Lexicon

__all__ = ["ConceptVectors", "to_unit"]


def to_unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a vector (dim,) of length one in the same direction; the zero vector stays zero."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6))


class ConceptVectors:
    """Two vectors a concept, each computed when first asked for.

    Attributes:
        embedder: encodes labels as well.
    """

    def __init__(self, lexicon: Lexicon, embedder: Embedder) -> None:
        """Take the concepts and the encoder; nothing is computed yet."""
        self.embedder = embedder
        self._texts = _Rows(len(lexicon), embedder, lexicon.text)
        self._definitions = _Rows(len(lexicon), embedder, lexicon.meaning)

    def get(self, concepts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (len(concepts), dim), one unit row a concept: its names and definition."""
        return self._texts.get(concepts)

    def get_definitions(self, concepts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the same of the definitions alone."""
        return self._definitions.get(concepts)

    def expect_parents(self, labels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 (n, dim), unit rows: where what lies right above labels is expected."""
        spec = self.embedder.spec
        return load_parent_map(spec.name, spec.dim).expect(labels)

    def closeness(self, direction: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of every concept that `get` knows with a unit vector; else 0."""
        return self._texts.rows @ direction


class _Rows:
    """A vector a concept of one kind of text."""

    def __init__(self, n: int, embedder: Embedder, text: Callable[[int], str]) -> None:
        self._embedder = embedder
        self._text = text
        # Rounded to float16 as they are kept; as float32 nothing is converted at each look.
        self.rows = np.zeros((n, embedder.spec.dim), dtype=np.float32)
        self._known = np.zeros(n, dtype=bool)

    def get(self, concepts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        wanted = np.asarray(concepts, dtype=np.int64)
        known = self._known[wanted]
        if not known.all():
            missing = np.unique(wanted[~known])
            texts = [self._text(int(i)) for i in missing]
            self.rows[missing] = self._embedder.vectors(texts)
            self._known[missing] = True
        return np.asarray(self.rows[wanted])
