"""`labelsys wikidata pull`, from an endpoint on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wikidata.pulled import read_pull
from tests.fault_proxy import in_order, oxigraph, run_proxy
from tests.wikidata_toy import ITEMS, write_toy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result

    from tests.fault_proxy import FaultProxy

    Run = Callable[..., Result]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    monkeypatch.setenv("LABELSYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABELSYS_CONTACT", raising=False)
    with run_proxy(oxigraph(write_toy(tmp_path / "toy.nt"))) as running:
        yield running


def test_pull_prints_what_it_did(run: Run, proxy: FaultProxy, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("wikidata", "pull", "--root", "Q1", "--endpoint", proxy.url, "--out", str(out))
    done = run(*words, "--output", "json")
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["items"], report["edges"], report["redirects"]) == (46, 47, 1)
    assert report["out"] == str(out)
    assert report["statements"]["read"] == report["statements"]["kept"] + 2
    assert {entity.qid for entity in read_pull(out).entities} == ITEMS
    assert 'name = "wikidata"' in done.stderr.splitlines()
    # The recipe's languages, as nothing else was said.
    assert read_pull(out).header["languages"] == "en mul zh"


def test_page_has_all_counts(run: Run, proxy: FaultProxy, tmp_path: Path) -> None:
    proxy.plan = in_order("500", "html")
    out = tmp_path / "out"
    words = ("wikidata", "pull", "--root", "wd:Q4", "--root", "Q9", "--endpoint", proxy.url)
    done = run(*words, "--out", str(out), "--lang", "en,ZH-hans", "--output", "table")
    assert done.exit_code == 0, done.stderr
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert lines["items"] == "47, of them redirects: 1"
    assert lines["skipped"] == "a value that nobody knows: 2"
    assert lines["failed"] == "HTML instead of rows: 1, HTTP 500: 1"
    assert lines["requests"].endswith(", and 0 answers from the journal")
    assert read_pull(out).header["languages"] == "en mul zh-hans"


def test_contact_comes_from_the_environment_as_well(
    run: Run, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSYS_CONTACT", "me@uni.edu")
    words = ("wikidata", "pull", "--root", "Q9", "--endpoint", proxy.url)
    assert run(*words, "--out", str(tmp_path / "a")).exit_code == 0
    assert run(*words, "--out", str(tmp_path / "b"), "--contact", "you@uni.edu").exit_code == 0
    agents = {call.headers["user-agent"].split()[1] for call in proxy.calls}
    assert agents == {"(me@uni.edu)", "(you@uni.edu)"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "error: query.wikidata.org has to know whom to write to when this pull troubles it: "),
        (("--contact", "you@example.org"), "error: --contact: 'you@example.org' reaches nobody"),
        (("--endpoint", "ftp://x"), "error: --endpoint: an endpoint is an address that starts"),
        (("--endpoint", "http://127.0.0.1:1/", "--dialect", "x"), "error: no dialect 'x'"),
        (("--endpoint", "http://127.0.0.1:1/", "--lang", "e n"), "error: --lang: 'e n' is no list"),
        (("--endpoint", "http://127.0.0.1:1/", "--root", "dog"), "error: --root: 'dog' is no item"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.delenv("LABELSYS_CONTACT", raising=False)
    done = run("wikidata", "pull", "--root", "Q1", *words)
    assert done.exit_code == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(message)


def test_place_is_asked_for_where_there_is_no_workspace(
    run: Run, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("wikidata", "pull", "--root", "Q9", "--endpoint", proxy.url)
    done = run(*words)
    assert done.exit_code == 1
    assert done.stderr.strip().endswith("or say by --out where the tables go")
    done = run(*words, "--out", "here")
    assert done.exit_code == 0, done.stderr
    assert read_pull(tmp_path / "here").header["languages"] == "en mul"
    assert "labelsys.toml" not in done.stderr


def test_tables_go_into_the_workspace_unless_said(
    run: Run, proxy: FaultProxy, workspace_folder: Path
) -> None:
    done = run("wikidata", "pull", "--root", "Q9", "--endpoint", proxy.url)
    assert done.exit_code == 0, done.stderr
    assert {e.qid for e in read_pull(workspace_folder / "sources" / "wikidata").entities} == {
        *("Q8", "Q9")
    }
    assert 'path = "sources/wikidata"' in done.stderr.splitlines()
