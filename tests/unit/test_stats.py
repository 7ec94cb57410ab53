from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.queries import load
from labelsys.stats import (
    LabelSetCounts,
    MappingCount,
    Stats,
    explain_stats,
    get_inputs,
    get_stats,
)
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Iterator

# Counted by hand from the drawing and the table in `tests.toy`.
EXPECTED = Stats(
    concepts=16,
    edges=16,
    label_sets=(
        LabelSetCounts(id="pets", labels=4, exact=3, broader=0, excluded=1, unplaced=0),
        LabelSetCounts(id="street", labels=4, exact=1, broader=2, excluded=0, unplaced=1),
        LabelSetCounts(id="zoo", labels=3, exact=2, broader=0, excluded=0, unplaced=1),
    ),
    labels=11,
    exact=6,
    broader=2,
    excluded=1,
    unplaced=2,
    unplaced_share=2 / 11,
    mappings=5,
    new_concepts=1,
    max_depth=5,
    incoherent=0,
    mappings_by_predicate=(
        MappingCount(predicate_id="skos:broadMatch", status="review", mappings=1),
        MappingCount(predicate_id="skos:closeMatch", status="rejected", mappings=1),
        MappingCount(predicate_id="skos:exactMatch", status="accepted", mappings=3),
    ),
    concepts_by_source={"labelset": 1, "wikidata": 1, "wordnet": 14},
    edges_by_kind={"subclass": 15, "instance": 1},
    # 12 of animals, 9 of artifacts, 7 of the rest of WordNet, 2 of the water dog, 1 of the Audi.
    names_by_language={"en": 31, "pt": 1, "zh": 4},
)


@pytest.fixture(scope="module")
def memory() -> MemoryStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    path = tmp_path_factory.mktemp("stats") / "toy.db"
    toy.fill(SqliteWriter(path))
    with SqliteStore(path) as store:
        yield store


def test_stored_queries_count_what_is_there(sqlite: SqliteStore) -> None:
    assert get_stats(sqlite) == EXPECTED


def test_reading_counts_what_is_there(memory: MemoryStore) -> None:
    assert get_stats(memory) == EXPECTED


def test_dictionaries_come_in_one_order(sqlite: SqliteStore, memory: MemoryStore) -> None:
    for counted in (get_stats(sqlite), get_stats(memory)):
        assert list(counted.concepts_by_source) == ["labelset", "wikidata", "wordnet"]
        assert list(counted.edges_by_kind) == ["subclass", "instance"]
        assert list(counted.names_by_language) == ["en", "pt", "zh"]


def test_each_label_is_counted_once(sqlite: SqliteStore) -> None:
    for counts in get_stats(sqlite).label_sets:
        parts = counts.exact + counts.broader + counts.excluded + counts.unplaced
        assert counts.labels == parts


@pytest.mark.parametrize("writer_type", [MemoryWriter])
def test_empty_graph_has_zeros(writer_type: type[MemoryWriter]) -> None:
    writer = writer_type()
    writer.finish()
    counted = get_stats(writer.store)
    assert (counted.concepts, counted.labels, counted.max_depth) == (0, 0, 0)
    assert counted.unplaced_share == 0.0
    assert counted.edges_by_kind == {}


def test_empty_graph_file_has_the_same_zeros(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("empty") / "graph.db"
    SqliteWriter(path).finish()
    writer = MemoryWriter()
    writer.finish()
    with SqliteStore(path) as store:
        assert get_stats(store) == get_stats(writer.store)


def test_explained_numbers_are_those_of_the_stats(sqlite: SqliteStore) -> None:
    for headline in explain_stats(sqlite):
        assert headline.value == getattr(EXPECTED, headline.name)
        assert headline.text == load(headline.query.split("/")[-1].removesuffix(".sql")).text


def test_every_single_number_is_explained(sqlite: SqliteStore) -> None:
    single = {name for name in Stats.__slots__ if isinstance(getattr(EXPECTED, name), int | float)}
    assert {headline.name for headline in explain_stats(sqlite)} == single


def test_store_without_a_query_language_explains_nothing(memory: MemoryStore) -> None:
    assert explain_stats(memory) == ()


class Meta:
    def __init__(self, **facts: str) -> None:
        self.facts = facts

    def get_meta(self) -> dict[str, str]:
        return self.facts


def test_inputs_are_hashes_by_name() -> None:
    facts = Meta(
        hash="0123456789abcdef",
        recipe="{}",
        sources='[{"name": "wordnet", "version": "3.0", "fingerprint": "aa"}]',
        label_sets='{"coco": "bb"}',
        decisions="cc",
        unrelated="dd",
    )
    assert get_inputs(facts) == {
        "graph": "0123456789abcdef",
        # printf '{}' | sha256sum
        "recipe": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "source wordnet 3.0": "aa",
        "label set coco": "bb",
        "decisions": "cc",
    }


def test_graph_that_says_nothing_has_no_inputs() -> None:
    assert get_inputs(Meta()) == {}
