"""A list linked to a built system: nothing that the system knows from the list itself is used."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.config import MatchSettings, Recipe, canonical_recipe
from labelsys.errors import ConfigError, NotFoundError
from labelsys.ids import Curie
from labelsys.match import label_set
from labelsys.match.link import LinkRow, open_linker, sets_being_linked
from labelsys.match.rank import FEATURES_OF, Ranker
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement
from labelsys.store.memory import MemoryStore, MemoryWriter
from tests import lexicon_toy as toy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

TUBE_WORM, JAGUAR = Curie("ls", "aaaaaaaa"), Curie("ls", "bbbbbbbb")

# What the system is built of, besides the lexicon:
#   sea   Tube Worm (deep) founds ls:aaaaaaaa under worm; crane is the machine, by its id
#   reef  tube worm (deep) stands at ls:aaaaaaaa too, called Riftia as well
#   garage  Jaguar founds ls:bbbbbbbb under car; dog is the beagle, by its id
SEA = toy.label_set(
    "sea", {"name": "Tube Worm (deep)"}, {"name": "Cranes", "wnid": "n03126707"}, "coral"
)
REEF = toy.label_set("reef", {"name": "tube worm (deep)", "synonyms": ("Riftia",)})
GARAGE = toy.label_set("garage", "Jaguar", {"name": "dog", "wnid": "n02088364"})


def placed(label: Label, concept: Curie | None, broader: Curie | None = None) -> Placement:
    kind = "broader" if broader else "exact" if concept else "unplaced"
    return Placement(label_id=label.id, kind=kind, concept_id=concept, broader_id=broader)  # type: ignore[arg-type]  # one of three words


def system(meta: dict[str, str] | None = None) -> MemoryStore:
    writer = MemoryWriter()
    writer.add_concepts(toy.concepts())
    writer.add_concepts(
        [
            Concept(
                id=TUBE_WORM,
                pref_label="Tube Worm (deep)",
                names=(
                    Name(text="Tube Worm (deep)", kind="pref"),
                    Name(text="Tube Worm"),
                    Name(text="Riftia"),
                ),
                gloss="as the sea list describes it",
                source="labelset",
            ),
            Concept(
                id=JAGUAR,
                pref_label="Jaguar",
                names=(Name(text="Jaguar", kind="pref"),),
                source="labelset",
            ),
        ]
    )
    writer.add_edges([*toy.edges(), Edge(TUBE_WORM, toy.WORM), Edge(JAGUAR, toy.CAR)])
    writer.add_label_set(
        SEA,
        [
            placed(SEA.labels[0], TUBE_WORM, toy.WORM),
            placed(SEA.labels[1], toy.CRANE_MACHINE),
            placed(SEA.labels[2], None),
        ],
    )
    writer.add_label_set(REEF, [placed(REEF.labels[0], TUBE_WORM, toy.WORM)])
    writer.add_label_set(
        GARAGE, [placed(GARAGE.labels[0], JAGUAR, toy.CAR), placed(GARAGE.labels[1], toy.BEAGLE)]
    )
    writer.set_meta(meta or {})
    writer.finish()
    return writer.store


@pytest.fixture(autouse=True)
def rankers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rank by hand.

    Any name is better than none, and ids that others give weigh most. The dataset's superclass is
    three times as likely as no place; every other place is as good as impossible. Nothing goes
    further down.
    """
    weights: dict[str, dict[str, float]] = {
        "names": {"nothing": 3.0, "given_name": 2.0, "given_here": 1.0, "sense_rank": 1.0},
        "places": {"nothing": -30.0, "parent": 30.0 + math.log(3)},
        "steps": {"nothing": -30.0},
    }

    def load(task: str, *, with_vectors: bool, taught_by: Collection[str]) -> Ranker:
        assert not with_vectors
        values = np.array([weights[task].get(name, 0.0) for name in FEATURES_OF[task]])
        return Ranker(name="by hand", weights=values, fingerprint="")

    monkeypatch.setattr(label_set, "load_ranker", load)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return system()


def names(*texts: str | Mapping[str, object]) -> tuple[Label, ...]:
    """A list of names, its label ids the line numbers."""
    labels = toy.label_set("input", *texts).labels
    return tuple(replace(x, label_id=str(n)) for n, x in enumerate(labels, 1))


def link(
    store: MemoryStore,
    labels: Sequence[Label],
    *,
    names_only: bool = False,
    independent: bool = False,
    **opened: object,
) -> tuple[LinkRow, ...]:
    linker = open_linker(store, labels, **opened)  # type: ignore[arg-type]  # a test names them
    return linker.link(names_only=names_only, independent=independent)


