"""The class tree of the generated Wikidata: who is under whom, and which class is which synset.

Nothing is stored: everything about class number *c* is worked out from the seed and *c* alone, and
its broader classes have lower numbers (but for the loops), so that any class can be made at any
time, in any order, in no memory.

The classes are dealt to seventeen domains (animal, artifact, person ...): ranges of rows of the
shipped table of synsets, which WordNet keeps in the order of its lexicographer files. Each domain
is a tree of its own under `entity`; a parent is drawn towards low numbers (hubs, depth), or near by
(depth), and only a share of the classes is liked as a parent (heavy tail, leaves). A few parents
are drawn from another domain: the absurd superclasses.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from importlib.resources import files
from math import gcd
from random import Random
from typing import Final, NamedTuple

from labelsys.tables import read_table

__all__ = ["ENTITY", "ClassTree", "Domain", "mix"]

ENTITY: Final = "Q35120"

_MASK: Final = (1 << 64) - 1
_OUT: Final = ((0.600, 1), (0.875, 2), (0.965, 3), (0.990, 4), (0.998, 5), (1.0, 6))
"""Broader classes of a class: up to this draw, so many."""
_PULL: Final = 2.2
_NEAR: Final = 0.36
_NEAR_MEAN: Final = 20.0
_LIKED: Final = 6
_TRIES: Final = 8
_ABSURD: Final = 0.015
_ROOTLESS: Final = 0.016
_LINKED: Final = 0.14
_LINKED_MOST: Final = 27_244
_SECOND: Final = 0.056
_UNKNOWN: Final = 0.001
_LOOP_EVERY: Final = 2_400
_LOOP_AT: Final = 300
_LOOP_SIZES: Final = (2, 3, 2, 5, 3, 3)


class Domain(NamedTuple):
    """A part of the class tree.

    Attributes:
        name: what its top class is called.
        top: WordNet 3.0 offset of the synset of its top class.
        first: WordNet 3.0 offset from which its synsets stand in the table.
        end: that of the first one of what comes after it.
        slots: of 64 classes, so many are its own.
    """

    name: str
    top: str
    first: str
    end: str
    slots: int


DOMAINS: Final = (
    Domain("act", "00030358", "00034479", "01313093", 5),
    Domain("animal", "00015388", "01313093", "02665985", 5),
    Domain("artifact", "00021939", "02665985", "04615866", 13),
    Domain("attribute", "00024264", "04615866", "05216365", 2),
    Domain("body part", "05220461", "05216365", "05611302", 2),
    Domain("cognition", "00023271", "05611302", "06251781", 4),
    Domain("communication", "00033020", "06251781", "07283364", 5),
    Domain("event", "00029378", "07283364", "07479926", 3),
    Domain("food", "00021265", "07555863", "07938773", 3),
    Domain("group", "00031264", "07938773", "08489497", 6),
    Domain("location", "00027167", "08489497", "09178727", 4),
    Domain("object", "00002684", "09186064", "09483738", 2),
    Domain("person", "00007846", "09483738", "11408559", 4),
    Domain("phenomenon", "00034213", "11408559", "11529603", 1),
    Domain("plant", "00017222", "11529603", "13240514", 2),
    Domain("state", "00024720", "13920012", "14580597", 1),
    Domain("substance", "00019613", "14580597", "15113229", 2),
)

_SLOT: Final = tuple(d for d, domain in enumerate(DOMAINS) for _ in range(domain.slots))
_FIRST_SLOT: Final = tuple(_SLOT.index(d) for d in range(len(DOMAINS)))
_N_SLOTS: Final = len(_SLOT)


def mix(value: int) -> int:
    """Return 64 bits that look random and depend on *value* only.

    Source:
        The finalizer of splitmix64 (Steele, Lea, Flood 2014).
    """
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class ClassTree:
    """All classes: number 0 is `entity`, those after it are dealt to the domains."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.seed = seed
        self.linked_share = min(_LINKED, _LINKED_MOST / max(n, 1))
        rows = read_table(files("labelsys_ontologies").joinpath("ili.tsv")).rows
        # The table of the synsets is in the order of their WordNet 3.0 ids.
        self._rows = [(wn30[:8], wn31) for _, wn30, wn31 in rows]
        offsets = [wn30 for wn30, _ in self._rows]
        self._ranges = [
            (bisect_left(offsets, d.first), bisect_left(offsets, d.end)) for d in DOMAINS
        ]
        self._tops = [bisect_left(offsets, d.top) for d in DOMAINS]
        self._likes = mix(seed ^ 0x11)

    def domain(self, c: int) -> int:
        """Return the domain of a class other than `entity`."""
        return _SLOT[(c - 1) % _N_SLOTS]

    def index(self, c: int) -> int:
        """Return the number of a class within its domain; the top class has 0."""
        block, slot = divmod(c - 1, _N_SLOTS)
        d = _SLOT[slot]
        return block * DOMAINS[d].slots + slot - _FIRST_SLOT[d]

    def number(self, d: int, index: int) -> int:
        """Return the number of a class of a domain: the way back from `index`."""
        block, at = divmod(index, DOMAINS[d].slots)
        return 1 + block * _N_SLOTS + _FIRST_SLOT[d] + at

    def first_parent(self, c: int) -> int | None:
        """Return the first broader class, which has a lower number; None for those at the top."""
        found = self._drawn(c)
        return found[0] if found else None

    def parents(self, c: int) -> list[int]:
        """Return the broader classes, those that close a loop last."""
        return list(dict.fromkeys((*self._drawn(c), *self._loop(c))))

    def _drawn(self, c: int) -> list[int]:
        if c == 0:
            return []
        index = self.index(c)
        if index == 0:
            return [0]
        rng = Random(mix(self.seed ^ mix(c)))
        if c > 4 * _N_SLOTS and rng.random() < _ROOTLESS:
            return []
        draw = rng.random()
        count = next(n for up_to, n in _OUT if draw <= up_to)
        own = self.domain(c)
        found: dict[int, None] = {}
        for _ in range(count):
            d, below = own, index
            if c > 4 * _N_SLOTS and rng.random() < _ABSURD:
                d = int(rng.random() * len(DOMAINS))
                below = ((c - 1) // _N_SLOTS) * DOMAINS[d].slots
            found[self._parent(d, below, rng)] = None
        return list(found)

    def _parent(self, d: int, below: int, rng: Random) -> int:
        """Draw a class of a domain among the first *below*."""
        random = rng.random
        c = 0
        for _ in range(_TRIES):
            if random() < _NEAR:
                index = below - 1 + int(math.log(1.0 - random()) * _NEAR_MEAN)
            else:
                index = int(below * random() ** _PULL)
            c = self.number(d, min(max(index, 0), below - 1))
            like = mix(self._likes ^ c) / _MASK
            if random() < like**_LIKED:
                break
        return c

    def _loop(self, c: int) -> list[int]:
        """Return what makes a class part of a loop, where it is one."""
        turn, at = divmod(c - 1 - _LOOP_AT, _LOOP_EVERY)
        place, rest = divmod(at, _N_SLOTS)
        size = _LOOP_SIZES[turn % len(_LOOP_SIZES)]
        if turn < 0 or rest or place >= size:
            return []
        if place:
            return [c - _N_SLOTS]
        last = c + (size - 1) * _N_SLOTS
        return [last] if last < self.n else []

    def synsets(self, c: int) -> list[int]:
        """Return the rows of the synsets that a class is linked to: mostly none, else one or two.

        A row of -1 is an id that no WordNet has.
        """
        if c == 0:
            return [0]
        d, index = self.domain(c), self.index(c)
        if index == 0:
            return [self._tops[d]]
        rank = int(index * self.linked_share)
        if int((index + 1) * self.linked_share) == rank:
            return []
        draw = mix(self.seed ^ mix(c) ^ 0x5EED) / _MASK
        if draw < _UNKNOWN:
            return [-1]
        first, end = self._ranges[d]
        size = end - first
        step = size * 5 // 13 | 1
        while gcd(step, size) > 1:
            step += 2
        row = first + (rank * step + self.seed) % size
        return [row, first + (row + 1 - first) % size] if draw > 1 - _SECOND else [row]

    def wn31(self, row: int) -> str:
        """Return the WordNet 3.1 id of a row."""
        return self._rows[row][1] or "99999998-n" if row >= 0 else "99999999-n"

    def wn30(self, row: int) -> str:
        """Return the WordNet 3.0 offset of a row, eight digits."""
        return self._rows[row][0]
