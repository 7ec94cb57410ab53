"""The command that relates label sets to one another."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, open_system, say
from ._render import emit_rows

if TYPE_CHECKING:
    from labelsys.api import LabelSystem

__all__ = ["crosswalk"]


def crosswalk(
    label_sets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SET]...",
            help="Two label sets, from and to; with --union two or more; with --all none or more.",
            show_default=False,
        ),
    ] = None,
    lost: Annotated[
        bool, typer.Option("--lost", help="What becomes one, or nothing, by rolling up.")
    ] = False,
    union: Annotated[
        bool, typer.Option("--union", help="All classes, and which sets don't annotate them.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Counts for each pair of sets.")] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            metavar="FILE",
            help="--all: write the counts as a picture, too (.svg).",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Relate the classes of one label set to those of another.

    exact: the same; broad, narrow: the target is broader, narrower; ancestor:
    both lie below one concept; none.

    Example:
        labelsys crosswalk coco lvis
    """
    from labelsys.crosswalk.matrix import check_picture, write_matrix

    sets = tuple(dict.fromkeys(label_sets or ()))
    _check(sets, lost=lost, union=union, every=every, picture=picture)
    if picture is not None:
        check_picture(picture)
    with open_system(store) as system:
        if every:
            counts = system.crosswalk_matrix(*sets)
            if picture is not None:
                write_matrix(counts, picture)
            emit_rows(counts, output)
        elif union:
            emit_rows(system.crosswalk_union(*sets), output)
        elif lost:
            _print_lost(system, *sets, output=output)
        else:
            table = ("source_name", "relation", "target_name", "via", "confidence")
            emit_rows(system.crosswalk(*sets), output, table=table)


def _check(
    sets: tuple[str, ...], *, lost: bool, union: bool, every: bool, picture: Path | None
) -> None:
    """Refuse options that don't go together.

    Raises:
        BadParameter: of typer.
    """
    if lost + union + every > 1:
        msg = "--lost, --union and --all print different things: give one"
        raise typer.BadParameter(msg)
    if not (every or union) and len(sets) != 2:
        msg = f"two different label sets are needed, from and to; given: {len(sets)}"
        raise typer.BadParameter(msg)
    if union and len(sets) < 2:
        msg = "--union needs two label sets or more"
        raise typer.BadParameter(msg)
    if every and len(sets) == 1:
        msg = "--all needs two label sets or more, or none for all"
        raise typer.BadParameter(msg)
    if picture is not None and not every:
        msg = "--picture goes with --all"
        raise typer.BadParameter(msg)


def _print_lost(system: LabelSystem, source: str, target: str, *, output: OutputOption) -> None:
    from labelsys.crosswalk.union import bits_lost

    rows = system.crosswalk_lost(source, target)
    n = len(system.store.get_label_set(source).labels)
    emit_rows(rows, output, cut={"source_ids": 40, "source_names": 60}, empty="nothing is lost")
    gone, had = bits_lost(rows, n)
    merged = sum(row.classes for row in rows if row.target_id is not None)
    nowhere = sum(row.classes for row in rows if row.target_id is None)
    into = sum(row.target_id is not None for row in rows)
    say(
        f"{n:,} classes: {merged:,} become {into:,}, {nowhere:,} have nowhere to go; "
        f"{gone:.2f} of {had:.2f} bits of a label are lost"
    )
