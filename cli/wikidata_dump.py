"""The command that reads Wikidata's published dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, make_progress, say
from ._render import emit_record
from ._wikidata import LangOption, OutOption, find_target, say_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.source.wikidata.dump.finish import DumpReport

__all__ = ["dump"]


def dump(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="The dump: .json, .json.gz or .json.bz2, whatever its name; `-` is a pipe.",
            show_default=False,
        ),
    ],
    root: Annotated[
        list[str] | None,
        typer.Option(
            "--root",
            metavar="QID",
            help="Take this item and all that lies under it; once for each. Without: all classes.",
            show_default=False,
        ),
    ] = None,
    property: Annotated[
        list[str] | None,
        typer.Option(
            "--property",
            metavar="PID",
            help="What the hierarchy is made of; once for each. P279 unless said.",
            show_default=False,
        ),
    ] = None,
    lang: LangOption = None,
    linked: Annotated[
        bool,
        typer.Option(
            "--linked/--no-linked", help="Take items with a WordNet synset wherever they lie."
        ),
    ] = True,
    second_look: Annotated[
        bool,
        typer.Option(
            "--second-look",
            help="Read the file twice, for items that are a class only by what lies under them.",
        ),
    ] = False,
    version: Annotated[
        str,
        typer.Option(
            "--version",
            metavar="TEXT",
            help="Version of the dump; the date in its name unless said.",
            show_default=False,
        ),
    ] = "",
    out: OutOption = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="How many processes read; the result is the same.")
    ] = 1,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Take classes out of Wikidata's JSON dump, into tables that the build reads.

    What was read lies in FOLDER/.dump-work until the end. After a crash or
    Ctrl-C, the same command goes on from there.

    Example:
        labelsys wikidata dump wikidata-20240101-all.json.gz --root Q35120 --lang en,zh --jobs 2
    """
    from labelsys.rows import to_record
    from labelsys.source.wikidata.dump.run import DumpOptions, read_dump
    from labelsys.source.wikidata.properties import CLASS_PROPERTY

    target = find_target(store, out, lang)
    options = DumpOptions(
        roots=tuple(qid.removeprefix("wd:") for qid in root or ()),
        languages=target.languages,
        properties=tuple(pid.removeprefix("wdt:") for pid in property or (CLASS_PROPERTY,)),
        linked=linked,
        second_look=second_look,
        version=version,
        jobs=jobs,
    )
    report = read_dump(file, target.folder, options, make_progress())
    for missing in report.missing_roots:
        say(f"warning: the dump has no {missing}: is the id right?")
    say_recipe(target, report.version)
    emit_record(to_record(report), output, lambda: list(_lines(report)))


def _lines(report: DumpReport) -> Iterator[str]:
    """Yield the report for a reader."""
    yield f"{report.items:,} items in {report.folder}, of version {report.version}"
    for batch, counts in report.counts.items():
        yield f"{batch}: {counts.read:,} read, {counts.kept:,} kept"
        for word, reasons in (("skipped", counts.skipped), ("failed", counts.failed)):
            for reason, count in sorted(reasons.items(), key=lambda each: (-each[1], each[0])):
                yield f"  {count:,} {word}: {reason}"
