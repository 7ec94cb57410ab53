"""The stored questions in SPARQL, and what a file with SPARQL may not do."""

from __future__ import annotations

import os
import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pytest
from hypothesis import given

from labelsys.answers import Limits
from labelsys.ask import ask
from labelsys.errors import ConfigError, MissingExtraError, QueryError, StoreError
from labelsys.export.skos import write_ntriples
from labelsys.ids import DEFAULT_BASE
from labelsys.queries import load, load_question, question_names
from labelsys.query_params import bind_params
from labelsys.sparql import make_terms
from labelsys.store import rdf_worker
from labelsys.store.memory import MemoryWriter
from labelsys.store.rdf import bind_terms
from labelsys.store.sqlite import SqliteStore
from labelsys.store.sqlite_writer import SqliteWriter
from tests.questions import ANSWERS, CASES, Case, Graph, SmallGraph, small_graphs
from tests.toy import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from labelsys.answers import Answer
    from labelsys.store.memory import MemoryStore

    Ask = Callable[..., Answer]

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PREFIXES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX labelsys: <https://w3id.org/labelsys/vocab#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    path = tmp_path_factory.mktemp("toy") / "toy.db"
    fill(SqliteWriter(path))
    with SqliteStore(path) as store:
        yield store


@pytest.fixture(autouse=True)
def _use_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(cache))


@pytest.fixture
def asked(toy: SqliteStore, tmp_path: Path) -> Ask:
    """Return a function that writes a query to a file and asks it."""

    def run(text: str, limits: Limits | None = None, **params: Any) -> Answer:
        file = tmp_path / "mine.rq"
        file.write_text(text, encoding="utf-8")
        service = bool(params.pop("allow_service", False))
        return ask(toy, file, params, limits=limits, allow_service=service)

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.params}")
def test_toy_graph_answers_as_its_drawing_says(toy: SqliteStore, case: Case) -> None:
    answer = ask(toy, case.name, case.params, dialect="sparql")
    assert list(answer.rows) == case.rows
    assert answer.columns == tuple(c.name for c in load(case.name, "sparql").returns)


def test_every_question_is_there_in_sparql() -> None:
    assert question_names("sparql") == question_names("sqlite")


def solve(view: pyoxigraph.Store, store: MemoryStore, name: str, params: dict[str, Any]) -> Any:
    query = load_question(name, "sparql")
    bound = bind_params(query, params, store, base=DEFAULT_BASE)
    text = bind_terms(query, make_terms(store, query, bound))
    columns, *rows = rdf_worker.answer(view, text)
    assert columns == [column.name for column in query.returns]
    return [tuple(row) for row in rows]


@given(graph=small_graphs())
def test_sparql_answers_as_the_slow_way_does(graph: SmallGraph) -> None:
    memory = MemoryWriter()
    graph.fill(memory)
    slow = Graph(memory.store)
    out = BytesIO()
    write_ntriples(memory.store, out)
    view = pyoxigraph.Store()
    view.load(out.getvalue(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    for name, params in graph.questions():
        assert solve(view, memory.store, name, params) == ANSWERS[name](slow, **params), name


def test_a_select_gives_numbers_and_texts(asked: Ask) -> None:
    answer = asked(
        PREFIXES + "SELECT ?id ?depth ?no (1.5 AS ?x) (?depth > 3 AS ?deep) ?c WHERE {"
        ' ?c dcterms:identifier ?id ; labelsys:depth ?depth ; skos:prefLabel "dog"@en }'
    )
    assert answer.columns == ("id", "depth", "no", "x", "deep", "c")
    address = "http://wordnet-rdf.princeton.edu/wn30/02084071-n"
    assert answer.rows == (("wn30:02084071-n", 4, None, 1.5, True, address),)


def test_ask_and_construct_are_rows_too(asked: Ask) -> None:
    assert asked("ASK { ?s ?p ?o }").rows == ((True,),)
    built = asked(PREFIXES + 'CONSTRUCT WHERE { ?c skos:altLabel "犬"@zh }')
    assert built.columns == ("subject", "predicate", "object")
    assert built.rows[0][2] == "犬"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INSERT DATA { <a:b> <a:b> <a:b> }", "INSERT is refused: a query only reads"),
        (
            "PREFIX a: <http://a/>\nBASE <http://b/> # DELETE comes\n delete where { ?s ?p ?o }",
            "DELETE is refused",
        ),
        ("LOAD <http://127.0.0.1/x>", "LOAD is refused"),
        ("DROP ALL", "DROP is refused"),
        ("CLEAR DEFAULT", "CLEAR is refused"),
        ("WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH is refused"),
        ("SELECT * WHERE { ?s ?p ?o } ; DROP ALL", "error at 1:"),
        ("SELEC * WHERE { ?s ?p ?o }", "error at "),
        ("", "error at "),
    ],
)
def test_what_does_not_only_read_is_refused_in_one_line(asked: Ask, text: str, said: str) -> None:
    with pytest.raises(QueryError, match=rf"mine\.rq: .*{said}") as caught:
        asked(text)
    assert "\n" not in str(caught.value)


