from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelsys
from labelsys.export import exporters
from labelsys.export.network import to_networkx
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite_writer import SqliteWriter
from tests.toy import AUDI, CAR, DEPTHS, DOG, EINSTEIN, PERSON, fill, toy_graph

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.memory import MemoryStore

LISTS = {"names", "sources", "label_sets"}
"""Attributes that GraphML holds as JSON text."""

HOSTILE = (
    '5" disk \\ <floppy> & co',
    "]]>",
    " both ends ",
    "line\nfeed, carriage\rreturn, both\r\n, tab\t",
    "emoji 🐕‍🦺",
    "right\u200fto\u200eleft \u202eturned\u202c, zero\u200bwidth",
    "next\u0085line\u2028separator",
    "delete \x7f and C1 \x9b",
)
"""Names that XML can hold, though not all of them as they are."""

CONTROL = ("bell \x07", "nul \x00", "escape \x1b[2J", "no character \ufffe \uffff")
"""Names that XML 1.0 has no way to spell."""


@pytest.fixture
def toy() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def named(*texts: str) -> MemoryStore:
    """Return a graph whose root has these names, the first of them preferred, and a label."""
    writer = MemoryWriter()
    names = tuple(Name(text=text) for text in texts)
    writer.add_concepts([Concept(id=ROOT, pref_label=texts[0], names=names, gloss=texts[-1])])
    label = Label(label_set="odd", label_id="\"<&>' ]]>", name=texts[0])
    place = Placement(label_id=label.id, kind="exact", concept_id=ROOT)
    writer.add_label_set(LabelSet(id="odd", labels=(label,)), [place])
    writer.finish()
    return writer.store


def written(store: MemoryStore, format: str) -> bytes:
    out = BytesIO()
    exporters.get(format)(store, out)
    return out.getvalue()


def from_graphml(data: bytes) -> Any:
    return networkx.read_graphml(BytesIO(data), force_multigraph=True)


def unpacked(graph: Any) -> dict[str, dict[str, Any]]:
    """Return the nodes of a graph from GraphML with their lists as lists."""
    return {
        node: {k: json.loads(v) if k in LISTS else v for k, v in data.items()}
        for node, data in graph.nodes(data=True)
    }


def same(graph: Any, other: Any) -> bool:
    return bool(networkx.utils.graphs_equal(graph, other))


def test_the_graph_is_the_drawing(toy: MemoryStore) -> None:
    graph = to_networkx(toy)
    assert isinstance(graph, networkx.MultiDiGraph)
    assert graph.graph == {"hash": "toy"}
    assert list(graph) == [c.id for c in toy_graph().concepts]
    edges = {(e.narrower, e.broader, e.kind) for e in toy_graph().edges}
    assert set(graph.edges(keys=True)) == edges
    assert set(graph.edges(data="kind")) == edges
    assert networkx.get_node_attributes(graph, "depth") == DEPTHS
    # The longest way down is what depth says, seen by other people's code.
    subclass = networkx.DiGraph((b, n) for n, b, kind in edges if kind == "subclass")
    assert networkx.dag_longest_path_length(subclass) == max(DEPTHS.values())


def test_attributes_are_those_of_a_row_and_what_lacks_is_not_there(toy: MemoryStore) -> None:
    nodes = to_networkx(toy).nodes
    assert nodes[AUDI] == {
        "pref_label": "Audi R8 Coupe 2012",
        "names": [{"text": "Audi R8 Coupe 2012", "lang": "en", "kind": "pref"}],
        "sources": ["labelset"],
        "label_sets": [{"id": "street:/m/0r8", "relation": "broader"}],
        "depth": 5,
    }
    dog = nodes[DOG]
    assert (dog["wnid"], dog["qid"], dog["pref_label"]) == ("n02084071", "Q144", "dog")
    assert dog["sources"] == ["wikidata", "wordnet"]
    assert [each["id"] for each in dog["label_sets"]] == ["pets:0", "street:/m/0dog"]
    assert nodes[ROOT]["depth"] == 0  # nothing, but no lack


def test_two_concepts_may_be_tied_by_both_kinds() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(toy.concepts)
    writer.add_edges([*toy.edges, Edge(EINSTEIN, PERSON, "subclass")])
    writer.finish()
    graph = to_networkx(writer.store)
    assert sorted(graph[EINSTEIN][PERSON]) == ["instance", "subclass"]
    data = json.loads(written(writer.store, "node-link"))
    assert same(networkx.node_link_graph(data, edges="edges"), graph)
    other = from_graphml(written(writer.store, "graphml"))
    assert sorted(other.edges(data="kind")) == sorted(graph.edges(data="kind"))


