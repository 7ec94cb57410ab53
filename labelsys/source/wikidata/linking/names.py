"""The synsets that an item may be: those that have one of its names.

Its label and its English aliases are looked up as they are, as singulars, with
other spaces and hyphens, and, where nothing has them so, with one letter of one
word changed. Nothing is decided here; `labelsys.source.wikidata.linking.exact`
weighs what was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.match.forms import FormKind, base_texts, name_forms, spellings
from labelsys.source.wikidata.languages import ALL, ENGLISH
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.match.lexicon import Lexicon
    from labelsys.source.wikidata.facts import Item

__all__ = ["MOST_NAMES", "Found", "english_names", "find_synsets"]

MOST_NAMES: Final = 60
"""Names of an item that are looked up, its label first. Of the linked items that ship none has
more; a list of thousands is somebody's slip, and says nothing of what the item is."""


class Found(NamedTuple):
    """A synset that has a name of an item.

    Attributes:
        concept: index in the lexicon.
        position: of the lemma that was found, in `Concept.names`.
        name: of the item, as written, that found it: the label before aliases,
            faithful forms before others.
        kind: how the lemma was reached from that name.
        is_label: that name is the item's label.
        n_shared: names of the item that the synset has, in one form or another.
    """

    concept: int
    position: int
    name: str
    kind: FormKind
    is_label: bool
    n_shared: int


def english_names(item: Item) -> list[str]:
    """Return the names of an item that are looked up, its label first; none twice when folded."""
    known = [name.text for name in item.names if name.lang in (ENGLISH, ALL)]
    named = {fold(text): text for text in reversed([item.label, *known][: MOST_NAMES + 1])}
    named.pop("", None)
    return list(reversed(named.values()))[:MOST_NAMES]


def find_synsets(item: Item, lexicon: Lexicon) -> tuple[Found, ...]:
    """Return the synsets that have a name of an item, sorted by index.

    Args:
        item: with or without names.
        lexicon: of WordNet.
    """
    best: dict[int, tuple[tuple[bool, int, int], Found]] = {}
    shared: dict[int, set[int]] = {}
    for number, name in enumerate(english_names(item)):
        is_label = name == item.label
        for form, kind in _forms(name, lexicon):
            for use in lexicon.by_name.get(form, ()):
                if lexicon.concepts[use.concept].names[use.position].sense is None:
                    continue
                shared.setdefault(use.concept, set()).add(number)
                rank = (not is_label, int(kind), number)
                known = best.get(use.concept)
                if known is None or rank < known[0]:
                    found = Found(use.concept, use.position, name, kind, is_label, 0)
                    best[use.concept] = rank, found
    return tuple(best[i][1]._replace(n_shared=len(shared[i])) for i in sorted(best))


def _forms(name: str, lexicon: Lexicon) -> Iterable[tuple[str, FormKind]]:
    """Return the forms of a name that the lexicon has, most faithful first."""
    found = [(form.text, form.kind) for form in name_forms(name, lexicon)]
    if found:
        return found
    spelt = dict.fromkeys(s for base in base_texts(name) for s in spellings(base, lexicon))
    return [(text, FormKind.SPELLING) for text in spelt]
