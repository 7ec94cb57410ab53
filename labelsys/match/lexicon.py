"""The concepts as the matcher sees them: integers, names and a few numbers each.

A `Lexicon` is built once for a build, or once from a store for `link`. It
answers which concepts carry a folded name and what is known of each; it ranks
nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.csr import Adjacency
from labelsys.ids import ROOT
from labelsys.match.ragged import Ragged
from labelsys.text import fold, fold_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from labelsys.model import Concept, Edge

__all__ = ["LEXNAMES", "STEM", "Lexicon", "NameUse", "definition"]

LEXNAMES = tuple(
    "noun." + word
    for word in [
        "Tops",
        "act",
        "animal",
        "artifact",
        "attribute",
        "body",
        "cognition",
        "communication",
        "event",
        "feeling",
        "food",
        "group",
        "location",
        "motive",
        "object",
        "person",
        "phenomenon",
        "plant",
        "possession",
        "process",
        "quantity",
        "relation",
        "shape",
        "state",
        "substance",
        "time",
    ]
)
"""WordNet's noun files, in their own order (lexnames(5WN))."""

_LEXNAME_CODE = {name: code for code, name in enumerate(LEXNAMES)}
_EXAMPLE = re.compile(r";\s*\"")


STEM = 5
"""How many letters of two words have to be the same for them to be forms of one, roughly."""


class NameUse(NamedTuple):
    """One name of one concept.

    Attributes:
        concept: index of the concept.
        position: index in `Concept.names`.
    """

    concept: int
    position: int


def definition(gloss: str) -> str:
    """Return a gloss without its usage examples.

    Examples:
        >>> definition('a small fruit; "he ate a berry"')
        'a small fruit'
    """
    return _EXAMPLE.split(gloss, maxsplit=1)[0].strip()


