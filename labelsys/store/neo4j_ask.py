"""Questions to a Neo4j server: a statement that somebody wrote, run so that it can only read.

The community server lets a session of the mode READ write all the same. So the
server plans the statement first, in the same transaction, and says of what type
it is; only one that reads is run. The transaction is rolled back in the end.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from labelsys.answers import Answer, Limits, Value, make_answer
from labelsys.errors import QueryError
from labelsys.store.neo4j_link import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.queries import Query
    from labelsys.store.neo4j_link import Link

__all__ = ["ask_neo4j"]

_BLANK = r"(?:\s|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
_PLANNED = re.compile(rf"{_BLANK}(EXPLAIN|PROFILE)\b", re.IGNORECASE | re.DOTALL)
_REACHING = re.compile(
    r"\b(LOAD\s+CSV|CALL\s+(?:apoc|dbms|db\.\w+\.(?:create|drop)))\b", re.IGNORECASE
)


def ask_neo4j(
    link: Link, version: str, query: Query, params: Mapping[str, Value], limits: Limits
) -> Answer:
    """Return the rows of one statement.

    Args:
        link: to the server.
        version: of the graph that is read; bound to `$version` where the query has it.
        query: its text is one statement that gives rows.
        params: what is bound, by name.
        limits: rows and seconds.

    Raises:
        QueryError: the statement is wrong, does more than read, or runs too long.
        StoreError: the server is not there.
    """
    _check(query)
    most = None if limits.rows is None else limits.rows + 1
    bound = {**params, "version": version}
    try:
        columns, rows = link.ask(query.text, bound, most=most, timeout_s=limits.timeout_s)
    except RefusedError as error:
        raise QueryError(str(error), query=query.name) from error
    if not columns:
        msg = "it gives no rows: it has to end in RETURN"
        raise QueryError(msg, query=query.name)
    return make_answer(columns, [tuple(map(_plain, row)) for row in rows], limits)


def _check(query: Query) -> None:
    planned = _PLANNED.match(query.text)
    if planned is not None:
        msg = f"{planned[1].upper()} is refused: ask it of the server itself"
        raise QueryError(msg, query=query.name)
    reaching = _REACHING.search(query.text)
    if reaching is not None:
        msg = f"{' '.join(reaching[1].split())} is refused: a query reads the graph only"
        raise QueryError(msg, query=query.name)


def _plain(value: Any) -> Value:
    """Return a value that every output can hold; nodes, lists and maps as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)
