"""wikidata report and the diff of two pulls: what is printed, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wikidata.pulled import Claim, Entity, Text, write_pull
from labelsys.source.wikidata.rules import RULES
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Run = Callable[..., Result]


def named(qid: str, label: str, *claims: tuple[str, str]) -> Entity:
    return Entity(qid, (Text("en", "label", label),), tuple(Claim(*claim) for claim in claims))


PULL = (
    named("Q144", "dog", ("P8814", "02086723-n")),
    named("Q38559", "Portuguese Water Dog", ("P279", "Q144"), ("P279", "Q38559")),
    named("Q50000", "list of dogs", ("P31", "Q13406463"), ("P279", "Q144")),
)


@pytest.fixture
def pull(tmp_path: Path) -> str:
    write_pull(tmp_path / "pull", {"dataset": "dogs", "version": "7"}, PULL)
    return str(tmp_path / "pull")


@pytest.mark.wordnet
def test_report_of_a_pull_counts_by_rule_and_tells_of_the_pull(
    run: Run, pull: str, wordnet_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "pull" / "counts.json").write_text(
        '{"lines": {"read": 12, "kept": 9, "skipped": {"property": 3}, "failed": {}}}'
    )
    place = ("--wordnet", str(wordnet_folder))
    result = run("wikidata", "report", pull, *place)
    rows = {row["rule"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert list(rows) == list(RULES)
    assert {name: row["cut"] for name, row in rows.items() if row["cut"]} == {
        "wikimedia": 1,
        "cycle": 1,
    }
    told = result.stderr.splitlines()
    assert "dataset: dogs" in told
    assert "lines: 12 read = 9 kept + 3 property" in told
    assert not any("sha256" in line for line in told)
    assert "items: 3 read = 3 kept" in told
    expected = "classes: 3 read = 1 kept + 1 linked to a synset + 1 page of Wikimedia's own"
    assert expected in told

    listed = run("wikidata", "report", pull, *place, "--rule", "wikimedia", "--output", "tsv")
    assert listed.stdout.splitlines()[1].split("\t")[:2] == ["W221", "wd:Q50000"]
    wrong = run("wikidata", "report", pull, *place, "--rule", "cycles")
    assert wrong.exit_code == 1
    assert wrong.stderr.splitlines()[-1].startswith("error: no rule 'cycles'")

    for counts in ("12", '{"lines": 12}', '{"lines": {"read": 12, "kept": 12, "skipped": {}}}'):
        (tmp_path / "pull" / "counts.json").write_text(counts)
        assert "holds no counts of batches" in run("wikidata", "report", pull, *place).stderr


def test_report_of_a_graph_counts_the_findings_of_its_build(run: Run, tmp_path: Path) -> None:
    graph, writer = toy.toy_graph(), SqliteWriter(tmp_path / "toy.db")
    writer.add_concepts(graph.concepts)
    writer.add_edges(graph.edges)
    finding = graph.findings[0]
    writer.add_findings(
        type(finding)(code=code, id=f"wd:Q{n}", message="x")
        for n, code in enumerate(["W221", "W202", "W221", "W206"], start=1)
    )
    batch = {"read": 3, "kept": 1, "skipped": {"no name": 2}, "failed": {}}
    sources = [{"name": "wikidata", "counts": {"classes": batch}}]
    writer.set_meta({**graph.meta, "sources": json.dumps(sources)})
    writer.finish()
    result = run("wikidata", "report", "--store", str(tmp_path / "toy.db"))
    rows = map(json.loads, result.stdout.splitlines())
    assert {r["rule"]: r["cut"] for r in rows if r["cut"]} == {"wikimedia": 2, "unreached": 1}
    assert result.stderr.splitlines() == ["classes: 3 read = 1 kept + 2 no name"]
    listed = run("wikidata", "report", "--store", str(tmp_path / "toy.db"), "--rule", "wikimedia")
    assert [json.loads(line)["id"] for line in listed.stdout.splitlines()] == ["wd:Q1", "wd:Q3"]
    table = run("wikidata", "report", "--output", "table", "--store", str(tmp_path / "toy.db"))
    assert table.stdout.splitlines()[0].split() == ["rule", "code", "cuts", "cut", "says"]


def test_report_of_no_pull_is_one_line(run: Run, tmp_path: Path) -> None:
    result = run("wikidata", "report", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith("items.tsv.gz: no such file")


def test_diff_of_two_pulls_is_a_list_of_changes(run: Run, pull: str, tmp_path: Path) -> None:
    later = str(tmp_path / "later")
    write_pull(tmp_path / "later", {}, [*PULL[:2], Entity("Q50000", into="Q144")])
    result = run("diff", pull, later)
    assert result.exit_code == 3
    (row,) = map(json.loads, result.stdout.splitlines())
    assert (row["change"], row["id"], row["into"]) == ("redirected", "wd:Q50000", "wd:Q144")
    assert result.stderr.splitlines()[0] == "item: 2 equal, 1 changed"
    assert run("diff", pull, pull).exit_code == 0
    assert run("diff", pull, pull, "--output", "table").stdout == "no differences\n"
    counted = run("diff", pull, later, "--summary", "--output", "tsv")
    assert counted.stdout.splitlines()[1] == "item\t3\t3\t2\t0\t0\t1\t0"


def test_diff_of_a_pull_and_a_system_says_what_is_wrong(run: Run, pull: str) -> None:
    for places in ((pull, "."), (".", pull)):
        result = run("diff", *places)
        assert result.exit_code == 1
        assert f"{pull} is a pull of Wikidata and . is none" in result.stderr
