"""ImageNet's overlapping classes, as people who audited it have told them, on the real WordNet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.labelset.form import load_label_set
from labelsys.review.overlaps import find_overlaps
from labelsys.review.stand import Stand
from labelsys.store.memory import MemoryWriter

if TYPE_CHECKING:
    from labelsys.source.protocol import SourceData

SOME = Path(__file__).parents[1] / "data" / "imagenet1k_some.tsv"

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]


def test_known_overlaps_are_found_and_no_others(wordnet_data: SourceData) -> None:
    writer = MemoryWriter()
    writer.add_concepts(wordnet_data.concepts)
    writer.add_edges(wordnet_data.edges)
    writer.finish()
    synsets = {name: c.id for c in wordnet_data.concepts for name in c.synset_names}
    label_set = load_label_set(SOME)
    stands = [Stand(label, synsets[label.synset or ""], True, 0.99) for label in label_set.labels]
    found = find_overlaps(writer.store, stands, accept=0.8)
    names = {label.id: label.name for label in label_set.labels}
    told = {(f.code, f.severity, *(names[id_] for id_ in f.ids)) for f in found}
    assert told == {
        ("W303", "high", "sunglass", "sunglasses"),
        ("W303", "high", "projectile", "missile"),
        ("W303", "high", "maillot", "maillot"),
        ("W303", "high", "bathtub", "tub"),
        # A bird and a machine, a dog and a garment: one name, nothing else in common.
        ("W304", "medium", "crane", "crane"),
        ("W304", "medium", "Cardigan", "cardigan"),
        ("W304", "medium", "maillot", "maillot"),
    }
