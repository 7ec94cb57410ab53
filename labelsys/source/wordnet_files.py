"""Where the files of WordNet 3.0 are found, and how they get there.

The ways, in order: a folder that was named (by argument or
`$LABELSYS_WORDNET`), nltk's data, a system WordNet, our own cache, and then
the downloads of `labelsys.source.wordnet_fetch`. Distributions differ in
their bytes, so files are judged by their structure: all parts there, and
82,115 noun synsets.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from labelsys.errors import SourceError
from labelsys.progress import SilentProgress
from labelsys.source.wordnet_fetch import FETCHERS, FetchError

if TYPE_CHECKING:
    from labelsys.progress import Progress
    from labelsys.source.wordnet_fetch import Fetcher

__all__ = ["COUNT_FILES", "NOUN_SYNSETS", "Places", "cache_folder", "check_wordnet", "find_wordnet"]

NOUN_SYNSETS: Final = 82_115
"""Noun synsets of WordNet 3.0."""
COUNT_FILES: Final = ("cntlist.rev", "index.sense")
"""Files with sense counts; one is enough, the first that is there is read."""

_NEEDED: Final = ("data.noun", "index.noun", "noun.exc")
_CACHED: Final = "wordnet-3.0"
_SUMS: Final = "SHA256SUMS"
_NLTK_SHARED: Final = ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")
_SYSTEM: Final = (
    "/usr/share/wordnet",
    "/usr/share/wordnet-3.0/dict",
    "/usr/local/share/wordnet",
    "/usr/local/WordNet-3.0/dict",
    "/usr/local/wordnet/dict",
    "/opt/WordNet-3.0/dict",
)


def cache_folder() -> Path:
    """Return `$LABELSYS_CACHE`, else `~/.cache/labelsys` (`$XDG_CACHE_HOME` moves it)."""
    named = os.environ.get("LABELSYS_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "labelsys"


def _nltk_roots() -> tuple[Path, ...]:
    """Return nltk's search path without importing nltk, which takes seconds."""
    loaded = sys.modules.get("nltk.data")
    if loaded is not None:
        return tuple(map(Path, loaded.path))
    named = [part for part in os.environ.get("NLTK_DATA", "").split(os.pathsep) if part]
    own = [f"{sys.prefix}{part}" for part in ("", "/share", "/lib")]
    roots = [f"{root}/nltk_data" for root in (Path.home(), *own, *_NLTK_SHARED)]
    return tuple(map(Path, named + roots))


