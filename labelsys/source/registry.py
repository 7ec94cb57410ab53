"""Sources by name, and how a recipe's line becomes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.registry import Registry
from labelsys.source.protocol import Source

if TYPE_CHECKING:
    from labelsys.config import SourceSpec
    from labelsys.workspace import Workspace

__all__ = ["open_source", "sources"]

sources: Registry[Callable[..., Source]] = Registry("labelsys.sources")
"""Name -> a class that takes the folder of its data (or None) and the languages asked for."""

sources.add_lazy("wordnet", "labelsys.source.wordnet:WordNetSource")
sources.add_lazy("wikidata", "labelsys.source.wikidata.extract:ExtractSource")


def open_source(
    spec: SourceSpec,
    languages: tuple[str, ...],
    workspace: Workspace,
    *,
    wordnet: Path | None = None,
) -> Source:
    """Return the source that a recipe's line names.

    Args:
        spec: the line.
        languages: of the names to keep.
        workspace: what a relative path starts from, and where downloads go.
        wordnet: folder with WordNet's files that this run shall use.
    """
    folder = None if spec.path is None else workspace.path / spec.path
    if spec.name == "wordnet" and wordnet is not None:
        folder = wordnet
    return sources.get(spec.name)(folder=folder, languages=languages)
