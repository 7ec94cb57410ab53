"""info, stats, lint and labelset list/show, on the toy graph."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from labelsys.model import Concept, Finding
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def test_info_names_graph_and_extras(run: Run, workspace_folder: Path) -> None:
    found = json.loads(run("info", "--output", "json").stdout)
    assert found["path"].startswith(str(workspace_folder))
    assert found["concepts"] == 16
    assert found["labels"] == 11
    assert set(found["extras"]) == {"clip", "embed", "frames", "nlp", "offline", "rdf"}
    assert found["size_bytes"] > 0


def test_info_page_says_what_an_extra_needs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsys.info.EXTRAS", {"nowhere": "no_such_module_here"})
    page = run("info", "--output", "table").stdout
    assert "extra       nowhere: not installed  (pip install 'labelsys[nowhere]')" in page


def test_stats_have_the_documented_shape(run: Run) -> None:
    counted = json.loads(run("stats", "--output", "json").stdout)
    assert list(counted)[:3] == ["concepts", "edges", "label_sets"]
    assert counted["label_sets"] == [
        {"id": "pets", "labels": 4, "exact": 3, "broader": 0, "excluded": 1, "unplaced": 0},
        {"id": "street", "labels": 4, "exact": 1, "broader": 2, "excluded": 0, "unplaced": 1},
        {"id": "zoo", "labels": 3, "exact": 2, "broader": 0, "excluded": 0, "unplaced": 1},
    ]


def test_stats_table_ends_in_a_total(run: Run) -> None:
    lines = run("stats", "--output", "table").stdout.splitlines()
    assert lines[0] == "concepts  16  (labelset 1, wikidata 1, wordnet 14)"
    total = next(line for line in lines if line.startswith("all"))
    assert total.split() == ["all", "11", "6", "2", "1", "2"]
    assert lines[-1] == "18.2% of the labels are unplaced"


def test_stats_explain_prints_numbers_with_their_statements(run: Run) -> None:
    page = run("stats", "--explain", "--output", "table").stdout
    assert "concepts = 16\n    queries/sqlite/stats_concepts.sql\n" in page
    assert "unplaced = 2\n    queries/sqlite/stats_labels_placed.sql" in page
    assert "with :placement = 'unplaced'" in page
    assert "SELECT count(*) AS n FROM concept ORDER BY n;" in page
    assert "    graph: toy" in page


def test_stats_explain_as_json_holds_the_same(run: Run) -> None:
    record = json.loads(run("stats", "--explain", "--output", "json").stdout)
    counted = json.loads(run("stats", "--output", "json").stdout)
    assert {n["name"]: n["value"] for n in record["numbers"]} == {
        name: value for name, value in counted.items() if not isinstance(value, list | dict)
    }
    recipe = hashlib.sha256(toy.toy_graph().meta["recipe"].encode()).hexdigest()
    assert record["inputs"] == {"graph": "toy", "recipe": recipe}


def test_lint_without_errors_ends_with_0(run: Run) -> None:
    result = run("lint", "--output", "table")
    assert (result.exit_code, result.stdout) == (0, "no errors\n")
    assert "I402  2  a label is unplaced" in result.stderr
    assert "--all lists them" in result.stderr


def test_lint_all_lists_warnings_and_notes(run: Run) -> None:
    result = run("lint", "--all")
    codes = [json.loads(line)["code"] for line in result.stdout.splitlines()]
    assert codes == ["I401", "I402", "I402", "W301"]
    assert result.exit_code == 0


def test_lint_with_an_error_ends_with_3(run: Run, tmp_path: Path) -> None:
    writer = SqliteWriter(tmp_path / "graph.db")
    writer.add_concepts([toy.toy_graph().concepts[0]])
    stray = Concept(id=toy.DOG, pref_label="dog")
    root = Concept(id=toy.ENTITY, pref_label="entity")
    writer = SqliteWriter(tmp_path / "orphan.db")
    writer.add_concepts([root, stray])
    writer.add_findings([Finding(code="I401", id="pets:3", message="empty: no object")])
    writer.set_meta({"hash": "x"})
    writer.finish()
    result = run("lint", "--store", str(tmp_path / "orphan.db"))
    assert result.exit_code == 3
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["code"], row["id"]) == ("E102", toy.DOG)


def test_lint_labelset_lists_two_labels_at_one_concept(run: Run) -> None:
    result = run("lint", "labelset", "zoo")
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["code"], row["id"]) == ("W301", "zoo:8")
    assert result.exit_code == 0


@pytest.mark.parametrize("arguments", [("labelset",), ("graph", "zoo")])
def test_lint_wants_a_name_for_label_sets_only(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("lint", *arguments)
    assert result.exit_code == 2
    assert "needs the id of a label set" in result.stderr


def test_labelset_list_has_one_row_a_set(run: Run) -> None:
    rows = [json.loads(line) for line in run("labelset", "list").stdout.splitlines()]
    assert [(row["id"], row["title"], row["labels"]) for row in rows] == [
        ("pets", "Toy pets", 4),
        ("street", "Toy street", 4),
        ("zoo", "Toy zoo", 3),
    ]


def test_labelset_show_as_tsv(run: Run) -> None:
    lines = run("labelset", "show", "street", "--output", "tsv").stdout.splitlines()
    assert lines[0].split("\t")[:4] == ["label_id", "name", "placement", "concept_id"]
    assert lines[2].split("\t") == [
        *("/m/0r8", "Audi R8 Coupe 2012", "broader", "ls:zw6kp2pf", ""),
        *("Audi R8 Coupe 2012", "wn30:02958343-n", "parent", "0.8"),
    ]


def test_unknown_label_set_names_close_ones(run: Run) -> None:
    result = run("labelset", "show", "pet")
    assert result.exit_code == 1
    assert "no label set 'pet' (closest: pets)" in result.stderr
