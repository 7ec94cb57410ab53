"""From the body of an answer to rows: SPARQL JSON, checked to the last term.

Source:
    SPARQL 1.1 Query Results JSON Format, section 3.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labelsys.source.wikidata.endpoint import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Term", "parse_answer"]

_KINDS: Final = {
    "uri": "uri",
    "literal": "literal",
    "typed-literal": "literal",
    "bnode": "bnode",
}
"""As it is written -> as it is called here; the second literal is an old way."""


class Term(NamedTuple):
    """One cell of an answer.

    Attributes:
        kind: `uri`, `literal` or `bnode`.
        value: its text.
        lang: of a literal, in lower case; "" for none.
    """

    kind: str
    value: str
    lang: str = ""


def parse_answer(body: bytes, columns: Sequence[str], most: int) -> list[tuple[Term, ...]]:
    """Return the rows of an answer.

    Args:
        body: of a reply.
        columns: that were asked for; each has a value in every row.
        most: rows that were asked for at most.

    Returns:
        A term for each column, in order.

    Raises:
        RequestError: the answer is not whole, has another shape, or belongs to
            another question.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        # Query services that run out of time break off in the middle, with status 200.
        raise RequestError("broken JSON", is_heavy=True) from None
    try:
        found, rows = answer["head"]["vars"], answer["results"]["bindings"]
    except (LookupError, TypeError):
        raise RequestError("JSON that is no answer") from None
    if not (isinstance(found, list) and isinstance(rows, list)):
        raise RequestError("JSON that is no answer")
    if set(map(str, found)) != set(columns):
        raise RequestError("answer to another question")
    if len(rows) > most:
        raise RequestError("more rows than asked for")
    return [_row(row, columns) for row in rows]


def _row(row: Any, columns: Sequence[str]) -> tuple[Term, ...]:
    try:
        return tuple(_term(row[column]) for column in columns)
    except (LookupError, TypeError):
        raise RequestError("row of another shape") from None


def _term(cell: Any) -> Term:
    value, lang = cell["value"], cell.get("xml:lang", "")
    if not (isinstance(value, str) and isinstance(lang, str)):
        raise TypeError
    # Half of a surrogate pair is JSON and no text: it could not be written anywhere.
    clean = value if value.isascii() else value.encode("utf-8", "replace").decode()
    return Term(_KINDS[cell["type"]], clean, lang.lower())
