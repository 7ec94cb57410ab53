"""Locators: what stands for which store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreError
from labelsys.store import open as opening
from labelsys.store.open import STORE_VARIABLE, find_graph, open_store
from labelsys.store.sqlite_writer import SqliteWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

HASH = "0123456789abcdef"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start in a folder that is in no workspace, with nothing set."""
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.chdir(away)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "space"
    (folder / "graphs").mkdir(parents=True)
    (folder / "labelsys.toml").write_text("")
    (folder / "current").write_text(HASH + "\n")
    toy.fill(SqliteWriter(folder / "graphs" / f"{HASH}.db"))
    return folder


def test_workspace_folder_stands_for_its_current_graph(workspace: Path) -> None:
    assert (
        find_graph(workspace) == find_graph(str(workspace)) == workspace / "graphs" / f"{HASH}.db"
    )
    with open_store(workspace) as store:
        assert store.get_concept(toy.DOG).pref_label == "dog"


def test_graph_file_stands_for_itself(workspace: Path) -> None:
    path = workspace / "graphs" / f"{HASH}.db"
    assert find_graph(path) == path
    with open_store(str(path)) as store:
        assert store.get_meta()["hash"] == "toy"


def test_nothing_given_looks_upwards(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = workspace / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    with open_store() as store:
        assert store.find_concept(toy.DOG) is not None


def test_variable_comes_before_the_current_folder_and_after_the_argument(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    monkeypatch.setenv(STORE_VARIABLE, str(other))
    monkeypatch.chdir(workspace)
    assert find_graph() == other
    assert find_graph(workspace) == workspace / "graphs" / f"{HASH}.db"


def test_empty_variable_is_none(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "")
    monkeypatch.chdir(workspace)
    assert find_graph() == workspace / "graphs" / f"{HASH}.db"


def test_without_a_workspace_it_says_what_to_run() -> None:
    with pytest.raises(StoreError, match=r"no workspace here or above: run `labelsys build`$"):
        open_store()


def test_workspace_without_a_graph_says_what_to_run(workspace: Path) -> None:
    (workspace / "current").unlink()
    with pytest.raises(StoreError, match="no graph built yet: run `labelsys build`"):
        open_store(workspace)


def test_other_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"away is a folder without labelsys.toml, no workspace"):
        open_store(tmp_path / "away")


def test_missing_file_is_told() -> None:
    with pytest.raises(StoreError, match=r"cannot open the graph none.db: No such file"):
        open_store("none.db")


def test_unknown_scheme_names_what_is_known() -> None:
    message = r"no store for https:// locators; known: a workspace folder, a graph file or neo4j://"
    with pytest.raises(StoreError, match=message):
        open_store("https://labels.test/graph")


def test_graph_on_a_server_lies_in_no_file() -> None:
    with pytest.raises(StoreError, match=r"at neo4j://labels.test lies in no file: .* neo4j pull"):
        find_graph("neo4j://labels.test/")


def test_server_needs_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    for where in ({"locator": "bolt://127.0.0.1:1"}, {}):
        monkeypatch.setenv(STORE_VARIABLE, "neo4j://127.0.0.1:1")
        with pytest.raises(StoreError, match=r"no password for Neo4j: set NEO4J_PASSWORD"):
            open_store(**where)


@pytest.mark.parametrize(
    "locator", ["neo4j://me:s3cret@labels.test:7687", "bolt+s://s3cret@labels.test"]
)
def test_password_in_a_locator_is_refused_and_not_repeated(locator: str) -> None:
    for opening_one in (open_store, find_graph):
        with pytest.raises(StoreError, match="NEO4J_USERNAME and NEO4J_PASSWORD in the") as caught:
            opening_one(locator)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "locator",
    ["neo4j://", "neo4j://host:7687/db", "neo4j://host:x", "bolt://host?a=b", "neo4j://a b"],
)
def test_odd_address_says_what_is_expected(locator: str) -> None:
    with pytest.raises(StoreError, match=r"is no Neo4j server: expected neo4j://host:port"):
        open_store(locator)


def test_graph_swept_by_a_build_is_looked_for_again(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([workspace / "graphs" / "swept.db"])
    later = workspace / "graphs" / f"{HASH}.db"
    monkeypatch.setattr(opening, "current_graph", lambda _: next(answers, later))
    with open_store(workspace) as store:
        assert store.find_concept(toy.DOG) is not None
