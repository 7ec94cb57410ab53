"""The benchmark of item links, on a small pull made of WordNet's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.benchmark.wikidata import ALL, RECORDED, SHARING, bench_wikidata
from labelsys.errors import SourceError
from labelsys.source.wikidata.pulled import Claim, Entity, Text, write_pull

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.model import Concept
    from labelsys.source.protocol import SourceData

_WORDS = """
dog cat horse cow sheep goat pig mouse rat rabbit lion tiger bear wolf fox deer
eagle owl crow duck goose swan frog snake turtle salmon trout shark whale bee
ant beetle spider worm oak pine rose lily tulip apple pear lemon bread cheese
butter sugar salt table chair lamp door window bridge house church castle car
bus train ship boat hammer knife spoon fork cup
"""
WORDS = tuple(_WORDS.split())

pytestmark = pytest.mark.wordnet


def first_synsets(base: SourceData) -> dict[str, Concept]:
    """Return word -> its first sense."""
    found = {}
    for concept in base.concepts:
        for name in concept.names:
            if name.text in WORDS and name.sense is not None and name.sense.number == 1:
                found[name.text] = concept
    return found


def write_words(folder: Path, base: SourceData) -> Path:
    """Write an item a word, each linked to its first sense; the first is an address's as well.

    The last one's label is no name of its synset's.
    """
    synsets = first_synsets(base)
    assert set(synsets) == set(WORDS)
    entities = []
    for number, word in enumerate(WORDS, 1):
        synset = synsets[word]
        wn31 = next(x.local_id for x in synset.xrefs if x.startswith("wn31:"))
        claims = [Claim("P8814", wn31)]
        texts = [Text("en", "label", word if word != WORDS[-1] else "no such drinking thing")]
        if number == 1:
            address = f"http://wordnet-rdf.princeton.edu/wn30/{synset.id.local_id}"
            claims.insert(0, Claim("P2888", address))
            texts.append(Text("en", "description", "an animal"))
        entities.append(Entity(f"Q{number}", tuple(texts), tuple(claims)))
    write_pull(folder, {"version": "1"}, entities)
    return folder


def test_every_figure_is_of_the_items_that_it_says(
    tmp_path: Path, wordnet_folder: Path, wordnet_data: SourceData
) -> None:
    folder = write_words(tmp_path / "pull", wordnet_data)
    report = bench_wikidata(folder, wordnet=wordnet_folder, folds=3, target=0.9)
    assert (report.items, report.folds, report.version) == (len(WORDS), 3, "1")
    figures = {(row.system, row.group): row.right for row in report.accuracy}
    # All but the last are the first sense of their label, which is in all but the last's synset.
    right, total = len(WORDS) - 1, len(WORDS)
    assert (figures["first sense", ALL].count, figures["first sense", ALL].total) == (right, total)
    assert figures["label, then aliases", SHARING].value == 1
    assert figures["first sense", RECORDED].total == 1
    for system in ("ranked", "ranked, as shipped"):
        assert figures[system, ALL].count == figures[system, SHARING].count
        assert figures[system, SHARING].total == right
    for ranker in report.rankers:
        assert ranker.accepted.total == total
        assert ranker.precision.total == ranker.accepted.count
        assert sum(each.total for each in ranker.found_by.values()) == ranker.accepted.count
        assert [point.coverage for point in ranker.curve][-1] == 1
    by_name = {row.strategy: row for row in report.strategies}
    assert by_name["wordnet-31-id"].linked == total
    assert by_name["wordnet-31-id"].precision is None
    address = by_name["exact-match-address"].precision
    assert address is not None
    assert (address.count, address.total) == (1, 1)
    assert by_name["taxon-name"].left_out == "the pull has no P225"
    assert by_name["freebase-id"].left_out == "the pull has no P646"


@pytest.mark.slow
def test_the_report_is_the_same_again(
    tmp_path: Path, wordnet_folder: Path, wordnet_data: SourceData
) -> None:
    folder = write_words(tmp_path / "pull", wordnet_data)
    one, two = (bench_wikidata(folder, wordnet=wordnet_folder, folds=3) for _ in range(2))
    assert one == two


def test_a_pull_without_links_measures_nothing(tmp_path: Path) -> None:
    entities = [Entity("Q1", (Text("en", "label", "dog"),), (Claim("P279", "Q2"),))]
    write_pull(tmp_path, {}, entities)
    with pytest.raises(SourceError, match="no item has P8814: nothing to measure"):
        bench_wikidata(tmp_path)
