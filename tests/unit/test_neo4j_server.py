"""What is told when a server can't be started; the rest is in tests/integration."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreError
from labelsys.neo4j_jars import VERSION, find_jars
from labelsys.neo4j_server import start_server, stop_server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder with programs, which is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def add_program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_java_it_says_what_to_install(programs: Path, tmp_path: Path) -> None:
    message = r"`java` is not installed.* needs Java 17 or 21; on Debian: apt-get install openjdk"
    with pytest.raises(StoreError, match=message):
        start_server(tmp_path / "s", "a password", cache=tmp_path)
    assert not (tmp_path / "s").exists()


def test_without_maven_it_says_what_to_install(programs: Path, tmp_path: Path) -> None:
    add_program(programs, "java", "exit 0")
    message = r"`mvn` is not installed.* needs Maven; on Debian: apt-get install maven"
    with pytest.raises(StoreError, match=message):
        start_server(tmp_path / "s", "a password", cache=tmp_path)


def test_maven_that_gets_nothing_is_told_and_leaves_nothing(programs: Path, tmp_path: Path) -> None:
    add_program(programs, "mvn", "echo '[INFO] x'; echo '[ERROR] no such host'; exit 3")
    message = rf"can't get Neo4j {VERSION} \(exit status 3\): \[ERROR\] no such host"
    with pytest.raises(StoreError, match=message):
        find_jars(tmp_path / "cache")
    assert list((tmp_path / "cache" / "neo4j").iterdir()) == []


def test_maven_that_does_nothing_is_told(programs: Path, tmp_path: Path) -> None:
    add_program(programs, "mvn", "exit 0")
    with pytest.raises(StoreError, match="it said nothing"):
        find_jars(tmp_path / "cache")


def test_jars_that_are_there_are_taken_without_maven(programs: Path, tmp_path: Path) -> None:
    there = tmp_path / "neo4j" / VERSION
    there.mkdir(parents=True)
    assert find_jars(tmp_path) == there


@pytest.mark.parametrize("heap", ["", "1", "g", "0g", "1t", "1g -cp x", "-1g"])
def test_odd_heap_is_refused(heap: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no size of a heap: a number and m or g, as in 1g"):
        start_server(tmp_path, "a password", cache=tmp_path, heap=heap)


@pytest.mark.parametrize("whose", ["ours", "nobody's"])
def test_process_that_is_not_the_server_is_left_alone(tmp_path: Path, whose: str) -> None:
    """The number in the file may be another process's by now: this one's, to see it live."""
    pid = os.getpid() if whose == "ours" else 2**22 + 1
    record = {"locator": "neo4j://127.0.0.1:7687", "pid": pid, "http_port": None}
    (tmp_path / "labelsys-server.json").write_text(json.dumps(record), encoding="utf-8")
    assert stop_server(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "null"])
def test_damaged_file_of_the_process_counts_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "labelsys-server.json").write_text(text, encoding="utf-8")
    assert stop_server(tmp_path) is None


def test_folder_without_a_server_has_none_to_stop(tmp_path: Path) -> None:
    assert stop_server(tmp_path / "nowhere") is None
