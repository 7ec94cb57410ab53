"""What the commands share that bring Wikidata in: for whom they do it, and where tables go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from labelsys.errors import ConfigError

from ._common import locate_workspace, say

if TYPE_CHECKING:
    from labelsys.workspace import Workspace

__all__ = ["LangOption", "OutOption", "Target", "find_target", "say_recipe"]

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="Where the tables go; sources/wikidata of the workspace unless said.",
        show_default=False,
    ),
]
LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="CODES",
        help="Languages of the names, as in en,zh; the recipe's unless said.",
        show_default=False,
    ),
]


class Target(NamedTuple):
    """What a pull is for.

    Attributes:
        workspace: that it is for, or None.
        folder: where its tables go.
        languages: of the names, as Wikimedia spells them.
    """

    workspace: Workspace | None
    folder: Path
    languages: tuple[str, ...]


def find_target(store: str | None, out: Path | None, lang: str | None) -> Target:
    """Return what a pull is for.

    Args:
        store: `--store`.
        out: `--out`.
        lang: `--lang`.

    Raises:
        ConfigError: there is no workspace, and nothing else says where the tables go.
    """
    workspace = _find_workspace(store, out)
    given = lang.split(",") if lang else workspace.read_recipe().languages if workspace else ("en",)
    folder = workspace.sources_folder / "wikidata" if out is None and workspace else out or Path()
    return Target(workspace, folder, tuple(code.strip().lower() for code in given))


def _find_workspace(store: str | None, out: Path | None) -> Workspace | None:
    try:
        return locate_workspace(None, store, create=False)
    except ConfigError as error:
        if store is not None:
            raise
        if out is None:
            msg = f"{error}, or say by --out where the tables go"
            raise ConfigError(msg) from error
        return None


def say_recipe(target: Target, version: str) -> None:
    """Say what to put into the recipe, unless it names the folder already.

    Args:
        target: what the pull was for.
        version: of the pull.
    """
    from labelsys.source.wikidata.recipe import recipe_words

    workspace = target.workspace
    if workspace is not None:
        recipe = workspace.read_recipe()
        for line in recipe_words(recipe, workspace.path, target.folder, version):
            say(line)
