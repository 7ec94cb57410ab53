"""Commands that measure: how good the results are."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ._common import (
    EncoderOption,
    Format,
    ImageVectorsOption,
    OutputOption,
    StoreOption,
    make_progress,
    open_system,
    say,
)
from ._light import LightGroup
from ._render import emit_lines, emit_rows, format_of
from .bench_tag import bench_tag
from .bench_wikidata import bench_items, bench_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelsys.benchmark import (
        FoldPlan,
        FoldReport,
        LinkReport,
        LinkScore,
        Share,
        SystemScore,
    )
    from labelsys.rows import Rows

__all__ = ["app"]

_LISTED = 10
"""Skipped rows that are told one by one."""

app = typer.Typer(
    cls=LightGroup,
    help="Measure how good the results are.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def bench() -> None:
    """Measure how good the results are.

    Example:
        labelsys bench link --gold gold.tsv
    """


@app.command("link")
def link(
    gold: Annotated[
        list[Path],
        typer.Option(
            "--gold",
            metavar="FILE",
            help="TSV or CSV: label_id, name, and what it means as object_id, wnid or synset;"
            " several are allowed.",
            show_default=False,
        ),
    ],
    gold_column: Annotated[
        str | None,
        typer.Option(
            "--gold-column",
            metavar="NAME",
            help="Column of the answers, in the files that have it.",
            show_default=False,
        ),
    ] = None,
    label_set: Annotated[
        list[str] | None,
        typer.Option(
            "--label-set",
            metavar="ID",
            help="The label set that a file is of, which then gives no evidence; one a file.",
            show_default=False,
        ),
    ] = None,
    use: Annotated[
        str,
        typer.Option(
            "--use",
            metavar="COLUMNS",
            help="What to link by beside the name, from the file: parent, synonyms, description.",
        ),
    ] = "",
    independent: Annotated[
        bool, typer.Option("--independent", help="Link each name without regard to the others.")
    ] = False,
    encoder: EncoderOption = "auto",
    image_vectors: ImageVectorsOption = None,
    peers: Annotated[
        str,
        typer.Option(
            "--peers", metavar="NAMES", help="Tools to run beside: gilda, text2term, oak."
        ),
    ] = "",
    peer_python: Annotated[
        Path | None,
        typer.Option(
            "--peer-python",
            metavar="PATH",
            help="The interpreter of the environment that has them; this one unless said.",
            show_default=False,
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds",
            metavar="N",
            help="Measure too what the ranker is worth when fitted to the other rows of a file,"
            " in N parts.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            help="Of the draw of the folds; 0 unless said.",
            show_default=False,
        ),
    ] = None,
    fit_also: Annotated[
        list[Path] | None,
        typer.Option(
            "--fit-also",
            metavar="FILE",
            help="A further gold file that every fold learns from; several are allowed.",
            show_default=False,
        ),
    ] = None,
    target_precision: Annotated[
        float | None,
        typer.Option(
            "--target-precision",
            metavar="P",
            help="What a threshold is chosen for, on the rows learnt from; 0.985 unless said.",
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="FILE.svg",
            help="Draw reliability and coverage into this file.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Measure how well class names are linked, against what people say they mean.

    Names are linked by themselves, as one list a file, with no evidence from
    the label set that they are of. Beside ours stand plain look-up, sentence
    similarity alone, and other tools where asked for. With --folds every row is
    answered once more, by a ranker that was fitted to rows of other names. JSON
    has everything, the wrong rows too; TSV has one row for each way to answer.

    Example:
        labelsys bench link --gold gold.tsv --folds 5 --plot gold.svg
    """
    from labelsys.benchmark import bench_link, write_link_plot
    from labelsys.benchmark.plot import check_plot_path

    if plot is not None:
        check_plot_path(plot)
    plan = _plan(folds, seed, fit_also or (), target_precision)
    with open_system(store) as system:
        reports = bench_link(
            system.store,
            gold,
            gold_column=gold_column,
            label_sets=label_set or (),
            use=_split(use),
            independent=independent,
            encoder=encoder,
            image_vectors=image_vectors,
            peers=_split(peers),
            peer_python=peer_python,
            folds=plan,
            progress=make_progress(),
        )
    if plot is not None:
        write_link_plot(reports, plot)
    _emit(reports, output)
    _tell(reports)


