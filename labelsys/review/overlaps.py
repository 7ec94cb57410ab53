"""Labels of one set that overlap, and names that nobody can annotate by.

The codes are explained in `labelsys.vocab.FINDINGS`, the rules for near-synonyms
in `labelsys.review.near`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from labelsys.config import built_settings
from labelsys.ids import Curie, wnid
from labelsys.match.lexicon import definition
from labelsys.review.closeness import cached_closeness
from labelsys.review.near import Closeness, find_near
from labelsys.review.stand import LabelFinding, Severity, Stand, StandReader, Surroundings
from labelsys.store.protocol import MetaReader
from labelsys.text import fold, split_qualifier
from labelsys.workspace import find_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labelsys.model import Label

__all__ = ["OverlapReader", "by_severity", "find_overlaps", "find_overlaps_in", "has_parents"]

PHYSICAL = Curie("wn30", "00001930-n")
_NAMED = 5
"""How many labels a message names before it counts the rest."""
_SENSES_SHOWN = 3
_ORDER: tuple[Severity, ...] = ("high", "medium", "low", "note")


class OverlapReader(StandReader, MetaReader, Protocol):
    """Concepts, their names and edges, and what the recipe says of thresholds."""


def find_overlaps(
    reader: StandReader,
    stands: Sequence[Stand],
    *,
    accept: float,
    closeness: Closeness | None = None,
    each_pair: bool = False,
) -> list[LabelFinding]:
    """Return what is wrong with labels that are meant to exclude one another.

    Args:
        reader: a store.
        stands: the labels of one set, in its order.
        accept: confidence from which a link is accepted; a name with several
            senses is no trouble where its link is.
        closeness: cosines of concepts; None goes without.
        each_pair: one W302 for each label below another, not one for all of them.

    Returns:
        Findings, grave ones first, then by code and the set's order.
    """
    around = Surroundings(reader, stands)
    found = [*_shared(around), *_near(around, closeness), *_ambiguous(around, accept)]
    if not has_parents([stand.label for stand in stands]):
        found += _nested(around, each_pair=each_pair)
    return by_severity(found, [stand.label.id for stand in stands])


def find_overlaps_in(
    reader: OverlapReader, stands: Sequence[Stand], *, each_pair: bool = False
) -> list[LabelFinding]:
    """Return the same by the threshold of the graph's recipe, and by cosines in the cache.

    Args:
        reader: a store.
        stands: the labels of one set, in its order.
        each_pair: see `find_overlaps`.
    """
    concepts = Surroundings(reader, stands).concepts.values()
    return find_overlaps(
        reader,
        stands,
        accept=built_settings(reader.get_meta()).accept,
        closeness=cached_closeness(reader, concepts, find_cache(reader)),
        each_pair=each_pair,
    )


def by_severity(found: Iterable[LabelFinding], order: Sequence[Curie]) -> list[LabelFinding]:
    """Return findings, grave ones first, then by code and the labels' places."""
    places = {id_: n for n, id_ in enumerate(order)}

    def key(finding: LabelFinding) -> tuple[int, str, list[int], str, str]:
        at = [places.get(id_, len(places)) for id_ in finding.ids]
        return _ORDER.index(finding.severity), finding.code, at, finding.id, finding.message

    return sorted(found, key=key)


def has_parents(labels: Sequence[Label]) -> bool:
    """Return whether a set names labels of its own as parents: it means to be a hierarchy."""
    names = {fold(label.name) for label in labels}
    return any(label.parent and fold(label.parent) in names for label in labels)


def _finding(code: str, severity: Severity, message: str, *labels: Label) -> LabelFinding:
    ids = tuple(label.id for label in labels)
    return LabelFinding(code=code, id=ids[0], message=message, ids=ids, severity=severity)


def _shared(around: Surroundings) -> Iterator[LabelFinding]:
    for stand in around.stands:
        concept = stand.concept
        if concept is None or not stand.is_own:
            continue
        first = around.owners[concept].label
        if first.id != stand.label.id:
            message = f"{stand.label.name!r} and {first.id} {first.name!r} stand at {concept}"
            yield _finding("W301", "high", message, stand.label, first)


