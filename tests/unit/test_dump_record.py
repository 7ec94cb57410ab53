"""What is kept of one entity, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.source.wikidata.dump.record import SKIPS, EntityError, Shape, read_entity
from tests.dump_toy import entity, statement

SHAPE = Shape(languages=("en", "mul", "zh"), above=("P279",))


def read(claims: dict[str, list[Any]], shape: Shape = SHAPE) -> Any:
    return read_entity(entity("Q144", claims), shape)


def skips(claims: dict[str, list[Any]]) -> dict[str, int]:
    found = dict(zip(SKIPS, read(claims).skipped, strict=True))
    return {reason: count for reason, count in found.items() if count}


def test_all_that_is_kept_comes_in_the_order_of_a_pull() -> None:
    found = read_entity(
        entity(
            "Q144",
            {"P8814": ["02086723-n"], "P279": ["Q39201", "Q57814795"], "P1": ["x"], "P31": ["Q5"]},
            {"zh": "犬", "en": "dog", "de": "Hund", "mul": "Dog"},
            {"en": "domesticated animal"},
            {"en": ["hound", "doggy", "hound"]},
            ["enwiki", "dewiki"],
        ),
        SHAPE,
    )
    assert found.number == 144
    assert found.above == (39201, 57814795)
    assert found.is_linked
    assert found.sitelinks == 2
    assert found.claims == [
        ("P31", "Q5"),
        ("P279", "Q39201"),
        ("P279", "Q57814795"),
        ("P8814", "02086723-n"),
    ]
    assert found.texts == [
        ("en", "label", "dog"),
        ("en", "description", "domesticated animal"),
        ("en", "alias", "hound"),
        ("en", "alias", "doggy"),
        ("mul", "label", "Dog"),
        ("zh", "label", "犬"),
    ]
    assert found.read == 4  # P1 is not among what is kept


def test_what_is_empty_may_be_a_list_as_php_writes_it() -> None:
    found = read({})
    assert (found.above, found.claims, found.texts, found.sitelinks) == ((), [], [], 0)


@pytest.mark.parametrize(
    ("ranks", "kept", "skipped"),
    [
        (["normal", "normal"], ["Q1", "Q2"], {}),
        (["normal", "preferred"], ["Q2"], {"not of best rank": 1}),
        (["deprecated", "normal"], ["Q2"], {"deprecated": 1}),
        (["preferred", "deprecated"], ["Q1"], {"deprecated": 1}),
        (["deprecated", "deprecated"], [], {"deprecated": 2}),
    ],
)
def test_best_rank_counts_and_deprecated_never(
    ranks: list[str], kept: list[str], skipped: dict[str, int]
) -> None:
    claims = {
        "P279": [statement("P279", f"Q{n}", rank) for n, rank in enumerate(ranks, start=1)],
    }
    assert [value for _, value in read(claims).claims] == kept
    assert skips(claims) == skipped


def test_ranks_of_one_property_do_not_count_for_another() -> None:
    claims: dict[str, list[Any]] = {
        "P279": [statement("P279", "Q1", "preferred")],
        "P31": ["Q2"],
    }
    assert read(claims).claims == [("P31", "Q2"), ("P279", "Q1")]


@pytest.mark.parametrize(
    ("snak", "reason"), [("somevalue", "unknown value"), ("novalue", "no value")]
)
def test_a_best_statement_without_a_value_hides_lower_ones(snak: str, reason: str) -> None:
    nothing = statement("P279", None, "preferred", snak)
    claims: dict[str, list[Any]] = {"P279": [statement("P279", "Q1"), nothing]}
    assert read(claims).claims == []
    assert skips(claims) == {"not of best rank": 1, reason: 1}
    assert read({"P279": [statement("P279", None, "normal", snak), "Q7"]}).above == (7,)


def test_one_value_twice_counts_once() -> None:
    assert read({"P279": ["Q1", "Q1"]}).above == (1,)
    assert skips({"P279": ["Q1", "Q1"]}) == {"given twice": 1}


def test_an_older_dump_has_the_number_alone() -> None:
    older = statement("P279", "Q39201")
    del older["mainsnak"]["datavalue"]["value"]["id"]
    assert read({"P279": [older]}).above == (39201,)


def test_a_property_as_value_is_no_item() -> None:
    odd = statement("P279", "Q1")
    odd["mainsnak"]["datavalue"]["value"] = {"entity-type": "property", "id": "P31"}
    assert skips({"P279": [odd]}) == {"value is no item": 1}


def test_another_property_may_make_the_hierarchy() -> None:
    shape = Shape(languages=("en",), above=("P171", "P279"))
    assert read({"P171": ["Q5"], "P279": ["Q6", "Q5"]}, shape).above == (5, 6)


def broken(key: str, value: Any) -> dict[str, Any]:
    return entity("Q1", {"P279": ["Q2"]}, {"en": "x"}) | {key: value}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (broken("id", None), "no id"),
        (broken("id", "L5"), "no QID"),
        (broken("id", "Q01"), "no QID"),
        (broken("id", "Q" + "9" * 30), "no QID"),
        (broken("id", "Q１"), "no QID"),  # noqa: RUF001
        (broken("id", ["Q1"]), "no QID"),
        (broken("claims", "P279"), "claims is no object"),
        (broken("claims", {"P279": {}}), "statements of P279 are no list"),
        (broken("claims", {"P279": [7]}), "statement of P279 has no rank"),
        (broken("claims", {"P279": [{"rank": "normal"}]}), "statement of P279 has no value"),
        (broken("claims", {"P279": [{"rank": []}]}), "statement of P279 has no rank"),
        (broken("claims", {"P279": [statement("P18", "Q2")]}), "value of P279 is no entity"),
        (broken("claims", {"P18": [statement("P18", 7)]}), "value of P18 is no text"),
        (broken("claims", {"P18": [statement("P18", "")]}), "value of P18 is no text"),
        (broken("labels", {"en": "x"}), "text of a label in 'en'"),
        (broken("labels", ["x"]), "labels is no object"),
        (broken("aliases", {"en": {}}), "aliases in 'en' are no list"),
        (broken("aliases", {"en": [{"value": 7}]}), "text of a alias in 'en'"),
        (broken("sitelinks", 7), "sitelinks is no object"),
    ],
)
def test_another_form_is_refused_whole(found: dict[str, Any], reason: str) -> None:
    with pytest.raises(EntityError, match=reason):
        read_entity(found, SHAPE)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
keys = st.sampled_from(["id", "labels", "descriptions", "aliases", "claims", "sitelinks"])
parts = st.dictionaries(st.sampled_from(["P279", "en", "zh"]), anything)


@given(st.dictionaries(keys, parts | anything))
def test_anything_is_read_or_refused(found: dict[str, Any]) -> None:
    found = {"id": "Q1"} | found
    try:
        kept = read_entity(found, SHAPE)
    except EntityError:
        return
    assert kept.read == len(kept.claims) + sum(kept.skipped)
