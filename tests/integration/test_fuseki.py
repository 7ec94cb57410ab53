"""The stored questions over HTTP: Fuseki holds our export and gives our answers."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from labelsys.export.skos import write_ntriples
from labelsys.ids import DEFAULT_BASE
from labelsys.queries import load_question
from labelsys.query_params import bind_params
from labelsys.sparql import make_terms
from labelsys.store.memory import MemoryStore, MemoryWriter
from labelsys.store.rdf import bind_terms
from tests.fuseki import run_fuseki
from tests.questions import CASES, Case
from tests.toy import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.server

READ = {"INTEGER": int, "REAL": float, "TEXT": str}


@pytest.fixture(scope="module")
def toy() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


@pytest.fixture(scope="module")
def endpoint(toy: MemoryStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("fuseki") / "toy.nt"
    write_ntriples(toy, data)
    yield from run_fuseki(data)


def over_http(endpoint: str, text: str) -> Any:
    client = SPARQLWrapper(endpoint)
    client.setQuery(text)
    client.setMethod(POST)
    client.setReturnFormat(JSON)
    return client.queryAndConvert()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.params}")
def test_fuseki_gives_the_answers_of_the_toy_graph(
    endpoint: str, toy: MemoryStore, case: Case
) -> None:
    query = load_question(case.name, "sparql")
    bound = bind_params(query, case.params, toy, base=DEFAULT_BASE)
    found = over_http(endpoint, bind_terms(query, make_terms(toy, query, bound)))
    assert found["head"]["vars"] == [column.name for column in query.returns]
    rows = [
        tuple(
            READ[column.type](row[column.name]["value"]) if column.name in row else None
            for column in query.returns
        )
        for row in found["results"]["bindings"]
    ]
    assert rows == case.rows


def test_the_server_holds_every_triple(endpoint: str, toy: MemoryStore) -> None:
    out = BytesIO()
    write_ntriples(toy, out)
    (row,) = over_http(endpoint, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")["results"][
        "bindings"
    ]
    assert int(row["n"]["value"]) == len(out.getvalue().splitlines())
