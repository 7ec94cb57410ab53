from __future__ import annotations

import os
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import SourceError
from labelsys.source.wordnet_fetch import FETCHERS, FetchError, fetch_with_apt, fetch_with_nltk
from labelsys.source.wordnet_files import Places, cache_folder, check_wordnet, find_wordnet

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = "  1 licence  \n00001740 03 n 01 entity 0 000 | a  \n00001930 03 n 01 thing 0 000 | b  \n"
FILES = {"data.noun": DATA, "index.noun": "", "noun.exc": "", "cntlist.rev": ""}


def write_files(folder: Path, **changes: str) -> Path:
    """Write files that pass for a WordNet of two synsets."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changes.get(name.replace(".", "_"), text), encoding="utf-8")
    return folder


class Recorder:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, stage: str, total: int | None = None) -> None:
        self.lines.append(f"start {stage}")

    def advance(self, steps: int = 1) -> None:
        raise AssertionError

    def done(self, message: str = "") -> None:
        self.lines.append(f"done {message}")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABELSYS_WORDNET", "LABELSYS_CACHE", "NLTK_DATA", "WNHOME", "WNSEARCHDIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Places that are all empty."""
    return Places(
        nltk=(tmp_path / "nltk1", tmp_path / "nltk2"),
        system=(tmp_path / "system",),
        cache=tmp_path / "cache",
        fetchers=(),
    )


def find(places: Places, *, fetch: bool = True, progress: Recorder | None = None) -> Path:
    return find_wordnet(places=places, expected_synsets=2, fetch=fetch, progress=progress)


def with_fetchers(places: Places, **fetchers: Path | str) -> Places:
    """Replace the downloads: each hands out a folder, or fails for a reason."""

    def make(result: Path | str) -> Callable[[Path], Path]:
        def fetch(into: Path) -> Path:
            assert not list(into.iterdir())
            if isinstance(result, str):
                raise FetchError(result)
            return result

        return fetch

    return replace(places, fetchers=tuple((name, make(way)) for name, way in fetchers.items()))


def test_a_named_folder_is_the_only_place_looked_at(tmp_path: Path, places: Places) -> None:
    write_files(tmp_path / "system")
    folder = write_files(tmp_path / "mine")
    assert find_wordnet(folder, places=places, expected_synsets=2) == folder
    with pytest.raises(SourceError, match=r"other: no WordNet 3\.0: no such folder"):
        find_wordnet(tmp_path / "other", places=places, expected_synsets=2)


def test_the_environment_names_a_folder_and_an_argument_beats_it(
    tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = write_files(tmp_path / "mine"), write_files(tmp_path / "other")
    monkeypatch.setenv("LABELSYS_WORDNET", str(mine))
    assert find(places) == mine
    assert find_wordnet(other, places=places, expected_synsets=2) == other


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("data.noun", r"lacks data\.noun$"),
        ("index.noun", r"lacks index\.noun$"),
        ("noun.exc", r"lacks noun\.exc$"),
        ("cntlist.rev", r"lacks cntlist\.rev or index\.sense$"),
    ],
)
def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path, missing: str, reason: str) -> None:
    folder = write_files(tmp_path / "mine")
    (folder / missing).unlink()
    with pytest.raises(SourceError, match=reason):
        find_wordnet(folder, expected_synsets=2)


def test_either_file_with_counts_is_enough(tmp_path: Path) -> None:
    folder = write_files(tmp_path)
    (folder / "cntlist.rev").rename(folder / "index.sense")
    assert check_wordnet(folder, 2) == ""


def test_another_version_is_told_by_its_number_of_synsets(tmp_path: Path) -> None:
    assert check_wordnet(write_files(tmp_path)) == "data.noun has 2 synsets, expected 82,115"


def test_places_are_tried_in_order(tmp_path: Path, places: Places) -> None:
    fetched = with_fetchers(places, first="is down", second=write_files(tmp_path / "net"))
    cached = find(fetched)
    assert cached == tmp_path / "cache" / "wordnet-3.0"
    assert find(places) == cached
    system = write_files(tmp_path / "system")
    assert find(places) == system
    in_nltk = write_files(tmp_path / "nltk2" / "corpora" / "wordnet")
    assert find(places) == in_nltk


def test_a_place_that_holds_something_else_is_passed_over(tmp_path: Path, places: Places) -> None:
    write_files(tmp_path / "nltk1" / "corpora" / "wordnet", data_noun="")
    system = write_files(tmp_path / "system")
    assert find(places) == system
    shutil.rmtree(system)
    with pytest.raises(SourceError, match=r"nltk1/corpora/wordnet data\.noun has 0 synsets"):
        find(places)


