"""Names that are not quite those of a concept: misspelt, or with a last word too many."""

from __future__ import annotations

import pytest

from labelsys.ids import Curie
from labelsys.match.candidates import exact_candidates, exact_forms
from labelsys.match.forms import Form, FormKind
from labelsys.match.lexicon import Lexicon
from labelsys.model import Concept, Label, Name
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()
NAME, SYNONYM = FormKind.NAME, FormKind.SYNONYM
SPELLING, REDUNDANT = FormKind.SPELLING, FormKind.REDUNDANT


def label(name: str, *synonyms: str) -> Label:
    return Label(label_set="x", label_id="1", name=name, synonyms=synonyms)


def exact(name: str, *synonyms: str) -> list[tuple[str, FormKind]]:
    return [(form.text, form.kind) for form in exact_forms(label(name, *synonyms), LEXICON)]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("dachshnud", "dachshund"),  # two letters swapped
        ("beagel", "beagle"),  # the last two
        ("dachshun", "dachshund"),  # one dropped at the end
        ("dachsund", "dachshund"),  # ... or inside
        ("dacchshund", "dachshund"),  # one too many inside
        ("beaglee", "beagle"),  # ... or at the end
        ("daxhshund", "dachshund"),  # another one inside
        ("dachshunt", "dachshund"),  # ... or at the end
        ("poodl", "poodle"),  # five letters are enough
        ("domesitc dog", "domestic dog"),
        ("computer mosue", "computer mouse"),
        ("Beagel (dog)", "beagle"),
        ("geesse", "geese"),
    ],
)
def test_one_letter_of_one_unknown_word_may_be_wrong(name: str, form: str) -> None:
    assert exact(name) == [(form, SPELLING)]


@pytest.mark.parametrize(
    "name",
    [
        "bachshund",  # the first letter is always right
        "achshund",
        "adchshund",
        "xdachshund",
        "dahcsgund",  # two slips
        "beagels",
        "physical ojbcet",
        "domesitc odg",  # two unknown words
        "domesitc unicorn",
        "calv",  # too short
        "domestic dgo",
        "beagl3",  # no word
        "domesitc beast",  # no name
        "dog beast",  # every word known
        "poodled",  # a participle is no slip for a noun
        "beagling",
    ],
)
def test_other_slips_are_not_guessed_at(name: str) -> None:
    assert exact(name) == []


def test_all_names_that_one_letter_leads_to_are_found_by_name() -> None:
    names = tuple(Name(text=text) for text in ("poser", "poker", "power", "loser", "pole"))
    lexicon = Lexicon([Concept(id=Curie("wd", "Q1"), pref_label="x", names=names)], [])
    forms = exact_forms(label("poler"), lexicon)
    assert forms == tuple(Form(text, SPELLING) for text in ("poker", "pole", "poser", "power"))


def test_spelling_of_what_is_known_or_of_a_synonym_is_not_questioned() -> None:
    names = tuple(Name(text=text) for text in ("poker", "power"))
    lexicon = Lexicon([Concept(id=Curie("wd", "Q1"), pref_label="x", names=names)], [])
    assert exact_forms(label("power"), lexicon) == (Form("power", NAME),)
    assert exact("Zyx", "dachshnud") == []
    assert exact("dachshnud", "beagle") == [("dachshund", SPELLING), ("beagle", SYNONYM)]


def exactly(name: str) -> dict[Curie, tuple[str, FormKind]]:
    candidates = exact_candidates(label(name), LEXICON)
    assert [c.concept for c in candidates] == sorted({c.concept for c in candidates})
    return {LEXICON.concepts[c.concept].id: (c.form.text, c.form.kind) for c in candidates}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("bow weapon", toy.BOW_WEAPON),  # a weapon lies above it, and it is defined as one
        ("Mouse_Rodent", toy.MOUSE),  # defined as one: no rodent is above
        ("mouse device", toy.COMPUTER_MOUSE),  # a device is above: the definition has none
        ("crane-bird", toy.CRANE_BIRD),
        ("frank sausage (hot)", toy.FRANK),
        ("domestic dog mammal", toy.DOG),
    ],
)
def test_last_word_may_only_say_what_the_thing_is(name: str, meaning: Curie) -> None:
    *front, _ = name.split(" (", maxsplit=1)[0].lower().replace("_", " ").replace("-", " ").split()
    assert exactly(name) == {meaning: (" ".join(front), REDUNDANT)}


def test_only_the_next_kind_above_and_the_definition_s_own_noun_count() -> None:
    # all three bows are objects in the end, and one is defined by what it is part of
    assert exactly("bow object") == {}
    assert exactly("bow ship") == {}


@pytest.mark.parametrize(
    "name",
    [
        "bow animal",  # no bow is one
        "unicorn animal",
        "Stephen Crane person",  # a single thing
        "Portuguese Water Dog animal",  # not WordNet's name
        "calf calf",  # what is above, and not the thing itself
    ],
)
def test_last_word_that_says_something_else_stays(name: str) -> None:
    assert exactly(name) == {}


def test_whole_name_goes_before_what_is_left_of_it() -> None:
    assert exactly("poodle dog") == {toy.POODLE: ("poodle dog", NAME)}
    assert exactly("beagel") == {toy.BEAGLE: ("beagle", SPELLING)}
