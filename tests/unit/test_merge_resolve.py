"""From matches to placements: decisions, shared Freebase ids, depth, thresholds, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from labelsys.audit.decisions import Decision, DecisionTable
from labelsys.config import MatchSettings
from labelsys.ids import ROOT, Curie
from labelsys.match.lexicon import Lexicon
from labelsys.match.result import Guess, LabelMatch, Strategy
from labelsys.merge.resolve import Group, Resolved, Resolver, group_members
from labelsys.model import Concept, Edge, Label
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Sequence

LEXICON = toy.lexicon()
EXACT, BROAD = "skos:exactMatch", "skos:broadMatch"
MID = "/m/0bt9lr"


def match(
    label_id: str,
    *guesses: tuple[Curie, float],
    name: str = "thing",
    relation: Literal["exact", "broader"] | None = "exact",
    strategy: Strategy = "name",
    reason: str = "because",
    confidence: float | None = None,
) -> LabelMatch:
    label_set, _, local_id = label_id.partition(":")
    return LabelMatch(
        label=Label(label_set=label_set, label_id=local_id, name=name),
        relation=relation,
        strategy=strategy,
        guesses=tuple(Guess(LEXICON.index[id_], score) for id_, score in guesses),
        confidence=confidence if confidence is not None else (guesses[0][1] if guesses else None),
        reason=reason,
    )


def broader(label_id: str, concept: Curie, name: str, score: float = 0.9) -> LabelMatch:
    return match(label_id, (concept, score), name=name, relation="broader", strategy="head")


def decide(
    number: int, action: str, label: str, concept: Curie | None = None, predicate: str | None = None
) -> Decision:
    return Decision(
        id=f"d{number}",
        at="2025-03-01T09:30:00Z",
        by="curator",
        action=action,
        subject_id=Curie.parse(label),
        predicate_id=predicate,
        object_id=concept,
        why="no thing" if action == "exclude" else "",
    )


def resolver(
    *decisions: Decision, settings: MatchSettings | None = None, lexicon: Lexicon = LEXICON
) -> Resolver:
    return Resolver(lexicon, settings or MatchSettings(), DecisionTable(decisions))


def resolve(given: LabelMatch, *decisions: Decision) -> Resolved:
    return next(resolver(*decisions).resolve([given]))


def where(answer: Resolved) -> tuple[str, Curie | None, str]:
    at = None if answer.concept is None else LEXICON.concepts[answer.concept].id
    return answer.kind, at, answer.how


# -- the ranked match -------------------------------------------------------------------------


def test_exact_match_stands_at_its_best_guess() -> None:
    given = match("a:1", (toy.DOG, 0.7), (toy.FRANK, 0.2))
    answer = resolve(given)
    assert where(answer) == ("exact", toy.DOG, "name")
    assert (answer.confidence, answer.reason, answer.group) == (0.7, "because", None)
    assert answer.match is given
    assert answer.label is given.label


def test_given_id_takes_the_confidence_of_its_match_and_not_the_score() -> None:
    given = match("a:1", (toy.DOG, 1.0), strategy="id", confidence=0.99)
    assert resolve(given).confidence == 0.99


@pytest.mark.parametrize(("score", "kind"), [(0.4, "exact"), (0.3999, "unplaced")])
def test_below_the_threshold_of_review_nothing_is_placed(score: float, kind: str) -> None:
    answer = resolve(match("a:1", (toy.DOG, score)))
    assert (answer.kind, answer.concept) == (kind, LEXICON.index[toy.DOG])
    if kind == "unplaced":
        assert (answer.how, answer.confidence) == ("none", None)
        assert answer.reason == "no candidate is likely enough"


def test_thresholds_are_those_of_the_recipe() -> None:
    strict = resolver(settings=MatchSettings(review=0.75))
    assert next(strict.resolve([match("a:1", (toy.DOG, 0.7))])).kind == "unplaced"


def test_excluded_match_keeps_its_reason() -> None:
    given = match("a:1", relation=None, strategy="excluded", reason="background, not a thing")
    answer = resolve(given)
    assert where(answer) == ("excluded", None, "excluded")
    assert answer.reason == "background, not a thing"


def test_match_that_asserts_nothing_is_unplaced_without_a_guess() -> None:
    given = match("a:1", (toy.DOG, 0.9), relation=None, strategy="none", reason="nothing fits")
    answer = resolve(given)
    assert where(answer) == ("unplaced", None, "none")
    assert answer.reason == "nothing fits"


@pytest.mark.parametrize(
    ("concept", "kind"),
    [(toy.ANIMAL, "unplaced"), (toy.BIRD, "broader"), (ROOT, "unplaced")],
)
def test_broader_concept_of_depth_three_says_nothing(concept: Curie, kind: str) -> None:
    answer = resolve(broader("a:1", concept, "Zyx"))
    assert (answer.kind, answer.concept) == (kind, LEXICON.index[concept])
    if concept == toy.ANIMAL:
        assert answer.reason == "'animal' is too general to say anything"
        assert answer.group is None


def test_exact_placement_may_be_of_any_depth() -> None:
    assert resolve(match("a:1", (toy.ANIMAL, 0.9))).kind == "exact"


def test_depth_of_the_recipe_counts() -> None:
    shallow = resolver(settings=MatchSettings(max_unplaced_depth=2))
    assert next(shallow.resolve([broader("a:1", toy.ANIMAL, "Zyx")])).kind == "broader"


# -- decisions --------------------------------------------------------------------------------


def test_accepted_exact_link_wins_over_everything() -> None:
    accept = decide(1, "accept", "a:1", toy.CAR, EXACT)
    for given in (
        match("a:1", (toy.DOG, 1.0), strategy="id", confidence=0.99),
        match("a:1", relation=None, strategy="excluded"),
        match("a:1", relation=None, strategy="none"),
    ):
        answer = resolve(given, accept)
        assert where(answer) == ("exact", toy.CAR, "decision")
        assert (answer.confidence, answer.reason) == (1.0, "a curator accepted it")


def test_accepted_broad_link_founds_a_concept() -> None:
    answer = resolve(match("a:1", (toy.DOG, 1.0)), decide(1, "accept", "a:1", toy.CAR, BROAD))
    assert where(answer) == ("broader", toy.CAR, "decision")
    assert answer.group == Group(
        key="thing", broader=[LEXICON.index[toy.CAR]], members=[answer.match.label]
    )


def test_accepted_item_is_the_synset_that_it_is_linked_to() -> None:
    given = match("a:1", (toy.CAR, 0.9))
    linked = decide(1, "accept", "a:1", Curie("wd", "Q144"), EXACT)
    assert where(resolve(given, linked)) == ("exact", toy.DOG, "decision")


@pytest.mark.parametrize("id_", ["wd:Q900002", "wd:Q5", "ls:aaaaaaaa"])
def test_accepted_concept_that_is_not_one_leaves_the_match(id_: str) -> None:
    accept = decide(1, "accept", "a:1", Curie.parse(id_), EXACT)
    assert where(resolve(match("a:1", (toy.CAR, 0.9)), accept)) == ("exact", toy.CAR, "name")


def test_rejected_guess_makes_way_for_the_next() -> None:
    given = match("a:1", (toy.DOG, 0.5), (toy.FRANK, 0.45))
    answer = resolve(given, decide(1, "reject", "a:1", toy.DOG))
    assert where(answer) == ("exact", toy.FRANK, "name")
    assert answer.confidence == 0.45


def test_rejection_of_one_predicate_leaves_the_others() -> None:
    given = match("a:1", (toy.DOG, 0.5), (toy.FRANK, 0.45))
    broad_only = decide(1, "reject", "a:1", toy.DOG, BROAD)
    assert where(resolve(given, broad_only))[1] == toy.DOG
    exact_only = decide(1, "reject", "a:1", toy.DOG, EXACT)
    assert where(resolve(given, exact_only))[1] == toy.FRANK


def test_unlikely_next_guess_is_not_placed() -> None:
    given = match("a:1", (toy.DOG, 0.9), (toy.FRANK, 0.1))
    answer = resolve(given, decide(1, "reject", "a:1", toy.DOG))
    assert where(answer) == ("unplaced", toy.FRANK, "none")


def test_every_guess_rejected() -> None:
    answer = resolve(match("a:1", (toy.DOG, 0.9)), decide(1, "reject", "a:1", toy.DOG))
    assert where(answer) == ("unplaced", None, "none")
    assert answer.reason == "a curator rejected every candidate"


def test_rejected_given_id_is_not_used() -> None:
    given = match("a:1", (toy.DOG, 1.0), strategy="id", confidence=0.99)
    assert resolve(given, decide(1, "reject", "a:1", toy.DOG)).kind == "unplaced"


def test_excluded_by_a_curator() -> None:
    answer = resolve(match("a:1", (toy.DOG, 0.9)), decide(1, "exclude", "a:1"))
    assert where(answer) == ("excluded", None, "decision")
    assert answer.reason == "no thing"


def test_decision_on_another_label_says_nothing() -> None:
    answer = resolve(match("a:1", (toy.DOG, 0.9)), decide(1, "exclude", "a:2"))
    assert answer.kind == "exact"


# -- the same Freebase id in several sets -----------------------------------------------------


def twice(second: LabelMatch, *decisions: Decision, first: LabelMatch | None = None) -> Resolved:
    both = resolver(*decisions)
    list(both.resolve([first or match(f"a:{MID}", (toy.DOG, 0.8))]))
    return next(both.resolve([second]))


def test_shared_mid_stands_where_the_earlier_set_put_it() -> None:
    answer = twice(match(f"b:{MID}", (toy.CAR, 0.95)))
    assert where(answer) == ("exact", toy.DOG, "mid")
    assert (answer.confidence, answer.reason) == (0.8, f"the same Freebase id as a:{MID}")


def test_shared_mid_places_a_label_that_nothing_else_does() -> None:
    answer = twice(match(f"b:{MID}", relation=None, strategy="none"))
    assert where(answer) == ("exact", toy.DOG, "mid")


def test_shared_mid_joins_the_group() -> None:
    answer = twice(
        match(f"b:{MID}", name="Other"), first=broader(f"a:{MID}", toy.WORM, "Tube worm")
    )
    assert where(answer) == ("broader", toy.WORM, "mid")
    assert answer.group is not None
    assert [label.id for label in answer.group.members] == [f"a:{MID}", f"b:{MID}"]


def test_given_id_goes_before_a_shared_mid() -> None:
    given = match(f"b:{MID}", (toy.CAR, 1.0), strategy="id", confidence=0.99)
    assert where(twice(given)) == ("exact", toy.CAR, "id")


def test_decision_goes_before_a_shared_mid() -> None:
    given = match(f"b:{MID}", (toy.CAR, 0.9))
    accept = decide(1, "accept", f"b:{MID}", toy.SHIP, EXACT)
    assert where(twice(given, accept)) == ("exact", toy.SHIP, "decision")
    reject = decide(1, "reject", f"b:{MID}", toy.DOG)
    assert where(twice(given, reject)) == ("exact", toy.CAR, "name")


def test_first_of_several_sets_counts_for_a_mid() -> None:
    both = resolver()
    list(both.resolve([match(f"a:{MID}", (toy.DOG, 0.8))]))
    given = match(f"b:{MID}", (toy.CAR, 1.0), strategy="id", confidence=0.99)
    list(both.resolve([given]))
    assert where(next(both.resolve([match(f"c:{MID}")])))[1] == toy.DOG


@pytest.mark.parametrize(
    "first",
    [
        match(f"a:{MID}", (toy.DOG, 0.1)),
        match(f"a:{MID}", relation=None, strategy="excluded"),
    ],
)
def test_earlier_label_without_a_place_shares_nothing(first: LabelMatch) -> None:
    assert where(twice(match(f"b:{MID}", (toy.CAR, 0.9)), first=first))[1] == toy.CAR


@pytest.mark.parametrize("local_id", ["18", "n02084071", "/x/0bt9lr", "/m/", "/m/0BT", "m/0bt9lr"])
def test_other_ids_that_are_the_same_mean_nothing(local_id: str) -> None:
    first = match(f"a:{local_id}", (toy.DOG, 0.8))
    assert where(twice(match(f"b:{local_id}", (toy.CAR, 0.9)), first=first))[1] == toy.CAR


# -- groups -----------------------------------------------------------------------------------


def groups(*matches: LabelMatch, lexicon: Lexicon = LEXICON) -> list[list[str]]:
    """Resolve each match as a set of its own; return the groups' label ids."""
    one = resolver(lexicon=lexicon)
    for given in matches:
        list(one.resolve([given]))
    return [[str(id_) for id_, _ in members] for members in group_members(one.groups)]


