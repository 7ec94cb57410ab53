"""Work shared with forks gives what it gives alone, whatever happens to them."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import threadpoolctl

from labelsys import forks
from labelsys.forks import in_fork, map_forked
from tests.process import open_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork") or sys.platform == "darwin", reason="no forks here"
)


@pytest.fixture(autouse=True)
def three_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(forks, "_cores", lambda: 3)
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # the suite's own threads
    children: list[int] = []
    fork = os.fork

    def noted_fork() -> int:
        pid = fork()
        if pid:
            children.append(pid)
        return pid

    monkeypatch.setattr(os, "fork", noted_fork)
    before = open_files()
    yield
    assert not open_files() - before
    for pid in children:  # none left running, none left unburied; servers of other tests may be
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 10])
def test_results_keep_the_order_of_the_parts(n: int) -> None:
    assert map_forked(lambda i: i * i, range(n)) == [i * i for i in range(n)]


def test_other_processes_do_their_share() -> None:
    pids = map_forked(lambda _: os.getpid(), range(7))
    assert len(set(pids)) == 3
    assert pids[0] == pids[3] == pids[6] == os.getpid()


def test_results_larger_than_a_pipe_holds_come_whole() -> None:
    blocks = map_forked(lambda i: bytes([i]) * 1_000_000, range(5))
    assert [(len(block), block[0]) for block in blocks] == [(1_000_000, i) for i in range(5)]


def test_share_of_a_killed_fork_is_done_here() -> None:
    own = os.getpid()

    def work(part: int) -> int:
        if os.getpid() != own and part == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return part

    assert map_forked(work, range(9)) == list(range(9))


def test_share_is_done_here_where_results_can_not_be_pickled() -> None:
    def work(part: int) -> Callable[[], int]:
        return lambda: part

    found = map_forked(work, range(4))
    assert [one() for one in found] == [0, 1, 2, 3]


def test_share_is_done_here_where_there_is_no_process_to_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert map_forked(lambda i: i, range(5)) == list(range(5))


@pytest.mark.parametrize("bad", [0, 1, 5])
def test_error_of_a_part_is_raised_here(bad: int) -> None:
    def work(part: int) -> float:
        return 1 / (part - bad)

    with pytest.raises(ZeroDivisionError):
        map_forked(work, range(6))


def test_interrupt_ends_the_forks() -> None:
    own = os.getpid()

    def work(part: int) -> int:
        if os.getpid() == own:
            raise KeyboardInterrupt
        time.sleep(60)
        return part

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        map_forked(work, range(3))
    assert time.monotonic() - start < 30


def test_share_of_a_fork_that_hangs_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_PATIENCE", 0.3)
    own = os.getpid()

    def work(part: int) -> int:
        if os.getpid() != own and part == 5:
            time.sleep(60)
        return part

    start = time.monotonic()
    assert map_forked(work, range(9)) == list(range(9))
    assert time.monotonic() - start < 30


def test_fork_leaves_when_its_parent_is_gone(tmp_path: Path) -> None:
    """It would hold the parent's locks for as long as it works."""
    log = tmp_path / "log"

    def work(part: int) -> int:
        if os.getpid() == middle:
            os.kill(middle, signal.SIGKILL)
        with log.open("a") as file:
            file.write(f"{part}\n")
        time.sleep(0.2)
        return part

    pid = os.fork()
    if pid == 0:
        middle = os.getpid()
        map_forked(work, range(300))
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(1.0)
    done = log.read_text().split()
    time.sleep(0.6)
    assert log.read_text().split() == done
    assert len(done) <= 4


def test_fork_dies_with_its_parent_and_holds_none_of_its_files(tmp_path: Path) -> None:
    log, lock = tmp_path / "log", tmp_path / "lock"

    def work() -> None:
        for i in range(100):
            log.write_text(str(i))
            time.sleep(0.05)

    pid = os.fork()
    if pid == 0:
        held = lock.open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        with in_fork(work):
            while not log.exists():
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or raises BlockingIOError
    if sys.platform == "linux":
        time.sleep(0.2)
        done = log.read_text()
        time.sleep(0.3)
        assert log.read_text() == done


def test_work_beside_a_block_is_done_elsewhere() -> None:
    with in_fork(os.getpid) as result:
        assert result() != os.getpid()


def test_work_beside_a_block_is_done_here_where_its_fork_fails() -> None:
    own = os.getpid()

    def work() -> int:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return 7

    with in_fork(work) as result:
        assert result() == 7


def test_error_of_work_beside_a_block_is_raised_where_it_is_asked_for() -> None:
    with in_fork(lambda: 1 / 0) as result, pytest.raises(ZeroDivisionError):
        result()


def test_work_beside_a_block_that_fails_is_ended() -> None:
    start = time.monotonic()
    with pytest.raises(KeyError), in_fork(lambda: time.sleep(60)):
        raise KeyError
    assert time.monotonic() - start < 30


def test_nothing_is_forked_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert set(map_forked(lambda _: os.getpid(), range(4))) == {os.getpid()}


def test_linear_algebra_keeps_to_one_thread_in_each_process() -> None:
    def threads(_: int) -> list[int]:
        return [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]

    before = threads(0)
    found = map_forked(threads, range(3))
    assert all(numbers == [1] * len(before) for numbers in found)
    assert threads(0) == before
