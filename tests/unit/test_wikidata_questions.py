"""What an endpoint is asked: nothing but checked values gets into a query."""

from __future__ import annotations

import re

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import NotFoundError, QueryError
from labelsys.queries import load
from labelsys.source.wikidata.dialects import DIALECTS, find_dialect, get_dialect
from labelsys.source.wikidata.properties import KEPT_PROPERTIES
from labelsys.source.wikidata.questions import (
    item_terms,
    make_question,
    property_term,
    text_terms,
)
from labelsys.source.wikidata.statements import predicates

BELOW = {"above": item_terms(["Q1"]), "after": text_terms([""])}


def below(**changes: list[str]) -> str:
    lists = BELOW | changes
    return make_question("wikidata_below", lists, most=10, way=property_term("P31")).text


def test_question_has_its_values_where_they_belong() -> None:
    text = below(above=item_terms(["Q144", "Q146"]))
    assert text.count("VALUES ?above { wd:Q144 wd:Q146 }") == 2
    assert "wdt:P31 ?above" in text
    assert "P279" not in text
    assert text.endswith("LIMIT 10\n")
    assert "UNDEF" not in text
    assert "# name" not in text


def test_each_question_has_a_mark_of_its_own() -> None:
    one = make_question("wikidata_below", BELOW, most=10, way="wdt:P279")
    same = make_question("wikidata_below", BELOW, most=10, way="wdt:P279")
    longer = make_question("wikidata_below", BELOW, most=11, way="wdt:P279")
    other = make_question(
        "wikidata_below", BELOW | {"above": item_terms(["Q2"])}, most=10, way="wdt:P279"
    )
    assert one == same
    assert len({one.key, longer.key, other.key}) == 3
    assert one.columns == (f"item_{one.key[:12]}", "way")
    assert f"?item_{one.key[:12]} wdt:P279 ?above" in one.text
    assert re.search(r"\?item\b", one.text) is None
    assert one.columns[0] not in other.text


@pytest.mark.parametrize(
    "qid", ["", "144", "q144", "Q0", "Q1 } DROP ALL", "wd:Q1", "Q1\n", "P31", "Q" + "1" * 20]
)
def test_no_other_text_passes_for_an_item(qid: str) -> None:
    with pytest.raises(QueryError, match="is no item"):
        item_terms(["Q1", qid])


@pytest.mark.parametrize("pid", ["", "279", "p279", "P0", "P31|wdt:P279", "Q31", "P1\n"])
def test_no_other_text_passes_for_a_property(pid: str) -> None:
    with pytest.raises(QueryError, match="is no property"):
        property_term(pid)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_stays_a_text(text: str) -> None:
    query = f"SELECT ?x WHERE {{ VALUES ?x {{ {text_terms([text])[0]} }} }}"
    found = pyoxigraph.Store().query(query)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    (row,) = found
    term = row["x"]
    assert isinstance(term, pyoxigraph.Literal)
    assert term.value == text


def test_lists_are_those_of_the_query() -> None:
    with pytest.raises(QueryError, match="wikidata_below: takes above, after, property"):
        make_question("wikidata_below", {"item": ["wd:Q1"]}, most=10)
    with pytest.raises(QueryError, match="takes above, after, property, and gets above, after"):
        make_question("wikidata_below", BELOW, most=10)
    with pytest.raises(QueryError, match="wikidata_below"):
        make_question("wikidata_below", BELOW | {"above": []}, most=10, way="wdt:P279")


@pytest.mark.parametrize("name", ["wikidata_below", "wikidata_facts", "wikidata_sitelinks"])
def test_header_says_what_the_query_takes(name: str) -> None:
    query = load(name, "sparql")
    lists = set(re.findall(r"VALUES \?(\w+) \{ UNDEF \}", query.text))
    params = {column.name for column in query.params}
    assert params - lists == ({"most", "property"} if "wdt:P279" in query.text else {"most"})
    assert len(re.findall(r"(?m)^LIMIT 1$", query.text)) == 1


@pytest.mark.parametrize("sitelinks", [True, False])
def test_every_term_that_is_asked_for_is_known_to_the_query(sitelinks: bool) -> None:
    properties = [*predicates(sitelinks=sitelinks), *map(property_term, KEPT_PROPERTIES)]
    lists = {"item": item_terms(["Q1"]), "property": properties, "lang": text_terms(["", "en"])}
    question = make_question("wikidata_facts", lists, most=10)
    found = pyoxigraph.Store().query(question.text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert [variable.value for variable in found.variables] == list(question.columns)


def test_dialect_goes_by_the_host() -> None:
    assert find_dialect("query.wikidata.org").name == "wdqs"
    assert find_dialect("qlever.dev").sitelinks == "data"
    assert find_dialect("sparql.uni.example").name == "plain"
    hosts = [host for dialect in DIALECTS.values() for host in dialect.hosts]
    assert len(hosts) == len(set(hosts))


def test_unknown_dialect_names_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r"no dialect 'qlevr' \(closest: qlever\)"):
        get_dialect("qlevr")
