"""Our SSSOM columns and words are those of the installed schema."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from labelsys.export.mappings import COLUMNS
from labelsys.model import PREDICATES
from labelsys.vocab import Justification

pytest.importorskip("sssom_schema")

SCHEMA = files("sssom_schema").joinpath("schema/sssom_schema.yaml").read_text(encoding="utf-8")


def slots_of(class_name: str) -> list[str]:
    """Return the slots of a class, in the schema's order."""
    text = SCHEMA.split(f"\n  {class_name}:\n", 1)[1].split("\n    slots:\n", 1)[1]
    lines = text.splitlines()
    end = next(n for n, line in enumerate(lines) if not line.startswith("      - "))
    return [line.removeprefix("      - ") for line in lines[:end]]


def test_columns_are_slots_in_the_schemas_order_and_one_declared_extension() -> None:
    slots = slots_of("mapping")
    assert "subject_id" in slots  # the schema was read
    *columns, extension = COLUMNS
    assert extension == "status"
    assert extension not in slots
    assert columns == [slot for slot in slots if slot in columns]


def test_every_justification_is_in_the_schemas_list() -> None:
    text = SCHEMA.split("\n  mapping_justification:\n", 1)[1]
    pattern = re.search(r"pattern: (\S+)", text)
    assert pattern is not None
    ours = [value for name, value in vars(Justification).items() if name.isupper()]
    assert ours
    assert [j for j in ours if not re.match(pattern[1].strip("\"'"), j)] == []


def test_predicates_are_skos_mapping_relations() -> None:
    assert all(predicate.startswith("skos:") for predicate in PREDICATES)
