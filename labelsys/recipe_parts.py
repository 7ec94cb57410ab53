"""The parts of a recipe: where concepts come from, how sure a link is to be, what is tagged."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_SOURCES", "MatchSettings", "SourceSpec", "TagSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """Where concepts come from.

    Attributes:
        name: registry name (`wordnet`, `wikidata`).
        version: of the data (`3.0`), or `bundled` for what ships with labelsys.
        path: a folder or file with the data, from the workspace where it is
            relative; None looks in the usual places.
    """

    name: str
    version: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSettings:
    """How sure a link has to be.

    Attributes:
        encoder: sentence encoder: `auto` takes what is installed, `none` works
            without, else an encoder's name, a model's folder or its hub name.
        accept: calibrated confidence from which a mapping is accepted.
        review: calibrated confidence from which a mapping goes to review;
            below it there is none.
        max_unplaced_depth: a broader placement under a concept of this depth
            or less says nothing, and counts as unplaced.
    """

    encoder: str = "auto"
    accept: float = 0.9
    review: float = 0.4
    max_unplaced_depth: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSettings:
    """What a build says of concepts.

    Attributes:
        visual: sentence encoder of the tagger of visual concepts; `none` asks no tagger.
        model: file of its coefficients, from the workspace; None takes those that ship.
    """

    visual: str = "none"
    model: str | None = None


DEFAULT_SOURCES = (
    SourceSpec(name="wordnet", version="3.0"),
    SourceSpec(name="wikidata", version="bundled"),
)
