"""A file with SQL can read the graph and do nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from labelsys.answers import Limits
from labelsys.ask import ask
from labelsys.errors import ConfigError, NotFoundError, QueryError, SourceError
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests.toy import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from labelsys.answers import Answer

    Ask = Callable[..., Answer]

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    path = tmp_path / "toy #1?%20.db"
    fill(SqliteWriter(path))
    with SqliteStore(path) as opened:
        yield opened


@pytest.fixture
def asked(store: SqliteStore, tmp_path: Path) -> Ask:
    """Return a function that writes a statement to a file and asks it."""

    def run(text: str, limits: Limits | None = None, **params: str) -> Answer:
        file = tmp_path / "mine.sql"
        file.write_text(text, encoding="utf-8")
        return ask(store, file, params, limits=limits)

    return run


def test_a_select_gives_its_rows_and_columns(asked: Ask) -> None:
    answer = asked("SELECT id, depth FROM concept ORDER BY depth, id LIMIT 2")
    assert answer.columns == ("id", "depth")
    assert answer.rows == (("wn30:00001740-n", 0), ("wn30:00001930-n", 1))
    assert not answer.is_cut


def test_explain_may_be_asked(asked: Ask) -> None:
    assert "detail" in asked("EXPLAIN QUERY PLAN SELECT * FROM concept").columns


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DROP TABLE concept", "DROP is refused: a query only reads"),
        ("DELETE FROM concept", "DELETE is refused"),
        ("INSERT INTO meta VALUES ('a', 'b')", "INSERT is refused"),
        ("UPDATE concept SET gloss = ''", "UPDATE is refused"),
        ("WITH x AS (SELECT 1) DELETE FROM edge", "DELETE is refused"),
        ("CREATE TABLE t (a)", "CREATE is refused"),
        ("/* x */ -- y\ncreate temp table t (a)", "CREATE is refused"),
        ("ATTACH 'other.db' AS other", "ATTACH is refused"),
        ("DETACH main", "DETACH is refused"),
        ("VACUUM INTO 'copy.db'", "VACUUM is refused"),
        ("PRAGMA table_info(concept)", "PRAGMA is refused"),
        ("PRAGMA writable_schema = 1", "PRAGMA is refused"),
        ("SELECT * FROM pragma_database_list", "is refused"),
        ("BEGIN", "BEGIN is refused"),
        ("REINDEX", "REINDEX is refused"),
        ("SELECT load_extension('evil.so') AS x", r"load_extension\(\) is refused"),
        ("SELECT LOAD_EXTENSION('evil.so') AS x", r"load_extension\(\) is refused"),
        ("SELECT 1 AS a; DROP TABLE concept", "it has to be one statement"),
        ("", "there is no statement that gives rows"),
        ("-- only a comment", "there is no statement that gives rows"),
        ("SELEC 1", 'near "SELEC": syntax error'),
        ("SELECT nonesuch FROM concept", "no such column: nonesuch"),
        ("SELECT id, id FROM concept", "two columns are named 'id'"),
        ("SELECT :x AS x", "did not supply a value for binding"),
        ("SELECT ? AS x", "Binding 1 has no name"),
        ("SELECT zeroblob(1000000000) AS x", "too big"),
    ],
)
def test_what_does_not_only_read_is_refused_in_one_line(
    asked: Ask, store: SqliteStore, text: str, said: str
) -> None:
    before = store.path.read_bytes()
    with pytest.raises(QueryError, match=rf"mine\.sql: .*{said}") as caught:
        asked(text)
    assert "\n" not in str(caught.value)
    assert store.path.read_bytes() == before
    assert [path.name for path in store.path.parent.iterdir() if path.suffix == ".db"] == [
        store.path.name
    ]


def test_a_query_that_does_not_end_is_stopped(asked: Ask) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 0\.2 s"):
        asked(ENDLESS, Limits(timeout_s=0.2))
    assert time.monotonic() - started < 5


def test_rows_beyond_the_limit_are_cut_and_that_is_said(asked: Ask) -> None:
    text = "SELECT id FROM concept ORDER BY id"
    cut, whole = asked(text, Limits(rows=15)), asked(text, Limits(rows=16))
    assert (len(cut), cut.is_cut) == (15, True)
    assert (len(whole), whole.is_cut) == (16, False)
    assert len(asked(text, Limits(rows=None))) == 16


def test_values_that_json_lacks_are_texts(asked: Ask) -> None:
    answer = asked("SELECT 9e999 AS far, x'00ff' AS bytes, NULL AS missing, 0.5 AS half")
    assert answer.rows == (("inf", "00ff", None, 0.5),)


def test_a_file_declares_its_parameters_in_its_header(asked: Ask) -> None:
    text = (
        "-- params: concept TEXT concept, more INTEGER = 1\nSELECT :concept AS id, :more + 1 AS n"
    )
    assert asked(text, concept="dog.n.01").rows == (("wn30:02084071-n", 2),)
    assert asked(text, concept="dog.n.01", more="41").rows == (("wn30:02084071-n", 42),)


@pytest.mark.parametrize(
    "value", ["x' OR '1'='1", "'; DROP TABLE concept; --", '") UNION SELECT 1', "%", "a\0b", "狗"]
)
def test_a_parameter_is_a_value_and_never_sql(asked: Ask, value: str) -> None:
    text = "-- params: it TEXT\nSELECT :it AS it, count(*) AS n FROM concept WHERE id = :it"
    assert asked(text, it=value).rows == ((value, 0),)


def test_a_parameter_that_no_header_declares_is_refused(asked: Ask) -> None:
    with pytest.raises(NotFoundError, match=r"no parameter 'x'.*declare it at the file's top"):
        asked("SELECT 1 AS a", x="1")


def test_a_missing_file_and_one_that_is_no_query_are_told(
    store: SqliteStore, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=r"none\.sql: No such file"):
        ask(store, tmp_path / "none.sql", {})
    with pytest.raises(SourceError, match=r"has to end in one of \.sql, \.rq, \.cypher"):
        ask(store, tmp_path / "query.txt", {})
    binary = tmp_path / "binary.sql"
    binary.write_bytes(b"SELECT '\xff'")
    with pytest.raises(SourceError, match="byte 8 is not UTF-8"):
        ask(store, binary, {})
    large = tmp_path / "large.sql"
    large.write_bytes(b" " * 1_000_001)
    with pytest.raises(SourceError, match="larger than 1,000,000 bytes"):
        ask(store, large, {})


def test_a_query_in_a_language_that_the_store_does_not_speak_is_refused(
    store: SqliteStore, tmp_path: Path
) -> None:
    file = tmp_path / "mine.cypher"
    file.write_text("RETURN 1", encoding="utf-8")
    with pytest.raises(ConfigError, match="is written in cypher"):
        ask(store, file, {})
