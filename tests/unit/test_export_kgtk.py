from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelsys
from labelsys.export.kgtk import write_kgtk
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Label, LabelSet, Mapping, Name, Placement
from labelsys.store.memory import MemoryWriter
from labelsys.store.sqlite_writer import SqliteWriter
from tests.toy import (
    AUDI,
    CAR,
    CRANE_BIRD,
    CRANE_MACHINE,
    DEPTHS,
    DOG,
    WATER_DOG,
    fill,
    toy_graph,
)

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.memory import MemoryStore

Value = str | float | tuple[str, str | None]

# The rules for values of the KGTK file format, version 2, in their strict form.
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
IN_LANGUAGE = re.compile(r"'((?:[^'\\]|\\.)*)'@([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]+)?)")
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
SYMBOL = re.compile(r"""[^"'@^!+\-.0-9\s|][^\s|]*""")
"""No sigil of another kind of value at the start, no list separator, no white space."""


def parse_value(text: str) -> Value:
    """Return a number, a symbol as `str`, a string as (text, None), or (text, language)."""
    if NUMBER.fullmatch(text):
        return float(text)
    found = STRING.fullmatch(text)
    if found is not None:
        return unescape(found[1]), None
    found = IN_LANGUAGE.fullmatch(text)
    if found is not None:
        return unescape(found[1]), found[2]
    assert SYMBOL.fullmatch(text), f"no value of KGTK: {text!r}"
    assert text not in ("True", "False")
    return text


def unescape(text: str) -> str:
    # As the format says: a bar is escaped beside Python's own escapes.
    value = ast.literal_eval("'" + text.replace("\\|", "|") + "'")
    assert isinstance(value, str)
    return value


def parse_file(data: bytes) -> list[tuple[str, str, str, Value]]:
    """Return the edges of an edge file, its rules checked."""
    text = data.decode()
    assert text.endswith("\n")
    assert "\r" not in text
    header, *lines = text.removesuffix("\n").split("\n")
    assert header.split("\t") == ["id", "node1", "label", "node2"]
    edges = []
    ids = set()
    for line in lines:
        assert not line.startswith("#")  # would be a comment
        id_, node1, label, node2 = line.split("\t")
        for symbol in (id_, node1, label):
            assert parse_value(symbol) == symbol
        ids.add(id_)
        edges.append((id_, node1, label, parse_value(node2)))
    assert len(ids) == len(edges)
    assert len({edge[1:] for edge in edges}) == len(edges)  # nothing is said twice
    return edges


def written(store: MemoryStore) -> list[tuple[str, str, str, Value]]:
    out = BytesIO()
    write_kgtk(store, out)
    return parse_file(out.getvalue())


def said(edges: list[tuple[str, str, str, Value]]) -> dict[str, dict[str, list[Value]]]:
    """Return node1 -> label -> the values, in their order."""
    found: defaultdict[str, defaultdict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for _, node1, label, node2 in edges:
        found[node1][label].append(node2)
    return {node: dict(labels) for node, labels in found.items()}


@pytest.fixture(scope="module")
def toy() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


def one_concept(*names: Name, pref_label: str) -> MemoryStore:
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label=pref_label, names=names)])
    writer.finish()
    return writer.store


def test_a_concept_is_described_in_words_of_kgtk(toy: MemoryStore) -> None:
    assert said(written(toy))[DOG] == {
        "type": ["labelsys:Concept"],
        "label": [("dog", "en"), ("狗", "zh")],
        "alias": [("domestic dog", "en"), ("Canis familiaris", "en"), ("犬", "zh")],
        "description": [("a member of the genus Canis that has been domesticated by man", "en")],
        "wnid": [("n02084071", None)],
        "xref": ["ili:i46360", "wd:Q144", "wn31:02086723-n"],
        "source": [("wordnet", None)],
        "depth": [4],
        "subclass_of": ["wn30:01317541-n", "wn30:02083346-n"],
        "skos:exactMatch": ["wd:Q144"],
    }


def test_edges_and_depths_are_the_drawings(toy: MemoryStore) -> None:
    kinds = {"subclass_of": "subclass", "instance_of": "instance"}
    edges = written(toy)
    hierarchy = {(a, b, kinds[label]) for _, a, label, b in edges if label in kinds}
    assert hierarchy == {(e.narrower, e.broader, e.kind) for e in toy_graph().edges}
    assert {a: b for _, a, label, b in edges if label == "depth"} == DEPTHS


def test_labels_stand_where_they_stand(toy: MemoryStore) -> None:
    about = said(written(toy))
    assert about["street:/m/0r8"] == {
        "type": ["labelsys:Label"],
        "label_set": ["lsys:labelset/street"],
        "label": [("Audi R8 Coupe 2012", "en")],
        "placement": [("broader", None)],
        "placed_at": [AUDI],
        "placed_under": [CAR],
        "skos:broadMatch": [CAR],
    }
    assert about["pets:2"]["alias"] == [("water dog", "en"), ("PWD", "en")]
    assert about["zoo:9"]["label"] == [("tayassu pecari", "la")]
    assert "placed_at" not in about["zoo:9"]
    assert about[WATER_DOG]["description"] == [
        *(("dog breed", "en"), ("raça de cão", "pt"), ("犬種", "zh"))
    ]
    assert about["lsys:labelset/pets"] == {
        "type": ["skos:ConceptScheme"],
        "label": [("Toy pets", "en")],
    }


