"""What all strategies say of classes, gathered."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from labelsys.source.wikidata.linking import (
    genus,
    head_word,
    inheritance,
    last_word,
    siblings,
    similarity,
)
from labelsys.source.wikidata.linking.points import gather
from labelsys.source.wikidata.prune import INSTANCE_OF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.linking.head_word import Meaning
    from labelsys.source.wikidata.linking.points import AskedClass, Points
    from labelsys.source.wikidata.linking.surroundings import Surroundings

__all__ = ["STRATEGIES", "Clues", "find_clues", "parent_points"]

STRATEGIES = {
    "subclass": inheritance.JUSTIFICATION,
    "instance": inheritance.JUSTIFICATION,
    "head": head_word.JUSTIFICATION,
    "alias": head_word.JUSTIFICATION,
    "genus": genus.JUSTIFICATION,
    "last_word": last_word.JUSTIFICATION,
    "sibling": siblings.JUSTIFICATION,
    "parent": inheritance.JUSTIFICATION,
    "similarity": similarity.JUSTIFICATION,
}
"""Strategy -> how a place that it gives is justified.

=============  ===============================================================
strategy       points at
=============  ===============================================================
`subclass`     the nearest linked classes above it, along P279
`instance`     the same of what it is an instance of (P31)
`head`         what the head of its name means
`alias`        the same of its other names
`genus`        what the first noun of its description means
`last_word`    where names lie that end with the same word
`sibling`      where linked classes lie with the same superclass or kind
`parent`       where the classes right above it lie, as found in a first look
`similarity`   what of all that is nearest by sentence vectors
=============  ===============================================================
"""

_SHORTEST_ALIAS = 4
"""Shorter ones, and those in capitals, are abbreviations of something."""


class Clues(NamedTuple):
    """What the strategies say.

    Attributes:
        points: strategy -> its points; all of `STRATEGIES` are there.
        first: `head` and `genus` -> points at first senses alone.
        whole: points of heads that are the whole name.
        near: (class, concept) -> nearness of a linked superclass: 1, 1/2, 1/4 ...
    """

    points: dict[str, Points]
    first: dict[str, Points]
    whole: Points
    near: dict[tuple[int, int], float]


def find_clues(asked: Sequence[AskedClass], around: Surroundings) -> Clues:
    """Return what all strategies say but `parent`, which has nothing to say before a first look."""
    rows: defaultdict[str, list[tuple[int, int, float]]] = defaultdict(list)
    near: dict[tuple[int, int], float] = {}
    for n, one in enumerate(asked):
        kinds = around.items[one.qid].values(INSTANCE_OF)
        for strategy, start in (("subclass", around.up.get(one.qid, ())), ("instance", kinds)):
            found = inheritance.iter_linked_above(start, around.up, around.linked, one.hidden)
            for concept, steps, weight in found:
                rows[strategy].append((n, concept, weight))
                if strategy == "subclass":
                    near[n, concept] = max(near.get((n, concept), 0.0), 0.5 ** (steps - 1))
        phrases = (around.parser or head_word.head_phrases)(one.label)
        for strategy, meaning in _meanings(one, phrases, around.lexicon):
            row = n, meaning.concept, meaning.weight
            rows[strategy].append(row)
            if meaning.is_first:
                rows[f"{strategy} first"].append(row)
            if meaning.is_whole:
                rows[f"{strategy} whole"].append(row)
        akin = around.siblings.iter_places(around.items[one.qid], one.hidden)
        rows["sibling"] += [(n, concept, weight) for concept, weight in akin]
        same = last_word.iter_same_end(phrases, around.ends, one.hidden)
        rows["last_word"] += [(n, concept, count) for concept, count in same]
    points = {strategy: gather(rows[strategy], asked) for strategy in STRATEGIES}
    if around.vectors is not None:
        told = [*points.values()]
        nearest = similarity.iter_nearest(asked, told, around.lexicon, around.vectors)
        points["similarity"] = gather(nearest, asked)
    return Clues(
        points=points,
        first={name: gather(rows[f"{name} first"], asked) for name in ("head", "genus")},
        whole=gather(rows["head whole"], asked),
        near=near,
    )


def _meanings(
    one: AskedClass, phrases: Sequence[str], lexicon: Lexicon
) -> Iterator[tuple[str, Meaning]]:
    """Yield what the heads of a class's texts may mean, with the strategy."""
    for meaning in head_word.meanings(phrases, one.label, lexicon):
        yield "head", meaning
    for meaning in genus.genus_meanings(one.description, lexicon):
        yield "genus", meaning
    for alias in one.aliases:
        if len(alias) >= _SHORTEST_ALIAS and not alias.isupper():
            heads = head_word.head_phrases(alias)
            for meaning in head_word.meanings(heads, alias, lexicon):
                yield "alias", meaning


def parent_points(
    asked: Sequence[AskedClass],
    around: Surroundings,
    placed: Mapping[str, tuple[int, float]],
) -> Points:
    """Return where the classes right above lie.

    Args:
        asked: classes.
        around: what they are seen in.
        placed: QID -> concept and confidence, of classes that are not linked.

    Returns:
        The points of `parent`.
    """
    rows = []
    for n, one in enumerate(asked):
        for broader in around.up.get(one.qid, ()):
            concept = around.linked.get(broader, -1)
            if concept >= 0 and concept != one.hidden:
                rows.append((n, concept, 1.0))
            elif broader in placed:
                rows.append((n, *placed[broader]))
    return gather(rows, asked)