def test_same_name_under_the_same_concept_is_one_new_concept() -> None:
    found = groups(
        broader("a:1", toy.WORM, "Spiral Tube Worm"),
        broader("b:7", toy.WORM, "spiral_tube_worm"),
        broader("b:8", toy.WORM, "Flat Worm"),
    )
    assert found == [["a:1", "b:7"], ["b:8"]]


def test_same_name_above_or_below_is_one_new_concept() -> None:
    assert groups(broader("a:1", toy.WORM, "X"), broader("b:1", toy.EARTHWORM, "X")) == [
        ["a:1", "b:1"]
    ]
    assert groups(broader("a:1", toy.EARTHWORM, "X"), broader("b:1", toy.WORM, "X")) == [
        ["a:1", "b:1"]
    ]


def test_same_name_in_another_branch_is_another_concept() -> None:
    found = groups(
        broader("a:1", toy.WORM, "Jaguar"),
        broader("b:1", toy.CAR, "Jaguar"),
        broader("c:1", toy.CAR, "Jaguar"),
    )
    assert found == [["a:1"], ["b:1", "c:1"]]


def chain(length: int) -> Lexicon:
    """A chain under the root of this length, and two siblings at its end (the last two ids)."""
    ids = [Curie("wn30", f"{n:08d}-n") for n in range(2001, 2003 + length)]
    line, siblings = ids[:length], ids[length:]
    edges = [Edge(low, high) for low, high in zip(line, [ROOT, *line], strict=False)]
    edges += [Edge(sibling, line[-1]) for sibling in siblings]
    return Lexicon([Concept(id=id_, pref_label="x") for id_ in (ROOT, *ids)], edges)


