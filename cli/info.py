"""Commands that say what a label system holds: info, stats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._common import Format, OutputOption, StoreOption, open_system
from ._render import emit_lines, emit_record, emit_rows, format_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labelsys.info import Info
    from labelsys.stats import Stats

__all__ = ["info", "stats"]


def info(store: StoreOption = None, output: OutputOption = None) -> None:
    """Say where the label system is and what it was built from.

    Example:
        labelsys info
    """
    from labelsys.rows import to_record

    with open_system(store) as system:
        found = system.info()
    emit_record(to_record(found), output, lambda: _info_page(found))


def stats(
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Print each number with the query that gives it, and the inputs."
        ),
    ] = False,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Count concepts, edges, labels and mappings.

    For each label set, labels = exact + broader + excluded + unplaced.

    Example:
        labelsys stats --output json
    """
    from labelsys.rows import to_record
    from labelsys.stats import explain_stats, get_inputs

    with open_system(store) as system:
        if explain:
            numbers = explain_stats(system.store).to_records()
            tags = system.tag_counts().to_records()
            inputs = to_record(get_inputs(system.store))
            record = {"numbers": numbers, "tags": tags, "inputs": inputs}
            emit_record(record, output, lambda: _explain_page(record))
            return
        counted = system.stats()
    if format_of(output) is Format.TABLE:
        _print_stats(counted)
    else:
        emit_record(to_record(counted), output, list)


def _print_stats(counted: Stats) -> None:
    from labelsys.rows import Rows
    from labelsys.stats import LabelSetCounts

    share = f"{counted.unplaced_share:.1%} of the labels are unplaced"
    total = LabelSetCounts(
        id="all",
        labels=counted.labels,
        exact=counted.exact,
        broader=counted.broader,
        excluded=counted.excluded,
        unplaced=counted.unplaced,
    )
    emit_lines(_overview(counted))
    emit_lines([""])
    emit_rows(Rows((*counted.label_sets, total), LabelSetCounts), Format.TABLE)
    emit_lines(["", share])


def _overview(counted: Stats) -> Iterator[str]:
    yield f"concepts  {counted.concepts:,}  ({_parts(counted.concepts_by_source)})"
    yield f"          {counted.new_concepts:,} known to label sets only"
    yield f"edges     {counted.edges:,}  ({_parts(counted.edges_by_kind)})"
    yield f"depth     {counted.max_depth}"
    yield f"names     {_parts(counted.names_by_language)}"
    yield f"mappings  {counted.mappings:,}"
    for each in counted.mappings_by_predicate:
        yield f"          {each.mappings:,}  {each.predicate_id}, {each.status}"


def _parts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _explain_page(record: dict[str, Any]) -> Iterator[str]:
    for number in record["numbers"]:
        bound = ", ".join(f":{name} = {value!r}" for name, value in number["params"].items())
        yield f"{number['name']} = {number['value']}"
        yield f"    {number['query']}{f' with {bound}' if bound else ''}"
        for line in number["text"].splitlines():
            yield f"    {line}"
        yield ""
    if record["tags"]:
        yield "tags by value, source and lexname, with how many a curator decided"
        for row in record["tags"]:
            name = "  ".join((row["value"], row["source"], row["lexname"] or "-"))
            yield f"    {name}  {row['concepts']:,}  {row['by_curators']:,}"
        yield ""
    yield "inputs"
    for name, value in record["inputs"].items():
        yield f"    {name}: {value}"


def _info_page(found: Info) -> Iterator[str]:
    yield f"graph       {found.graph or '-'}"
    size = f"  ({found.size_bytes / 1e6:,.1f} MB)" if found.size_bytes else ""
    yield f"in          {found.path}{size}"
    yield f"labelsys    {found.version}"
    yield f"concepts    {found.concepts:,}"
    yield f"edges       {found.edges:,}"
    yield f"labels      {found.labels:,} in {found.label_sets:,} label sets"
    yield f"mappings    {found.mappings:,}"
    yield f"encoder     {found.encoder or '-'}"
    for name, version in found.sources.items():
        yield f"source      {name} {version}"
    for name, is_there in found.extras.items():
        hint = "" if is_there else f"  (pip install 'labelsys[{name}]')"
        yield f"extra       {name}: {'installed' if is_there else 'not installed'}{hint}"
