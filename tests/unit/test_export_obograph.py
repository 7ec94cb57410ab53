from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

import labelsys
from labelsys.errors import ConfigError
from labelsys.export.obograph import write_obograph
from labelsys.ids import ROOT
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite_writer import SqliteWriter
from tests.toy import AUDI, CAR, CRANE_BIRD, DOG, EINSTEIN, PERSON, WATER_DOG, fill, toy_graph

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.memory import MemoryStore

SCOPES = {"hasExactSynonym", "hasBroadSynonym", "hasNarrowSynonym", "hasRelatedSynonym"}


@pytest.fixture(scope="module")
def toy() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def document(store: MemoryStore, **options: str) -> Any:
    out = BytesIO()
    write_obograph(store, out, **options)
    return json.loads(out.getvalue())


def nodes(store: MemoryStore) -> dict[str, Any]:
    (graph,) = document(store)["graphs"]
    found = {node["id"]: node for node in graph["nodes"]}
    assert len(found) == len(graph["nodes"])
    return found


def test_a_concept_is_a_node_with_what_obo_says_of_one(toy: MemoryStore) -> None:
    assert nodes(toy)[DOG] == {
        "id": "wn30:02084071-n",
        "lbl": "dog",
        "type": "CLASS",
        "meta": {
            "definition": {"val": "a member of the genus Canis that has been domesticated by man"},
            "subsets": ["lsys:labelset/pets"],  # in street it has a narrower label only
            "xrefs": [{"val": "ili:i46360"}, {"val": "wd:Q144"}, {"val": "wn31:02086723-n"}],
            "synonyms": [
                {"pred": "hasExactSynonym", "val": "domestic dog"},
                {"pred": "hasExactSynonym", "val": "Canis familiaris"},
                {"pred": "hasExactSynonym", "val": "狗", "lang": "zh"},
                {"pred": "hasExactSynonym", "val": "犬", "lang": "zh"},
            ],
        },
    }
    hidden = nodes(toy)[WATER_DOG]["meta"]["synonyms"][1]
    assert hidden == {"pred": "hasRelatedSynonym", "val": "Portugese Water Dog"}
    assert nodes(toy)[AUDI]["meta"] == {"subsets": ["lsys:labelset/street"]}


def test_edges_are_the_drawings(toy: MemoryStore) -> None:
    predicates = {"is_a": "subclass", "type": "instance"}
    (graph,) = document(toy)["graphs"]
    edges = {Edge(e["sub"], e["obj"], predicates[e["pred"]]) for e in graph["edges"]}  # type: ignore[arg-type]
    assert edges == set(toy_graph().edges)
    assert len(graph["edges"]) == 16


def test_what_hangs_by_instance_edges_alone_is_an_individual(toy: MemoryStore) -> None:
    types = {id_: node["type"] for id_, node in nodes(toy).items()}
    assert {id_ for id_, kind in types.items() if kind == "INDIVIDUAL"} == {EINSTEIN}
    assert types[ROOT] == "CLASS"
    both = MemoryWriter()
    both.add_concepts(toy_graph().concepts)
    both.add_edges([*toy_graph().edges, Edge(EINSTEIN, PERSON)])
    both.finish()
    assert nodes(both.store)[EINSTEIN]["type"] == "CLASS"


def test_label_sets_are_subsets(toy: MemoryStore) -> None:
    (graph,) = document(toy)["graphs"]
    defined = {each["id"]: each["lbl"] for each in graph["subsetDefinitions"]}
    assert defined["lsys:labelset/zoo"] == "Toy zoo"
    used = {s for node in graph["nodes"] for s in node.get("meta", {}).get("subsets", ())}
    assert used == set(defined)
    assert nodes(toy)[CRANE_BIRD]["meta"]["subsets"] == ["lsys:labelset/zoo"]  # two labels, once


def test_every_prefix_in_use_is_declared(toy: MemoryStore) -> None:
    found = document(toy, base="https://l.test/")
    declared = {p["prefix"]: p["namespace"] for p in found["prefixes"]}
    assert declared["ls"] == "https://l.test/concept/"
    assert declared["lsys"] == "https://l.test/"
    (graph,) = found["graphs"]
    ids = [node["id"] for node in graph["nodes"]]
    ids += [x["val"] for node in graph["nodes"] for x in node.get("meta", {}).get("xrefs", ())]
    assert {id_.partition(":")[0] for id_ in ids} <= set(declared)
    assert (graph["id"], graph["meta"]) == ("https://l.test/scheme", {"version": "toy"})
    with pytest.raises(ConfigError, match="is no base address"):
        document(toy, base="nowhere")


def test_a_retired_concept_is_deprecated_and_has_no_edges() -> None:
    graph = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(
        replace(c, status="retired", replaced_by=CAR) if c.id == AUDI else c for c in graph.concepts
    )
    writer.add_edges(graph.edges)
    writer.finish()
    (found,) = document(writer.store)["graphs"]
    (audi,) = [node for node in found["nodes"] if node["id"] == AUDI]
    assert audi["meta"] == {
        "deprecated": True,
        "basicPropertyValues": [
            {"pred": "http://purl.obolibrary.org/obo/IAO_0100001", "val": "wn30:02958343-n"}
        ],
    }
    assert AUDI not in {end for edge in found["edges"] for end in (edge["sub"], edge["obj"])}


def test_hostile_names_and_ids_survive() -> None:
    texts = ['5" \\ <b>', "line\nfeed\ttab\x00", "🐕 \u202eturned\u202c", "a\u2028b"]
    writer = MemoryWriter()
    names = tuple(Name(text=text) for text in texts)
    writer.add_concepts([Concept(id=ROOT, pref_label=texts[0], names=names, gloss=texts[1])])
    label = Label(label_set="odd", label_id="a b", name="x")
    place = Placement(label_id=label.id, kind="exact", concept_id=ROOT)
    writer.add_label_set(LabelSet(id="odd", labels=(label,)), [place])
    writer.finish()
    node = nodes(writer.store)[ROOT]
    assert [node["lbl"], *(s["val"] for s in node["meta"]["synonyms"])] == texts
    assert node["meta"]["definition"] == {"val": texts[1]}


def test_synonyms_have_scopes_of_obo_and_no_name_is_there_twice() -> None:
    writer = MemoryWriter()
    names = [Name(text=text, kind=kind) for text in "ab" for kind in ("pref", "alt", "hidden")]
    writer.add_concepts([Concept(id=ROOT, pref_label="a", names=tuple(names))])
    writer.finish()
    synonyms = nodes(writer.store)[ROOT]["meta"]["synonyms"]
    assert synonyms == [{"pred": "hasExactSynonym", "val": "b"}]
    assert synonyms[0]["pred"] in SCOPES


def test_an_empty_graph_is_a_document(tmp_path: Path) -> None:
    writer = MemoryWriter()
    writer.finish()
    (graph,) = document(writer.store)["graphs"]
    assert (graph["nodes"], graph["edges"], graph["subsetDefinitions"]) == ([], [], [])


def test_every_store_gives_the_same_bytes(toy: MemoryStore, tmp_path: Path) -> None:
    fill(SqliteWriter(tmp_path / "toy.db"))
    with labelsys.open(tmp_path / "toy.db") as system:
        counts = system.export("obograph", tmp_path / "out")
    out = BytesIO()
    assert write_obograph(toy, out) == counts
    assert (counts.read, counts.kept) == (16, 16)
    assert (tmp_path / "out").read_bytes() == out.getvalue()
