"""Writes the names of a graph and the index of search into a file of their own."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from labelsys.store.concept_rows import iter_name_rows
from labelsys.store.postings import build_postings
from labelsys.store.sqlite_fill import open_new, write_tables
from labelsys.text import fold_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from labelsys.model import Concept
    from labelsys.store.sqlite_fill import Row

__all__ = ["NAMES_SUFFIX", "write_names"]

NAMES_SUFFIX = "-names"
"""What the name of that file ends with, after that of the graph file."""


def write_names(path: Path, concepts: Sequence[Concept]) -> None:
    """Write all tables that hold names; the others stay empty.

    Args:
        path: of the file, anew if it is there.
        concepts: sorted by id: a concept's key is its position.
    """
    path.unlink(missing_ok=True)
    folds = fold_all([name.text for concept in concepts for name in concept.names])
    folded = sorted(set(folds) - {""})
    keys = {text: key for key, text in enumerate(folded)}
    with closing(open_new(path)) as db:
        write_tables(db, _tables(concepts, folded, map(keys.get, folds)))


def _tables(
    concepts: Sequence[Concept], folded: Sequence[str], keys: Iterable[int | None]
) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "folded_name", enumerate(folded)
    yield "name", iter_name_rows(concepts, keys)
    sizes, postings = build_postings(folded)
    yield "posting", ((p.gram, len(p.names), p.names.astype("<u4").tobytes()) for p in postings)
    lengths, grams = (a.astype("<u4").tobytes() for a in (sizes.lengths, sizes.grams))
    yield "name_size", [(0, len(folded), lengths, grams)]
