"""`lint labelset`, `lint labelset --confusion` and `labelset check`, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def test_lint_of_a_label_set_lists_ids_and_severity(run: Run) -> None:
    result = run("lint", "labelset", "zoo", "--output", "json")
    assert result.exit_code == 0
    (row,) = json.loads(result.stdout)
    assert (row["code"], row["id"], row["ids"], row["severity"]) == (
        *("W301", "zoo:8"),
        ["zoo:8", "zoo:7"],
        "high",
    )
    assert "W301  1  two labels of one set stand at one concept" in result.stderr
    table = run("lint", "labelset", "zoo", "--output", "table").stdout
    assert table.split()[:4] == ["severity", "code", "id", "message"]


def test_confusion_lists_pairs_with_what_is_known(run: Run, tmp_path: Path) -> None:
    matrix = tmp_path / "m.csv"
    matrix.write_text(",Dog,golden_retriever\nDog,8,2\ngolden_retriever,3,7\n", encoding="utf-8")
    result = run("lint", "labelset", "pets", "--confusion", str(matrix), "--output", "jsonl")
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert (row["a_name"], row["b_name"], row["a_as_b"], row["b_as_a"]) == (
        *("Dog", "golden_retriever"),
        2,
        3,
    )
    assert (row["relation"], row["under_name"], row["distance"]) == ("broader", "dog", 1)
    assert "1 pairs of classes are confused" in result.stderr
    assert (
        "retriever"
        in run("lint", "labelset", "pets", "--confusion", str(matrix), "--output", "table").stdout
    )


def test_wrong_matrix_is_one_line(run: Run, tmp_path: Path) -> None:
    matrix = tmp_path / "m.csv"
    matrix.write_text("true,pred,count\nDog,Doog,1\n", encoding="utf-8")
    result = run("lint", "labelset", "pets", "--confusion", str(matrix))
    assert result.exit_code == 1
    assert result.stderr == f"error: {matrix}:2: pets has no label 'Doog' (closest: 'Dog')\n"


def test_confusion_without_a_label_set_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    result = run("lint", "--confusion", str(tmp_path / "m.csv"))
    assert result.exit_code == 2
    assert "lint labelset NAME --confusion MATRIX" in result.output.replace("\n", " ")


PETS = "label_id\tname\n0\tDog\n1\tgolden_retriever\n2\tCao de Agua\n3\tempty\n"


@pytest.mark.parametrize("output", ["json", "jsonl", "table"])
def test_check_of_what_is_there_finds_nothing(run: Run, tmp_path: Path, output: str) -> None:
    names = tmp_path / "pets.tsv"
    names.write_text("label_id\tname\n7\tcrane (bird)\n8\tvehicle\n", encoding="utf-8")
    result = run(
        *("labelset", "check", str(names), "--label-set", "new", "--encoder", "none"),
        *("--output", output),
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == {"json": "[]", "jsonl": "", "table": "no findings"}[output]
    assert "2 labels, read as tsv, compared with no set in the store" in result.stderr


def test_check_ends_in_three_where_there_are_findings(
    run: Run, tmp_path: Path, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = tmp_path / "pets.tsv"
    names.write_text(PETS.replace("3\tempty\n", "") + "9\tpuppy dog\n", encoding="utf-8")
    result = run(
        *("labelset", "check", "pets.tsv", "--against", str(workspace_folder)),
        *("--label-set", "pets", "--encoder", "none", "--output", "json"),
    )
    assert result.exit_code == 3, result.output
    rows = json.loads(result.stdout)
    assert ("W306", "pets:3", "'empty' is gone") in {
        (row["code"], row["id"], row["message"]) for row in rows
    }
    assert ("I405", "pets:9") in {(row["code"], row["id"]) for row in rows}
    assert "4 labels, read as tsv, compared with 'pets' in the store" in result.stderr


def test_check_of_a_missing_file_is_one_line(run: Run) -> None:
    result = run("labelset", "check", "no.tsv")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "no.tsv" in result.stderr
