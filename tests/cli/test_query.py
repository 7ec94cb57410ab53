"""query, on the toy graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def json_lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list_has_name_purpose_params_and_dialects(run: Run) -> None:
    rows = {row["name"]: row for row in json_lines(run("query", "--list"))}
    assert rows["ancestors"]["params"] == "concept TEXT concept"
    assert rows["ancestors"]["purpose"].startswith("everything above a concept")
    assert "sqlite" in rows["ancestors"]["dialects"]
    assert "find_concept" not in rows  # a store's own statement


def test_list_as_a_table_names_what_people_need(run: Run) -> None:
    first = run("query", "--list", "--output", "table").stdout.splitlines()[0]
    assert first.split() == ["name", "purpose", "params", "dialects"]


def test_a_question_takes_several_parameters(run: Run) -> None:
    words = ("missing_concepts", "--param", "label_set=pets", "--param", "other=zoo")
    rows = json_lines(run("query", *words))
    assert [row["id"] for row in rows] == ["wd:Q38559", "wn30:02084071-n", "wn30:02099601-n"]
    assert list(rows[0]) == ["id", "wnid", "pref_label"]


def test_a_question_prints_in_every_form(run: Run) -> None:
    words = ("query", "siblings", "--param", "concept=n02099601", "--output")
    assert run(*words, "tsv").stdout == (
        "id\twnid\tpref_label\tbroader_id\tbroader_label\n"
        "wd:Q38559\t\tPortuguese Water Dog\twn30:02084071-n\tdog\n"
    )
    (row,) = json.loads(run(*words, "json").stdout)
    assert row["wnid"] is None
    assert "Portuguese Water Dog" in run(*words, "table").stdout


def test_no_rows_is_no_error(run: Run) -> None:
    result = run("query", "shared_concepts", "--output", "table")
    assert (result.exit_code, result.stdout) == (0, "no rows\n")
    tsv = run("query", "shared_concepts", "--output", "tsv")
    assert tsv.stdout == "id\twnid\tpref_label\tlabel_sets\n"


def test_what_was_cut_is_said_on_stderr(run: Run) -> None:
    result = run("query", "single_source", "--limit", "2")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "only the first 2 rows; --limit 0 prints all\n"
    whole = run("query", "single_source", "--limit", "0")
    assert (len(whole.stdout.splitlines()), whole.stderr) == (10, "")


def test_a_file_is_asked_wherever_it_lies(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "my deepest.sql"
    file.write_text(
        "-- params: at_least INTEGER\nSELECT id FROM concept WHERE depth >= :at_least ORDER BY id",
        encoding="utf-8",
    )
    rows = json_lines(run("query", str(file), "--param", "at_least=5"))
    assert [row["id"] for row in rows] == ["ls:zw6kp2pf", "wd:Q38559", "wn30:02099601-n"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("ancestor",),
            "error: no question 'ancestor' (closest: ancestors): `labelsys query --list`",
        ),
        (("find_concept",), "error: no question 'find_concept'"),
        (("../../setup",), "error: ../../setup: no query: its name has to end in one of .sql"),
        (("ancestors", "--param", "concept"), "error: --param: 'concept' is no NAME=VALUE"),
        (("ancestors", "--param", "concept=crane"), "error: 'crane' is ambiguous"),
        (("none.sql",), "error: none.sql: No such file or directory"),
    ],
)
def test_an_error_is_one_line(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("query", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1


def test_a_name_or_the_list_has_to_be_asked_for(run: Run) -> None:
    for words in ((), ("ancestors", "--list")):
        result = run("query", *words)
        assert result.exit_code == 2
        assert "give the name of a question or a file, or --list" in result.stderr


def test_a_slow_query_ends_in_time(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slow.sql"
    file.write_text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n",
        encoding="utf-8",
    )
    result = run("query", str(file), "--timeout", "1")
    assert result.exit_code == 1
    assert "stopped after 1 s" in result.stderr


def test_sparql_gives_the_same_bytes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path))
    words = ("query", "missing_concepts", "--param", "label_set=pets", "--param", "other=zoo")
    first = run(*words, "--dialect", "sparql")
    assert first.stdout == run(*words).stdout != ""
    assert first.stderr.startswith("making the SPARQL view of this graph, once: done")
    again = run(*words, "--dialect", "sparql")
    assert (again.stdout, again.stderr) == (first.stdout, "")


def test_a_view_lies_in_the_cache_of_its_workspace(
    run: Run, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABELSYS_CACHE", raising=False)
    assert run("query", "shared_concepts", "--dialect", "sparql").exit_code == 0
    assert len(list((workspace_folder / "cache" / "sparql").iterdir())) == 1


def test_a_file_has_one_dialect(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.sql"
    file.write_text("SELECT 1 AS a", encoding="utf-8")
    result = run("query", str(file), "--dialect", "sparql")
    assert result.exit_code == 1
    assert "mine.sql is written in sqlite, not in sparql" in result.stderr
