"""Cosines of concepts, from sentence vectors that an earlier build left in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Protocol

    from labelsys.ids import Curie
    from labelsys.model import Concept
    from labelsys.review.near import Closeness
    from labelsys.store.protocol import ConceptReader, MetaReader

    class VectorReader(ConceptReader, MetaReader, Protocol):
        """Concepts, and which encoder the graph was built with."""


__all__ = ["cached_closeness"]


def cached_closeness(
    reader: VectorReader, concepts: Iterable[Concept], cache: Path | None
) -> Closeness | None:
    """Return cosines of these concepts; nothing is computed that is not there.

    Returns:
        A function of two ids; None where there is no cache, or where the graph
        was built without an encoder, or with another than is installed here.
    """
    name = reader.get_meta().get("encoder", "none")
    if cache is None or name == "none":
        return None
    from labelsys.match.embed import find_encoder

    spec = find_encoder("auto")
    if spec is None or spec.key != name:
        return None
    import numpy as np

    from labelsys.cache import VectorCache
    from labelsys.match.lexicon import Lexicon

    lexicon = Lexicon(concepts, ())
    texts = [lexicon.text(n) for n in range(len(lexicon))]
    vectors, is_known = VectorCache(cache, spec.key, spec.dim).get_many(texts)
    wide = vectors.astype(np.float32)
    rows = {concept.id: n for n, concept in enumerate(lexicon.concepts) if is_known[n]}

    def closeness(a: Curie, b: Curie) -> float | None:
        if a not in rows or b not in rows:
            return None
        # Three decimals, as everything that is compared: the last ones differ between machines.
        return round(float(wide[rows[a]] @ wide[rows[b]]), 3)

    return closeness
