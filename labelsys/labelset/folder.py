"""The label sets that were imported into a workspace, beside those that ship."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING

from labelsys.atomic import make_folder, write_text_atomic
from labelsys.errors import ConfigError, NotFoundError
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.labelset.checks import check_id_syntax, check_label_set_id
from labelsys.labelset.form import format_label_set, load_label_set
from labelsys.model import Label
from labelsys.registry import near

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from labelsys.model import LabelSet

__all__ = ["LabelSetFolder"]

_VALUES = attrgetter(*(field.name for field in fields(Label)))


class LabelSetFolder:
    """The folder `labelsets/` of a workspace, one file a set.

    A shipped set never lies there: its id means the same list everywhere.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when a set is written into it."""
        self._folder = folder
        self._checked: tuple[LabelSet, str | None] | None = None

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
            return read_bundled(id_) if _is_bundled(label_set) else label_set
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
        text = self._text_of(label_set)
        path = self.path_of(label_set.id)
        if text is not None and path.exists() and path.read_bytes() != text.encode():
            msg = "other labels lie there, which the recipe does not name: move the file away"
            raise ConfigError(msg, location=str(path))

    def write(self, label_set: LabelSet) -> None:
        """Write a set's file; a shipped set needs none."""
        text = self._text_of(label_set)
        if text is not None:
            make_folder(self._folder)
            write_text_atomic(self.path_of(label_set.id), text)

    def _text_of(self, label_set: LabelSet) -> str | None:
        """Return what a set's file holds, None for a shipped one.

        An import asks before it begins, when it plans and when it writes: the
        last set, which no one can have changed, is checked once.
        """
        if self._checked is None or self._checked[0] is not label_set:
            text = format_label_set(label_set)
            self._checked = (label_set, None if _is_bundled(label_set) else text)
        return self._checked[1]


def _is_bundled(label_set: LabelSet) -> bool:
    """Return whether a set is one that ships; its title and the like do not matter.

    Raises:
        ConfigError: it has the id of one, and other labels.
    """
    if label_set.id not in bundled_ids():
        return False
    shipped = read_bundled(label_set.id)
    if list(map(_VALUES, label_set.labels)) != list(map(_VALUES, shipped.labels)):
        msg = (
            f"the label set {label_set.id!r} ships with labelsys and has other labels:"
            " give this one another id"
        )
        raise ConfigError(msg)
    return True
