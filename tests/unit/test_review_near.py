"""Near-synonyms by each of the four rules; concepts as in WordNet, fewer."""

from __future__ import annotations

import pytest

from labelsys.ids import ROOT, Curie
from labelsys.model import Concept, Edge, Label, Name, Sense
from labelsys.review.near import Near, find_near, name_key
from labelsys.review.stand import Stand, Surroundings
from labelsys.store.memory import MemoryStore, MemoryWriter


def wn(offset: str) -> Curie:
    return Curie("wn30", f"{offset}-n")


PHYSICAL, ARTIFACT, ANIMAL = wn("00001930"), wn("00021939"), wn("00015388")
TOOLS, WEAPON, DEVICE = wn("00000011"), wn("04565375"), wn("03183080")
PROJECTILE, MISSILE = wn("04008634"), wn("03773504")
SUNGLASSES, SUNGLASS = wn("04356056"), wn("04355933")
CRANE_BIRD, CRANE_MACHINE = wn("02012849"), wn("03126707")
LAPTOP, NOTEBOOK, COMPUTER = wn("03642806"), wn("03832673"), wn("03985232")
GUIDE_DOG, SEEING_EYE = wn("02109811"), wn("02109961")

# id, the concept above, lemmas, gloss
ROWS = (
    (ROOT, None, "entity", "whatever there is"),
    (PHYSICAL, ROOT, "physical entity", "whatever there is in space"),
    (ANIMAL, PHYSICAL, "animal", "it lives"),
    (ARTIFACT, PHYSICAL, "artifact", "people made it"),
    (TOOLS, ARTIFACT, "tool", "made for a use"),
    (WEAPON, TOOLS, "weapon, arm", "made for fights"),
    (DEVICE, TOOLS, "device", "made for a purpose"),
    (PROJECTILE, WEAPON, "projectile, missile", "it is thrown at a target"),
    (MISSILE, WEAPON, "missile", "a rocket with a warhead"),
    (SUNGLASSES, DEVICE, "sunglasses, shades", "dark spectacles"),
    (SUNGLASS, DEVICE, "sunglass", "a lens that lights fires"),
    (CRANE_BIRD, ANIMAL, "crane", "a tall wading bird"),
    (CRANE_MACHINE, DEVICE, "crane", "it lifts heavy loads"),
    (COMPUTER, DEVICE, "portable computer", "a computer to carry"),
    (LAPTOP, COMPUTER, "laptop", "a small computer for the lap"),
    (NOTEBOOK, COMPUTER, "notebook", "a small computer like a book"),
    (GUIDE_DOG, ANIMAL, "guide dog", "a dog trained to guide the blind"),
    (SEEING_EYE, GUIDE_DOG, "seeing eye dog", "dog that is trained to guide blind owners"),
)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    writer = MemoryWriter()
    writer.add_concepts(concept(id_, lemmas, gloss) for id_, _, lemmas, gloss in ROWS)
    writer.add_edges(Edge(id_, above) for id_, above, _, _ in ROWS if above is not None)
    writer.finish()
    return writer.store


def concept(id_: Curie, lemmas: str, gloss: str) -> Concept:
    names = tuple(
        Name(text=text, kind="alt" if n else "pref", sense=Sense(number=1, count=0, lex_id=0))
        for n, text in enumerate(lemmas.split(", "))
    )
    return Concept(id=id_, pref_label=names[0].text, names=names, gloss=gloss)


def around(store: MemoryStore, *rows: tuple[str, Curie | None]) -> Surroundings:
    stands = [
        Stand(Label(label_set="a", label_id=str(n), name=name), at, at is not None, 0.9)
        for n, (name, at) in enumerate(rows)
    ]
    return Surroundings(store, stands)


def pairs(found: list[Near]) -> list[tuple[str, str, str, str]]:
    return [(n.first.label.name, n.second.label.name, n.severity, n.reason) for n in found]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("sunglass", "sunglasses", True),
        ("Sun glasses", "sun-glass", True),
        ("berry", "berries", True),
        ("box", "boxes", True),
        ("church", "Churches", True),
        ("bus", "bu", True),  # a price of a rule without a dictionary; both must be classes
        ("glass", "glas", False),
        ("pies", "py", False),
        ("dress", "dres", False),
        ("dog", "dig", False),
    ],
)
def test_key_drops_plurals_and_spacing_only(a: str, b: str, *, same: bool) -> None:
    assert (name_key(a) == name_key(b)) is same


