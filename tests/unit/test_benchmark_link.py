"""The benchmark of links as a whole, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from labelsys.benchmark import bench_link
from labelsys.errors import ConfigError, NotFoundError
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.store.protocol import GraphStore

ROWS = (
    "0\tdog\tdog.n.01\n"
    "1\tgolden_retriever\tgolden_retriever.n.01\n"
    "2\tguard dog\tdog.n.01\n"
    "3\tstop sign\tstop_sign.n.01\n"
    "4\tcar\tcar.n.01\n"
)


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.tsv"
    path.write_text("label_id\tname\tsynset\n" + ROWS, encoding="utf-8")
    return path


def test_report_reconciles_and_stands_beside_the_baselines(store: GraphStore, gold: Path) -> None:
    (report,) = bench_link(store, [gold], encoder="none")
    assert (report.gold, report.graph, report.encoder) == ("gold", "toy", "none")
    assert (report.read, report.linked, report.scored) == (5, 5, 4)
    assert report.skipped == {"the answer is no concept here": 1}
    counted = {s.system: s.accuracy.count for s in report.systems if s.accuracy is not None}
    # `guard dog` has no sense of its own, and its last word has the right one.
    assert counted["first sense"] == 3
    assert counted["first sense, else of the last word"] == 4
    assert counted["first lemma preferred"] == 3
    assert report.systems[0].system == "labelsys"
    assert counted["labelsys"] == report.score.accuracy.count >= 3
    assert {miss.name for miss in report.score.misses} <= {"guard dog"}


def test_rows_without_gold_take_no_place_of_others(store: GraphStore, tmp_path: Path) -> None:
    """The first row has no answer: all that follow still meet their own."""
    path = tmp_path / "gap.tsv"
    rows = "0\tblorb\t\n1\tdog\tdog.n.01\n2\tcar\tcar.n.01\n"
    path.write_text("label_id\tname\tsynset\n" + rows, encoding="utf-8")
    (report,) = bench_link(store, [path], encoder="none")
    assert (report.linked, report.scored) == (3, 2)
    assert [s.accuracy.count for s in report.systems if s.accuracy] == [2, 2, 2, 2]


def test_several_files_are_linked_apart(store: GraphStore, gold: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("label_id,name,object_id\n1,car,wd:Q1420\n", encoding="utf-8")
    reports = bench_link(store, [gold, other], encoder="none")
    assert [(r.gold, r.scored) for r in reports] == [("gold", 4), ("other", 1)]
    assert reports.to_records()[1]["score"]["accuracy"]["count"] == 1


def test_names_alone_are_linked_unless_columns_are_used(store: GraphStore, tmp_path: Path) -> None:
    """A blorb is nothing; with the synonym given it is a car."""
    path = tmp_path / "gold.tsv"
    path.write_text("label_id\tname\tsynset\tsynonyms\n1\tblorb\tcar.n.01\tcar\n", encoding="utf-8")
    (bare,) = bench_link(store, [path], encoder="none")
    (told,) = bench_link(store, [path], encoder="none", use=["synonyms"])
    assert (bare.score.accuracy.count, told.score.accuracy.count) == (0, 1)
    assert (bare.use, told.use) == ((), ("synonyms",))


def test_without_an_encoder_the_embedding_is_said_to_be_left_out(
    store: GraphStore, gold: Path
) -> None:
    (report,) = bench_link(store, [gold], encoder="none")
    (line,) = [s for s in report.systems if s.system == "embedding alone"]
    assert (line.accuracy, line.left_out) == (None, "--encoder none")


def test_peer_that_cannot_run_is_in_the_report(
    store: GraphStore, gold: Path, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'all went wrong' >&2\nexit 7\n", encoding="utf-8")
    python.chmod(0o755)
    (report,) = bench_link(store, [gold], encoder="none", peers=["gilda"], peer_python=python)
    assert report.systems[-1].system == "gilda"
    assert report.systems[-1].left_out == "ended with status 7: all went wrong"


def test_peers_answer_for_the_scored_rows_of_each_file(
    store: GraphStore, gold: Path, tmp_path: Path
) -> None:
    """The interpreter is a script that answers every name with dog."""
    script = tmp_path / "answer.py"
    script.write_text(
        "import json, sys\n"
        "lists = json.load(sys.stdin)['lists']\n"
        "assert lists[0] == ['dog', 'golden retriever', 'guard dog', 'car'], lists\n"
        "answers = [['wn30:02084071-n' for _ in names] for names in lists]\n"
        "seconds = {'setup': 2, 'lists': [3, 4]}\n"
        "print(json.dumps({'version': '5', 'answers': answers, 'seconds': seconds}))\n",
        encoding="utf-8",
    )
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n', encoding="utf-8")
    python.chmod(0o755)
    reports = bench_link(store, [gold, gold], encoder="none", peers=["oak"], peer_python=python)
    lines = [report.systems[-1] for report in reports]
    assert [line.accuracy.count for line in lines if line.accuracy] == [2, 2]
    assert [(line.version, line.setup_seconds, line.seconds) for line in lines] == [
        ("5", 2.0, 3.0),
        ("5", 2.0, 4.0),
    ]


def test_label_set_that_is_named_gives_no_evidence_and_is_told(
    store: GraphStore, gold: Path
) -> None:
    (report,) = bench_link(store, [gold], encoder="none", label_sets=["pets"])
    assert report.label_set == "pets"
    with pytest.raises(NotFoundError, match="'cocoa'"):
        bench_link(store, [gold], encoder="none", label_sets=["cocoa"])


def test_wrong_arguments_are_errors(store: GraphStore, gold: Path) -> None:
    with pytest.raises(ConfigError, match="no gold file"):
        bench_link(store, [])
    with pytest.raises(ConfigError, match="2 label sets for 1 gold files"):
        bench_link(store, [gold], label_sets=["pets", "zoo"])
    with pytest.raises(ConfigError, match="no column 'parents' to use; known: parent, synonyms"):
        bench_link(store, [gold], use=["parents"])
    with pytest.raises(ConfigError, match="no peer 'deeponto'"):
        bench_link(store, [gold], peers=["deeponto"])