def test_retired_concepts_and_their_edges_are_left_out() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(
        replace(c, status="retired", replaced_by=CAR) if c.id == AUDI else c for c in toy.concepts
    )
    writer.add_edges(toy.edges)
    writer.finish()
    graph = to_networkx(writer.store)
    assert AUDI not in graph
    assert len(graph.edges) == len(toy.edges) - 1
    for name in ("graphml", "node-link"):
        counts = exporters.get(name)(writer.store, BytesIO())
        assert (counts.read, counts.kept, counts.skipped) == (16, 15, {"retired": 1})
        assert counts.adds_up


def test_node_link_json_is_read_back_as_the_same_graph(toy: MemoryStore) -> None:
    data = json.loads(written(toy, "node-link"))
    assert same(networkx.node_link_graph(data, edges="edges"), to_networkx(toy))
    assert data["graph"] == {"hash": "toy"}


def test_graphml_is_read_back_as_the_same_graph(toy: MemoryStore) -> None:
    graph, back = to_networkx(toy), from_graphml(written(toy, "graphml"))
    assert unpacked(back) == dict(graph.nodes(data=True))
    assert sorted(back.edges(data="kind")) == sorted(graph.edges(data="kind"))
    assert back.graph["hash"] == "toy"
    plain = networkx.read_graphml(BytesIO(written(toy, "graphml")))  # as most people read it
    assert type(plain) is networkx.DiGraph


def test_hostile_names_survive_both_formats() -> None:
    store = named(*HOSTILE)
    graph = to_networkx(store)
    data = json.loads(written(store, "node-link"))
    assert same(networkx.node_link_graph(data, edges="edges"), graph)
    assert unpacked(from_graphml(written(store, "graphml"))) == dict(graph.nodes(data=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_name_survives_as_a_plain_text(text: str) -> None:
    back = from_graphml(written(named(text), "graphml"))
    assert back.nodes[ROOT]["pref_label"] == text
    assert back.nodes[ROOT]["gloss"] == text


@pytest.mark.parametrize("text", CONTROL)
def test_what_xml_can_not_spell_is_replaced_in_plain_text_and_kept_in_lists(text: str) -> None:
    store = named(text)
    node = unpacked(from_graphml(written(store, "graphml")))[ROOT]
    expected = "".join("\ufffd" if c in "\x07\x00\x1b\ufffe\uffff" else c for c in text)
    assert node["pref_label"] == expected != text
    assert [name["text"] for name in node["names"]] == [text]
    data = json.loads(written(store, "node-link"))
    assert data["nodes"][0]["pref_label"] == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_survives_in_lists_and_in_json(text: str) -> None:
    store = named(text)
    (node,) = unpacked(from_graphml(written(store, "graphml"))).values()
    assert [name["text"] for name in node["names"]] == [text]
    data = json.loads(written(store, "node-link"))
    assert same(networkx.node_link_graph(data, edges="edges"), to_networkx(store))


def test_graphml_declares_every_attribute_that_it_uses(toy: MemoryStore) -> None:
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.fromstring(written(toy, "graphml"))
    declared = {key.get("id"): key.get("for") for key in root.findall(f"{space}key")}
    used = {
        (data.get("key"), element.tag.removeprefix(space))
        for element in root.iter()
        for data in element.findall(f"{space}data")
    }
    assert used == set(declared.items())


@pytest.mark.parametrize("format", ["graphml", "node-link"])
def test_every_store_gives_the_same_bytes(format: str, toy: MemoryStore, tmp_path: Path) -> None:
    fill(SqliteWriter(tmp_path / "toy.db"))
    with labelsys.open(tmp_path / "toy.db") as system:
        system.export(format, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == written(toy, format)


def test_a_graph_without_a_hash_and_an_empty_one() -> None:
    writer = MemoryWriter()
    writer.finish()
    assert len(to_networkx(writer.store)) == 0
    assert json.loads(written(writer.store, "node-link")) == {
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [],
        "edges": [],
    }
    assert len(from_graphml(written(writer.store, "graphml"))) == 0


def test_a_system_gives_its_graph(tmp_path: Path) -> None:
    fill(SqliteWriter(tmp_path / "toy.db"))
    with labelsys.open(tmp_path / "toy.db") as system:
        graph = system.to_networkx()
    assert Curie.parse(next(iter(graph["wd:Q38559"]))) == DOG
