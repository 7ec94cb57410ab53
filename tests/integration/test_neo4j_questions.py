"""The stored questions in Cypher, and what a file with Cypher may not do, on a real server."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.answers import Limits
from labelsys.ask import ask
from labelsys.errors import QueryError
from labelsys.queries import load, question_names
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_writer import Neo4jWriter
from tests import toy
from tests.neo4j_server import CREDENTIALS
from tests.questions import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from labelsys.answers import Answer
    from labelsys.neo4j_server import LocalServer

    Ask = Callable[..., Answer]

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def store(neo4j_server: LocalServer) -> Iterator[Neo4jStore]:
    with closing(Neo4jWriter(neo4j_server.locator, CREDENTIALS)) as writer:
        toy.fill(writer)
    with Neo4jStore(neo4j_server.locator, CREDENTIALS) as opened:
        yield opened


@pytest.fixture
def asked(store: Neo4jStore, tmp_path: Path) -> Ask:
    """Return a function that writes a statement to a file and asks it."""

    def run(text: str, limits: Limits | None = None, **params: Any) -> Answer:
        file = tmp_path / "mine.cypher"
        file.write_text(text, encoding="utf-8")
        return ask(store, file, params, limits=limits)

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.params}")
def test_toy_graph_answers_as_its_drawing_says(store: Neo4jStore, case: Case) -> None:
    answer = ask(store, case.name, case.params)
    assert answer.columns == tuple(c.name for c in load(case.name, "cypher").returns)
    assert list(answer.rows) == case.rows


def test_every_question_is_there_in_cypher() -> None:
    assert question_names("cypher") == question_names("sqlite")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CREATE (n:Evil) RETURN n", "it writes, which is refused: a query only reads"),
        ("MATCH (n:Concept) SET n.gloss = '' RETURN n", "it writes"),
        ("MATCH (n:Concept) DETACH DELETE n", "it writes"),
        ("MERGE (n:Evil {a: 1})", "it writes"),
        ("CALL { CREATE (n:Evil) } RETURN 1 AS a", "it writes"),
        ("FOREACH (x IN [1] | CREATE (:Evil))", "it writes"),
        ("CREATE INDEX evil FOR (n:Evil) ON (n.a)", "it changes the schema"),
        ("DROP CONSTRAINT evil IF EXISTS", "it changes the schema"),
        ("EXPLAIN CREATE (n:Evil)", "EXPLAIN is refused"),
        ("/* x */ // y\nprofile CREATE (n:Evil)", "PROFILE is refused"),
        ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "LOAD CSV is refused"),
        ("RETURN 1 AS a; CREATE (n:Evil)", "exactly one statement"),
        ("RETURN 1 +", "Invalid input"),
        ("", "it gives no rows|Unexpected end|empty"),
        ("RETURN $missing AS a", "Expected parameter"),
    ],
)
def test_what_does_not_only_read_is_refused_in_one_line(
    asked: Ask, store: Neo4jStore, text: str, said: str
) -> None:
    with pytest.raises(QueryError, match=rf"mine\.cypher: .*({said})") as caught:
        asked(text)
    assert "\n" not in str(caught.value)
    assert asked("MATCH (n:Evil) RETURN count(n) AS n").rows == ((0,),)


@pytest.mark.parametrize("value", ["' OR 1=1 //", "`}) DETACH DELETE n //", '"', "\\u0027", "狗"])
def test_a_parameter_is_a_value_and_never_cypher(asked: Ask, value: str) -> None:
    text = "// params: it TEXT, n INTEGER = 2, no REAL = NULL\n"
    text += "RETURN $it AS it, $n + 1 AS n, $no AS no"
    assert asked(text, it=value).rows == ((value, 3, None),)


def test_limits_hold(asked: Ask) -> None:
    answer = asked("UNWIND range(1, 100) AS i RETURN i", Limits(rows=3))
    assert (answer.rows, answer.is_cut) == (((1,), (2,), (3,)), True)
    slow = "UNWIND range(1, 100000) AS a UNWIND range(1, 1000000) AS b RETURN count(*) AS n"
    with pytest.raises(QueryError, match="stopped after 1 s"):
        asked(slow, Limits(timeout_s=1.0))


def test_sparql_is_answered_as_well(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path))
    answer = ask(store, "siblings", {"concept": "n02099601"}, dialect="sparql")
    assert [row[0] for row in answer.rows] == ["wd:Q38559"]
