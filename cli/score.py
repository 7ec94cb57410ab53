"""The command that scores predictions against a truth in another label set."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer

from ._common import OutputOption, StoreOption, open_system
from ._render import emit_rows

__all__ = ["score"]

_BOX_TABLE = ["branch", "images", "classes", "unreached", "truths", "used", "unused", "unknown"]
_BOX_TABLE += ["ap", "ap50", "ap75", "ar100"]


def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PRED",
            help="A table of image_id, label and perhaps score, or COCO results.",
            show_default=False,
        ),
    ],
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="GT",
            help="A table of image_id, label, or COCO annotations.",
            show_default=False,
        ),
    ],
    pred_set: Annotated[
        str, typer.Option("--pred-set", metavar="SET", help="Label set of the predictions.")
    ],
    gt_set: Annotated[str, typer.Option("--gt-set", metavar="SET", help="Label set of the truth.")],
    boxes: Annotated[
        bool, typer.Option("--boxes", help="Score boxes; both files are COCO's JSON.")
    ] = False,
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
        score_them = system.score_boxes if boxes else system.score
        rows = score_them(
            predictions, truth, pred_set=pred_set, gt_set=gt_set, branches=branch or ()
        )
        emit_rows(rows, output, table=_BOX_TABLE if boxes else None)