def test_mappings_are_edges_that_further_edges_qualify(toy: MemoryStore) -> None:
    edges = written(toy)
    about = said(edges)
    mappings = {(a, label, b): id_ for id_, a, label, b in edges if label.startswith("skos:")}
    assert len(mappings) == len(toy_graph().mappings)
    assert about[mappings["zoo:7", "skos:exactMatch", CRANE_BIRD]] == {
        "mapping_justification": ["semapv:CompositeMatching"],
        "status": [("accepted", None)],
        "confidence": [0.85],
    }
    assert about[mappings["zoo:7", "skos:closeMatch", CRANE_MACHINE]] == {
        "mapping_justification": ["semapv:LexicalMatching"],
        "predicate_modifier": [("Not", None)],
        "status": [("rejected", None)],
    }


def test_counts_add_up_and_retired_concepts_are_left_out() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    writer.add_concepts(
        replace(c, status="retired", replaced_by=CAR) if c.id == AUDI else c for c in toy.concepts
    )
    writer.add_edges(toy.edges)
    for label_set in toy.label_sets:
        places = {p.label_id: p for p in toy.placements}
        writer.add_label_set(label_set, [places[label.id] for label in label_set.labels])
    writer.add_mappings(toy.mappings)
    writer.finish()
    counts = write_kgtk(writer.store, BytesIO())
    assert (counts.read, counts.kept) == (16 + 11 + 5, 15 + 11 + 5)
    assert counts.adds_up
    assert AUDI not in said(written(writer.store))


def test_no_text_has_two_roles_in_a_language() -> None:
    store = one_concept(
        Name(text="thing", kind="pref"),
        Name(text="thing", kind="hidden"),
        Name(text="object", kind="alt"),
        Name(text="object", kind="hidden"),
        Name(text="thing", lang="de", kind="hidden"),
        pref_label="thing",
    )
    about = said(written(store))[ROOT]
    assert about["label"] == [("thing", "en")]
    assert about["alias"] == [("object", "en")]
    assert about["hidden_label"] == [("thing", "de")]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives(text: str) -> None:
    about = said(written(one_concept(Name(text=text), pref_label=text)))[ROOT]
    assert about["label"] == [(text, "en")]


@pytest.mark.parametrize(
    "text",
    [
        "it's 5\" | \\| \\",
        "tab\tline\nreturn\rbell\x07nul\x00delete\x7f",
        "a\u2028b\u0085c",
        "emoji 🐕‍🦺, \u202eturned\u202c, zero\u200bwidth",
        "12",
        "'x'@en",
        "# no comment",
    ],
)
def test_each_hostile_text_survives(text: str) -> None:
    label = Label(label_set="odd", label_id="1", name=text, synonyms=(text + "2",))
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label=text, gloss=text)])
    place = Placement(label_id=label.id, kind="exact", concept_id=ROOT)
    writer.add_label_set(LabelSet(id="odd", labels=(label,), title=text), [place])
    writer.finish()
    about = said(written(writer.store))
    assert about[ROOT]["description"] == [(text, "en")]
    assert about["odd:1"]["alias"] == [(text + "2", "en")]
    assert about["lsys:labelset/odd"]["label"] == [(text, "en")]


@pytest.mark.parametrize("label_id", ["a b", "a|b", "<x>", '"', "100%", "狗", "-1", "a\\b", "/m/1"])
def test_any_label_id_is_a_symbol_of_its_own(label_id: str) -> None:
    label = Label(label_set="odd", label_id=label_id, name="x")
    writer = MemoryWriter()
    writer.add_concepts([Concept(id=ROOT, pref_label="entity")])
    place = Placement(label_id=label.id, kind="exact", concept_id=ROOT)
    writer.add_label_set(LabelSet(id="odd", labels=(label,)), [place])
    writer.add_mappings(
        [
            Mapping(
                subject_id=label.id,
                predicate_id="skos:exactMatch",
                object_id=ROOT,
                mapping_justification="semapv:LexicalMatching",
            )
        ]
    )
    writer.finish()
    edges = written(writer.store)
    (node,) = [a for _, a, label, _ in edges if label == "placed_at"]
    assert [a for _, a, label, b in edges if label == "skos:exactMatch"] == [node]
    assert node.startswith("odd:")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("zh-Hans-CN", "zh-Hans"), ("pt_BR", "pt-BR"), ("x", "und"), ("english", "und"), ("", "und")],
)
def test_languages_that_kgtk_has_not_are_cut_or_unknown(tag: str, expected: str) -> None:
    store = one_concept(Name(text="Hund", lang=tag), pref_label="dog")
    assert said(written(store))[ROOT]["alias"] == [("Hund", expected)]


def test_every_store_gives_the_same_bytes(toy: MemoryStore, tmp_path: Path) -> None:
    fill(SqliteWriter(tmp_path / "toy.db"))
    with labelsys.open(tmp_path / "toy.db") as system:
        system.export("kgtk", tmp_path / "out")
    out = BytesIO()
    write_kgtk(toy, out)
    assert (tmp_path / "out").read_bytes() == out.getvalue()


def test_the_reader_of_this_test_refuses_what_the_format_does() -> None:
    for text in ('"a"b"', "'a'b'@en", "'a'@english", "a b", "a|b", "True", "'a'", "@x", ""):
        with pytest.raises(AssertionError):
            parse_value(text)
    assert Curie.parse("wd:Q1") == parse_value("wd:Q1")
