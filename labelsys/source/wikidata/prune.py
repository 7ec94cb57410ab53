"""Which items of a pull are classes, by what they say themselves; no synset is needed for that.

An item is a class where it is a subclass of something or something is a subclass
of it. Rules leave classes out (`labelsys.source.wikidata.rules` lists them): pages
of Wikimedia's own, classes of classes, and single things. What has a P8814 id is a
synset and stays, whatever else is said of it: WordNet's word on it counts.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Final

from labelsys.model import Finding
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.pulled import is_qid, qid_number
from labelsys.source.wikidata.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from labelsys.source.protocol import Counts
    from labelsys.source.wikidata.facts import Facts, Item

__all__ = ["INSTANCE_OF", "SUBCLASS_OF", "WORDNET", "Pruned", "prune"]

SUBCLASS_OF: Final = ("P279", "P171")
"""Subclass of, and parent taxon: a taxon is a subclass of the taxon above it."""
INSTANCE_OF: Final = "P31"
WORDNET: Final = "P8814"

PAGES: Final = {
    "Q4167410": "disambiguation page",
    "Q4167836": "category",
    "Q11266439": "template",
    "Q11753321": "navigational template",
    "Q13406463": "list article",
    "Q13433827": "encyclopedia article",
    "Q14204246": "project page",
    "Q15184295": "module",
    "Q17362920": "duplicated page",
    "Q17442446": "internal item",
    "Q17633526": "Wikinews article",
    "Q21286738": "permanent duplicate item",
    "Q22808320": "human name disambiguation page",
    "Q56005592": "outline article",
    "Q17379835": "page outside the main knowledge tree",
}
"""Kinds of pages of Wikimedia's own; those under them are pages too where their name says Wiki."""

META: Final = {
    "Q19478619": "metaclass",
    "Q19361238": "Wikidata metaclass",
    "Q104086571": "first-order class",
    "Q24017414": "second-order class",
    "Q24017465": "third-order class",
    "Q24027474": "fourth-order class",
    "Q24027515": "fifth-order class",
    "Q23958852": "variable-order class",
    "Q23959932": "fixed-order class",
    "Q427626": "taxonomic rank",
}
"""What instances of are classes of classes."""

SINGLES: Final = {
    "Q5": "human",
    "Q7275": "state",
    "Q6256": "country",
    "Q3024240": "historical country",
    "Q3624078": "sovereign state",
    "Q515": "city",
    "Q1549591": "big city",
    "Q5119": "capital",
    "Q4022": "river",
    "Q8502": "mountain",
    "Q23442": "island",
}
"""What instances of are single things. Kinds of animals, cars or awards are instances of
something as well, and are classes all the same: they are not here."""

_INTERNAL: Final = re.compile(
    r"\bWikimedia\b.*\b(?:lists?|disambiguation|categor(?:y|ies)|templates?|pages?|articles?|"
    r"items?|portal|namespace)\b"
)
_OF_WIKI: Final = re.compile(r"\b(?:Wiki[a-z]*)\b")
_OF_PROPERTIES: Final = re.compile(
    r"\bWikidata (?:propert(?:y|ies)|qualifiers?|metapropert(?:y|ies)|metaclass(?:es)?)\b"
)
_SAYS_META: Final = re.compile(
    r"^(?:type|class|kind|group or class) of |\b(?:type|class|metaclass)$|^\(meta\)class$"
    r"|^taxonomic rank$"
)


class Pruned:
    """The classes of a pull and the edges between them; every one left out has a reason.

    Rules narrow it down one after another.

    Attributes:
        facts: the pull.
        classes: QID -> item, by number; those left out too.
        left_out: QID -> why it is no class of the hierarchy.
        edges: (narrower, broader) QIDs -> the batch that they count in.
        meta: classes of classes that stay.
        findings: what the rules cut.
        read: batch -> how many there were.
        skipped: batch -> reason -> how many were left out.
    """

    def __init__(self, facts: Facts) -> None:
        """Take the classes and edges of a pull."""
        self.facts = facts
        rows = list(_subclass_rows(facts))
        known = {row for row in rows if is_qid(row[1])}
        ends = set(chain.from_iterable(known))
        self.classes = {qid: item for qid, item in facts.items.items() if qid in ends}
        self.left_out: dict[str, str] = {}
        self.meta: Set[str] = frozenset()
        self.findings: list[Finding] = []
        self.edges = dict.fromkeys(sorted(known, key=_order), "edges")
        self.read = Counter({"edges": len(rows)})
        wrong = sum(row not in known for row in rows)
        self._failed = {"edges": {"value is no item": wrong}}
        self.skipped = {"edges": Counter({"twice": len(rows) - wrong - len(known)})}
        self.skipped |= {name: Counter() for name in ("bridges", "instance claims")}

    def leave_out(self, qid: str, rule: str, reason: str, message: str) -> None:
        """Leave a class out by a rule; its edges go when `drop_edges_of_left_out` is called."""
        self.left_out[qid] = reason
        self.findings.append(Finding(code=RULES[rule].code, id=f"wd:{qid}", message=message))

    def drop(self, edge: tuple[str, str], reason: str) -> None:
        """Take an edge out."""
        self.skipped[self.edges.pop(edge)][reason] += 1

    def cut(self, edge: tuple[str, str], rule: str, reason: str, message: str) -> None:
        """Take an edge out by a rule of its own."""
        self.drop(edge, reason)
        self.findings.append(Finding(code=RULES[rule].code, id=f"wd:{edge[0]}", message=message))

    def bridge(self, edge: tuple[str, str]) -> None:
        """Add an edge that stands in for those through a class that is left out."""
        self.edges[edge] = "bridges"
        self.read["bridges"] += 1

    def named(self, qid: str) -> str:
        """Return an item as messages name it."""
        item = self.facts.items.get(qid)
        return f"wd:{qid} ({item.label})" if item is not None and item.label else f"wd:{qid}"

    def named_classes(self) -> list[Item]:
        """Return the classes that have a name and are not left out, by number."""
        return [
            item for qid, item in self.classes.items() if item.label and qid not in self.left_out
        ]

    def counts(self) -> dict[str, Counts]:
        """Return how classes, edges and bridges add up."""
        reasons = Counter(self.left_out.values())
        counts = {
            batch: reconcile(self.read[batch], skipped, self._failed.get(batch))
            for batch, skipped in self.skipped.items()
        }
        return {**counts, "classes": reconcile(len(self.classes), dict(sorted(reasons.items())))}


