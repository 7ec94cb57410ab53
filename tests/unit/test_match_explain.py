"""Why a link was made, on the toy graph (see `tests.toy`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from labelsys.linking import link_labels
from labelsys.match.explain import GROUPS, ExplainedRow, Reason, link_and_explain
from labelsys.match.link import Linker, open_linker
from labelsys.match.rank import FEATURES_OF, load_ranker
from labelsys.match.tables import Keeper
from labelsys.model import Label
from labelsys.store.memory import MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from labelsys.store.protocol import GraphStore

NAMES = ("crane", "empty", "blorb", "dog", "canine", "animal", "vehicle", "car", "big zyx dog")


@pytest.fixture
def store() -> GraphStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


@pytest.fixture
def linker(store: GraphStore) -> Linker:
    labels = [Label(label_set="input", label_id=str(n), name=x) for n, x in enumerate(NAMES)]
    return open_linker(store, labels, encoder="none")


@pytest.fixture
def rows(linker: Linker) -> dict[str, ExplainedRow]:
    return {row.name: row for row in link_and_explain(linker)}


@pytest.mark.parametrize("task", ["names", "places"])
def test_every_feature_is_told_in_one_way(task: str) -> None:
    named = [
        [about for about, starts in GROUPS[task].items() if feature.startswith(starts)]
        for feature in FEATURES_OF[task]
    ]
    assert all(named)
    assert {about for found in named for about in found} == set(GROUPS[task])


def test_rows_are_those_of_a_plain_link(linker: Linker, rows: dict[str, ExplainedRow]) -> None:
    for row in linker.link():
        explained = rows[row.name]
        assert ExplainedRow.of(row, explained.explanation) == explained


def test_differences_are_those_of_the_scores(linker: Linker, rows: dict[str, ExplainedRow]) -> None:
    """What the reasons add up to makes the ratio of two probabilities."""
    first, second = rows["crane"].explanation
    assert first.probability > second.probability > 0.001
    for one, other in ((first, second), (second, first)):
        whole = sum(reason.adds for reason in one.reasons)
        expected = math.log(one.probability / other.probability)
        assert whole == pytest.approx(expected, abs=0.2)  # small parts are left out
        assert one.against in {"crane.n.04", "crane.n.05", other.id}
    assert {first.id, second.id} == {toy.CRANE_BIRD, toy.CRANE_MACHINE}


def test_reasons_are_made_of_features_and_sorted(rows: dict[str, ExplainedRow]) -> None:
    weights = dict(
        zip(FEATURES_OF["names"], load_ranker("names", with_vectors=False).weights, strict=True)
    )
    reasons = rows["crane"].explanation[0].reasons
    assert [abs(r.adds) for r in reasons] == sorted((abs(r.adds) for r in reasons), reverse=True)
    for reason in reasons:
        assert isinstance(reason, Reason)
        assert sum(part.adds for part in reason.features) == pytest.approx(reason.adds, abs=0.05)
        for part in reason.features:
            expected = weights[part.feature] * (part.value - part.other)
            assert part.adds == pytest.approx(expected, abs=0.01)


def test_only_candidate_is_compared_with_nothing(rows: dict[str, ExplainedRow]) -> None:
    (only,) = rows["animal"].explanation
    assert only.against == "nothing fits"
    assert any(reason.about == "being anything rather than nothing" for reason in only.reasons)


def test_place_is_explained_by_places(rows: dict[str, ExplainedRow]) -> None:
    row = rows["big zyx dog"]
    assert row.predicate_id == "skos:broadMatch"
    best = row.explanation[0]
    assert best.id == toy.DOG
    assert any(reason.about == "what the head of the name means" for reason in best.reasons)


def test_what_was_not_ranked_has_no_explanation(rows: dict[str, ExplainedRow]) -> None:
    assert rows["empty"].explanation == ()


def test_given_ids_need_none(store: GraphStore) -> None:
    given = Label(label_set="input", label_id="1", name="crane", wnid="n02084071")
    (row,) = link_labels(store, [given], encoder="none", explain=True)
    assert isinstance(row, ExplainedRow)
    assert (row.object_id, row.explanation) == (toy.DOG, ())


def test_blank_lines_have_rows_too(store: GraphStore) -> None:
    rows = link_labels(store, ["dog", "", "car"], encoder="none", explain=True)
    assert [isinstance(row, ExplainedRow) and bool(row.explanation) for row in rows] == [
        True,
        False,
        True,
    ]
    record = rows.to_records()[0]
    assert record["explanation"][0]["reasons"][0].keys() == {"about", "adds", "features"}


def test_keeper_keeps_what_each_step_ranked(linker: Linker) -> None:
    keeper = Keeper()
    linker.matcher(keeper=keeper).match(linker.label_set)
    assert set(keeper.places) == {NAMES.index("blorb"), NAMES.index("big zyx dog")}
    assert NAMES.index("crane") in keeper.names
    assert all(len(t.concepts) == len(t.features) for t in keeper.names.values())
