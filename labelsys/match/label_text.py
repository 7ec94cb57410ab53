"""What is read from a label before anything is looked up: texts, and names that mean nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from labelsys.tables import read_table
from labelsys.text import fold

if TYPE_CHECKING:
    from labelsys.model import Label

__all__ = ["encoded_text", "excluded_names", "is_latin", "label_text"]

# As of a concept: with more, none of them counts for much.
_MOST_NAMES = 6


@cache
def excluded_names() -> dict[str, str]:
    """Return folded names that stand for no thing -> why."""
    from importlib.resources import files

    table = read_table(
        files("labelsys_ontologies").joinpath("excluded.tsv"), columns=("name", "reason")
    )
    return {name: reason for name, reason in table.rows}  # noqa: C416 - mypy sees pairs so


def is_latin(text: str) -> bool:
    """Return whether at least half of a text's letters are Latin, or nearly (`é`, `ß`).

    Examples:
        >>> is_latin("crème brûlée"), is_latin("T恤"), is_latin("自行车"), is_latin("42")
        (True, True, False, True)
    """
    letters = [c for c in fold(text) if c.isalpha()]
    return 2 * sum(c.isascii() for c in letters) >= len(letters)


def label_text(label: Label) -> str:
    """Return a label's name as words."""
    return _spaced(label.name)


def _spaced(name: str) -> str:
    """Return a name as words."""
    return " ".join(name.replace("_", " ").split())


def encoded_text(label: Label) -> str:
    """Return what the sentence encoder reads for a label: its names and its description.

    It knows tambourine doves, and nothing of `turtur tympanistria`.
    """
    unique: dict[str, str] = {}
    for name in (label_text(label), *map(_spaced, label.synonyms)):
        unique.setdefault(fold(name), name)
    text = ", ".join(list(unique.values())[:_MOST_NAMES])
    return f"{text}: {label.description}" if label.description else text
