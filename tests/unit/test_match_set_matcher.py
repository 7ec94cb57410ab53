"""Whole label sets on the toy lexicon, with rankers whose sums can be done by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.ids import ROOT, Curie
from labelsys.match.candidates import exact_candidates
from labelsys.match.evidence import Evidence
from labelsys.match.label_set import SetMatcher
from labelsys.match.label_text import encoded_text, label_text
from labelsys.match.lexicon import Lexicon
from labelsys.match.open_label import OpenLabel
from labelsys.match.rank import FEATURES_OF, Ranker
from labelsys.merge.top_classes import TopClasses
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Sense
from labelsys.tables import read_table
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from labelsys.match.result import LabelMatch

LEXICON = toy.lexicon()


def ranker(task: str = "names", /, **weights: float) -> Ranker:
    assert weights.keys() <= FEATURES_OF[task].keys()
    values = np.array([weights.get(name, 0.0) for name in FEATURES_OF[task]])
    return Ranker(name="by hand", weights=values, fingerprint="")


def places(**chances: float) -> Ranker:
    """A place with a column of these weighs so much; others weigh nothing, and none of all 1."""
    known = {name: math.log(weight) + 30 for name, weight in chances.items()}
    return ranker("places", nothing=-30.0, **known)


# A first sense weighs 4, any other one a half, `nothing fits` 1.
NAMES = ranker(first_sense=math.log(8), nothing=-math.log(2))
# A head's first sense weighs 9, any other one 1, `none of these` 1; what the definition begins
# with and the dataset's superclass weigh 3, a place that nothing of this leads to nothing.
PLACES = places(head=1, genus=3, parent=3)
PLACES.weights[list(FEATURES_OF["places"]).index("first_sense")] = math.log(9)
# Nothing goes further down.
STAY = ranker("steps", nothing=-30.0)


def test_set_is_not_ranked_by_what_has_learnt_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[frozenset[str]] = []

    def load(task: str, *, with_vectors: bool, taught_by: frozenset[str]) -> Ranker:
        asked.append(taught_by)
        return {"names": NAMES, "places": PLACES, "steps": STAY}[task]

    monkeypatch.setattr("labelsys.match.label_set.load_ranker", load)
    made = SetMatcher(LEXICON, Evidence(), taught_by=frozenset({"lvis", "pets"}))
    for id_, expected in (("x1", {"lvis", "pets"}), ("lvis", {"pets"}), ("pets", {"lvis"})):
        asked.clear()
        made.match(toy.label_set(id_, "dog"))
        assert set(asked) == {frozenset(expected)}


def matcher(
    evidence: Evidence | None = None,
    *,
    names: Ranker = NAMES,
    places: Ranker = PLACES,
    hidden: frozenset[str] = frozenset(),
) -> SetMatcher:
    return SetMatcher(LEXICON, evidence or Evidence(), hidden=hidden, rankers=(names, places))


def one(*labels: str | Mapping[str, object], title: str = "", **how: bool) -> LabelMatch:
    """Match a set and return the match of its last label."""
    return matcher().match(toy.label_set("x1", *labels, title=title), **how)[-1]


def guesses(match: LabelMatch, lexicon: Lexicon = LEXICON) -> list[tuple[Curie, float]]:
    return [(lexicon.concepts[g.concept].id, g.score) for g in match.guesses]


def place(match: LabelMatch) -> tuple[str, str | None, Curie | None]:
    best = guesses(match)[0][0] if match.guesses else None
    return match.strategy, match.relation, best


def test_given_id_is_the_answer_whatever_the_name() -> None:
    match = one({"name": "unicorn", "wnid": "n02088364"})
    assert place(match) == ("id", "exact", toy.BEAGLE)
    assert match.confidence is not None
    assert match.confidence > 0.95
    assert (match.match_string, match.reason) == ("n02088364", "the label set gives its wnid")


def test_names_only_reads_no_ids() -> None:
    given = {"name": "poodle", "wnid": "n02088364", "synset": "beagle.n.01", "qid": "Q144"}
    assert place(one(given)) == ("id", "exact", toy.BEAGLE)
    match = one(given, names_only=True)
    assert place(match) == ("name", "exact", toy.POODLE)
    assert match.findings == ()


def test_name_with_one_meaning() -> None:
    match = one("Poodles")
    assert place(match) == ("name", "exact", toy.POODLE)
    assert guesses(match) == [(toy.POODLE, 0.8)]  # 4 of 4 + 1
    assert match.confidence == 0.8
    assert (match.match_string, match.reason) == ("poodle", "inflected 'poodle'")
    assert match.similarity is None


def test_meanings_of_a_name_are_ranked_and_ties_go_by_id() -> None:
    # knot 4, ship and weapon a half, nothing 1: of 6
    weapon_before_ship = [
        (toy.BOW_KNOT, 0.6667),
        (toy.BOW_WEAPON, 0.0833),
        (toy.BOW_OF_SHIP, 0.0833),
    ]
    match = one("bow")
    assert guesses(match) == weapon_before_ship
    assert match.confidence == 0.6667


def test_ten_guesses_at_most() -> None:
    concepts = [Concept(id=ROOT, pref_label="entity")]
    for n in range(1, 13):
        name = Name(text="thing", sense=Sense(number=n, count=0, lex_id=0))
        concepts.append(Concept(id=Curie("wn30", f"{n + 9:08d}-n"), pref_label="x", names=(name,)))
    lexicon = Lexicon(concepts, [Edge(c.id, ROOT) for c in concepts[1:]])
    by_rank = ranker(sense_rank=5.0, nothing=1.0)
    found = SetMatcher(lexicon, Evidence(), rankers=(by_rank, PLACES)).match(
        toy.label_set("x1", "thing")
    )
    assert [id_ for id_, _ in guesses(found[0], lexicon)] == [
        f"wn30:{n + 9:08d}-n" for n in range(1, 11)
    ]


def test_name_that_likely_fits_nothing_falls_back_to_its_head() -> None:
    # the sausage, a third sense: a half of 1.5; the head, a dog: 9 of 9 + 1 + 1
    match = one("hot dog")
    assert place(match) == ("head", "broader", toy.DOG)
    assert guesses(match) == [(toy.DOG, 0.8182), (toy.FRANK, 0.0909)]
    assert (match.match_string, match.reason) == ("dog", "head 'dog'")


def test_even_odds_are_enough_for_a_name() -> None:
    even = matcher(names=ranker())
    assert place(even.match(toy.label_set("x1", "hot dog"))[0]) == ("name", "exact", toy.FRANK)


def test_unknown_name_with_a_head() -> None:
    match = one("Spiral Tube Worm")
    assert place(match) == ("head", "broader", toy.WORM)
    assert match.confidence == 0.9


def test_unlikely_head_is_taken_only_if_it_is_not_too_unlikely() -> None:
    def placed(weight: float) -> LabelMatch:
        own = matcher(places=places(head=weight))
        return own.match(toy.label_set("x1", "spiral worm"))[0]

    assert place(placed(0.25)) == ("head", "broader", toy.WORM)
    assert placed(0.25).confidence == 0.2  # a quarter of 1.25
    assert place(placed(0.15)) == ("none", None, toy.WORM)  # 0.13: a guess for whoever reviews it


def test_head_and_parent_are_weighed_together() -> None:
    def placed(head: float, parent: float) -> tuple[str, str | None, Curie | None]:
        own = matcher(places=places(head=head, parent=parent))
        return place(own.match(toy.label_set("x1", {"name": "tube worm", "parent": "Birds"}))[0])

    assert placed(5, 1) == ("head", "broader", toy.WORM)
    assert placed(1, 5) == ("parent", "broader", toy.BIRD)


def test_published_parent_is_a_broader_concept() -> None:
    match = one({"name": "Ellobium", "parent": "Birds"})
    assert place(match) == ("parent", "broader", toy.BIRD)
    assert match.confidence == 0.75  # 3 of 3 + 1
    assert (match.match_string, match.reason) == ("", "the dataset's superclass")


def test_meanings_of_a_parent_share_its_weight() -> None:
    # bird and machine 3 each, none 1: alike, so the lower id; the writer is a single thing
    match = one({"name": "Ellobium", "parent": "crane"})
    assert place(match) == ("parent", "broader", toy.CRANE_BIRD)
    assert guesses(match) == [(toy.CRANE_BIRD, 0.4286), (toy.CRANE_MACHINE, 0.4286)]


@pytest.mark.parametrize("parent", ["Misc", "", "Stephen Crane", "object"])
def test_parent_that_is_no_known_class_or_too_general_says_nothing(parent: str) -> None:
    match = one({"name": "Ellobium", "parent": parent})
    assert place(match) == ("none", None, None)


def test_definition_says_what_a_label_is() -> None:
    match = one({"name": "Ellobium", "description": "any of several small birds of Asia"})
    assert place(match) == ("head", "broader", toy.BIRD)
    assert match.confidence == 0.75
    assert (match.match_string, match.reason) == ("bird", "defined as 'bird'")
    assert place(one({"name": "Ellobium", "description": "it lives in Asia"}))[0] == "none"


def test_names_that_begin_alike_say_where_a_label_lies() -> None:
    # computer mouse and computer worm are devices
    own = matcher(places=places(same_start=1))
    match = own.match(toy.label_set("x1", "computer zyx"))[0]
    assert place(match) == ("neighbours", "broader", toy.DEVICE)
    assert match.confidence == 0.5
    assert match.reason == "its nearest concepts and names like it lie here"


def test_labels_that_other_sets_placed_say_where_names_like_them_lie() -> None:
    evidence = Evidence()
    own = matcher(evidence, places=places(same_start=3))
    zyx = toy.label_set("x1", "Zyx-Beta")
    assert place(own.match(zyx)[0]) == ("none", None, None)
    evidence.anchor("ZYX alpha", LEXICON.index[toy.BEAGLE], 0.9, LEXICON)
    match = own.match(zyx)[0]
    assert place(match) == ("neighbours", "broader", toy.BEAGLE)
    assert match.confidence == 0.75
    # once, however often sets are matched
    evidence.anchor("Zyx Gamma", LEXICON.index[toy.DACHSHUND], 0.9, LEXICON)
    fresh = matcher(evidence, places=places(same_start=3))
    assert own.match(zyx) == own.match(zyx) == fresh.match(zyx)


def test_title_gives_a_label_without_any_other_place_its_theme() -> None:
    match = one("Zyx", title="A hundred dogs")
    assert place(match) == ("theme", "broader", toy.DOG)
    assert match.confidence is not None
    assert 0.4 < match.confidence < 0.8
    assert place(one("Zyx", title="A hundred")) == ("none", None, None)


BIRDS = [{"name": n, "wnid": w} for n, w in [("sparrow", "n01539573"), ("goose", "n01855672")] * 5]


def test_theme_of_what_is_placed_keeps_heads_within_it() -> None:
    match = one(*BIRDS, "garden bow", "blue goose", "Zyx")
    assert place(match) == ("theme", "broader", toy.BIRD)
    bow, goose, _ = matcher().match(toy.label_set("x1", *BIRDS, "garden bow", "blue goose", "Zyx"))[
        -3:
    ]
    assert place(bow) == ("theme", "broader", toy.BIRD)  # no bow is a bird
    assert place(goose) == ("head", "broader", toy.GOOSE)


def test_name_of_what_nothing_of_the_theme_can_be_is_taken_back() -> None:
    flock = BIRDS * 2  # one in twenty may be something else
    assert place(one("ship")) == ("name", "exact", toy.SHIP)
    assert place(one(*flock, "ship")) == ("theme", "broader", toy.BIRD)
    assert place(one(*flock, "ship", independent=True)) == ("name", "exact", toy.SHIP)
    # a calf is no bird, but an animal
    assert place(one(*flock, "calf")) == ("name", "exact", toy.CALF)
    # ids that are given are taken at their word
    given = {"name": "boat", "wnid": f"n{toy.SHIP.local_id[:8]}"}
    assert place(one(*flock, given)) == ("id", "exact", toy.SHIP)


def test_theme_that_is_a_declared_class_takes_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "disjoint.tsv"
    path.write_text(f"a\ta_name\tb\tb_name\n{toy.BIRD}\tbird\t{toy.VEHICLE}\tvehicle\n")
    wide = TopClasses(read_table(path))
    monkeypatch.setattr("labelsys.match.label_set.load_top_classes", lambda: wide)
    assert place(one(*BIRDS * 2, "Zyx")) == ("theme", "broader", toy.BIRD)
    assert place(one(*BIRDS * 2, "ship")) == ("name", "exact", toy.SHIP)


def test_other_meanings_remain_when_some_are_ruled_out() -> None:
    mouse, computer_mouse = LEXICON.index[toy.MOUSE], LEXICON.index[toy.COMPUTER_MOUSE]
    label = Label(label_set="x1", label_id="1", name="mouse")
    item = OpenLabel(label, 0, (), is_read=True, candidates=exact_candidates(label, LEXICON))
    assert [c.concept for c in item.candidates] == [mouse, computer_mouse]
    item.chances = np.array([0.7, 0.2])
    item.similarity = np.array([0.3, 0.6], dtype=np.float32)
    item.keep_to({computer_mouse, LEXICON.index[toy.DOG]})
    assert item.match is not None
    assert [(g.concept, g.score) for g in item.match.guesses] == [(computer_mouse, 0.6667)]
    assert (item.match.confidence, item.match.similarity) == (0.6667, 0.6)
    item.keep_to({mouse})
    assert item.candidates == ()
    assert not item.is_named


def test_too_general_a_theme_is_none() -> None:
    dogs_and_birds = [{"name": "x", "wnid": w} for w in ("n02088364", "n01855672") * 5]
    assert place(one(*dogs_and_birds, "Zyx")) == ("none", None, None)  # animals: depth 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [("background", "background, not a thing"), ("__Empty__", "nothing is in the picture")],
)
def test_name_of_no_thing_is_excluded_with_its_reason(name: str, reason: str) -> None:
    match = one(name)
    assert (match.strategy, match.relation, match.guesses) == ("excluded", None, ())
    assert match.reason == reason
    assert match.confidence is None


def test_given_id_goes_before_an_excluded_name() -> None:
    assert place(one({"name": "empty", "synset": "dog.n.01"})) == ("id", "exact", toy.DOG)


def test_label_that_nothing_fits_keeps_its_guesses_for_review() -> None:
    weak = matcher(names=ranker(nothing=-3.0), places=ranker("places"))
    match = weak.match(toy.label_set("x1", "dachshund"))[0]
    assert (match.strategy, match.relation) == ("none", None)
    share = round(math.exp(-3) / (1 + math.exp(-3)), 4)
    assert guesses(match) == [(toy.DACHSHUND, share)]
    assert match.confidence == share
    assert match.reason == "no concept, head or neighbour fits well enough"
    unknown = one("Zyx")
    assert (unknown.guesses, unknown.confidence, unknown.match_string) == ((), None, "")


def test_every_label_has_one_match_in_the_set_s_order() -> None:
    names = ["Zyx", "poodle", "empty", "spiral worm", "poodle", "???"]
    labels = toy.label_set("x1", *names, {"name": "x", "qid": "Q144"})
    found = matcher().match(labels)
    assert tuple(m.label for m in found) == labels.labels
    assert [m.strategy for m in found] == [
        *("none", "name", "excluded", "head", "name", "none", "id")
    ]


def test_empty_set_has_no_matches() -> None:
    assert matcher().match(LabelSet(id="x1", labels=())) == ()


LEXNAME = ranker(set_lexname=1.0)
ANIMALS = ["beagle", "bulldog", "sparrow", "goose", "earthworm"]


def test_rest_of_the_set_tells_meanings_apart() -> None:
    by_set = matcher(names=LEXNAME)
    crane = by_set.match(toy.label_set("x1", *ANIMALS, "crane"))[-1]
    # Five of five or six are animals: the bird has at least log(5/6 + 0.05) + 3, machine and
    # writer have log(1/6 + 0.05) + 3 between them at most.
    (first, chance), *_ = guesses(crane)
    bird, others = math.exp(3) * (5 / 6 + 0.05), math.exp(3) * (1 / 6 + 2 * 0.05)
    assert first == toy.CRANE_BIRD
    assert chance >= round(bird / (bird + others + 1), 4)
    machines = [f"{name}" for name in ("ship", "car", "vehicle", "club", "device")]
    crane = by_set.match(toy.label_set("x1", *machines, "crane"))[-1]
    assert guesses(crane)[0][0] == toy.CRANE_MACHINE


def test_given_ids_of_the_set_count_for_it_too() -> None:
    given = [{"name": "x", "wnid": w} for w in ("n02958343", "n04194289", "n03183080") * 2]
    crane = matcher(names=LEXNAME).match(toy.label_set("x1", *given, "crane"))[-1]
    assert guesses(crane)[0][0] == toy.CRANE_MACHINE


def test_independent_labels_say_nothing_of_each_other() -> None:
    whole = toy.label_set("dogs", *ANIMALS, "crane", "Zyx", title="Dogs")
    together = matcher(names=LEXNAME).match(whole, independent=True)
    alone = [
        matcher(names=LEXNAME).match(replace(whole, labels=(label,)), independent=True)[0]
        for label in whole.labels
    ]
    assert list(together) == alone
    # three meanings and nothing, all alike
    assert [score for _, score in guesses(together[-2])] == [0.25, 0.25, 0.25]
    assert place(together[-1]) == ("none", None, None)


def test_other_sets_ids_are_evidence() -> None:
    evidence = Evidence()
    given = [{"name": "Crane", "wnid": "n03126707"}, {"name": "tipper", "wnid": "n02958343"}]
    evidence.add(toy.label_set("e", *given).labels, LEXICON)
    by_name = matcher(evidence, names=ranker(given_name=math.log(9)))
    crane = by_name.match(toy.label_set("x1", "cranes"))[0]
    assert guesses(crane)[0] == (toy.CRANE_MACHINE, 0.75)  # 9 of 9 + 1 + 1 + 1
    by_set = matcher(evidence, names=ranker(given_here=math.log(9) / math.log(2)))
    assert guesses(by_set.match(toy.label_set("x1", "crane"))[0])[0] == (toy.CRANE_MACHINE, 0.75)


def test_qualifiers_and_parent_speak_for_a_meaning() -> None:
    above = matcher(names=ranker(qualifier_above=math.log(9)))
    found = above.match(
        toy.label_set(
            "x1",
            "crane_(bird)",
            {"name": "crane", "parent": "Device"},
            "Calf (Body Part)",
            "bow (weapon)",
        )
    )
    best = [guesses(match)[0][0] for match in found]
    assert best == [toy.CRANE_BIRD, toy.CRANE_MACHINE, toy.CALF_OF_LEG, toy.BOW_WEAPON]


def test_wrong_id_is_a_finding_and_the_name_decides() -> None:
    match = one({"name": "poodle", "synset": "poodle.n.07"})
    assert place(match) == ("name", "exact", toy.POODLE)
    assert [(f.code, f.id) for f in match.findings] == [("W203", "x1:0")]
    for name in ("empty", "Zyx", "spiral worm"):
        match = one({"name": name, "synset": "poodle.n.07"})
        assert [f.code for f in match.findings] == ["W203"]


def test_hidden_id_is_no_finding_and_the_name_decides() -> None:
    hidden = matcher(hidden=frozenset({"wn30:99999999-n"}))
    match = hidden.match(toy.label_set("x1", {"name": "poodle", "wnid": "n99999999"}))[0]
    assert place(match) == ("name", "exact", toy.POODLE)
    assert match.findings == ()


def test_encoder_reads_the_other_names_of_a_label_too() -> None:
    label = Label(label_set="x", label_id="1", name="turtur_tympanistria")
    assert encoded_text(label) == "turtur tympanistria"
    named = replace(label, synonyms=("Turtur  tympanistria", "Tambourine dove"))
    assert encoded_text(named) == "turtur tympanistria, Tambourine dove"
    described = replace(named, description="a small dove")
    assert encoded_text(described) == "turtur tympanistria, Tambourine dove: a small dove"
    many = replace(label, name="a", synonyms=tuple("bcdefgh"))
    assert encoded_text(many) == "a, b, c, d, e, f"


def test_label_text_has_single_spaces() -> None:
    assert label_text(Label(label_set="x", label_id="1", name=" hot__dog  (food) ")) == (
        "hot dog (food)"
    )


def test_shipped_rankers_answer_every_label() -> None:
    labels = toy.label_set("x1", "poodle", "bow", "hot dog", "Spiral Tube Worm", "Zyx")
    found = SetMatcher(LEXICON, Evidence()).match(labels)
    assert tuple(match.label for match in found) == labels.labels
    assert all(match.confidence is None or 0 <= match.confidence <= 1 for match in found)
    assert toy.BOW_KNOT in [id_ for id_, _ in guesses(found[1])]


def test_superclass_is_trusted_half_as_far_as_parentheses() -> None:
    # Without a word on it, the bird and the machine are the same to this ranker.
    own = matcher(names=ranker(qualifier_is=2.0, nothing=9.0))
    said = own.match(toy.label_set("x1", "crane (device)"))[0]
    sorted_under = own.match(toy.label_set("x1", {"name": "crane", "parent": "device"}))[0]
    both = own.match(toy.label_set("x1", {"name": "crane (device)", "parent": "device"}))[0]
    assert guesses(said)[0][0] == guesses(sorted_under)[0][0] == toy.CRANE_MACHINE
    ratios = [match.guesses[0].score / match.guesses[1].score for match in (said, sorted_under)]
    assert ratios == pytest.approx([math.e**2, math.e], rel=0.01)
    assert both.guesses[0].score == said.guesses[0].score


def test_theme_goes_before_a_place_that_is_unlikely() -> None:
    own = matcher(names=ranker(nothing=-9.0), places=ranker("places", nothing=-1.0))
    alone = own.match(toy.label_set("x1", "big beagle"))[0]
    assert (place(alone), alone.confidence) == (("head", "broader", toy.BEAGLE), 0.2689)
    titled = replace(toy.label_set("x1", "big beagle"), title="Stanford Dogs")
    assert place(own.match(titled)[0]) == ("theme", "broader", toy.DOG)
    sure = matcher(names=ranker(nothing=-9.0), places=ranker("places", nothing=1.0))
    assert place(sure.match(titled)[0]) == ("head", "broader", toy.BEAGLE)
