"""Every rule cuts what it says it cuts, and nothing is lost on the way."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Name
from labelsys.source.protocol import SourceData
from labelsys.source.wikidata.facts import Facts, Item
from labelsys.source.wikidata.prune import META, PAGES
from labelsys.source.wikidata.prune import prune as by_claims
from labelsys.source.wikidata.pulled import Claim
from labelsys.source.wikidata.rules import RULES
from labelsys.source.wikidata.source import build_source_data, read_shipped
from labelsys.vocab import FINDINGS

THING, GOD = Curie("wn30", "00000001-n"), Curie("wn30", "00000002-n")
# Q1 is linked to thing, Q2 to a single god, which hangs by an instance edge.
BASE = SourceData(
    name="wordnet",
    version="3.0",
    fingerprint="",
    concepts=tuple(
        Concept(id=id_, pref_label="x", xrefs=(Curie("wn31", id_.local_id),))
        for id_ in (THING, GOD)
    ),
    edges=(Edge(GOD, THING, "instance"),),
)
LIST, METACLASS, CITY = "Q13406463", "Q24017414", "Q515"


def item(qid: str, *claims: tuple[str, str], label: str | None = None, about: str = "") -> Item:
    text = qid.lower() if label is None else label
    names = (Name(text=text, kind="pref"),) if text else ()
    return Item(qid, text, names, about, tuple(Claim(*claim) for claim in claims))


LINKED = (
    item("Q1", ("P8814", "00000001-n"), label="thing"),
    item("Q2", ("P8814", "00000002-n"), label="Thor"),
)


def facts(*items: Item, into: dict[str, str] | None = None) -> Facts:
    ordered = sorted((*LINKED, *items), key=lambda one: int(one.qid[1:]))
    return Facts({one.qid: one for one in ordered}, into or {}, "7", "0" * 64)


def prune(*items: Item) -> SourceData:
    return build_source_data(facts(*items), BASE)


def edges(data: SourceData) -> set[str]:
    return {f"{edge.narrower.local_id} {edge.broader.local_id}" for edge in data.edges}


def cut(data: SourceData, rule: str) -> list[str]:
    return [f.id for f in data.findings if f.code == RULES[rule].code]


def test_every_rule_has_a_code_of_its_own_that_is_explained() -> None:
    codes = [rule.code for rule in RULES.values()]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= FINDINGS.keys()
    assert {rule.cuts for rule in RULES.values()} == {"item", "edge", "claim"}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_instances_of_pages_of_wikimedias_own_are_left_out(page: str) -> None:
    data = prune(item("Q5000", ("P31", page), ("P279", "Q1")))
    assert (data.concepts, cut(data, "wikimedia")) == ((), ["wd:Q5000"])


def test_class_of_which_somebody_has_written_a_list_stays() -> None:
    data = prune(item("Q5000", ("P31", LIST), ("P31", "Q77"), ("P279", "Q1")))
    assert [c.id for c in data.concepts] == ["wd:Q5000"]


def test_kinds_of_pages_are_left_out_with_their_instances_as_far_as_they_say_wiki() -> None:
    data = prune(
        item(LIST, ("P279", "Q1"), label="Wikimedia list article"),
        item("Q50", ("P279", LIST), label="Wikipedia list of lists"),
        item("Q51", ("P279", LIST), ("P279", "Q1"), label="power of ten"),
        item("Q52", ("P31", "Q50"), ("P279", "Q1")),
        item("Q53", ("P31", "Q51"), ("P279", "Q1")),
    )
    assert cut(data, "wikimedia") == [f"wd:{LIST}", "wd:Q50", "wd:Q52"]
    assert edges(data) == {"Q51 00000001-n", "Q53 00000001-n"}


@pytest.mark.parametrize("meta", sorted(META))
def test_classes_of_classes_that_say_so_are_left_out(meta: str) -> None:
    data = prune(
        item("Q50", ("P31", meta), ("P279", "Q1"), label="type of sport"),
        item("Q51", ("P31", meta), ("P279", "Q1"), label="sport"),
        item("Q52", ("P279", "Q50"), ("P279", "Q1")),
        item(meta, ("P279", "Q1")),
    )
    assert set(cut(data, "metaclass")) == {"wd:Q50", f"wd:{meta}"}
    assert edges(data) == {"Q51 00000001-n", "Q52 00000001-n"}


def test_edge_to_a_class_of_classes_goes_where_a_better_one_stays() -> None:
    data = prune(
        item("Q50", ("P31", METACLASS), ("P279", "Q1"), label="discipline"),
        item("Q51", ("P279", "Q50"), ("P279", "Q1")),
        item("Q52", ("P279", "Q50")),
        item("Q53", ("P31", METACLASS), ("P279", "Q50"), ("P279", "Q1"), label="branch"),
    )
    assert cut(data, "meta-edge") == ["wd:Q51"]
    assert edges(data) == {
        *("Q50 00000001-n", "Q51 00000001-n", "Q52 Q50", "Q53 Q50", "Q53 00000001-n"),
    }


def test_what_is_linked_stays_whatever_it_is_said_to_be() -> None:
    one = ("P8814", "00000001-n")
    kinds = (LIST, METACLASS, CITY)
    data = prune(*(item(f"Q{50 + n}", one, ("P31", kind)) for n, kind in enumerate(kinds)))
    assert data.extra[0].xrefs == ("wd:Q1", "wd:Q50", "wd:Q51", "wd:Q52")


def test_single_things_are_no_classes() -> None:
    data = prune(
        item("Q50", ("P31", CITY), ("P279", "Q1")),
        item("Q51", ("P31", "Q16521"), ("P279", "Q1")),  # a taxon
        item("Q52", ("P279", "Q50"), ("P279", "Q1")),
    )
    assert cut(data, "single") == ["wd:Q50"]
    assert edges(data) == {"Q51 00000001-n", "Q52 00000001-n"}


def test_nothing_is_a_subclass_of_an_instance() -> None:
    data = prune(
        item("Q50", ("P31", "Q1")),
        item("Q51", ("P279", "Q50"), ("P279", "Q1")),
        item("Q52", ("P279", "Q2"), ("P279", "Q1")),
    )
    assert cut(data, "instance") == ["wd:Q51", "wd:Q52"]
    assert edges(data) == {"Q51 00000001-n", "Q52 00000001-n"}


def test_taxon_lies_under_its_parent_taxon() -> None:
    data = prune(
        item("Q50", ("P31", "Q16521"), ("P171", "Q1")),
        item("Q51", ("P31", "Q16521"), ("P171", "Q50")),
    )
    assert edges(data) == {"Q50 00000001-n", "Q51 Q50"}


def test_what_is_both_instance_and_subclass_of_a_class_is_a_subclass() -> None:
    data = prune(item("Q50", ("P31", "Q1"), ("P279", "Q1")))
    assert (edges(data), cut(data, "both")) == ({"Q50 00000001-n"}, ["wd:Q50"])
    assert data.counts["instance claims"].skipped == {"also a subclass of it": 1}


ITEM_CODES = {rule.code for rule in RULES.values() if rule.cuts == "item"}
ITEMS = [f"Q{n}" for n in range(1, 12)]
KINDS = st.sampled_from([*ITEMS, LIST, METACLASS, CITY, "L1-S1"])
CLAIMS = st.lists(
    st.tuples(st.sampled_from(["P279", "P279", "P171", "P31"]), KINDS), max_size=4, unique=True
)
PULLS = st.lists(
    st.tuples(CLAIMS, st.sampled_from(["a", "type of thing", "", "Wikimedia list of x"])),
    min_size=9,
    max_size=9,
)


@given(PULLS, st.randoms(use_true_random=False))
def test_pruning_keeps_its_promises(
    drawn: list[tuple[list[tuple[str, str]], str]], random: object
) -> None:
    items = [
        item(f"Q{n}", *claims, label=label) for n, (claims, label) in enumerate(drawn, start=3)
    ]
    data = prune(*items)
    # Nothing is lost: every batch adds up, and each rule's findings are what it left out.
    assert all(batch.adds_up for batch in data.counts.values()), data.counts
    classes = data.counts["classes"]
    active = [c for c in data.concepts if c.status == "active"]
    assert classes.kept == len(active)
    told = [f.id for f in data.findings if f.code in ITEM_CODES]
    by_rule = sum(n for why, n in classes.skipped.items() if why != "linked to a synset")
    assert len(told) == len(set(told)) == by_rule
    # No loop, and everything kept reaches a synset.
    graph = nx.DiGraph((edge.narrower, edge.broader) for edge in data.edges)
    assert nx.is_directed_acyclic_graph(graph)
    for concept in active:
        assert {THING, GOD} & nx.descendants(graph, concept.id)
    # The order in which claims are told says nothing.
    shuffled = [one._replace(claims=tuple(reversed(one.claims))) for one in items]
    again = prune(*shuffled)
    assert (again.concepts, again.edges) == (data.concepts, data.edges)
    assert sorted(f.id for f in again.findings) == sorted(f.id for f in data.findings)


def test_rules_cut_of_the_shipped_pull_what_a_plain_count_says() -> None:
    """A second method: sets and dictionaries over the raw claims, no rule's code."""
    shipped = read_shipped()
    pruned = by_claims(shipped)
    told = Counter(finding.code for finding in pruned.findings)
    up: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    linked = set()
    for qid, one in shipped.items.items():
        for claim in one.claims:
            if claim.pid == "P8814":
                linked.add(qid)
            else:
                (up if claim.pid == "P279" else kinds)[qid].add(claim.value)
    classes = set(up).union(*up.values()) - linked
    assert len(classes) == 12_563
    assert classes == pruned.classes.keys() - linked

    single = {"Q5", "Q7275", "Q6256", "Q3024240", "Q3624078", "Q515", "Q1549591", "Q5119"}
    assert told["W223"] == sum(bool(single & kinds[qid]) for qid in classes) == 7

    says = {qid for qid in classes if _says_type(shipped.items[qid].label)}
    meta = {qid for qid in classes if META.keys() & kinds[qid]} & says
    of_wikidata = ("Wikidata propert", "Wikidata qualif", "Wikidata metaprop", "Wikidata metacl")
    own = {q for q in classes if any(words in shipped.items[q].label for words in of_wikidata)}
    paged = {finding.id[3:] for finding in pruned.findings if finding.code == "W221"}
    assert told["W222"] == len((meta | own | (classes & META.keys())) - paged) == 421

    both = Counter(qid for qid in classes for kind in kinds[qid] if kind in up[qid])
    left_out = sum(number for qid, number in both.items() if qid in pruned.left_out)
    assert (told["W225"], left_out) == (both.total() - left_out, 3)

    # Of pages, those whose own description says so, and lists that are nothing else.
    words = re.compile("Wikimedia (list|disambiguation|categor|template|project page)")
    pages = {qid for qid in classes if words.search(shipped.items[qid].description)}
    pages |= {qid for qid in classes if kinds[qid] == {LIST}}
    lost = {finding.id[3:] for finding in pruned.findings if finding.code == "W221"}
    assert len(pages) > 60
    assert pages <= lost
    assert len(lost) == 135


def _says_type(label: str) -> bool:
    starts = ("type of ", "class of ", "kind of ", "group or class of ")
    words = label.replace("(meta)", "").split(" ")
    return label.startswith(starts) or words[-1] in {"type", "class", "metaclass"}
