"""Stored queries: each compiles, its header is true, and some code runs it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from labelsys.errors import NotFoundError
from labelsys.ids import prefixes
from labelsys.queries import DIALECTS, QUESTION, load, names, question_names, read_query_file
from labelsys.query_params import given_params
from labelsys.store.rdf import bind_terms, check_sparql

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCRIPTS = ("copy_names", "indexes", "schema")
STATEMENTS = [name for name in names("sqlite") if name not in SCRIPTS]
CYPHER = names("cypher")
EVERY = [*(("sqlite", name) for name in names("sqlite")), *(("cypher", name) for name in CYPHER)]
TYPES = {"sqlite": {"TEXT", "INTEGER", "REAL", "BLOB"}}
TYPES["cypher"] = TYPES["sqlite"] | {"LIST"}


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


@pytest.mark.parametrize(("dialect", "name"), EVERY)
def test_header_has_the_file_s_name_and_a_purpose(dialect: str, name: str) -> None:
    query = load(name, dialect)
    assert query.name == name
    assert query.purpose
    assert {column.type for column in (*query.params, *query.returns)} <= TYPES[dialect]


def cypher_statement(name: str) -> str:
    """Return a query's text without comments and quoted text."""
    bare = re.sub(r"(?m)^//.*$", "", load(name, "cypher").text)
    return re.sub(r"'[^']*'", "''", bare).strip()


@pytest.mark.parametrize("name", CYPHER)
def test_params_of_the_header_are_those_of_the_cypher_statement(name: str) -> None:
    """What it returns a real server is asked, in tests/integration/test_neo4j_queries.py."""
    used = set(re.findall(r"\$(\w+)", cypher_statement(name)))
    assert {column.name for column in load(name, "cypher").params} == used


@pytest.mark.parametrize("name", CYPHER)
def test_cypher_query_is_one_statement_in_a_total_order(name: str) -> None:
    text = cypher_statement(name)
    assert text.endswith(";")
    assert text.count(";") == 1
    assert ("RETURN" in text) == bool(load(name, "cypher").returns)
    assert text.count("ORDER BY") >= ("RETURN" in text)


@pytest.mark.parametrize("name", CYPHER)
def test_cypher_query_stays_in_one_version(name: str) -> None:
    """Two versions may be in the database at once."""
    whole = {"current_version", "await_indexes", "set_password"}
    is_schema = (
        cypher_statement(name).startswith("CREATE ")
        and "IF NOT EXISTS" in load(name, "cypher").text
    )
    assert ("version" in [p.name for p in load(name, "cypher").params]) != (
        name in whole or is_schema
    )


@pytest.mark.parametrize("name", STATEMENTS)
def test_query_is_one_statement_in_a_total_order(name: str) -> None:
    text = statement(name).strip()
    assert text.endswith(";")
    assert text.count(";") == 1
    one_row = re.match(r"SELECT\s+(?:count|max|min|sum|total|round)\b", text, re.IGNORECASE)
    assert "ORDER BY" in text or text.startswith("INSERT") or one_row


