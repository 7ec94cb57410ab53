"""From placements to new concepts, edges and SSSOM rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.model import Concept, Edge, Mapping, MappingStatus, Name, NameKind, Placement
from labelsys.text import fold, split_qualifier
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labelsys.ids import Curie
    from labelsys.match.lexicon import Lexicon
    from labelsys.merge.resolve import Group, Resolved

__all__ = ["mappings_of", "new_concept", "new_edges", "placement_of"]

_JUSTIFICATION = {
    "decision": Justification.MANUAL,
    "group": Justification.CHAIN,
    "id": Justification.MANUAL,
    "mid": Justification.KNOWN,
    "name": Justification.COMPOSITE,
    "head": Justification.COMPOSITE,
    "parent": Justification.STRUCTURAL,
    "theme": Justification.STRUCTURAL,
    "neighbours": Justification.SEMANTIC,
}
_MEASURE = "cosine of sentence vectors"


def _spelled(name: str) -> str:
    return " ".join(name.replace("_", " ").split())


def new_concept(id_: Curie, group: Group) -> Concept:
    """Return the concept that a group of labels founds; the founder names it."""
    names: list[Name] = []
    seen: set[str] = set()
    for label in group.members:
        for text in (label.name, split_qualifier(label.name)[0], *label.synonyms):
            spelled = _spelled(text)
            if fold(spelled) and fold(spelled) not in seen:
                seen.add(fold(spelled))
                kind: NameKind = "alt" if names else "pref"
                names.append(Name(text=spelled, lang=label.lang if names else "en", kind=kind))
    glosses = (label.description for label in group.members if label.description)
    pref_label = names[0].text if names else _spelled(group.members[0].name)
    return Concept(
        id=id_,
        pref_label=pref_label,
        names=tuple(names),
        gloss=next(glosses, ""),
        source="labelset",
    )


def new_edges(id_: Curie, group: Group, lexicon: Lexicon) -> list[Edge]:
    """Return the edges that hang a new concept into the hierarchy."""
    return [Edge(id_, lexicon.concepts[above].id, "subclass") for above in group.broader]


def placement_of(answer: Resolved, lexicon: Lexicon, own: Curie | None) -> Placement:
    """Return the placement of a label.

    Args:
        answer: where it goes.
        lexicon: all concepts of the sources.
        own: id of its new concept, for `broader`.
    """
    at = None if answer.concept is None else lexicon.concepts[answer.concept].id
    return Placement(
        label_id=answer.label.id,
        kind=answer.kind,
        concept_id={"exact": at, "broader": own}.get(answer.kind),
        broader_id=at if answer.kind in ("broader", "unplaced") else None,
        reason=answer.reason,
        confidence=answer.confidence,
    )


def mappings_of(
    answer: Resolved, lexicon: Lexicon, own: Concept | None, *, accept: float, tool: str
) -> Sequence[Mapping]:
    """Return the SSSOM rows of a label: one for its link, one more for its new concept.

    Args:
        answer: where it goes.
        lexicon: all concepts of the sources.
        own: its new concept, for `broader`.
        accept: confidence from which a mapping is accepted; below, it is in review.
        tool: the ranker's name and version.
    """
    if answer.concept is None or answer.kind not in ("exact", "broader"):
        return ()
    concept = lexicon.concepts[answer.concept]
    confidence = answer.confidence if answer.confidence is not None else 0.0
    status: MappingStatus = "accepted" if confidence >= accept else "review"
    similarity = answer.match.similarity if answer.how in ("name", "head") else None
    if similarity is not None:
        similarity = max(similarity, 0.0)  # SSSOM knows no less: opposite is as unlike as unrelated
    link = Mapping(
        subject_id=answer.label.id,
        subject_label=answer.label.name,
        subject_source=answer.label.label_set,
        predicate_id="skos:exactMatch" if answer.kind == "exact" else "skos:broadMatch",
        object_id=concept.id,
        object_label=concept.pref_label,
        object_source=concept.source,
        mapping_justification=_JUSTIFICATION[answer.how],
        confidence=confidence,
        mapping_tool=f"labelsys {tool}",
        mapping_tool_version=__version__,
        match_string=answer.match.match_string
        if answer.how in ("id", "name", "head", "parent")
        else "",
        similarity_measure=_MEASURE if similarity is not None else "",
        similarity_score=similarity,
        comment=answer.reason,
        status=status,
    )
    if own is None or answer.group is None:
        return (link,)
    founder = answer.group.members[0].id
    return (link, _own_mapping(answer, own, founder))


def _own_mapping(answer: Resolved, own: Concept, founder: Curie) -> Mapping:
    """Return the row that puts a label at the new concept of its group."""
    is_founder = answer.label.id == founder
    return Mapping(
        subject_id=answer.label.id,
        subject_label=answer.label.name,
        subject_source=answer.label.label_set,
        predicate_id="skos:exactMatch",
        object_id=own.id,
        object_label=own.pref_label,
        object_source=own.source,
        mapping_justification=Justification.LEXICAL,
        # The concept is made of its founder; that another set means the same by
        # the same name in the same branch is likely, and nobody measured how much.
        confidence=1.0 if is_founder else None,
        mapping_tool_version=__version__,
        match_string=fold(answer.label.name),
        comment="founded by this label" if is_founder else f"has the name of {founder}",
        status="accepted",
    )
