"""The command that tells what pruning cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._common import OutputOption, StoreOption, make_progress, open_system, say
from ._render import emit_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.wikidata_report import PruningReport

__all__ = ["report"]

_CUT = {"message": 100}
_OF_TABLES = ("names-sha256", "claims-sha256", "count")
"""Headers that say nothing to a person."""


PullArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        help="A pull; without it, the graph in use is asked.",
        show_default=False,
    ),
]
WordNetOption = Annotated[
    Path | None,
    typer.Option("--wordnet", metavar="DIR", help="Folder with WordNet's files."),
]


def report(
    folder: PullArgument = None,
    rule: Annotated[
        str | None,
        typer.Option("--rule", metavar="NAME", help="List what this rule cut, and why."),
    ] = None,
    lang: Annotated[
        str,
        typer.Option("--lang", metavar="LIST", help="Languages that a class may have a name in."),
    ] = "en",
    wordnet: WordNetOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Count what pruning cut of Wikidata, rule by rule.

    A rule cuts items (and with them every edge from and to them), edges, or
    instance-of claims. Of a pull, what it says of itself goes to standard error,
    with the counts of what was read and kept.

    Example:
        labelsys wikidata report --rule wikimedia
    """
    from labelsys.wikidata_report import report_graph, report_pull

    if folder is None:
        with open_system(store) as system:
            found = report_graph(system.store)
    else:
        languages = tuple(filter(None, (part.strip() for part in lang.split(","))))
        progress = make_progress()
        found = report_pull(folder, languages=languages, wordnet=wordnet, progress=progress)
    if rule is not None:
        emit_rows(found.cut_by(rule), output, cut=_CUT, empty="nothing")
        return
    emit_rows(found.rules, output, table=("rule", "code", "cuts", "cut", "says"))
    _tell(found)


def _tell(found: PruningReport) -> None:
    """Say what the pull says of itself, and how its rows add up."""
    for key, value in found.header.items():
        if key not in _OF_TABLES:
            say(f"{key}: {value}")
    for name, batch in (*found.reading.items(), *found.batches.items()):
        say(f"{name}: {_sum(batch)}")


def _sum(batch: Mapping[str, Any]) -> str:
    parts = [f"{batch['kept']:,} kept"]
    for reasons in (batch["skipped"], batch["failed"]):
        parts += [f"{number:,} {reason}" for reason, number in reasons.items()]
    return f"{batch['read']:,} read = {' + '.join(parts)}"