def test_names_that_differ_in_number_only(store: MemoryStore) -> None:
    found = find_near(around(store, ("sunglasses", SUNGLASSES), ("sunglass", SUNGLASS)))
    assert pairs(found) == [
        ("sunglasses", "sunglass", "high", "the names differ in number or spacing only")
    ]


def test_number_says_nothing_between_classes_that_share_nothing(store: MemoryStore) -> None:
    assert find_near(around(store, ("crane", CRANE_BIRD), ("cranes", CRANE_MACHINE))) == []


def test_name_of_one_is_a_name_of_the_other(store: MemoryStore) -> None:
    found = find_near(around(store, ("missile", MISSILE), ("projectile", PROJECTILE)))
    assert pairs(found) == [
        ("missile", "projectile", "high", "both are called 'missile', and are a kind of weapon")
    ]


def test_shared_name_that_neither_label_has_is_not_enough(store: MemoryStore) -> None:
    assert find_near(around(store, ("rocket", MISSILE), ("projectile", PROJECTILE))) == []


def test_homonyms_are_no_synonyms(store: MemoryStore) -> None:
    assert find_near(around(store, ("crane", CRANE_BIRD), ("crane", CRANE_MACHINE))) == []


def test_what_is_shared_must_say_something(store: MemoryStore) -> None:
    """A tool is the fourth level, an artifact the third: below that nothing is said."""
    writer = MemoryWriter()
    above = {**{id_: up for id_, up, _, _ in ROWS}, MISSILE: ARTIFACT}
    writer.add_concepts(concept(id_, lemmas, gloss) for id_, _, lemmas, gloss in ROWS)
    writer.add_edges(Edge(id_, up) for id_, up in above.items() if up is not None)
    writer.finish()
    rows = (("missile", MISSILE), ("projectile", PROJECTILE))
    assert len(find_near(around(store, *rows))) == 1
    assert find_near(around(writer.store, *rows)) == []


def test_only_kind_with_the_same_definition(store: MemoryStore) -> None:
    found = find_near(around(store, ("guide dog", GUIDE_DOG), ("seeing eye dog", SEEING_EYE)))
    # dog, trained, guide, blind of dog, trained, guide, blind, owners
    assert pairs(found) == [
        (
            *("guide dog", "seeing eye dog", "medium"),
            "'seeing eye dog' is the only kind of 'guide dog' that the sources know, and the "
            "definitions have the same words for the most",
        )
    ]


def test_cosine_counts_where_there_is_one(store: MemoryStore) -> None:
    rows = (("laptop", LAPTOP), ("notebook", NOTEBOOK))
    assert find_near(around(store, *rows)) == []
    assert find_near(around(store, *rows), lambda a, b: 0.82) == []
    asked = []

    def closeness(a: Curie, b: Curie) -> float:
        asked.append({a, b})
        return 0.83

    (found,) = find_near(around(store, *rows), closeness)
    assert asked == [{LAPTOP, NOTEBOOK}]
    assert (found.severity, found.reason) == (
        "low",
        "kinds of the same thing, and the definitions mean nearly the same (cosine 0.83)",
    )


def test_each_pair_is_told_once_in_the_set_s_order(store: MemoryStore) -> None:
    rows = (("missiles", PROJECTILE), ("missile", MISSILE), ("sunglass", SUNGLASS))
    found = find_near(around(store, *rows), lambda a, b: 1.0)
    assert [(n.first.label.name, n.second.label.name) for n in found] == [("missiles", "missile")]
    assert "number or spacing" in found[0].reason


def test_labels_without_a_concept_are_passed_over(store: MemoryStore) -> None:
    assert find_near(around(store, ("sunglass", None), ("sunglasses", SUNGLASSES))) == []
    assert find_near(around(store)) == []
