"""What every reader of Wikidata (extract, dump, endpoint) hands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labelsys.model import Name
from labelsys.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Facts", "Item", "Link", "new_names", "qid_number"]


class Item(NamedTuple):
    """An item's English texts; each may be empty."""

    qid: str
    label: str
    description: str = ""
    aliases: tuple[str, ...] = ()


class Link(NamedTuple):
    """One P8814 statement: the item and a WordNet 3.1 synset (`02086723-n`)."""

    item: Item
    wn31: str


class Facts(NamedTuple):
    """One pull.

    Attributes:
        classes: items that are classes, each once.
        subclass: (narrower, broader) QIDs by P279, as published: with loops.
        links: P8814 statements.
        version: of the data.
        fingerprint: SHA-256 over the input, hex.
    """

    classes: list[Item]
    subclass: list[tuple[str, str]]
    links: list[Link]
    version: str
    fingerprint: str


def qid_number(qid: str) -> int:
    """Return the number of a QID: its sort key. Low ones are old and mostly general."""
    return int(qid[1:])


def new_names(texts: Iterable[str], has: set[str]) -> tuple[Name, ...]:
    """Return the texts as other names, in order, but for those that are there.

    Args:
        texts: English names; those without a letter or digit (a flag, an arrow)
            can't be looked up and are passed over.
        has: folded names that are there; grows by the new ones.

    Returns:
        Names of kind `alt`, without a sense.
    """
    names = []
    for text in texts:
        folded = fold(text)
        if folded and folded not in has:
            has.add(folded)
            names.append(Name(text=text))
    return tuple(names)
