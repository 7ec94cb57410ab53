"""A workspace: the folder that holds one label system.

What people gave (recipe, imported label sets, ids, decisions) is plain text
that is replaced whole or not at all; what was computed is an immutable graph
beside it, and `current` names the one in use. One process may change a
workspace at a time, under `Workspace.lock`; readers never wait.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from labelsys.atomic import (
    make_folder,
    reporting_os_errors,
    sweep_temps,
    write_bytes_atomic,
    write_text_atomic,
)
from labelsys.config import Recipe, Settings, default_recipe, read_recipe, write_recipe
from labelsys.errors import ConfigError, NotFoundError
from labelsys.graphs import (
    GRAPH_PARTS,
    RECIPE,
    GraphFolder,
    current_graph,
    find_workspace,
    graph_hash,
    has_recipe,
)
from labelsys.lock import WriterLock
from labelsys.registry import near
from labelsys.source.wordnet_files import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from labelsys.labelset.folder import LabelSetFolder
    from labelsys.model import LabelSet
    from labelsys.progress import Progress

__all__ = [
    "GRAPH_PARTS",
    "RECIPE",
    "VISUAL_MODEL",
    "Workspace",
    "current_graph",
    "find_cache",
    "find_workspace",
    "graph_hash",
]

HIDE = "hide.txt"
VISUAL_MODEL = "visual.json"
"""Where a workspace keeps coefficients of a tagger that were given to it."""

_LOCK = ".labelsys.lock"
_NEEDED_NAMES = frozenset({"current", "decisions.jsonl", "ids.tsv", HIDE, VISUAL_MODEL})
_WRITTEN_FOLDERS = ("graphs", "labelsets", "sources")
_GIT_IGNORE = """\
# Made by labelsys: what it computed, and can compute again
/cache/
/current
/graphs/
/.labelsys.lock*
/.decisions.jsonl.lock*
/sources/.*.lock*
/sources/*.journal
.labelsys-tmp-*
"""


class Workspace:
    """One workspace, opened. Whatever changes it takes the lock by itself.

    Attributes:
        path: its folder.
        settings: where things outside it are.
    """

    def __init__(self, path: Path, settings: Settings | None = None) -> None:
        """Use `open`, `create` or `open_or_create`; this checks nothing."""
        self.path = path
        self.settings = settings or Settings()
        self._graphs = GraphFolder(path)
        self._sets: LabelSetFolder | None = None
        self._lock = WriterLock(path / _LOCK, str(path))

    @classmethod
    def open(cls, path: Path, *, settings: Settings | None = None) -> Workspace:
        """Open a workspace that is there.

        Returns:
            The workspace.

        Raises:
            ConfigError: the folder has no recipe.
        """
        if not has_recipe(path):
            msg = f"{path} has no {RECIPE}: run `labelsys build` in an empty folder"
            raise ConfigError(msg)
        return cls(path, settings)

    @classmethod
    def find(cls, start: Path, *, settings: Settings | None = None) -> Workspace:
        """Open the nearest workspace at or above a folder.

        Returns:
            The workspace.

        Raises:
            ConfigError: there is none.
        """
        path = find_workspace(start)
        if path is None:
            msg = f"no workspace in {start} or above it: run `labelsys build` in an empty folder"
            raise ConfigError(msg)
        return cls(path, settings)

    @classmethod
    def create(
        cls, path: Path, recipe: Recipe | None = None, *, settings: Settings | None = None
    ) -> Workspace:
        """Make a workspace in a folder, whatever else is in there.

        Args:
            path: the folder; made where it is not there.
            recipe: what to build; None takes all that ships.
            settings: where things outside it are.

        Returns:
            The workspace, with nothing built.

        Raises:
            ConfigError: the folder is a workspace already.
        """
        make_folder(path)
        workspace = cls(path, settings)
        with workspace.lock():
            if has_recipe(path):
                msg = f"{path} is a workspace already: edit its {RECIPE}"
                raise ConfigError(msg)
            if not (path / ".gitignore").exists():
                write_text_atomic(path / ".gitignore", _GIT_IGNORE)
            workspace.write_recipe(recipe or default_recipe(_bundled_ids()))
        return workspace

    @classmethod
    def open_or_create(cls, path: Path, *, settings: Settings | None = None) -> Workspace:
        """Open a workspace; in a folder that holds at most loose files, make one first.

        A list of names to link may lie there. Folders say that the place has
        another use, and so does a file with a name that a workspace needs.

        Returns:
            The workspace.

        Raises:
            ConfigError: there is no recipe, and the folder has another use.
        """
        if not has_recipe(path):
            found = sorted(path.iterdir()) if path.is_dir() else []
            visible = [p for p in found if not p.name.startswith(".")]
            in_use = [p.name for p in visible if p.is_dir() or p.name in _NEEDED_NAMES]
            if in_use:
                msg = (
                    f"{path} has no {RECIPE}, and seems to have another use ({in_use[0]}, ...):"
                    " run `labelsys init` there first, or build in an empty folder"
                )
                raise ConfigError(msg)
            with suppress(ConfigError):  # another process was first: its workspace does
                return cls.create(path, settings=settings)
        return cls.open(path, settings=settings)

    @property
    def recipe_path(self) -> Path:
        """The recipe."""
        return self.path / RECIPE

    @property
    def ids_path(self) -> Path:
        """Ids given to new concepts."""
        return self.path / "ids.tsv"

    @property
    def decisions_path(self) -> Path:
        """Curators' decisions."""
        return self.path / "decisions.jsonl"

    @property
    def sources_folder(self) -> Path:
        """Pulled tables."""
        return self.path / "sources"

    @property
    def cache_folder(self) -> Path:
        """Where vectors and downloads are kept: `$LABELSYS_CACHE`, else in the workspace."""
        return self.settings.cache or self.path / "cache"

    @contextmanager
    def lock(
        self, *, timeout_s: float | None = 0.0, progress: Progress | None = None
    ) -> Iterator[None]:
        """Be the one writer. Within the block, locking again is free.

        Args:
            timeout_s: how long to wait for another writer; None waits for ever.
            progress: told that it waits, and for whom.

        Yields:
            Nothing.

        A `StoreBusyError` names the process that is writing.
        """
        with self._lock.hold(timeout_s=timeout_s, progress=progress) as is_outermost:
            if is_outermost:
                for folder in (self.path, *(self.path / name for name in _WRITTEN_FOLDERS)):
                    sweep_temps(folder)
            yield

    def read_recipe(self) -> Recipe:
        """Return what the recipe says now."""
        return read_recipe(self.recipe_path)

    def write_recipe(self, recipe: Recipe) -> None:
        """Replace the recipe; comments that were added by hand go with the old one."""
        with self.lock():
            write_recipe(recipe, self.recipe_path)

    def set_hidden(self, source: Path | None) -> Recipe:
        """Copy a list of concept ids into the workspace, and leave those concepts out.

        Args:
            source: one id a line; None hides nothing any more.

        Returns:
            The new recipe.

        Raises:
            ConfigError: the file can't be read.
        """
        with self.lock():
            recipe = replace(self.read_recipe(), hide=HIDE if source else None)
            if source is None:
                self.write_recipe(recipe)
                self._discard(self.path / HIDE)
                return recipe
            self.keep(source, HIDE)
            self.write_recipe(recipe)
            return recipe

    def keep(self, source: Path, name: str) -> None:
        """Copy a file into the workspace.

        Raises:
            ConfigError: it can't be read.
        """
        try:
            data = source.read_bytes()
        except OSError as error:
            raise ConfigError(error.strerror or str(error), location=str(source)) from error
        with self.lock():
            write_bytes_atomic(self.path / name, data)

    def hide_path(self) -> Path | None:
        """Return the list of concepts to leave out, None where there is none."""
        hide = self.read_recipe().hide
        return None if hide is None else self.path / hide

    def graph_path(self, hash_: str) -> Path:
        """Return where the graph of this hash lies, or would."""
        return self._graphs.path_of(hash_)

    def new_graph(self, hash_: str) -> AbstractContextManager[Path]:
        """Return a context that gives a file to fill, and makes it the graph of this hash.

        As with `labelsys.atomic.atomic_path`: on any error there is no such graph.
        """
        return self._graphs.new(hash_)

    def switch_current(self, hash_: str) -> None:
        """Put a graph in use, at once and for every reader that opens one from now on."""
        with self.lock():
            self._graphs.switch(hash_)

    def prune_graphs(self, *, keep: int = 2) -> tuple[Path, ...]:
        """Remove old graphs and no other file; see `GraphFolder.prune`.

        Args:
            keep: how many to leave, the current one and those in use before it.

        Returns:
            The removed files, sorted.
        """
        with self.lock():
            return self._graphs.prune(keep=keep)

    def label_set_path(self, id_: str) -> Path:
        """Return where an imported label set of this id lies, or would."""
        return self._label_sets().path_of(id_)

    def get_label_set(self, id_: str) -> LabelSet:
        """Return an imported or shipped label set; see `LabelSetFolder.get`."""
        return self._label_sets().get(id_)

    def iter_label_sets(self) -> Iterator[LabelSet]:
        """Yield the recipe's label sets, labels included, in the recipe's order."""
        for id_ in self.read_recipe().label_sets:
            yield self.get_label_set(id_)

    def iter_imported_ids(self) -> Iterator[str]:
        """Yield the recipe's label sets that lie in the workspace, in the recipe's order."""
        for id_ in self.read_recipe().label_sets:
            if self.label_set_path(id_).is_file():
                yield id_

    def find_leftovers(self) -> tuple[Path, ...]:
        """Return files in `labelsets/` that the recipe does not name: harmless, and unused."""
        named = self.read_recipe().label_sets
        return tuple(path for path in self._label_sets().find_files() if path.stem not in named)

    def plan_label_set(self, label_set: LabelSet) -> Recipe:
        """Return the recipe with a label set in last place; nothing is changed.

        A shipped set that the recipe leaves out comes back this way, too.
        """
        recipe = self.read_recipe()
        self._label_sets().check_new(label_set, recipe.label_sets)
        return replace(recipe, label_sets=(*recipe.label_sets, label_set.id))

    def add_label_set(self, label_set: LabelSet) -> Recipe:
        """Put a label set into the workspace, and last into its recipe.

        Returns:
            The new recipe.
        """
        with self.lock():
            recipe = self.plan_label_set(label_set)
            self._label_sets().write(label_set)
            self.write_recipe(recipe)  # last: after a crash before it, a file lies unused
            return recipe

    def plan_removal(self, id_: str) -> Recipe:
        """Return the recipe without a label set; nothing is changed.

        Raises:
            NotFoundError: the recipe does not name it.
        """
        recipe = self.read_recipe()
        if id_ not in recipe.label_sets:
            raise NotFoundError("label set", id_, near=near(id_, list(recipe.label_sets)))
        rest = tuple(name for name in recipe.label_sets if name != id_)
        return replace(recipe, label_sets=rest)

    def remove_label_set(self, id_: str) -> Recipe:
        """Take a label set out of the recipe, and its file out of the workspace.

        Returns:
            The new recipe.
        """
        with self.lock():
            recipe = self.plan_removal(id_)
            self.write_recipe(recipe)  # first: after a crash behind it, a file lies unused
            self._discard(self.label_set_path(id_))
            return recipe

    def _label_sets(self) -> LabelSetFolder:
        if self._sets is None:
            # Readers of a graph need none of it.
            from labelsys.labelset.folder import LabelSetFolder

            self._sets = LabelSetFolder(self.path / "labelsets")
        return self._sets

    def _discard(self, path: Path) -> None:
        with reporting_os_errors(path, kept="the file lies unused"):
            path.unlink(missing_ok=True)


def find_cache(reader: object) -> Path:
    """Return where what is computed of a store is kept.

    That is `$LABELSYS_CACHE`, else the cache of the workspace that the graph
    lies in, else the one in the home folder.
    """
    settings = Settings.from_environment(os.environ)
    path: Path | None = getattr(reader, "path", None)
    workspace = None if path is None else find_workspace(path.parent)
    if settings.cache is None and workspace is not None:
        return Workspace(workspace, settings).cache_folder
    return settings.cache or cache_folder()


def _bundled_ids() -> tuple[str, ...]:
    from labelsys.labelset.bundled import bundled_ids

    return bundled_ids()
