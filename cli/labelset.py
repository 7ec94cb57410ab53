"""Commands about label sets: import, list, show, check, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._common import (
    FINDINGS_FOUND,
    EncoderOption,
    FileArgument,
    FormatOption,
    OutputOption,
    StoreOption,
    list_source,
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
    help="Import, list, show, check and remove label sets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

SetArgument = Annotated[
    str, typer.Argument(metavar="SET", help="Id of a label set.", show_default=False)
]


@app.callback()
def labelset() -> None:
    """Import, list, show, check and remove label sets.

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
    from labelsys.collector import collector_paused

    workspace = locate_workspace(None, store, create=False)
    with collector_paused():
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
    with collector_paused():  # what a build leaves is freed, not looked through
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


@app.command("check")
def check(
    file: FileArgument,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="STORE",
            help="The workspace or graph file to check against; as --store elsewhere.",
            show_default=False,
        ),
    ] = None,
    label_set: Annotated[
        str | None,
        typer.Option(
            "--label-set",
            metavar="ID",
            help="The label set that the file shall replace, or the id of a new one. Without it: "
            "the set in the store that shares half of the file's rows.",
            show_default=False,
        ),
    ] = None,
    encoder: EncoderOption = "auto",
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Say what a changed list of classes would do, and change nothing.

    Lists overlaps and ambiguous names that the set in the store does not have,
    labels that would stand elsewhere, and labels that came, went or were
    renamed; all overlaps and ambiguous names of a set that the store lacks.
    The exit status is 3 where there is a warning, 0 where there are at most
    notes.

    Example:
        labelsys labelset check my_labels.tsv --against . --output json
    """  # noqa: DOC501 - the exit status is told above
    with open_system(against) as system:
        found = system.check(
            list_source(file),
            label_set=label_set,
            encoder=encoder,
            format=format,
            progress=make_progress(),
        )
    emit_rows(
        found.findings, output, table=("severity", "code", "id", "message"), empty="no findings"
    )
    what = f"{found.label_set!r} in the store" if found.label_set else "no set in the store"
    say(f"{found.labels:,} labels, read as {found.format}, compared with {what}")
    if not found.is_clean:
        raise typer.Exit(FINDINGS_FOUND)


@app.command("remove")
def remove(id: SetArgument, store: StoreOption = None, output: OutputOption = None) -> None:
    """Take a label set out of the recipe, and build without it.

    Where the build fails, nothing has changed.

    Example:
        labelsys labelset remove mine
    """
    from labelsys.changes import remove_label_set
    from labelsys.collector import collector_paused

    workspace = locate_workspace(None, store, create=False)
    with collector_paused():  # what a build leaves is freed, not looked through
        report = remove_label_set(workspace, id, progress=make_progress())
    _tell(report, output, id, 0)


def _tell(report: BuildReport, output: OutputOption, id_: str, labels: int) -> None:
    for line in report.lines:
        say(line)
    record = {"id": id_, "labels": labels, "hash": report.hash, "path": str(report.path)}
    emit_record(record, output, lambda: [f"{id_}: {labels:,} labels; graph {report.hash}"])
