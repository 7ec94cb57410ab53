"""The generator of Wikidata-shaped data: valid, shaped as it says, the same for the same seed."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.source.wikidata.cycles import break_cycles
from labelsys.source.wikidata.pulled import qid_number, read_pull
from labelsys.tables import read_table
from tests.bench.shape_classes import ENTITY, ClassTree
from tests.bench.shape_items import Said, Shape
from tests.bench.wikidata_shape import best_claims, main

if TYPE_CHECKING:
    from pathlib import Path

N = 1_000
ARGS = ("--items", str(N), "--seed", "5", "--classes", "0.4")


def read_dump(path: Path) -> list[dict[str, Any]]:
    """Return the entities of a dump."""
    with gzip.open(path, "rt", encoding="ascii", newline="\n") as file:
        lines = file.read().split("\n")
    assert (lines[0], lines[-2:]) == ("[", ["]", ""])
    assert all(line.endswith("},") for line in lines[1:-3])
    assert lines[-3].endswith("}")
    return [json.loads(line.removesuffix(",")) for line in lines[1:-2]]


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("shape") / "dump.json.gz"
    main([str(path), *ARGS])
    return path


@pytest.fixture(scope="module")
def entities(dump: Path) -> list[dict[str, Any]]:
    return read_dump(dump)


@pytest.fixture(scope="module")
def items(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entity for entity in entities if entity["type"] == "item"]


def statements(items: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return property and statement of everything that is said of the items."""
    return [
        (pid, row) for item in items for pid, rows in dict(item["claims"]).items() for row in rows
    ]


