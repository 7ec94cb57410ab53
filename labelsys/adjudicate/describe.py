"""What a question says of a candidate: names, gloss, and what it is a kind of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from labelsys.adjudicate.prompt import Option, Question, Relation, make_question
from labelsys.store.protocol import ConceptReader, HierarchyReader, LabelReader
from labelsys.text import fold, split_qualifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from labelsys.ids import Curie
    from labelsys.model import Concept, Label

__all__ = ["Describer", "DescribingReader", "pick_context"]

_PATH_STEPS = 8
_OTHERS = 8


class DescribingReader(ConceptReader, HierarchyReader, LabelReader, Protocol):
    """Concepts, edges and labels."""


class Describer:
    """Turns labels and the ids of their candidates into questions."""

    def __init__(
        self,
        reader: DescribingReader,
        *,
        left_out: Collection[str] = (),
        hide: Collection[Curie] = (),
        title: str = "",
        others: Sequence[str] = (),
    ) -> None:
        """Read concepts as they are asked for.

        Args:
            reader: a store.
            left_out: label sets whose own names must not be shown, since they
                are what is being linked.
            hide: concepts that are never named.
            title: of the label set that is linked, or "".
            others: names of its labels, shown beside each label.
        """
        self._reader = reader
        self._left_out, self._hidden = frozenset(left_out), frozenset(hide)
        self._title = title
        self._others = tuple(others)
        self._concepts: dict[Curie, Concept | None] = {}
        self._options: dict[Curie, Option] = {}

    def load(self, ids: Iterable[Curie]) -> None:
        """Read many concepts at once."""
        missing = sorted(set(ids) - self._concepts.keys())
        found = self._reader.iter_concepts(missing)
        self._concepts.update((concept.id, concept) for concept in found)

    def ask(self, label: Label, candidates: Sequence[Curie], relation: Relation) -> Question:
        """Return the question about one label."""
        options = [self._describe(id_) for id_ in candidates]
        own = fold(label.name)
        return make_question(
            label,
            options,
            relation,
            qualifiers=split_qualifier(label.name)[1],
            title=self._title,
            others=[name for name in self._others if fold(name) != own][:_OTHERS],
        )

    def _describe(self, id_: Curie) -> Option:
        if id_ not in self._options:
            concept = self._find(id_)
            self._options[id_] = (
                Option(names=(id_,), gloss="", path=())
                if concept is None
                else Option(
                    names=self._names(concept), gloss=concept.gloss, path=self._path(concept.id)
                )
            )
        return self._options[id_]

    def _find(self, id_: Curie) -> Concept | None:
        if id_ not in self._concepts:
            self._concepts[id_] = self._reader.find_concept(id_)
        return self._concepts[id_]

    def _names(self, concept: Concept) -> tuple[str, ...]:
        if concept.source == "labelset" and self._left_out:
            # The concept may owe its names to the very list that is linked: show other sets' only.
            labels = (
                self._reader.find_label(label_id)
                for label_id in self._reader.iter_labels_at(concept.id)
                if label_id.prefix not in self._left_out
            )
            found = dict.fromkeys(label.name for label in labels if label is not None)
            return tuple(found) or (concept.id,)
        english = [n.text for n in concept.names if n.lang == "en" and n.kind != "hidden"]
        return tuple(dict.fromkeys([concept.pref_label, *english]))

    def _path(self, id_: Curie) -> tuple[str, ...]:
        names: list[str] = []
        for _ in range(_PATH_STEPS):
            edge = next(iter(self._reader.iter_broader(id_)), None)
            above = None if edge is None else self._find(edge.broader)
            if above is None:
                break
            if above.id not in self._hidden:
                names.append(self._names(above)[0])
            id_ = above.id
        return tuple(names)


def pick_context(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that stand for a label set: always the same few, whatever their order.

    They are those with the lowest hashes, so that one name more in the list
    seldom changes the questions, and answers kept from before still serve.

    Args:
        names: of all its labels.

    Returns:
        One more than a question shows, since it leaves its own name out.
    """
    distinct = {fold(name): name for name in sorted(set(names), reverse=True)}
    ranked = sorted(
        (hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest(), name)
        for key, name in distinct.items()
    )
    return tuple(name for _, name in ranked[: _OTHERS + 1])
