"""The stored questions in SQLite: by hand on the toy graph, by a slow second way on any other."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from labelsys.answers import Limits
from labelsys.ask import ask, list_questions
from labelsys.queries import question_names
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests.questions import ANSWERS, CASES, Case, Graph, SmallGraph, small_graphs
from tests.toy import fill

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    path = tmp_path_factory.mktemp("toy") / "toy.db"
    fill(SqliteWriter(path))
    with SqliteStore(path) as store:
        yield store


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.params}")
def test_toy_graph_answers_as_its_drawing_says(toy: SqliteStore, case: Case) -> None:
    assert list(ask(toy, case.name, case.params).rows) == case.rows


def test_every_question_is_asked_by_hand_and_answered_by_a_second_way() -> None:
    assert {case.name for case in CASES} == set(ANSWERS) == set(question_names())


def test_list_names_every_question_with_its_parameters() -> None:
    rows = {row.name: row for row in list_questions()}
    assert list(rows) == sorted(ANSWERS)
    doubtful = rows["doubtful_links"]
    assert doubtful.params == "label_set TEXT label-set, below REAL = 0.5 a confidence"
    assert rows["labels_below"].params.endswith("label_set TEXT = NULL label-set")
    assert "sqlite" in doubtful.dialects


@given(graph=small_graphs())
def test_sqlite_answers_as_the_slow_way_does(graph: SmallGraph) -> None:
    memory = MemoryWriter()
    graph.fill(memory)
    slow = Graph(memory.store)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.db"
        graph.fill(SqliteWriter(path))
        with SqliteStore(path) as store:
            for name, params in graph.questions():
                rows = list(ask(store, name, params, limits=Limits(rows=None)).rows)
                assert rows == ANSWERS[name](slow, **params), (name, params)
