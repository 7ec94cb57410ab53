"""All names of a system as one long text, which a pattern is looked for in.

A quarter of a million names are one text of a few megabytes, a folded name a
line. The longest plain part of a pattern is found in it as fast as memory is
read; only the lines that have it are compared with the whole pattern.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from labelsys.csr import distinct, row_positions
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.csr import IntArray
    from labelsys.hierarchy import Hierarchy
    from labelsys.store.protocol import NameRow

__all__ = ["NameTable", "fold_pattern"]

_WILD = re.compile(r"([*?])")


class NameTable:
    """Folded names, and whose they are.

    Examples:
        >>> from labelsys.hierarchy import Hierarchy
        >>> from labelsys.ids import Curie
        >>> from labelsys.store.protocol import NameRow
        >>> ids = [Curie("ex", "fig"), Curie("ex", "strawberry")]
        >>> rows = [NameRow(id_.local_id, id_, 0, "en", "pref", 1, 0) for id_ in ids]
        >>> NameTable(rows, Hierarchy([], ids=ids)).match("straw*").tolist()
        [1]
    """

    def __init__(self, rows: Iterable[NameRow], hierarchy: Hierarchy) -> None:
        """Hold names.

        Args:
            rows: by folded name; hidden names are passed over.
            hierarchy: numbers the concepts.
        """
        lines: list[str] = []
        numbers: list[int] = []
        counts: list[int] = []
        for row in rows:
            if row.kind == "hidden" or row.concept_id not in hierarchy:
                continue
            if not lines or lines[-1] != row.folded:
                lines.append(row.folded)
                counts.append(0)
            counts[-1] += 1
            numbers.append(hierarchy.index(row.concept_id))
        self._text = "\n" + "".join(f"{line}\n" for line in lines)
        lengths = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
        self._starts: IntArray = 1 + np.cumsum(lengths + 1) - (lengths + 1)
        self._ends: IntArray = self._starts + lengths
        self._counts: IntArray = np.array(counts, dtype=np.int64)
        self._offsets: IntArray = np.cumsum(self._counts) - self._counts
        self._numbers: IntArray = np.array(numbers, dtype=np.int64)

    def match(self, pattern: str) -> IntArray:
        """Return the concepts with a name that fits a pattern.

        Args:
            pattern: `*` stands for any characters, `?` for one; the rest is folded as
                names are.

        Returns:
            int64, ascending; places in the hierarchy's `ids`.
        """
        parts = fold_pattern(pattern)
        if not any(parts):
            return np.zeros(0, dtype=np.int64)
        lines = self._candidates(parts)
        fits = re.compile("".join(_expression(part) for part in parts)).fullmatch
        starts, ends = self._starts[lines].tolist(), self._ends[lines].tolist()
        kept = [
            fits(self._text, start, end) is not None
            for start, end in zip(starts, ends, strict=True)
        ]
        found = lines[np.array(kept, dtype=np.bool_)]
        return distinct(self._numbers[row_positions(self._offsets[found], self._counts[found])])

    def _candidates(self, parts: list[str]) -> IntArray:
        """Return the lines that have the longest plain part of a pattern, ascending."""
        # The line's own ends are part of what is looked for: few names begin with a letter.
        plain = ["" if part in {"*", "?"} else part for part in parts]
        plain[0] = f"\n{plain[0]}" if plain[0] else ""
        plain[-1] = f"{plain[-1]}\n" if plain[-1] else ""
        sought = max(plain, key=len)
        if not sought:
            return np.arange(len(self._starts), dtype=np.int64)
        hits = [found.start() for found in re.finditer(f"(?={re.escape(sought)})", self._text)]
        inside = np.array(hits, dtype=np.int64) + sought.startswith("\n")
        return distinct(np.searchsorted(self._starts, inside, side="right") - 1)


def fold_pattern(pattern: str) -> list[str]:
    """Return the parts of a pattern: `*`, `?`, and plain texts folded as names are.

    A space beside a wildcard counts: `black *` is no `blackberry`.

    Examples:
        >>> fold_pattern("Black *"), fold_pattern("*-berry?")
        (['black ', '*'], ['*', ' berry', '?'])
    """
    given = [part for part in _WILD.split(pattern.strip()) if part]
    parts = []
    for place, part in enumerate(given):
        if part in {"*", "?"}:
            parts.append(part)
            continue
        folded = fold(part)
        if place > 0 and not fold(part[0]):
            folded = f" {folded}"
        if place < len(given) - 1 and not fold(part[-1]) and folded != " ":
            folded = f"{folded} "
        if folded:
            parts.append(folded)
    return parts


def _expression(part: str) -> str:
    return {"*": ".*", "?": "."}.get(part) or re.escape(part)
