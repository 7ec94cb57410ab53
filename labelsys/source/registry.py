"""Sources by name, and how a recipe's line becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from labelsys.config import SourceSpec
    from labelsys.source.protocol import Source
    from labelsys.workspace import Workspace

__all__ = ["open_source", "sources"]

sources: Registry[Callable[..., Source]] = Registry("labelsys.sources")
"""Name -> a class that takes the folder of its data, or None for the usual place, and languages."""

sources.add_lazy("wordnet", "labelsys.source.wordnet:WordNetSource")
sources.add_lazy("wikidata", "labelsys.source.wikidata.source:WikidataSource")


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
        languages: of the names.
        workspace: what a relative path starts from, and where downloads go.
        wordnet: folder with WordNet's files that this run shall use.
    """
    folder = None if spec.path is None else workspace.path / spec.path
    if spec.name == "wordnet":
        folder = wordnet or folder
    return sources.get(spec.name)(folder=folder, languages=languages)
