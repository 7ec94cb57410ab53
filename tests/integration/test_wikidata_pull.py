"""A pull in a process of its own, from Fuseki behind a server that fails; killed and run again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wikidata.journal import answered_keys
from labelsys.source.wikidata.pulled import TABLES, read_pull
from tests.fault_proxy import at_rate, forward, run_proxy
from tests.fuseki import run_fuseki
from tests.integration.command import finish
from tests.wikidata_toy import ITEMS, edges_below, write_toy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fault_proxy import FaultProxy

pytestmark = [pytest.mark.server, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from run_fuseki(write_toy(tmp_path_factory.mktemp("fuseki") / "toy.nt"))


def start(proxy: FaultProxy, folder: Path, *, cache: Path | None = None) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "labelsys", "wikidata", "pull", "--root", "Q1"]
    words += ["--endpoint", proxy.url, "--out", str(folder / "out"), "--lang", "en,zh"]
    words += ["--batch", "2", "--timeout", "3", "--output", "json"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LABELSYS_", "COV"))}
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        words,
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "LABELSYS_CACHE": str(cache or folder / "cache")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def pull(proxy: FaultProxy, folder: Path) -> dict[str, object]:
    done = finish(start(proxy, folder))
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


def tables(folder: Path) -> dict[str, bytes]:
    return {stem: (folder / "out" / f"{stem}.tsv.gz").read_bytes() for stem in TABLES}


def known_marks(folder: Path) -> set[str]:
    return {key[:12] for path in folder.glob("out-*.journal") for key in answered_keys(path)}


def port_of(proxy: FaultProxy) -> int:
    return int(proxy.url.split(":")[2].split("/")[0])


def test_fuseki_gives_what_the_toy_holds(endpoint: str, tmp_path: Path) -> None:
    with run_proxy(forward(endpoint)) as proxy:
        report = pull(proxy, tmp_path)
    entities = read_pull(tmp_path / "out").entities
    assert {entity.qid for entity in entities} == ITEMS
    edges = [(e.qid, c.value) for e in entities for c in e.claims if c.pid == "P279"]
    assert sorted(edges) == sorted(edges_below(ITEMS))
    assert (report["retried"], report["from_journal"]) == ({}, 0)
    by_qid = {entity.qid: entity for entity in entities}
    assert by_qid["Q22"].into == "Q2"
    assert [text.text for text in by_qid["Q2"].texts][-1] == "动物"
    assert by_qid["Q2"].sitelinks == 253


def test_killed_pull_goes_on_and_asks_nothing_twice(endpoint: str, tmp_path: Path) -> None:
    with run_proxy(forward(endpoint)) as calm:
        pull(calm, tmp_path / "calm")
        port = port_of(calm)
    chance = random.Random(7)
    kept = []
    with run_proxy(forward(endpoint), at_rate(0.3, 11), port=port, hang_s=4.0) as proxy:
        for _ in range(KILLS):
            known, before = known_marks(tmp_path), len(proxy.calls)
            kept.append(len(known))
            process = start(proxy, tmp_path)
            # From the first request on: before it there is nothing to lose.
            until = time.monotonic() + 60
            while len(proxy.calls) == before and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.4))
            process.send_signal(signal.SIGKILL)
            finish(process)
            assert not known & {call.mark for call in proxy.calls[before:]}
        known, before = known_marks(tmp_path), len(proxy.calls)
        report = pull(proxy, tmp_path)
        assert not known & {call.mark for call in proxy.calls[before:]}
    assert kept == sorted(kept)
    assert kept[-1] > 0
    assert report["from_journal"] == len(known)
    assert tables(tmp_path) == tables(tmp_path / "calm")


def test_ctrl_c_leaves_one_line_that_says_how_to_go_on(endpoint: str, tmp_path: Path) -> None:
    with run_proxy(forward(endpoint)) as proxy:
        process = start(proxy, tmp_path)
        until = time.monotonic() + 60
        while len(proxy.marks("answered")) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        done = finish(process)
        assert done.returncode == 130, done.stderr
        lines = done.stderr.splitlines()
        (line,) = [line for line in lines if "goes on from there" in line]
        assert "answers are kept in " in line
        assert "Traceback" not in done.stderr
        known, before = known_marks(tmp_path), len(proxy.calls)
        pull(proxy, tmp_path)
        assert not known & {call.mark for call in proxy.calls[before:]}


def test_two_pulls_at_once_share_the_host_and_not_the_folder(endpoint: str, tmp_path: Path) -> None:
    with run_proxy(forward(endpoint)) as proxy:
        cache = tmp_path / "cache"
        one, other = (start(proxy, tmp_path / name, cache=cache) for name in "ab")
        shared = [start(proxy, tmp_path / "c", cache=cache) for _ in range(2)]
        assert [finish(process).returncode for process in (one, other)] == [0, 0]
        ended = [finish(process) for process in shared]
        assert proxy.most_at_once == 1
    assert tables(tmp_path / "a") == tables(tmp_path / "b") == tables(tmp_path / "c")
    codes = [done.returncode for done in ended]
    assert 0 in codes
    for done in ended:
        assert done.returncode == 0 or "is being written by process" in done.stderr
