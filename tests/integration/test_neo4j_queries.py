"""Stored queries in Cypher: each compiles on a real server, its header is true, and it answers
what the one of the same name answers in SQLite."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.queries import load, names, question_names
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_writer import Neo4jWriter
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy
from tests.neo4j_server import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import neo4j

    from labelsys.neo4j_server import LocalServer

pytestmark = pytest.mark.server

STATEMENTS = names("cypher")
SCHEMA = re.compile(r"(unique|index|fulltext)_")
NO_PLAN = {"set_password"}
"""Run in the database system, where nothing is explained."""

PARAMS: dict[str, tuple[dict[str, Any], ...]] = {
    "id": ({"id": toy.DOG}, {"id": "pets"}, {"id": "none"}),
    "xref": ({"xref": "wd:Q144"},),
    "folded": ({"folded": "crane"}, {"folded": "none"}),
    "text": ({"text": "c"}, {"text": "zz"}, {"text": "狗"}),
    "label_set": ({"label_set": "pets"}, {"label_set": None}),
    "label_set label_id": ({"label_set": "street", "label_id": "/m/0r8"},),
    "subject_id": ({"subject_id": "zoo:7"}, {"subject_id": toy.DOG}, {"subject_id": "none"}),
    "ids": ({"ids": [toy.DOG, toy.CAR, "none"]},),
    "concepts": ({"concepts": [0, 3, 5, 99]},),
    "grams": ({"grams": ["dog", "  d", "zzz"]},),
    "placement": ({"placement": "broader"},),
    "": ({},),
}
"""Parameters of a query, but for the version -> what they are bound to."""


@pytest.fixture(scope="module")
def pushed(neo4j_server: LocalServer) -> Iterator[Neo4jStore]:
    with closing(Neo4jWriter(neo4j_server.locator, CREDENTIALS)) as writer:
        toy.fill(writer)
    with Neo4jStore(neo4j_server.locator, CREDENTIALS) as store:
        yield store


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    path = tmp_path_factory.mktemp("toy") / "toy.db"
    toy.fill(SqliteWriter(path))
    with SqliteStore(path) as store:
        yield store


@pytest.fixture
def session(pushed: Neo4jStore) -> Iterator[neo4j.Session]:
    import neo4j

    login = (CREDENTIALS.username, CREDENTIALS.password)
    with (
        neo4j.GraphDatabase.driver(pushed.locator, auth=login) as driver,
        driver.session() as session,
    ):
        yield session


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name not in NO_PLAN])
def test_query_compiles_without_a_complaint_and_gives_the_columns_of_its_header(
    session: neo4j.Session, name: str
) -> None:
    query = load(name, "cypher")
    if SCHEMA.match(name):
        session.run(query.text).consume()
        return
    result = session.run(f"EXPLAIN {query.text}", dict.fromkeys(p.name for p in query.params))
    columns = result.keys()
    assert list(columns) == [column.name for column in query.returns]
    told = [status.status_description for status in result.consume().gql_status_objects]
    # All but what has to be so: xrefs and trigrams are looked up by list, counts read all.
    assert [text for text in told if "deprecat" in text or "cartesian" in text] == []


def same_names() -> list[str]:
    """Return what stores ask themselves; `test_neo4j_questions.py` compares what people ask."""
    return [
        name
        for name in sorted(set(names("sqlite")) - set(question_names("sqlite")))
        if name in STATEMENTS and not name.startswith("insert_") and load(name).returns
    ]


@pytest.mark.parametrize("name", same_names())
def test_same_name_gives_the_same_columns_and_rows(
    pushed: Neo4jStore, sqlite: SqliteStore, name: str
) -> None:
    query, twin = load(name, "cypher"), load(name)
    asked = [p.name for p in query.params if p.name != "version"]
    assert asked == [p.name for p in twin.params]
    assert [c.name for c in query.returns] == [c.name for c in twin.returns]
    for params in PARAMS[" ".join(asked)]:
        texts = {k: json.dumps(v) if isinstance(v, list) else v for k, v in params.items()}
        theirs = sqlite.run_query(name, **texts)
        if "synonyms" in [column.name for column in twin.returns]:
            theirs = tuple((*row[:4], json.loads(row[4]), *row[5:]) for row in theirs)
        assert pushed.run_query(name, **params) == theirs


def test_there_are_twins() -> None:
    assert len(same_names()) > 30
