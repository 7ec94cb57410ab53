"""What definitions begin with: the kind of thing that is defined."""

from __future__ import annotations

import pytest

from labelsys.match.forms import FormKind
from labelsys.match.genus import genus_forms, genus_text
from tests import lexicon_toy as toy

LEXICON = toy.lexicon()


@pytest.mark.parametrize(
    ("definition", "genus"),
    [
        # where it ends
        ("a small hound with drooping ears", "small hound"),
        ("an instrument used for cutting", "instrument"),
        ("somebody who studies physics", "somebody"),
        ("a device; it lifts loads", "device"),
        ("the young of cattle", "young"),
        ("a smooth sausage, often in a bread roll", "smooth sausage"),
        ("flat bread: a thin one", "flat bread"),
        ("a bird", "bird"),
        # where it begins
        ("any of various small freshwater fishes of Europe", "small freshwater fishes"),
        ("a kind of boat", "boat"),
        ("any of numerous kinds of small worms that dig", "small worms"),
        ("one of the two long bones between knee and foot", "two long bones"),
        ("a member of the cat family", "cat family"),
        ("Any of a large family of Old World birds", "old world birds"),
        ("a pair of shoes", "shoes"),
        ("several pieces of cloth worn together", "cloth"),
        # what is folded or left out
        ("(zoology) a worm in the soil", "worm"),
        ("a knot (as in a ribbon) with two loops", "knot"),
        ("a man's hat", "mans hat"),
        ("A Cr\u00e8me  Br\u00fbl\u00e9e of cream", "creme brulee"),
        # words are whole
        ("an inland asteroid", "inland asteroid"),
        ("a thespian", "thespian"),
    ],
)
def test_genus_is_what_a_definition_begins_with(definition: str, genus: str) -> None:
    assert genus_text(definition) == genus


@pytest.mark.parametrize(
    "definition", ["", " ", ";", "; a dog", "()", "(a dog)", "made by people", "of dogs", "?!"]
)
def test_definition_that_does_not_begin_with_a_thing_has_no_genus(definition: str) -> None:
    assert genus_text(definition) == ""
    assert genus_forms(definition, LEXICON) == ()


@pytest.mark.parametrize("definition", ["the", "a kind of", "any of several"])
def test_beginning_that_nothing_follows_names_nothing_known(definition: str) -> None:
    assert genus_forms(definition, LEXICON) == ()


def test_forms_of_the_genus_are_its_ends_the_longest_first() -> None:
    def forms(definition: str) -> list[tuple[str, FormKind, float]]:
        return [(form.text, form.kind, form.share) for form in genus_forms(definition, LEXICON)]

    head = FormKind.HEAD
    assert forms("a hot dog in a roll") == [("hot dog", head, 1.0), ("dog", head, 0.5)]
    assert forms("any of several large worms") == [("worm", head, 0.5)]
    assert forms("a very tall water bird of marshes") == [("bird", head, 0.25)]
    assert forms("a unicorn of the woods") == []
