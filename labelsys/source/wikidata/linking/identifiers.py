"""Which synset an item is, by identifiers that it has.

A strategy is a row of `STRATEGIES`: a property, and what its values name. Those
of `LABEL_STRATEGIES` name labels of label sets instead, which are linked after
the sources: an item that a label and a synset have in common ties the two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.source.wikidata.properties import LINK_PROPERTY
from labelsys.text import fold
from labelsys.vocab import Justification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from labelsys.match.lexicon import Lexicon
    from labelsys.model import Concept
    from labelsys.source.wikidata.facts import Item

__all__ = [
    "LABEL_STRATEGIES",
    "STRATEGIES",
    "Given",
    "LabelStrategy",
    "Strategy",
    "SynsetKeys",
    "iter_given",
    "labels_of_items",
    "right_synsets",
]

_NOUN: Final = re.compile(r"[0-9]{8}-n\Z")
_ADDRESS: Final = re.compile(
    r"https?://wordnet-rdf\.princeton\.edu/(?:id/)?(wn3[01])/([0-9]{8}-n)/?\Z"
)
_LIVING: Final = ("noun.animal", "noun.plant")
UNKNOWN: Final = "unknown 3.1 id"
NO_NOUN: Final = "no noun of WordNet 3.1"


class Strategy(NamedTuple):
    """A property whose values name synsets.

    Attributes:
        name: how reports and the benchmark call it.
        pid: the property.
        justification: of the mappings that it makes.
        key: what a value names, in the terms of `SynsetKeys`; "" where that is
            no synset.
        is_sure: whether a value names one synset and no other, so that its link
            is accepted.
        wrong: why a value without a synset counts as failed; "" where such
            values are no mistake, and are skipped.
        says: what it goes by, in one sentence.
    """

    name: str
    pid: str
    justification: str
    key: Callable[[str], str]
    is_sure: Callable[[str], bool]
    wrong: Callable[[str], str]
    says: str


def _wn31_key(value: str) -> str:
    return f"wn31:{value}"


def _address_key(value: str) -> str:
    """Return the id in an address of WordNet's.

    Examples:
        >>> _address_key("http://wordnet-rdf.princeton.edu/wn31/02086723-n")
        'wn31:02086723-n'
        >>> _address_key("http://purl.obolibrary.org/obo/NCBITaxon_33208")
        ''
    """
    found = _ADDRESS.match(value)
    return f"{found[1]}:{found[2]}" if found else ""


def _taxon_key(value: str) -> str:
    folded = fold(value)
    return f"taxon:{folded}" if folded else ""


def _is_sure(value: str) -> bool:
    del value
    return True


def _is_binomial(value: str) -> bool:
    return len(fold(value).split()) > 1


def _no_fault(value: str) -> str:
    del value
    return ""


def _wn31_fault(value: str) -> str:
    return UNKNOWN if _NOUN.match(value) else NO_NOUN


STRATEGIES: Final = (
    Strategy(
        name="wordnet-31-id",
        pid=LINK_PROPERTY,
        justification=Justification.KNOWN,
        key=_wn31_key,
        is_sure=_is_sure,
        wrong=_wn31_fault,
        says="the item has the synset's WordNet 3.1 id",
    ),
    Strategy(
        name="exact-match-address",
        pid="P2888",
        justification=Justification.KNOWN,
        key=_address_key,
        is_sure=_is_sure,
        wrong=_no_fault,
        says="the item is said to be the same as the synset's address at Princeton",
    ),
    Strategy(
        name="taxon-name",
        pid="P225",
        justification=Justification.LEXICAL,
        key=_taxon_key,
        is_sure=_is_binomial,
        wrong=_no_fault,
        says="the item's scientific name is a lemma of an animal's or plant's synset",
    ),
)
"""In the order in which they are believed: what the first one says comes first."""


class Given(NamedTuple):
    """A synset that an identifier of an item names.

    Attributes:
        strategy: how it was found.
        value: of the claim.
        synsets: that it names; empty where it names none.
    """

    strategy: Strategy
    value: str
    synsets: tuple[Concept, ...]

    @property
    def is_sure(self) -> bool:
        """Whether a link by it alone is accepted."""
        return self.strategy.is_sure(self.value)


class SynsetKeys:
    """Synsets by what identifiers name them by.

    Keys are `wn31:02086723-n`, `wn30:02084071-n`, and `taxon:canis familiaris`
    for each name of an animal or plant, folded.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        """Index the synsets of WordNet."""
        self._synsets: dict[str, list[Concept]] = defaultdict(list)
        for concept in concepts:
            self._synsets[str(concept.id)].append(concept)
            for xref in concept.xrefs:
                if xref.startswith("wn31:"):
                    self._synsets[str(xref)].append(concept)
            if concept.lexname in _LIVING:
                names = {fold(name.text) for name in concept.names if name.sense is not None}
                for name in names:
                    self._synsets[f"taxon:{name}"].append(concept)

    def find(self, key: str) -> tuple[Concept, ...]:
        """Return the synsets under a key, in the order of WordNet's."""
        return tuple(self._synsets.get(key, ())) if key else ()


