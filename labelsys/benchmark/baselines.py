"""What plain look-up and plain sentence similarity make of the same names.

Nothing here shares code with the matcher but the fold of names and the text of
a concept: a baseline that changed with what it is compared with would be none.
All look at WordNet's concepts only, and at a name without its parentheses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsys.cache import VectorCache
from labelsys.match.embed import Embedder, MemoryVectors, find_encoder
from labelsys.match.lexicon import Lexicon
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from labelsys.ids import Curie
    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = [
    "NameSense",
    "SenseTable",
    "answer_by_embedding",
    "answer_by_first_lemma",
    "answer_by_first_sense",
    "answer_by_head",
    "plain_name",
]

# What WordNet's own look-up takes off a noun that is no lemma (morphy(7WN)).
_ENDINGS = (
    ("s", ""),
    ("ses", "s"),
    ("ves", "f"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
)
_BLOCK = 256
"""Names that are compared with all concepts at once."""


class NameSense(NamedTuple):
    """A concept under a name.

    Attributes:
        number: sense number of the name's lemma, from 1, most used first.
        is_other: whether the lemma is not the first of its synset.
        concept_id: the concept.
    """

    number: int
    is_other: bool
    concept_id: Curie


def plain_name(name: str) -> str:
    """Return a name as a person would write it: no parentheses, spaces for underscores.

    Examples:
        >>> plain_name("bow_(weapon)"), plain_name("hot_dog")
        ('bow', 'hot dog')
    """
    return split_qualifier(name)[0].replace("_", " ").strip()


class SenseTable:
    """The senses of a name, as WordNet's own look-up finds them."""

    def __init__(self, reader: GraphStore) -> None:
        """Ask this store."""
        self._reader = reader

    def find(self, text: str) -> list[NameSense]:
        """Return the senses of a text or, where it has none, of its first singular that has some.

        Returns:
            Senses by number, then by concept.
        """
        folded = fold(text)
        for form in (folded, *_singulars(folded)):
            senses = self._senses(form)
            if senses:
                return senses
        return []

    def _senses(self, folded: str) -> list[NameSense]:
        hits = self._reader.find_by_name(folded)
        ids = dict.fromkeys(hit.concept_id for hit in hits)
        concepts = {concept.id: concept for concept in self._reader.iter_concepts(ids)}
        senses: dict[Curie, NameSense] = {}
        for hit in hits:
            name = concepts[hit.concept_id].names[hit.position]
            if hit.concept_id.prefix == "wn30" and name.sense is not None:
                found = NameSense(name.sense.number, hit.position > 0, hit.concept_id)
                senses[hit.concept_id] = min(found, senses.get(hit.concept_id, found))
        return sorted(senses.values(), key=lambda s: (s.number, s.concept_id))


def _singulars(folded: str) -> list[str]:
    return [
        folded[: -len(ending)] + put
        for ending, put in _ENDINGS
        if folded.endswith(ending) and len(folded) > len(ending)
    ]


def answer_by_first_sense(name: str, table: SenseTable) -> Curie | None:
    """Return the most used sense of a name."""
    senses = table.find(plain_name(name))
    return senses[0].concept_id if senses else None


def answer_by_head(name: str, table: SenseTable) -> Curie | None:
    """Return the most used sense of a name, else of its last word."""
    found = answer_by_first_sense(name, table)
    words = fold(plain_name(name)).split()
    if found is not None or len(words) < 2:
        return found
    senses = table.find(words[-1])
    return senses[0].concept_id if senses else None


def answer_by_first_lemma(name: str, table: SenseTable) -> Curie | None:
    """Return the sense whose synset has the name as its own first lemma, else the most used."""
    senses = table.find(plain_name(name))
    if not senses:
        return None
    return min(senses, key=lambda s: (s.is_other, s.number, s.concept_id)).concept_id


def answer_by_embedding(
    reader: GraphStore,
    lists: Sequence[Sequence[str]],
    *,
    encoder: str = "auto",
    cache: Path | None = None,
    progress: Progress | None = None,
) -> tuple[list[list[Curie]], str] | None:
    """Return the concept whose text is nearest to each name, by cosine.

    The vectors of all of WordNet's concepts are needed: minutes the first time,
    then they are in the cache.

    Args:
        reader: a store.
        lists: lists of names, encoded with their parentheses.
        encoder: see `find_encoder`.
        cache: folder that keeps vectors; None keeps none.
        progress: told how far it is.

    Returns:
        Answers as the lists have names, and the encoder's name; None where
        there is no encoder.
    """
    spec = find_encoder(encoder)
    if spec is None:
        return None
    concepts = [c for c in reader.iter_concepts() if c.id.prefix == "wn30"]
    lexicon = Lexicon(concepts, ())
    store = MemoryVectors(spec.dim) if cache is None else VectorCache(cache, spec.key, spec.dim)
    embedder = Embedder(spec, store, progress)
    matrix = embedder.vectors([lexicon.text(i) for i in range(len(lexicon))]).astype(np.float32)
    ids = [concept.id for concept in lexicon.concepts]
    answers = []
    for names in lists:
        texts = [name.replace("_", " ") for name in names]
        found: list[Curie] = []
        for start in range(0, len(texts), _BLOCK):
            block = embedder.vectors(texts[start : start + _BLOCK]).astype(np.float32)
            # argmax takes the first of equals: the lowest id.
            found += [ids[i] for i in np.argmax(block @ matrix.T, axis=1).tolist()]
        answers.append(found)
    return answers, spec.name


LOOKUPS: tuple[tuple[str, Callable[[str, SenseTable], Curie | None]], ...] = (
    ("first sense", answer_by_first_sense),
    ("first sense, else of the last word", answer_by_head),
    ("first lemma preferred", answer_by_first_lemma),
)
"""The look-ups by the name that they are told under."""
