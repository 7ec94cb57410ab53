"""How fast a graph gets into Neo4j, beside the two scripts that people write for it.

Those two load concepts, names and edges only, with the same two constraints. One writes a MERGE
for each row in a transaction of its own; since that takes hours, a sample is timed and the rest
reckoned from it. The other sends UNWIND over 10,000 rows at a time. We are timed on the same three
kinds of rows, and on the whole push.
"""

from __future__ import annotations

import secrets
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from labelsys.neo4j_server import start_server, stop_server
from labelsys.source.wordnet_files import cache_folder
from labelsys.store.neo4j import Neo4jStore
from labelsys.store.neo4j_locator import Credentials
from labelsys.store.neo4j_rows import iter_parts
from labelsys.store.neo4j_writer import Neo4jWriter
from labelsys.store.open import open_store
from labelsys.store.transfer import copy_graph
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import neo4j

    from labelsys.neo4j_server import LocalServer

MERGE_TIMES = 50.0
UNWIND_TIMES = 1.0
AT_ONCE = 10_000
SAMPLE = 1_000
SHARED = ("concept", "folded_name", "name", "subclass_edge", "instance_edge")
HEAP = "1g"

NAIVE_SCHEMA = (
    "CREATE CONSTRAINT IF NOT EXISTS FOR (c:NaiveConcept) REQUIRE c.key IS UNIQUE",
    "CREATE CONSTRAINT IF NOT EXISTS FOR (n:NaiveName) REQUIRE n.key IS UNIQUE",
)
# The rows are those of labelsys.store.neo4j_rows: their order is said there.
_PROPERTIES = (
    "{key: row[0], id: row[1], pref_label: row[2], gloss: row[3], source: row[4], "
    "lexname: row[5], status: row[6], replaced_by: row[7], depth: row[8], wnid: row[9], "
    "xrefs: row[10]}"
)
_ENDS = (
    "MATCH (n:NaiveConcept {key: row[0]}) MATCH (b:NaiveConcept {key: row[1]}) "
    "MERGE (n)-[:NAIVE_SUBCLASS_OF]->(b)"
)
NAIVE = {
    "concept": f"MERGE (c:NaiveConcept {{key: row[0]}}) SET c += {_PROPERTIES}",
    "folded_name": "MERGE (n:NaiveName {key: row[0]}) SET n.folded = row[1]",
    "name": "MATCH (c:NaiveConcept {key: row[0]}) MATCH (n:NaiveName {key: row[2]}) "
    "MERGE (c)-[h:NAIVE_NAME {position: row[1]}]->(n) "
    "SET h += {text: row[3], lang: row[4], kind: row[5], sense_number: row[6], "
    "sense_count: row[7], lex_id: row[8]}",
    "subclass_edge": _ENDS,
    "instance_edge": _ENDS.replace("SUBCLASS", "INSTANCE"),
}
"""The same rows as a script would write them, with MERGE to be safe when it is run again."""


def read_rows(folder: Path) -> dict[str, list[Any]]:
    """Return the rows that the naive scripts send."""
    from labelsys.store.memory import MemoryWriter

    draft = MemoryWriter()
    with open_store(folder) as reader:
        copy_graph(reader, draft)
    return {part.name: list(part.rows) for part in iter_parts(draft) if part.name in SHARED}


def chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield rows in chunks of `AT_ONCE`."""
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def time_merge(session: neo4j.Session, rows: dict[str, list[Any]]) -> float:
    """Return the seconds that MERGE row by row would take, reckoned from a sample of each part."""
    seconds = 0.0
    for part, found in rows.items():
        # Over the whole of it: later rows meet a bigger database.
        sample = found[:: max(len(found) // SAMPLE, 1)]
        started = time.perf_counter()
        for row in sample:
            session.run(f"WITH $row AS row {NAIVE[part]}", row=row).consume()
        took = time.perf_counter() - started
        seconds += took * len(found) / len(sample)
    return seconds


def time_unwind(session: neo4j.Session, rows: dict[str, list[Any]]) -> float:
    """Return the seconds that UNWIND over many rows at a time takes."""
    started = time.perf_counter()
    for part, found in rows.items():
        for some in chunks(found):
            session.run(f"UNWIND $rows AS row {NAIVE[part]}", rows=some).consume()
    return time.perf_counter() - started


def clear(session: neo4j.Session) -> None:
    """Remove everything."""
    delete = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
    session.run(delete).consume()


def time_push(server: LocalServer, login: Credentials, folder: Path) -> dict[str, float]:
    """Return the seconds of a push: all of it, and of the parts that the others send as well."""
    import labelsys.store.neo4j_writer as module

    seconds = dict.fromkeys((*SHARED, "all"), 0.0)
    add = module._Push._add

    def timed(self: Any, batch: Any, number: int) -> None:
        began = time.perf_counter()
        add(self, batch, number)
        seconds[batch.part] = seconds.get(batch.part, 0.0) + time.perf_counter() - began

    module._Push._add = timed  # type: ignore[method-assign]  # measured from outside
    try:
        started = time.perf_counter()
        with (
            open_store(folder) as reader,
            closing(Neo4jWriter(server.locator, login)) as writer,
        ):
            copy_graph(reader, writer)
        seconds["all"] = time.perf_counter() - started
    finally:
        module._Push._add = add  # type: ignore[method-assign]
    return seconds


def main() -> None:
    """Run the benchmark."""
    import neo4j

    options = arguments(__doc__ or "")
    report = Report(name="neo4j")
    login = Credentials("neo4j", secrets.token_urlsafe(12))
    with TemporaryDirectory() as temp, open_built(options.system, "--encoder", "none") as folder:
        rows = read_rows(folder)
        counts = {part: len(found) for part, found in rows.items()}
        report.facts["rows"] = counts
        server = start_server(Path(temp), login.password, cache=cache_folder(), heap=HEAP)
        try:
            with (
                neo4j.GraphDatabase.driver(
                    server.locator,
                    auth=(login.username, login.password),
                    notifications_min_severity="OFF",
                ) as driver,
                driver.session() as session,
            ):
                bench(report, server, login, folder, rows, session)
        finally:
            stop_server(Path(temp))
    report.write(options.out)


def bench(
    report: Report,
    server: LocalServer,
    login: Credentials,
    folder: Path,
    rows: dict[str, list[Any]],
    session: neo4j.Session,
) -> None:
    """Measure the three ways, one after the other, each on an empty database."""
    for statement in NAIVE_SCHEMA:
        session.run(statement).consume()
    # Once before, not counted: Java compiles what it runs often.
    few = {part: found[:2_000] for part, found in rows.items()}
    time_unwind(session, few)
    clear(session)
    unwind = time_unwind(session, rows)
    say("UNWIND done")
    merge = time_merge(session, rows)  # in the database that is full, as it would be half-way
    say("MERGE done")
    clear(session)
    push = time_push(server, login, folder)
    shared = sum(push[part] for part in SHARED)
    n = sum(map(len, rows.values()))
    report.add(Measure(name=f"push: {n:,} concepts, names, edges", unit="s", values=(shared,)))
    note = f"reckoned from {SAMPLE:,} rows of each part"
    report.add(Measure(name="MERGE row by row", unit="s", values=(merge,), note=note))
    report.add(Measure(name="UNWIND by 10,000", unit="s", values=(unwind,)))
    report.add(
        Measure(
            name="MERGE row by row / push",
            unit="times",
            values=(merge / shared,),
            bound=MERGE_TIMES,
            at_least=True,
        )
    )
    report.add(
        Measure(
            name="UNWIND by 10,000 / push",
            unit="times",
            values=(unwind / shared,),
            bound=UNWIND_TIMES,
            at_least=True,
        )
    )
    report.add(Measure(name="whole push, reading and comparing", unit="s", values=(push["all"],)))
    again = time_push(server, login, folder)["all"]
    report.add(Measure(name="the same push again", unit="s", values=(again,)))
    with Neo4jStore(server.locator, login) as store:
        started = time.perf_counter()
        for _ in store.iter_concepts():
            pass
        took = time.perf_counter() - started
    report.add(Measure(name="read every concept", unit="s", values=(took,)))


if __name__ == "__main__":
    main()
