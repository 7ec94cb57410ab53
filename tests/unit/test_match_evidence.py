"""Ids that labels bring along, and what they say to other sets."""

from __future__ import annotations

from collections import Counter

import pytest

from labelsys.match.evidence import Evidence, GivenId, find_given
from labelsys.match.lexicon import Lexicon
from labelsys.model import Finding, Label
from labelsys.progress import SilentProgress
from labelsys.source.combine import combine, take_out
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()
DOG, BEAGLE = LEXICON.index[toy.DOG], LEXICON.index[toy.BEAGLE]


def label(**ids: str) -> Label:
    return Label(label_set="pets", label_id="1", name="hound", **ids)  # type: ignore[arg-type]  # ids only


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        ({"wnid": "n02084071"}, "wnid"),
        ({"synset": "dog.n.01"}, "synset"),
        ({"synset": "Canis_familiaris.n.01"}, "synset"),
        ({"qid": "Q144"}, "qid"),
        ({"wnid": "n02084071", "synset": "dog.n.01", "qid": "Q144"}, "wnid"),
        ({"synset": "dog.n.01", "qid": "Q144"}, "synset"),
    ],
)
def test_given_id_names_its_concept(ids: dict[str, str], kind: str) -> None:
    assert find_given(label(**ids), LEXICON) == GivenId(concept=DOG, kind=kind)


def test_qid_may_be_a_concept_itself() -> None:
    given = find_given(label(qid="Q38559"), LEXICON)
    assert given == GivenId(concept=LEXICON.index[toy.WATER_DOG], kind="qid")


def test_label_without_ids_names_nothing() -> None:
    assert find_given(label(), LEXICON) == GivenId()


def test_ids_that_disagree_are_a_finding_and_the_first_holds() -> None:
    given = find_given(label(wnid="n02084071", synset="beagle.n.01"), LEXICON)
    assert (given.concept, given.kind) == (DOG, "wnid")
    assert given.finding == Finding(
        code="W204",
        id="pets:1",
        message="synset 'beagle.n.01' says wn30:02088364-n, wnid says wn30:02084071-n",
    )


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ({"wnid": "n99999999"}, "wnid 'n99999999' names no noun of WordNet 3.0"),
        ({"synset": "stop_sign.n.01"}, "synset 'stop_sign.n.01' names no noun of WordNet 3.0"),
        ({"qid": "Q5"}, "qid 'Q5' leads to no concept, or to several"),
        ({"qid": "Q900002"}, "qid 'Q900002' leads to no concept, or to several"),
    ],
)
def test_id_that_names_nothing_is_a_finding(ids: dict[str, str], words: str) -> None:
    given = find_given(label(**ids), LEXICON)
    assert given.concept is None
    assert given.finding == Finding(code="W203", id="pets:1", message=words)


def test_unknown_id_is_a_finding_even_where_the_next_one_is_good() -> None:
    given = find_given(label(wnid="n99999999", synset="dog.n.01"), LEXICON)
    assert (given.concept, given.kind) == (DOG, "synset")
    assert given.finding is not None
    assert given.finding.code == "W203"
    after = find_given(label(wnid="n02084071", synset="stop_sign.n.01"), LEXICON)
    assert (after.concept, after.kind) == (DOG, "wnid")


def hidden_lexicon() -> tuple[Lexicon, frozenset[str]]:
    base = take_out(combine([toy.ToySource().load(None, SilentProgress())]), [toy.DOG])
    return Lexicon(base.concepts, base.edges), base.hidden


@pytest.mark.parametrize(
    "ids",
    [
        {"wnid": "n02084071"},
        {"synset": "dog.n.01"},
        {"synset": "Domestic_Dog.n.01"},
        {"qid": "Q144"},
        {"wnid": "n02084071", "synset": "dog.n.01", "qid": "Q144"},
    ],
)
def test_id_of_a_hidden_concept_is_neither_found_nor_a_finding(ids: dict[str, str]) -> None:
    lexicon, hidden = hidden_lexicon()
    assert find_given(label(**ids), lexicon, hidden) == GivenId(hidden=True)


def test_second_id_counts_where_the_first_is_hidden() -> None:
    lexicon, hidden = hidden_lexicon()
    given = find_given(label(wnid="n02084071", synset="beagle.n.01"), lexicon, hidden)
    assert (given.concept, given.kind) == (lexicon.index[toy.BEAGLE], "synset")


def test_evidence_counts_sets_and_not_labels() -> None:
    evidence = Evidence()
    first = toy.label_set(
        "a",
        {"name": "Doggy", "wnid": "n02084071", "synonyms": ("hound",)},
        {"name": "doggy", "wnid": "n02084071"},
        {"name": "beagle", "synset": "beagle.n.01"},
        "cat",
    )
    evidence.add(first.labels, LEXICON)
    assert evidence.sets_at == Counter({DOG: 1, BEAGLE: 1})
    assert evidence.names_at == Counter(
        {("doggy", DOG): 1, ("hound", DOG): 1, ("beagle", BEAGLE): 1}
    )
    evidence.add(toy.label_set("b", {"name": "Doggy", "qid": "Q144"}).labels, LEXICON)
    assert evidence.sets_at == Counter({DOG: 2, BEAGLE: 1})
    assert evidence.names_at["doggy", DOG] == 2


def test_set_that_repeats_wordnet_s_first_lemmas_says_nothing_of_names() -> None:
    evidence = Evidence()
    labels = [{"name": "Dog", "wnid": "n02084071"}, {"name": "beagle", "wnid": "n02088364"}]
    evidence.add(toy.label_set("a", *labels).labels, LEXICON)
    assert evidence.sets_at == Counter({DOG: 1, BEAGLE: 1})
    assert evidence.names_at == Counter()


def test_name_that_a_set_gives_to_two_concepts_says_nothing() -> None:
    evidence = Evidence()
    labels = [{"name": "hound", "wnid": "n02084071"}, {"name": "Hound", "wnid": "n02088364"}]
    evidence.add(toy.label_set("a", *labels, {"name": "cur", "qid": "Q144"}).labels, LEXICON)
    assert evidence.names_at == Counter({("cur", DOG): 1})


def test_sure_and_specific_placements_are_anchors() -> None:
    evidence = Evidence()
    evidence.anchor("Snoopy", BEAGLE, 0.99, LEXICON)
    evidence.anchor("Rex", BEAGLE, 0.1, LEXICON)  # not sure enough
    evidence.anchor("It", LEXICON.index[toy.ANIMAL], 0.99, LEXICON)  # says nothing
    evidence.anchor("Snoopy", BEAGLE, 0.99, LEXICON)
    assert evidence.anchors == [("Snoopy", BEAGLE), ("Snoopy", BEAGLE)]


def test_names_and_unknown_ids_are_no_evidence() -> None:
    evidence = Evidence()
    evidence.add(toy.label_set("a", "dog", {"name": "x", "wnid": "n99999999"}).labels, LEXICON)
    assert evidence == Evidence()
