"""init, build, link, export and labelset import/remove: arguments, results, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.config import read_recipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def test_init_writes_the_default_recipe(run: Run, tmp_path: Path) -> None:
    result = run("init", str(tmp_path / "new"))
    assert result.exit_code == 0, result.output
    assert len(read_recipe(tmp_path / "new" / "labelsys.toml").label_sets) == 24
    assert "labelsys build" in result.stderr


def test_init_takes_label_sets_in_the_order_given(run: Run, tmp_path: Path) -> None:
    run("init", str(tmp_path), "--label-sets", "voc2007, coco")
    assert read_recipe(tmp_path / "labelsys.toml").label_sets == ("voc2007", "coco")


def test_init_refuses_an_unknown_set_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    result = run("init", str(tmp_path), "--label-sets", "cocoo")
    assert result.exit_code == 1
    assert "(closest: coco)" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_leaves_a_workspace_alone(run: Run, workspace_folder: Path) -> None:
    before = (workspace_folder / "labelsys.toml").read_bytes()
    result = run("init")
    assert result.exit_code == 1
    assert "is a workspace already" in result.stderr
    assert (workspace_folder / "labelsys.toml").read_bytes() == before


def test_build_in_a_folder_of_other_files_says_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    result = run("build", str(tmp_path))
    assert result.exit_code == 1
    assert "labelsys init" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


@pytest.mark.parametrize("command", [("build",), ("labelset", "remove", "pets")])
def test_change_of_what_is_no_workspace_is_refused(
    run: Run, workspace_folder: Path, command: tuple[str, ...]
) -> None:
    place = str(workspace_folder / "labelsys.toml")
    result = run(*command, "--store", place)
    assert result.exit_code == 1
    assert f"{place} is no workspace" in result.stderr


def test_label_set_of_a_server_is_not_removed(run: Run, workspace_folder: Path) -> None:
    result = run("labelset", "remove", "pets", "--store", "neo4j://me:s3cret@localhost:7687")
    assert result.exit_code == 1
    assert "neo4j://... is no workspace" in result.stderr
    assert "s3cret" not in result.output
    assert not (workspace_folder / "neo4j:").exists()


def test_build_for_a_server_needs_a_password_before_it_begins(
    run: Run, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    before = (workspace_folder / "current").read_bytes()
    result = run("build", "--store", "neo4j://localhost:7687")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: no password for Neo4j: set NEO4J_PASSWORD")
    assert (workspace_folder / "current").read_bytes() == before


def test_build_with_a_folder_that_is_no_wordnet_changes_nothing(
    run: Run, workspace_folder: Path, tmp_path: Path
) -> None:
    before = (workspace_folder / "current").read_bytes()
    result = run("build", "--without", "street", "--without", "zoo", "--wordnet", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert (workspace_folder / "current").read_bytes() == before


def test_build_without_an_unknown_set_names_close_ones(run: Run) -> None:
    result = run("build", "--without", "pet")
    assert result.exit_code == 1
    assert "no label set 'pet' (closest: pets)" in result.stderr


def test_link_has_a_row_for_every_line_in_order(run: Run, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("golden_retriever\n\nAudi R8 Coupe 2012\n", encoding="utf-8")
    result = run("link", str(names), "--encoder", "none", "--output", "jsonl")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["label_id"], row["name"]) for row in rows] == [
        ("1", "golden_retriever"),
        ("2", ""),
        ("3", "Audi R8 Coupe 2012"),
    ]
    assert list(rows[0]) == [
        *("label_id", "name", "object_id", "wnid", "predicate_id"),
        *("confidence", "status", "candidates"),
    ]
    assert rows[0]["object_id"] == "wn30:02099601-n"
    assert (rows[1]["object_id"], rows[1]["predicate_id"]) == (None, None)


def test_link_reads_standard_input(run: Run) -> None:
    result = run("link", "-", "--encoder", "none", "--output", "tsv", input="dog\n")
    assert result.stdout.splitlines()[1].split("\t")[2] == "wn30:02084071-n"


def test_link_table_names_the_concept(run: Run) -> None:
    result = run("link", "-", "--encoder", "none", "--output", "table", input="dog\n")
    assert "exactMatch   n02084071   dog" in result.stdout
    assert result.stderr.splitlines()[-1] == "1 of 1 names linked"


def test_link_leaves_hidden_concepts_out(run: Run, tmp_path: Path) -> None:
    hidden = tmp_path / "hide.txt"
    hidden.write_text("dog.n.01\n", encoding="utf-8")
    result = run("link", "-", "--encoder", "none", "--hide", str(hidden), input="dog\n")
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert row["object_id"] != "wn30:02084071-n"


def test_link_of_a_missing_file_is_one_line(run: Run) -> None:
    result = run("link", "gone.txt")
    assert (result.exit_code, result.stderr) == (1, "error: gone.txt: no such file\n")


def test_export_to_a_file_leaves_stdout_empty(run: Run, tmp_path: Path) -> None:
    result = run("export", "concepts", "--out", str(tmp_path / "c.jsonl"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "16 of 16 written\n"
    assert len((tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()) == 16


def test_export_labels_under_a_concept(run: Run) -> None:
    result = run("export", "labels", "--under", "dog.n.01", "--label-set", "pets")
    ids = [json.loads(line)["id"] for line in result.stdout.splitlines()]
    assert ids == ["wd:Q38559", "wn30:02084071-n", "wn30:02099601-n"]


def test_export_labels_so_deep(run: Run) -> None:
    result = run("export", "labels", "--under", "animal.n.01", "--depth", "1", "--output", "tsv")
    names = [line.split("\t")[2] for line in result.stdout.splitlines()]
    assert names == ["query", "animal", "domestic animal", "crane", "canine"]


def test_export_mappings_of_a_status(run: Run) -> None:
    result = run("export", "mappings", "--status", "rejected")
    rows = [line for line in result.stdout.splitlines() if line.startswith("zoo:")]
    assert len(rows) == 1
    assert result.stderr.startswith("1 of ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("skos", "--under", "dog.n.01"), "export skos takes no under"),
        (("mappings", "--status", "maybe"), "'maybe' is no status of a mapping"),
        (("labels", "--output", "xml"), "'xml'"),
        (("sko",), "did you mean 'skos'"),
    ],
)
def test_export_refuses_what_it_does_not_know(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    result = run("export", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_import_of_a_bad_file_changes_nothing(
    run: Run, workspace_folder: Path, tmp_path: Path
) -> None:
    before = (workspace_folder / "labelsys.toml").read_bytes()
    bad = tmp_path / "bad.tsv"
    bad.write_text("label_id\tname\n1\tdog\n1\tcat\n", encoding="utf-8")
    result = run("labelset", "import", str(bad), "--id", "mine")
    assert result.exit_code == 1
    assert f"{bad}:3:" in result.stderr
    assert (workspace_folder / "labelsys.toml").read_bytes() == before


@pytest.mark.parametrize("id_", ["pets", "wn30", "no good"])
def test_import_refuses_an_id_that_is_taken_or_bad(run: Run, tmp_path: Path, id_: str) -> None:
    names = tmp_path / "names.txt"
    names.write_text("dog\n", encoding="utf-8")
    result = run("labelset", "import", str(names), "--id", id_)
    assert result.exit_code == 1
    assert id_ in result.stderr


def test_remove_of_an_unknown_set_changes_nothing(run: Run, workspace_folder: Path) -> None:
    before = (workspace_folder / "labelsys.toml").read_bytes()
    result = run("labelset", "remove", "pet")
    assert result.exit_code == 1
    assert "no label set 'pet' (closest: pets)" in result.stderr
    assert (workspace_folder / "labelsys.toml").read_bytes() == before
