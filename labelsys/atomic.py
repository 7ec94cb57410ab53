"""Files that are either the old one or the new one, whole, whatever happens.

A new text goes into a temporary file of the same folder, which is flushed to
the disk and renamed over the old one. A crash leaves at most a temporary file;
the next writer sweeps it. This module owns the names of those files, and
`reporting_os_errors`, which turns a failed write into one line.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "atomic_path",
    "flush_folder",
    "make_folder",
    "reporting_os_errors",
    "sweep_temps",
    "write_bytes_atomic",
    "write_text_atomic",
]

# SQLite puts its journal beside the file that it writes, under the same name with an ending; the
# writer of graphs puts their names there for a while.
_SIDECARS = ("", "-journal", "-wal", "-shm", "-names")
_TEMP_NAME = re.compile(rf"(\.labelsys-tmp-[0-9]+-[0-9a-f]{{16}})(?:{'|'.join(_SIDECARS)})\Z")
# Names in use by this process. Its id in the name would not do: in a container every process is 1.
_live: set[str] = set()
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_ACCESS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def reporting_os_errors(path: Path, *, kept: str = "") -> Iterator[None]:
    """Turn an `OSError` of the block into one line that says what is untouched.

    Args:
        path: what the block writes.
        kept: what a reader can rely on after the failure, as a clause.

    Yields:
        Nothing.

    Raises:
        StoreError: the disk is full, the folder can't be written, or the
            system refused for another reason.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(_one_line(error, path, kept)) from error


@contextmanager
def atomic_path(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give a temporary file to fill, and put it in the place of *path* at the end.

    The file is empty, in the folder of *path*, and has the mode of the file
    that it replaces. On any error, an interrupt too, it is removed and *path*
    stays as it was. A symbolic link is followed: its target is replaced.

    Args:
        path: the file to write; its folder exists.
        durable: whether to wait until the disk has it. Without, a power cut
            may leave an empty file: only for what has a checksum of its own.

    Yields:
        The temporary file's path.

    Raises:
        StoreError: the disk is full, or the folder can't be written.
        OSError: the block failed on a file of its own.
    """
    target = Path(os.path.realpath(path))
    temp = target.parent / f".labelsys-tmp-{os.getpid()}-{secrets.token_hex(8)}"
    _live.add(temp.name)
    try:
        _create(temp, like=target)
        yield temp
        if durable:
            _flush(temp)
        temp.replace(target)
    except OSError as error:
        _remove(temp)
        if not _is_about(error, temp):
            raise
        there = target.exists()
        kept = f"{target.name} is as it was" if there else f"{target.name} was not made"
        raise StoreError(_one_line(error, target, kept)) from error
    except BaseException:
        _remove(temp)
        raise
    finally:
        _live.discard(temp.name)
    if durable:
        with reporting_os_errors(target, kept="it is new and whole, but a power cut may undo it"):
            flush_folder(target.parent)


def write_bytes_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file, or leave the old one.

    Args:
        path: the file; its folder exists.
        data: the new content.
        durable: see `atomic_path`.
    """
    with atomic_path(path, durable=durable) as temp:
        temp.write_bytes(data)


def write_text_atomic(path: Path, text: str) -> None:
    """Write a whole file as UTF-8 with the line ends that *text* has, or leave the old one."""
    write_bytes_atomic(path, text.encode())


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there.

    Raises:
        StoreError: it can't be made.
    """
    with reporting_os_errors(path, kept="the folder was not made"):
        path.mkdir(parents=True, exist_ok=True)


def flush_folder(folder: Path) -> None:
    """Wait until the disk knows the names in a folder.

    Raises:
        OSError: the disk failed.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems can't flush a folder
            raise
    finally:
        os.close(handle)


def sweep_temps(folder: Path, *, older_than_s: float = 0.0) -> int:
    """Remove what crashed writers left in a folder, and nothing else.

    Call it where no other process can be writing (under the workspace's lock),
    or with an age that no writer reaches. What this process is writing stays.

    Args:
        folder: where to look, not below it; it may be missing.
        older_than_s: leave files that changed in the last so many seconds.

    Returns:
        How many files were removed.
    """
    try:
        matches = ((path, _TEMP_NAME.match(path.name)) for path in folder.iterdir())
        found = sorted(path for path, match in matches if match and match[1] not in _live)
    except (FileNotFoundError, NotADirectoryError):
        return 0
    limit = time.time() - older_than_s
    removed = 0
    for path in found:
        with suppress(OSError):  # another one swept it first
            if older_than_s <= 0 or path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
    return removed


def _one_line(error: OSError, path: Path, kept: str) -> str:
    if error.errno in _NO_ROOM:
        what = f"no space left in {path.parent}: free some, then run again"
    elif error.errno in _NO_ACCESS:
        what = f"{path.parent} can't be written to: check its permissions"
    elif error.errno == errno.ENOENT:
        what = f"there is no folder {path.parent}"
    else:
        what = error.strerror or str(error)
    return f"can't write {path}: {what}" + (f" ({kept})" if kept else "")


def _is_about(error: OSError, temp: Path) -> bool:
    # A failed write() carries no name; what the block does with other files is its own affair.
    return not isinstance(error.filename, str) or error.filename.startswith(str(temp))


def _create(temp: Path, *, like: Path) -> None:
    handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with suppress(FileNotFoundError):
            os.fchmod(handle, S_IMODE(like.stat().st_mode))
    finally:
        os.close(handle)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(temp: Path) -> None:
    for ending in _SIDECARS:
        with suppress(OSError):
            temp.with_name(temp.name + ending).unlink()
