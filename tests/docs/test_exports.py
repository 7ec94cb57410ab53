"""What `labelsys` offers is written down once, sorted, and there."""

from __future__ import annotations

import ast
from pathlib import Path

import labelsys
from labelsys import errors, model

INIT = Path(labelsys.__file__)


def test_public_names_are_sorted_and_each_there_once() -> None:
    assert labelsys.__all__ == sorted(set(labelsys.__all__))


def test_every_public_name_can_be_had_and_lives_in_our_package() -> None:
    for name in labelsys.__all__:
        value = getattr(labelsys, name)
        if name != "__version__":
            assert value.__module__.split(".")[0] == "labelsys", name


def test_type_checkers_see_the_same_names() -> None:
    """The imports under TYPE_CHECKING and the list of public names must not drift apart."""
    blocks = [
        node
        for node in ast.parse(INIT.read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    ]
    imported = {
        alias.asname or alias.name
        for block in blocks
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert imported == set(labelsys.__all__) - {"__version__"}


def test_all_errors_and_value_types_are_public() -> None:
    values = {name for name in model.__all__ if isinstance(getattr(model, name), type)}
    assert set(errors.__all__) | values <= set(labelsys.__all__)


def test_dir_lists_names_that_were_not_used_yet() -> None:
    assert set(labelsys.__all__) <= set(dir(labelsys))