@pytest.mark.parametrize(("depth", "together"), [(5, False), (6, True)])
def test_siblings_are_one_branch_where_what_they_share_is_specific(
    depth: int, *, together: bool
) -> None:
    lexicon = chain(depth)
    siblings = [len(lexicon) - 2, len(lexicon) - 1]
    assert {int(lexicon.depth[i]) for i in siblings} == {depth + 1}
    matches = [
        LabelMatch(
            label=Label(label_set=set_id, label_id="1", name="X"),
            relation="broader",
            strategy="head",
            guesses=(Guess(concept, 0.9),),
            confidence=0.9,
        )
        for set_id, concept in zip("ab", siblings, strict=True)
    ]
    assert len(groups(*matches, lexicon=lexicon)) == (1 if together else 2)


def test_names_of_nothing_but_signs_are_not_one_name() -> None:
    found = groups(broader("a:1", toy.WORM, "???"), broader("b:1", toy.WORM, "!"))
    assert found == [["a:1"], ["b:1"]]
    assert groups(broader("a:1", toy.WORM, "???"), broader("b:1", toy.WORM, "???")) == [
        ["a:1", "b:1"]
    ]


def test_group_members_are_ids_and_names_founder_first() -> None:
    one = resolver()
    given: Sequence[LabelMatch] = [
        broader("a:1", toy.WORM, "Tube Worm"),
        broader("a:2", toy.WORM, "tube-worm"),
    ]
    answers = list(one.resolve(given))
    assert answers[0].group is answers[1].group is one.groups[0]
    assert group_members(one.groups) == [
        [(Curie("a", "1"), "Tube Worm"), (Curie("a", "2"), "tube-worm")]
    ]


