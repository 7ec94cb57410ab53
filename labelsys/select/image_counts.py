"""Image counts of concepts, from a table of somebody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from labelsys.errors import AmbiguousLabelError, IdentifierError, NotFoundError, SourceError
from labelsys.given_rows import iter_given_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from labelsys.ids import Curie

__all__ = ["read_counts", "resolve_counts"]


def resolve_counts(
    counts: Path | Mapping[str, int], resolve: Callable[[str], Curie]
) -> dict[Curie, int]:
    """Return image counts by concept, of a table or of a mapping from any spelling of an id.

    Raises:
        SourceError: the table is wrong.
        NotFoundError: an id of the mapping is no concept's.
        AmbiguousLabelError: a name of the mapping means several.
    """
    if not isinstance(counts, Mapping):
        return read_counts(counts, resolve)
    found: Counter[Curie] = Counter()
    for id_, count in counts.items():
        found[resolve(id_)] += count
    return dict(found)


def read_counts(path: Path, resolve: Callable[[str], Curie]) -> dict[Curie, int]:
    """Read how many images there are of which concept.

    Args:
        path: TSV, CSV or JSON lines with `id` and `count`; counts of one concept are added up.
        resolve: gives the concept for any spelling of an id.

    Returns:
        The count of each concept that the table names.

    Raises:
        SourceError: the file is no such table, an id is no concept's, or a count is no
            whole number from 0.
    """
    counts: Counter[Curie] = Counter()
    columns = {"id": ("concept_id", "wnid", "concept"), "count": ("images", "n")}
    for line, row in iter_given_rows(path, columns):
        text = row["count"]
        if not (text.isascii() and text.isdigit() and len(text) < 13):
            msg = f"the count {text[:40]!r} is no whole number from 0"
            raise SourceError(msg, path=path, line=line)
        try:
            counts[resolve(row["id"])] += int(text)
        except (NotFoundError, AmbiguousLabelError, IdentifierError) as exc:
            raise SourceError(str(exc), path=path, line=line) from exc
    return dict(counts)
