"""`labelsys bench link`, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.tsv"
    rows = "1\tdog\tdog.n.01\n2\tgolden_retriever\tgolden_retriever.n.01\n3\tblorb\t\n"
    path.write_text("label_id\tname\tsynset\n" + rows, encoding="utf-8")
    return path


def bench(run: Run, gold: Path, *words: str) -> Result:
    return run("bench", "link", "--gold", str(gold), "--encoder", "none", *words)


def test_json_lines_have_a_whole_report_a_file(run: Run, gold: Path) -> None:
    result = bench(run, gold)
    assert result.exit_code == 0, result.output
    (report,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (report["gold"], report["read"], report["scored"]) == ("gold", 3, 2)
    assert report["skipped"] == {"no answer given": 1}
    assert report["score"]["accuracy"]["count"] == 2
    assert [s["system"] for s in report["systems"]][:2] == ["labelsys", "first sense"]
    assert report["systems"][4]["left_out"] == "--encoder none"


def test_tsv_has_a_row_for_each_way_to_answer(run: Run, gold: Path) -> None:
    lines = bench(run, gold, "--output", "tsv").stdout.splitlines()
    assert lines[0].split("\t")[:7] == [
        "gold",
        "system",
        "version",
        "n",
        "answered",
        "right",
        "accuracy",
    ]
    assert lines[2].split("\t")[:7] == ["gold", "first sense", "", "2", "2", "2", "1.0"]
    assert len(lines) == 6


def test_table_is_followed_by_a_page_of_figures(run: Run, gold: Path) -> None:
    result = bench(run, gold, "--output", "table")
    assert "gold: 3 rows = 2 scored + 1 skipped" in result.stdout
    assert "  1 no answer given" in result.stdout
    assert "candidate recall            1.000 (" in result.stdout
    assert "coverage at precision 0.98" in result.stdout


def test_what_was_left_out_is_said(run: Run, gold: Path) -> None:
    result = bench(run, gold, "--peers", "gilda", "--peer-python", "/bin/false")
    assert result.exit_code == 0, result.output
    assert "embedding alone left out: --encoder none" in result.stderr
    assert "gilda left out: ended with status 1" in result.stderr
    assert f"{gold}:4: blorb: no answer given" in result.stderr


def test_plot_is_written_as_svg(run: Run, gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "links.svg"
    assert bench(run, gold, "--plot", str(path)).exit_code == 0
    assert ET.parse(path).getroot().tag.endswith("svg")


def test_plot_of_another_kind_is_refused_before_the_work(
    run: Run, gold: Path, tmp_path: Path
) -> None:
    result = bench(run, gold, "--plot", str(tmp_path / "links.png"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "plots are written as SVG" in result.stderr


def test_wrong_gold_file_is_one_line_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gold.tsv"
    path.write_text("label_id\tname\tsynset\n1\tdog\n", encoding="utf-8")
    result = bench(run, path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: {path}:2: 2 cells, the header has 3\n"


def test_gold_column_and_several_files(run: Run, gold: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tsv"
    other.write_text("label_id\tname\tanswer\n1\tcar\tcar.n.01\n", encoding="utf-8")
    result = bench(run, gold, "--gold", str(other), "--gold-column", "answer")
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(r["gold"], r["scored"]) for r in reports] == [("gold", 2), ("other", 1)]


def test_without_a_gold_file_the_usage_is_wrong(run: Run) -> None:
    assert run("bench", "link").exit_code == 2


@pytest.fixture
def folded(tmp_path: Path) -> Path:
    path = tmp_path / "gold.tsv"
    names = ("dog", "golden_retriever", "car")
    path.write_text(
        "label_id\tname\tsynset\n"
        + "".join(f"{n}\t{name}\t{name}.n.01\n" for n, name in enumerate(names)),
        encoding="utf-8",
    )
    return path


def test_folds_stand_beside_the_plain_figures(run: Run, folded: Path, tmp_path: Path) -> None:
    plot = tmp_path / "links.svg"
    result = bench(run, folded, "--folds", "3", "--seed", "2", "--plot", str(plot))
    assert result.exit_code == 0, result.output
    (report,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert [s["system"] for s in report["systems"]][:2] == ["labelsys", "labelsys, 3 folds"]
    folds = report["folds"]
    assert (folds["folds"], folds["seed"], folds["fit_also"]) == (3, 2, [])
    assert (folds["sizes"], folds["learnt"]) == ([1, 1, 1], [2, 2, 2])
    assert folds["target"]["precision"] == 0.985
    assert folds["score"]["accuracy"]["total"] == 3
    assert "gold, 3 folds" in plot.read_text(encoding="utf-8")


def test_table_of_folds_has_a_page_of_its_own(run: Run, folded: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.tsv"
    more.write_text("label_id\tname\tsynset\n1\tcanine\tcanine.n.02\n", encoding="utf-8")
    words = ("--fit-also", str(more), "--target-precision", "0.9", "--output", "table")
    result = bench(run, folded, "--folds", "3", *words)
    assert result.exit_code == 0, result.output
    page = result.stdout[result.stdout.index("gold in 3 folds, seed 0") :]
    assert f"rows 1 each, rankers fitted to 3 others, of {more} as well" in page
    for part in ("candidate recall", "confidence 0.95 and up", "thresholds chosen for 0.9 on"):
        assert part in page


@pytest.mark.parametrize(
    "words", [("--seed", "0"), ("--fit-also", "x.tsv"), ("--target-precision", "0.9")]
)
def test_what_only_folds_use_is_not_ignored(run: Run, folded: Path, words: tuple[str, str]) -> None:
    result = bench(run, folded, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: {words[0]}: says something of folds: give --folds as well\n"


def test_impossible_folds_are_one_line(run: Run, folded: Path) -> None:
    result = bench(run, folded, "--folds", "4")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        f"error: --folds: {folded}: answers for 3 different names can't be cut into 4 parts"
    )
