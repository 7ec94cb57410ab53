"""How alike an item and its candidates read, by a sentence encoder.

A build links items before it knows of an encoder; the benchmark says what one
would add.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelsys.match.ragged import cosines, highest_of_each
from labelsys.match.vectors import ConceptVectors
from labelsys.source.wikidata.linking.features import COLUMN

if TYPE_CHECKING:
    from labelsys.match.embed import Embedder
    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.facts import Item
    from labelsys.source.wikidata.linking.exact import Candidates

__all__ = ["item_text", "with_vectors"]


def item_text(item: Item) -> str:
    """Return what the sentence encoder reads for an item: its label, then its description."""
    return f"{item.label}: {item.description}" if item.description else item.label


def with_vectors(candidates: Candidates, lexicon: Lexicon, embedder: Embedder) -> Candidates:
    """Return candidates with the columns that take vectors filled in, to three decimals.

    Args:
        candidates: of `gather`.
        lexicon: of WordNet.
        embedder: encodes items and synsets.
    """
    table, owners = candidates.table.copy(), candidates.owners
    if not len(owners):
        return candidates
    items = embedder.vectors([item_text(item) for item, _ in candidates.asked])
    concepts = [one.concept for _, found in candidates.asked for one in found]
    rows = ConceptVectors(lexicon, embedder).get(concepts)
    own = cosines(rows, items.astype(np.float32), owners)
    table[:, COLUMN["similarity"]] = np.round(own, 3)
    table[:, COLUMN["similarity_gap"]] = np.round(own - highest_of_each(own, owners), 3)
    described = np.array([bool(item.description) for item, _ in candidates.asked])
    table[:, COLUMN["similarity_described"]] = np.round(own, 3) * described[owners]
    return candidates._replace(table=table)
