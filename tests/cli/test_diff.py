"""diff: what is printed, in every form, and the exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.store.sqlite_writer import SqliteWriter
from labelsys_cli._common import Format
from labelsys_cli._render import emit_stream
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]

DOG = toy.DOG


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a graph file that lacks the toy's last label set and its findings."""
    path = tmp_path_factory.mktemp("other") / "other.db"
    graph = toy.toy_graph()
    writer = SqliteWriter(path)
    writer.add_concepts(graph.concepts)
    writer.add_edges(graph.edges)
    for label_set in graph.label_sets[:2]:
        places = [p for p in graph.placements if p.label_id.prefix == label_set.id]
        writer.add_label_set(label_set, places)
    writer.add_mappings(m for m in graph.mappings if m.subject_id.prefix != "zoo")
    writer.set_meta({**graph.meta, "hash": "other"})
    writer.finish()
    return str(path)


def test_equal_systems_print_nothing_and_end_with_0(run: Run) -> None:
    result = run("diff", ".", ".", "--facts")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[0] == "concept: 16 equal"
    assert run("diff", ".", ".", "--output", "table").stdout == "no differences\n"
    assert run("diff", ".", ".", "--output", "json").stdout == "[]\n"
    assert run("diff", ".", ".", "--output", "tsv").stdout == "part\tchange\tid\tfield\ta\tb\n"


def test_differences_are_rows_and_end_with_3(run: Run, other: str) -> None:
    result = run("diff", ".", other)
    assert result.exit_code == 3
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert list(rows[0]) == ["part", "change", "id", "field", "a", "b"]
    # The set and its three labels with their placements, two mappings, all findings and tags.
    kinds = ["label_set", *["label"] * 3, *["placement"] * 3, *["mapping"] * 2, *["finding"] * 4]
    kinds += ["tag"] * 7
    assert [row["part"] for row in rows] == kinds
    assert {row["change"] for row in rows} == {"removed"}
    assert "placement: 8 equal, 3 removed" in result.stderr.splitlines()
    assert [json.loads(line)["change"] for line in run("diff", other, ".").stdout.splitlines()] == [
        "added"
    ] * len(rows)


def test_json_is_the_rows_of_json_lines(run: Run, other: str) -> None:
    lines = [json.loads(x) for x in run("diff", ".", other).stdout.splitlines()]
    assert json.loads(run("diff", ".", other, "--output", "json").stdout) == lines


def test_summary_adds_up(run: Run, other: str) -> None:
    result = run("diff", ".", other, "--summary")
    assert (result.exit_code, result.stderr) == (3, "")
    rows = {row.pop("part"): row for row in map(json.loads, result.stdout.splitlines())}
    assert rows["label"] == {
        "a": 11,
        "b": 8,
        "equal": 8,
        "added": 0,
        "removed": 3,
        "changed": 0,
        "reordered": 0,
    }
    for n in rows.values():
        assert n["a"] == n["equal"] + n["changed"] + n["removed"]
        assert n["b"] == n["equal"] + n["changed"] + n["added"]
    assert run("diff", ".", ".", "--summary").exit_code == 0


def test_facts_count_only_where_they_are_asked_for(run: Run, other: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    writer = SqliteWriter(path)
    writer.set_meta({"hash": "another"})
    graph = toy.toy_graph()
    writer.add_concepts(graph.concepts)
    writer.finish()
    rows = run("diff", other, str(path), "--facts", "--output", "tsv").stdout.splitlines()
    assert "fact\tchanged\thash\tvalue\tother\tanother" in rows
    assert not [x for x in run("diff", other, str(path)).stdout.splitlines() if '"fact"' in x]


@pytest.mark.parametrize(
    ("place", "told"), [("nowhere.db", "nowhere.db"), ("ftp://me:secret@x", "ftp://")]
)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_store_that_is_not_there_is_one_line(run: Run, place: str, told: str, turn: int) -> None:
    result = run("diff", *[".", place][::turn])
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert told in line
    assert "secret" not in line


def test_rows_are_printed_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def records() -> Iterator[dict[str, str]]:
        yield {"text": "first"}
        assert '"first"' in capsys.readouterr().out
        yield {"text": "second"}

    emit_stream(["text"], records(), Format.JSONL)
    assert '"second"' in capsys.readouterr().out