def iter_given(item: Item, keys: SynsetKeys) -> Iterator[Given]:
    """Yield what an item's identifiers name, each value once, those believed first before others.

    Args:
        item: with or without identifiers.
        keys: of WordNet.
    """
    for strategy in STRATEGIES:
        for value in sorted(set(item.values(strategy.pid))):
            yield Given(strategy, value, keys.find(strategy.key(value)))


def right_synsets(items: Iterable[Item], lexicon: Lexicon) -> dict[str, frozenset[int]]:
    """Return QID -> synsets (indices in the lexicon) that P8814 says an item is."""
    pid = STRATEGIES[0].pid
    by_wn31: dict[str, list[int]] = defaultdict(list)
    for i, concept in enumerate(lexicon.concepts):
        for xref in concept.xrefs:
            if xref.startswith("wn31:"):
                by_wn31[str(xref)].append(i)
    right = {
        item.qid: frozenset(
            i for value in item.values(pid) for i in by_wn31.get(f"wn31:{value}", ())
        )
        for item in items
    }
    return {qid: synsets for qid, synsets in right.items() if synsets}


class LabelStrategy(NamedTuple):
    """A property whose values are ids of labels.

    Attributes:
        name: how the benchmark calls it.
        pid: the property.
        justification: of the mappings that it would make.
        label_sets: ids of bundled label sets whose labels have such ids.
        says: what it goes by, in one sentence.
    """

    name: str
    pid: str
    justification: str
    label_sets: tuple[str, ...]
    says: str


LABEL_STRATEGIES: Final = (
    LabelStrategy(
        name="freebase-id",
        pid="P646",
        justification=Justification.KNOWN,
        label_sets=("openimages", "openimages_boxable"),
        says="a label's id is the item's Freebase id",
    ),
    LabelStrategy(
        name="inaturalist-id",
        pid="P3151",
        justification=Justification.KNOWN,
        label_sets=(),
        says="a label's id is the item's iNaturalist taxon id; the bundled iNaturalist 2021"
        " numbers its classes by itself",
    ),
)


def labels_of_items(
    items: Iterable[Item], strategy: LabelStrategy, label_ids: Iterable[str]
) -> Mapping[str, str]:
    """Return label id -> QID, for ids that exactly one item has.

    Args:
        items: of a pull.
        strategy: by which property.
        label_ids: of the labels of one set.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for value in item.values(strategy.pid):
            owners[value].add(item.qid)
    found = {label_id: owners.get(label_id, set()) for label_id in sorted(set(label_ids))}
    return {label_id: min(qids) for label_id, qids in found.items() if len(qids) == 1}
