"""Sentence vectors given by hand: an encoder that has nothing left to compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.embed import Embedder, EncoderSpec, MemoryVectors
from labelsys.match.vectors import ConceptVectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labelsys.match.lexicon import Lexicon

__all__ = ["concept_vectors", "embedder", "spec"]


def spec(dim: int) -> EncoderSpec:
    """Return the encoder that these vectors are said to come from; there is no model of it."""
    return EncoderSpec(
        name="by hand", location="nowhere", dim=dim, number_type="float32", versions=()
    )


def embedder(vectors: Mapping[str, Sequence[float]]) -> Embedder:
    """Return an embedder that has these texts already, scaled to unit length."""
    dim = len(next(iter(vectors.values())))
    rows = np.array(list(vectors.values()), dtype=np.float64)
    store = MemoryVectors(dim)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    store.put_many(list(vectors), unit.astype(np.float16))
    return Embedder(spec(dim), store)


def concept_vectors(
    lexicon: Lexicon,
    concepts: Mapping[str, Sequence[float]],
    texts: Mapping[str, Sequence[float]],
    *,
    others: Sequence[float],
) -> ConceptVectors:
    """Return vectors for all concepts of a lexicon.

    Args:
        lexicon: the concepts.
        concepts: id -> vector, of its text and of its definition alone.
        texts: text -> vector, for labels and qualifiers.
        others: vector of every other concept.
    """
    known = {
        text: concepts.get(str(concept.id), others)
        for i, concept in enumerate(lexicon.concepts)
        for text in (lexicon.text(i), lexicon.meaning(i))
    }
    return ConceptVectors(lexicon, embedder({**known, **texts}))
