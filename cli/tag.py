"""Commands that tag concepts: which of them a photograph can show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import (
    OutputOption,
    StoreOption,
    locate_workspace,
    make_progress,
    open_system,
    say,
)
from ._light import LightGroup
from ._render import emit_record, emit_rows

if TYPE_CHECKING:
    from labelsys.api import LabelSystem
    from labelsys.match.embed import Embedder
    from labelsys.tag.surroundings import Surroundings

__all__ = ["app"]

app = typer.Typer(
    cls=LightGroup,
    help="Tag concepts: which a photograph can show.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

EncoderOption = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="Sentence encoder: minilm, or a model.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="Coefficients that `tag train` wrote; those that ship for the encoder unless said.",
        show_default=False,
    ),
]
ConceptArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="A concept, by any spelling of its id.", show_default=False),
]


@app.callback()
def tag() -> None:
    """Tag concepts: which a photograph can show.

    Tags are part of the graph, with the tagger and its encoder. What a curator
    says counts more than any tagger.

    Example:
        labelsys tag visual
    """


@app.command()
def visual(
    encoder: Annotated[
        str,
        typer.Option(
            "--encoder",
            metavar="NAME",
            help="Sentence encoder: minilm, or a model; none takes the tags away.",
        ),
    ] = "minilm",
    model: ModelOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Say of every concept whether a photograph can show it, and build with that.

    The recipe keeps it, so that later builds tag, too. Only texts that the
    cache lacks are encoded; an interrupted run goes on where it stopped.

    Example:
        labelsys tag visual

    Raises:
        BadParameter: of typer.
    """
    from labelsys.collector import collector_paused
    from labelsys.merge.build import BuildOptions, build

    if encoder == "none" and model is not None:
        msg = "--encoder none asks no tagger, so --model says nothing: give one of them"
        raise typer.BadParameter(msg)
    workspace = locate_workspace(None, store, create=False)
    options = BuildOptions(tag_visual=encoder, tag_model=model)
    with collector_paused():  # what a build leaves is freed, not looked through
        report = build(workspace, options, progress=make_progress())
    with open_system(str(workspace.path)) as system:
        rows = system.tag_counts(("value",))
    say(f"graph {report.hash}")
    emit_rows(rows, output, table=("value", "concepts"), empty="no concept is tagged")


@app.command()
def show(
    id_: ConceptArgument,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print what speaks for and against it, instead.")
    ] = False,
    encoder: EncoderOption = "minilm",
    model: ModelOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Print whether a photograph can show one concept, and who says so.

    With --explain each row is a view of the concept and what it adds to the
    log-odds; the last one is the sum. Only texts around the concept are encoded.

    Example:
        labelsys tag show dog.n.01
    """
    from labelsys.model import VisualTag
    from labelsys.rows import Rows
    from labelsys.tag.visual import explain_visual, load_model, read_model

    with open_system(store) as system:
        wanted = system.resolve(id_)
        if not explain:
            found = next(system.store.iter_visual_tags([wanted]), None)
            if found is None:
                say(f"{wanted} is not tagged: `labelsys tag visual` tags every concept")
                return
            emit_rows(Rows([found], VisualTag), output)
            return
        coefficients = load_model(encoder) if model is None else read_model(model)
        around, embedder = _reader(system, encoder)
        emit_rows(explain_visual(around, embedder, coefficients, wanted), output)


@app.command("set")
def set_(
    id_: ConceptArgument,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="visual or non-visual.", show_default=False)
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who decides.", show_default=False)
    ],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")] = "",
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Decide whether a photograph can show a concept, whatever a tagger says.

    The decision goes into the workspace's log, where nothing is ever changed,
    and into the graph with the next build.

    Example:
        labelsys tag set dog.n.01 visual --by ana --why "seen in every park"
    """
    from labelsys.audit.tag_decisions import decide_visual

    workspace = locate_workspace(None, store, create=False)
    with open_system(str(workspace.path)) as system:
        wanted = system.resolve(id_)
    decision = decide_visual(workspace.decisions_path, wanted, value, by=by, why=why)
    say("recorded: `labelsys build` puts it into the graph")
    record = {"id": decision.id, "subject_id": wanted, "value": value, "by": by}
    emit_record(record, output, lambda: [f"{decision.id}  {wanted}  {value}"])


@app.command()
def train(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.json", help="Where the coefficients go.")
    ],
    encoder: EncoderOption = "minilm",
    store: StoreOption = None,
) -> None:
    """Fit the tagger of visual concepts to another encoder.

    It learns from the judged concepts that ship, as far as the system has them;
    the test set is no part of them. The same system and encoder give the same
    file.

    Example:
        labelsys tag train --encoder minilm --out visual.json
    """
    from labelsys.atomic import write_text_atomic
    from labelsys.tag.train import train_visual

    with open_system(store) as system:
        around, embedder = _reader(system, encoder)
        write_text_atomic(out, train_visual(around, embedder))
    say(f"{out}: written")


def _reader(system: LabelSystem, encoder: str) -> tuple[Surroundings, Embedder]:
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import open_embedder

    embedder = open_embedder(encoder, make_progress())
    return Surroundings.of_store(system.store, system.hierarchy), embedder
