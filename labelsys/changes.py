"""Label sets join and leave a built system: recipe and graph change together, or neither.

The build writes a new graph beside the old one. Where it fails, the recipe and
the label set's file are put back byte for byte, comments and all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from labelsys.atomic import write_bytes_atomic
from labelsys.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.labelset.read import ReadResult
    from labelsys.merge.build import BuildReport
    from labelsys.model import LabelSet
    from labelsys.workspace import Workspace

__all__ = ["add_label_set", "read_for_import", "remove_label_set"]

Build = Callable[..., "BuildReport"]


def add_label_set(
    workspace: Workspace,
    label_set: LabelSet,
    *,
    build: Build | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Put a label set last into the recipe, and build with it.

    Args:
        workspace: where it goes.
        label_set: checked when it was read; its id must be free.
        build: what builds; `labelsys.merge.build.build` for None.
        progress: told how far the build is.

    Returns:
        What the build did.

    Raises:
        LabelsysError: the id is taken, or the build failed; nothing has changed.
    """
    with workspace.lock(), _restoring(workspace, label_set.id):
        workspace.add_label_set(label_set)
        return _build(workspace, build, progress)


def remove_label_set(
    workspace: Workspace,
    id_: str,
    *,
    build: Build | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Take a label set out of the recipe, and build without it.

    Args:
        workspace: where it is.
        id_: the set; one that ships can be removed, too.
        build: what builds; `labelsys.merge.build.build` for None.
        progress: told how far the build is.

    Returns:
        What the build did.

    Raises:
        NotFoundError: the recipe does not name it.
        LabelsysError: the build failed; nothing has changed.
    """
    with workspace.lock(), _restoring(workspace, id_):
        workspace.remove_label_set(id_)
        return _build(workspace, build, progress)


def _build(workspace: Workspace, build: Build | None, progress: Progress | None) -> BuildReport:
    if build is None:
        from labelsys.merge.build import build as standard

        build = standard
    return build(workspace, progress=progress or SilentProgress())


def read_for_import(
    workspace: Workspace,
    path: Path | str,
    *,
    id: str,
    format: str | None = None,
    title: str = "",
    task: str | None = None,
    version: str = "",
    license: str = "",
    source: str = "",
) -> ReadResult:
    """Read a list of classes that is to join a workspace; nothing is changed.

    The list of a label set that ships may come in under its own id where the
    recipe leaves it out; what the file says of itself then counts for nothing.

    Args:
        workspace: where it is to go.
        path: a file, or `-` for standard input.
        id: id of the set.
        format: registry name of the format; None detects it.
        title: the dataset's name.
        task: `classification` or `detection`; None takes what the file says.
        version: of the class list.
        license: SPDX id of its licence.
        source: where it was taken from.

    Returns:
        The label set, with what was noticed and left out.

    Raises:
        LabelsysError: the id is taken or reserved, or the file is wrong.
    """
    from labelsys.labelset.bundled import bundled_ids
    from labelsys.labelset.read import read_label_set, read_labels

    taken = workspace.read_recipe().label_sets
    if id in bundled_ids() and id not in taken:
        found = read_labels(path, label_set=id, format=format)
    else:
        found = read_label_set(
            path,
            id=id,
            format=format,
            title=title,
            task=task,
            version=version,
            license=license,
            source=source,
            taken=taken,
        )
    workspace.plan_label_set(found.label_set)
    return found


@contextmanager
def _restoring(workspace: Workspace, id_: str) -> Iterator[None]:
    """Put back the recipe and the set's file where the block fails, by Ctrl-C too."""
    files = (workspace.label_set_path(id_), workspace.recipe_path)
    before = {path: _find_bytes(path) for path in files}
    try:
        yield
    except BaseException:
        # The set's file first, the recipe that may name it last, as when they are written.
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            elif _find_bytes(path) != content:
                write_bytes_atomic(path, content)
        raise


def _find_bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