def code() -> str:
    sources = [*ROOT.glob("labelsys/**/*.py"), *ROOT.glob("cli/**/*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources)


@pytest.mark.parametrize("name", sorted(set(CYPHER) - set(question_names("cypher"))))
def test_cypher_query_is_run_by_some_code(name: str) -> None:
    text = code()
    part = name.removeprefix("insert_")
    written = (f'Part("{part}",', f'Part(f"{{kind}}_{part.partition("_")[2]}",')
    assert f'"{name}"' in text or (name != part and any(each in text for each in written))


@pytest.mark.parametrize("name", sorted(set(names("sqlite")) - set(question_names("sqlite"))))
def test_query_is_run_by_some_code(name: str) -> None:
    """Questions are run by people, and by `tests/unit/test_questions.py`."""
    text = code()
    # The writer names the table: it runs insert_TABLE for each that it yields.
    table = re.search(rf'yield \(?\s*"{name.removeprefix("insert_")}",', text)
    assert f'"{name}"' in text or (name.startswith("insert_") and table)


def test_every_table_and_column_has_a_comment() -> None:
    lines = load("schema").text.splitlines()
    tables = [line for line in lines if line.startswith("CREATE TABLE")]
    assert len(tables) == 14
    assert all("--" in line for line in tables)


def test_no_other_module_reads_query_files() -> None:
    for path in ROOT.glob("labelsys/**/*.py"):
        if path.name != "queries.py":
            assert 'files("labelsys_queries")' not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("name", names("sqlite"))
def test_kind_is_that_of_a_question_or_none(name: str) -> None:
    assert load(name).kind in ("", QUESTION)


@pytest.mark.parametrize("name", question_names("sqlite"))
def test_question_has_words_on_its_parameters_and_optional_ones_last(name: str) -> None:
    query = load(name)
    assert query.returns
    optional = [column.is_optional for column in query.params]
    assert optional == sorted(optional)


TWINS = [(name, d) for d in DIALECTS for name in question_names(d) if d != "sqlite"]


@pytest.mark.parametrize(("name", "dialect"), TWINS)
def test_question_is_the_same_in_every_dialect(name: str, dialect: str) -> None:
    one, other = load(name), load(name, dialect)
    assert other.name == name
    assert (other.kind, other.purpose, other.returns) == (one.kind, one.purpose, one.returns)
    assert given_params(other) == given_params(one)


@pytest.mark.parametrize("name", question_names("sparql"))
def test_sparql_parses_and_gives_the_columns_of_its_header(name: str) -> None:
    query = load(name, "sparql")
    answer = pyoxigraph.Store().query(query.text)  # as it stands, with nothing bound
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert [column.value for column in answer.variables] == [c.name for c in query.returns]
    check_sparql(query)
    assert "ORDER BY" in query.text
    bound = bind_terms(query, {column.name: f'"{column.name}"' for column in query.params})
    assert "UNDEF" not in bound
    open_ = bind_terms(query, dict.fromkeys((column.name for column in query.params), None))
    assert open_.split() == query.text.split()


STATED = sorted(set(names("sparql")) - set(question_names("sparql")))


@pytest.mark.parametrize("name", STATED)
def test_sparql_statement_parses_and_is_run_by_some_code(name: str) -> None:
    query = load(name, "sparql")
    answer = pyoxigraph.Store().query(query.text)  # as it stands, with nothing bound
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert [column.value for column in answer.variables] == [c.name for c in query.returns]
    assert query.name == name
    assert query.purpose
    assert {column.type for column in (*query.params, *query.returns)} <= TYPES["cypher"]
    order = query.text.partition("ORDER BY")[2]
    assert set(re.findall(r"\?(\w+)", order)) == {column.name for column in query.returns}
    assert f'"{name}"' in code()


@pytest.mark.parametrize("name", names("sparql"))
def test_sparql_declares_the_prefixes_that_it_uses(name: str) -> None:
    body = "\n".join(
        line for line in load(name, "sparql").text.splitlines() if not line.startswith("#")
    )
    declared = re.findall(r"^PREFIX (\w+): <(.+)>$", body, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w<:])(\w+):(?!/)", re.sub(r'<[^>]*>|"[^"]*"', "", body)))
    # Terms that are bound may need more prefixes than the text itself; those of a statement's.
    assert used <= {prefix for prefix, _ in declared}
    assert name in STATED or used == {prefix for prefix, _ in declared}
    known = prefixes() | {"wikibase": "http://wikiba.se/ontology#"}
    assert all(known[prefix] == uri for prefix, uri in declared)


def test_optional_parameters_have_defaults(tmp_path: Path) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(
        "-- params: a TEXT curie, b REAL = 0.5 of what,\n"
        "--   c TEXT = NULL label-set, d INTEGER = 2\nSELECT 1",
        encoding="utf-8",
    )
    a, b, c, d = read_query_file(file).params
    assert (a.is_optional, a.note) == (False, "curie")
    assert (b.is_optional, b.default, b.note) == (True, "0.5", "of what")
    assert (c.is_optional, c.default, c.note) == (True, None, "label-set")
    assert (d.type, d.default, d.note) == ("INTEGER", "2", "")


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
