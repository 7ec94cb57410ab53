"""The trigram index of names: which names have which three letters.

Names are numbers here: their place in the sorted list of all folded names, so
that the lower number is the one that comes first alphabetically.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelsys.csr import first_of_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["NameSizes", "Posting", "build_postings", "rank_by_grams", "rank_by_length"]

_SPACE = ord(" ")
_BITS = 21
"""Every code point fits, so three of them fit into one 64-bit number."""

LEAST_SHARED = 0.3
"""Part of the query's trigrams that a name has to share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSizes:
    """Sizes of all folded names, by number.

    Attributes:
        lengths: uint32, shape (n,); characters.
        grams: uint32, shape (n,); distinct trigrams.
    """

    lengths: NDArray[np.uint32]
    grams: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The names that have one trigram.

    Attributes:
        gram: three characters.
        names: uint32, ascending.
    """

    gram: str
    names: NDArray[np.uint32]


def build_postings(names: Sequence[str]) -> tuple[NameSizes, Iterator[Posting]]:
    """Index folded names by their trigrams.

    Gives what `text.trigrams` gives for each name, for all at once: 230,000
    names are some ten array operations instead of four million sets.

    Args:
        names: folded, distinct and sorted.

    Returns:
        The sizes, and the postings by gram.
    """
    lengths = np.array([len(name) for name in names], dtype=np.uint32)
    if not names:
        return NameSizes(lengths=lengths, grams=lengths), iter(())
    grams, owners = _gram_rows(names)
    order = np.argsort(grams, kind="stable")  # owners stay ascending within each gram
    grams, owners = grams[order], owners[order]
    del order
    new = first_of_runs(grams) | first_of_runs(owners)
    grams, found = grams[new], owners[new].astype(np.uint32)
    del owners, new
    starts = np.flatnonzero(first_of_runs(grams))
    ends = np.append(starts[1:], len(grams))
    sizes = np.bincount(found, minlength=len(names)).astype(np.uint32)
    return NameSizes(lengths=lengths, grams=sizes), _iter_postings(grams[starts], found, ends)


def _gram_rows(names: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return each trigram, packed into a number, and the name it is in."""
    # Two spaces before each word and one after it: with three between words, all
    # names lie behind one another in one text, and no trigram spans two words.
    text = f"  {' '.join(names).replace(' ', '   ')} "
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    spans = np.array([len(name) + 2 * name.count(" ") + 3 for name in names], dtype=np.int64)
    owners = np.repeat(np.arange(len(names), dtype=np.uint64), spans)
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    within = (second != _SPACE) | ((first == _SPACE) & (third != _SPACE))
    packed = (first << (2 * _BITS)) | (second << _BITS) | third
    return packed[within], owners[:-2][within]


def _iter_postings(
    grams: NDArray[np.uint64], names: NDArray[np.uint32], ends: NDArray[np.int64]
) -> Iterator[Posting]:
    mask, start = (1 << _BITS) - 1, 0
    for packed, end in zip(grams.tolist(), ends.tolist(), strict=True):
        parts = (packed >> (2 * _BITS), (packed >> _BITS) & mask, packed & mask)
        yield Posting(gram="".join(map(chr, parts)), names=names[start:end])
        start = end


def rank_by_length(sizes: NameSizes, start: int, end: int, limit: int) -> NDArray[np.int64]:
    """Return the names numbered from *start* to *end*, shortest first, then by number."""
    order = np.argsort(sizes.lengths[start:end], kind="stable")[:limit]
    return order.astype(np.int64) + start


def rank_by_grams(
    sizes: NameSizes,
    postings: Sequence[NDArray[np.uint32]],
    n_grams: int,
    taken: NDArray[np.int64],
    limit: int,
) -> NDArray[np.int64]:
    """Return the names that share most trigrams with a query.

    Args:
        sizes: of all names.
        postings: of those trigrams of the query that any name has.
        n_grams: distinct trigrams of the query.
        taken: names to leave out.
        limit: how many at most.

    Returns:
        int64; most shared first, then least surplus, then by number.
    """
    if not postings:
        return np.zeros(0, dtype=np.int64)
    shared = np.bincount(np.concatenate(postings), minlength=len(sizes.grams))
    shared[taken] = 0
    # 10 * shared >= 3 * n_grams in whole numbers: no rounding decides who is in.
    found = np.flatnonzero((shared * 10 >= n_grams * round(LEAST_SHARED * 10)) & (shared > 0))
    surplus = sizes.grams[found].astype(np.int64) - shared[found]
    missing = n_grams - shared[found]
    return found[_first(missing, surplus, found, limit)]


def _first(
    missing: NDArray[np.int64], surplus: NDArray[np.int64], names: NDArray[np.int64], limit: int
) -> NDArray[np.int64]:
    """Return where the least by (missing, surplus, name) are, in that order."""
    if not len(names) or missing.max() >= 1 << 11 or surplus.max() >= 1 << 20:
        return np.lexsort((names, surplus, missing))[:limit]
    # The three fit into one number: a partition then spares sorting 50,000 of them.
    key = (missing << 52) | (surplus << 32) | names
    least = np.argpartition(key, limit)[:limit] if len(key) > limit else np.arange(len(key))
    return least[np.argsort(key[least])]
