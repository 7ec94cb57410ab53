"""One connection to a Neo4j server: stored queries, transactions, errors in one line.

Nothing of the driver leaves this module: neither its values nor its errors.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from labelsys.errors import StoreBusyError, StoreError
from labelsys.queries import load
from labelsys.store.neo4j_locator import (
    PASSWORD_VARIABLE,
    USERNAME_VARIABLE,
    Credentials,
    parse_locator,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import neo4j

__all__ = [
    "Link",
    "RefusedError",
    "Row",
    "Transaction",
    "check_agent",
]

DIALECT = "cypher"
_SILENT = logging.NullHandler()

OLDEST = (5, 23)
"""Oldest version of the server that understands our statements."""

Row: TypeAlias = tuple[Any, ...]
_T = TypeVar("_T")

_AGENT = re.compile(r"Neo4j/([0-9]+)\.([0-9]+)")

CONNECT_S = 15.0
"""How long a server may take to answer at first, in seconds."""
RETRY_S = 30.0
"""How long a transaction is tried again that failed for a reason that may pass, in seconds."""
READ_S = 600.0
"""How long one statement may read: a server that hangs has to end some time."""
_TYPES = {"rw": "it writes", "w": "it writes", "s": "it changes the schema"}
"""What the server says of a statement's type -> what is told."""

AT_ONCE = 5000
"""Rows that the server sends before it waits for the reader."""

REMOVED_AT_ONCE = (2000, 200, 20)
"""Nodes that a transaction removes: the next number where the server lacks memory for one."""


class RefusedError(Exception):
    """A statement that somebody wrote was not run to its end; never leaves `labelsys.store`."""


class Transaction:
    """Runs stored queries inside one transaction."""

    def __init__(self, inner: neo4j.ManagedTransaction | neo4j.Transaction) -> None:
        """Use a transaction of the driver."""
        self._inner = inner

    def run(self, query: str, /, **params: Any) -> list[Row]:
        """Return all rows of a stored query."""
        # The driver's type asks for literals, lest texts be spliced in; ours come from files.
        text: Any = load(query, DIALECT).text
        return [tuple(row) for row in self._inner.run(text, params)]