def _plan(
    folds: int | None, seed: int | None, fit_also: Sequence[Path], target: float | None
) -> FoldPlan | None:
    """Return how to fold, or None.

    Raises:
        ConfigError: an option that only folds use is given without them.
    """
    from labelsys.benchmark import FoldPlan
    from labelsys.errors import ConfigError

    if folds is None:
        given = {"--seed": seed, "--fit-also": fit_also or None, "--target-precision": target}
        for option, value in given.items():
            if value is not None:
                raise ConfigError("says something of folds: give --folds as well", location=option)
        return None
    usual = FoldPlan()
    return FoldPlan(
        folds=folds,
        seed=usual.seed if seed is None else seed,
        fit_also=tuple(fit_also),
        target=usual.target if target is None else target,
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


class SystemLine(NamedTuple):
    """One way to answer on one gold file."""

    gold: str
    system: str
    version: str
    n: int
    answered: int | None
    right: int | None
    accuracy: float | None
    low: float | None
    high: float | None
    seconds: float | None
    setup_seconds: float | None
    left_out: str


def _line(report: LinkReport, score: SystemScore) -> SystemLine:
    found = score.accuracy
    return SystemLine(
        gold=report.gold,
        system=score.system,
        version=score.version,
        n=report.scored,
        answered=score.answered,
        right=None if found is None else found.count,
        accuracy=None if found is None else found.value,
        low=None if found is None else found.low,
        high=None if found is None else found.high,
        seconds=score.seconds,
        setup_seconds=score.setup_seconds,
        left_out=score.left_out,
    )


def _emit(reports: Rows[LinkReport], output: OutputOption) -> None:
    from labelsys.rows import Rows

    form = format_of(output)
    if form in {Format.JSON, Format.JSONL}:
        emit_rows(reports, output)
        return
    lines = Rows((_line(r, s) for r in reports for s in r.systems), SystemLine)
    columns = [c for c in SystemLine._fields if c not in {"version", "left_out", "setup_seconds"}]
    emit_rows(lines, output, table=columns)
    if form is Format.TABLE:
        for report in reports:
            emit_lines(["", *_page(report)])


def _page(report: LinkReport) -> Iterator[str]:
    skipped = sum(report.skipped.values())
    yield f"{report.gold}: {report.read:,} rows = {report.scored:,} scored + {skipped:,} skipped"
    for reason, n in report.skipped.items():
        yield f"  {n:,} {reason}"
    yield from _figures(report.score)
    if report.folds is not None:
        yield ""
        yield from _fold_page(report.gold, report.folds)


def _fold_page(gold: str, folds: FoldReport) -> Iterator[str]:
    also = f", of {', '.join(folds.fit_also)} as well" if folds.fit_also else ""
    yield (
        f"{gold} in {folds.folds} folds, seed {folds.seed}: rows {_span(folds.sizes)} each,"
        f" rankers fitted to {_span(folds.learnt)} others{also}"
    )
    yield from _figures(folds.score)
    for point in folds.points:
        yield f"  confidence {point.confidence:g} and up"
        yield f"    {'accepted as exact':<26}{_share(point.coverage)}"
        yield f"    {'of those, right':<26}{_share(point.precision)}"
    target = folds.target
    chosen = ", ".join("none" if c is None else f"{c:.3f}" for c in target.confidences)
    yield f"  thresholds chosen for {target.precision:g} on the rows learnt from: {chosen}"
    yield f"    {'accepted as exact':<26}{_share(target.coverage)}"
    yield f"    {'of those, right':<26}{_share(target.reached)}"


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _figures(score: LinkScore) -> Iterator[str]:
    figures = (
        ("right", score.accuracy),
        ("right and said to be exact", score.exact_accuracy),
        ("right, lifted to WordNet", score.lifted_accuracy),
        ("candidate recall", score.candidate_recall),
        ("accepted as exact", score.accepted),
        ("  of those, right", score.accepted_precision),
    )
    for name, value in figures:
        yield f"  {name:<28}{_share(value)}"
    yield (
        f"  {'the rest':<28}{score.accepted_broader:,} accepted as broader,"
        f" {score.review:,} in review, {score.unlinked:,} without a concept"
    )
    error = score.calibration
    if error is not None:
        yield (
            f"  {'calibration error, debiased':<28}l1 {error.l1:.3f}"
            f" ({error.l1_low:.3f} to {error.l1_high:.3f}), l2 {error.l2:.3f}"
            f" ({error.l2_low:.3f} to {error.l2_high:.3f}), {error.bins} bins of {error.n:,} links"
        )
    yield "  coverage   " + "".join(f"{p.coverage:>7.2f}" for p in score.curve)
    yield "  precision  " + "".join(f"{p.precision:>7.3f}" for p in score.curve)
    for target in score.targets:
        least = "" if target.confidence is None else f", confidence {target.confidence:.3f} and up"
        yield f"  coverage at precision {target.precision:g}: {target.coverage:.3f}{least}"


def _share(value: Share) -> str:
    if value.value is None or value.low is None or value.high is None:
        return "none"
    counts = f"{value.count:,} of {value.total:,}"
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f}), {counts}"


def _tell(reports: Rows[LinkReport]) -> None:
    """Say on standard error what did not run, and which rows were not scored."""
    for score in reports[0].systems:
        if score.left_out:
            say(f"{score.system} left out: {score.left_out}")
    for report in reports:
        for row in report.skipped_rows[:_LISTED]:
            shown = f" ({row.answer})" if row.answer else ""
            say(f"{report.path}:{row.line}: {row.name}: {row.reason}{shown}")
        if len(report.skipped_rows) > _LISTED:
            say(f"{report.path}: {len(report.skipped_rows) - _LISTED:,} more in --output json")


app.command("wikidata")(bench_items)
app.command("wikidata-places")(bench_places)
app.command("tag")(bench_tag)
