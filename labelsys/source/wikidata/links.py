"""Which WordNet synset a Wikidata item is.

Identifiers come first (`labelsys.source.wikidata.linking.identifiers`). An item
with one synset is that synset: the synset gets its QID as another id, and its
label and aliases as names. Of an item with several, one synset is taken as
exact, and the rest wait in review:

1. what a surer identifier names, before others;
2. a synset with a lemma that equals the item's label, before one where only an
   alias does, before the rest (names are compared folded);
3. then the lowest sense number of that lemma (of the first lemma where none
   agrees);
4. then the highest count of that sense, then the lowest id.

A class that no identifier links is linked by words
(`labelsys.source.wikidata.linking.classes`). Above all that is what a correction says
(`labelsys.source.wikidata.corrections`): which synset an item is, or that it is none and hangs
by one. What identifiers name otherwise waits in review.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.ids import Curie
from labelsys.model import Concept, Definition, Finding, Mapping
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.corrections import Corrections
from labelsys.source.wikidata.facts import new_names
from labelsys.source.wikidata.languages import ALL, ENGLISH
from labelsys.source.wikidata.linking.classes import link_classes
from labelsys.source.wikidata.linking.identifiers import (
    NO_NOUN,
    STRATEGIES,
    SynsetKeys,
    iter_given,
)
from labelsys.source.wikidata.pulled import qid_number
from labelsys.text import fold
from labelsys.version import __version__
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from collections.abc import Mapping as MappingType

    from labelsys.source.protocol import Counts, SourceData
    from labelsys.source.wikidata.facts import Facts, Item
    from labelsys.source.wikidata.linking.classes import WordLinks
    from labelsys.source.wikidata.linking.identifiers import Given, Strategy

__all__ = ["BY_WORDS", "Linked", "link_items"]

LINK_CONFIDENCE: Final[float | None] = None
"""Confidence of a link by identifier: nobody has judged a sample of them, so none is claimed."""

BY_WORDS: Final = "links by words"
"""The batch of classes that were linked by words."""
_NO_SYNSET: Final = "names no synset"


class Linked(NamedTuple):
    """The outcome.

    Attributes:
        synsets: QID -> the synset taken as exact.
        extra: synsets with the ids and names that they gain, sorted by id.
        mappings: by QID number, the exact one first, then by id.
        findings: items with several synsets, ids that are in no WordNet 3.0.
        counts: `links by` each strategy that had something to say, and `linked items`.
    """

    synsets: dict[str, Curie]
    extra: tuple[Concept, ...]
    mappings: tuple[Mapping, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, Counts]


class _Choice(NamedTuple):
    """A synset that an item's identifiers name."""

    synset: Concept
    strategy: Strategy
    is_sure: bool


def link_items(
    facts: Facts,
    base: SourceData,
    classes: Sequence[Item],
    corrections: Corrections | None = None,
) -> Linked:
    """Link items to the synsets of *base*.

    Args:
        facts: a pull.
        base: WordNet.
        classes: of the hierarchy; those that nothing else links are linked by words.
        corrections: which classes are which synsets, whatever else is said; all of them known,
            None where there are none.

    Returns:
        Links, mappings, and what the synsets gain.
    """
    corrections = corrections or Corrections(tool="")
    given = _IdLinks(facts.items.values(), SynsetKeys(base.concepts))
    synsets = {
        qid: choices[0].synset
        for qid, choices in given.choices.items()
        if choices[0].is_sure and qid not in corrections.under
    }
    by_id = {str(synset.id): synset for synset in base.concepts}
    same = {qid: row for qid, row in corrections.same.items() if qid in facts.items}
    synsets |= {qid: by_id[row.object] for qid, row in same.items()}
    ids = {qid: synset.id for qid, synset in synsets.items()}
    settled = {*ids, *corrections.under}
    unlinked = [item for item in classes if item.qid not in settled]
    words = link_classes(unlinked, facts.items, base, ids)
    synsets |= {link.item.qid: link.synset for link in words.links if link.is_accepted}
    told = [corrections.mapping(row, facts.items[qid]) for qid, row in same.items()]
    told += _word_mappings(words)
    # Of a synset that an unsure identifier names, words and corrections say more.
    said = {(mapping.subject_id, mapping.object_id) for mapping in told}
    by_ids = _mappings(given.choices, facts.items, corrected={*same, *corrections.under})
    mappings = [*(m for m in by_ids if (m.subject_id, m.object_id) not in said), *told]
    several = {qid: found for qid, found in given.choices.items() if len(found) > 1}
    findings = [*given.findings, *(_several(qid, found) for qid, found in several.items())]
    return Linked(
        synsets={qid: synset.id for qid, synset in synsets.items()},
        extra=_gains(synsets, facts.items),
        mappings=tuple(sorted(mappings, key=lambda m: qid_number(m.subject_id.local_id))),
        findings=tuple(sorted(findings)),
        counts={**given.counts(), BY_WORDS: words.counts},
    )


