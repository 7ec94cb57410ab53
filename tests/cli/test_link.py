"""`labelsys link --explain` on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def names(tmp_path: Path) -> str:
    path = tmp_path / "names.txt"
    path.write_text("crane\nempty\n", encoding="utf-8")
    return str(path)


def test_explanation_is_a_paragraph_a_name(run: Callable[..., Result], names: str) -> None:
    result = run("link", names, "--encoder", "none", "--explain", "--output", "table")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    paragraph = lines[lines.index("1  crane") :]
    candidates = [line.split()[1] for line in paragraph if line.startswith("  0.")]
    assert set(candidates) == {"n02012849", "n03126707"}
    assert any("for it, beside crane.n.0" in line for line in paragraph)
    assert any("against it, beside crane.n.0" in line for line in paragraph)
    assert "2  empty" not in lines  # it stands for no thing, so nothing was weighed


def test_rows_for_programs_have_one_more_field(run: Callable[..., Result], names: str) -> None:
    plain, explained = (
        [json.loads(line) for line in run("link", names, *more).stdout.splitlines()]
        for more in (("--encoder", "none"), ("--encoder", "none", "--explain"))
    )
    for row, more in zip(plain, explained, strict=True):
        assert list(more) == [*row, "explanation"]
    reasons = explained[0]["explanation"][0]["reasons"]
    assert {"about", "adds", "features"} == reasons[0].keys()
    assert explained[1]["explanation"] == []


def test_choices_of_a_language_model_are_not_explained(
    run: Callable[..., Result], names: str
) -> None:
    asking = ("--llm-endpoint", "http://127.0.0.1:1/v1", "--llm-model", "toy")
    result = run("link", names, "--explain", *asking)
    assert result.exit_code == 2
    assert "leave one of the two out" in result.stderr
