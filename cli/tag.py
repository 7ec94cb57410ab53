"""Commands that tag concepts: which of them a photograph can show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._common import OutputOption, StoreOption, make_progress, open_system, say
from ._light import LightGroup
from ._render import emit_rows

if TYPE_CHECKING:
    from labelsys.api import LabelSystem
    from labelsys.match.embed import Embedder
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import VisualModel, VisualTag

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


@app.callback()
def tag() -> None:
    """Tag concepts: which a photograph can show.

    Tags are printed with the tagger and its encoder; the graph is not changed.

    Example:
        labelsys tag visual --output tsv
    """


@app.command()
def visual(
    encoder: EncoderOption = "minilm",
    model: ModelOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Say of every concept whether a photograph can show it.

    A row has the concept's id, `visual`, `non-visual` or `abstain`, the
    probability that it is visual, and the tagger with its encoder. The graph
    is not changed. Only texts that the cache lacks are encoded; an interrupted
    run goes on where it stopped.

    Example:
        labelsys tag visual --output tsv
    """
    from labelsys.rows import Rows
    from labelsys.tag.visual import VisualTag

    with open_system(store) as system:
        tags = _tags(system, encoder, _model(encoder, model))
    counts = Counter(tag.value for tag in tags)
    say(f"{tags[0].tagger}: " + ", ".join(f"{n:,} {value}" for value, n in sorted(counts.items())))
    emit_rows(Rows(tags, VisualTag), output)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Any spelling of a concept's id.")],
    encoder: EncoderOption = "minilm",
    model: ModelOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Print whether a photograph can show one concept, and what says so.

    Each row is a view of the concept, what it added to the log-odds, and the
    sum of them with its probability.

    Example:
        labelsys tag show dog.n.01
    """
    from labelsys.tag.visual import explain_visual

    coefficients = _model(encoder, model)
    with open_system(store) as system:
        wanted = system.resolve(id_)
        around, embedder = _reader(system, encoder)
        emit_rows(explain_visual(around, embedder, coefficients, wanted), output)


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


def _model(encoder: str, given: Path | None) -> VisualModel:
    from labelsys.tag.visual import load_model, read_model

    return load_model(encoder) if given is None else read_model(given)


def _reader(system: LabelSystem, encoder: str) -> tuple[Surroundings, Embedder]:
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import open_embedder

    embedder = open_embedder(encoder, make_progress())
    return Surroundings(system.store, system.hierarchy), embedder


def _tags(system: LabelSystem, encoder: str, model: VisualModel) -> tuple[VisualTag, ...]:
    from labelsys.tag.visual import tag_visual

    around, embedder = _reader(system, encoder)
    return tag_visual(around, embedder, model)
