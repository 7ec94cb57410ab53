"""`labelsys bench wikidata`, its report made up: what it prints of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from labelsys import benchmark
from labelsys.benchmark import (
    ItemAccuracy,
    ItemLinkReport,
    PlaceRow,
    RankerScore,
    StrategyScore,
)
from labelsys.benchmark.metrics import CurvePoint, share
from labelsys.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]

REPORT = ItemLinkReport(
    pull="pull",
    version="1",
    items=10,
    folds=5,
    target=0.98,
    encoder="none",
    accuracy=Rows(
        [ItemAccuracy(system="ranked", group="all linked items", right=share(9, 10))], ItemAccuracy
    ),
    rankers=Rows(
        [
            RankerScore(
                system="ranked",
                confidence=0.84,
                accepted=share(5, 10),
                precision=share(4, 5),
                curve=(CurvePoint(coverage=1.0, precision=0.9, confidence=0.1),),
                found_by={"label as it is": share(4, 5)},
            )
        ],
        RankerScore,
    ),
    strategies=Rows(
        [
            StrategyScore(
                strategy="taxon-name",
                pid="P225",
                claims=0,
                linked=0,
                left_out="the pull has no P225",
            ),
            StrategyScore(
                strategy="exact-match-address",
                pid="P2888",
                claims=3,
                linked=2,
                precision=share(2, 2),
            ),
        ],
        StrategyScore,
    ),
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the library was asked, and the report that it gives."""
    calls: list[dict[str, Any]] = []

    def bench(folder: Path, **given: Any) -> ItemLinkReport:
        calls.append({"folder": str(folder), **given})
        return REPORT

    monkeypatch.setattr(benchmark, "bench_wikidata", bench)
    return calls


def test_options_reach_the_library(run: Run, asked: list[dict[str, Any]]) -> None:
    words = [
        "--encoder",
        "auto",
        "--folds",
        "4",
        "--target-precision",
        "0.9",
        "--wordnet",
        "wn",
        "--output",
        "tsv",
    ]
    assert run("bench", "wikidata", "pull", *words).exit_code == 0
    (call,) = asked
    assert call["encoder"] == "auto"
    assert (call["folder"], call["folds"], call["target"], str(call["wordnet"])) == (
        "pull",
        4,
        0.9,
        "wn",
    )


def test_a_page_has_shares_with_intervals_and_what_was_not_measured(
    run: Run, asked: list[dict[str, Any]]
) -> None:
    page = run("bench", "wikidata", "pull", "--output", "table").stdout
    assert len(asked) == 1
    assert "ranked: confidence 0.84 and up" in page
    assert "ranked                all linked items" in page
    assert "0.900 (0.596 to 0.982), 9 of 10" in page
    assert "taxon-name (P225): 0 claims, 0 linked; not measured: the pull has no P225" in page
    assert "exact-match-address (P2888): 3 claims, 2 linked; 1.000 (0.342 to 1.000)" in page


@pytest.mark.usefixtures("asked")
def test_json_has_everything_and_tsv_a_row_for_each_group(run: Run) -> None:
    record = json.loads(run("bench", "wikidata", "pull", "--output", "json").stdout)
    assert record["rankers"][0]["found_by"]["label as it is"]["count"] == 4
    lines = run("bench", "wikidata", "pull", "--output", "tsv").stdout.splitlines()
    assert lines[0].split("\t") == ["system", "group", "n", "right", "accuracy", "low", "high"]
    assert len(lines) == 2


def test_a_folder_without_a_pull_is_one_line(run: Run, tmp_path: Path) -> None:
    result = run("bench", "wikidata", str(tmp_path))
    assert result.exit_code == 1
    assert "names.tsv.gz: no such file" in result.stderr


def test_places_are_a_row_a_strategy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    row = PlaceRow(name="head", coverage=share(8, 10), precision=share(6, 8), levels=1.0)
    monkeypatch.setattr(benchmark, "bench_pull_places", lambda *_, **__: Rows([row], PlaceRow))
    (told,) = map(json.loads, run("bench", "wikidata-places", "pull").stdout.splitlines())
    assert told["strategy"] == "head"
    assert (told["classes"], told["placed"], told["right"], told["levels"]) == (10, 8, 6, 1.0)
    assert told["low"] < told["precision"] == 0.75 < told["high"]


def test_places_of_a_folder_that_is_no_pull_are_an_error(run: Run, tmp_path: Path) -> None:
    result = run("bench", "wikidata-places", str(tmp_path))
    assert result.exit_code == 1
    assert "no such file" in result.stderr.splitlines()[-1]
