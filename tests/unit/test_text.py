"""Folding, qualifiers and trigrams: what makes two names the same."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labelsys.text import fold, fold_all, split_qualifier, trigrams


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dog", "dog"),
        ("hot_dog", "hot dog"),
        ("  Hot-Dog!  ", "hot dog"),
        ("hot__ - dog", "hot dog"),
        ("St. Bernard's lily", "st bernards lily"),
        ("St. Bernard\u2019s lily", "st bernards lily"),
        ("Cr\u00e8me br\u00fbl\u00e9e", "creme brulee"),
        ("Cre\u0300me bru\u0302le\u0301e", "creme brulee"),
        ("Stra\u00dfe", "strasse"),
        ("\u00c6r\u00f8", "aero"),
        ("\u0152uvre \u0141\u00f3d\u017a", "oeuvre lodz"),
        ("\u0130stanbul \u0131", "istanbul i"),
        ("\uff21\uff11", "a1"),  # full width
        ("\ufb01sh", "fish"),  # a ligature
        (
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3",
        ),
        ("\u6c7d\u8f66", "\u6c7d\u8f66"),
        ("caf\u00e9_(building)", "cafe building"),
        ("A/B, C", "a b c"),
        ("x\u00a0y\tz\n", "x y z"),
        ("1.5 l", "1 5 l"),
        ("", ""),
        ("?!_-", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text(st.characters(max_codepoint=127), max_size=30))
@example("".join(map(chr, range(128))))
def test_ascii_folds_by_the_rules_of_all_scripts(text: str) -> None:
    small = text.lower().replace("'", "").replace("`", "")
    assert fold(text) == re.sub(r"[\W_]+", " ", small).strip()


@given(st.lists(st.text(st.sampled_from("aB \n\r_-'\u00e9\u2019"), max_size=8), max_size=6))
@example([])
@example(["", " a", "b ", "\n", " "])
@example(["a  -  b", "c\nd", "\u00c9 "])
def test_many_texts_fold_like_each_of_them(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


@given(st.text(max_size=30))
@example("\u1e9e")
@example("\u0345\u0390")
@example("\u2126\u212b")
def test_fold_is_idempotent_and_has_single_spaces(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once == " ".join(once.split())
    assert "_" not in once


@given(st.text(max_size=30))
def test_fold_is_the_same_for_every_normal_form(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert forms == {fold(text)}


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=30))
def test_plain_text_folds_as_all_other_text_does(text: str) -> None:
    # a letter beyond ASCII takes the long way, which must say the same of the rest
    assert fold(text + " \u00e9") == f"{fold(text)} e".strip()


@pytest.mark.parametrize(
    ("name", "rest", "qualifiers"),
    [
        ("bow_(weapon)", "bow", ("weapon",)),
        ("Calf (Body Part)", "Calf", ("Body Part",)),
        ("crane [bird]", "crane", ("bird",)),
        ("a (b) c", "a c", ("b",)),
        ("a (b)(c)", "a", ("b", "c")),
        ("a ( b )", "a", ("b",)),
        ("a ()", "a", ()),
        ("(b) a", "a", ("b",)),
        ("(b)", "(b)", ()),
        ("()", "()", ()),
        ("a (b", "a (b", ()),
        ("a b)", "a b)", ()),
        ("a ((b))", "a ( )", ("b",)),
        ("plain", "plain", ()),
        ("_plain_", "plain", ()),
        ("", "", ()),
    ],
)
def test_split_qualifier(name: str, rest: str, qualifiers: tuple[str, ...]) -> None:
    assert split_qualifier(name) == (rest, qualifiers)


def test_split_of_a_long_line_takes_no_time() -> None:
    for text in ("(" * 50_000, "_" * 50_000, " (" * 25_000, "a_" * 25_000):
        assert split_qualifier(text)[1] == ()


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        ("ox", ("  o", " ox", "ox ")),
        ("a", ("  a", " a ")),
        ("aaaa", ("  a", " aa", "aa ", "aaa")),
        ("ab b", ("  a", "  b", " ab", " b ", "ab ")),
        ("", ()),
    ],
)
def test_trigrams(folded: str, expected: tuple[str, ...]) -> None:
    assert trigrams(folded) == expected


@given(st.text("abc ", max_size=20))
def test_trigrams_are_those_of_each_word_sorted_and_once(text: str) -> None:
    found = trigrams(text)
    assert list(found) == sorted(set(found))
    slow = {f"  {word} "[i : i + 3] for word in text.split() for i in range(len(word) + 1)}
    assert set(found) == slow
    assert all(re.fullmatch(r"[abc ]{3}", gram) for gram in found)
