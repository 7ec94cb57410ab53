"""What a recipe says of a pull, so that the build takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labelsys.config import SourceSpec, format_source

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.config import Recipe

__all__ = ["recipe_words"]

_NAME: Final = "wikidata"


def recipe_words(recipe: Recipe, workspace: Path, out: Path, version: str) -> list[str]:
    """Return what to put into a recipe for a pull, in lines.

    Args:
        recipe: of the workspace.
        workspace: its folder.
        out: the pull's folder.
        version: of the pull.

    Returns:
        The lines; none where the recipe names the folder already.
    """
    whole = out.resolve()
    for source in recipe.sources:
        path = source.path
        if source.name == _NAME and path is not None and (workspace / path).resolve() == whole:
            return []
    inside = whole.is_relative_to(workspace.resolve())
    place = whole.relative_to(workspace.resolve()).as_posix() if inside else str(whole)
    spec = SourceSpec(name=_NAME, version=version, path=place)
    lines = [line for line in format_source(spec).splitlines() if line]
    return [
        f"to build with it, put this into labelsys.toml, in the place of its `{_NAME}`:",
        *lines,
    ]
