"""build and labelset import/remove over the real WordNet, in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.config import MatchSettings, Recipe, SourceSpec
from labelsys.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]


def test_build_then_import_then_remove(
    run: Run, tmp_path: Path, wordnet_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(
        label_sets=("voc2007",),
        sources=(SourceSpec(name="wordnet", version="3.0"),),
        match=MatchSettings(encoder="none"),
    )
    Workspace.create(tmp_path, recipe)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABELSYS_WORDNET", str(wordnet_folder))

    built = run("build", "--output", "json")
    assert built.exit_code == 0, built.output
    assert json.loads(built.stdout)["up_to_date"] is False
    assert "20 labels of 1 label sets" in built.stderr
    assert json.loads(run("build").stdout)["up_to_date"] is True

    names = tmp_path / "mine.tsv"
    names.write_text("label_id\tname\nd\tdog\ne\t\n", encoding="utf-8")
    imported = run("labelset", "import", str(names), "--id", "mine", "--title", "My labels")
    assert imported.exit_code == 0, imported.output
    assert "as tsv: 1 labels, 1 rows skipped" in imported.stderr
    assert "W207" in imported.stderr
    rows = [json.loads(line) for line in run("labelset", "list").stdout.splitlines()]
    assert [(row["id"], row["title"], row["labels"]) for row in rows][1] == (
        *("mine", "My labels"),
        1,
    )
    assert json.loads(run("labelset", "show", "mine").stdout)["wnid"] == "n02084071"

    removed = run("labelset", "remove", "mine")
    assert removed.exit_code == 0, removed.output
    assert json.loads(removed.stdout)["hash"] == json.loads(built.stdout)["hash"]
