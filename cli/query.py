"""The command that asks: stored questions and queries in files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ._common import OutputOption, StoreOption, make_progress, open_system, say
from ._render import emit_rows

__all__ = ["query"]


class Dialect(StrEnum):
    """The languages that questions are stored in."""

    SQLITE = "sqlite"
    SPARQL = "sparql"
    CYPHER = "cypher"


def query(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]",
            help="A stored question, or a file with a query: .sql, .rq, .cypher.",
            show_default=False,
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter; may be given often."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the stored questions.")] = False,
    dialect: Annotated[
        Dialect | None,
        typer.Option(
            "--dialect",
            help="Which form of a stored question to ask: the store's own, unless said.",
            show_default=False,
        ),
    ] = None,
    allow_service: Annotated[
        bool, typer.Option("--allow-service", help="Let SPARQL ask other servers.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Rows to print at most; 0 prints all.")
    ] = 10_000,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, help="Seconds that the query may run.")
    ] = 60,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Ask a stored question, or a query of your own.

    A query only reads. Parameters are bound, never put into its text; a
    concept may be given by any of its ids or names.

    Example:
        labelsys query --list
        labelsys query missing_concepts --param label_set=coco --param other=lvis
    """
    _check_asked(question, list_)
    if question is None:
        from labelsys.ask import list_questions

        emit_rows(list_questions(), output, table=("name", "purpose", "params", "dialects"))
        return
    from labelsys.query_params import parse_pairs

    asked = Path(question) if _is_file(question) else question
    with open_system(store) as system:
        answer = system.query(
            asked,
            parse_pairs(param or ()),
            dialect=dialect,
            limit=limit or None,
            timeout_s=timeout,
            allow_service=allow_service,
            progress=make_progress(),
        )
    emit_rows(answer, output, empty="no rows")
    if answer.is_cut:
        say(f"only the first {limit:,} rows; --limit 0 prints all")


def _check_asked(question: str | None, list_: bool) -> None:
    if list_ == (question is not None):
        raise typer.BadParameter("give the name of a question or a file, or --list")


def _is_file(text: str) -> bool:
    from labelsys.queries import DIALECTS

    suffixes = tuple(suffix for suffix, _ in DIALECTS.values())
    return "/" in text or text.endswith(suffixes)
