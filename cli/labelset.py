"""Commands about label sets: import, list, show, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._common import (
    FileArgument,
    FormatOption,
    OutputOption,
    StoreOption,
    locate_workspace,
    make_progress,
    open_system,
    say,
)
from ._light import LightGroup
from ._render import emit_record, emit_rows

if TYPE_CHECKING:
    from labelsys.merge.build import BuildReport

__all__ = ["app"]

app = typer.Typer(
    cls=LightGroup,
    help="Import, list, show and remove label sets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

SetArgument = Annotated[
    str, typer.Argument(metavar="SET", help="Id of a label set.", show_default=False)
]


@app.callback()
def labelset() -> None:
    """Import, list, show and remove label sets.

    Example:
        labelsys labelset list
    """


@app.command("import")
def import_(
    file: FileArgument,
    id: Annotated[
        str,
        typer.Option("--id", metavar="SET", help="Short id of the new set.", show_default=False),
    ],
    title: Annotated[str, typer.Option("--title", help="The dataset's name.")] = "",
    task: Annotated[
        str | None,
        typer.Option("--task", help="classification or detection.", show_default=False),
    ] = None,
    version: Annotated[str, typer.Option("--version", help="Of the class list.")] = "",
    license: Annotated[str, typer.Option("--license", help="SPDX id of its licence.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where it was taken from.")] = "",
    format: FormatOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Import a list of classes as a label set, last in the recipe, and build.

    Where the list is wrong or the build fails, nothing has changed.

    Example:
        labelsys labelset import my_labels.txt --id mine --title "My labels"
    """
    from labelsys.changes import add_label_set, read_for_import

    workspace = locate_workspace(None, store, create=False)
    found = read_for_import(
        workspace,
        file,
        id=id,
        format=format,
        title=title,
        task=task,
        version=version,
        license=license,
        source=source,
    )
    skipped = found.counts.read - found.counts.kept
    say(f"read {file} as {found.format}: {found.counts.kept:,} labels, {skipped:,} rows skipped")
    for finding in found.findings:
        say(f"{finding.code}  {finding.message}")
    report = add_label_set(workspace, found.label_set, progress=make_progress())
    _tell(report, output, id, len(found.label_set.labels))


@app.command("list")
def list_(store: StoreOption = None, output: OutputOption = None) -> None:
    """List the label sets, with how many of their labels stand where.

    Example:
        labelsys labelset list
    """
    with open_system(store) as system:
        rows = system.label_sets()
    columns = ("id", "title", "task", "version", "labels", "exact", "broader", "excluded")
    emit_rows(rows, output, table=(*columns, "unplaced"), empty="no label set")


@app.command("show")
def show(id: SetArgument, store: StoreOption = None, output: OutputOption = None) -> None:
    """Print the labels of one set, and where each stands.

    Example:
        labelsys labelset show coco --output tsv
    """
    with open_system(store) as system:
        rows = system.labels(id)
    columns = ("label_id", "name", "placement", "wnid", "concept_id", "pref_label", "reason")
    emit_rows(rows, output, table=columns)


@app.command("remove")
def remove(id: SetArgument, store: StoreOption = None, output: OutputOption = None) -> None:
    """Take a label set out of the recipe, and build without it.

    Where the build fails, nothing has changed.

    Example:
        labelsys labelset remove mine
    """
    from labelsys.changes import remove_label_set

    workspace = locate_workspace(None, store, create=False)
    report = remove_label_set(workspace, id, progress=make_progress())
    _tell(report, output, id, 0)


def _tell(report: BuildReport, output: OutputOption, id_: str, labels: int) -> None:
    for line in report.lines:
        say(line)
    record = {"id": id_, "labels": labels, "hash": report.hash, "path": str(report.path)}
    emit_record(record, output, lambda: [f"{id_}: {labels:,} labels; graph {report.hash}"])
