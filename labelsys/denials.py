"""What is known to be wrong: mappings with the predicate modifier Not.

A build writes one for every link that a curator rejected, so that a graph
carries the knowledge on: it is exported with the rest, and `link` obeys it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from labelsys.audit.decisions import DecisionTable
from labelsys.config import built_settings
from labelsys.ids import Curie
from labelsys.match.link import LinkRow
from labelsys.model import Mapping
from labelsys.store.protocol import MappingReader, MetaReader
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from labelsys.config import MatchSettings
    from labelsys.match.lexicon import Lexicon
    from labelsys.model import LabelSet

__all__ = ["NOT", "iter_denials", "obey_denials"]

NOT = "Not"
"""SSSOM's word for a mapping that does not hold."""

_WAYS = ("skos:exactMatch", "skos:broadMatch")

RowT = TypeVar("RowT", bound=LinkRow)


class DenialReader(MappingReader, MetaReader, Protocol):
    """Mappings, and what the recipe says of thresholds."""


def iter_denials(
    decisions: DecisionTable, label_sets: Iterable[LabelSet], lexicon: Lexicon
) -> Iterator[Mapping]:
    """Yield a mapping with the modifier Not for each link that a curator rejected.

    A rejection without a predicate denies both, that the label is the concept
    and that it falls under it. Rejections of a label or a concept that is not
    in this build are told by W206 and passed over.

    Args:
        decisions: those that hold.
        label_sets: of the build.
        lexicon: its concepts.
    """
    labels = {label.id: label for label_set in label_sets for label in label_set.labels}
    for decision in decisions.decisions:
        label = labels.get(decision.subject_id)
        if decision.action != "reject" or decision.object_id is None or label is None:
            continue
        for place in _find(decision.object_id, lexicon):
            concept = lexicon.concepts[place]
            for predicate in (decision.predicate_id,) if decision.predicate_id else _WAYS:
                yield Mapping(
                    subject_id=label.id,
                    subject_label=label.name,
                    subject_source=label.label_set,
                    predicate_id=predicate,
                    predicate_modifier=NOT,
                    object_id=concept.id,
                    object_label=concept.pref_label,
                    object_source=concept.source,
                    mapping_justification=Justification.MANUAL,
                    mapping_tool_version=__version__,
                    comment=decision.why or "a curator rejected it",
                    status="rejected",
                )


def _find(id_: Curie, lexicon: Lexicon) -> Sequence[int]:
    place = lexicon.index.get(id_)
    return lexicon.by_xref.get(id_, []) if place is None else [place]


def obey_denials(
    reader: DenialReader, rows: Sequence[RowT], label_sets: Collection[str]
) -> tuple[RowT, ...]:
    """Take back what a Not mapping in the store denies; the next candidate has its turn.

    Args:
        reader: a store.
        rows: links.
        label_sets: the sets in the store that the linked labels are of.

    Returns:
        The rows, in order. A denied candidate is none any more; where the link
        was to it, it goes to the best one left whose score the recipe would
        keep for review, else nowhere.
    """
    if not label_sets or not _may_have_denials(reader):
        return tuple(rows)
    settings = built_settings(reader.get_meta())
    found = []
    for row in rows:
        denied: defaultdict[str, set[Curie]] = defaultdict(set)
        for label_set in sorted(label_sets):
            for mapping in reader.iter_mappings(Curie(label_set, row.label_id)):
                if mapping.predicate_modifier == NOT:
                    denied[mapping.predicate_id].add(mapping.object_id)
        found.append(_obey(row, denied, settings) if denied else row)
    return tuple(found)


def _may_have_denials(reader: MetaReader) -> bool:
    """Return whether to look: a graph that was built without a decision has no denial."""
    return reader.get_meta().get("decisions") != DecisionTable().fingerprint()


def _obey(row: RowT, denied: dict[str, set[Curie]], settings: MatchSettings) -> RowT:
    if row.predicate_id is None:
        gone = set.intersection(*(denied.get(way, set()) for way in _WAYS))
    else:
        gone = denied.get(row.predicate_id, set())
    left = tuple(c for c in row.candidates if c.id not in gone)
    if row.object_id not in gone:
        return replace(row, candidates=left)
    if not left or left[0].score < settings.review:
        return replace(
            row,
            object_id=None,
            wnid=None,
            predicate_id=None,
            confidence=None,
            status="review",
            candidates=left,
        )
    best = left[0]
    return replace(
        row,
        object_id=best.id,
        wnid=best.wnid,
        confidence=best.score,
        status="accepted" if best.score >= settings.accept else "review",
        candidates=left,
    )
