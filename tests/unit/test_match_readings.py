"""What else a name may have to do with, on the toy lexicon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelsys.ids import ROOT, Curie
from labelsys.match import readings as module
from labelsys.match.readings import readings
from labelsys.match.result import Guess, LabelMatch
from labelsys.model import Label
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    import pytest

LEXICON = toy.lexicon()


def match(name: str, **fields: object) -> LabelMatch:
    values: dict[str, object] = {"relation": None, "strategy": "none", **fields}
    label = Label(label_set="x", label_id="1", name=name)
    return LabelMatch(label=label, **values)  # type: ignore[arg-type]  # a test names its fields


def read(name: str, **fields: object) -> list[Curie]:
    return [LEXICON.concepts[i].id for i in readings(match(name, **fields), LEXICON)]


def at(id_: Curie) -> int:
    return LEXICON.index[id_]


def test_ends_of_a_name_are_read_longer_ones_and_usual_senses_first() -> None:
    # A cutting board is a board; of the dogs, the animal is the first sense and the sausage the
    # fifth; what only Wikidata calls a worm comes after what WordNet does.
    assert read("big cutting board") == [toy.CHOPPING_BOARD, toy.BOARD]
    assert read("big dog") == [toy.DOG, toy.FRANK]
    assert read("big worm") == [toy.WORM, toy.COMPUTER_WORM]


def test_beginnings_come_after_the_ends() -> None:
    assert read("church bat") == [toy.BAT, toy.CLUB_BAT, toy.CHURCH]
    assert read("cutting board holder") == [toy.CHOPPING_BOARD]
    assert read("dogs of Berlin") == [toy.DOG, toy.FRANK]  # once, though read from both ends
    assert read("dog house (animal)") == [toy.ANIMAL, toy.DOG, toy.FRANK]  # a qualifier is an end


def test_what_lies_above_an_exact_answer_comes_first() -> None:
    beagle = {"relation": "exact", "strategy": "name", "guesses": (Guess(at(toy.BEAGLE), 1.0),)}
    assert read("beagle", **beagle) == [toy.DOG]
    assert read("old beagle", **{**beagle, "relation": "broader"}) == [toy.BEAGLE]
    root = {"relation": "exact", "strategy": "name", "guesses": (Guess(at(ROOT), 1.0),)}
    assert read("entity", **root) == []


def test_nearest_concepts_come_last_and_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    near = (at(toy.SHIP), at(toy.DOG), at(toy.CAR))
    assert read("big dog", near=near) == [toy.DOG, toy.FRANK, toy.SHIP, toy.CAR]
    monkeypatch.setattr(module, "_MOST_NEAR", 1)
    assert read("zyx", near=near) == [toy.SHIP]


def test_each_end_has_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_HEADS", 1)
    monkeypatch.setattr(module, "_MOST_FRONTS", 1)
    assert read("crane dog") == [toy.DOG, toy.CRANE_WRITER]


def test_what_stands_for_no_thing_is_not_read() -> None:
    assert read("empty dog", strategy="excluded") == []
    assert read("???") == read("zyx zyx") == []
