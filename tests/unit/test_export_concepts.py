from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.export.concepts import iter_concept_rows, write_concepts
from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge
from labelsys.store.memory import MemoryWriter
from labelsys.tag.sensitive import load_sensitive
from tests.toy import AUDI, CRANE_BIRD, DEPTHS, DOG, EINSTEIN, RETRIEVER, WATER_DOG, fill, toy_graph

if TYPE_CHECKING:
    from labelsys.store.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    writer = MemoryWriter()
    fill(writer)
    return writer.store


@pytest.fixture
def rows(store: MemoryStore) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in iter_concept_rows(store)}


def test_a_row_has_the_fixed_keys_in_their_order(rows: dict[str, dict[str, Any]]) -> None:
    keys = [
        "id",
        "wnid",
        "qid",
        "pref_label",
        "names",
        "gloss",
        "broader",
        "sources",
        "label_sets",
        "tags",
    ]
    assert [list(row) for row in rows.values()] == [keys] * 16
    assert list(rows) == sorted(DEPTHS)


def test_the_dog_is_as_in_the_drawing(rows: dict[str, dict[str, Any]]) -> None:
    assert rows[DOG] == {
        "id": "wn30:02084071-n",
        "wnid": "n02084071",
        "qid": "Q144",
        "pref_label": "dog",
        "names": [
            {"text": "dog", "lang": "en", "kind": "pref"},
            {"text": "domestic dog", "lang": "en", "kind": "alt"},
            {"text": "Canis familiaris", "lang": "en", "kind": "alt"},
            {"text": "狗", "lang": "zh", "kind": "pref"},
            {"text": "犬", "lang": "zh", "kind": "alt"},
        ],
        "gloss": "a member of the genus Canis that has been domesticated by man",
        "broader": [
            {"id": "wn30:01317541-n", "kind": "subclass"},
            {"id": "wn30:02083346-n", "kind": "subclass"},
        ],
        "sources": ["wikidata", "wordnet"],
        "label_sets": [
            {"id": "pets:0", "relation": "exact"},
            {"id": "street:/m/0dog", "relation": "broader"},
        ],
        "tags": {
            "visual": {
                "value": "visual",
                "probability": 0.975,
                "tagger": "visual-toy@1",
                "curator": None,
            },
            "common": None,
            "sensitive": None,
        },
    }


def test_sources_say_where_a_concept_is_known_from(rows: dict[str, dict[str, Any]]) -> None:
    assert rows[WATER_DOG]["sources"] == ["wikidata"]
    assert rows[RETRIEVER]["sources"] == ["wordnet"]
    assert rows[AUDI]["sources"] == ["labelset"]
    assert (rows[AUDI]["wnid"], rows[AUDI]["qid"]) == (None, None)


def test_instance_edges_and_doubled_labels_show(rows: dict[str, dict[str, Any]]) -> None:
    assert rows[EINSTEIN]["broader"] == [{"id": "wn30:00007846-n", "kind": "instance"}]
    assert [label["id"] for label in rows[CRANE_BIRD]["label_sets"]] == ["zoo:7", "zoo:8"]


def test_the_file_has_the_same_rows_a_line_each(
    store: MemoryStore, rows: dict[str, dict[str, Any]]
) -> None:
    out = BytesIO()
    counts = write_concepts(store, out)
    lines = out.getvalue().decode().splitlines()
    assert [json.loads(line) for line in lines] == list(rows.values())
    assert (counts.read, counts.kept, counts.skipped) == (16, 16, {})


def test_a_retired_concept_is_left_out_and_counted() -> None:
    toy = toy_graph()
    writer = MemoryWriter()
    retired = [replace(c, status="retired", replaced_by=DOG) for c in toy.concepts if c.id == AUDI]
    writer.add_concepts([*(c for c in toy.concepts if c.id != AUDI), *retired])
    writer.add_edges(e for e in toy.edges if e.narrower != AUDI)
    writer.finish()
    counts = write_concepts(writer.store, BytesIO())
    assert (counts.read, counts.kept, counts.skipped) == (16, 15, {"retired": 1})
    assert AUDI not in [row["id"] for row in iter_concept_rows(writer.store)]


def test_subclass_edges_come_before_instance_edges_whatever_their_ids() -> None:
    ids = [ROOT, *(Curie("ls", f"c{n}") for n in (1, 2, 3))]
    writer = MemoryWriter()
    writer.add_concepts(Concept(id=id_, pref_label=id_) for id_ in ids)
    writer.add_edges(
        [
            Edge(ids[1], ROOT),
            Edge(ids[2], ROOT),
            Edge(ids[3], ids[1], "instance"),
            Edge(ids[3], ids[2]),
            Edge(ids[3], ROOT),
        ]
    )
    writer.finish()
    row = next(row for row in iter_concept_rows(writer.store) if row["id"] == ids[3])
    assert row["broader"] == [
        {"id": "ls:c2", "kind": "subclass"},
        {"id": "wn30:00001740-n", "kind": "subclass"},
        {"id": "ls:c1", "kind": "instance"},
    ]


def test_sensitive_concepts_have_their_categories_and_so_has_what_is_below_them() -> None:
    row = next(r for r in load_sensitive().rows if r.id.prefix == "wd" and r.scope == "subtree")
    below = Concept(id=Curie("wd", "Q9999999999"), pref_label="x", source="wikidata")
    writer = MemoryWriter()
    root = Concept(id=ROOT, pref_label="entity")
    listed = Concept(id=row.id, pref_label=row.name, source="wikidata")
    writer.add_concepts([root, listed, below])
    writer.add_edges([Edge(row.id, ROOT), Edge(below.id, row.id)])
    writer.finish()
    tags = {found["id"]: found["tags"]["sensitive"] for found in iter_concept_rows(writer.store)}
    assert tags[ROOT] is None
    assert row.category in tags[row.id]["categories"]
    assert tags[below.id] == tags[row.id]
    assert tags[row.id]["tagger"] == load_sensitive().tagger
