"""What other label sets say, and ids that a label brings along.

Evidence comes from ids that people gave (a wnid, a synset, a QID), and, for
names that no concept has, from where other sets' labels were placed. It never
comes from the label set that is being linked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelsys.model import Finding, Label
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.match.lexicon import Lexicon

__all__ = ["Evidence", "GivenId", "find_given"]

_NOWHERE = {
    "wnid": "names no noun of WordNet 3.0",
    "synset": "names no noun of WordNet 3.0",
    "qid": "leads to no concept, or to several",
}


_OWN_WORDS = 0.05
_ANCHOR_CONFIDENCE = 0.7
_ANCHOR_DEPTH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenId:
    """A concept that a label names by id.

    Attributes:
        concept: index in the lexicon, or None where the id is of no use.
        kind: `wnid`, `synset` or `qid`.
        finding: what is wrong with the id, or None.
        hidden: the id is right, but its concept was taken out on purpose.
    """

    concept: int | None = None
    kind: str = ""
    finding: Finding | None = None
    hidden: bool = False


_NOTHING_GIVEN = GivenId()


def find_given(label: Label, lexicon: Lexicon, hidden: frozenset[str] = frozenset()) -> GivenId:
    """Return the concept that a label's own ids name.

    The first of wnid, synset and QID that resolves wins; a later one that
    names another concept is a finding (W204), one that names nothing is W203.

    Args:
        label: with or without ids.
        lexicon: the concepts.
        hidden: ids and synset names of what was taken out: no finding for those.
    """
    best = _NOTHING_GIVEN
    for kind, text, concept in _look_up(label, lexicon):
        if text in hidden:
            best = GivenId(hidden=True) if best.concept is None else best
        elif concept is None:
            note = Finding(
                code="W203",
                id=label.id,
                message=f"{kind} {getattr(label, kind)!r} {_NOWHERE[kind]}",
            )
            if best == _NOTHING_GIVEN:
                best = GivenId(finding=note)
        elif best.concept is None:
            best = GivenId(concept=concept, kind=kind, finding=best.finding)
        elif best.concept != concept:
            said, first = (lexicon.concepts[i].id for i in (concept, best.concept))
            note = Finding(
                code="W204",
                id=label.id,
                message=f"{kind} {getattr(label, kind)!r} says {said}, {best.kind} says {first}",
            )
            best = GivenId(concept=best.concept, kind=best.kind, finding=note)
    return best


def _look_up(label: Label, lexicon: Lexicon) -> Iterable[tuple[str, str, int | None]]:
    """Yield (kind, id, concept or None) of each id that a label brings."""
    if label.wnid:
        id_ = f"wn30:{label.wnid[1:]}-n"
        yield "wnid", id_, lexicon.index.get(id_)
    if label.synset:
        id_ = label.synset.lower()
        yield "synset", id_, lexicon.by_synset.get(id_)
    if label.qid:
        id_ = f"wd:{label.qid}"
        linked = lexicon.by_xref.get(id_, [])
        yield "qid", id_, lexicon.index.get(id_, linked[0] if len(linked) == 1 else None)


@dataclass(slots=True)
class Evidence:
    """Where label sets put their classes by id; grows as sets are added.

    Attributes:
        sets_at: concept -> number of label sets with a class there.
        anchors: (text, concept) of labels that lie under a concept for sure
            enough, though no concept has their name: `Ford Fiesta` under car.
        names_at: (folded name, concept) -> number of sets that mean just this
            concept by the name, in words of their own.
    """

    sets_at: Counter[int] = field(default_factory=Counter)
    names_at: Counter[tuple[str, int]] = field(default_factory=Counter)
    anchors: list[tuple[str, int]] = field(default_factory=list)

    def anchor(self, text: str, concept: int, confidence: float, lexicon: Lexicon) -> None:
        """Note where a label without a concept of its own was placed, if that says something."""
        if confidence >= _ANCHOR_CONFIDENCE and lexicon.depth[concept] >= _ANCHOR_DEPTH:
            self.anchors.append((text, concept))

    def add(self, labels: Iterable[Label], lexicon: Lexicon) -> None:
        """Count one label set in."""
        here: set[int] = set()
        meant: dict[str, set[int]] = defaultdict(set)
        own_words = n_given = 0
        for label in labels:
            concept = find_given(label, lexicon).concept
            if concept is not None:
                here.add(concept)
                n_given += 1
                own_words += fold(label.name) != fold(lexicon.concepts[concept].pref_label)
                for name in (label.name, *label.synonyms):
                    meant[fold(name)].add(concept)
        self.sets_at.update(here)
        # A set that calls each synset by its first lemma repeats WordNet: no evidence.
        if own_words > _OWN_WORDS * n_given:
            self.names_at.update((n, min(cs)) for n, cs in meant.items() if len(cs) == 1)
