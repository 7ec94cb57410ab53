from __future__ import annotations

import re

from labelsys.source.wikidata.properties import CLASS_PROPERTY, KEPT_PROPERTIES, LINK_PROPERTY


def test_the_table_is_in_order_and_says_what_each_is_kept_for() -> None:
    numbers = [int(pid[1:]) for pid in KEPT_PROPERTIES]
    assert numbers == sorted(numbers)
    assert all(re.fullmatch(r"P[1-9][0-9]*", pid) for pid in KEPT_PROPERTIES)
    assert {each.holds for each in KEPT_PROPERTIES.values()} == {"item", "string"}
    assert all(each.name and each.why for each in KEPT_PROPERTIES.values())


def test_the_two_that_have_a_part_of_their_own_are_in_the_table() -> None:
    assert KEPT_PROPERTIES[CLASS_PROPERTY].holds == "item"
    assert KEPT_PROPERTIES[LINK_PROPERTY].holds == "string"