def test_nltks_zip_is_unpacked_into_the_cache_once(tmp_path: Path, places: Places) -> None:
    archive = tmp_path / "nltk1" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.mkdir("wordnet")
        for name, text in FILES.items():
            zipped.writestr(f"wordnet/{name}", text)
        zipped.writestr("../../outside", "x")
    cached = find(places)
    assert (cached / "data.noun").read_text(encoding="utf-8") == DATA
    assert (cached / "outside").exists()
    assert not (tmp_path / "cache" / "outside").exists()
    before = (cached / "data.noun").stat().st_ino
    assert find(places) == cached
    assert (cached / "data.noun").stat().st_ino == before


def test_a_damaged_zip_is_one_of_the_reasons(tmp_path: Path, places: Places) -> None:
    archive = tmp_path / "nltk1" / "corpora" / "wordnet.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"PK not really")
    with pytest.raises(SourceError, match=r"nltk data .*wordnet\.zip: File is not a zip file"):
        find(places)


def test_a_download_leaves_its_sums_and_nothing_else(tmp_path: Path, places: Places) -> None:
    source = write_files(tmp_path / "net")
    (source / "doc").mkdir()
    progress = Recorder()
    cached = find(with_fetchers(places, net=source), progress=progress)
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["wordnet-3.0"]
    assert sorted(path.name for path in cached.iterdir()) == sorted([*FILES, "SHA256SUMS"])
    # The SHA-256 of no bytes at all is well known.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert f"{empty}  noun.exc\n" in (cached / "SHA256SUMS").read_text(encoding="utf-8")
    assert progress.lines == ["start fetch WordNet 3.0: net", f"done in {cached}"]


def test_a_damaged_cache_is_replaced(tmp_path: Path, places: Places) -> None:
    fetched = with_fetchers(places, net=write_files(tmp_path / "net"))
    cached = find(fetched)
    (cached / "data.noun").write_text(DATA.replace("thing", "thong"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"is damaged: data\.noun is not as SHA256SUMS has it"):
        find(places)
    assert find(fetched) == cached
    assert (cached / "data.noun").read_text(encoding="utf-8") == DATA
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["wordnet-3.0"]


def test_files_that_a_person_put_into_the_cache_are_never_replaced(
    tmp_path: Path, places: Places
) -> None:
    cached = write_files(tmp_path / "cache" / "wordnet-3.0")
    assert find(places) == cached
    (cached / "noun.exc").unlink()
    fetched = with_fetchers(places, net=write_files(tmp_path / "net"))
    with pytest.raises(SourceError, match=r"net: .*wordnet-3\.0 is in the way: move it"):
        find(fetched)
    assert (cached / "data.noun").exists()


def test_a_download_that_is_not_wordnet_is_not_kept(tmp_path: Path, places: Places) -> None:
    bad = write_files(tmp_path / "net", data_noun=DATA + "00002137 03 n 01 x 0 000 | c  \n")
    with pytest.raises(SourceError, match=r"net: data\.noun has 3 synsets, expected 2"):
        find(with_fetchers(places, net=bad))
    assert not list((tmp_path / "cache").iterdir())


def test_a_download_that_brought_nothing_is_a_reason(tmp_path: Path, places: Places) -> None:
    with pytest.raises(SourceError, match=r"net: .*No such file or directory"):
        find(with_fetchers(places, net=tmp_path / "nothing"))


def test_the_error_lists_every_way_and_what_to_do(places: Places) -> None:
    progress = Recorder()
    with pytest.raises(SourceError) as caught:
        find(with_fetchers(places, one="no network", two="no apt"), progress=progress)
    text = str(caught.value)
    assert "\n" not in text
    for part in (
        "nltk data: not in any of 2 folders",
        "system: not in any of 1 folders",
        "wordnet-3.0: no such folder",
        "one: no network; two: no apt",
        "LABELSYS_WORDNET",
    ):
        assert part in text
    assert progress.lines == [
        "start fetch WordNet 3.0: one",
        "done one: no network",
        "start fetch WordNet 3.0: two",
        "done two: no apt",
    ]


def test_without_fetch_nothing_is_downloaded(tmp_path: Path, places: Places) -> None:
    fetched = with_fetchers(places, net=write_files(tmp_path / "net"))
    with pytest.raises(SourceError, match="downloads: switched off"):
        find(fetched, fetch=False)
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_is_a_file_is_a_reason(tmp_path: Path, places: Places) -> None:
    (tmp_path / "cache").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match=r"net: .*File exists"):
        find(with_fetchers(places, net=write_files(tmp_path / "net")))


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == Path("/home/me/.cache/labelsys")
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast")
    assert cache_folder() == Path("/fast/labelsys")
    monkeypatch.setenv("LABELSYS_CACHE", "/shared/cache")
    assert cache_folder() == Path("/shared/cache")


