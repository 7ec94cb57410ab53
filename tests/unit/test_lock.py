"""One writer at a time, and the other one knows whom it waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import StoreBusyError, StoreError
from labelsys.lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import pathlib, sys
from labelsys.lock import WriterLock
with WriterLock(pathlib.Path(sys.argv[1]), "it").hold():
    print("held", flush=True)
    sys.stdin.readline()
"""


class Recorder:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, stage: str, total: int | None = None) -> None:
        self.lines.append(stage)

    def advance(self, steps: int = 1) -> None:
        raise AssertionError

    def done(self, message: str = "") -> None:
        self.lines.append(message)


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_second_process_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    lock = WriterLock(path, "the workspace")
    with another_process(path) as holder:
        words = f"^the workspace is being written by process {holder.pid}: try again later$"
        with pytest.raises(StoreBusyError, match=words) as caught, lock.hold():
            raise AssertionError
        assert caught.value.is_retryable


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with another_process(path) as holder:
        holder.kill()
        holder.wait()
        with WriterLock(path, "it").hold(timeout_s=5) as is_outermost:
            assert is_outermost


def test_loser_waits_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    recorder = Recorder()
    with another_process(path) as holder:
        assert holder.stdin is not None
        threading.Timer(0.1, holder.stdin.close).start()
        with WriterLock(path, "it").hold(timeout_s=None, progress=recorder):
            pass
    assert recorder.lines == [f"waiting for process {holder.pid}, which writes it", "it is done"]


def test_waiting_ends_after_the_time_given(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    recorder = Recorder()
    with WriterLock(path, "it").hold():
        start_s = time.monotonic()
        lock = WriterLock(path, "it")
        with (
            pytest.raises(StoreBusyError, match=f"by process {os.getpid()}"),
            lock.hold(timeout_s=0.1, progress=recorder),
        ):
            raise AssertionError
        assert 0.1 <= time.monotonic() - start_s < 5
    assert recorder.lines[-1] == "it is still at it"


@pytest.mark.parametrize("text", ["", "nonsense", "12 34", "\xff"])
def test_holder_that_is_unknown_is_another_process(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.lock"
    with WriterLock(path, "it").hold():
        (tmp_path / "x.lock.holder").write_text(text, encoding="latin-1")
        with pytest.raises(StoreBusyError, match="by another process"), WriterLock(path, "").hold():
            raise AssertionError


def test_holder_may_take_it_again_and_keeps_it_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    lock, other = WriterLock(path, "it"), WriterLock(path, "it")
    with lock.hold() as outer:
        with lock.hold() as inner:
            assert (outer, inner) == (True, False)
        with pytest.raises(StoreBusyError, match="it is being"), other.hold():
            raise AssertionError
    with other.hold() as free:
        assert free
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.lock"]


def test_error_in_the_block_frees_the_lock(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "x.lock", "it")
    with pytest.raises(KeyboardInterrupt), lock.hold():
        raise KeyboardInterrupt
    with WriterLock(tmp_path / "x.lock", "it").hold() as is_outermost:
        assert is_outermost


def test_place_where_no_lock_can_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    lock = WriterLock(tmp_path / "file" / "x.lock", "it")
    with pytest.raises(StoreError, match=r"can't write .*x\.lock: .*\(nothing was changed\)"):
        lock.hold().__enter__()


FORK = """
import os, pathlib, sys
from labelsys.errors import StoreBusyError
from labelsys.lock import WriterLock
lock = WriterLock(pathlib.Path(sys.argv[1]), "it")

def try_in_a_fork():
    child = os.fork()
    if child == 0:
        try:
            with lock.hold() as is_outermost:
                os._exit(10 + is_outermost)
        except StoreBusyError:
            os._exit(20)
        finally:
            os._exit(30)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

free = try_in_a_fork()
with lock.hold():
    print(free, try_in_a_fork())
"""


def test_fork_takes_the_lock_for_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORK, str(tmp_path / "x.lock")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "11 20\n"
