"""remap, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def write(folder: Path) -> Path:
    path = folder / "in.json"
    rows = [{"id": n, "image_id": 1, "category_id": c} for n, c in enumerate((4, 5, 5, 9))]
    categories = [{"id": 4, "name": "Car"}, {"id": 5, "name": "guard dog (chained)"}]
    given = {"images": [{"id": 1}], "annotations": rows, "categories": categories}
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


def test_rows_words_and_report(run: Run, tmp_path: Path) -> None:
    path, out, report = write(tmp_path), tmp_path / "out.json", tmp_path / "report.json"
    words = ("--from", "street", "--to", "pets", "--out", str(out), "--report", str(report))
    result = run("remap", str(path), *words, "--on-broad", "take", "--on-missing", "skip")
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(r["source_name"], r["step"], r["target_id"], r["annotations"]) for r in rows] == [
        ("Car", "missing", None, 1),
        ("guard dog (chained)", "rolled up", "pets:0", 2),
    ]
    lines = result.stderr.splitlines()
    assert lines[0] == "4 annotations: 2 kept, 1 skipped, 1 failed"
    assert lines[1].startswith("failed: 1 category_id is of no category; first: annotations[3] at")
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["read"] == told["kept"] + told["skipped"] + told["failed"] == 4
    assert told["classes"] == rows
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [row["category_id"] for row in found["annotations"]] == [0, 0]


def test_lossy_steps_are_one_line_and_leave_nothing(run: Run, tmp_path: Path) -> None:
    path, out = write(tmp_path), tmp_path / "out.json"
    result = run("remap", str(path), "--from", "street", "--to", "pets", "--out", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert "--on-broad take or skip" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_report_replaces_nothing_that_is_read_or_written(run: Run, tmp_path: Path) -> None:
    path, out = write(tmp_path), tmp_path / "out.json"
    for report in (path, out):
        words = ("--from", "street", "--to", "pets", "--out", str(out), "--report", str(report))
        result = run("remap", str(path), *words)
        assert result.exit_code == 1
        assert "would replace" in result.stderr


def test_union_makes_one_file(run: Run, tmp_path: Path) -> None:
    path, other, out = write(tmp_path), tmp_path / "pets.json", tmp_path / "out.json"
    given = {"images": [{"id": 1}], "annotations": [], "categories": [{"id": 0, "name": "Dog"}]}
    other.write_text(json.dumps(given), encoding="utf-8")
    result = run("remap", "--union", f"street={path}", f"pets={other}", "--out", str(out))
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["label_set"], row["images"], row["kept"]) for row in rows] == [
        ("street", 1, 3),
        ("pets", 1, 0),
    ]
    assert [i["id"] for i in json.loads(out.read_text(encoding="utf-8"))["images"]] == [1, 3]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.json"], "--from and --to are needed"),
        (["a.json", "b.json", "--from", "pets", "--to", "zoo"], "one file"),
        (["pets=a.json", "--union"], "two files or more"),
        (["a.json", "pets=b.json", "--union"], "each as SET=FILE"),
        (["zoo=a.json", "pets=b.json", "--union", "--to", "zoo"], "takes no --from, --to"),
        (["zoo=a.json", "pets=b.json", "--union", "--on-missing", "skip"], "no --on-"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(run: Run, words: list[str], message: str) -> None:
    result = run("remap", *words, "--out", "x.json")
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", "").split())
