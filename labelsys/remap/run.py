"""Remaps a file: checks the places, tells the format, and writes all or nothing."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from labelsys.atomic import atomic_path, write_text_atomic
from labelsys.errors import ConfigError
from labelsys.remap.classes import make_plan
from labelsys.remap.coco import remap_coco
from labelsys.rows import to_record

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.crosswalk.relate import Crosswalker
    from labelsys.remap.report import RemapReport
    from labelsys.remap.rules import RemapRules

__all__ = ["FORMATS", "check_apart", "remap_file", "write_report"]

RemapFormat = Literal["coco", "lvis"]

FORMATS: Final[tuple[RemapFormat, ...]] = ("coco", "lvis")
"""What is read and written."""


def remap_file(
    walker: Crosswalker,
    path: Path,
    out: Path,
    *,
    source: str,
    target: str,
    rules: RemapRules,
    form: str | None = None,
) -> RemapReport:
    """Write annotations of one label set as those of another.

    Args:
        walker: relates the sets.
        path: what to read.
        out: what to write; a file there is replaced, whole, at the end.
        source: the set that the file is in.
        target: the set that it is to be in.
        rules: what may be lost.
        form: one of `FORMATS`; None: told by the file's name.

    Returns:
        What became of the annotations.

    Raises:
        NotFoundError: no such set.
        SourceError: the file is wrong; the message says where.
        ConfigError: something would be lost that the rules don't allow, or *out* is *path*.
        StoreError: *out* can't be written.
    """
    check_apart(path, out)
    found = _tell_format(path, form)
    plan_for = partial(make_plan, walker, source, target, rules)
    standing = walker.standing(source)
    walker.standing(target)
    with atomic_path(out) as temp, temp.open("wb", buffering=0) as sink:
        tally = remap_coco(path, sink, standing, plan_for)
    return tally.report(file=path.name, out=out.name, form=found)


def write_report(report: RemapReport, path: Path) -> None:
    """Write a report as JSON.

    Raises:
        StoreError: it can't be written.
    """
    text = json.dumps(to_record(report), ensure_ascii=False, indent=2)
    write_text_atomic(path, text + "\n")


def check_apart(path: Path, out: Path) -> None:
    """Refuse to write over what is read.

    Raises:
        ConfigError: both are one file, or one lies in the other.
    """
    here, there = path.resolve(), out.resolve()
    same = here == there or (path.exists() and out.exists() and path.samefile(out))
    if same or here in there.parents or there in here.parents:
        msg = f"{out} would replace what is read: give another place"
        raise ConfigError(msg)


def _tell_format(path: Path, form: str | None) -> str:
    """Return the format of a file.

    Raises:
        ConfigError: it is none that is read.
    """
    if form is not None and form not in FORMATS:
        msg = f"no format {form!r}: give one of {', '.join(FORMATS)}"
        raise ConfigError(msg)
    if form is None and path.suffix.lower() != ".json":
        msg = f"the format of {path.name} is not told by its name: give --format"
        raise ConfigError(msg)
    return form or "coco"
