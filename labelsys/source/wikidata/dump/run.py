"""The pass over a dump: from the file to a pull, resumed where an earlier one stopped."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelsys.errors import ConfigError, SourceError
from labelsys.progress import Progress, SilentProgress
from labelsys.source.wikidata.dump.choose import missing_objects, read_found
from labelsys.source.wikidata.dump.finish import DumpReport, write_result
from labelsys.source.wikidata.dump.pool import iter_scans
from labelsys.source.wikidata.dump.record import Shape
from labelsys.source.wikidata.dump.scan import Rules, Scanner
from labelsys.source.wikidata.dump.source import (
    PIPE,
    Part,
    Reader,
    Samples,
    check_samples,
    open_dump,
    take_samples,
    unpack,
)
from labelsys.source.wikidata.dump.tally import Tally
from labelsys.source.wikidata.dump.work import Work, open_work, remove_work
from labelsys.source.wikidata.languages import ALL
from labelsys.source.wikidata.properties import CLASS_PROPERTY, KEPT_PROPERTIES, LINK_PROPERTY
from labelsys.source.wikidata.pulled import is_qid

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WORK_FOLDER", "DumpOptions", "read_dump"]

WORK_FOLDER: Final = ".dump-work"
"""Folder of a pass that isn't through, inside the folder of the pull."""

_FORM: Final = 1  # of the state; another one can't be gone on from
_CHECKPOINT_S: Final = 10.0
_LANGUAGE: Final = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)*\Z", re.ASCII)
_DATE: Final = re.compile(r"(?<![0-9])(20[0-9]{6})(?![0-9])")
_AGAIN: Final = "remove {} to begin again, or write to another folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpOptions:
    """What is taken out of a dump.

    Attributes:
        roots: QIDs; they and all that lies under them. Without, every class.
        languages: Wikimedia codes of the names to keep; `mul` always comes with them.
        properties: what the hierarchy is made of.
        linked: whether items with a WordNet synset are taken wherever they lie.
        second_look: whether to read the dump again, for items without a class of
            their own that something lies under; only of use without roots.
        version: of the dump; "" takes the date in the file's name, else a digest.
        jobs: how many processes read; the result is the same.
    """

    roots: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    properties: tuple[str, ...] = (CLASS_PROPERTY,)
    linked: bool = True
    second_look: bool = False
    version: str = ""
    jobs: int = 1

    def check(self) -> None:
        """Make sure that each value can be.

        Raises:
            ConfigError: one can't.
        """
        items = [pid for pid, each in KEPT_PROPERTIES.items() if each.holds == "item"]
        wrong = [
            *(
                f"root {qid!r}: 'Q' and a number, as in Q144"
                for qid in self.roots
                if not is_qid(qid)
            ),
            *(
                f"language {code!r}: a code such as en or zh-hans"
                for code in self.languages
                if not _LANGUAGE.match(code)
            ),
            *(
                f"property {pid!r}: one of {', '.join(items)}"
                for pid in self.properties
                if pid not in items
            ),
        ]
        if wrong:
            raise ConfigError(wrong[0])
        if not (self.languages and self.properties):
            msg = "a dump is read for one language and one property at least"
            raise ConfigError(msg)
        if self.jobs < 1:
            msg = "jobs: one process at least"
            raise ConfigError(msg)

    def settings(self) -> dict[str, Any]:
        """Return what the result depends on, as JSON has it."""
        return {
            "roots": sorted(set(self.roots), key=_number),
            "languages": sorted({*self.languages, ALL}),
            "properties": sorted(set(self.properties), key=_number),
            "linked": self.linked,
            "second look": self.second_look,
        }

    def rules(self) -> Rules:
        """Return what the first look is for."""
        above = tuple(self.settings()["properties"])
        return Rules(
            shape=Shape(languages=tuple(self.settings()["languages"]), above=above),
            properties=tuple(sorted({*above, LINK_PROPERTY})),
            wanted=frozenset(map(_number, self.roots)),
        )


def read_dump(
    dump: str | Path,
    folder: Path,
    options: DumpOptions,
    progress: Progress | None = None,
    *,
    checkpoint_s: float = _CHECKPOINT_S,
) -> DumpReport:
    """Read a dump, and write what is kept of it as a pull.

    What ends the process costs the work since the last checkpoint: call it
    again with the same dump and options. Meanwhile the work lies in a folder
    inside *folder*, which is removed at the end.

    Args:
        dump: a file, or `-` for standard input.
        folder: of the pull; made where it is missing.
        options: what is taken.
        progress: told how far it is.
        checkpoint_s: seconds between checkpoints.

    Returns:
        What was read, kept and left out.

    Raises:
        ConfigError: an option can't be, or the pass in the folder is another.
        SourceError: the dump is no dump, damaged or cut off.
        StoreError: the folder can't be written.
        MissingExtraError: the packages of the extra `dump` are missing.
    """
    options.check()
    if options.second_look and str(dump) == PIPE:
        msg = "a pipe can't be read a second time: give a file for a second look"
        raise ConfigError(msg)
    work_folder = folder / WORK_FOLDER
    with open_work(work_folder) as work:
        run = _Pass(dump, options, work, progress or SilentProgress(), checkpoint_s)
        run.open()
        run.look_once()
        if options.second_look:
            run.look_twice()
        report = write_result(folder, work, options.settings(), run.state)
    remove_work(work_folder)
    return report