def linked(
    store: MemoryStore, *texts: str | Mapping[str, object], **how: object
) -> tuple[LinkRow, ...]:
    return link(store, names(*texts), encoder="none", **how)  # type: ignore[arg-type]  # a test names them


def ids(rows: Sequence[LinkRow]) -> list[Curie | None]:
    return [row.object_id for row in rows]


def ranked(row: LinkRow) -> set[Curie]:
    return {candidate.id for candidate in row.ranked}


def considered(row: LinkRow) -> set[Curie]:
    return {candidate.id for candidate in row.candidates}


def test_every_name_has_one_row_in_order(store: MemoryStore) -> None:
    texts = ["poodle", "Zyx", "poodle", "empty", "spiral worm", "???"]
    rows = linked(store, *texts)
    assert [(row.label_id, row.name) for row in rows] == [
        (str(n), text) for n, text in enumerate(texts, 1)
    ]
    assert rows[0] == replace(rows[2], label_id="1")
    assert link(store, [], encoder="none") == ()


def test_row_of_an_exact_link(store: MemoryStore) -> None:
    (row,) = linked(store, {"name": "unicorn", "wnid": "n02084071"})
    assert (row.object_id, row.wnid, row.predicate_id) == (toy.DOG, "n02084071", "skos:exactMatch")
    assert row.status == "accepted"
    assert [(c.id, c.wnid, c.score) for c in row.ranked] == [(toy.DOG, "n02084071", 1.0)]


def test_what_the_name_may_have_to_do_with_is_listed_unranked(store: MemoryStore) -> None:
    dog, spiral, empty = linked(store, "dog", "cutting board dog", "empty")
    assert [(c.id, c.wnid) for c in dog.candidates if c.score == 0] == [
        (toy.MAMMAL, "n01861778"),
    ]
    assert {c.id for c in spiral.candidates} >= {toy.DOG, toy.FRANK, toy.CHOPPING_BOARD}
    assert len({c.id for c in spiral.candidates}) == len(spiral.candidates)
    ranks = [c.score for c in spiral.candidates]
    assert ranks == sorted(ranks, reverse=True)
    assert spiral.ranked == tuple(c for c in spiral.candidates if c.score)
    assert empty.candidates == ()


def test_row_of_a_broader_link(store: MemoryStore) -> None:
    (row,) = linked(store, {"name": "Ellobium", "parent": "Birds"})
    assert (row.object_id, row.wnid) == (toy.BIRD, "n01503061")
    assert (row.predicate_id, row.status) == ("skos:broadMatch", "review")
    assert row.confidence == row.candidates[0].score == 0.75


def test_row_of_what_is_known_to_label_sets_only(store: MemoryStore) -> None:
    (row,) = linked(store, "tube-worm")
    assert ranked(row) == {TUBE_WORM}
    assert {candidate.wnid for candidate in row.ranked} == {None}


def test_row_without_an_object(store: MemoryStore) -> None:
    unknown, empty = linked(store, "Zyx", "empty")
    for row in (unknown, empty):
        assert (row.object_id, row.wnid, row.predicate_id, row.confidence) == (None,) * 4
        assert row.candidates == ()
    assert (unknown.status, empty.status) == ("review", "accepted")


def test_names_only_reads_no_ids(store: MemoryStore) -> None:
    given = {"name": "Poodle", "wnid": "n02084071"}
    assert ids(linked(store, given)) == [toy.DOG]
    assert ranked(linked(store, given, names_only=True)[0]) == {toy.POODLE}


def test_recipe_says_from_where_a_link_is_accepted() -> None:
    given = {"name": "Ellobium", "parent": "Birds"}

    def status(accept: float) -> str:
        recipe = Recipe(label_sets=("sea",), match=MatchSettings(accept=accept, review=0.1))
        return linked(system({"recipe": canonical_recipe(recipe)}), given)[0].status

    assert [status(0.5), status(0.9)] == ["accepted", "review"]


def test_ids_that_other_sets_give_are_evidence(store: MemoryStore) -> None:
    with_sea = linked(store, "crane")[0]
    without = linked(store, "crane", label_set="sea")[0]
    score = {c.id: c.score for c in with_sea.candidates}[toy.CRANE_MACHINE]
    assert score > {c.id: c.score for c in without.candidates}[toy.CRANE_MACHINE]


@pytest.mark.parametrize("how", ["told", "found"])
def test_concept_that_only_the_linked_set_has_is_no_candidate(store: MemoryStore, how: str) -> None:
    told: dict[str, object] = {"label_set": "garage"} if how == "told" else {}
    rows = link(store, GARAGE.labels, encoder="none", names_only=True, **told)  # type: ignore[arg-type]
    assert rows[0].candidates == ()
    assert rows[1].object_id == toy.DOG  # its given id, the beagle, is no evidence
    # a list of other names finds it
    assert ranked(linked(store, "Jaguar")[0]) == {JAGUAR}


