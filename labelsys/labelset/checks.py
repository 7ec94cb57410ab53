"""What a label, a given id and a label set's own id may look like.

Shapes only: whether a wnid or synset is in WordNet is asked by the matcher.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from labelsys.errors import IdentifierError
from labelsys.ids import Curie, prefixes

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "MAX_ID",
    "MAX_NAME",
    "TASKS",
    "changes_direction",
    "check_id_syntax",
    "check_label_set_id",
    "find_id_problem",
    "find_name_problem",
    "find_text_problem",
    "parse_qid",
    "parse_synset",
    "parse_wnid",
    "reserved_ids",
]

TASKS = ("classification", "detection")
MAX_NAME = 2_000
"""Characters in a name; a longer one is no class name, and would slow every trigram index."""
MAX_ID = 500
"""Characters in a label's id."""
MAX_SET_ID = 64

# A CURIE that starts with one of these would read as an address.
_SCHEMES = ("file", "http", "https", "mailto", "neo4j", "urn")

_WNID = re.compile(r"(?:(n[0-9]{8})|wn30:([0-9]{8})-n)\Z")
_SYNSET = re.compile(r"[^\s|]+\.[nvars]\.[0-9]{2,3}\Z")
_QID = re.compile(r"(?:wd:)?(Q[1-9][0-9]*)\Z")
_BAD_CATEGORIES = {
    "Cc": "a control character",
    "Cs": "an unpaired surrogate",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def parse_wnid(text: str) -> str | None:
    """Return the wnid that a cell gives, or None where it is none.

    Examples:
        >>> parse_wnid("n02084071"), parse_wnid("wn30:02084071-n"), parse_wnid("n0208")
        ('n02084071', 'n02084071', None)
    """
    match = _WNID.match(text)
    return None if match is None else match[1] or f"n{match[2]}"


def parse_synset(text: str) -> str | None:
    """Return the synset name that a cell gives, or None where it is none.

    Examples:
        >>> parse_synset("dog.n.01"), parse_synset("st._bernard.n.01"), parse_synset("dog")
        ('dog.n.01', 'st._bernard.n.01', None)
    """
    return text if _SYNSET.match(text) else None


def parse_qid(text: str) -> str | None:
    """Return the Wikidata item that a cell gives, or None where it is none.

    Examples:
        >>> parse_qid("Q144"), parse_qid("wd:Q144"), parse_qid("q144")
        ('Q144', 'Q144', None)
    """
    match = _QID.match(text)
    return None if match is None else match[1]


def find_text_problem(text: str) -> str | None:
    """Return which character a line of text must not have, or None.

    Invisible characters that scripts need (joiners, direction marks) pass.
    """
    if text.isprintable():
        return None
    for char in text:
        bad = _BAD_CATEGORIES.get(unicodedata.category(char))
        if bad is not None:
            return f"{bad} (U+{ord(char):04X})"
    return None


def find_name_problem(name: str) -> str | None:
    """Return why a text can't be a label's name, or None where it can."""
    if not name.strip():
        return "empty name"
    if len(name) > MAX_NAME:
        return f"name over {MAX_NAME} characters"
    return "name with a control character" if find_text_problem(name) else None


def find_id_problem(label_id: str) -> str | None:
    """Return why a text can't be a label's id, or None where it can."""
    if not label_id:
        return "no label_id"
    if len(label_id) > MAX_ID:
        return f"label_id over {MAX_ID} characters"
    return None if label_id.isprintable() else "label_id with an invisible character"


def changes_direction(name: str) -> bool:
    """Return whether a name can turn round the text that it is printed in."""
    return _BIDI.search(name) is not None


def reserved_ids() -> frozenset[str]:
    """Return what no label set may be called: the shipped prefixes and URI schemes."""
    return frozenset(prefixes()) | frozenset(_SCHEMES)


def check_id_syntax(id_: str) -> None:
    """Check that an id can be a CURIE prefix and a file name.

    Raises:
        IdentifierError: it can't.
    """
    try:
        Curie(id_, "1")
    except IdentifierError as exc:
        msg = f"{id_!r} can't be a label set's id: a letter, then letters, digits, '_', '-' or '.'"
        raise IdentifierError(msg) from exc
    if len(id_) > MAX_SET_ID:
        msg = f"the label set id {id_[:20]!r}... is over {MAX_SET_ID} characters long"
        raise IdentifierError(msg)


def check_label_set_id(id_: str, taken: Collection[str] = ()) -> None:
    """Check that a new label set may have this id.

    Case makes no difference: two sets must not meet in one file name.

    Args:
        id_: the id wanted.
        taken: ids of the label sets that are there.

    Raises:
        IdentifierError: it is no CURIE prefix, reserved, or taken.
    """
    if id_.casefold() in {r.casefold() for r in reserved_ids()}:
        msg = f"the label set id {id_!r} is reserved (it is a prefix of other ids): choose another"
        raise IdentifierError(msg)
    check_id_syntax(id_)
    clash = sorted(t for t in taken if t.casefold() == id_.casefold())
    if clash:
        msg = f"the label set id {id_!r} is taken by {clash[0]!r}: choose another"
        raise IdentifierError(msg)
