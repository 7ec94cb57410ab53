"""select, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import ExpressionError
from labelsys_cli.select import pointer

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

    Run = Callable[..., Result]


def test_rows_are_those_of_the_expression(run: Run) -> None:
    result = run("select", "pets & leaf")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["wd:Q38559", "wn30:02099601-n"]
    assert list(rows[1]) == ["id", "wnid", "pref_label", "gloss", "depth", "labels"]
    assert rows[1]["labels"] == ["pets:1"]


def test_count_is_one_number(run: Run) -> None:
    assert run("select", "pets", "--count").stdout == '{"concepts": 3}\n'
    assert run("select", "pets", "--count", "--output", "table").stdout == "3\n"


def test_instances_are_followed_when_asked_for(run: Run) -> None:
    assert json.loads(run("select", "under(person)", "--count").stdout)["concepts"] == 1
    result = run("select", "under(person)", "--count", "--instances")
    assert json.loads(result.stdout)["concepts"] == 2


def test_explain_prints_the_steps(run: Run) -> None:
    result = run("select", "pets - leaf", "--explain", "--output", "tsv")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert lines[0] == ["step", "operation", "concept_id", "concepts", "ms"]
    assert [line[:4] for line in lines[1:]] == [
        ["1", "pets", "", "3"],
        ["2", "leaf", "", "7"],
        ["3", "1 - 2", "", "1"],
    ]


def test_count_and_explain_together_are_wrong_usage(run: Run) -> None:
    result = run("select", "pets", "--count", "--explain")
    assert result.exit_code == 2
    assert "give one" in result.stderr


def test_nothing_is_an_answer(run: Run) -> None:
    result = run("select", "pets & street", "--output", "table")
    assert (result.exit_code, result.stdout) == (0, "nothing selected\n")


def test_an_error_is_shown_with_carets_below_it(run: Run) -> None:
    result = run("select", "pets | under(anmal)")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "  pets | under(anmal)",
        "               ^^^^^",
        "error: no concept 'anmal' (closest: animal) (character 14)",
    ]


@pytest.mark.parametrize(
    ("expression", "start", "end", "lines"),
    [
        ("pets &", 6, 6, ("  pets &", "        ^")),
        ("named(汽车) x", 10, 11, ("  named(汽车) x", "              ^")),
        ("a\tb\nc", 4, 5, ("  a b c", "      ^")),
        ("a" * 200 + "b" + "c" * 200, 200, 201, ("  " + "a" * 60 + "b" + "c" * 60, " " * 62 + "^")),
    ],
)
def test_carets_stand_below_what_is_wrong(
    expression: str, start: int, end: int, lines: tuple[str, str]
) -> None:
    assert pointer(ExpressionError("", expression, start, end)) == lines
