"""Which classes words link, and which wait in review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.model import Name
from labelsys.source.protocol import SourceData
from labelsys.source.wikidata.facts import Item
from labelsys.source.wikidata.linking import classes
from labelsys.source.wikidata.linking.classes import link_classes
from labelsys.source.wikidata.linking.exact import Answer, gather
from labelsys.source.wikidata.pulled import Claim
from tests.lexicon_toy import ANIMAL, CRANE_WRITER, DOG, POPPY, concepts, edges, lexicon

if TYPE_CHECKING:
    from labelsys.ids import Curie

BASE = SourceData(
    name="toy", version="1", fingerprint="", concepts=concepts(), edges=tuple(sorted(edges()))
)
LEXICON = lexicon()


def item(qid: str, label: str, *above: str) -> Item:
    claims = tuple(Claim("P279", qid) for qid in above)
    return Item(qid, label, (Name(text=label, kind="pref"),), "", claims)


def doubts(
    monkeypatch: pytest.MonkeyPatch, *said: tuple[Item, Curie, float], **synsets: Curie
) -> tuple[dict[str, str], dict[str, int]]:
    """Return QID -> doubt, and what was left, where the ranker says this."""
    answers = []
    for one, synset, confidence in said:
        found = gather([one], LEXICON).asked[0][1]
        best = next(f for f in found if LEXICON.concepts[f.concept].id == synset)
        answers.append(Answer(one, best, confidence, confidence))
    monkeypatch.setattr(classes, "rank", lambda *_: answers)
    items = {one.qid: one for one, _, _ in said}
    found_links = link_classes(list(items.values()), items, BASE, synsets)
    assert found_links.counts.adds_up
    assert found_links.counts.read == len(said)
    assert found_links.counts.kept == sum(link.is_accepted for link in found_links.links)
    return {x.item.qid: x.doubt for x in found_links.links}, dict(found_links.counts.skipped)


def test_the_surer_of_two_classes_is_the_synset(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [(item("Q1", "dog"), DOG, 0.95), (item("Q2", "dog"), DOG, 0.99)]
    found, left = doubts(monkeypatch, *said)
    assert found == {"Q1": "in review: the synset has another item", "Q2": ""}
    assert left == {"in review: the synset has another item": 1}


def test_of_two_as_sure_the_older_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [(item("Q10", "dog"), DOG, 0.99), (item("Q9", "dog"), DOG, 0.99)]
    assert doubts(monkeypatch, *said)[0]["Q9"] == ""


def test_a_synset_that_an_identifier_links_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = doubts(monkeypatch, (item("Q1", "dog"), DOG, 0.99), Q144=DOG)
    assert found == {"Q1": "in review: the synset has another item"}


def test_a_class_is_no_single_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = doubts(monkeypatch, (item("Q1", "Crane"), CRANE_WRITER, 0.99))
    assert found == {"Q1": "in review: a single thing in WordNet"}


@pytest.mark.parametrize(
    ("confidence", "doubt"),
    [
        (classes.ACCEPT, ""),
        (classes.ACCEPT - 0.01, classes.UNSURE),
        (classes.REVIEW, classes.UNSURE),
    ],
)
def test_thresholds_are_as_stated(
    monkeypatch: pytest.MonkeyPatch, confidence: float, doubt: str
) -> None:
    assert doubts(monkeypatch, (item("Q1", "poppy"), POPPY, confidence))[0] == {"Q1": doubt}


def test_what_is_unlikely_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found, left = doubts(monkeypatch, (item("Q1", "poppy"), POPPY, classes.REVIEW - 0.01))
    assert (found, left) == ({}, {"not likely enough": 1})


def test_the_shipped_model_answers_and_the_counts_add_up() -> None:
    asked = [item("Q1", "poodle", "Q144"), item("Q2", "no such thing"), item("Q3", "dog")]
    items = {one.qid: one for one in asked}
    found = link_classes(asked, items, BASE, {"Q144": DOG, "Q729": ANIMAL})
    assert found.counts.adds_up
    assert found.counts.skipped["no synset has its name"] == 1
    assert all(link.item.qid != "Q2" for link in found.links)
    assert not any(link.is_accepted and link.synset.id == DOG for link in found.links)


def test_no_class_is_no_link() -> None:
    found = link_classes([], {}, BASE, {})
    assert (found.links, found.counts.read) == ((), 0)
