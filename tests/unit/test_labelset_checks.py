"""Shapes of ids and names."""

from __future__ import annotations

import pytest

from labelsys.errors import IdentifierError
from labelsys.ids import prefixes
from labelsys.labelset.checks import (
    MAX_NAME,
    changes_direction,
    check_label_set_id,
    find_id_problem,
    find_name_problem,
    find_text_problem,
    parse_qid,
    parse_synset,
    parse_wnid,
    reserved_ids,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n02084071", "n02084071"),
        ("wn30:02084071-n", "n02084071"),
        ("wn30:02084071-v", None),
        ("n0208407", None),
        ("N02084071", None),
        ("n02084071 ", None),
        ("n" + "\u0660" * 8, None),  # digits, but not ours
        ("", None),
    ],
)
def test_wnid(text: str, expected: str | None) -> None:
    assert parse_wnid(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dog.n.01", True),
        ("stop_sign.n.01", True),  # in no WordNet 3.0, but of the right shape
        ("a.k.a.n.100", True),
        ("hot dog.n.01", False),
        ("dog.x.01", False),
        ("dog.n.1", False),
        ("dog", False),
    ],
)
def test_synset(text: str, expected: bool) -> None:
    assert parse_synset(text) == (text if expected else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Q144", "Q144"), ("wd:Q144", "Q144"), ("Q0", None), ("P279", None), ("q144", None)],
)
def test_qid(text: str, expected: str | None) -> None:
    assert parse_qid(text) == expected


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("dog", None),
        ("Māpou", None),
        ("אבוקדו", None),
        ("نی\u200cشکر", None),  # the joiner belongs to the word
        ("left\u200fright", None),
        ("", "empty name"),
        (" \u00a0 ", "empty name"),
        ("a\tb", "name with a control character"),
        ("a\x1b[31mb", "name with a control character"),
        ("a\u2028b", "name with a control character"),
        ("a\ud800b", "name with a control character"),
        ("x" * MAX_NAME, None),
        ("x" * (MAX_NAME + 1), "name over 2000 characters"),
    ],
)
def test_name_problem(name: str, problem: str | None) -> None:
    assert find_name_problem(name) == problem


def test_text_problem_names_the_character() -> None:
    assert find_text_problem("a\x07b") == "a control character (U+0007)"
    assert find_text_problem("a\u2029b") == "a paragraph separator (U+2029)"
    assert find_text_problem("") is None


def test_id_problem() -> None:
    assert find_id_problem("/m/0bt9lr") is None
    assert find_id_problem("") == "no label_id"
    assert find_id_problem("a\u200bb") == "label_id with an invisible character"
    assert find_id_problem("x" * 501) == "label_id over 500 characters"


def test_direction_overrides_are_told_from_marks() -> None:
    assert changes_direction("dog\u202egod")
    assert changes_direction("dog\u2067god")
    assert not changes_direction("אבוקדו\u200f")


def test_every_shipped_prefix_is_reserved() -> None:
    assert set(prefixes()) <= reserved_ids()
    assert {"wn30", "wn31", "ili", "wd", "wdt", "ls", "skos", "sssom", "prov"} <= reserved_ids()


@pytest.mark.parametrize("id_", ["wd", "WD", "ls", "skos", "http", "urn"])
def test_reserved_id_is_refused(id_: str) -> None:
    with pytest.raises(IdentifierError, match=f"'{id_}' is reserved"):
        check_label_set_id(id_)


@pytest.mark.parametrize("id_", ["", "1st", "my set", "a:b", "a/b", "../a", "-a", "é", "a\n", "."])
def test_id_that_is_no_prefix_is_refused(id_: str) -> None:
    with pytest.raises(IdentifierError, match="can't be a label set's id: a letter"):
        check_label_set_id(id_)


def test_long_id_is_refused() -> None:
    check_label_set_id("a" * 64)
    with pytest.raises(IdentifierError, match="over 64 characters"):
        check_label_set_id("a" * 65)


def test_taken_id_is_refused_whatever_its_case() -> None:
    with pytest.raises(IdentifierError, match="'Mine' is taken by 'mine'"):
        check_label_set_id("Mine", {"mine", "yours"})
    check_label_set_id("mine2", {"mine"})