def test_same_seed_gives_the_same_bytes(dump: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.json.gz", tmp_path / "other.json.gz"
    main([str(again), *ARGS])
    assert again.read_bytes() == dump.read_bytes()
    main([str(again), "--items", "50", "--seed", "5"])
    main([str(other), "--items", "50", "--seed", "6"])
    assert again.read_bytes() != other.read_bytes()


def test_every_item_is_there_once_and_out_of_order(items: list[dict[str, Any]]) -> None:
    numbers = [qid_number(item["id"]) for item in items]
    assert len(set(numbers)) == len(numbers) == N
    assert numbers != sorted(numbers)
    assert ENTITY in {item["id"] for item in items}


def test_some_entities_are_properties(entities: list[dict[str, Any]]) -> None:
    assert Counter(entity["type"] for entity in entities) == {"item": N, "property": 1}


def test_statements_have_the_shape_of_wikidata(items: list[dict[str, Any]]) -> None:
    rows = statements(items)
    for pid, row in rows:
        assert {"mainsnak", "type", "id", "rank"} <= set(row)
        snak = row["mainsnak"]
        assert snak["property"] == pid
        assert ("datavalue" in snak) == (snak["snaktype"] == "value")
        assert set(row.get("qualifiers", {})) == set(row.get("qualifiers-order", []))
        for reference in row.get("references", []):
            assert set(reference["snaks"]) == set(reference["snaks-order"])
    assert len({row["id"] for _, row in rows}) == len(rows)
    assert {row["rank"] for _, row in rows} == {"preferred", "normal", "deprecated"}
    datatypes = {row["mainsnak"]["datatype"] for _, row in rows}
    assert datatypes >= {"wikibase-item", "string", "external-id", "quantity", "time", "url"}
    assert datatypes >= {"monolingualtext", "commonsMedia", "globe-coordinate"}


def test_entities_are_as_big_as_real_ones(dump: Path) -> None:
    unpacked = len(gzip.decompress(dump.read_bytes()))
    assert 8_000 < unpacked / N < 18_000
    assert 8 < unpacked / dump.stat().st_size < 13


def test_small_entities_are_small(tmp_path: Path) -> None:
    path = tmp_path / "dump.json.gz"
    main([str(path), *ARGS, "--size", "small"])
    assert len(gzip.decompress(path.read_bytes())) / N < 5_000
    assert len(read_dump(path)) == N + 1


def test_shares_of_properties(items: list[dict[str, Any]]) -> None:
    having = Counter(pid for item in items for pid in dict(item["claims"]))
    assert 0.97 < having["P279"] / (N * 0.4) < 1.0
    assert 0.12 < having["P8814"] / (N * 0.4) < 0.18
    assert all(having[pid] > 5 for pid in ("P171", "P225", "P105", "P646", "P3151", "P18", "P373"))


def test_synset_ids_are_those_of_wordnet_31(items: list[dict[str, Any]]) -> None:
    table = read_table(files("labelsys_ontologies").joinpath("ili.tsv"))
    known = {wn31 for _, _, wn31 in table.rows}
    found = [
        row["mainsnak"]["datavalue"]["value"] for pid, row in statements(items) if pid == "P8814"
    ]
    assert sum(id_ in known for id_ in found) > 0.98 * len(found)
    of_entity = next(item for item in items if item["id"] == ENTITY)["claims"]["P8814"]
    assert of_entity[0]["mainsnak"]["datavalue"]["value"] == "00001740-n"


def test_pull_is_what_the_dump_says(items: list[dict[str, Any]], tmp_path: Path) -> None:
    main([str(tmp_path / "pull"), *ARGS, "--form", "pull", "--languages", "en,ru"])
    pull = read_pull(tmp_path / "pull")
    by_qid = {item["id"]: item for item in items}
    assert len(pull.entities) == N * 0.4
    for entity in pull.entities:
        item = by_qid[entity.qid]
        claims = dict(item["claims"])
        for pid in {claim.pid for claim in entity.claims} | {"P279"}:
            rows = claims.get(pid, [])
            rank = "preferred" if any(r["rank"] == "preferred" for r in rows) else "normal"
            snaks = [r["mainsnak"] for r in rows if r["rank"] == rank]
            values = [s["datavalue"]["value"] for s in snaks if s["snaktype"] == "value"]
            expected = [v["id"] if isinstance(v, dict) else v for v in values]
            assert [claim.value for claim in entity.claims if claim.pid == pid] == expected
        labels = {text.lang: text.text for text in entity.texts if text.kind == "label"}
        assert set(labels) <= {"en", "ru"}
        assert all(item["labels"][lang]["value"] == text for lang, text in labels.items())
        assert len(dict(item["sitelinks"])) == min(entity.sitelinks or 0, 48)


def test_best_claims_takes_the_best_rank_that_has_a_value() -> None:
    said = [
        Said("P31", "Q3", "wikibase-item"),
        Said("P279", "Q1", "wikibase-item", "normal"),
        Said("P279", "Q2", "wikibase-item", "preferred"),
        Said("P225", "x", "string", "deprecated"),
        Said("P361", "", "wikibase-item", "normal", "somevalue"),
    ]
    assert best_claims(said) == [("P31", "Q3"), ("P279", "Q2")]


def test_classes_have_loops_hubs_and_depth() -> None:
    n = 4_000
    tree = ClassTree(n, 3)
    parents = [tree.parents(c) for c in range(n)]
    edges = [(f"Q{c + 1}", f"Q{above + 1}") for c in range(n) for above in parents[c]]
    # Two loops, of 2 and 3 classes: each is broken by one cut.
    assert sorted(len(cut.loop) - 1 for cut in break_cycles(edges, key=qid_number)) == [2, 3]
    assert 1.45 < len(edges) / n < 1.65
    narrower = Counter(above for row in parents for above in row)
    assert max(narrower.values()) > 40
    assert 0.4 < len(narrower) / n < 0.6
    depth = [0] * n
    for c in range(n):
        depth[c] = max((depth[above] + 1 for above in parents[c] if above < c), default=0)
    assert 10 < max(depth) < 40


def test_numbers_of_classes_and_items_go_both_ways() -> None:
    shape = Shape(1_000, 2, classes=0.17)
    assert [shape.class_of(shape.item_of(c)) for c in range(170)] == list(range(170))
    assert sum(shape.class_of(number) is not None for number in range(1_000)) == 170
    tree = shape.tree
    assert all(tree.number(tree.domain(c), tree.index(c)) == c for c in range(1, 500))


def test_lemmas_name_the_linked_classes() -> None:
    table = read_table(files("labelsys_ontologies").joinpath("ili.tsv"))
    lemmas = {wn30[:8]: f"lemma {wn30[:8]}" for _, wn30, _ in table.rows}
    shape = Shape(500, 2, classes=1.0, lemmas=lemmas)
    linked = [c for c in range(70, 500) if shape.tree.synsets(c)]
    assert len(linked) > 40
    for c in linked:
        row = shape.tree.synsets(c)[0]
        assert shape.names.label(c) == f"lemma {shape.tree.wn30(row)}"
