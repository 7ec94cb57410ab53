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

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.ids import Curie
from labelsys.model import Concept, Definition, Finding, Mapping
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.facts import new_names
from labelsys.source.wikidata.languages import ALL, ENGLISH
from labelsys.text import fold
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as MappingType

    from labelsys.source.protocol import Counts, SourceData
    from labelsys.source.wikidata.facts import Facts, Item

__all__ = ["Linked", "link_items"]

LINK_CONFIDENCE: Final[float | None] = None
"""Confidence of a P8814 link: nobody has judged a sample of them, so none is claimed."""

_PID: Final = "P8814"
_COMMENT: Final = f"Wikidata property {_PID}"
_SYNSET: Final = re.compile(r"[0-9]{8}-n\Z")
_UNKNOWN: Final = "unknown 3.1 id"
_NO_NOUN: Final = "no noun of WordNet 3.1"


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


def link_items(facts: Facts, base: SourceData) -> Linked:
    """Link items to the synsets of *base*.

    Args:
        facts: a pull.
        base: WordNet.

    Returns:
        Links, mappings, and what the synsets gain.
    """
    by_wn31 = _by_wn31(base)
    links, wrong = Counter[str](), Counter[str]()
    items = 0
    ranked: dict[str, list[Concept]] = {}
    findings = []
    for item in facts.items.values():
        given = [claim.value for claim in item.claims if claim.pid == _PID]
        links["read"] += len(given)
        links["twice"] += len(given) - len(set(given))
        items += bool(given)
        candidates: dict[Curie, Concept] = {}
        for wn31 in sorted(set(given)):
            synsets = by_wn31.get(wn31, ())
            candidates.update((concept.id, concept) for concept in synsets)
            if not synsets:
                wrong[_UNKNOWN if _SYNSET.match(wn31) else _NO_NOUN] += 1
                findings.append(_unknown(item, wn31))
        if candidates:
            ranked[item.qid] = _ranked(list(candidates.values()), item)
    findings += [_several(qid, synsets) for qid, synsets in ranked.items() if len(synsets) > 1]
    return Linked(
        synsets={qid: synsets[0].id for qid, synsets in ranked.items()},
        extra=_gains(ranked, facts.items),
        mappings=tuple(_mappings(ranked, facts.items)),
        findings=tuple(sorted(findings)),
        counts={
            "links": reconcile(links["read"], {"twice": links["twice"]}, wrong),
            "linked items": reconcile(items, {}, {"no known id": items - len(ranked)}),
        },
    )


def _unknown(item: Item, wn31: str) -> Finding:
    message = f"its WordNet 3.1 id {wn31} is that of no synset of WordNet 3.0"
    if not _SYNSET.match(wn31):
        message = f"{wn31!r} is no WordNet 3.1 noun: eight digits and '-n', as in 02086723-n"
    return Finding(code="W203", id=f"wd:{item.qid}", message=message)


def _by_wn31(base: SourceData) -> dict[str, list[Concept]]:
    found: dict[str, list[Concept]] = {}
    for concept in base.concepts:
        for xref in concept.xrefs:
            if xref.startswith("wn31:"):
                found.setdefault(xref.local_id, []).append(concept)
    return found


def _ranked(synsets: list[Concept], item: Item) -> list[Concept]:
    """Return the synsets of one item, best first."""
    return sorted(synsets, key=lambda c: _rank(c, item)) if len(synsets) > 1 else synsets


def _rank(synset: Concept, item: Item) -> tuple[int, int, int, Curie]:
    """Return the sort key of a synset among those of one item, best first."""
    english = [name for name in item.names if name.lang in (ENGLISH, ALL)]
    labels = {fold(name.text) for name in english if name.kind == "pref"}
    aliases = {fold(name.text) for name in english}
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
    ranked: MappingType[str, Sequence[Concept]], items: MappingType[str, Item]
) -> Iterator[Mapping]:
    for qid, synsets in ranked.items():
        for at, synset in enumerate(synsets):
            yield Mapping(
                subject_id=Curie.trusted(f"wd:{qid}"),
                predicate_id="skos:closeMatch" if at else "skos:exactMatch",
                object_id=synset.id,
                mapping_justification=Justification.KNOWN,
                confidence=LINK_CONFIDENCE,
                subject_label=items[qid].label,
                object_label=synset.pref_label,
                mapping_tool_version=__version__,
                comment=_COMMENT,
                status="review" if at else "accepted",
            )


def _gains(
    ranked: MappingType[str, Sequence[Concept]], items: MappingType[str, Item]
) -> tuple[Concept, ...]:
    """Return ids, names and definitions that each synset gains.

    Names that it has, folded, are passed over. Of several items, the first has
    the word on a language.
    """
    by_synset: dict[Curie, tuple[Concept, list[str]]] = {}
    for qid, synsets in ranked.items():
        by_synset.setdefault(synsets[0].id, (synsets[0], []))[1].append(qid)
    gains = []
    for id_ in sorted(by_synset):
        synset, qids = by_synset[id_]
        names = new_names((name for qid in qids for name in items[qid].names), synset.names)
        gains.append(
            Concept(
                id=id_,
                pref_label=synset.pref_label,
                names=names,
                definitions=_definitions(items[qid] for qid in qids),
                xrefs=tuple(sorted(Curie.trusted(f"wd:{qid}") for qid in qids)),
            )
        )
    return tuple(gains)


def _definitions(items: Iterable[Item]) -> tuple[Definition, ...]:
    found: dict[str, Definition] = {}
    for definition in (one for item in items for one in item.definitions):
        found.setdefault(definition.lang, definition)
    return tuple(sorted(found.values()))
