"""Which edges of a class stay beside its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from labelsys.match.name_ends import NameEnds
from labelsys.source.wikidata.facts import Facts, Item
from labelsys.source.wikidata.linking.places import Place, Places
from labelsys.source.wikidata.linking.siblings import Siblings
from labelsys.source.wikidata.linking.surroundings import Surroundings
from labelsys.source.wikidata.place_edges import place_classes
from labelsys.source.wikidata.prune import Pruned
from labelsys.source.wikidata.pulled import Claim
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Mapping

LEXICON = toy.lexicon()


def at(synset: str) -> int:
    return LEXICON.by_synset[synset]


DOG, MAMMAL, CAR, VEHICLE = map(at, ("dog.n.01", "mammal.n.01", "car.n.01", "vehicle.n.01"))
LINKED = {"Q10": DOG, "Q11": CAR, "Q12": MAMMAL}


class ByHand:
    """Places and likelihoods that a test gives."""

    def __init__(self, places: Mapping[str, int], likely: Mapping[tuple[str, int], float]) -> None:
        self._places = places
        self._likely = likely

    def find(self, qid: str) -> Place | None:
        concept = self._places.get(qid)
        return None if concept is None else Place(concept, 0.95, ("head",), True, "by hand")

    def likelihood(self, qid: str, concept: int) -> float:
        return self._likely.get((qid, concept), 0.0)


def place(
    edges: Mapping[str, tuple[str, ...]],
    places: Mapping[str, int],
    likely: Mapping[tuple[str, int], float] | None = None,
) -> tuple[Pruned, dict[str, Place]]:
    qids = {*edges, *LINKED, *(above for broader in edges.values() for above in broader)}
    items = {
        qid: Item(
            qid,
            f"class {qid}",
            claims=tuple(Claim("P279", broader) for broader in edges.get(qid, ())),
        )
        for qid in sorted(qids)
    }
    pruned = Pruned(Facts(items, {}, "1", ""))
    around = Surroundings(
        lexicon=LEXICON,
        ends=NameEnds(LEXICON),
        items=items,
        up={qid: list(above) for qid, above in edges.items()},
        linked=LINKED,
        siblings=Siblings(items, LINKED, LEXICON),
    )
    return pruned, place_classes(pruned, around, cast("Places", ByHand(places, likely or {})))


def test_an_edge_to_what_is_above_the_place_stays_and_the_place_is_added() -> None:
    pruned, chosen = place({"Q1": ("Q12",)}, {"Q1": DOG})
    assert list(pruned.edges) == [("Q1", "Q12")]
    assert chosen["Q1"].concept == DOG


def test_an_edge_that_says_as_much_as_the_place_is_enough() -> None:
    pruned, chosen = place({"Q1": ("Q10",)}, {"Q1": DOG})
    assert list(pruned.edges) == [("Q1", "Q10")]
    assert chosen == {}
    assert pruned.skipped["places"] == {"its own edges lead there": 1}


def test_an_absurd_edge_is_cut_and_told() -> None:
    pruned, chosen = place({"Q1": ("Q11",)}, {"Q1": DOG}, {("Q1", CAR): 0.4})
    assert pruned.edges == {}
    assert chosen["Q1"].concept == DOG
    (finding,) = pruned.findings
    assert (finding.code, finding.id) == ("W228", "wd:Q1")
    assert finding.message.startswith("not put under wd:Q11 (class Q11): Q1 more likely lies under")
    assert pruned.skipped["edges"] == {"twice": 0, "more likely lies elsewhere": 1}


def test_a_nearly_certain_edge_stays_beside_the_place() -> None:
    likely = {("Q1", DOG): 0.97}
    pruned, _ = place({"Q1": ("Q10",)}, {"Q1": MAMMAL}, likely)
    assert list(pruned.edges) == [("Q1", "Q10")]


def test_what_shares_nothing_with_the_place_goes_however_certain() -> None:
    pruned, _ = place({"Q1": ("Q11",)}, {"Q1": DOG}, {("Q1", CAR): 0.99})
    from labelsys.merge.top_classes import load_top_classes

    tops = load_top_classes()
    masks = [
        tops.mask(LEXICON.concepts[i].id for i in LEXICON.ancestors(one)) for one in (DOG, CAR)
    ]
    assert (tops.clash(*masks) is not None) == (pruned.edges == {})


def test_a_place_counts_for_the_classes_under_it() -> None:
    # Q2 is under Q1, which no edge leads to a synset; its place does.
    pruned, chosen = place({"Q2": ("Q1",)}, {"Q1": DOG, "Q2": DOG})
    assert list(pruned.edges) == [("Q2", "Q1")]
    assert list(chosen) == ["Q1"]
    # Where the class under it lies elsewhere, the edge goes.
    pruned, chosen = place({"Q2": ("Q1",)}, {"Q1": DOG, "Q2": CAR})
    assert pruned.edges == {}
    assert sorted(chosen) == ["Q1", "Q2"]


def test_without_a_place_the_edges_stay() -> None:
    pruned, chosen = place({"Q1": ("Q10", "Q11")}, {})
    assert len(pruned.edges) == 2
    assert chosen == {}
    assert pruned.skipped["places"] == {"no place is likely": 1}


def test_several_edges_that_agree_with_the_place_stay() -> None:
    pruned, _ = place({"Q1": ("Q10", "Q12")}, {"Q1": DOG})
    assert len(pruned.edges) == 2


def test_an_edge_to_a_class_that_lies_nowhere_claims_nothing() -> None:
    pruned, _ = place({"Q1": ("Q2",)}, {"Q1": DOG})
    assert list(pruned.edges) == [("Q1", "Q2")]
