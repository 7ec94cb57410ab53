"""The command that turns annotations of one label set into those of another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, open_system, say
from ._render import emit_rows

if TYPE_CHECKING:
    from labelsys.remap.report import RemapReport

__all__ = ["remap"]


class OnBroad(StrEnum):
    """What to do where there is only a broader class."""

    ERROR = "error"
    TAKE = "take"
    SKIP = "skip"


class OnSplit(StrEnum):
    """What to do where there are several equal classes, or only narrower ones."""

    ERROR = "error"
    FIRST = "first"
    SKIP = "skip"


class OnMissing(StrEnum):
    """What to do where there is no class."""

    ERROR = "error"
    SKIP = "skip"
    KEEP = "keep"


def remap(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Annotations; they stay as they are. With --union several, as SET=FILE.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="What to write.")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="SET", help="Label set they are in.", show_default=False),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--to", metavar="SET", help="Label set to write.", show_default=False),
    ] = None,
    union: Annotated[
        bool,
        typer.Option("--union", help="Make one of several files, with the classes of all."),
    ] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="coco or lvis; told by the name of the file unless said.",
            show_default=False,
        ),
    ] = None,
    on_broad: Annotated[
        OnBroad,
        typer.Option("--on-broad", help="Only broader classes: take the nearest, or skip."),
    ] = OnBroad.ERROR,
    on_split: Annotated[
        OnSplit,
        typer.Option(
            "--on-split", help="Several equal or only narrower classes: take the first, or skip."
        ),
    ] = OnSplit.ERROR,
    on_missing: Annotated[
        OnMissing,
        typer.Option("--on-missing", help="No class: skip, or keep the class as it is."),
    ] = OnMissing.ERROR,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE", help="Write what became of all as JSON.", show_default=False
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Write annotations of one label set as those of another.

    What would lose something is refused unless an option says what to do.
    Prints what became of each class of the file. --union keeps all classes, and
    says for each image which ones its set would have marked.

    Example:
        labelsys remap instances.json --from coco --to lvis --out new.json --on-missing skip
    """
    if union:
        lossy = (on_broad, on_split, on_missing)
        _merge(
            files,
            out,
            is_single=any((source, target, form, report)) or any(x != "error" for x in lossy),
            store=store,
            output=output,
        )
        return
    file, source, target = _check_one(files, source, target)
    from labelsys.remap.run import check_apart, write_report

    if report is not None:
        check_apart(file, report)
        check_apart(out, report)
    with open_system(store) as system:
        done = system.remap(
            file,
            out,
            source=source,
            target=target,
            format=form,
            on_broad=on_broad.value,
            on_split=on_split.value,
            on_missing=on_missing.value,
        )
    if report is not None:
        write_report(done, report)
    emit_rows(done.classes, output, empty="no class")
    _tell(done)


def _check_one(files: list[str], source: str | None, target: str | None) -> tuple[Path, str, str]:
    """Return the one file, and its two label sets.

    Raises:
        BadParameter: of typer.
    """
    if source is None or target is None or len(files) != 1:
        msg = "one file, --from and --to are needed, or --union"
        raise typer.BadParameter(msg)
    return Path(files[0]), source, target


def _merge(
    files: list[str],
    out: Path,
    *,
    is_single: bool,
    store: StoreOption,
    output: OutputOption,
) -> None:
    """Make one file of several.

    Raises:
        BadParameter: of typer.
    """
    if is_single:
        msg = "--union takes no --from, --to, --format, --report, and no --on-...: it loses nothing"
        raise typer.BadParameter(msg)
    pairs = [file.partition("=") for file in files]
    if len(pairs) < 2 or not all(name and path for name, _, path in pairs):
        msg = "--union needs two files or more, each as SET=FILE"
        raise typer.BadParameter(msg)
    with open_system(store) as system:
        rows = system.merge_annotations(*((name, Path(path)) for name, _, path in pairs), out=out)
    emit_rows(rows, output)


def _tell(done: RemapReport) -> None:
    say(
        f"{done.read:,} annotations: {done.kept:,} kept, {done.skipped:,} skipped, "
        f"{done.failed:,} failed"
    )
    for reason, times in done.failed_for.items():
        say(f"failed: {times:,} {reason}; first: {done.failures[0]}")
