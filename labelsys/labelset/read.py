"""Read other people's lists of classes; one registered reader a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelsys.errors import ConfigError
from labelsys.labelset.bundled import bundled_ids
from labelsys.labelset.checks import (
    TASKS,
    check_id_syntax,
    check_label_set_id,
    find_text_problem,
)
from labelsys.labelset.collect import collect
from labelsys.labelset.detect import detect_open
from labelsys.labelset.input import InputFile, Reader
from labelsys.model import LabelSet
from labelsys.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from labelsys.labelset.collect import Collected, SkippedRow
    from labelsys.labelset.input import Parsed
    from labelsys.model import Finding
    from labelsys.source.protocol import Counts

__all__ = ["ReadResult", "read_label_set", "read_labels", "readers"]

readers: Registry[Reader] = Registry("labelsys.labelset_readers")
readers.add_lazy("tsv", "labelsys.labelset.delimited:read_tsv")
readers.add_lazy("csv", "labelsys.labelset.delimited:read_csv")
readers.add_lazy("text", "labelsys.labelset.plain:read_plain")
readers.add_lazy("coco", "labelsys.labelset.coco:read_coco")
readers.add_lazy("lvis", "labelsys.labelset.lvis:read_lvis")

_ABOUT = ("title", "version", "source", "license")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A label set that was read, and how that went.

    Attributes:
        label_set: the set, its labels in file order.
        format: the format's registry name, given or detected.
        counts: records read = kept + skipped + failed.
        findings: what was noticed, by code, then in file order.
        skipped: every record that became no label, in file order.
    """

    label_set: LabelSet
    format: str
    counts: Counts
    findings: tuple[Finding, ...]
    skipped: tuple[SkippedRow, ...]


def read_label_set(
    path: Path | str,
    *,
    id: str,
    format: str | None = None,
    title: str = "",
    task: str | None = None,
    version: str = "",
    license: str = "",
    source: str = "",
    taken: Collection[str] | None = None,
) -> ReadResult:
    """Read a list of classes as a new label set.

    Args:
        path: a regular file, or `-` for stdin.
        id: id of the new set.
        format: registry name of the format; None detects it.
        title: the dataset's name; "" takes what the file's top says.
        task: classification or detection; None takes what the file's top says,
            else what the format is for, else classification.
        version: of the class list; "" as for the title.
        license: SPDX id of its licence; "" as for the title.
        source: where the list was taken from; "" as for the title.
        taken: ids that the new set must not have; None means those that ship.

    Returns:
        The set, and how reading went.

    Raises:
        ConfigError: the task is unknown.
        IdentifierError: the id is no CURIE prefix, reserved, or taken.
        RegistryError: there is no such format.
        SourceError: the file is wrong; the message has the line.
    """
    check_label_set_id(id, bundled_ids() if taken is None else taken)
    about = {"title": title, "version": version, "source": source, "license": license}
    return _read(path, id, format, task, about)


def read_labels(
    path: Path | str, *, label_set: str = "input", format: str | None = None
) -> ReadResult:
    """Read a list of classes that joins no label system: what `link` is given.

    As `read_label_set`, but the id may be that of a set that is there.

    Args:
        path: a regular file, or `-` for stdin.
        label_set: id that the labels go by.
        format: registry name of the format; None detects it.

    Returns:
        The labels as a set, and how reading went.

    Raises:
        IdentifierError: the id is no CURIE prefix.
        RegistryError: there is no such format.
        SourceError: the file is wrong; the message has the line.
    """
    check_id_syntax(label_set)
    return _read(path, label_set, format, None, dict.fromkeys(_ABOUT, ""))


def _read(
    path: Path | str, id_: str, format_: str | None, task: str | None, about: dict[str, str]
) -> ReadResult:
    if task is not None and task not in TASKS:
        msg = f"the task {task!r} is unknown; known: {', '.join(TASKS)}"
        raise ConfigError(msg, location="task")
    reader = None if format_ is None else readers.get(format_)
    with InputFile(path) as source:
        found = format_ or detect_open(source)
        parsed = (reader or readers.get(found))(source)
        collected = collect(source, parsed, id_)
        label_set = _make_label_set(source, id_, parsed, collected, task, about)
    return ReadResult(
        label_set=label_set,
        format=found,
        counts=collected.counts,
        findings=collected.findings,
        skipped=collected.skipped,
    )


def _make_label_set(
    source: InputFile,
    id_: str,
    parsed: Parsed,
    collected: Collected,
    task: str | None,
    about: dict[str, str],
) -> LabelSet:
    top = parsed.header
    value = {key: (about[key] or top.get(key, "")).strip() for key in _ABOUT}
    for key, text in value.items():
        problem = find_text_problem(text)
        if problem is not None:
            msg = f"the {key} has {problem}: take it out"
            raise source.error(msg)
    task = task or top.get("task") or parsed.task or "classification"
    if task not in TASKS:
        msg = f"its top has the unknown task {task!r}; known: {', '.join(TASKS)}"
        raise source.error(msg)
    return LabelSet(id=id_, labels=collected.labels, task=task, **value)
