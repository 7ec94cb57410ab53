"""The command that writes the label system for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ._common import StoreOption, open_system, say

__all__ = ["export"]


def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="mappings (SSSOM), concepts, labels (for a crawler), skos, nt, graphml, "
            "node-link, kgtk, obograph or bamboo.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="PATH", help="A file; `-` is standard output.")
    ] = "-",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FORM", help="jsonl, or for labels also tsv.", show_default=False
        ),
    ] = None,
    under: Annotated[
        str | None,
        typer.Option(
            "--under",
            metavar="ID",
            help="labels: a concept and what is below it.",
            show_default=False,
        ),
    ] = None,
    label_set: Annotated[
        list[str] | None,
        typer.Option(
            "--label-set",
            metavar="SET",
            help="labels: only concepts of this set; repeatable.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth", min=0, help="labels: so many steps below --under.", show_default=False
        ),
    ] = None,
    instances: Annotated[
        bool, typer.Option("--instances", help="labels: follow instance edges, too.")
    ] = False,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="labels: what is kept out of crawling, too.")
    ] = False,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language",
            metavar="TAG",
            help="labels: language of the queries; repeatable.",
            show_default=False,
        ),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="mappings: accepted, review or rejected.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write the label system in a form that other tools read.

    Example:
        labelsys export labels --under dog.n.01 --out dogs.jsonl
    """
    given = {
        "output": output,
        "under": under,
        "label_set": tuple(label_set or ()),
        "depth": depth,
        "instances": instances,
        "sensitive": sensitive,
        "language": tuple(language or ()),
        "status": status,
    }
    options = {name: value for name, value in given.items() if value not in (None, (), False)}
    with open_system(store) as system:
        counts = system.export(format, sys.stdout.buffer if out == "-" else Path(out), **options)
    left = {**counts.skipped, **counts.failed}
    reasons = "".join(f", {n:,} {reason}" for reason, n in left.items())
    say(f"{counts.kept:,} of {counts.read:,} written{reasons}")
