"""The benchmark of places, and the judged sample."""

from __future__ import annotations

import pytest

from labelsys.ids import Curie
from labelsys.model import Edge
from labelsys.source.wikidata.suggest import nearest_synsets
from tests.bench.draw_wikidata_places import score

A, B, C = (Curie("wn30", f"0000000{n}-n") for n in (1, 2, 3))
X, Y, Z = (Curie("wd", f"Q{n}") for n in (1, 2, 3))


def test_the_nearest_synsets_are_the_most_specific_ones() -> None:
    # C is under B is under A. X is under A and C; Y under X and B; Z under A and B.
    edges = [Edge(C, B), Edge(B, A), Edge(X, A), Edge(X, C), Edge(Y, X), Edge(Y, B)]
    edges += [Edge(Z, A), Edge(Z, B)]
    assert nearest_synsets(edges) == {X: (C,), Y: (C,), Z: (B,)}


def test_a_score_counts_both_readings() -> None:
    pairs = [("right", "right"), ("far", "far"), ("wrong", "right"), ("wrong", "wrong")]
    lines = score(pairs)
    assert lines[0].startswith("right by the first reading: 2/4 = 0.500")
    assert lines[1].startswith("right by the second reading: 3/4 = 0.750")
    assert lines[2].startswith("right by both: 2/4")
    # Of four, three agree; by chance 2/4 * 3/4 + 2/4 * 1/4 = 1/2 would.
    assert lines[4] == "agreement, wrong or not: 0.750, kappa 0.500"


def test_an_unknown_verdict_is_an_error() -> None:
    with pytest.raises(ValueError, match="'good' is no verdict"):
        score([("good", "right")])