@dataclass(slots=True)
class _Pass:
    """One pass; its state is what a checkpoint holds, but for the tally of the look under way."""

    dump: str | Path
    options: DumpOptions
    work: Work
    progress: Progress
    checkpoint_s: float
    state: dict[str, Any] = field(default_factory=dict)

    def open(self) -> None:
        """Begin, or take up the state of an earlier pass.

        Raises:
            ConfigError: that one was over another dump, or for something else.
        """
        found = self.work.state()
        again = _AGAIN.format(self.work.folder)
        settings = self.options.settings()
        if found is None:
            self.state = {"form": _FORM, "settings": settings, "looks": [], "tally": None}
            self.state |= {"samples": self._samples(), "pipe": None, "version": ""}
        elif found.get("form") != _FORM:
            msg = f"the pass in {self.work.folder} is of another version: {again}"
            raise ConfigError(msg)
        elif found["settings"] != settings:
            other = next(key for key in settings if found["settings"].get(key) != settings[key])
            before = found["settings"].get(other)
            msg = f"the pass in {self.work.folder} has other {other} ({before}): {again}"
            raise ConfigError(msg)
        else:
            self.state = found
            self._check_dump(again)

    def _is_file(self) -> bool:
        return str(self.dump) != PIPE and Path(self.dump).is_file()

    def _samples(self) -> Samples | None:
        if not self._is_file():
            return None
        try:
            return take_samples(self.dump)
        except OSError as error:
            msg = f"can't be read: {error.strerror}"
            raise SourceError(msg, path=self.dump) from error

    def _check_dump(self, again: str) -> None:
        samples = self.state["samples"]
        if (samples is None) == self._is_file() or not (
            samples is None or check_samples(self.dump, samples)
        ):
            msg = f"is not the dump that the pass in {self.work.folder} read: {again}"
            raise ConfigError(msg, location=str(self.dump))

    def look_once(self) -> None:
        """Find what may be kept."""
        if not self.state["looks"]:
            self._look("read dump", self.options.rules())

    def look_twice(self) -> None:
        """Find items that others lie under, and that are no classes by a statement of their own."""
        if len(self.state["looks"]) == 1:
            if "missing" not in self.state:
                missing = missing_objects(read_found(self.work.iter_kept()))
                self.state["missing"] = missing.tolist()
            rules = self.options.rules()
            wanted = frozenset(self.state["missing"])
            self._look("read dump again", replace(rules, properties=(), wanted=wanted))

    def _look(self, stage: str, rules: Rules) -> None:
        scanner = Scanner(rules)
        with open_dump(self.dump) as reader:
            tally = Tally(scanner, self.work, reader.name)
            point = skip = 0
            if self.state["tally"] is not None:
                point, skip = tally.resume(self.state["tally"])
            if reader.size is None:
                point, skip = self._from_the_start(reader, tally)
            self.progress.start(stage, reader.size)
            self.progress.advance(point // 8)
            self._read(reader, tally, scanner, point, skip)
            self._save(reader, tally)
            tally.finish()
            self.state["looks"].append(tally.state())
            self.state["tally"] = None
            self.state["version"] = self._version(reader)
            self.work.checkpoint(self.state)
        self.progress.done(f"{tally.lines:,} lines, {tally.hits:,} entities that may be kept")

    def _from_the_start(self, reader: Reader, tally: Tally) -> tuple[int, int]:
        """Return from where a pipe is read: it gives everything again."""
        if self.state["pipe"] is not None:
            reader.expect(*self.state["pipe"])
        tally_state = self.state["tally"]
        return 0, 0 if tally_state is None else tally_state["done"]

    def _read(self, reader: Reader, tally: Tally, scanner: Scanner, point: int, skip: int) -> None:
        saved, told = time.monotonic(), reader.position or point // 8
        parts = _after(reader, tally, point, skip)
        for begin, scan in iter_scans(parts, scanner, jobs=self.options.jobs, name=reader.name):
            tally.take(begin, scan)
            self.progress.advance(reader.position - told)
            told = reader.position
            if time.monotonic() - saved >= self.checkpoint_s:
                self._save(reader, tally)
                saved = time.monotonic()

    def _save(self, reader: Reader, tally: Tally) -> None:
        self.state["tally"] = tally.state()
        if reader.size is None:
            self.state["pipe"] = [reader.position, reader.checksum]
        self.work.checkpoint(self.state)

    def _version(self, reader: Reader) -> str:
        if self.options.version:
            return self.options.version
        dated = _DATE.search(Path(self.dump).name)
        if dated:
            return dated[1]
        samples = self.state["samples"]
        return f"crc32-{reader.checksum:08x}" if samples is None else str(samples[-1][2][:12])


def _after(reader: Reader, tally: Tally, point: int, skip: int) -> Iterator[Part]:
    """Yield the parts from a point on, but for so many bytes of text."""
    for part in reader.parts(point):
        if not skip:
            yield part
            continue
        text = unpack(part, reader.name)
        tally.pass_point(part.point, skip)
        if len(text) > skip:
            yield Part(text[skip:], False, None)
        skip = max(0, skip - len(text))


def _number(identifier: str) -> int:
    return int(identifier[1:])
