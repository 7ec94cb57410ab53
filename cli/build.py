"""Commands that make a label system: init, build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._common import (
    HideOption,
    OutputOption,
    StoreOption,
    find_server,
    locate_workspace,
    make_progress,
    say,
)
from ._render import emit_record

__all__ = ["build", "init"]

FolderArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="The workspace's folder.", show_default=False),
]


def init(
    folder: FolderArgument = None,
    label_sets: Annotated[
        str | None,
        typer.Option(
            "--label-sets",
            metavar="ID,ID,...",
            help="Shipped label sets to take, in this order; all unless said.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a recipe that can be edited before the first build.

    The folder is made where it is not there; the current one is taken where
    none is given.

    Example:
        labelsys init pets --label-sets oxford_pets,coco
    """
    import os

    from labelsys.config import Settings, default_recipe
    from labelsys.labelset.bundled import bundled_file
    from labelsys.workspace import Workspace

    recipe = None
    if label_sets is not None:
        ids = [id_.strip() for id_ in label_sets.split(",") if id_.strip()]
        for id_ in ids:
            bundled_file(id_)  # an unknown one is an error that names close ones
        recipe = default_recipe(ids)
    settings = Settings.from_environment(os.environ)
    workspace = Workspace.create(folder or Path.cwd(), recipe, settings=settings)
    say(f"wrote {workspace.recipe_path}: edit it, then run `labelsys build`")


def build(
    folder: FolderArgument = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="SET",
            help="A label set to take out of the recipe; repeatable.",
            show_default=False,
        ),
    ] = None,
    hide: HideOption = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder",
            metavar="NAME",
            help="Sentence encoder: auto, none, or a name; the recipe's unless said.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Build even where the graph is there already.")
    ] = False,
    wordnet: Annotated[
        Path | None,
        typer.Option(
            "--wordnet", metavar="DIR", help="Folder with WordNet 3.0's files.", show_default=False
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Build the label system that the recipe describes.

    In an empty folder, a recipe for everything that ships is written first.
    The graph in use stays until the new one is whole. With `--store
    neo4j://host:port` it is built here, then pushed to that server.

    Example:
        labelsys build --encoder none
    """
    from labelsys.collector import collector_paused
    from labelsys.merge.build import BuildOptions
    from labelsys.merge.build import build as run
    from labelsys.rows import to_record
    from labelsys.workspace import find_workspace

    server = find_server(store)
    options = BuildOptions(
        encoder=encoder,
        without=tuple(without or ()),
        hide=hide,
        force=force,
        wordnet=wordnet,
    )
    if server and folder is None:
        folder = find_workspace(Path.cwd()) or Path.cwd()
    workspace = locate_workspace(folder, store, create=True)
    with collector_paused():  # to the very end: what a build leaves is freed, not looked through
        report = run(workspace, options, progress=make_progress())
    for line in report.lines:
        say(line)
    record = {"hash": report.hash, "path": str(report.path), "up_to_date": report.up_to_date}
    if server:
        from labelsys.neo4j_share import push

        from .neo4j import say_pushed

        say_pushed(push(report.path, server, progress=make_progress()))
    emit_record(to_record(record), output, lambda: [f"graph {report.hash} in {report.path}"])
