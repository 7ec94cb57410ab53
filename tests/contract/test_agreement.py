"""SQLite answers what the memory store answers, on graphs that nobody thought of."""

from __future__ import annotations

import tempfile
from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from labelsys.hierarchy import KINDS
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, EdgeKind, Name, Sense
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from labelsys.text import fold

# Few letters, so that names share trigrams and begin alike; a few from beyond ASCII and the BMP.
WORDS = st.text(alphabet="aabbcé狗😀-", min_size=1, max_size=6)
TEXTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SENSES = st.none() | st.builds(
    Sense, number=st.integers(1, 9), count=st.integers(0, 99), lex_id=st.integers(0, 15)
)
NAMES = st.lists(
    st.builds(
        Name,
        text=TEXTS,
        lang=st.sampled_from(["en", "zh"]),
        kind=st.sampled_from(["pref", "alt", "hidden"]),
        sense=SENSES,
    ),
    max_size=4,
)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Concept], list[Edge]]:
    ids = [Curie("ex", f"c{i}") for i in range(draw(st.integers(0, 8)))]
    concepts = [Concept(id=id_, pref_label=id_.local_id, names=tuple(draw(NAMES))) for id_ in ids]
    pairs = list(combinations(reversed(ids), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    kinds: st.SearchStrategy[EdgeKind] = st.sampled_from(KINDS)
    return concepts, [Edge(low, high, draw(kinds)) for low, high in chosen]


@given(graph=graphs(), queries=st.lists(TEXTS, max_size=6), limit=st.integers(0, 6))
def test_sqlite_answers_as_memory_does(
    graph: tuple[list[Concept], list[Edge]], queries: list[str], limit: int
) -> None:
    concepts, edges = graph
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.db"
        memory = MemoryWriter()
        for writer in (memory, SqliteWriter(path)):
            writer.add_concepts(concepts)
            writer.add_edges(edges)
            writer.finish()
        with SqliteStore(path) as sqlite, memory.store as reference:
            assert list(sqlite.iter_names()) == list(reference.iter_names())
            assert list(sqlite.iter_edges()) == list(reference.iter_edges())
            for concept in concepts:
                assert repr(sqlite.get_concept(concept.id)) == repr(concept)
                for one, other in (
                    (sqlite.iter_broader(concept.id), reference.iter_broader(concept.id)),
                    (sqlite.iter_narrower(concept.id), reference.iter_narrower(concept.id)),
                ):
                    assert list(one) == list(other)
            texts = [*queries, "", *(name.text for c in concepts for name in c.names)]
            for query in map(fold, texts):
                assert sqlite.find_by_name(query) == reference.find_by_name(query)
                found = sqlite.find_similar_names(query, limit=limit)
                assert found == reference.find_similar_names(query, limit=limit), query