def _system_folders() -> tuple[Path, ...]:
    """Return WordNet's own two settings, then where packages and installers put it."""
    search, home = os.environ.get("WNSEARCHDIR"), os.environ.get("WNHOME")
    named = [*([search] if search else []), *([f"{home}/dict"] if home else [])]
    return tuple(map(Path, (*named, *_SYSTEM)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where to look, besides a folder that was named.

    Attributes:
        nltk: folders that hold `corpora/wordnet` or `corpora/wordnet.zip`.
        system: folders that hold the database files.
        cache: our own folder; made when something is downloaded.
        fetchers: ways to download, by name.
    """

    nltk: tuple[Path, ...] = field(default_factory=_nltk_roots)
    system: tuple[Path, ...] = field(default_factory=_system_folders)
    cache: Path = field(default_factory=cache_folder)
    fetchers: tuple[tuple[str, Fetcher], ...] = FETCHERS


def find_wordnet(
    folder: Path | None = None,
    *,
    fetch: bool = True,
    cache: Path | None = None,
    places: Places | None = None,
    expected_synsets: int = NOUN_SYNSETS,
    progress: Progress | None = None,
) -> Path:
    """Return a folder with the noun files of WordNet 3.0.

    Args:
        folder: the only place to look; None takes `$LABELSYS_WORDNET` if that
            is set, else every place in turn.
        fetch: whether a download may be tried.
        cache: folder for downloads, instead of the one in *places*.
        places: where to look; None takes this machine's usual places.
        expected_synsets: how many noun synsets there must be.
        progress: told when a download starts and ends.

    Returns:
        A folder that passed `check_wordnet`. Files from a zip or a download
        lie in the cache, with their SHA-256 sums beside them.

    Raises:
        SourceError: no way worked; the message lists each and why it failed.
    """
    named = folder or (Path(text) if (text := os.environ.get("LABELSYS_WORDNET")) else None)
    if named is not None:
        reason = check_wordnet(named, expected_synsets)
        if reason:
            msg = f"no WordNet 3.0: {reason}"
            raise SourceError(msg, path=named)
        return named
    places = places or Places()
    search = _Search(places, cache or places.cache, expected_synsets, progress or SilentProgress())
    found = search.find(fetch=fetch)
    if found is None:
        tried = "; ".join(search.tried)
        msg = (
            f"no WordNet 3.0 found. {tried}. Unpack it somewhere and name the folder in "
            "LABELSYS_WORDNET, or install Debian's wordnet-base"
        )
        raise SourceError(msg)
    return found


def check_wordnet(folder: Path, expected_synsets: int = NOUN_SYNSETS) -> str:
    """Return why a folder does not hold WordNet 3.0's noun files, or "" if it does."""
    if not folder.is_dir():
        return "no such folder"
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in COUNT_FILES):
        missing.append(" or ".join(COUNT_FILES))
    if missing:
        return f"lacks {', '.join(missing)}"
    try:
        with (folder / "data.noun").open("rb") as lines:
            count = sum(not line.startswith(b"  ") for line in lines)
    except OSError as exc:
        return f"data.noun can't be read: {exc.strerror or exc}"
    if count != expected_synsets:
        return f"data.noun has {count:,} synsets, expected {expected_synsets:,}"
    return ""


class _Search:
    """Goes through the places and keeps why each was passed over."""

    def __init__(self, places: Places, cache: Path, expected: int, progress: Progress) -> None:
        self.places, self.cache, self.expected, self.progress = places, cache, expected, progress
        self.tried: list[str] = []

    def find(self, *, fetch: bool) -> Path | None:
        """Return the first folder that holds WordNet."""
        ways = [self._nltk, self._system, self._cached]
        if fetch:
            ways += [partial(self._fetched, *fetcher) for fetcher in self.places.fetchers]
        found = next(filter(None, (way() for way in ways)), None)
        if not fetch:
            self.tried.append("downloads: switched off")
        return found

    def _nltk(self) -> Path | None:
        folders = tuple(root / "corpora" / "wordnet" for root in self.places.nltk)
        found = self._first("nltk data", folders)
        zipped = next(filter(Path.is_file, (f.with_suffix(".zip") for f in folders)), None)
        if found or zipped is None:
            return found
        cached = self.cache / _CACHED
        if not _check_cached(cached, self.expected):
            return cached  # unpacked before
        return self._installed(f"nltk data {zipped}", lambda _: zipped)

    def _system(self) -> Path | None:
        return self._first("system", self.places.system)

    def _cached(self) -> Path | None:
        cached = self.cache / _CACHED
        reason = _check_cached(cached, self.expected)
        if not reason:
            return cached
        self.tried.append(f"cache: {cached}: {reason}")
        return None

    def _fetched(self, name: str, fetcher: Fetcher) -> Path | None:
        self.progress.start(f"fetch WordNet 3.0: {name}")
        found = self._installed(name, fetcher)
        self.progress.done(f"in {found}" if found else self.tried[-1])
        return found

    def _first(self, way: str, folders: tuple[Path, ...]) -> Path | None:
        """Return the first good folder; note those that hold something else."""
        bad = []
        for folder in folders:
            reason = check_wordnet(folder, self.expected)
            if not reason:
                return folder
            if folder.is_dir():
                bad.append(f"{folder} {reason}")
        self.tried.append(f"{way}: {', '.join(bad) or f'not in any of {len(folders)} folders'}")
        return None

    def _installed(self, name: str, fetcher: Fetcher) -> Path | None:
        """Fill the cache folder from what *fetcher* gets; on failure note why.

        Returns:
            The folder in the cache, or None.
        """
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=self.cache, prefix=".wordnet-") as text:
                work = Path(text)
                (work / "fetched").mkdir()
                fresh = _copy_flat(fetcher(work / "fetched"), work / _CACHED)
                reason = check_wordnet(fresh, self.expected)
                if not reason:
                    _write_sums(fresh)
                    return self._switch(fresh, work)
        except (FetchError, OSError, zipfile.BadZipFile) as exc:
            reason = str(exc)
        self.tried.append(f"{name}: {reason}")
        return None

    def _switch(self, fresh: Path, work: Path) -> Path:
        """Move the new folder into place, unless another process was faster.

        Returns:
            The folder in the cache.

        Raises:
            FetchError: something that we did not make is in its place.
        """
        target = self.cache / _CACHED
        try:
            return fresh.rename(target)
        except OSError as exc:
            if not _check_cached(target, self.expected):
                return target
            if not (target / _SUMS).is_file():
                msg = f"{target} is in the way: move it"
                raise FetchError(msg) from exc
            target.rename(work / "damaged")  # goes with the temporary folder
            return fresh.rename(target)


def _copy_flat(found: Path, into: Path) -> Path:
    """Copy the plain files of a folder, or of nltk's zip.

    Returns:
        *into*, which is made.
    """
    into.mkdir()
    if found.suffix == ".zip":
        with zipfile.ZipFile(found) as archive:
            for info in archive.infolist():
                # Only the last part of a name is used, so no entry can leave the folder.
                if not info.is_dir():
                    (into / Path(info.filename).name).write_bytes(archive.read(info))
        return into
    for path in sorted(found.iterdir()):
        if path.is_file():
            shutil.copyfile(path, into / path.name)
    return into


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_sums(folder: Path) -> None:
    lines = [f"{_sum(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / _SUMS).write_text("".join(lines), encoding="utf-8")


def _check_cached(folder: Path, expected: int) -> str:
    """Check a folder of the cache, and its sums where they were recorded.

    Returns:
        Why it is no good, or "".
    """
    reason = check_wordnet(folder, expected)
    sums = folder / _SUMS
    if reason or not sums.is_file():
        return reason
    for line in sums.read_text(encoding="utf-8", errors="replace").splitlines():
        recorded, _, name = line.partition("  ")
        if name in {*_NEEDED, *COUNT_FILES} and _sum(folder / name) != recorded:
            return f"is damaged: {name} is not as {_SUMS} has it"
    return ""