def test_answers_keep_the_order_of_the_set() -> None:
    one = resolver()
    given = [match(f"a:{n}", (toy.DOG, 0.9)) for n in range(5)]
    assert [answer.match for answer in one.resolve(given)] == given


# -- where a group lies -----------------------------------------------------------------------

# Under it, two kinds of mammal are one branch.
SHALLOW = MatchSettings(max_unplaced_depth=1)


def settle(*matches: LabelMatch, decisions: Sequence[Decision] = ()) -> list[Resolved]:
    """Resolve each match as a set of its own, all in one group; return what they agree on."""
    one = resolver(*decisions, settings=SHALLOW)
    answers = [answer for given in matches for answer in one.resolve([given])]
    settled = one.settle(answers)
    assert len(one.groups) == 1
    assert [answer.match for answer in settled] == list(matches)
    return settled


def above(answers: Sequence[Resolved]) -> list[Curie]:
    group = answers[0].group
    assert group is not None
    return [LEXICON.concepts[i].id for i in group.broader]


def test_deepest_accepted_place_is_the_groups() -> None:
    answers = settle(
        broader("a:1", toy.WORM, "X"),
        broader("b:1", toy.EARTHWORM, "X", 0.85),
        broader("c:1", toy.EARTHWORM, "X", 0.95),
    )
    assert above(answers) == [toy.EARTHWORM]
    assert [where(answer) for answer in answers] == [
        ("broader", toy.WORM, "head"),
        ("broader", toy.EARTHWORM, "head"),
        ("broader", toy.EARTHWORM, "head"),
    ]


