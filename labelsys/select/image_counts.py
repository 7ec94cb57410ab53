"""Image counts of concepts, from a table of somebody's."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from labelsys.errors import LabelsysError, SourceError
from labelsys.labelset.input import read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from labelsys.ids import Curie

__all__ = ["read_counts"]


def read_counts(path: Path, resolve: Callable[[str], Curie]) -> dict[Curie, int]:
    """Read a table of `id` and `count`, as TSV or CSV with a header.

    Args:
        path: the file; other columns are left alone, counts of one concept are added up.
        resolve: gives the concept for any spelling of an id.

    Raises:
        SourceError: it can't be read, lacks a column, an id is no concept's, or a count is
            no number.
    """
