"""What becomes of a class under each rule."""

from __future__ import annotations

import pytest

from labelsys.crosswalk.relate import CrosswalkRow, Relation
from labelsys.errors import ConfigError
from labelsys.ids import Curie
from labelsys.remap.rules import RemapRules, settle


def row(source: str, relation: Relation, target: str | None) -> CrosswalkRow:
    return CrosswalkRow(
        source_id=Curie("a", source),
        source_name=source,
        relation=relation,
        target_id=None if target is None else Curie("b", target),
        target_name=target,
        via=None,
        confidence=None,
    )


ROWS = [
    row("dog", "exact", "dog"),
    row("dog", "broad", "animal"),
    row("poodle", "broad", "dog"),
    row("pet", "narrow", "cat"),
    row("hare", "ancestor", "cat"),
    row("sky", "none", None),
]


def test_each_lossy_step_is_refused_by_default_in_one_line() -> None:
    with pytest.raises(ConfigError) as caught:
        settle(ROWS, RemapRules())
    text = str(caught.value)
    assert "1 have only broader ones (--on-broad take or skip): poodle" in text
    assert "1 have several or narrower ones (--on-split first or skip): pet" in text
    assert "2 have none (--on-missing skip or keep): hare, sky" in text
    assert "\n" not in text


def test_what_is_asked_for_is_taken() -> None:
    fates = settle(ROWS, RemapRules(on_broad="take", on_split="first", on_missing="keep"))
    assert [(f.source_name, f.step, str(f.target_id)) for f in fates] == [
        ("dog", "same", "b:dog"),
        ("poodle", "rolled up", "b:dog"),
        ("pet", "split", "b:cat"),
        ("hare", "missing", "a:hare"),
        ("sky", "missing", "a:sky"),
    ]


def test_what_is_skipped_has_no_target() -> None:
    fates = settle(ROWS, RemapRules(on_broad="skip", on_split="skip", on_missing="skip"))
    assert [f.target_id for f in fates] == [Curie("b", "dog"), None, None, None, None]


def test_two_equal_classes_are_a_split() -> None:
    rows = [row("dog", "exact", "hound"), row("dog", "exact", "dog")]
    with pytest.raises(ConfigError, match="--on-split"):
        settle(rows, RemapRules(on_missing="skip"))
    assert settle(rows, RemapRules(on_split="first"))[0].target_name == "hound"
