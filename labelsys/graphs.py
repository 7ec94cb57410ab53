"""What a reader needs of a workspace: where it is, and which graph is in use.

A graph is a file `graphs/HASH.db`, never changed once it is there. The hash
covers all that went in, so the same inputs find the graph that they made. This module stands
below the stores; `labelsys.workspace`, which changes things, stands above.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from labelsys.atomic import atomic_path, make_folder, reporting_os_errors, write_text_atomic
from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = [
    "GRAPH_PARTS",
    "RECIPE",
    "GraphFolder",
    "current_graph",
    "find_workspace",
    "graph_hash",
    "has_recipe",
]

RECIPE = "labelsys.toml"
FOLDER = "graphs"

GRAPH_PARTS = (
    *("tool", "schema", "recipe", "sources", "label_sets", "hide", "ids", "decisions"),
    *("taggers", "matcher", "extras", "number_type"),
)
"""What a graph is made of, as `docs/adr/0009-graph-hash.md` explains: the keys of `graph_hash`."""

_HASH = re.compile(r"[0-9a-f]{16}\Z")
_GRAPH = re.compile(r"[0-9a-f]{16}\.db\Z")


def graph_hash(parts: Mapping[str, str]) -> str:
    """Return the name of the graph that these inputs make: 16 hex digits.

    Args:
        parts: one text for each of `GRAPH_PARTS`, a fingerprint or the thing itself.

    Raises:
        StoreError: a part is missing or unknown.
    """
    odd = sorted(parts.keys() ^ set(GRAPH_PARTS))
    if odd:
        msg = f"a graph's hash needs exactly {', '.join(GRAPH_PARTS)}; wrong: {', '.join(odd)}"
        raise StoreError(msg)
    text = json.dumps(dict(parts), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def has_recipe(folder: Path) -> bool:
    """Return whether a folder is a workspace."""
    try:
        return (folder / RECIPE).is_file()
    except OSError:  # a folder above that may not be looked into
        return False


def find_workspace(start: Path) -> Path | None:
    """Return the nearest folder at or above *start* that has a recipe, None where there is none."""
    here = start.resolve()
    return next((folder for folder in (here, *here.parents) if has_recipe(folder)), None)


def current_graph(workspace: Path) -> Path:
    """Return the graph in use.

    Raises:
        StoreError: none was built yet, or its file is gone.
    """
    name = _read_current(workspace)
    if name is None:
        msg = f"{workspace}: no graph built yet: run `labelsys build`"
        raise StoreError(msg)
    path = workspace / FOLDER / f"{name}.db"
    if not _HASH.match(name) or not path.is_file():
        where = workspace / "current"
        msg = f"{where} names the graph {name[:40]!r}, which is not there: run `labelsys build`"
        raise StoreError(msg)
    return path


class GraphFolder:
    """The graphs of one workspace; its writer holds the workspace's lock."""

    def __init__(self, workspace: Path) -> None:
        """Use the graphs below a workspace's folder."""
        self._workspace = workspace
        self._folder = workspace / FOLDER

    def path_of(self, hash_: str) -> Path:
        """Return where the graph of this hash lies, or would.

        Raises:
            StoreError: this is no hash.
        """
        if not _HASH.match(hash_):
            msg = f"{hash_!r} is no graph's hash: 16 hex digits"
            raise StoreError(msg)
        return self._folder / f"{hash_}.db"

    def new(self, hash_: str) -> AbstractContextManager[Path]:
        """Return a context that gives a file to fill, and makes it the graph of this hash."""
        path = self.path_of(hash_)
        make_folder(self._folder)
        return atomic_path(path)

    def switch(self, hash_: str) -> None:
        """Put a graph in use, at once and for every reader that opens one from now on.

        Raises:
            StoreError: there is no such graph, or the disk is full.
        """
        path = self.path_of(hash_)
        if not path.is_file():
            msg = f"no graph {path}: `current` is as it was"
            raise StoreError(msg)
        with suppress(OSError):
            os.utime(path)  # `prune` keeps those that were in use last
        write_text_atomic(self._workspace / "current", f"{hash_}\n")

    def prune(self, *, keep: int) -> tuple[Path, ...]:
        """Remove old graphs: the files named `HASH.db`, and no other file.

        A reader that has just looked up the graph before the last switch still
        finds it where two are kept; one that has a graph open keeps it anyway.

        Args:
            keep: how many to leave, the current one and those in use before it.

        Returns:
            The removed files, sorted.

        Raises:
            StoreError: none would be left.
        """
        if keep < 1:
            msg = f"keep is {keep}: the current graph always stays"
            raise StoreError(msg)
        current = _read_current(self._workspace)
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        graphs = [path for path in found if _GRAPH.match(path.name)]
        graphs.sort(key=lambda p: (p.stem != current, -p.stat().st_mtime_ns, p.name))
        removed = tuple(sorted(graphs[keep:]))
        for path in removed:
            with reporting_os_errors(path, kept="the file lies unused"):
                path.unlink(missing_ok=True)
        return removed


def _read_current(workspace: Path) -> str | None:
    try:
        return (workspace / "current").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"can't read {workspace / 'current'}: {error.strerror or error}"
        raise StoreError(msg) from error
