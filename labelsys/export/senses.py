"""What a person would type to find pictures of a concept, and what tells its senses apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from labelsys.ids import Curie
    from labelsys.model import Concept
    from labelsys.store.protocol import NameReader

__all__ = ["Disambiguator", "alternatives", "best_query", "concepts_by_name", "query_text"]


def query_text(name: str) -> tuple[str, str]:
    """Return a name as one would type it, and its first qualifier or "".

    Examples:
        >>> query_text("bow_(weapon)")
        ('bow', 'weapon')
        >>> query_text("Wine  glass")
        ('Wine glass', '')
    """
    text, qualifiers = split_qualifier(name)
    plain = " ".join(text.replace("_", " ").split())
    return plain, " ".join(qualifiers[0].replace("_", " ").split()) if qualifiers else ""


def best_query(concept: Concept, languages: tuple[str, ...]) -> tuple[str, str]:
    """Return the preferred name in the first language that has one, and its qualifier.

    A concept without a preferred name in any of them falls back to `pref_label`.
    """
    preferred = {name.lang: name.text for name in reversed(concept.names) if name.kind == "pref"}
    preferred["en"] = concept.pref_label
    name = next((preferred[lang] for lang in languages if lang in preferred), concept.pref_label)
    return query_text(name)


def alternatives(concept: Concept, query: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other names, in the order of the languages, then the source's own.

    Hidden names are left out, as are those that differ from an earlier one in
    case, punctuation or diacritics only.
    """
    seen = {fold(query)}
    found = []
    for lang in languages:
        for name in concept.names:
            text = query_text(name.text)[0]
            if name.lang == lang and name.kind != "hidden" and fold(text) not in seen:
                seen.add(fold(text))
                found.append(text)
    return tuple(found)


def concepts_by_name(
    reader: NameReader, folded: Iterable[str], languages: tuple[str, ...]
) -> dict[str, set[Curie]]:
    """Return who has each of these folded names, hidden names aside, in one pass over all names."""
    found: dict[str, set[Curie]] = {text: set() for text in folded}
    for row in reader.iter_names():
        if row.folded in found and row.lang in languages and row.kind != "hidden":
            found[row.folded].add(row.concept_id)
    return found


class Disambiguator:
    """Finds the nearest broader name that other senses of a word do not have above them."""

    def __init__(self, up: Mapping[Curie, tuple[Curie, ...]], names: Mapping[Curie, str]) -> None:
        """Take the graph.

        Args:
            up: concept -> the concepts above it, subclass edges first.
            names: concept -> its name, as one would type it.
        """
        self._up, self._names = up, names
        self._above: dict[Curie, frozenset[str]] = {}

    def word(self, concept: Curie, query: str, others: Iterable[Curie]) -> str:
        """Return the word to type beside the query.

        The nearest broader name that none of the others has above it or is
        called by; where there is none (one sense lies under the other), the
        nearest that is not the query itself; at the root, "".

        Args:
            concept: the sense that is meant.
            query: its name.
            others: the other concepts of that name.
        """
        taken = frozenset[str]().union(*(self._names_above(other) for other in others))
        own, nearest = fold(query), ""
        for broader in self._nearest_first(concept):
            name = self._names.get(broader, "")
            folded = fold(name)
            if not name or folded == own:
                continue
            if folded not in taken:
                return name
            nearest = nearest or name
        return nearest

    def _names_above(self, concept: Curie) -> frozenset[str]:
        if concept not in self._above:
            above = (concept, *self._nearest_first(concept))
            self._above[concept] = frozenset(fold(self._names.get(c, "")) for c in above)
        return self._above[concept]

    def _nearest_first(self, concept: Curie) -> Iterator[Curie]:
        seen, level = {concept}, [concept]
        while level:
            above = [b for c in level for b in self._up.get(c, ())]
            level = [b for b in dict.fromkeys(above) if b not in seen]
            seen.update(level)
            yield from level


def group_pairs(pairs: Iterable[tuple[Curie, Curie]]) -> dict[Curie, tuple[Curie, ...]]:
    """Return left -> its rights, in the order given."""
    found: defaultdict[Curie, list[Curie]] = defaultdict(list)
    for left, right in pairs:
        found[left].append(right)
    return {left: tuple(rights) for left, rights in found.items()}
