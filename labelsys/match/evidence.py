"""What other label sets say, and ids that a label brings along.

Evidence comes from ids that people gave (a wnid, a synset, a QID), never from
our own guesses, and never from the label set that is being linked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labelsys.model import Finding, Label
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labelsys.match.lexicon import Lexicon

__all__ = ["Evidence", "GivenId", "find_given"]


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


def find_given(label: Label, lexicon: Lexicon, hidden: frozenset[str] = frozenset()) -> GivenId:
    """Return the concept that a label's own ids name.

    The first of wnid, synset and QID that resolves wins; a later one that
    names another concept is a finding (W204), one that names nothing is W203.

    Args:
        label: with or without ids.
        lexicon: the concepts.
        hidden: concept ids and `wd:` ids that were taken out: no finding for those.
    """
    best = GivenId()
    for kind, text, concept in _look_up(label, lexicon):
        if text in hidden:
            best = GivenId(hidden=True) if best.concept is None else best
        elif concept is None:
            note = Finding(
                code="W203", id=label.id, message=f"{kind} {text!r} names no noun of WordNet 3.0"
            )
            best = best if best.finding or best.concept is not None else GivenId(finding=note)
        elif best.concept is None:
            best = GivenId(concept=concept, kind=kind, finding=best.finding)
        elif best.concept != concept:
            said, first = (lexicon.concepts[i].id for i in (concept, best.concept))
            note = Finding(
                code="W204",
                id=label.id,
                message=f"{kind} {text!r} says {said}, its {best.kind} says {first}",
            )
            best = GivenId(concept=best.concept, kind=best.kind, finding=note)
    return best


def _look_up(label: Label, lexicon: Lexicon) -> Iterable[tuple[str, str, int | None]]:
    """Yield (kind, id, concept or None) of each id that a label brings."""
    if label.wnid:
        id_ = f"wn30:{label.wnid[1:]}-n"
        yield "wnid", id_, lexicon.index.get(id_)
    if label.synset:
        yield "synset", label.synset, lexicon.by_synset.get(label.synset.lower())
    if label.qid:
        id_ = f"wd:{label.qid}"
        linked = lexicon.by_xref.get(id_, [])
        yield "qid", id_, lexicon.index.get(id_, linked[0] if len(linked) == 1 else None)


@dataclass(slots=True)
class Evidence:
    """Where label sets put their classes by id; grows as sets are added.

    Attributes:
        sets_at: concept -> number of label sets with a class there.
        names_at: (folded name, concept) -> number of sets with such a class.
    """

    sets_at: Counter[int] = field(default_factory=Counter)
    names_at: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, labels: Iterable[Label], lexicon: Lexicon) -> None:
        """Count one label set in."""
        here: set[int] = set()
        names: set[tuple[str, int]] = set()
        for label in labels:
            concept = find_given(label, lexicon).concept
            if concept is not None:
                here.add(concept)
                names.update((fold(n), concept) for n in (label.name, *label.synonyms))
        self.sets_at.update(here)
        self.names_at.update(names)
