"""Graphs are named by what made them, switched at once, and thrown away when old."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreError
from labelsys.graphs import GRAPH_PARTS, GraphFolder, current_graph, graph_hash

if TYPE_CHECKING:
    from pathlib import Path

A, B, C, D = (digit * 16 for digit in "abcd")


def make(folder: GraphFolder, *hashes: str) -> None:
    for age, hash_ in enumerate(hashes):
        with folder.new(hash_) as temp:
            temp.write_bytes(hash_.encode())
        path = folder.path_of(hash_)
        os.utime(path, (1_000_000_000 + age, 1_000_000_000 + age))


def graphs_in(workspace: Path) -> list[str]:
    return sorted(path.stem[0] for path in (workspace / "graphs").glob("*.db"))


def parts(**changes: str) -> dict[str, str]:
    return {**dict.fromkeys(GRAPH_PARTS, "x"), **changes}


def test_hash_is_the_start_of_the_sum_of_the_sorted_parts() -> None:
    names = sorted(GRAPH_PARTS)
    text = "{" + ",".join(f'"{name}":"x"' for name in names) + "}"
    assert graph_hash(parts()) == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_hash_changes_with_each_part_and_not_with_their_order() -> None:
    hashes = {graph_hash(parts(**{name: "y"})) for name in GRAPH_PARTS}
    assert len(hashes | {graph_hash(parts())}) == len(GRAPH_PARTS) + 1
    assert graph_hash(dict(reversed(parts().items()))) == graph_hash(parts())
    assert all(re.fullmatch("[0-9a-f]{16}", hash_) for hash_ in hashes)


def test_hash_needs_every_part_and_no_other() -> None:
    given = parts(colour="red")
    del given["ids"]
    with pytest.raises(StoreError, match="wrong: colour, ids"):
        graph_hash(given)


def test_no_graph_yet_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no graph built yet: run `labelsys build`"):
        current_graph(tmp_path)


def test_switched_graph_is_the_current_one(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    make(folder, A, B)
    folder.switch(A)
    assert current_graph(tmp_path) == tmp_path / "graphs" / f"{A}.db"
    assert (tmp_path / "current").read_bytes() == f"{A}\n".encode()
    folder.switch(B)
    assert current_graph(tmp_path).read_bytes() == B.encode()


def test_only_a_graph_that_is_there_can_be_switched_to(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    make(folder, A)
    folder.switch(A)
    with pytest.raises(StoreError, match=rf"no graph .*{B}\.db: `current` is as it was"):
        folder.switch(B)
    with pytest.raises(StoreError, match=r"'\.\./x' is no graph's hash"):
        folder.switch("../x")
    assert current_graph(tmp_path).stem == A


@pytest.mark.parametrize("text", [f"{B}\n", "", "../../etc/passwd", "a\0b", "\xff\xfe"])
def test_current_that_leads_nowhere_is_an_error(tmp_path: Path, text: str) -> None:
    make(GraphFolder(tmp_path), A)
    (tmp_path / "current").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match="which is not there: run `labelsys build`"):
        current_graph(tmp_path)


def test_current_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(StoreError, match=r"can't read .*current: Is a directory"):
        current_graph(tmp_path)


def test_failed_build_leaves_no_graph(tmp_path: Path) -> None:
    def fail() -> None:
        with GraphFolder(tmp_path).new(A) as temp:
            temp.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list((tmp_path / "graphs").iterdir()) == []


def test_pruning_keeps_the_current_graph_and_the_one_before_it(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    make(folder, A, B, C, D)
    folder.switch(C)
    os.utime(folder.path_of(C), (2_000_000_000, 2_000_000_000))
    folder.switch(A)
    assert folder.prune(keep=2) == (folder.path_of(B), folder.path_of(D))
    assert graphs_in(tmp_path) == ["a", "c"]
    assert folder.prune(keep=1) == (folder.path_of(C),)
    assert folder.prune(keep=1) == ()


def test_pruning_touches_only_graphs(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    assert folder.prune(keep=1) == ()
    make(folder, A, B)
    folder.switch(B)
    names = ["notes.db", f"{A}.db.bak", f"{A}x.db", "README"]
    for name in names:
        (tmp_path / "graphs" / name).write_bytes(b"")
    assert folder.prune(keep=1) == (folder.path_of(A),)
    found = sorted(path.name for path in (tmp_path / "graphs").iterdir())
    assert found == sorted([*names, f"{B}.db"])


def test_current_graph_is_kept_however_old(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    make(folder, A, B, C)
    (tmp_path / "current").write_text(A)
    folder.prune(keep=1)
    assert graphs_in(tmp_path) == ["a"]


def test_nothing_left_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="keep is 0: the current graph always stays"):
        GraphFolder(tmp_path).prune(keep=0)


def test_open_graph_outlives_its_name(tmp_path: Path) -> None:
    folder = GraphFolder(tmp_path)
    make(folder, A, B)
    folder.switch(B)
    with folder.path_of(A).open("rb") as reader:
        folder.prune(keep=1)
        assert reader.read() == A.encode()
