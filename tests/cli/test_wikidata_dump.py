"""wikidata dump: what is said and printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.dump_toy import entity, line, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    lines = [
        line(entity("Q144", {"P279": ["Q39201"]}, {"en": "dog", "zh": "犬"})),
        line(entity("Q1420", {"P279": ["Q42889"]}, {"en": "car"})),
        b"what?",
    ]
    path = tmp_path / "wikidata-20240101-all.json"
    path.write_bytes(text_of(lines))
    return path


def test_a_record_tells_what_was_kept(run: Run, dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "pull"
    words = ["--root", "wd:Q39201", "--lang", "zh", "--out", str(out), "--output", "json"]
    done = run("wikidata", "dump", str(dump), *words)
    assert done.exit_code == 0
    record = json.loads(done.stdout)
    assert (record["items"], record["version"], record["missing_roots"]) == (
        1,
        "20240101",
        ["Q39201"],
    )
    assert record["counts"]["lines"] == {
        "read": 3,
        "kept": 1,
        "skipped": {"not under a root": 1},
        "failed": {"no JSON object": 1},
    }
    assert "warning: the dump has no Q39201: is the id right?" in done.stderr


def test_a_table_counts_line_by_line(run: Run, dump: Path, tmp_path: Path) -> None:
    done = run("wikidata", "dump", str(dump), "--out", str(tmp_path / "pull"), "--output", "table")
    assert done.stdout.splitlines()[1:] == [
        "lines: 3 read, 2 kept",
        "  1 failed: no JSON object",
        "statements: 2 read, 2 kept",
    ]


def test_without_a_workspace_a_folder_is_asked_for(
    run: Run, dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("wikidata", "dump", str(dump))
    assert done.exit_code == 1
    assert "say by --out where the tables go" in done.stderr


def test_errors_are_one_line(run: Run, tmp_path: Path) -> None:
    done = run("wikidata", "dump", str(tmp_path / "none.json"), "--out", str(tmp_path / "pull"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
