"""The label sets that were imported into a workspace, beside those that ship."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labelsys.atomic import make_folder
from labelsys.errors import ConfigError, NotFoundError
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.labelset.checks import check_id_syntax, check_label_set_id
from labelsys.labelset.form import format_label_set, load_label_set, write_label_set
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from labelsys.model import LabelSet

__all__ = ["LabelSetFolder"]


class LabelSetFolder:
    """The folder `labelsets/` of a workspace, one file a set.

    A shipped set never lies there: its id means the same list everywhere.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when a set is written into it."""
        self._folder = folder

    def path_of(self, id_: str) -> Path:
        """Return where a set of this id lies, or would."""
        check_id_syntax(id_)
        return self._folder / f"{id_}.tsv"

    def get(self, id_: str) -> LabelSet:
        """Return an imported or shipped label set.

        Raises:
            NotFoundError: there is none of this id.
            ConfigError: the file is of another set, or has the id of a shipped
                one and other labels.
        """
        path = self.path_of(id_)
        if path.is_file():
            label_set = load_label_set(path)
            if label_set.id != id_:
                msg = f"its top says it is the label set {label_set.id!r}: rename the file"
                raise ConfigError(msg, location=str(path))
            return read_bundled(id_) if self._is_bundled(label_set) else label_set
        if id_ in bundled_ids():
            return read_bundled(id_)
        imported = [path.stem for path in self.find_files()]
        close = near(id_, sorted({*bundled_ids(), *imported}))
        raise NotFoundError("label set", id_, near=close, hint=f"none ships, none is at {path}")

    def find_files(self) -> tuple[Path, ...]:
        """Return every file of a label set in the folder, sorted."""
        return tuple(sorted(self._folder.glob("*.tsv"))) if self._folder.is_dir() else ()

    def check_new(self, label_set: LabelSet, taken: Collection[str]) -> None:
        """Check that a set may come in; nothing is changed.

        Args:
            label_set: the set.
            taken: ids of the sets that are in use.

        Raises:
            ConfigError: other labels lie in its place, or its id is that of a
                shipped set with other labels.
        """
        check_label_set_id(label_set.id, taken=taken)
        text = format_label_set(label_set).encode()
        path = self.path_of(label_set.id)
        if not self._is_bundled(label_set) and path.exists() and path.read_bytes() != text:
            msg = "other labels lie there, which the recipe does not name: move the file away"
            raise ConfigError(msg, location=str(path))

    def write(self, label_set: LabelSet) -> None:
        """Write a set's file; a shipped set needs none."""
        if not self._is_bundled(label_set):
            make_folder(self._folder)
            write_label_set(label_set, self.path_of(label_set.id))

    def _is_bundled(self, label_set: LabelSet) -> bool:
        if label_set.id not in bundled_ids():
            return False
        shipped = read_bundled(label_set.id)
        same_top = replace(shipped, labels=label_set.labels)
        if format_label_set(same_top) != format_label_set(shipped):
            msg = (
                f"the label set {label_set.id!r} ships with labelsys and has other labels:"
                " give this one another id"
            )
            raise ConfigError(msg)
        return True
