"""The command that links a list of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ._common import (
    EncoderOption,
    FileArgument,
    Format,
    FormatOption,
    HideOption,
    ImageVectorsOption,
    OutputOption,
    StoreOption,
    list_source,
    make_progress,
    open_system,
    read_hidden,
    say,
)
from ._llm import (
    LlmAcceptOption,
    LlmEndpointOption,
    LlmJobsOption,
    LlmMaxRequestsOption,
    LlmModelOption,
    LlmPrecisionOption,
    read_llm,
)
from ._render import emit_lines, emit_rows, format_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.api import LabelSystem
    from labelsys.match.link import LinkRow
    from labelsys.rows import Rows

__all__ = ["link"]

_MOST_REASONS = 4


def link(
    file: FileArgument,
    label_set: Annotated[
        str | None,
        typer.Option(
            "--label-set",
            metavar="ID",
            help="The label set that these names are of, which then gives no evidence.",
            show_default=False,
        ),
    ] = None,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Ignore ids that the file gives.")
    ] = False,
    independent: Annotated[
        bool, typer.Option("--independent", help="Link each name without regard to the others.")
    ] = False,
    hide: HideOption = None,
    encoder: EncoderOption = "auto",
    image_vectors: ImageVectorsOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say what speaks for and against each candidate."),
    ] = False,
    llm_endpoint: LlmEndpointOption = None,
    llm_model: LlmModelOption = None,
    llm_jobs: LlmJobsOption = None,
    llm_max_requests: LlmMaxRequestsOption = None,
    llm_precision: LlmPrecisionOption = None,
    llm_accept: LlmAcceptOption = False,
    format: FormatOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Link a list of class names to concepts.

    One row for every row of the file, in its order. `skos:exactMatch`: the
    concept is what the name means; `skos:broadMatch`: it is the closest one
    above that; no predicate: nothing fits.

    Example:
        labelsys link my_labels.txt --output jsonl
    """
    llm = read_llm(
        llm_endpoint,
        model=llm_model,
        jobs=llm_jobs,
        max_requests=llm_max_requests,
        precision=llm_precision,
        accept=llm_accept,
        explain=explain,
    )
    with open_system(store) as system:
        rows = system.link(
            list_source(file),
            label_set=label_set,
            names_only=names_only,
            independent=independent,
            hide=read_hidden(hide),
            encoder=encoder,
            image_vectors=image_vectors,
            format=format,
            llm=llm,
            explain=explain,
            progress=make_progress(),
        )
        is_table = format_of(output) is Format.TABLE
        shown = _lines(system, rows) if is_table else rows
    emit_rows(shown, output)
    if explain and is_table:
        emit_lines(_explained(rows))
    linked = sum(row.object_id is not None for row in rows)
    say(f"{linked:,} of {len(rows):,} names linked")


def _explained(rows: Rows[LinkRow]) -> Iterator[str]:
    """Yield a paragraph for each name: its candidates, and how they differ."""
    from labelsys.match.explain import ExplainedRow

    for row in rows:
        if not isinstance(row, ExplainedRow) or not row.explanation:
            continue
        yield ""
        yield f"{row.label_id}  {row.name}"
        for one in row.explanation:
            yield f"  {one.probability:.2f}  {one.wnid or one.id}  {one.pref_label}: {one.gloss}"
            for word, sign in (("for", 1), ("against", -1)):
                told = [r for r in one.reasons if r.adds * sign > 0][:_MOST_REASONS]
                if told:
                    reasons = "; ".join(f"{r.about} ({r.adds:+.1f})" for r in told)
                    yield f"        {word} it, beside {one.against}: {reasons}"


class LinkLine(NamedTuple):
    """What a person wants to see of a linked name."""

    label_id: str
    name: str
    match: str | None
    id: str | None
    concept: str
    confidence: float | None
    status: str


def _lines(system: LabelSystem, rows: Rows[LinkRow]) -> Rows[LinkLine]:
    from labelsys.rows import Rows

    asked = sorted({row.object_id for row in rows if row.object_id is not None})
    names = {concept.id: concept.pref_label for concept in system.store.iter_concepts(asked)}
    lines = (
        LinkLine(
            label_id=row.label_id,
            name=row.name,
            match=row.predicate_id and row.predicate_id.removeprefix("skos:"),
            id=row.wnid or row.object_id,
            concept=names.get(row.object_id, "") if row.object_id else "",
            confidence=row.confidence,
            status=row.status,
        )
        for row in rows
    )
    return Rows(lines, LinkLine)
