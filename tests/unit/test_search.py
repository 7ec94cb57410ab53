"""Search on the toy graph: what a person types and what has to come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.ids import Curie
from labelsys.model import Concept, Name, Sense
from labelsys.search import edit_distance, search, singular
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def names_store(*concepts: tuple[str, list[Name]]) -> MemoryStore:
    writer = MemoryWriter()
    writer.add_concepts(
        Concept(id=Curie("ex", id_), pref_label=names[0].text, names=tuple(names))
        for id_, names in concepts
    )
    writer.finish()
    return writer.store


def slow_distance(a: str, b: str) -> int:
    """Optimal string alignment by its table, cell by cell."""
    table = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, change)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_edit_distance_is_that_of_the_table(a: str, b: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a) == slow_distance(a, b)


def test_exact_name_scores_one(store: MemoryStore) -> None:
    hit = search(store, "Dog")[0]
    assert (hit.id, hit.wnid, hit.pref_label, hit.name, hit.score) == (
        toy.DOG,
        "n02084071",
        "dog",
        "dog",
        1.0,
    )
    assert hit.gloss.startswith("a member of the genus Canis")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("golden retreiver", toy.RETRIEVER),
        ("goldenretriever", toy.RETRIEVER),
        ("golden_retrievers", toy.RETRIEVER),
        ("retriever golden", toy.RETRIEVER),
        ("golden retr", toy.RETRIEVER),
        ("retrievr golden", toy.RETRIEVER),
        ("retriever", toy.RETRIEVER),
        ("dogs", toy.DOG),
        ("people", toy.PERSON),
        ("vehcile", toy.VEHICLE),
        ("Cao de Agua Portugues", toy.WATER_DOG),
        ("portugese water dog", toy.WATER_DOG),
        ("狗", toy.DOG),
        ("汽", toy.CAR),
        ("audi", toy.AUDI),
        ("einstien", toy.EINSTEIN),
    ],
)
def test_what_people_type_finds_it_first(store: MemoryStore, text: str, expected: Curie) -> None:
    assert search(store, text)[0].id == expected


def test_matched_name_is_told_in_its_own_spelling(store: MemoryStore) -> None:
    hit = search(store, "cao de agua portugues")[0]
    assert (hit.pref_label, hit.name) == ("Portuguese Water Dog", "Cão de Água Português")
    assert hit.score == pytest.approx(0.99)  # an alias


def test_concept_comes_once_with_its_best_name(store: MemoryStore) -> None:
    hits = search(store, "dog", limit=50)
    ids = [hit.id for hit in hits]
    assert len(ids) == len(set(ids))
    assert ids.count(toy.DOG) == 1
    assert hits[0].name == "dog"  # and not "domestic dog"


def test_order_is_exact_then_whole_words_then_typos() -> None:
    store = names_store(
        ("typo", [Name(text="crand", kind="pref")]),
        ("words", [Name(text="sandhill crane", kind="pref")]),
        ("exact", [Name(text="crane", kind="pref")]),
        ("plural", [Name(text="cranes", kind="pref")]),
        ("begun", [Name(text="craneberry bog", kind="pref")]),
    )
    found = [hit.id.local_id for hit in search(store, "crane")]
    assert found == ["exact", "plural", "words", "begun", "typo"]


def test_preferred_name_comes_before_alias_and_alias_before_hidden_name() -> None:
    store = names_store(
        ("a", [Name(text="x", kind="pref"), Name(text="crane", kind="hidden")]),
        ("b", [Name(text="y", kind="pref"), Name(text="crane", kind="alt")]),
        ("c", [Name(text="crane", kind="pref")]),
    )
    assert [hit.id for hit in search(store, "crane")] == ["ex:c", "ex:b", "ex:a"]


def test_common_sense_comes_first_then_sense_number_then_id() -> None:
    def sense(number: int, count: int) -> list[Name]:
        return [Name(text="bank", kind="pref", sense=Sense(number=number, count=count, lex_id=0))]

    store = names_store(
        ("d", sense(1, 0)),
        ("c", sense(1, 0)),
        ("b", sense(2, 0)),
        ("y", sense(3, 5)),
        ("z", sense(2, 9)),
    )
    assert [hit.id.local_id for hit in search(store, "bank")] == ["z", "y", "c", "d", "b"]


def test_alias_that_looks_better_does_not_hide_a_preferred_name() -> None:
    # "dog house" covers a third of its name, "dog houses" 0.3: 0.7667 - 0.01 against 0.76.
    store = names_store(
        ("alias", [Name(text="x", kind="pref"), Name(text="dog house")]),
        ("pref", [Name(text="dog houses", kind="pref")]),
    )
    for limit in (1, 2):
        hits = search(store, "dog", limit=limit)
        assert [(h.id.local_id, h.score) for h in hits] == [("pref", 0.76), ("alias", 0.7567)][
            :limit
        ]


def test_limit_takes_the_first_of_the_same_order(store: MemoryStore) -> None:
    every = search(store, "ca", limit=50)
    assert len(every) > 3
    for limit in range(1, len(every) + 1):
        assert search(store, "ca", limit=limit) == every[:limit]


@pytest.mark.parametrize("text", ["", "  ", "!!!", "qqqqqq", "\udcff"])
def test_nothing_alike_is_nothing(store: MemoryStore, text: str) -> None:
    assert search(store, text) == ()


def test_no_limit_is_nothing(store: MemoryStore) -> None:
    assert search(store, "dog", limit=0) == ()


def test_very_long_text_is_answered(store: MemoryStore) -> None:
    assert search(store, "x" * 100_000) == ()


def test_scores_lie_in_the_unit_interval_and_fall(store: MemoryStore) -> None:
    for text in ("dog", "crane", "water", "golden retreiver", "a"):
        scores = [hit.score for hit in search(store, text)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_sqlite_gives_the_same_hits(store: MemoryStore, tmp_path: Path) -> None:
    path = tmp_path / "toy.db"
    toy.fill(SqliteWriter(path))
    with SqliteStore(path) as other:
        for text in ("dog", "crane", "golden retreiver", "ca", "狗", "water", "auto"):
            assert repr(search(other, text)) == repr(search(store, text))


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("glasses", "glass"),
        ("churches", "church"),
        ("ponies", "pony"),
        ("pies", "pie"),
        ("gas", "gas"),
        ("tennis", "tennis"),
        ("cactus", "cactus"),
        ("women", "woman"),
        ("dog", "dog"),
    ],
)
def test_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected
