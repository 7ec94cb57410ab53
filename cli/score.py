"""The command that scores predictions against a truth in another label set."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer

from ._common import OutputOption, StoreOption, open_system
from ._render import emit_rows

__all__ = ["score"]


def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PRED", help="A table of image_id, label and perhaps score.", show_default=False
        ),
    ],
    truth: Annotated[
        Path,
        typer.Argument(metavar="GT", help="A table of image_id, label.", show_default=False),
    ],
    pred_set: Annotated[
        str, typer.Option("--pred-set", metavar="SET", help="Label set of the predictions.")
    ],
    gt_set: Annotated[str, typer.Option("--gt-set", metavar="SET", help="Label set of the truth.")],
    branch: Annotated[
        list[str] | None,
        typer.Option(
            "--branch",
            metavar="ID",
            help="Score what is below this, too; may be repeated.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Score predictions in one label set against the truth in another.

    Tables are TSV, CSV or JSON lines; a label is an id or a name of its set.

    Example:
        labelsys score pred.csv truth.csv --pred-set imagenet1k --gt-set coco
    """
    with open_system(store) as system:
        rows = system.score(
            predictions, truth, pred_set=pred_set, gt_set=gt_set, branches=branch or ()
        )
        emit_rows(rows, output)
