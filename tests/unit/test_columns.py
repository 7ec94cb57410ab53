"""Values made of columns are those that their class makes."""

from __future__ import annotations

import pytest

from labelsys.columns import from_columns
from labelsys.model import Name, Sense


def test_values_are_those_that_the_class_makes() -> None:
    sense = Sense(number=1, count=42, lex_id=0)
    made = from_columns(
        Name,
        text=["dog", "\u72d7"],
        sense=[sense, None],
        lang=("en", "zh"),
        kind=("pref", "alt"),
    )
    expected = [
        Name(text="dog", lang="en", kind="pref", sense=sense),
        Name(text="\u72d7", lang="zh", kind="alt"),
    ]
    assert made == expected
    assert list(map(repr, made)) == list(map(repr, expected))
    assert list(map(hash, made)) == list(map(hash, expected))


def test_no_rows_are_no_values() -> None:
    assert from_columns(Sense, number=[], count=[], lex_id=[]) == []


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"number": [1], "count": [2]},
            r"no columns of Sense: \['count', 'number'\] of \[1\] rows",
        ),
        ({"number": [1], "count": [2], "lex_id": [], "x": []}, "no columns of Sense: "),
        ({"number": [1], "count": [2], "lex_id": []}, r"no columns of Sense: .* of \[0, 1\] rows"),
        ({}, r"no columns of Sense: \[\] of \[\] rows"),
    ],
)
def test_columns_that_do_not_fit_are_an_error(columns: dict[str, list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_columns(Sense, **columns)
