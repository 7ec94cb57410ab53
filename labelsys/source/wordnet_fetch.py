"""Ways to download WordNet 3.0 as an ordinary user.

Each way is a function of an empty folder that returns the folder (or nltk's
zip file) with the database files in it, or raises `FetchError` with one line.
All the talking to networks happens in child processes with a time limit, so a
closed network costs seconds and leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Fetcher: TypeAlias = Callable[[Path], Path]

__all__ = ["FETCHERS", "FetchError", "fetch_with_apt", "fetch_with_nltk"]

PACKAGES: Final = ("wordnet-base", "wordnet-sense-index")
_NLTK_TIMEOUT_S = 120
_APT_TIMEOUT_S = 300
_UNPACK_TIMEOUT_S = 60

# Importing nltk takes seconds: only once its server answers. Behind a proxy only nltk can tell.
_NLTK_CHILD: Final = """
import os, socket, sys
socket.setdefaulttimeout(10)
if not any(name.lower() in ("https_proxy", "all_proxy") for name in os.environ):
    try:
        socket.create_connection(("raw.githubusercontent.com", 443)).close()
    except OSError as exc:
        sys.exit(f"raw.githubusercontent.com does not answer: {exc}")
import nltk
sys.exit(0 if nltk.download("wordnet", download_dir=sys.argv[1], quiet=True) else 1)
"""


class FetchError(Exception):
    """One way did not work; the text says why. Never leaves `labelsys.source`."""


def fetch_with_nltk(into: Path) -> Path:
    """Let nltk download its copy.

    Returns:
        The unpacked folder or the zip file, whichever nltk made.

    Raises:
        FetchError: the network is closed, or the download failed.
    """
    _run([sys.executable, "-c", _NLTK_CHILD, str(into)], into, _NLTK_TIMEOUT_S)
    folder = into / "corpora" / "wordnet"
    return folder if folder.is_dir() else folder.with_suffix(".zip")


def fetch_with_apt(into: Path) -> Path:
    """Download Debian's packages and unpack them; needs no root.

    The system's package lists are used where they serve; else fresh ones are
    fetched into *into*.

    Returns:
        The folder with the database files.

    Raises:
        FetchError: this is no Debian, or the download failed.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            msg = f"{tool} is not installed"
            raise FetchError(msg)
    packages = into / "packages"
    packages.mkdir()
    try:
        _apt(["download", *PACKAGES], packages)
    except FetchError:
        private = _private_apt_state(into / "apt")
        _apt([*private, "update"], packages)
        _apt([*private, "download", *PACKAGES], packages)
    for package in sorted(packages.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(into / "root")], into, _UNPACK_TIMEOUT_S)
    return into / "root" / "usr" / "share" / "wordnet"


FETCHERS: Final[tuple[tuple[str, Fetcher], ...]] = (
    ("nltk.download", fetch_with_nltk),
    ("Debian packages", fetch_with_apt),
)
"""Name -> way, in the order that they are tried."""


def _private_apt_state(folder: Path) -> list[str]:
    """Return options that keep apt's lists and cache in a folder of our own."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True)
    settings = (
        f"Dir::State={folder}",
        f"Dir::State::lists={folder / 'lists'}",
        f"Dir::Cache={folder / 'cache'}",
    )
    return [word for setting in settings for word in ("-o", setting)]


def _apt(arguments: Sequence[str], cwd: Path) -> None:
    """Run apt-get; short time limits, and no other user to download as."""
    options = ("-qq", "-o", "Acquire::http::Timeout=15", "-o", "APT::Sandbox::User=")
    _run(["apt-get", *options, *arguments], cwd, _APT_TIMEOUT_S)


def _run(command: Sequence[str], cwd: Path, timeout_s: int) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        msg = f"{command[0]} took longer than {timeout_s} s"
        raise FetchError(msg) from exc
    except OSError as exc:
        msg = f"{command[0]} can't be run: {exc.strerror or exc}"
        raise FetchError(msg) from exc
    if done.returncode:
        words = " ".join(done.stdout.split()) or "said nothing"
        msg = f"exit status {done.returncode}: {words[-200:]}"
        raise FetchError(msg)
