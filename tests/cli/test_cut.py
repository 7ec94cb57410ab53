"""cut and score, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def records(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_cut_prints_classes_with_their_superclasses(run: Run) -> None:
    """Leaves below animal: golden retriever and Portuguese Water Dog below dog; crane."""
    rows = records(run("cut", "--classes", "2", "--under", "animal", "--superclasses", "1"))
    assert [(row["pref_label"], row["size"], row["superclass"]) for row in rows] == [
        ("dog", 2, "animal"),
        ("crane", 1, "animal"),
    ]


def test_members_and_comparison(run: Run) -> None:
    words = ("cut", "--classes", "2", "--under", "animal")
    rows = records(run(*words, "--members"))
    assert {row["class_id"] for row in rows} == {"wn30:02084071-n", "wn30:02012849-n"}
    assert [row["cut"] for row in records(run(*words, "--compare"))] == ["size", "depth", "random"]


def test_split_deals_out_and_treemap_is_drawn(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "t.svg"
    words = ("cut", "--classes", "2", "--under", "animal", "--superclasses", "1", "--split")
    rows = records(run(*words, "--treemap", str(picture)))
    assert sorted(str(row["split"]) for row in rows) == ["source", "target"]
    assert "Portuguese" not in picture.read_text(encoding="utf-8")
    assert ">dog<" in picture.read_text(encoding="utf-8")


def test_images_weigh(run: Run, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("id,count\nwd:Q38559,7\ncrane.n.05,2\n", encoding="utf-8")
    words = ("cut", "--classes", "2", "--under", "animal", "--by", "images")
    rows = records(run(*words, "--counts", str(tmp_path / "n.csv")))
    assert [row["size"] for row in rows] == [7, 2]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--classes", "9", "--under", "animal"), 1, "has 3 items below it: ask for 3 classes"),
        (("--classes", "1", "--under", "anmal"), 1, "no concept 'anmal'"),
        (("--classes", "1", "--of", "leef"), 1, "no label set 'leef'"),
        (("--classes", "1", "--by", "images"), 1, "a table of image counts goes with --by images"),
        (("--classes", "1", "--by", "names"), 1, "sentence vectors of this graph are not at hand"),
        (("--classes", "1", "--split"), 2, "give --superclasses, too"),
        (("--classes", "1", "--compare", "--members"), 2, "give one"),
    ],
)
def test_wrong_cuts_are_told(run: Run, words: tuple[str, ...], code: int, message: str) -> None:
    result = run("cut", *words)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())


def test_score_prints_a_row_a_branch(run: Run, tmp_path: Path) -> None:
    pred, truth = tmp_path / "p.jsonl", tmp_path / "t.tsv"
    pred.write_text('{"image_id": "a", "label": "Dog"}\n', encoding="utf-8")
    truth.write_text("image_id\tlabel\na\tgolden_retriever\n", encoding="utf-8")
    words = ("score", str(pred), str(truth), "--pred-set", "pets", "--gt-set", "pets")
    rows = records(run(*words, "--branch", "animal"))
    assert [(row["branch"], row["credit"]) for row in rows] == [
        ("all", 0.8333),
        ("wn30:00015388-n", 0.8333),
    ]
