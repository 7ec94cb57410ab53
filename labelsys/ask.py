"""Questions: stored ones by name and queries in files, each asked where its dialect is spoken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.answers import Answer, Limits, Value
from labelsys.errors import ConfigError
from labelsys.ids import DEFAULT_BASE
from labelsys.queries import (
    DIALECTS,
    load_question,
    question_names,
    read_query_file,
)
from labelsys.query_params import bind_params, describe_param, given_params
from labelsys.rows import Rows
from labelsys.store.protocol import QuestionStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsys.progress import Progress
    from labelsys.store.protocol import GraphStore

__all__ = ["SPARQL", "Question", "ask", "list_questions"]

SPARQL = "sparql"
"""The dialect that every store answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One stored question.

    Attributes:
        name: what `labelsys query` takes.
        purpose: what it answers, one line.
        params: as its header has them, joined by commas.
        returns: columns of the answer, joined by commas.
        dialects: in which languages it is stored, joined by commas.
    """

    name: str
    purpose: str
    params: str
    returns: str
    dialects: str


def list_questions() -> Rows[Question]:
    """Return every stored question, by name."""
    spoken = {dialect: question_names(dialect) for dialect in DIALECTS}
    names = sorted({name for known in spoken.values() for name in known})
    return Rows((_describe(name, spoken) for name in names), Question)


def _describe(name: str, spoken: Mapping[str, tuple[str, ...]]) -> Question:
    dialects = tuple(dialect for dialect, known in spoken.items() if name in known)
    query = load_question(name, dialects[0])
    return Question(
        name=name,
        purpose=query.purpose,
        params=", ".join(map(describe_param, given_params(query))),
        returns=", ".join(column.name for column in query.returns),
        dialects=", ".join(dialects),
    )


def ask(
    store: GraphStore,
    query: str | Path,
    params: Mapping[str, Value],
    *,
    dialect: str | None = None,
    limits: Limits | None = None,
    allow_service: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """Return the rows of a question.

    Every store answers SPARQL, by its SKOS view; other dialects are answered
    where they are a store's own.

    Args:
        store: any store.
        query: name of a stored question, or a path.
        params: name -> value, see `labelsys.query_params`.
        dialect: of a stored question; None takes the store's own.
        limits: rows and seconds.
        allow_service: whether SPARQL may ask other servers.
        progress: told while a view is made.

    Raises:
        NotFoundError: no such question, parameter, concept or label set.
        ConfigError: a parameter is missing or of another type, or the store
            does not speak the dialect.
        QueryError: the query is wrong, does more than read, or runs too long.
    """
    own = store.dialect if isinstance(store, QuestionStore) else SPARQL
    if isinstance(query, Path):
        found = read_query_file(query)
        if dialect not in (None, found.dialect):
            msg = f"{found.name} is written in {found.dialect}, not in {dialect}"
            raise ConfigError(msg)
    else:
        found = load_question(query, dialect or own)
    if found.dialect not in (own, SPARQL):
        msg = f"{found.name} is written in {found.dialect}: this store answers {own} and {SPARQL}"
        raise ConfigError(msg)
    if allow_service and found.dialect != SPARQL:
        msg = f"{found.name} is written in {found.dialect}: only SPARQL can ask other servers"
        raise ConfigError(msg, location="--allow-service")
    base = store.get_meta().get("base", DEFAULT_BASE)
    bound = bind_params(found, params, store, base=base)
    if isinstance(store, QuestionStore) and found.dialect == own:
        return store.ask(found, bound, limits or Limits())
    from labelsys.sparql import ask_sparql

    return ask_sparql(
        store, found, bound, limits or Limits(), allow_service=allow_service, progress=progress
    )
