"""The command that compares two label systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import FINDINGS_FOUND, OutputOption, open_system, say
from ._render import emit_rows, emit_stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.export.diff import PartCounts

__all__ = ["diff"]

_CUT = {"id": 60, "a": 40, "b": 40}
"""Where a table cuts off long texts, in characters."""


def diff(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A workspace, a graph file, or a pull's folder.", show_default=False
        ),
    ],
    b: Annotated[
        str, typer.Argument(metavar="B", help="What to compare it with.", show_default=False)
    ],
    summary: Annotated[
        bool, typer.Option("--summary", help="Print how much of each part is the same instead.")
    ] = False,
    facts: Annotated[
        bool,
        typer.Option(
            "--facts",
            help="Compare what is told of the graphs, too: hash, recipe, sources, versions.",
        ),
    ] = False,
    output: OutputOption = None,
) -> None:
    """Print what differs between two label systems.

    A row says which part it is about (concept, name, edge, label_set, label,
    placement, mapping, finding or tag), whether it was added, removed or changed
    from A to B, and the values in both. Of two pulls of Wikidata, a row is an item
    that was added, removed, redirected into another one, or changed. The exit
    status is 0 where nothing differs, and 3 where something does.

    Example:
        labelsys diff last_year.db . --output tsv
    """  # noqa: DOC501 - the exit status is told above
    from labelsys.export.diff import DiffRow
    from labelsys.rows import column_names, to_record

    if _are_pulls(a, b):
        _print_pulls(Path(a), Path(b), summary=summary, output=output)
        return
    with open_system(a) as first, open_system(b) as second:
        found = first.diff(second, facts=facts)
        if summary:
            emit_rows(found.counts, output)
        else:
            columns, records = column_names(DiffRow), map(to_record, found)
            emit_stream(columns, records, output, cut=_CUT, empty="no differences")
            _tell(found.counts)
        if not found.is_equal:
            raise typer.Exit(FINDINGS_FOUND)


def _are_pulls(a: str, b: str) -> bool:
    """Return whether both places are pulls.

    Raises:
        ConfigError: only one of them is.
    """
    from labelsys.errors import ConfigError
    from labelsys.export.pull_diff import is_pull

    found = [is_pull(Path(place)) for place in (a, b)]
    if any(found) and not all(found):
        one, other = (b, a) if found[1] else (a, b)
        msg = f"{one} is a pull of Wikidata and {other} is none: give two pulls, or two systems"
        raise ConfigError(msg)
    return all(found)


def _print_pulls(a: Path, b: Path, *, summary: bool, output: OutputOption) -> None:
    """Print what differs between two pulls.

    Raises:
        Exit: with status 3 where something does.
    """
    from labelsys.export.pull_diff import PullChange, PullDiff
    from labelsys.rows import column_names, to_record

    found = PullDiff(a, b)
    if summary:
        emit_rows(found.counts, output)
    else:
        columns, records = column_names(PullChange), map(to_record, found)
        emit_stream(columns, records, output, cut={"label": 40}, empty="no differences")
        _tell(found.counts)
    if not found.is_equal:
        raise typer.Exit(FINDINGS_FOUND)


def _tell(counts: Iterable[PartCounts]) -> None:
    """Say of each part how much of it is equal, and what is not."""
    for n in counts:
        others = {
            "added": n.added,
            "removed": n.removed,
            "changed": n.changed,
            "in another order": n.reordered,
        }
        told = "".join(f", {number:,} {what}" for what, number in others.items() if number)
        say(f"{n.part}: {n.equal:,} equal{told}")
