"""Stored queries: each compiles, its header is true, and some code runs it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import NotFoundError
from labelsys.queries import DIALECTS, load, names

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCRIPTS = ("copy_names", "indexes", "schema")
STATEMENTS = [name for name in names("sqlite") if name not in SCRIPTS]
TYPES = {"TEXT", "INTEGER", "REAL", "BLOB"}


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in ("schema", "indexes"):
            connection.executescript(load(script).text)
        yield connection


def statement(name: str) -> str:
    """Return a query's text without comments and quoted text."""
    bare = re.sub(r"--[^\n]*", "", load(name).text)
    return re.sub(r"'[^']*'", "''", bare)


def test_there_are_queries() -> None:
    assert len(STATEMENTS) > 30


@pytest.mark.parametrize("name", STATEMENTS)
def test_query_compiles_and_gives_the_columns_of_its_header(
    db: sqlite3.Connection, name: str
) -> None:
    query = load(name)
    params = {column.name: None for column in query.params}
    db.execute(f"EXPLAIN {query.text}", params).fetchall()
    if query.returns:
        columns = [column[0] for column in db.execute(query.text, params).description]
        assert columns == [column.name for column in query.returns]
    else:
        assert statement(name).lstrip().startswith("INSERT")


@pytest.mark.parametrize("name", STATEMENTS)
def test_params_of_the_header_are_those_of_the_statement(name: str) -> None:
    used = dict.fromkeys(re.findall(r"(?<![:\w]):(\w+)", statement(name)))
    assert [column.name for column in load(name).params] == list(used)


@pytest.mark.parametrize("name", names("sqlite"))
def test_header_has_the_file_s_name_and_a_purpose(name: str) -> None:
    query = load(name)
    assert query.name == name
    assert query.purpose
    assert {column.type for column in (*query.params, *query.returns)} <= TYPES


@pytest.mark.parametrize("name", STATEMENTS)
def test_query_is_one_statement_in_a_total_order(name: str) -> None:
    text = statement(name).strip()
    assert text.endswith(";")
    assert text.count(";") == 1
    one_row = re.match(r"SELECT\s+(?:count|max|min|sum|total|round)\b", text, re.IGNORECASE)
    assert "ORDER BY" in text or text.startswith("INSERT") or one_row


@pytest.mark.parametrize("name", names("sqlite"))
def test_query_is_run_by_some_code(name: str) -> None:
    sources = [*ROOT.glob("labelsys/**/*.py"), *ROOT.glob("cli/**/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # The writer names the table: it runs insert_TABLE for each that it yields.
    table = re.search(rf'yield \(?\s*"{name.removeprefix("insert_")}",', text)
    assert f'"{name}"' in text or (name.startswith("insert_") and table)


def test_every_table_and_column_has_a_comment() -> None:
    lines = load("schema").text.splitlines()
    tables = [line for line in lines if line.startswith("CREATE TABLE")]
    assert len(tables) == 12
    assert all("--" in line for line in tables)


def test_no_other_module_reads_query_files() -> None:
    for path in ROOT.glob("labelsys/**/*.py"):
        if path.name != "queries.py":
            assert 'files("labelsys_queries")' not in path.read_text(encoding="utf-8"), path


def test_unknown_query_names_close_ones() -> None:
    with pytest.raises(
        NotFoundError, match=r"no sqlite query 'find_concep' \(closest: find_concept"
    ):
        load("find_concep")
    with pytest.raises(NotFoundError, match=r"no sqlite query '\.\./__init__'"):
        load("../__init__")


def test_unknown_dialect_names_the_known_ones() -> None:
    with pytest.raises(
        NotFoundError, match=r"no query dialect 'mysql' \(closest: cypher, sparql, sqlite"
    ):
        load("find_concept", dialect="mysql")


def test_dialects_without_queries_have_none() -> None:
    assert {dialect for dialect in DIALECTS if names(dialect)} >= {"sqlite"}


def test_header_goes_on_over_lines() -> None:
    query = load("insert_label")
    assert [column.name for column in query.params][-2:] == ["reason", "confidence"]
    assert query.params[5].note == "JSON array"
