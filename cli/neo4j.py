"""Commands that share a graph through Neo4j: push, pull, and a server of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, ask_password, make_progress, say
from ._light import LightGroup
from ._render import emit_record

if TYPE_CHECKING:
    from labelsys.store.neo4j_writer import PushReport

__all__ = ["app", "say_pushed"]

app = typer.Typer(
    cls=LightGroup,
    help="Share the graph through a Neo4j server.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

ServerArgument = Annotated[
    str,
    typer.Argument(
        metavar="SERVER", help="The server: neo4j://host:port, or bolt://.", show_default=False
    ),
]
FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DIR", help="The server's folder: data, logs, settings.", show_default=False
    ),
]


@app.callback()
def neo4j() -> None:
    """Share the graph through a Neo4j server.

    The user name and the password are those in NEO4J_USERNAME (neo4j unless
    set) and NEO4J_PASSWORD; on a terminal a missing password is asked for.
    Every command that reads takes `--store neo4j://host:port`.

    Example:
        labelsys neo4j push neo4j://localhost:7687
    """


@app.command("push")
def push(server: ServerArgument, store: StoreOption = None, output: OutputOption = None) -> None:
    """Put the graph into Neo4j, and lead its readers to it.

    The graph that is there stays in use until the new one is whole; then it is
    removed. A push that was cut off goes on where it stopped. Pushing what is
    there already changes nothing.

    Example:
        labelsys neo4j push neo4j://localhost:7687
    """
    from labelsys.neo4j_share import push as run
    from labelsys.rows import to_record

    ask_password(server)
    report = run(store, server, progress=make_progress())
    say_pushed(report)
    emit_record(to_record(report), output, lambda: [f"graph {report.version} in {server}"])


def say_pushed(report: PushReport) -> None:
    """Say what a push did."""
    total = sum(report.rows.values())
    if report.up_to_date:
        say(f"graph {report.version} is there already: nothing was sent")
    else:
        say(f"{total:,} rows: {report.sent:,} sent, {report.kept:,} were there from a push before")
    if report.removed:
        say(f"removed: {', '.join(report.removed)}")


@app.command("pull")
def pull(
    server: ServerArgument,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="The graph file to write.", show_default=False),
    ],
    output: OutputOption = None,
) -> None:
    """Write the graph that a server holds as a graph file.

    Example:
        labelsys neo4j pull neo4j://localhost:7687 --out shared.db
    """
    from labelsys.neo4j_share import pull as run
    from labelsys.rows import to_record

    ask_password(server)
    report = run(server, out, progress=make_progress())
    emit_record(to_record(report), output, lambda: [f"graph {report.version} in {out}"])


@app.command("start")
def start(
    folder: FolderArgument,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=1,
            max=65535,
            help="Port to listen on; 7687 unless taken, else a free one.",
            show_default=False,
        ),
    ] = None,
    browser_port: Annotated[
        int | None,
        typer.Option(
            "--browser-port",
            min=1,
            max=65535,
            help="Port of Neo4j Browser, such as 7474; without it there is none.",
            show_default=False,
        ),
    ] = None,
    heap: Annotated[
        str, typer.Option("--heap", metavar="SIZE", help="Memory of Java's heap, as in 512m or 2g.")
    ] = "1g",
    output: OutputOption = None,
) -> None:
    """Start a Neo4j server on this machine, for this machine only.

    Neo4j community is fetched through Maven the first time, 130 MB. A new
    server takes the password in NEO4J_PASSWORD, or asks for one.

    Example:
        labelsys neo4j start shared/ --port 7687
    """
    from labelsys.neo4j_server import start_server
    from labelsys.rows import to_record
    from labelsys.source.wordnet_files import cache_folder
    from labelsys.store.neo4j_locator import Credentials

    ask_password("neo4j://", confirm=not folder.exists())
    running = start_server(
        folder,
        Credentials.from_environment(os.environ).password,
        cache=cache_folder(),
        port=port,
        http_port=browser_port,
        heap=heap,
        progress=make_progress(),
    )
    if running.http_port is not None:
        say(f"Neo4j Browser: http://127.0.0.1:{running.http_port}")
    say(f"to stop it: labelsys neo4j stop {folder}")
    emit_record(to_record(running), output, lambda: [running.locator])


@app.command("stop")
def stop(folder: FolderArgument, output: OutputOption = None) -> None:
    """Stop the server that `neo4j start` started on a folder.

    Example:
        labelsys neo4j stop shared/
    """
    from labelsys.neo4j_server import stop_server
    from labelsys.rows import to_record

    stopped = stop_server(folder)
    say("no server runs on it" if stopped is None else f"stopped process {stopped.pid}")
    record = {"stopped": None if stopped is None else to_record(stopped)}
    emit_record(record, output, list)