def _near(around: Surroundings, closeness: Closeness | None) -> Iterator[LabelFinding]:
    for one, two, severity, reason in find_near(around, closeness):
        where = f"{_told(one)} and {_told(two)}"
        yield _finding("W303", severity, f"{where}: {reason}", one.label, two.label)


def _told(stand: Stand) -> str:
    at = "nowhere" if stand.concept is None else wnid(stand.concept) or stand.concept
    return f"{stand.label.name!r} ({at})"


# -- names ---------------------------------------------------------------------------------


def _ambiguous(around: Surroundings, accept: float) -> Iterator[LabelFinding]:
    yield from _same_names(around)
    for stand in around.stands:
        label = stand.label
        is_sure = stand.confidence is not None and stand.confidence >= accept
        if is_sure or _is_explained(label) or label.wnid or label.synset or label.qid:
            continue
        senses = _physical_senses(around, fold(label.name))
        if len(senses) > 1:
            shown = "; ".join(senses[:_SENSES_SHOWN])
            more = f" and {len(senses) - _SENSES_SHOWN} more" if len(senses) > _SENSES_SHOWN else ""
            message = (
                f"{label.name!r} may be {shown}{more}: give a qualifier, a description, "
                "a parent or an id"
            )
            yield _finding("W304", "medium", message, label)


def _same_names(around: Surroundings) -> Iterator[LabelFinding]:
    first: dict[str, Stand] = {}
    for stand in around.stands:
        name = fold(stand.label.name) or stand.label.name
        earlier = first.setdefault(name, stand)
        is_same = earlier.concept == stand.concept and stand.concept is not None
        if earlier is stand or is_same or _is_told_apart(earlier.label, stand.label):
            continue
        message = f"{stand.label.name!r} is the name of {earlier.label.id}, too, and means another"
        if stand.concept is None or earlier.concept is None:
            message = f"{stand.label.name!r} is the name of {earlier.label.id}, too"
        told = f"{message}: nothing that an annotator sees tells them apart"
        yield _finding("W304", "medium", told, stand.label, earlier.label)


def _is_told_apart(a: Label, b: Label) -> bool:
    return (a.description, a.parent, a.synonyms) != (b.description, b.parent, b.synonyms)


def _is_explained(label: Label) -> bool:
    return bool(
        split_qualifier(label.name)[1]
        or "," in label.name
        or label.description
        or label.parent
        or label.synonyms
    )


def _physical_senses(around: Surroundings, name: str) -> list[str]:
    """Return the things in space that a name may mean, in words, common ones first."""
    hierarchy, found = around.hierarchy, []
    hits = {hit.concept_id: hit.position for hit in around.reader.find_by_name(name)}
    for concept in around.reader.iter_concepts(sorted(hits)):
        sense = concept.names[hits[concept.id]].sense
        if sense is None or concept.id not in hierarchy or PHYSICAL not in hierarchy:
            continue
        if hierarchy.is_under(concept.id, PHYSICAL):  # no instances: nobody's Crane is the writer
            words = f"{wnid(concept.id)} ({definition(concept.gloss)})"
            found.append((sense.number, concept.id, words))
    return [words for _, _, words in sorted(found)]


# -- one above the other -------------------------------------------------------------------


def _nested(around: Surroundings, *, each_pair: bool) -> Iterator[LabelFinding]:
    below: defaultdict[Curie, list[Label]] = defaultdict(list)
    for stand in around.stands:
        for concept in _above(around, stand):
            if concept in around.owners:
                below[concept].append(stand.label)
    for concept, labels in below.items():
        owner = around.owners[concept].label
        groups = [[label] for label in labels] if each_pair else [labels]
        for group in groups:
            shown = ", ".join(repr(label.name) for label in group[:_NAMED])
            more = f" and {len(group) - _NAMED:,} more" if len(group) > _NAMED else ""
            message = f"{owner.name!r} is above {shown}{more}"
            yield _finding("W302", "medium", message, owner, *group)


def _above(around: Surroundings, stand: Stand) -> Iterator[Curie]:
    """Yield the concepts that a label falls under but does not mean."""
    if stand.concept is not None and stand.concept in around.hierarchy:
        if not stand.is_own:
            yield stand.concept
        yield from around.hierarchy.ancestors(stand.concept)
