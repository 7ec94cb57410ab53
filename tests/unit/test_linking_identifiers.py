"""Which synset an item is by identifiers."""

from __future__ import annotations

import pytest

from labelsys.labelset.bundled import bundled_ids
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking.identifiers import (
    LABEL_STRATEGIES,
    STRATEGIES,
    SynsetKeys,
    iter_given,
    labels_of_items,
)
from labelsys.source.wikidata.properties import KEPT_PROPERTIES
from labelsys.source.wikidata.pulled import Claim
from labelsys.vocab import Justification
from tests.lexicon_toy import DOG, MAMMAL, concepts

KEYS = SynsetKeys(concepts())


def item(*claims: tuple[str, str]) -> Item:
    return Item("Q1", "dog", claims=tuple(Claim(*claim) for claim in claims))


def found(*claims: tuple[str, str]) -> list[tuple[str, list[str], bool]]:
    given = iter_given(item(*claims), KEYS)
    return [(g.strategy.name, [c.id for c in g.synsets], g.is_sure) for g in given]


def test_every_strategy_has_a_name_of_its_own_and_a_property_that_is_kept() -> None:
    rows = (*STRATEGIES, *LABEL_STRATEGIES)
    assert len({row.name for row in rows}) == len(rows)
    assert {row.pid for row in rows} <= KEPT_PROPERTIES.keys()
    known = {v for k, v in vars(Justification).items() if k.isupper()}
    assert {row.justification for row in rows} <= known


@pytest.mark.parametrize(
    "address",
    [
        "http://wordnet-rdf.princeton.edu/wn30/02084071-n",
        "https://wordnet-rdf.princeton.edu/wn30/02084071-n/",
    ],
)
def test_an_address_of_wordnet_is_its_synset(address: str) -> None:
    assert found(("P2888", address)) == [("exact-match-address", [DOG], True)]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://wordnet-rdf.princeton.edu/wn30/02084071-v",
        "http://wordnet-rdf.princeton.edu/wn30/2084071-n",
        "http://wordnet-rdf.princeton.edu.example.org/wn30/02084071-n",
        "http://purl.obolibrary.org/obo/NCBITaxon_9615",
    ],
)
def test_any_other_address_is_none(address: str) -> None:
    assert found(("P2888", address)) == [("exact-match-address", [], True)]


def test_a_scientific_name_is_the_animal_of_that_name() -> None:
    assert found(("P225", "Canis  familiaris")) == [("taxon-name", [DOG], True)]
    # One word may name a genus of animals and another one of plants.
    assert found(("P225", "Mammal")) == [("taxon-name", [MAMMAL], False)]
    assert found(("P225", "†"), ("P225", "person")) == [
        ("taxon-name", [], False),
        ("taxon-name", [], False),
    ]


def test_what_is_believed_first_comes_first_and_no_value_twice() -> None:
    claims = [("P225", "Canis familiaris"), ("P8814", "99999999-n"), ("P8814", "99999999-n")]
    assert [name for name, _, _ in found(*claims)] == ["wordnet-31-id", "taxon-name"]


def test_a_label_is_the_one_item_that_has_its_id() -> None:
    freebase = LABEL_STRATEGIES[0]
    items = [
        Item("Q144", claims=(Claim("P646", "/m/0bt9lr"),)),
        Item("Q2", claims=(Claim("P646", "/m/1"),)),
        Item("Q3", claims=(Claim("P646", "/m/1"),)),
        Item("Q4", claims=(Claim("P3151", "/m/2"),)),
    ]
    ids = ["/m/0bt9lr", "/m/1", "/m/2", "", "/m/0bt9lr"]
    assert labels_of_items(items, freebase, ids) == {"/m/0bt9lr": "Q144"}
    assert set(freebase.label_sets) <= set(bundled_ids())
