"""The trigram index against trigrams taken name by name."""

from __future__ import annotations

from collections import defaultdict

import pytest

from labelsys.store import postings
from labelsys.store.postings import build_postings
from labelsys.text import trigrams

NAMES = sorted(
    {"a", "ox", "dog", "dog house", "hot dog", "banana", "\u72d7", "\U00020000 x", "a a a"}
)


@pytest.mark.parametrize("bits", [64, 8])
@pytest.mark.parametrize("names", [[], ["a"], ["aaa"], NAMES])
def test_postings_are_the_trigrams_of_each_name(
    names: list[str], bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "_WORD", bits)  # 8: nothing fits into one number
    expected: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for gram in trigrams(name):
            expected[gram].append(number)
    sizes, found = build_postings(names)
    assert [(p.gram, p.names.tolist()) for p in found] == sorted(expected.items())
    assert sizes.grams.tolist() == [len(trigrams(name)) for name in names]
    assert sizes.lengths.tolist() == [len(name) for name in names]