class Lexicon:
    """Concepts by index, their names, and what the ranker needs to know of each.

    Attributes:
        concepts: by index, sorted by id; retired ones are none.
        index: id -> index; that of a retired concept leads to the one that replaces it.
        broader: index -> indexes of subclass parents, sorted.
        broader_any: the same, instance parents too.
        depth: int32, longest path from the root (subclass edges; where there
            is none, one more than the deepest instance parent); -1 if unreached.
        n_narrower: int32, descendants over subclass edges, each path counted once.
        lexname: int16 codes into `LEXNAMES`; concepts without one take that of
            their first broader concept, -1 where nothing is known.
        is_instance: bool, hangs by instance edges only.
    """

    def __init__(self, concepts: Iterable[Concept], edges: Iterable[Edge]) -> None:
        """Index concepts and edges; edges with an unknown end are an error."""
        known = sorted(concepts, key=lambda c: c.id)
        self.concepts: list[Concept] = [c for c in known if c.status == "active"]
        self.index: dict[str, int] = {str(c.id): i for i, c in enumerate(self.concepts)}
        for old in known:
            if old.replaced_by is not None and old.replaced_by in self.index:
                self.index[str(old.id)] = self.index[old.replaced_by]
        n = len(self.concepts)
        self.broader: list[list[int]] = [[] for _ in range(n)]
        self.broader_any: list[list[int]] = [[] for _ in range(n)]
        for edge in edges:
            low, high = self.index[edge.narrower], self.index[edge.broader]
            self.broader_any[low].append(high)
            if edge.kind == "subclass":
                self.broader[low].append(high)
        for parents in (*self.broader, *self.broader_any):
            parents.sort()
        self._order = _upward_order(self.broader_any)
        self.depth = self._depths()
        self.n_narrower = self._narrower_counts()
        self.is_instance = np.array(
            [bool(a) and not b for a, b in zip(self.broader_any, self.broader, strict=True)],
            dtype=bool,
        )
        self.lexname = self._lexnames()

    def __len__(self) -> int:
        return len(self.concepts)

    def _depths(self) -> NDArray[np.int32]:
        depth = np.full(len(self.concepts), -1, dtype=np.int32)
        for i in self._order:
            if self.concepts[i].id == ROOT:
                depth[i] = 0
                continue
            reached = [int(depth[p]) for p in self.broader[i] if depth[p] >= 0]
            if not reached:
                reached = [int(depth[p]) for p in self.broader_any[i] if depth[p] >= 0]
            if reached:
                depth[i] = max(reached) + 1
        return depth

    def _narrower_counts(self) -> NDArray[np.int32]:
        count = np.zeros(len(self.concepts), dtype=np.int64)
        for i in reversed(self._order):
            for parent in self.broader[i]:
                count[parent] += count[i] + 1
        return np.minimum(count, 10**6).astype(np.int32)

    def _lexnames(self) -> NDArray[np.int16]:
        code = np.full(len(self.concepts), -1, dtype=np.int16)
        for i in self._order:
            own = self.concepts[i].lexname
            if own is not None:
                code[i] = _LEXNAME_CODE.get(own, -1)
            elif self.broader_any[i]:
                code[i] = code[self.broader_any[i][0]]
        return code

    @cached_property
    def by_name(self) -> dict[str, list[NameUse]]:
        """Folded name -> who carries it, by (concept, position)."""
        table: dict[str, list[NameUse]] = defaultdict(list)
        folded = iter(fold_all([name.text for c in self.concepts for name in c.names]))
        for i, concept in enumerate(self.concepts):
            seen = {""}
            for position, text in enumerate(islice(folded, len(concept.names))):
                if text not in seen:
                    seen.add(text)
                    table[text].append(NameUse(i, position))
        return dict(table)

    @cached_property
    def by_compact_name(self) -> dict[str, list[str]]:
        """Folded name without spaces -> folded names, sorted."""
        table: dict[str, list[str]] = defaultdict(list)
        for folded in self.by_name:
            table[folded.replace(" ", "")].append(folded)
        return {compact: sorted(names) for compact, names in table.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(word for name in self.by_name for word in name.split())

    @cached_property
    def by_xref(self) -> dict[str, list[int]]:
        """Other id (`wd:Q144`, `ili:i46360`) -> concepts, sorted."""
        table: dict[str, list[int]] = defaultdict(list)
        for i, concept in enumerate(self.concepts):
            for xref in concept.xrefs:
                table[str(xref)].append(i)
        return dict(table)

    @cached_property
    def by_synset(self) -> dict[str, int]:
        """`dog.n.01`, under any of a synset's lemmas -> concept."""
        table: dict[str, int] = {}
        for i, concept in enumerate(self.concepts):
            for name in concept.synset_names:
                table.setdefault(name, i)
        return table

    def text(self, concept: int) -> str:
        """Return what the sentence encoder reads for a concept: its names, then its definition.

        WordNet's own names where there are any: aliases from elsewhere blur the meaning.
        """
        value = self.concepts[concept]
        english = [n for n in value.names if n.lang == "en" and n.kind != "hidden"]
        native = [n for n in english if n.sense is not None]
        names = [n.text for n in native or english][:6]
        meaning = definition(value.gloss)
        return f"{', '.join(names)}: {meaning}" if meaning else ", ".join(names)

    def meaning(self, concept: int) -> str:
        """Return the definition alone, or where there is none what `text` gives."""
        return definition(self.concepts[concept].gloss) or self.text(concept)

    def english_words(self, concept: int) -> list[tuple[str, ...]]:
        """Return the words of each English name, folded; only WordNet's own where there are any."""
        english = [n for n in self.concepts[concept].names if n.lang == "en" and n.kind != "hidden"]
        native = [n for n in english if n.sense is not None]
        return [tuple(fold(n.text).split()) for n in native or english]

    def stems(self, concept: int) -> frozenset[str]:
        """Return the first letters of each word of the English names."""
        found = self._stems.get(concept)
        if found is None:
            words = (w for name in self.english_words(concept) for w in name)
            found = self._stems[concept] = frozenset(w[:STEM] for w in words)
        return found

    @cached_property
    def _stems(self) -> dict[int, frozenset[str]]:
        return {}

    def ancestors(self, concept: int) -> frozenset[int]:
        """Return the concept and everything above it, over both edge kinds."""
        found = self._ancestors.get(concept)
        if found is None:
            seen, stack = {concept}, [concept]
            while stack:
                for parent in self.broader_any[stack.pop()]:
                    if parent not in seen:
                        seen.add(parent)
                        stack.append(parent)
            found = self._ancestors[concept] = frozenset(seen)
        return found

    @cached_property
    def _ancestors(self) -> dict[int, frozenset[int]]:
        return {}

    def under(self, concept: int) -> NDArray[np.bool_]:
        """Return bool by concept: which lie under one, itself included."""
        own, above = self.above_rows.expand(np.arange(len(self)))
        inside = np.zeros(len(self), dtype=bool)
        inside[own[above == concept]] = True
        return inside

    @cached_property
    def broader_rows(self) -> Ragged:
        """`broader` as arrays: subclass parents of each concept."""
        return Ragged.of(self.broader)

    @cached_property
    def narrower_rows(self) -> Ragged:
        """Subclass children of each concept, sorted; what only label sets know is none."""
        narrower: list[list[int]] = [[] for _ in range(len(self))]
        for child, parents in enumerate(self.broader):
            if self.concepts[child].source != "labelset":
                for parent in parents:
                    narrower[parent].append(child)
        return Ragged.of(narrower)

    @cached_property
    def above_rows(self) -> Ragged:
        """`ancestors` as arrays: each concept and everything above it, sorted."""
        parents = Ragged.of(self.broader_any)
        none = np.zeros_like(parents.values)
        up = Adjacency(
            offsets=np.append(parents.starts, len(parents.values)),
            targets=parents.values,
            flags=none,
        )
        down = Adjacency.build(up.targets, up.owners, none, len(self))
        return Ragged(*up.closure(down.levels(up)))


def _upward_order(broader: Sequence[Sequence[int]]) -> list[int]:
    """Return indexes so that every parent stands before its children.

    Raises:
        ValueError: the edges have a cycle; sources break theirs before this.
    """
    narrower: list[list[int]] = [[] for _ in broader]
    waiting = [len(parents) for parents in broader]
    for child, parents in enumerate(broader):
        for parent in parents:
            narrower[parent].append(child)
    ready = [i for i, n in enumerate(waiting) if n == 0]
    order: list[int] = []
    while ready:
        i = ready.pop()
        order.append(i)
        for child in narrower[i]:
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    if len(order) != len(broader):
        msg = "the edges have a cycle"
        raise ValueError(msg)
    return order
