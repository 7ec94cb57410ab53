"""Which WordNet synset a Wikidata item is.

P8814 gives WordNet 3.1 ids; the synset is found by the `wn31:` id that
WordNet's concepts carry. An item with one synset is that synset: the synset
gets its QID as another id, and its label and aliases as names. Of an item with
several, one synset is taken as exact, and the rest wait in review:

1. a synset with a lemma that equals the item's label, before one where only an
   alias does, before the rest (names are compared folded);
2. then the lowest sense number of that lemma (of the first lemma where none
   agrees);
3. then the highest count of that sense, then the lowest id.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.ids import Curie
from labelsys.model import Concept, Finding, Mapping
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.facts import new_names, qid_number
from labelsys.text import fold
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as MappingType

    from labelsys.source.protocol import Counts, SourceData
    from labelsys.source.wikidata.facts import Item, Link

__all__ = ["Linked", "link_items"]

LINK_CONFIDENCE: Final[float | None] = None
"""Confidence of a P8814 link: nobody has judged a sample of them, so none is claimed."""

_COMMENT: Final = "Wikidata property P8814"


class Linked(NamedTuple):
    """The outcome.

    Attributes:
        synsets: QID -> the synset taken as exact.
        extra: synsets with the ids and names that they gain, sorted by id.
        mappings: by QID number, the exact one first, then by id.
        findings: items with several synsets, ids that are in no WordNet 3.0.
        counts: `links` and `linked items`.
    """

    synsets: dict[str, Curie]
    extra: tuple[Concept, ...]
    mappings: tuple[Mapping, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, Counts]


def link_items(links: Iterable[Link], classes: Iterable[Item], base: SourceData) -> Linked:
    """Link items to the synsets of *base*.

    Args:
        links: P8814 statements, in any order.
        classes: further texts of items that are classes; their aliases are richer.
        base: WordNet.

    Returns:
        Links, mappings, and what the synsets gain.
    """
    given = list(links)
    rows = sorted(set(given), key=lambda link: (qid_number(link.item.qid), link))
    by_wn31 = _by_wn31(base)
    texts: dict[str, list[Item]] = {}
    candidates = defaultdict[str, dict[Curie, Concept]](dict)
    findings = []
    for item, wn31 in rows:
        texts.setdefault(item.qid, []).append(item)
        candidates[item.qid].update((concept.id, concept) for concept in by_wn31.get(wn31, ()))
        if wn31 not in by_wn31:
            message = f"its WordNet 3.1 id {wn31} is that of no synset of WordNet 3.0"
            findings.append(Finding(code="W203", id=f"wd:{item.qid}", message=message))
    unknown = len(findings)
    for item in classes:
        if item.qid in texts:
            texts[item.qid].append(item)
    ranked = {
        qid: _ranked(list(synsets.values()), texts[qid])
        for qid, synsets in candidates.items()
        if synsets
    }
    findings += [_several(qid, synsets) for qid, synsets in ranked.items() if len(synsets) > 1]
    return Linked(
        synsets={qid: synsets[0].id for qid, synsets in ranked.items()},
        extra=_gains(ranked, texts),
        mappings=tuple(_mappings(ranked, texts)),
        findings=tuple(sorted(findings)),
        counts={
            "links": reconcile(
                len(given), {"twice": len(given) - len(rows)}, {"unknown 3.1 id": unknown}
            ),
            "linked items": reconcile(len(texts), {}, {"unknown 3.1 id": len(texts) - len(ranked)}),
        },
    )


def _by_wn31(base: SourceData) -> dict[str, list[Concept]]:
    found: dict[str, list[Concept]] = {}
    for concept in base.concepts:
        for xref in concept.xrefs:
            if xref.startswith("wn31:"):
                found.setdefault(xref.local_id, []).append(concept)
    return found


def _ranked(synsets: list[Concept], items: Sequence[Item]) -> list[Concept]:
    """Return the synsets of one item, best first."""
    return sorted(synsets, key=lambda c: _rank(c, items)) if len(synsets) > 1 else synsets


def _rank(synset: Concept, items: Sequence[Item]) -> tuple[int, int, int, Curie]:
    """Return the sort key of a synset among those of one item, best first."""
    labels = {fold(item.label) for item in items}
    aliases = {fold(alias) for item in items for alias in item.aliases}
    keys = []
    for name in synset.names:
        if name.sense is not None and name.kind != "hidden":
            folded = fold(name.text)
            agreement = 0 if folded in labels else 1 if folded in aliases else 2
            keys.append((agreement, name.sense.number, -name.sense.count))
    agreeing = [key for key in keys if key[0] < 2]
    return (*min(agreeing or keys[:1]), synset.id)


def _several(qid: str, synsets: Sequence[Concept]) -> Finding:
    others = ", ".join(f"{synset.id} ({synset.synset})" for synset in synsets[1:])
    message = (
        f"linked to {len(synsets)} synsets: {synsets[0].id} ({synsets[0].synset}) is taken, "
        f"in review: {others}"
    )
    return Finding(code="W205", id=f"wd:{qid}", message=message)


def _mappings(
    ranked: MappingType[str, Sequence[Concept]], texts: MappingType[str, Sequence[Item]]
) -> Iterator[Mapping]:
    for qid, synsets in ranked.items():
        for at, synset in enumerate(synsets):
            yield Mapping(
                subject_id=Curie.trusted(f"wd:{qid}"),
                predicate_id="skos:closeMatch" if at else "skos:exactMatch",
                object_id=synset.id,
                mapping_justification=Justification.KNOWN,
                confidence=LINK_CONFIDENCE,
                subject_label=texts[qid][0].label,
                object_label=synset.pref_label,
                mapping_tool_version=__version__,
                comment=_COMMENT,
                status="review" if at else "accepted",
            )


def _gains(
    ranked: MappingType[str, Sequence[Concept]], texts: MappingType[str, Sequence[Item]]
) -> tuple[Concept, ...]:
    """Return id and names that each synset gains; names that it has, folded, are passed over."""
    by_synset: dict[Curie, tuple[Concept, list[str]]] = {}
    for qid, synsets in ranked.items():
        by_synset.setdefault(synsets[0].id, (synsets[0], []))[1].append(qid)
    gains = []
    for id_ in sorted(by_synset):
        synset, qids = by_synset[id_]
        has = {fold(name.text) for name in synset.names}
        items = [item for qid in qids for item in texts[qid]]
        names = new_names((text for item in items for text in (item.label, *item.aliases)), has)
        gains.append(
            Concept(
                id=id_,
                pref_label=synset.pref_label,
                names=names,
                xrefs=tuple(sorted(Curie.trusted(f"wd:{qid}") for qid in qids)),
            )
        )
    return tuple(gains)