class _IdLinks:
    """What identifiers say of the items of a pull.

    Attributes:
        choices: QID -> synsets, best first.
        findings: ids that are in no WordNet 3.0.
    """

    def __init__(self, items: Iterable[Item], keys: SynsetKeys) -> None:
        self.choices: dict[str, list[_Choice]] = {}
        self.findings: list[Finding] = []
        self._read = Counter[str]()
        self._skipped = {strategy.name: Counter[str]() for strategy in STRATEGIES}
        self._failed = {strategy.name: Counter[str]() for strategy in STRATEGIES}
        self._n_items = 0
        for item in items:
            self._take(item, keys)

    def _take(self, item: Item, keys: SynsetKeys) -> None:
        found: dict[Curie, _Choice] = {}
        n_claims = Counter(claim.pid for claim in item.claims)
        for strategy in STRATEGIES:
            n = n_claims[strategy.pid]
            self._read[strategy.name] += n
            self._skipped[strategy.name]["twice"] += n
        speaks = False
        for given in iter_given(item, keys):
            self._skipped[given.strategy.name]["twice"] -= 1
            for synset in given.synsets:
                found.setdefault(synset.id, _Choice(synset, given.strategy, given.is_sure))
            if not given.synsets:
                self._note_unknown(item, given)
            speaks |= bool(given.synsets or given.strategy.wrong(given.value))
        self._n_items += speaks
        if found:
            self.choices[item.qid] = _ranked(list(found.values()), item)

    def _note_unknown(self, item: Item, given: Given) -> None:
        name, reason = given.strategy.name, given.strategy.wrong(given.value)
        if reason:
            self._failed[name][reason] += 1
            self.findings.append(_unknown(item, given.value, reason))
        else:
            self._skipped[name][_NO_SYNSET] += 1

    def counts(self) -> dict[str, Counts]:
        """Return how claims and items add up; strategies that read none are left out."""
        of_claims = {
            f"links by {name}": reconcile(read, self._skipped[name], self._failed[name])
            for name, read in self._read.items()
            if read
        }
        lost = self._n_items - len(self.choices)
        return {**of_claims, "linked items": reconcile(self._n_items, {}, {"no known id": lost})}


def _unknown(item: Item, wn31: str, reason: str) -> Finding:
    message = f"its WordNet 3.1 id {wn31} is that of no synset of WordNet 3.0"
    if reason == NO_NOUN:
        message = f"{wn31!r} is no WordNet 3.1 noun: eight digits and '-n', as in 02086723-n"
    return Finding(code="W203", id=f"wd:{item.qid}", message=message)


def _ranked(choices: list[_Choice], item: Item) -> list[_Choice]:
    """Return the synsets of one item, best first."""
    if len(choices) < 2:
        return choices
    order = {strategy.name: at for at, strategy in enumerate(STRATEGIES)}
    return sorted(
        choices, key=lambda c: (not c.is_sure, order[c.strategy.name], _rank(c.synset, item))
    )


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


def _several(qid: str, choices: Sequence[_Choice]) -> Finding:
    first, *rest = choices
    others = ", ".join(f"{c.synset.id} ({c.synset.synset})" for c in rest)
    taken = "is taken, in review" if first.is_sure else "is likeliest; all in review, with"
    named = f"{first.synset.id} ({first.synset.synset})"
    message = f"linked to {len(choices)} synsets: {named} {taken}: {others}"
    return Finding(code="W205", id=f"wd:{qid}", message=message)


def _mappings(
    chosen: MappingType[str, Sequence[_Choice]],
    items: MappingType[str, Item],
    *,
    corrected: Container[str],
) -> Iterator[Mapping]:
    for qid, choices in chosen.items():
        for at, choice in enumerate(choices):
            is_exact = at == 0 and choice.is_sure and qid not in corrected
            yield Mapping(
                subject_id=Curie.trusted(f"wd:{qid}"),
                predicate_id="skos:exactMatch" if is_exact else "skos:closeMatch",
                object_id=choice.synset.id,
                mapping_justification=choice.strategy.justification,
                confidence=LINK_CONFIDENCE,
                subject_label=items[qid].label,
                object_label=choice.synset.pref_label,
                mapping_tool_version=__version__,
                comment=f"Wikidata property {choice.strategy.pid}",
                status="accepted" if is_exact else "review",
            )


def _word_mappings(words: WordLinks) -> Iterator[Mapping]:
    for link in words.links:
        yield Mapping(
            subject_id=Curie.trusted(f"wd:{link.item.qid}"),
            predicate_id="skos:exactMatch" if link.is_accepted else "skos:closeMatch",
            object_id=link.synset.id,
            mapping_justification=Justification.COMPOSITE,
            confidence=link.confidence,
            subject_label=link.item.label,
            object_label=link.synset.pref_label,
            mapping_tool=f"labelsys {words.tool}",
            mapping_tool_version=__version__,
            match_string=fold(link.name),
            comment=link.doubt or "by its names, its description and its place in Wikidata",
            status="accepted" if link.is_accepted else "review",
        )


def _gains(
    synsets: MappingType[str, Concept], items: MappingType[str, Item]
) -> tuple[Concept, ...]:
    """Return ids, names and definitions that each synset gains.

    Names that it has, folded, are passed over. Of several items, the first has
    the word on a language.
    """
    by_synset: dict[Curie, tuple[Concept, list[str]]] = {}
    for qid, synset in synsets.items():
        by_synset.setdefault(synset.id, (synset, []))[1].append(qid)
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
