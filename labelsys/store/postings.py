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
_WORD = 64
"""Bits of the numbers that trigrams are packed into: three of any characters fit."""

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
    characters, grams, owners = _gram_rows(names)
    grams, owners = _distinct_pairs(grams, owners)
    found = owners.astype(np.uint32)
    del owners
    starts = np.flatnonzero(first_of_runs(grams))
    ends = np.append(starts[1:], len(grams))
    sizes = np.bincount(found, minlength=len(names)).astype(np.uint32)
    packed = grams[starts]
    return NameSizes(lengths=lengths, grams=sizes), _iter_postings(packed, characters, found, ends)


def _gram_rows(
    names: Sequence[str],
) -> tuple[list[str], NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the characters that occur, each trigram as a number, and the name it is in.

    The number is made of the characters' places among those that occur.
    """
    # Two spaces before each word and one after it: with three between words, all
    # names lie behind one another in one text, and no trigram spans two words.
    text = f"  {' '.join(names).replace(' ', '   ')} "
    points = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    occurs = np.zeros(int(points.max()) + 1, dtype=np.bool_)
    occurs[points] = True
    characters = np.flatnonzero(occurs)
    codes = (np.cumsum(occurs, dtype=np.uint64) - np.uint64(1))[points]
    spans = np.array([len(name) + 2 * name.count(" ") + 3 for name in names], dtype=np.int64)
    owners = np.repeat(np.arange(len(names), dtype=np.uint64), spans)
    is_space = points == _SPACE
    first, second, third = is_space[:-2], is_space[1:-1], is_space[2:]
    within = ~second | (first & ~third)
    width = _width(len(characters))
    packed = (codes[:-2] << (2 * width)) | (codes[1:-1] << width) | codes[2:]
    return list(map(chr, characters.tolist())), packed[within], owners[:-2][within]


def _width(count: int) -> np.uint64:
    """Return how many bits so many values need."""
    return np.uint64(max(count - 1, 1).bit_length())


def _distinct_pairs(
    grams: NDArray[np.uint64], owners: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return each pair once, by gram and then by owner."""
    width = _width(int(owners.max()) + 1)
    if int(grams.max()).bit_length() + int(width) <= _WORD:
        # In one number, gram and owner sort in a fifth of the time.
        pairs = (grams << width) | owners
        pairs.sort()
        pairs = pairs[first_of_runs(pairs)]
        return pairs >> width, pairs & ((np.uint64(1) << width) - np.uint64(1))
    order = np.lexsort((owners, grams))
    grams, owners = grams[order], owners[order]
    new = first_of_runs(grams) | first_of_runs(owners)
    return grams[new], owners[new]


def _iter_postings(
    grams: NDArray[np.uint64],
    characters: Sequence[str],
    names: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> Iterator[Posting]:
    width, start = int(_width(len(characters))), 0
    mask = (1 << width) - 1
    for packed, end in zip(grams.tolist(), ends.tolist(), strict=True):
        parts = (packed >> (2 * width), (packed >> width) & mask, packed & mask)
        gram = "".join([characters[part] for part in parts])
        yield Posting(gram=gram, names=names[start:end])
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
    # The least whole number that is enough: no rounding decides who is in, and the counts of all
    # names, millions in a big system, are gone over once.
    least = max(-(-n_grams * round(LEAST_SHARED * 10) // 10), 1)
    found = np.flatnonzero(shared >= least)
    of_found = shared[found]
    surplus = sizes.grams[found].astype(np.int64) - of_found
    return found[_first(n_grams - of_found, surplus, found, limit)]


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