class Link:
    """A connection to one server, opened when it is made.

    Attributes:
        locator: the server's address.
    """

    def __init__(
        self,
        locator: str,
        credentials: Credentials | None = None,
        *,
        verify: bool = True,
    ) -> None:
        """Connect, log in, and look at the server's version.

        Args:
            locator: see `parse_locator`.
            credentials: None reads them from the environment.
            verify: whether to log in now; a user who has to change the
                password first can do nothing else.

        Raises:
            StoreError: the locator is wrong, or the server is not there,
                refuses the login, or is too old.
        """
        self.locator = parse_locator(locator)
        self._credentials = credentials or Credentials.from_environment(os.environ)
        self._closed = False
        self._inherited: list[neo4j.Driver] = []
        self._driver, self._owner = self._connect(), os.getpid()
        if verify:
            self._verify()

    def close(self) -> None:
        """Let go of the connection; twice is fine."""
        self._closed = True
        self._driver.close()

    def read(self, work: Callable[[Transaction], _T]) -> _T:
        """Return what a function reads in one transaction; it may be called again."""
        import neo4j

        @neo4j.unit_of_work(timeout=READ_S)
        def run(inner: neo4j.ManagedTransaction) -> _T:
            return work(Transaction(inner))

        with self._telling(), self._session("READ") as session:
            return session.execute_read(run)

    def write(self, work: Callable[[Transaction], _T]) -> _T:
        """Return what a function does in one transaction, done whole or not at all.

        Where the connection fails it is called again, though the server may
        have done it: it has to look.
        """
        with self._telling(), self._session("WRITE") as session:
            return session.execute_write(lambda inner: work(Transaction(inner)))

    def stream(self, query: str, proof: str, /, **params: Any) -> Generator[Row, None, bool]:
        """Yield the rows of a stored query as they come.

        Args:
            query: the query.
            proof: run in the same transaction, once all rows have come.
            params: of both.

        Yields:
            The rows.

        Returns:
            Whether the proof has rows.
        """
        text: Any = load(query, DIALECT).text
        with (
            self._telling(),
            self._session("READ") as session,
            session.begin_transaction(timeout=READ_S) as transaction,
        ):
            for row in transaction.run(text, params):
                yield tuple(row)
            return bool(Transaction(transaction).run(proof, **params))

    def ask(
        self, text: str, params: dict[str, Any], *, most: int | None, timeout_s: float
    ) -> tuple[list[str], list[Row]]:
        """Return the columns and at most so many rows of a statement that somebody wrote.

        What the server says the statement is decides whether it runs: the
        access mode alone stops no write on the community server.

        Args:
            text: the statement.
            params: what is bound, by name.
            most: rows; None for all.
            timeout_s: seconds, after which the server stops it.

        Returns:
            Names of the columns, and the rows.

        Raises:
            RefusedError: the statement is wrong, does more than read, or was stopped.
        """
        statement: Any = text
        with (
            self._telling(),
            _refusing(timeout_s),
            self._session("READ") as session,
            session.begin_transaction(timeout=timeout_s) as transaction,
        ):
            plan: Any = f"EXPLAIN {text}"
            found = transaction.run(plan, params).consume().query_type or ""
            if found != "r":
                what = _TYPES.get(found, "it does more than read")
                msg = f"{what}, which is refused: a query only reads"
                raise RefusedError(msg)
            result = transaction.run(statement, params)
            columns = list(result.keys())
            rows = [tuple(row) for row in islice(result, most)]
            transaction.rollback()
        return columns, rows

    def run_alone(self, query: str, /, **params: Any) -> list[Row]:
        """Return the rows of a query that makes its own transactions, or changes the schema."""
        text: Any = load(query, DIALECT).text
        with self._telling(), self._session("WRITE") as session:
            return [tuple(row) for row in session.run(text, params)]

    def run_until_none(self, query: str, /, **params: Any) -> None:
        """Run a query that removes ``$at_once`` rows and counts them, until none are left.

        Fewer at once where the server has no memory for so many.

        Raises:
            StoreError: the server has no memory for the fewest, or fails.
        """
        waiting = list(REMOVED_AT_ONCE)
        while True:
            try:
                ((removed,),) = self.run_alone(query, **params, at_once=waiting[0])
            except StoreError as error:
                if len(waiting) == 1 or not _lacks_memory(error):
                    raise
                del waiting[0]
            else:
                if not removed:
                    return

    def set_password(self, password: str) -> None:
        """Give the user who is logged in another password.

        Raises:
            StoreError: the server refuses it, for being too short say.
        """
        query: Any = load("set_password", DIALECT).text
        old = self._credentials.password
        with self._telling(), self._driver.session(database="system") as session:
            session.run(query, old=old, new=password).consume()

    def _verify(self) -> None:
        try:
            with self._telling():
                agent = self._driver.get_server_info().agent
            check_agent(agent, self.locator)
        except StoreError:
            self.close()
            raise

    def _connect(self) -> neo4j.Driver:
        import neo4j

        # What the driver logs while it retries would stand between the lines that we tell.
        logging.getLogger("neo4j").addHandler(_SILENT)
        login = (self._credentials.username, self._credentials.password)
        with self._telling():
            return neo4j.GraphDatabase.driver(
                self.locator,
                auth=login,
                connection_timeout=CONNECT_S,
                connection_acquisition_timeout=2 * CONNECT_S,
                max_transaction_retry_time=RETRY_S,
                # Hints on queries are for their authors; a test reads them.
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                user_agent="labelsys",
            )

    def _session(self, access: str) -> neo4j.Session:
        if self._closed:
            msg = f"the graph at {self.locator} is closed"
            raise StoreError(msg)
        if self._owner != os.getpid():
            # A fork must neither talk on its parent's connection nor close it by letting go of it.
            self._inherited.append(self._driver)
            self._driver, self._owner = self._connect(), os.getpid()
        return self._driver.session(default_access_mode=access, fetch_size=AT_ONCE)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn errors of the driver into ours.

        Raises:
            StoreError: with one line on what went wrong.
        """
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (Neo4jError, DriverError, OSError) as error:
            told: StoreError = _explain(error, self.locator)
            raise told from error
        except UnicodeEncodeError as error:
            msg = f"Neo4j at {self.locator} takes no undecodable text ({error.object[:40]!r})"
            raise StoreError(msg) from error


def _lacks_memory(told: StoreError) -> bool:
    return "OutOfMemory" in str(getattr(told.__cause__, "code", ""))


@contextmanager
def _refusing(timeout_s: float) -> Iterator[None]:
    """Tell errors that are the statement's own from those of the server.

    Raises:
        RefusedError: the statement is wrong, or was stopped.
        Neo4jError: of the driver, where it is the server's.
    """
    from neo4j.exceptions import ClientError, Neo4jError

    try:
        yield
    except Neo4jError as error:
        code = error.code or ""
        if "TransactionTimedOut" in code:
            msg = f"stopped after {timeout_s:g} s: ask for less, or give it longer (--timeout)"
            raise RefusedError(msg) from error
        if isinstance(error, ClientError) and ".Statement." in code:
            raise RefusedError(_first_line(error)) from error
        raise


def check_agent(agent: str, locator: str) -> None:
    """Refuse a server that is too old, or none of Neo4j's.

    Raises:
        StoreError: with what it says it is.
    """
    found = _AGENT.match(agent)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        msg = f"{locator} answers as {agent[:60]!r}: a Neo4j server from {oldest} on is needed"
        raise StoreError(msg)


_TOLD = (
    (
        r"Security\.(Unauthorized|TokenExpired)",
        "Neo4j at {at} refuses the user name or the password: "
        f"set {USERNAME_VARIABLE} and {PASSWORD_VARIABLE}",
    ),
    (
        r"Security\.AuthenticationRateLimit",
        "Neo4j at {at} has seen too many wrong passwords: wait some seconds, then try again",
    ),
    (
        r"Security\.CredentialsExpired",
        "Neo4j at {at} wants the first password changed: run `labelsys neo4j start` on its folder, "
        "or ALTER CURRENT USER SET PASSWORD in the database system",
    ),
    (
        r"(Security\.Forbidden|General\.(ForbiddenOn|WriteOn)ReadOnly|Statement\.AccessMode"
        r"|Cluster\.NotALeader)",
        "Neo4j at {at} lets this user only read, or the database is read-only: "
        "writing needs a user who may, and a database that takes it",
    ),
    (
        r"General\.(Memory|Transaction)\w*OutOfMemory",
        "Neo4j at {at} has no memory for a transaction of this size: give it more heap, "
        "or raise db.memory.transaction.total.max",
    ),
    (
        r"Transaction\.TransactionTimedOut",
        "Neo4j at {at} took too long over one transaction and ended it: try again when it is "
        "less busy, or raise db.transaction.timeout",
    ),
    (
        r"Database\.(DatabaseNotFound|DatabaseUnavailable)",
        "Neo4j at {at} has no database that is online: look at its log",
    ),
)
"""Part of the server's error code -> what is told."""


def _explain(error: Exception, at: str) -> StoreError:
    """Return one line on what went wrong and what to do."""
    from neo4j.exceptions import DriverError, SessionExpired

    code = getattr(error, "code", None) or ""
    for pattern, text in _TOLD:
        if re.search(pattern, code):
            kind = StoreBusyError if "TimedOut" in pattern else StoreError
            return kind(text.format(at=at))
    if isinstance(error, SessionExpired) or "defunct connection" in str(error):
        return StoreBusyError(f"the connection to Neo4j at {at} was lost: try again")
    if isinstance(error, DriverError | OSError) and not code:
        return StoreError(
            f"no Neo4j server answers at {at} ({_first_line(error)}): is it running? "
            "`labelsys neo4j start DIR` starts one on this machine"
        )
    return StoreError(f"Neo4j at {at} refuses: {_first_line(error)}{f' ({code})' if code else ''}")


def _first_line(error: Exception) -> str:
    text = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:300]
