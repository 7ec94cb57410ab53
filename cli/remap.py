"""The command that turns annotations of one label set into those of another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
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
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Annotations; they stay as they are."),
    ],
    source: Annotated[str, typer.Option("--from", metavar="SET", help="Label set they are in.")],
    target: Annotated[str, typer.Option("--to", metavar="SET", help="Label set to write.")],
    out: Annotated[Path, typer.Option("--out", metavar="PLACE", help="What to write.")],
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
    Prints what became of each class of the file.

    Example:
        labelsys remap instances.json --from coco --to lvis --out new.json --on-missing skip
    """
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


def _tell(done: RemapReport) -> None:
    say(
        f"{done.read:,} annotations: {done.kept:,} kept, {done.skipped:,} skipped, "
        f"{done.failed:,} failed"
    )
    for reason, times in done.failed_for.items():
        say(f"failed: {times:,} {reason}; first: {done.failures[0]}")
