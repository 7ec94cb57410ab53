from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.export.bamboo import KEYS, write_bamboo
from labelsys.store.memory import MemoryWriter
from tests.toy import AUDI, fill, toy_graph

if TYPE_CHECKING:
    from labelsys.store.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


@pytest.fixture
def tables(store: MemoryStore) -> dict[str, Any]:
    out = BytesIO()
    write_bamboo(store, out)
    tables: dict[str, Any] = json.loads(out.getvalue())
    return tables


def test_the_keys_are_bamboos_and_every_table_has_every_concept(tables: dict[str, Any]) -> None:
    published = "father2child child2father id2name id2desc id2desc_zh id2name_zh id2state"
    assert list(tables) == list(KEYS) == published.split()
    assert {key: len(table) for key, table in tables.items()} == dict.fromkeys(KEYS, 16)


def test_ids_are_wnid_else_qid_else_our_own(tables: dict[str, Any]) -> None:
    ids = list(tables["id2name"])
    assert {"n02084071", "Q38559", "ls:zw6kp2pf"} <= set(ids)
    assert "Q144" not in ids  # the dog has a wnid


def test_edges_are_the_drawings_in_both_directions(tables: dict[str, Any]) -> None:
    down, up = tables["father2child"], tables["child2father"]
    assert down["n02084071"] == ["Q38559", "n02099601"]
    assert up["n02084071"] == ["n01317541", "n02083346"]  # the diamond
    assert up["n10954498"] == ["n00007846"]  # an instance edge: Einstein is a person
    assert (up["n00001740"], down["n02099601"]) == ([], [])
    pairs = sorted((child, father) for child, fathers in up.items() for father in fathers)
    assert pairs == sorted((c, father) for father, cs in down.items() for c in cs)
    assert len(pairs) == 16


def test_names_glosses_and_chinese(tables: dict[str, Any]) -> None:
    assert tables["id2name"]["n02084071"] == ["dog", "domestic dog", "Canis familiaris"]
    assert tables["id2name"]["Q38559"] == ["Portuguese Water Dog"]  # no Portuguese, none hidden
    assert tables["id2name_zh"]["n02084071"] == ["狗", "犬"]
    assert tables["id2name_zh"]["n02099601"] == []
    assert tables["id2desc"]["n00007846"] == "a human being"
    assert tables["id2desc_zh"]["Q38559"] == "犬種"
    assert tables["id2desc_zh"]["n00007846"] == ""


def test_state_lists_the_sets_that_have_the_concept_itself(tables: dict[str, Any]) -> None:
    state = tables["id2state"]
    # street's chained guard dog hangs straight under dog: that set has no dog.
    assert state["n02084071"] == ["pets"]
    assert state["ls:zw6kp2pf"] == ["street"]
    assert state["n02012849"] == ["zoo"]  # two labels of one set
    assert state["n00001740"] == []


def test_a_retired_concept_is_in_no_table() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(replace(c, status="retired") if c.id == AUDI else c for c in toy.concepts)
    writer.add_edges(toy.edges)
    writer.finish()
    out = BytesIO()
    counts = write_bamboo(writer.store, out)
    assert (counts.read, counts.kept, counts.skipped) == (16, 15, {"retired": 1})
    assert b"zw6kp2pf" not in out.getvalue()
