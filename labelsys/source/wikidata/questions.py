"""What an endpoint is asked: a stored query with values in it, and a mark of its own.

The files are SPARQL as they stand. Values take fixed places in them, and each
is checked first, so nothing but an item, a property, a language or a quoted
text gets into a query:

=========================  ==================================================
in the file                takes
=========================  ==================================================
`VALUES ?x { UNDEF }`      the list of that name, wherever it stands
`wdt:P279`                 the property: engines plan one that is named better
`LIMIT 1`                  how many rows at most
=========================  ==================================================

In what is sent, `?item` has another name in every question: an answer to
another one, from a cache that mixes them up or a server that repeats a page,
does not have that column, not even where it has no rows.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from labelsys.errors import QueryError
from labelsys.export.terms import quoted
from labelsys.queries import load
from labelsys.source.wikidata.pulled import is_qid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ENTITY",
    "Question",
    "item_terms",
    "make_question",
    "property_term",
    "text_terms",
]

ENTITY: Final = "http://www.wikidata.org/entity/"
"""What the addresses of items begin with."""

_PID: Final = re.compile(r"P[1-9][0-9]{0,11}\Z")
_LIST: Final = re.compile(r"VALUES \?(\w+) \{ UNDEF \}")
_PROPERTY: Final = re.compile(r"\bwdt:P279\b")
_LIMIT: Final = re.compile(r"^LIMIT 1$", re.MULTILINE)
_ITEM: Final = re.compile(r"\?item\b")
_MARK: Final = 12


class Question(NamedTuple):
    """A query that is ready to be sent.

    Attributes:
        key: SHA-256 of its text before it was marked, hex: the same question has the same.
        text: what is sent.
        columns: of its answer, the marked one first.
        most: rows that it asks for at most.
    """

    key: str
    text: str
    columns: tuple[str, ...]
    most: int


def is_pid(text: str) -> bool:
    """Return whether a text is the id of a property.

    Examples:
        >>> is_pid("P279"), is_pid("Q144"), is_pid("p279")
        (True, False, False)
    """
    return _PID.match(text) is not None


def item_terms(qids: Iterable[str]) -> list[str]:
    """Return items as a query spells them.

    Raises:
        QueryError: one is none.

    Examples:
        >>> item_terms(["Q144"])
        ['wd:Q144']
    """
    found = list(qids)
    for qid in found:
        if not is_qid(qid):
            msg = f"{qid!r} is no item: 'Q' and a number, as in Q144"
            raise QueryError(msg, query="wikidata")
    return [f"wd:{qid}" for qid in found]


def property_term(pid: str) -> str:
    """Return a property as a query spells it.

    Raises:
        QueryError: it is none.

    Examples:
        >>> property_term("P31")
        'wdt:P31'
    """
    if not is_pid(pid):
        msg = f"{pid!r} is no property: 'P' and a number, as in P279"
        raise QueryError(msg, query="wikidata")
    return f"wdt:{pid}"


def text_terms(texts: Iterable[str]) -> list[str]:
    """Return texts as a query spells them, in quotes."""
    return [quoted(text) for text in texts]


def make_question(
    name: str, lists: Mapping[str, Sequence[str]], *, most: int, way: str = ""
) -> Question:
    """Return a question.

    Args:
        name: of a stored query.
        lists: name -> terms, from the functions above, for each list of its header.
        most: rows at most.
        way: the property that takes the place of the one in the file, as a term.

    Raises:
        QueryError: the lists are not those of the query.
    """
    query = load(name, "sparql")
    wanted = {column.name for column in query.params} - {"most"}
    if wanted != {*lists} | ({"property"} if way else set()) or not all(lists.values()):
        msg = f"takes {', '.join(sorted(wanted))}, and gets {', '.join(sorted(lists))}"
        raise QueryError(msg, query=name)
    body = "".join(
        line for line in query.text.splitlines(keepends=True) if not line.startswith("#")
    )
    text = _LIMIT.sub(f"LIMIT {int(most)}", body)
    if way:
        text = _PROPERTY.sub(way, text)
    text = _LIST.sub(lambda found: _values(found[1], lists), text)
    key = hashlib.sha256(text.encode()).hexdigest()
    mark = f"item_{key[:_MARK]}"
    columns = tuple(mark if c.name == "item" else c.name for c in query.returns)
    return Question(key, _ITEM.sub(f"?{mark}", text), columns, most)


def _values(name: str, lists: Mapping[str, Sequence[str]]) -> str:
    return f"VALUES ?{name} {{ {' '.join(lists[name])} }}"