def test_member_that_lies_elsewhere_follows_and_says_whom() -> None:
    _, second = settle(broader("a:1", toy.DOG, "X", 0.9), broader("b:1", toy.MOUSE, "X", 0.7))
    assert where(second) == ("broader", toy.DOG, "group")
    assert (second.confidence, second.reason) == (0.9, "a:1, which has the same name, lies here")


def test_founder_follows_a_later_member_that_is_surer() -> None:
    answers = settle(broader("a:1", toy.DOG, "X", 0.7), broader("b:1", toy.MOUSE, "X", 0.9))
    assert above(answers) == [toy.MOUSE]
    assert [where(a)[1:] for a in answers] == [(toy.MOUSE, "group"), (toy.MOUSE, "head")]


def test_deep_guess_in_review_does_not_pull_an_accepted_one() -> None:
    answers = settle(broader("a:1", toy.WORM, "X"), broader("b:1", toy.EARTHWORM, "X", 0.7))
    assert above(answers) == [toy.WORM]
    assert where(answers[1]) == ("broader", toy.WORM, "group")


def test_curators_place_is_the_groups_and_a_second_one_is_kept_beside_it() -> None:
    decisions = [
        decide(1, "accept", "b:1", toy.MOUSE, BROAD),
        decide(2, "accept", "c:1", toy.DOG, BROAD),
    ]
    answers = settle(
        broader("a:1", toy.MAMMAL, "X", 0.99),
        broader("b:1", toy.WORM, "X"),
        broader("c:1", toy.WORM, "X"),
        decisions=decisions,
    )
    assert sorted(above(answers)) == sorted([toy.MOUSE, toy.DOG])
    assert [where(a)[1:] for a in answers] == [
        (toy.MAMMAL, "head"),
        (toy.MOUSE, "decision"),
        (toy.DOG, "decision"),
    ]


def test_group_never_lies_where_a_curator_says_that_a_member_does_not() -> None:
    given = broader("a:1", toy.DOG, "X", 0.7), broader("b:1", toy.MOUSE, "X", 0.9)
    answers = settle(*given, decisions=[decide(1, "reject", "a:1", toy.MOUSE, BROAD)])
    assert above(answers) == [toy.DOG]
    assert where(answers[1]) == ("broader", toy.DOG, "group")


def test_label_that_a_curator_puts_where_another_must_not_be_founds_its_own() -> None:
    one = resolver(
        decide(1, "reject", "a:1", toy.MOUSE, BROAD),
        decide(2, "accept", "b:1", toy.MOUSE, BROAD),
        settings=SHALLOW,
    )
    given = broader("a:1", toy.DOG, "X"), broader("b:1", toy.DOG, "X")
    settled = one.settle([answer for m in given for answer in one.resolve([m])])
    assert [where(a)[1:] for a in settled] == [(toy.DOG, "head"), (toy.MOUSE, "decision")]
    assert len(one.groups) == 2


def test_labels_without_a_group_are_left_as_they_are() -> None:
    one = resolver()
    answers = list(one.resolve([match("a:1", (toy.DOG, 0.9)), match("a:2", relation=None)]))
    assert one.settle(answers) == answers
