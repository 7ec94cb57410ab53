"""The command that makes a number of classes out of the hierarchy."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, open_system
from ._render import emit_rows

if TYPE_CHECKING:
    from labelsys.select.cutter import CutAnswer

__all__ = ["By", "cut"]


class By(StrEnum):
    """What a cut goes by; the same words as `labelsys.select.cut.WAYS`."""

    SIZE = "size"
    DEPTH = "depth"
    IMAGES = "images"
    NAMES = "names"


def cut(
    classes: Annotated[int, typer.Option("--classes", metavar="N", help="How many classes.")],
    under: Annotated[
        str, typer.Option("--under", metavar="ID", help="The concept that all lie below.")
    ] = "entity.n.01",
    of: Annotated[
        str,
        typer.Option("--of", metavar="EXPR", help="What to cover, as for `labelsys select`."),
    ] = "leaf",
    by: Annotated[
        By, typer.Option("--by", help="Even size or images, the top levels, or names apart.")
    ] = By.SIZE,
    counts: Annotated[
        Path | None,
        typer.Option(
            "--counts",
            metavar="FILE",
            help="--by images: a table of id, count.",
            show_default=False,
        ),
    ] = None,
    superclasses: Annotated[
        int | None,
        typer.Option(
            "--superclasses", metavar="N", help="Gather the classes in so many.", show_default=False
        ),
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help="Deal each superclass out to source and target.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of --split and --compare.")] = 0,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="How even it is, beside a cut by depth and a random one."),
    ] = False,
    members: Annotated[bool, typer.Option("--members", help="Each item with its class.")] = False,
    treemap: Annotated[
        Path | None,
        typer.Option(
            "--treemap", metavar="FILE", help="Draw the classes, too (.svg).", show_default=False
        ),
    ] = None,
    instances: Annotated[
        bool, typer.Option("--instances", help="Follow instance edges, too.")
    ] = False,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Make N classes out of a part of the hierarchy: disjoint, covering, of even size.

    Example:
        labelsys cut --classes 1000 --under animal.n.01 --superclasses 30
    """
    from labelsys.select.treemap import check_treemap, write_treemap

    _check(compare=compare, members=members, split=split, superclasses=superclasses)
    if treemap is not None:
        check_treemap(treemap)
    with open_system(store) as system:
        found = system.cut(
            classes,
            under=under,
            of=of,
            by=by.value,
            counts=counts,
            superclasses=superclasses,
            split_seed=seed if split else None,
            instances=instances,
        )
        if treemap is not None:
            title = f"{classes:,} classes under {under} by {by.value}"
            write_treemap(found.rows, treemap, title=title)
        _print(found, output, compare=compare, members=members, seed=seed)


def _print(
    found: CutAnswer, output: OutputOption, *, compare: bool, members: bool, seed: int
) -> None:
    if compare:
        emit_rows(found.compare(seed=seed), output)
    elif members:
        emit_rows(found.members(), output)
    else:
        columns = ["id", "wnid", "pref_label", "is_rest", "size", "items", "depth"]
        columns += ["superclass"] if found.rows[0].superclass_id else []
        columns += ["split"] if any(row.split for row in found.rows) else []
        emit_rows(found.rows, output, table=columns)


def _check(*, compare: bool, members: bool, split: bool, superclasses: int | None) -> None:
    """Refuse options that don't go together.

    Raises:
        BadParameter: of typer.
    """
    if compare and members:
        msg = "--compare and --members print different things: give one"
        raise typer.BadParameter(msg)
    if split and superclasses is None:
        msg = "--split deals out the classes of superclasses: give --superclasses, too"
        raise typer.BadParameter(msg)