def test_usual_places_follow_nltks_and_wordnets_own_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "nltk.data", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("NLTK_DATA", f"/n1{os.pathsep}/n2")
    monkeypatch.setenv("WNHOME", "/opt/wn")
    monkeypatch.setenv("WNSEARCHDIR", "/opt/wn/search")
    usual = Places()
    assert usual.nltk[:3] == (Path("/n1"), Path("/n2"), Path("/home/me/nltk_data"))
    assert usual.system[:2] == (Path("/opt/wn/search"), Path("/opt/wn/dict"))
    assert Path("/usr/share/wordnet") in usual.system
    assert usual.fetchers == FETCHERS


def test_a_loaded_nltk_tells_its_own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loaded:
        path = ("/mine",)

    monkeypatch.setitem(sys.modules, "nltk.data", Loaded)
    assert Places().nltk == (Path("/mine"),)


def script(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_apt_says_that_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="apt-get is not installed"):
        fetch_with_apt(tmp_path)
    script(tmp_path, "apt-get", "exit 0")
    with pytest.raises(FetchError, match="dpkg-deb is not installed"):
        fetch_with_apt(tmp_path)


def test_apt_without_lists_fetches_its_own_and_then_fails_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, work = tmp_path / "log", tmp_path / "work"
    work.mkdir()
    body = (
        f'echo "$@" >> {log}\n'
        'echo "E: Unable to locate package" >&2\n'
        'case "$*" in *update) exit 0;; esac\n'
        "exit 100"
    )
    script(tmp_path / "bin", "apt-get", body)
    script(tmp_path / "bin", "dpkg-deb", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    with pytest.raises(FetchError, match="exit status 100: E: Unable to locate package"):
        fetch_with_apt(work)
    first, second, third = log.read_text(encoding="utf-8").splitlines()
    assert first.endswith("download wordnet-base wordnet-sense-index")
    assert f"Dir::State={work}/apt" in second
    assert second.endswith("update")
    assert f"Dir::State::lists={work}/apt/lists" in third
    assert (work / "apt" / "lists" / "partial").is_dir()
    assert (work / "apt" / "cache" / "archives" / "partial").is_dir()


def test_a_tool_that_can_not_be_run_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    script(folder, "dpkg-deb", "exit 0")
    script(folder, "apt-get", "")
    (folder / "apt-get").write_bytes(b"\x7fELF broken")
    monkeypatch.setenv("PATH", str(folder))
    (tmp_path / "work").mkdir()
    with pytest.raises(FetchError, match="apt-get can't be run"):
        fetch_with_apt(tmp_path / "work")


def test_a_closed_network_fails_in_seconds_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A module of this name on the child's path closes the network for it.
    stub = tmp_path / "stub"
    stub.mkdir()
    closed = (
        "import socket\n"
        "def refuse(*args, **kwargs):\n    raise OSError('closed for this test')\n"
        "socket.create_connection = refuse\n"
    )
    (stub / "sitecustomize.py").write_text(closed, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(stub))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(FetchError, match="does not answer: closed for this test"):
        fetch_with_nltk(into)
    assert not list(into.iterdir())


@pytest.mark.parametrize("unpacked", [False, True])
def test_what_nltk_downloads_is_found_packed_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unpacked: bool
) -> None:
    # Stands in for nltk in the child, which behind a proxy goes straight to the download.
    download = (
        "import pathlib\n"
        "def download(name, download_dir, quiet):\n"
        "    place = pathlib.Path(download_dir, 'corpora', name)\n"
        f"    place.mkdir(parents=True) if {unpacked} else place.parent.mkdir(parents=True)\n"
        "    place.with_suffix('.zip').touch()\n"
        "    return quiet\n"
    )
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "nltk.py").write_text(download, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stub"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    into = tmp_path / "into"
    into.mkdir()
    assert fetch_with_nltk(into) == into / "corpora" / ("wordnet" if unpacked else "wordnet.zip")


def test_a_tool_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin", "apt-get", "exec sleep 30")
    script(tmp_path / "bin", "dpkg-deb", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr("labelsys.source.wordnet_fetch._APT_TIMEOUT_S", 0.1)
    (tmp_path / "work").mkdir()
    with pytest.raises(FetchError, match=r"apt-get took longer than 0\.1 s"):
        fetch_with_apt(tmp_path / "work")


@pytest.mark.wordnet
def test_the_real_files_pass(wordnet_folder: Path) -> None:
    assert check_wordnet(wordnet_folder) == ""


@pytest.mark.wordnet
@pytest.mark.slow
def test_apt_brings_the_real_files_without_root(tmp_path: Path) -> None:
    if shutil.which("apt-get") is None:
        pytest.skip("no apt-get on this system")
    try:
        found = fetch_with_apt(tmp_path)
    except FetchError as error:
        pytest.skip(f"Debian's packages can't be had: {error}")
    assert check_wordnet(found) == ""
