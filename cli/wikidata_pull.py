"""`labelsys wikidata pull`: concepts from a SPARQL endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, make_progress
from ._render import emit_record
from ._wikidata import LangOption, OutOption, find_target, say_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.source.wikidata.pull_settings import PullReport

__all__ = ["pull"]


def pull(
    root: Annotated[
        list[str],
        typer.Option(
            "--root",
            metavar="QID",
            help="Item to begin at; everything below it is pulled. May be given several times.",
            show_default=False,
        ),
    ],
    contact: Annotated[
        str | None,
        typer.Option(
            "--contact",
            metavar="ADDRESS",
            help="Your own mail address or page, told to the endpoint. Without it: "
            "$LABELSYS_CONTACT.",
            show_default=False,
        ),
    ] = None,
    endpoint: Annotated[
        str, typer.Option("--endpoint", metavar="URL", help="SPARQL endpoint to ask.")
    ] = "https://query.wikidata.org/sparql",
    property: Annotated[
        str, typer.Option("--property", metavar="PID", help="Property that leads up.")
    ] = "P279",
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth", min=0, help="Levels below the roots; all unless said.", show_default=False
        ),
    ] = None,
    lang: LangOption = None,
    out: OutOption = None,
    dialect: Annotated[
        str | None,
        typer.Option(
            "--dialect",
            metavar="NAME",
            help="Kind of endpoint: wdqs, qlever or plain; by its host unless said.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[
        int, typer.Option("--batch", min=1, max=1000, help="Items in a request.")
    ] = 200,
    interval: Annotated[
        int | None,
        typer.Option(
            "--interval",
            min=0,
            metavar="SECONDS",
            help="Least time between two requests: 1, or 0 on this machine, unless said.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, metavar="SECONDS", help="Longest time of a request.")
    ] = 75,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, whatever was answered before.")
    ] = False,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Pull a part of Wikidata from a SPARQL endpoint.

    Everything below the roots comes in, with names, links and statements, into
    tables that the build reads. The endpoint has to know whom to write to:
    give your own address. A pull that was stopped goes on where it stopped
    when the same command is run again, and asks nothing twice.

    Example:
        labelsys wikidata pull --root Q729 --lang en,zh --contact you@example.org
    """
    import os

    from labelsys.rows import to_record
    from labelsys.source.wikidata.endpoint import CONTACT_VARIABLE, EndpointSettings
    from labelsys.source.wikidata.pull import pull_wikidata
    from labelsys.source.wikidata.pull_settings import PullSettings
    from labelsys.source.wordnet_files import cache_folder

    whom = EndpointSettings(
        url=endpoint,
        contact=contact or os.environ.get(CONTACT_VARIABLE, ""),
        timeout_s=float(timeout),
    )
    target = find_target(store, out, lang)
    settings = PullSettings(
        endpoint=whom,
        roots=tuple(qid.removeprefix("wd:") for qid in root),
        out=target.folder,
        cache=cache_folder(),
        property=property.removeprefix("wdt:"),
        depth=depth,
        languages=target.languages,
        dialect=dialect,
        batch=batch,
        interval_s=None if interval is None else float(interval),
        is_fresh=fresh,
    )
    report = pull_wikidata(settings, make_progress())
    say_recipe(target, report.version)
    emit_record(to_record(report), output, lambda: _page(report))


def _page(report: PullReport) -> Iterator[str]:
    retried = ", ".join(f"{reason}: {count:,}" for reason, count in report.retried.items())
    statements = report.statements
    skipped = ", ".join(f"{reason}: {n:,}" for reason, n in statements.skipped.items())
    yield f"folder      {report.out}, version {report.version}"
    yield f"items       {report.items:,}, of them redirects: {report.redirects:,}"
    yield f"edges       {report.edges:,} between them"
    yield f"names       {report.names:,}"
    yield f"claims      {report.claims:,}"
    yield f"statements  {statements.read:,} read, {statements.kept:,} kept"
    yield f"skipped     {skipped or 'none'}"
    yield f"requests    {report.requests:,}, and {report.from_journal:,} answers from the journal"
    yield f"failed      {retried or 'none'}"
