"""Ambiguous names, and the order of what is found; W301 and W302 are in test_lint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys.model import Label
from labelsys.review.overlaps import find_overlaps
from labelsys.review.stand import LabelFinding, Stand
from labelsys.store.memory import MemoryStore, MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from labelsys.ids import Curie


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    writer = MemoryWriter()
    toy.fill(writer)
    return writer.store


def stand(
    number: int, name: str, at: Curie | None, confidence: float | None = 0.5, **fields: object
) -> Stand:
    values: dict[str, object] = {"label_set": "a", "label_id": str(number), "name": name, **fields}
    label = Label(**values)  # type: ignore[arg-type]  # a test names its fields itself
    return Stand(label, at, at is not None, confidence)


def found(store: MemoryStore, *stands: Stand) -> list[LabelFinding]:
    return find_overlaps(store, stands, accept=0.8)


def test_name_with_several_physical_senses_and_no_help(store: MemoryStore) -> None:
    (finding,) = found(store, stand(0, "crane", toy.CRANE_BIRD))
    assert (finding.code, finding.id, finding.ids, finding.severity) == (
        *("W304", "a:0"),
        ("a:0",),
        "medium",
    )
    assert finding.message == (
        "'crane' may be n03126707 (lifts and moves heavy objects); n02012849 (large long-necked "
        "wading bird of marshes and plains): give a qualifier, a description, a parent or an id"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "crane (bird)"},
        {"name": "crane, wading bird"},
        {"description": "it wades"},
        {"parent": "birds"},
        {"synonyms": ("grus",)},
        {"wnid": "n02012849"},
        {"confidence": 0.8},
        {"name": "dog"},
        {"name": "zyx"},
    ],
    ids=str,
)
def test_name_that_is_explained_sure_or_plain_is_fine(
    store: MemoryStore, fields: dict[str, object]
) -> None:
    given = {"name": "crane", "confidence": 0.5, **fields}
    assert found(store, stand(0, at=toy.CRANE_BIRD, **given)) == []  # type: ignore[arg-type]


def test_unplaced_name_with_several_senses_is_ambiguous(store: MemoryStore) -> None:
    assert [f.code for f in found(store, stand(0, "crane", None, None))] == ["W304"]


def test_one_name_for_two_things(store: MemoryStore) -> None:
    given = (stand(0, "crane", toy.CRANE_BIRD, 0.9), stand(1, "Crane", toy.CRANE_MACHINE, 0.9))
    (finding,) = found(store, *given)
    assert (finding.code, finding.ids) == ("W304", ("a:1", "a:0"))
    assert finding.message == (
        "'Crane' is the name of a:0, too, and means another: nothing that an annotator sees "
        "tells them apart"
    )
    told = given[1]._replace(
        label=Label(label_set="a", label_id="1", name="Crane", description="a machine")
    )
    assert found(store, given[0], told) == []


def test_grave_findings_come_first_then_codes_then_the_set_s_order(store: MemoryStore) -> None:
    given = (
        stand(0, "crane", toy.CRANE_MACHINE),
        stand(1, "car", toy.CAR, 0.9),
        stand(2, "vehicle", toy.VEHICLE, 0.9),
        stand(3, "auto", toy.CAR, 0.9),
        stand(4, "crane", toy.CRANE_BIRD),
    )
    assert [(f.severity, f.code, f.id) for f in found(store, *given)] == [
        ("high", "W301", "a:3"),
        ("medium", "W302", "a:2"),
        ("medium", "W304", "a:0"),
        ("medium", "W304", "a:4"),
        ("medium", "W304", "a:4"),
    ]


def test_each_pair_can_be_told_by_itself(store: MemoryStore) -> None:
    given = [
        stand(0, "animal", toy.ANIMAL, 0.9),
        stand(1, "dog", toy.DOG, 0.9),
        stand(2, "canine", toy.CANINE, 0.9),
    ]
    pairs = find_overlaps(store, given, accept=0.8, each_pair=True)
    assert [f.ids for f in pairs] == [("a:0", "a:1"), ("a:0", "a:2"), ("a:2", "a:1")]
    assert [f.ids for f in found(store, *given)] == [("a:0", "a:1", "a:2"), ("a:2", "a:1")]
