"""Which Wikidata classes become concepts, and under what.

A class that is linked to a synset is that synset, and WordNet's own hypernyms
stand: its P279 edges are not used. Any other class becomes `wd:Q...` if it has
a name, is no page of Wikimedia's own, and reaches a linked item upwards along
P279. Classes without a name are taken out of the middle: what is under them
goes under what is above them. Loops are cut as `labelsys.source.wikidata.cycles`
says, nodes in the order of their numbers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import product
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Finding, Name
from labelsys.source.counts import reconcile
from labelsys.source.wikidata.cycles import break_cycles
from labelsys.source.wikidata.facts import new_names, qid_number
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.source.protocol import Counts
    from labelsys.source.wikidata.facts import Facts, Item

__all__ = ["Classes", "select_classes"]

_INTERNAL: Final = re.compile(
    r"\bWikimedia\b.*\b(?:lists?|disambiguation|categor(?:y|ies)|templates?|pages?|articles?|"
    r"items?|portal|namespace)\b"
)
_ENDS: Final = ("narrower", "broader")
_LINKED: Final = "linked to a synset"
_NAMELESS: Final = "no name"
_WIKIMEDIA: Final = "page of Wikimedia's own"
_UNREACHED: Final = "reaches no linked item"


class Classes(NamedTuple):
    """The outcome.

    Attributes:
        concepts: sorted by id.
        edges: sorted; the broader end may be a synset.
        findings: cut edges, unreached and nameless classes, sorted.
        counts: `classes`, `edges` (rows of the source), and `bridges` (edges
            that stand in for those through a nameless class).
    """

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]
    findings: tuple[Finding, ...]
    counts: dict[str, Counts]


def select_classes(facts: Facts, synsets: Mapping[str, Curie]) -> Classes:
    """Choose classes and edges.

    Args:
        facts: as published.
        synsets: QID -> synset, of the linked items.

    Returns:
        Concepts and edges under the synsets, without a cycle.
    """
    selection = _Selection(facts, synsets)
    selection.bridge_nameless()
    selection.drop_unreached()
    selection.cut_cycles()
    return selection.outcome()


class _Selection:
    """Narrows edges down step by step; every edge left out gets a reason.

    Attributes:
        items: the classes, by QID.
        left_out: QID -> why a class is no concept.
        edges: (narrower, broader) QIDs -> the batch that they count in.
    """

    def __init__(self, facts: Facts, synsets: Mapping[str, Curie]) -> None:
        self.items = {item.qid: item for item in facts.classes}
        self.synsets = synsets
        reasons = ((qid, self._refuse(item)) for qid, item in self.items.items())
        self.left_out = {qid: reason for qid, reason in reasons if reason}
        self.findings: list[Finding] = []
        rows = dict.fromkeys(facts.subclass, "edges")
        self.edges = {edge: rows[edge] for edge in sorted(rows, key=_order)}
        self.read = Counter({"edges": len(facts.subclass)})
        self.skipped = {"edges": Counter({"twice": len(facts.subclass) - len(rows)})}
        self.skipped["bridges"] = Counter()
        for edge in list(self.edges):
            self._drop(edge, self._judge(*edge))

    def _refuse(self, item: Item) -> str:
        if item.qid in self.synsets:
            return _LINKED
        if not fold(item.label):
            return _NAMELESS
        if _INTERNAL.search(item.label) or _INTERNAL.search(item.description):
            return _WIKIMEDIA
        return ""

    def _judge(self, narrower: str, broader: str) -> str:
        """Return why an edge is of no use, or ""; nameless ends are seen to later."""
        if narrower in self.synsets:
            return "narrower is linked to a synset, whose own hypernyms stand"
        for end, qid in (("narrower", narrower), ("broader", broader)):
            if qid not in self.items and qid not in self.synsets:
                return f"{end} is no class here"
            if self.left_out.get(qid) == _WIKIMEDIA:
                return f"{end} is a {_WIKIMEDIA}"
        return ""

    def _drop(self, edge: tuple[str, str], reason: str) -> None:
        if reason:
            self.skipped[self.edges.pop(edge)][reason] += 1

    def bridge_nameless(self) -> None:
        """Take nameless classes out, one by one; each bridge is an edge of its own batch."""
        up: dict[str, set[str]] = defaultdict(set)
        down: dict[str, set[str]] = defaultdict(set)
        for narrower, broader in self.edges:
            up[narrower].add(broader)
            down[broader].add(narrower)
        nameless = (qid for qid, reason in self.left_out.items() if reason == _NAMELESS)
        for qid in sorted(nameless, key=qid_number):
            message = "the class has no English name"
            self.findings.append(Finding(code="W208", id=f"wd:{qid}", message=message))
            above = sorted(up.pop(qid, set()), key=qid_number)
            below = sorted(down.pop(qid, set()), key=qid_number)
            for broader in above:
                down[broader].discard(qid)
                self._drop((qid, broader), "narrower has no name")
            for narrower in below:
                up[narrower].discard(qid)
                # An edge to itself went with the edges up.
                if narrower != qid:
                    self._drop((narrower, qid), "broader has no name")
            for edge in product(below, above):
                if qid not in edge and edge[0] != edge[1] and edge not in self.edges:
                    self.edges[edge] = "bridges"
                    self.read["bridges"] += 1
                    up[edge[0]].add(edge[1])
                    down[edge[1]].add(edge[0])

    def drop_unreached(self) -> None:
        """Leave out classes that do not reach a linked item."""
        down: dict[str, list[str]] = defaultdict(list)
        for narrower, broader in self.edges:
            down[broader].append(narrower)
        reached = set(self.synsets)
        front = [qid for qid in down if qid in reached]
        while front:
            below = [qid for qid in down.get(front.pop(), ()) if qid not in reached]
            reached.update(below)
            front.extend(below)
        for qid in sorted(self.items.keys() - reached - self.left_out.keys(), key=qid_number):
            self.left_out[qid] = _UNREACHED
            message = f"{self.items[qid].label!r} reaches no item that is linked to a synset"
            self.findings.append(Finding(code="W202", id=f"wd:{qid}", message=message))
        for edge in list(self.edges):
            lost = [end for end, qid in zip(_ENDS, edge, strict=True) if qid not in reached]
            self._drop(edge, f"{lost[0]} {_UNREACHED}" if lost else "")

    def cut_cycles(self) -> None:
        """Leave out the edges that close a loop."""
        for cut in break_cycles(self.edges, key=qid_number):
            self._drop((cut.narrower, cut.broader), "cut to break a cycle")
            loop = " -> ".join(f"{qid} ({self.items[qid].label})" for qid in cut.loop)
            message = f"its edge to wd:{cut.broader} was cut; the loop is {loop}"
            self.findings.append(Finding(code="W201", id=f"wd:{cut.narrower}", message=message))

    def outcome(self) -> Classes:
        """Return what is left, as concepts and edges."""
        edges: set[Edge] = set()
        for edge in list(self.edges):
            narrower, broader = edge
            above = self.synsets.get(broader) or Curie.trusted(f"wd:{broader}")
            made = Edge(Curie.trusted(f"wd:{narrower}"), above)
            self._drop(edge, "the same by another item of the synset" if made in edges else "")
            edges.add(made)
        kept = (item for qid, item in self.items.items() if qid not in self.left_out)
        counts = {
            batch: reconcile(self.read[batch], skipped) for batch, skipped in self.skipped.items()
        }
        reasons = Counter(self.left_out.values())
        counts["classes"] = reconcile(len(self.items), dict(sorted(reasons.items())))
        return Classes(
            concepts=tuple(sorted(map(_concept, kept), key=lambda concept: concept.id)),
            edges=tuple(sorted(edges, key=attrgetter("narrower", "broader"))),
            findings=tuple(sorted(self.findings)),
            counts=counts,
        )


def _order(edge: tuple[str, str]) -> tuple[int, int]:
    return qid_number(edge[0]), qid_number(edge[1])


def _concept(item: Item) -> Concept:
    label = item.label.strip()
    return Concept(
        id=Curie.trusted(f"wd:{item.qid}"),
        pref_label=label,
        names=(Name(text=label, kind="pref"), *new_names(item.aliases, {fold(label)})),
        gloss=item.description,
        source="wikidata",
    )
