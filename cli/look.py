"""Commands that look at concepts: search, show, tree, path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ._common import Format, OutputOption, StoreOption, open_system
from ._render import emit_lines, emit_record, emit_rows, format_of, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelsys.model import VisualTag, VisualValue
    from labelsys.rows import Rows
    from labelsys.views import ConceptView, Neighbour, TreeRow

__all__ = ["path", "search", "show", "tree"]

ConceptArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A concept: wn30:02084071-n, n02084071, dog.n.01, wd:Q144, ili:i46360, coco:18, "
        "or a name that means one thing only.",
        show_default=False,
    ),
]

_LABEL_WIDTH = 11

_VISUAL: Final[dict[bool | None, VisualValue | None]] = {
    None: None,
    True: "visual",
    False: "non-visual",
}
"""What `--visual` and `--non-visual` ask for."""


def search(
    text: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 10,
    visual: Annotated[
        bool | None,
        typer.Option(
            "--visual/--non-visual",
            help="Only concepts that a photograph can show, or can't, by their tags.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Find concepts by name, beginning or misspelt name.

    Example:
        labelsys search "golden retreiver"
    """
    with open_system(store) as system:
        hits = system.search(text, limit=limit, visual=_VISUAL[visual])
    emit_rows(
        hits,
        output,
        table=("id", "wnid", "pref_label", "name", "gloss"),
        cut={"gloss": 60},
        empty="nothing found",
    )


def show(
    concept: ConceptArgument,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Narrower concepts to name.")] = 20,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Print everything known about one concept.

    Example:
        labelsys show dog.n.01
    """
    from labelsys.rows import to_record

    with open_system(store) as system:
        view = system.view(concept, limit=limit)
    emit_record(to_record(view), output, lambda: _page(view))


def tree(
    concept: ConceptArgument,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth",
            min=0,
            help="Steps to go; 2 downwards unless said, all upwards.",
            show_default=False,
        ),
    ] = None,
    up: Annotated[
        bool, typer.Option("--up/--down", help="Towards broader or narrower concepts.")
    ] = False,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Print what is below a concept, or above it.

    Where a concept is reached twice, it is opened the first time only.

    Example:
        labelsys tree dog.n.01 --depth 1
    """
    if depth is None and not up:
        depth = 2
    with open_system(store) as system:
        rows = system.tree(concept, depth=depth, direction="up" if up else "down")
    if format_of(output) is Format.TABLE:
        emit_lines(_branches(rows))
    else:
        emit_rows(rows, output)


def path(
    start: ConceptArgument,
    end: ConceptArgument,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Print the shortest way from one concept to another.

    It goes up to a concept that both fall under, then down.

    Example:
        labelsys path dog.n.01 car.n.01
    """
    with open_system(store) as system:
        steps = system.path(start, end)
    emit_rows(steps, output)


def _page(view: ConceptView) -> Iterator[str]:
    ids = [view.id, view.wnid, view.synset, view.qid and f"wd:{view.qid}"]
    yield view.pref_label
    yield "  ".join(dict.fromkeys(id_ for id_ in ids if id_))
    if view.gloss:
        yield view.gloss
    for definition in view.definitions:
        yield f"{definition.lang}: {definition.text}"
    yield ""
    yield from _facts(view)
    yield from _section("broader", [_near(other) for other in view.broader])
    narrower = [_near(other) for other in view.narrower]
    if view.n_narrower > len(narrower):
        narrower.append(f"... and {view.n_narrower - len(narrower):,} more (--limit)")
    yield from _section("narrower", narrower)
    yield from _section(
        "labels",
        [
            f"{label.id}  {label.name}  {label.placement}{_sure(label.confidence)}"
            for label in view.labels
        ],
    )
    yield from _section(
        "mappings",
        [
            f"{m.subject_id} {'not ' if m.predicate_modifier else ''}{m.predicate_id} "
            f"{m.object_id}  {m.status}{_sure(m.confidence)}  {m.mapping_justification}"
            for m in view.mappings
        ],
    )


def _who_says(tag: VisualTag) -> Iterator[str]:
    if tag.curator is not None:
        yield f"{tag.value}, says the curator {tag.curator}"
    if tag.tagger is not None:
        yield f"{tag.guess}{_sure(tag.probability)}, says {tag.tagger}"


def _facts(view: ConceptView) -> Iterator[str]:
    yield from _section("source", [", ".join(filter(None, (view.source, view.lexname)))])
    if view.visual is not None:
        yield from _section("tag", list(_who_says(view.visual)))
    yield from _section("depth", ["-" if view.depth is None else str(view.depth)])
    if view.status != "active":
        yield from _section("status", [f"{view.status}, replaced by {view.replaced_by or '-'}"])
    languages = dict.fromkeys(name.lang for name in view.names)
    for language in languages:
        texts = [name.text for name in view.names if name.lang == language]
        yield from _section(f"names {language}", [", ".join(texts)])
    if view.xrefs:
        yield from _section("other ids", ["  ".join(view.xrefs)])


def _section(title: str, lines: list[str]) -> Iterator[str]:
    for position, line in enumerate(lines):
        head = title if position == 0 else ""
        yield f"{head:<{_LABEL_WIDTH}} {line}"


def _near(other: Neighbour) -> str:
    instance = "  (instance)" if other.kind == "instance" else ""
    return f"{other.wnid or other.id}  {other.pref_label}{instance}"


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f" {confidence:.2f}"


def _branches(rows: Rows[TreeRow]) -> Iterator[str]:
    """Yield the lines of a tree, two spaces a level."""
    for row in rows:
        notes = [
            "instance" if row.kind == "instance" else "",
            f"{row.n_labels:,} labels" if row.n_labels > 1 else "1 label" if row.n_labels else "",
            "see above" if row.is_repeated else "",
        ]
        note = ", ".join(filter(None, notes))
        name = short(row.pref_label, 60)
        yield f"{'  ' * row.level}{name}  {row.wnid or row.id}{f'  ({note})' if note else ''}"
