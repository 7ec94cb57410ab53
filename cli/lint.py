"""The command that lists findings."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import FINDINGS_FOUND, OutputOption, StoreOption, open_system, say
from ._render import emit_rows

if TYPE_CHECKING:
    from labelsys.model import Finding
    from labelsys.rows import Rows

__all__ = ["lint"]


class What(StrEnum):
    """What is looked at."""

    GRAPH = "graph"
    LABELSET = "labelset"


def lint(
    what: Annotated[What, typer.Argument(help="The graph, or one label set.")] = What.GRAPH,
    name: Annotated[
        str | None,
        typer.Argument(help="The label set's id, for `lint labelset`.", show_default=False),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="List warnings and notes of the graph, too.")
    ] = False,
    confusion: Annotated[
        Path | None,
        typer.Option(
            "--confusion",
            metavar="MATRIX",
            help="CSV or TSV: a square of counts, or rows of true, pred, count. Lists the label "
            "set's classes that a model takes for one another instead.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """List what is wrong with the graph or with one label set.

    Codes begin with E for an error, W for a warning, I for a note. The exit
    status is 3 where there are errors. Of a label set, grave findings come
    first: labels that mean one thing, near-synonyms, labels above others in a
    flat list, names that are too ambiguous to annotate by.

    Example:
        labelsys lint graph --all
    """
    _check_name(what, name)
    if confusion is not None:
        _print_confusions(name, confusion, store, output)
        return
    with open_system(store) as system:
        found = system.lint(name)
    _print(found, show_all=show_all or name is not None, output=output)
    _leave(found)


def _check_name(what: What, name: str | None) -> None:
    if (what is What.LABELSET) != (name is not None):
        msg = "`lint labelset` needs the id of a label set, and nothing else takes one"
        raise typer.BadParameter(msg, param_hint="NAME")


def _print_confusions(
    name: str | None, matrix: Path, store: str | None, output: OutputOption
) -> None:
    if name is None:
        msg = "a confusion matrix is about one label set: `lint labelset NAME --confusion MATRIX`"
        raise typer.BadParameter(msg, param_hint="--confusion")
    with open_system(store) as system:
        rows = system.confusions(name, matrix)
    columns = ("a_name", "b_name", "a_as_b", "b_as_a", "share", "at_least", "relation")
    emit_rows(
        rows,
        output,
        table=(*columns, "under_name", "distance", "shared_names", "reason"),
        empty="no two classes are confused",
    )
    say(f"{len(rows):,} pairs of classes are confused")


def _leave(found: Rows[Finding]) -> None:
    from labelsys.lint import has_errors

    if has_errors(found):
        raise typer.Exit(FINDINGS_FOUND)


def _print(found: Rows[Finding], *, show_all: bool, output: OutputOption) -> None:
    from labelsys.rows import Rows
    from labelsys.vocab import FINDINGS

    listed = Rows((f for f in found if show_all or f.code.startswith("E")), found.row_type)
    emit_rows(
        listed,
        output,
        table=[c for c in ("severity", "code", "id", "message") if c in listed.columns],
        empty="no findings" if show_all else "no errors",
    )
    counts = Counter(finding.code for finding in found)
    for code, n in sorted(counts.items()):
        say(f"{code}  {n:,}  {FINDINGS[code]}")
    if len(listed) < len(found):
        say("--all lists them")