def test_concept_that_another_set_has_too_stays_with_that_set_s_names(store: MemoryStore) -> None:
    for text in ("tube worm (deep)", "Tube worm", "Riftia"):
        assert TUBE_WORM in considered(linked(store, text, label_set="sea")[0])
    # Riftia is the name that the reef set gives
    (row,) = linked(store, "Riftia", label_set="reef")
    assert row.candidates == ()
    assert TUBE_WORM in considered(linked(store, "Tube Worm", label_set="reef")[0])


def test_unknown_label_set_is_an_error(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no label set 'se'"):
        linked(store, "dog", label_set="se")


def test_sets_that_share_half_of_the_rows_are_those_being_linked(store: MemoryStore) -> None:
    def found(*rows: tuple[str, str]) -> set[str]:
        labels = [Label(label_set="input", label_id=i, name=n) for i, n in rows]
        return sets_being_linked(store.iter_label_sets(), labels)

    assert found(("0", "Jaguar"), ("1", "dog")) == {"garage"}
    assert found(("0", "Jaguar"), ("7", "x")) == {"garage"}
    assert found(("0", "Jaguar"), ("7", "x"), ("8", "y")) == set()
    assert found(("1", "Jaguar"), ("0", "dog")) == set()  # other ids
    assert found(("0", "jaguar")) == set()  # another spelling
    assert found(("0", "Jaguar"), ("0", "tube worm (deep)")) == {"garage", "reef"}
    assert found(("0", "Jaguar"), ("0", "Jaguar"), ("5", "z")) == {"garage"}  # rows count once
    assert found() == set()


def test_hidden_concepts_are_no_answer(store: MemoryStore) -> None:
    given = {"name": "poodle dog", "wnid": "n02113335"}
    assert ids(linked(store, given)) == [toy.POODLE]
    (row,) = linked(store, given, hide=[toy.POODLE])
    assert toy.POODLE not in considered(row)
    (row,) = linked(store, {"name": "Zyx", "parent": "poodle"}, hide=[toy.POODLE])
    assert row.object_id is None


def test_hidden_concept_leaves_its_children_reachable(store: MemoryStore) -> None:
    (row,) = linked(store, {"name": "x", "wnid": "n02113335"}, hide=[toy.DOG, toy.MAMMAL])
    assert row.object_id == toy.POODLE


def test_hidden_id_must_exist(store: MemoryStore) -> None:
    with pytest.raises(ConfigError, match="cannot hide 'wd:Q5': no such concept"):
        linked(store, "dog", hide=[Curie("wd", "Q5")])


def test_independent_names_are_linked_one_by_one(store: MemoryStore) -> None:
    texts = ["poodle", "beagle", "sparrow", "goose", "earthworm", "crane", "bow", "Zyx"]
    together = linked(store, *texts, independent=True)
    alone = [linked(store, text, independent=True)[0] for text in texts]
    assert [replace(row, label_id="1") for row in together] == alone


def test_name_of_a_list_is_no_theme(store: MemoryStore) -> None:
    labels = [replace(x, label_set="dogs") for x in names("Zyx")]
    assert ids(link(store, labels, encoder="none")) == [None]


def test_store_stays_as_it_was(store: MemoryStore) -> None:
    before = list(store.iter_concepts())
    linked(store, "dog", label_set="sea", hide=[toy.DOG])
    assert list(store.iter_concepts()) == before
    assert isinstance(store.get_label_set("sea"), LabelSet)


def test_list_that_a_ranker_has_learnt_from_is_not_ranked_by_it() -> None:
    lvis = toy.label_set("lvis", "dog", "bat", "crane", "board")
    writer = MemoryWriter()
    writer.add_concepts(toy.concepts())
    writer.add_edges(toy.edges())
    for known in (lvis, SEA):
        writer.add_label_set(known, [placed(label, None) for label in known.labels])
    writer.finish()

    def taught_by(*texts: str) -> frozenset[str]:
        return open_linker(writer.store, names(*texts), encoder="none").taught_by

    assert taught_by("dog", "cat", "mouse") == {"lvis"}
    assert taught_by("dog", "Bats", "zyx", "mouse", "cat", "calf") == {"lvis"}
    assert taught_by("Dog", "BAT", "zyx", "mouse", "cat", "calf") == frozenset()  # half of them
    assert open_linker(writer.store, lvis.labels, encoder="none").taught_by == frozenset()
