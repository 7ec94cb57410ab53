"""Search over names: ranks what a store's candidate rule finds.

Every store gives the same candidates (`NameReader.find_similar_names`), and
the ranking is done here, so all stores answer alike. A name's score falls into
one of these bands, whatever its length:

======  ================================================================
1.00    the name itself, folded
0.95    the same words in another order or number (plural), or joined
0.70+   every word asked for is in the name, whole; more for longer parts
0.65+   the same, with the last word only begun
0-0.80  alike letter by letter: a typo
======  ================================================================

An alias costs 0.01 and a hidden name 0.02: enough to order names of one band.
Of equal scores, the sense that is used more comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeAlias

from labelsys.store.protocol import ConceptReader, NameReader
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from labelsys.ids import Curie
    from labelsys.model import Concept

__all__ = ["Keep", "SearchHit", "SearchReader", "edit_distance", "search", "singular"]

Keep: TypeAlias = "Callable[[Iterable[Curie]], Iterable[Curie]]"

_CANDIDATES = 50
"""Names of each kind (begun alike, sharing trigrams) that are looked at closely."""
_LONGEST = 200
"""Characters of a query that count: more is no name."""
_LEAST = 0.3
"""Names that score lower are no answer."""

_LOSS = {"pref": 0.0, "alt": 0.01, "hidden": 0.02}

_IRREGULAR = {
    "calves": "calf",
    "children": "child",
    "feet": "foot",
    "geese": "goose",
    "halves": "half",
    "hooves": "hoof",
    "knives": "knife",
    "leaves": "leaf",
    "lice": "louse",
    "lives": "life",
    "loaves": "loaf",
    "men": "man",
    "mice": "mouse",
    "oxen": "ox",
    "people": "person",
    "scarves": "scarf",
    "shelves": "shelf",
    "teeth": "tooth",
    "thieves": "thief",
    "wives": "wife",
    "wolves": "wolf",
    "women": "woman",
}
_SIBILANTS = ("ses", "xes", "zes", "ches", "shes")


class SearchReader(ConceptReader, NameReader, Protocol):
    """What search needs of a store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One concept that was found.

    Attributes:
        id: the concept.
        wnid: its WordNet id, or None.
        pref_label: its preferred name.
        name: the name that matched best, as its source spells it.
        score: in [0, 1]; see the module's table.
        gloss: its short definition.
    """

    id: Curie
    wnid: str | None
    pref_label: str
    name: str
    score: float
    gloss: str


def search(
    reader: SearchReader, text: str, *, limit: int = 10, keep: Keep | None = None
) -> tuple[SearchHit, ...]:
    """Return the concepts whose names look most like a text.

    Args:
        reader: any store.
        text: as a person types it: other case, a typo, a beginning, a plural.
        limit: how many at most.
        keep: says which of some concepts may be found; None finds all.

    Returns:
        Best first: by score, then the sense seen more often, then the lower
        sense number, then by id. A concept comes once, with its best name.
    """
    query = fold(text)[:_LONGEST].strip()
    if not query or limit < 1:
        return ()
    names = _score_names(query, _candidates(reader, query))
    best: dict[Curie, tuple[float, int, int, Curie, SearchHit]] = {}
    for start in range(0, len(names), limit):
        scores = sorted((-row[0] for row in best.values()), reverse=True)
        ceiling = names[start][0]
        if len(scores) >= limit and scores[limit - 1] > ceiling:
            break  # nothing that is left can get among the first
        for row in _rank(reader, names[start : start + limit], keep):
            id_ = row[3]
            if id_ not in best or row[:3] < best[id_][:3]:
                best[id_] = row
    return tuple(row[4] for row in sorted(best.values(), key=lambda row: row[:4])[:limit])


def _candidates(reader: SearchReader, query: str) -> list[str]:
    found = dict.fromkeys([query, " ".join(map(singular, query.split()))])
    for text in list(found):
        found.update(dict.fromkeys(reader.find_similar_names(text, limit=_CANDIDATES)))
    return list(found)


def _score_names(query: str, names: list[str]) -> list[tuple[float, str]]:
    """Return names with their scores, best first, then alphabetically; the poor ones left out."""
    words = tuple(map(singular, query.split()))
    scored = ((_score(query, words, name), name) for name in names)
    return sorted(
        (pair for pair in scored if pair[0] >= _LEAST), key=lambda pair: (-pair[0], pair[1])
    )


def _score(query: str, words: tuple[str, ...], name: str) -> float:
    if name == query:
        return 1.0
    others = tuple(map(singular, name.split()))
    if sorted(words) == sorted(others):
        return 0.95 if words == others else 0.94
    if "".join(words) == "".join(others):
        return 0.93
    share = min(len(query) / len(name), 1.0)
    known = set(others)
    if known.issuperset(words):
        return 0.7 + 0.2 * share
    if known.issuperset(words[:-1]) and any(word.startswith(words[-1]) for word in others):
        return 0.65 + 0.2 * share
    return 0.8 * _likeness(query, words, name, others)


def _likeness(query: str, words: tuple[str, ...], name: str, others: tuple[str, ...]) -> float:
    """Return how alike two names are letter by letter, in [0, 1], in either order of words."""
    longest = max(len(query), len(name))
    if min(len(query), len(name)) < 0.4 * longest:
        return 0.0
    straight = 1 - edit_distance(query, name) / longest
    if straight > 0.8 or words[0] == others[0] or not set(words).intersection(others):
        return straight  # no other order of words is likely to bring more
    one, other = " ".join(sorted(words)), " ".join(sorted(others))
    turned = 1 - edit_distance(one, other) / max(len(one), len(other))
    return max(straight, turned - 0.02)


def _rank(
    reader: SearchReader, names: list[tuple[float, str]], keep: Keep | None
) -> list[tuple[float, int, int, Curie, SearchHit]]:
    """Return a row for each name of each concept: what sorts, and the hit."""
    found = [(score, hit) for score, name in names for hit in reader.find_by_name(name)]
    ids = dict.fromkeys(hit.concept_id for _, hit in found)
    if keep is not None:
        ids = dict.fromkeys(keep(ids))
    concepts = {concept.id: concept for concept in reader.iter_concepts(ids)}
    return [
        _row(concepts[hit.concept_id], hit.position, score)
        for score, hit in found
        if hit.concept_id in concepts
    ]


def _row(concept: Concept, position: int, score: float) -> tuple[float, int, int, Curie, SearchHit]:
    name = concept.names[position]
    number = 1 if name.sense is None else name.sense.number
    count = 0 if name.sense is None else name.sense.count
    final = round(max(score - _LOSS[name.kind], 0.0), 4)
    hit = SearchHit(
        id=concept.id,
        wnid=concept.wnid,
        pref_label=concept.pref_label,
        name=name.text,
        score=final,
        gloss=concept.gloss,
    )
    return (-final, -count, number, concept.id, hit)


@lru_cache(maxsize=1 << 14)
def singular(word: str) -> str:
    """Return an English word without the ending of its plural.

    Rules and a few words that break them; enough to compare names, since both
    sides go through it. `match` has the real thing, from WordNet's own tables.

    Examples:
        >>> [singular(word) for word in ("dogs", "berries", "boxes", "mice", "glass", "bus")]
        ['dog', 'berry', 'box', 'mouse', 'glass', 'bus']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANTS) else word[:-1]


def edit_distance(a: str, b: str) -> int:
    """Return how many letters to insert, drop, change or swap with the next to get from a to b.

    No letter is touched twice (optimal string alignment). All cells of a column
    are bits of one integer, so a column costs some ten operations.

    Source:
        H. Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau
        edit distances, 2003.

    Examples:
        >>> edit_distance("retreiver", "retriever"), edit_distance("dog", "dogs")
        (1, 1)
    """
    if not a or not b:
        return len(a) + len(b)
    places: dict[str, int] = {}
    for i, letter in enumerate(a):
        places[letter] = places.get(letter, 0) | 1 << i
    every, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    up, down, diagonal, before, distance = every, 0, 0, 0, len(a)
    for letter in b:
        here = places.get(letter, 0)
        swapped = ((~diagonal & here) << 1) & before
        diagonal = ((((here & up) + up) ^ up) | here | down | swapped) & every
        raised = (down | ~(diagonal | up)) & every
        lowered = up & diagonal
        distance += bool(raised & last) - bool(lowered & last)
        raised = raised << 1 | 1
        lowered <<= 1
        up = (lowered | ~(diagonal | raised)) & every
        down = raised & diagonal & every
        before = here
    return distance
