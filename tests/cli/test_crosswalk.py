"""crosswalk, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def test_rows_have_the_fixed_shape(run: Run) -> None:
    result = run("crosswalk", "street", "pets")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert list(rows[0]) == [
        *("source_id", "source_name", "relation", "target_id", "target_name", "via", "confidence"),
    ]
    assert [(row["source_id"], row["relation"], row["target_id"]) for row in rows] == [
        ("street:/m/0k4j", "none", None),
        ("street:/m/0r8", "none", None),
        ("street:/m/0dog", "broad", "pets:0"),
        ("street:/m/0thg", "none", None),
    ]


def test_lost_says_how_much(run: Run) -> None:
    result = run("crosswalk", "street", "pets", "--lost", "--output", "jsonl")
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["target_id"], row["classes"]) == (None, 3)
    # Three of four classes become one, "none": 3/4 of log2(3) bits.
    assert result.stderr == (
        "4 classes: 0 become 0, 3 have nowhere to go; 1.19 of 2.00 bits of a label are lost\n"
    )


def test_union_lists_who_does_not_annotate(run: Run) -> None:
    result = run("crosswalk", "--union", "pets", "street")
    rows = {row["name"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert rows["Dog"]["narrower"] == ["street"]
    assert rows["guard dog (chained)"]["broader"] == ["pets"]
    assert rows["Car"]["missing"] == ["pets"]


def test_all_counts_every_pair_and_draws(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "matrix.svg"
    result = run("crosswalk", "--all", "--picture", str(picture), "--output", "tsv")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert len(lines) == 1 + 3 * 2
    assert all(int(row[2]) == sum(map(int, row[3:])) for row in lines[1:])
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
    chosen = run("crosswalk", "pets", "zoo", "--all", "--output", "tsv")
    assert len(chosen.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pets"], "two different label sets"),
        (["pets", "pets"], "two different label sets"),
        (["pets", "street", "zoo"], "two different label sets"),
        (["pets", "--union"], "two label sets or more"),
        (["pets", "--all"], "none for all"),
        (["pets", "street", "--lost", "--union"], "give one"),
        (["pets", "street", "--picture", "x.svg"], "goes with --all"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(run: Run, words: list[str], message: str) -> None:
    result = run("crosswalk", *words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_unknown_set_is_an_error_with_near_ones(run: Run) -> None:
    result = run("crosswalk", "pets", "stret")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: no label set 'stret' (closest: street)\n",
    )


def test_picture_of_another_kind_is_refused_before_anything_is_read(run: Run) -> None:
    result = run("crosswalk", "--all", "--picture", "matrix.png")
    assert result.exit_code == 1
    assert "SVG" in result.stderr
