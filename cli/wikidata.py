"""Commands that bring concepts in from Wikidata; each is a file of its own."""

from __future__ import annotations

import typer

from ._light import LightGroup
from .wikidata_dump import dump
from .wikidata_pull import pull
from .wikidata_report import report

__all__ = ["app"]

app = typer.Typer(
    cls=LightGroup,
    help="Bring concepts in from Wikidata.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def wikidata() -> None:
    """Bring concepts in from Wikidata.

    Example:
        labelsys wikidata pull --root Q729 --contact you@example.org
    """


app.command("pull")(pull)
app.command("dump")(dump)
app.command("report")(report)