HIDING_SERVICE = (
    "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * WHERE { service silent <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:1/> SELECT * WHERE { SERVICE:x { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p ?o.SERVICE<http://127.0.0.1:1/>{ ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p 1SERVICE<http://127.0.0.1:1/>{ ?s ?p ?o } }",
    # A quote that an escape takes the meaning from does not begin a text.
    "PREFIX e: <a:> SELECT * WHERE { ?s e:a\\' ?o . SERVICE <http://127.0.0.1:1/> {?s e:b\\' ?o} }",
    'SELECT * WHERE { ?s ?p "a\\"" . SERVICE <http://127.0.0.1:1/> { ?s ?p "b" } }',
    'SELECT * WHERE { ?s ?p """a"b""" . SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }',
    "SELECT * WHERE { ?s ?p ?o FILTER(?s<?o) . SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p ?o # it's a comment\n SERVICE <http://127.0.0.1:1/> {?s ?p 'x'} }",
)


@pytest.mark.parametrize("text", HIDING_SERVICE)
def test_another_server_is_asked_only_where_that_is_allowed(asked: Ask, text: str) -> None:
    with pytest.raises(QueryError, match="SERVICE asks another server: --allow-service lets it"):
        asked(text)


def test_with_leave_another_server_is_asked(asked: Ask) -> None:
    with pytest.raises(QueryError, match="port 1 is not allowed"):
        asked(HIDING_SERVICE[0], allow_service=True)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("SERVICE" AS ?x) WHERE {}',
        "SELECT (1 AS ?service) WHERE {} # SERVICE",
        "SELECT (<http://a/SERVICE> AS ?x) WHERE {}",
        "SELECT ('''it's a 'SERVICE' ''' AS ?x) WHERE {}",
    ],
)
def test_the_word_alone_is_no_request(asked: Ask, text: str) -> None:
    assert len(asked(text)) == 1


def test_only_sparql_asks_other_servers(toy: SqliteStore) -> None:
    with pytest.raises(ConfigError, match="only SPARQL can ask other servers"):
        ask(toy, "shared_concepts", {}, allow_service=True)


def test_a_query_that_does_not_end_is_stopped(asked: Ask) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 1 s"):
        asked(CROSS, Limits(timeout_s=1.0))
    assert time.monotonic() - started < 20


def test_rows_beyond_the_limit_are_cut_and_that_is_said(asked: Ask) -> None:
    text = PREFIXES + "SELECT ?id WHERE { ?c a labelsys:Concept ; dcterms:identifier ?id }"
    cut, whole = asked(text, Limits(rows=15)), asked(text, Limits(rows=16))
    assert (len(cut), cut.is_cut, len(whole), whole.is_cut) == (15, True, 16, False)
    assert len(asked(text, Limits(rows=None))) == 16


@pytest.mark.parametrize(
    "value",
    [
        '" UNION SELECT * WHERE { ?s ?p ?o } #',
        "') } DROP ALL",
        "a\\",
        'a"b',
        "a\nb\r\t\x00",
        "UNDEF",
        "狗😀\u202e",
        "<http://a/>",
        "\\u0022",
    ],
)
def test_a_parameter_is_a_term_and_never_sparql(asked: Ask, value: str) -> None:
    text = (
        "# params: it TEXT, n INTEGER = 1, r REAL = 0.5, no TEXT = NULL\n"
        "SELECT ?it ?n ?r ?no WHERE { VALUES (?it ?n ?r ?no) { (UNDEF UNDEF UNDEF UNDEF) } }"
    )
    assert asked(text, it=value, n="-7", r="1e-9").rows == ((value, -7, 1e-9, None),)


def test_parameters_stand_in_one_line(asked: Ask) -> None:
    said = r"have to stand in one line of WHERE: VALUES \(\?a \?b\) \{ \(UNDEF UNDEF\) \}"
    for where in ("?a ?b ?c", "VALUES (?b ?a) { (UNDEF UNDEF) }", "VALUES (?a) { (UNDEF) }"):
        with pytest.raises(QueryError, match=said):
            asked(f"# params: a TEXT, b TEXT\nSELECT * WHERE {{ {where} }}", a="1", b="2")


def test_the_view_is_made_once_and_only_two_stay(
    toy: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path))
    views = tmp_path / "sparql"

    def ask_it() -> set[str]:
        ask(toy, "shared_concepts", {}, dialect="sparql")
        return {path.name for path in views.iterdir()}

    (first,) = ask_it()
    made = (views / first).stat().st_ino
    assert ask_it() == {first}
    assert (views / first).stat().st_ino == made
    for older, name in enumerate(("0" * 16, "1" * 16)):
        (views / name).mkdir()
        os.utime(views / name, (older, older))
    (views / "mine").mkdir()
    os.utime(toy.path)  # another file of that name is another graph
    names = ask_it()
    assert len(names) == 3
    assert {"mine", first} < names  # what is no view is left alone


def test_a_view_that_is_damaged_and_one_that_cannot_be_made_are_told(
    toy: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path))
    ask(toy, "shared_concepts", {}, dialect="sparql")
    (view,) = (tmp_path / "sparql").iterdir()
    (view / "CURRENT").unlink()
    with pytest.raises(QueryError, match="shared_concepts: "):
        ask(toy, "shared_concepts", {}, dialect="sparql")
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path / "file"))
    with pytest.raises(StoreError, match="can't write"):
        ask(toy, "shared_concepts", {}, dialect="sparql")


def test_a_store_without_a_language_of_its_own_answers_sparql(tmp_path: Path) -> None:
    memory = MemoryWriter()
    fill(memory)
    answer = ask(memory.store, "siblings", {"concept": "n02099601"})
    assert [row[0] for row in answer.rows] == ["wd:Q38559"]


def test_without_the_package_the_extra_is_named(
    toy: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyoxigraph", None)
    monkeypatch.setattr("labelsys.store.rdf.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsys\[rdf\]'"):
        ask(toy, "shared_concepts", {}, dialect="sparql")