def prune(facts: Facts) -> Pruned:
    """Leave out what is no class by what the pull says of it.

    Args:
        facts: a pull, its redirects followed.

    Returns:
        Classes and edges, to be linked and put in their places.
    """
    pruned = Pruned(facts)
    _leave_out_pages(pruned)
    _leave_out_metaclasses(pruned)
    _leave_out_singles(pruned)
    _set_aside_both(pruned)
    for edge in list(pruned.edges):
        for end, qid in zip(("narrower", "broader"), edge, strict=True):
            if qid in pruned.left_out:
                pruned.drop(edge, f"{end} is left out: {pruned.left_out[qid]}")
                break
    return pruned


def _leave_out_pages(pruned: Pruned) -> None:
    """Leave out pages of Wikimedia's own.

    A class that is an instance of such a page and of something else is no page:
    somebody has written a list of them.
    """
    pages = _page_kinds(pruned)
    for qid, item in _candidates(pruned):
        kinds = [kind for kind in item.values(INSTANCE_OF) if is_qid(kind)]
        if qid in pages:
            message = f"{pruned.named(qid)} is a kind of Wikimedia page"
        elif kinds and all(kind in pages for kind in kinds):
            message = f"an instance of {pruned.named(kinds[0])} and of nothing else"
        elif _INTERNAL.search(item.label) or _INTERNAL.search(item.description):
            message = f"{item.label!r} is described as {item.description!r}"
        else:
            continue
        pruned.leave_out(qid, "wikimedia", "page of Wikimedia's own", message)


def _page_kinds(pruned: Pruned) -> set[str]:
    below: dict[str, list[str]] = {}
    for narrower, broader in pruned.edges:
        below.setdefault(broader, []).append(narrower)
    found, waiting = set(PAGES), list(PAGES)
    while waiting:
        for qid in below.get(waiting.pop(), ()):
            if qid not in found and _OF_WIKI.search(pruned.classes[qid].label):
                found.add(qid)
                waiting.append(qid)
    return found


def _leave_out_metaclasses(pruned: Pruned) -> None:
    """Leave out classes of classes whose name says so; others only give way to better edges.

    Wikidata calls much a second-order class that is above ordinary things as
    well (chemical compound, academic discipline). Classes of its properties always go.
    """
    meta = set()
    for qid, item in _candidates(pruned):
        if _OF_PROPERTIES.search(item.label):
            message = f"{item.label!r} is a class of Wikidata's properties"
            pruned.leave_out(qid, "metaclass", "class of classes", message)
            continue
        kinds = (qid, *item.values(INSTANCE_OF))
        kind = next((kind for kind in kinds if kind in META), "")
        if kind:
            meta.add(qid)
            if qid in META or _SAYS_META.search(item.label):
                what = "a class of classes" if qid in META else f"an instance of {META[kind]}"
                message = f"{item.label!r} is {what}"
                pruned.leave_out(qid, "metaclass", "class of classes", message)
    pruned.meta = frozenset(meta - pruned.left_out.keys())


def _leave_out_singles(pruned: Pruned) -> None:
    for qid, item in _candidates(pruned):
        kinds = [SINGLES[kind] for kind in item.values(INSTANCE_OF) if kind in SINGLES]
        if kinds:
            message = f"{item.label!r} is an instance of {kinds[0]}"
            pruned.leave_out(qid, "single", "single thing", message)


def _set_aside_both(pruned: Pruned) -> None:
    """Take what is an instance and a subclass of one class for a subclass."""
    for qid, item in _candidates(pruned):
        above = set(item.values(*SUBCLASS_OF))
        kinds = item.values(INSTANCE_OF)
        both = [kind for kind in kinds if kind in above]
        pruned.read["instance claims"] += len(kinds)
        for kind in both:
            pruned.skipped["instance claims"]["also a subclass of it"] += 1
            message = f"both an instance and a subclass of {pruned.named(kind)}: a subclass"
            pruned.findings.append(
                Finding(code=RULES["both"].code, id=f"wd:{qid}", message=message)
            )


def _candidates(pruned: Pruned) -> Iterator[tuple[str, Item]]:
    """Yield the classes that a rule may leave out: not linked, and still there."""
    for qid, item in pruned.classes.items():
        if qid not in pruned.left_out and not item.values(WORDNET):
            yield qid, item


def _subclass_rows(facts: Facts) -> Iterator[tuple[str, str]]:
    for item in facts.items.values():
        for claim in item.claims:
            if claim.pid in SUBCLASS_OF:
                yield item.qid, claim.value


def _order(edge: tuple[str, str]) -> tuple[int, int]:
    return qid_number(edge[0]), qid_number(edge[1])
