"""The command that measures how items of Wikidata are linked to WordNet."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ._common import EncoderOption, Format, OutputOption, make_progress
from ._render import emit_record, emit_rows, format_of
from .wikidata_report import WordNetOption  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.benchmark import ItemAccuracy, ItemLinkReport, PlaceRow, Share

__all__ = ["bench_items", "bench_places"]


class ItemLine(NamedTuple):
    """One system on one group of items."""

    system: str
    group: str
    n: int
    right: int
    accuracy: float | None
    low: float | None
    high: float | None


class PlaceLine(NamedTuple):
    """One way to place classes."""

    strategy: str
    classes: int
    placed: int
    right: int
    precision: float | None
    low: float | None
    high: float | None
    levels: float | None


def bench_items(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A pull.", show_default=False)],
    folds: Annotated[
        int, typer.Option("--folds", metavar="N", min=3, help="Parts that items are dealt into.")
    ] = 5,
    target_precision: Annotated[
        float,
        typer.Option(
            "--target-precision",
            metavar="P",
            min=0.5,
            max=1.0,
            help="Share of accepted links that are to be right.",
        ),
    ] = 0.98,
    encoder: EncoderOption = "none",
    wordnet: WordNetOption = None,
    output: OutputOption = None,
) -> None:
    """Measure how well items of a pull are linked to WordNet by words.

    Gold are the items that P8814 links; an item with several synsets is any of
    them. Identifiers of all items are hidden, and each item is answered by a
    ranker that was fitted to items of other synsets and labels. `first sense`
    looks the label up, `label, then aliases` goes on where it has no sense.
    `ranked, as shipped` has learnt as well what it looks like when no candidate
    is right, as classes without an identifier need, and its threshold is that
    of a build. With --encoder, what sentence vectors add is measured as well:
    a build links items without them. JSON has everything.

    Example:
        labelsys bench wikidata pull
    """
    from labelsys.benchmark import bench_wikidata
    from labelsys.rows import Rows, to_record

    report = bench_wikidata(
        folder,
        wordnet=wordnet,
        folds=folds,
        target=target_precision,
        encoder=encoder,
        progress=make_progress(),
    )
    form = format_of(output)
    if form is Format.TSV:
        emit_rows(Rows(map(_line, report.accuracy), ItemLine), form)
    else:
        emit_record(to_record(report), form, lambda: _page(report))


def bench_places(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A pull.", show_default=False)],
    wordnet: WordNetOption = None,
    output: OutputOption = None,
) -> None:
    """Measure what says under which synset a class of a pull lies.

    Gold are the classes that P8814 links: their own link and the names of their
    synset are hidden, and a place is right where it lies above that synset in
    WordNet. First each strategy by itself, then all together, cross-validated,
    from some confidences on. `levels` is how many lie between the right places
    and the nearest right one, in the middle. A build does not use places yet.

    Example:
        labelsys bench wikidata-places pull
    """
    from labelsys.benchmark import bench_pull_places
    from labelsys.rows import Rows

    rows = bench_pull_places(folder, wordnet=wordnet, progress=make_progress())
    emit_rows(Rows(map(_place_line, rows), PlaceLine), output)


def _place_line(row: PlaceRow) -> PlaceLine:
    right = row.precision
    shares = (row.coverage.total, right.total, right.count, right.value, right.low, right.high)
    return PlaceLine(row.name, *shares, row.levels)


def _line(row: ItemAccuracy) -> ItemLine:
    right = row.right
    return ItemLine(
        row.system, row.group, right.total, right.count, right.value, right.low, right.high
    )


def _page(report: ItemLinkReport) -> Iterator[str]:
    yield (
        f"{report.pull}: {report.items:,} items, {report.folds} folds;"
        f" thresholds chosen for {report.target:g} on the folds learnt from"
    )
    yield "first answers that are right, accepted or not"
    for row in report.accuracy:
        yield f"  {row.system:<22}{row.group:<39}{_share(row.right)}"
    for ranker in report.rankers:
        least = ranker.confidence
        yield ranker.system if least is None else f"{ranker.system}: confidence {least:g} and up"
        yield f"  {'accepted, of all':<34}{_share(ranker.accepted)}"
        yield f"  {'of those, right':<34}{_share(ranker.precision)}"
        for how, right in ranker.found_by.items():
            yield f"    {how:<32}{_share(right)}"
        yield "  coverage   " + "".join(f"{p.coverage:>7.2f}" for p in ranker.curve)
        yield "  precision  " + "".join(f"{p.precision:>7.3f}" for p in ranker.curve)
    yield "identifiers"
    for each in report.strategies:
        told = _share(each.precision) if each.precision else f"not measured: {each.left_out}"
        counts = f"{each.claims:,} claims, {each.linked:,} linked"
        yield f"  {each.strategy} ({each.pid}): {counts}; {told}"


def _share(value: Share) -> str:
    if value.value is None or value.low is None or value.high is None:
        return "none"
    counts = f"{value.count:,} of {value.total:,}"
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f}), {counts}"
