"""A file is the old one or the new one, whole, whatever stops the writer."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.atomic import (
    atomic_path,
    make_folder,
    reporting_os_errors,
    sweep_temps,
    write_bytes_atomic,
    write_text_atomic,
)
from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: what a full disk does, without a disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_new_content_replaces_old_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    write_text_atomic(path, "neu: Größe\n")
    assert path.read_bytes() == b"neu: Gr\xc3\xb6\xc3\x9fe\n"
    assert names_in(tmp_path) == ["a.txt"]


def test_mode_of_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_bytes_atomic(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_symbolic_link_stays_and_its_target_changes(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_bytes_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("boom"), SystemExit(3)])
def test_error_in_the_block_keeps_the_old_file_and_removes_the_temp(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"old")

    def write_half() -> None:
        with atomic_path(path) as temp:
            temp.write_bytes(b"half")
            temp.with_name(temp.name + "-journal").write_bytes(b"of a database")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.db"]


def test_readers_see_the_old_file_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with atomic_path(path) as temp:
        temp.write_bytes(b"new")
        assert temp.parent == tmp_path
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_full_disk_is_one_line_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with (
        files_at_most(4096),
        pytest.raises(StoreError, match=r"a\.txt: no space left in .*\(a\.txt is as it was\)$"),
    ):
        write_bytes_atomic(path, b"x" * 10_000)
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.txt"]


def test_full_disk_at_the_first_write_says_that_nothing_was_made(tmp_path: Path) -> None:
    with files_at_most(4096), pytest.raises(StoreError, match=r"\(a\.txt was not made\)"):
        write_bytes_atomic(tmp_path / "a.txt", b"x" * 10_000)
    assert names_in(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount; the test with a file size limit covers the path")
    if done.returncode != 0:
        pytest.skip("may not mount; the test with a file size limit covers the path")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def test_really_full_disk_keeps_the_old_file(small_disk: Path) -> None:
    path = small_disk / "a.txt"
    write_bytes_atomic(path, b"old")
    with pytest.raises(StoreError, match=r"no space left in .*disk: free some"):
        write_bytes_atomic(path, os.urandom(100_000))
    assert path.read_bytes() == b"old"
    assert names_in(small_disk) == ["a.txt"]
    write_bytes_atomic(path, b"new")
    assert path.read_bytes() == b"new"


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no folder .*nowhere"):
        write_bytes_atomic(tmp_path / "nowhere" / "a.txt", b"x")


def test_errors_on_other_files_pass_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(FileNotFoundError, match="elsewhere"), atomic_path(path):
        (tmp_path / "elsewhere").read_bytes()
    assert names_in(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no space left in /some: free some"),
        (errno.EDQUOT, "no space left in /some"),
        (errno.EACCES, "/some can't be written to: check its permissions"),
        (errno.EROFS, "/some can't be written to"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_reasons_of_the_system_become_one_line(code: int, words: str) -> None:
    with (
        pytest.raises(StoreError, match=f"^can't write /some/file: {words}.*\\(all is well\\)$"),
        reporting_os_errors(Path("/some/file"), kept="all is well"),
    ):
        raise OSError(code, os.strerror(code))


def test_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file")
    with pytest.raises(StoreError, match="a/b: Not a directory"):
        make_folder(tmp_path / "a" / "b")


def test_sweep_removes_our_temps_and_no_other_file(tmp_path: Path) -> None:
    dead = f".labelsys-tmp-1234-{'0' * 16}"
    kept = [".labelsys-tmp-notes", ".labelsys-tmp-12-abc", "labelsys.toml", f"x{dead}"]
    for name in (*kept, dead, f"{dead}-journal", f"{dead}-wal", f"{dead}-names"):
        (tmp_path / name).write_bytes(b"")
    assert sweep_temps(tmp_path) == 4
    assert names_in(tmp_path) == sorted(kept)


def test_sweep_with_an_age_leaves_what_may_be_in_use(tmp_path: Path) -> None:
    young, old = (tmp_path / f".labelsys-tmp-1-{digit * 16}" for digit in "ab")
    for path in (young, old):
        path.write_bytes(b"")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    assert sweep_temps(tmp_path, older_than_s=3600) == 1
    assert names_in(tmp_path) == [young.name]


def test_sweep_knows_the_names_that_writers_use_and_leaves_those_of_this_process(
    tmp_path: Path,
) -> None:
    with atomic_path(tmp_path / "a") as temp:
        assert sweep_temps(tmp_path) == 0
        died = temp.with_name(temp.name[:-1] + ("0" if temp.name[-1] != "0" else "1"))
        died.write_bytes(b"half")
        assert sweep_temps(tmp_path) == 1
    assert names_in(tmp_path) == ["a"]


def test_sweep_of_a_missing_folder_is_nothing(tmp_path: Path) -> None:
    assert sweep_temps(tmp_path / "nowhere") == 0
