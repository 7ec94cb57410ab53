"""Answers one SPARQL query in a process of its own: `python rdf_worker.py`, a request on stdin.

A query that was begun can't be stopped from within: Oxigraph computes without
looking up. A process can, whatever it does, so `labelsys.store.rdf` starts this
file for each query. It needs nothing of labelsys. An alarm that nobody handles
ends it in time, even where whoever started it has gone.

The request is one JSON object with `store`, `text`, `most` (rows, or null) and
`timeout_s`. What comes out is JSON lines: the columns, then a list a row; or
one object with `error`.
"""

from __future__ import annotations

import json
import math
import resource
import signal
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph

if TYPE_CHECKING:
    from collections.abc import Iterator

_XSD = "http://www.w3.org/2001/XMLSchema#"
_REAL = frozenset((f"{_XSD}double", f"{_XSD}float", f"{_XSD}decimal"))
_INTEGER = f"{_XSD}integer"
_BOOLEAN = f"{_XSD}boolean"
_MOST_MEMORY = 8 * 1024**3
"""Bytes of addresses: a product of everything with everything ends before the machine does."""


def answer(store: Any, text: str, most: int | None = None) -> Iterator[list[Any]]:
    """Yield the columns, then at most so many rows."""
    result = store.query(text)
    if isinstance(result, pyoxigraph.QueryBoolean):
        yield ["answer"]
        yield [bool(result)]
    elif isinstance(result, pyoxigraph.QueryTriples):
        yield ["subject", "predicate", "object"]
        for triple in islice(result, most):
            yield [plain(term) for term in triple]
    else:
        yield [variable.value for variable in result.variables]
        for solution in islice(result, most):
            yield [plain(term) for term in solution]


def plain(term: Any) -> str | int | float | bool | None:
    """Return a term as a number, a truth value or a text; the language of a text is left out."""
    if term is None:
        return None
    if isinstance(term, pyoxigraph.NamedNode):
        return str(term.value)
    if not isinstance(term, pyoxigraph.Literal):
        return str(term)
    text, kind = str(term.value), term.datatype.value
    with suppress(ValueError):
        if kind == _INTEGER:
            return int(text)
        if kind in _REAL and math.isfinite(float(text)):
            return float(text)
    return text == "true" if kind == _BOOLEAN else text


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    signal.setitimer(signal.ITIMER_REAL, request["timeout_s"])
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    try:
        store = pyoxigraph.Store.read_only(request["store"])
        for row in answer(store, request["text"], request["most"]):
            sys.stdout.write(json.dumps(row) + "\n")
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")


if __name__ == "__main__":
    main()
