"""Broader concepts that words suggest, on the pull that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pytest

from labelsys.progress import SilentProgress
from labelsys.source.wikidata.source import WikidataSource
from tests.unit.test_wikidata_source import BASE, write_toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.source.protocol import SourceData


def test_what_agrees_with_its_superclass_is_left_alone(tmp_path: Path) -> None:
    data = WikidataSource(folder=write_toy(tmp_path)).load(BASE, SilentProgress())
    assert [m for m in data.mappings if m.predicate_id == "skos:broadMatch"] == []


@pytest.mark.wordnet
def test_suggestions_are_new_sure_in_review_and_say_why(wordnet_data: SourceData) -> None:
    data = WikidataSource().load(wordnet_data, SilentProgress())
    rows = [m for m in data.mappings if m.predicate_id == "skos:broadMatch"]
    rows = [m for m in rows if m.status == "review"]
    assert len(rows) > 50
    assert len({m.subject_id for m in rows}) == len(rows)
    up = nx.DiGraph((e.narrower, e.broader) for e in (*wordnet_data.edges, *data.edges))
    depths = nx.single_source_shortest_path_length(up.reverse(copy=False), "wn30:00001740-n")
    n_shallow = 0
    for row in rows:
        assert row.confidence is not None
        assert row.confidence >= 0.92
        above = nx.descendants(up, row.subject_id)
        assert row.object_id not in above, row
        if "lead no further" in row.comment:
            n_shallow += 1
            synsets = {each for each in up[row.subject_id] if each.startswith("wn30:")}
            assert all(depths[each] < 4 <= depths[row.object_id] for each in synsets), row
        else:
            assert "which share nothing with that" in row.comment, row
    assert 0 < n_shallow < len(rows)
