"""How long the stored questions take in each dialect on a whole system, and whether rows agree.

Every question is asked through `labelsys.ask`, as `labelsys query` does: SPARQL in a process of its
own, Cypher over the wire. The graph in Neo4j has to be the one of the workspace.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from labelsys.answers import Limits
from labelsys.ask import ask
from labelsys.errors import LabelsysError
from labelsys.progress import SilentProgress
from labelsys.queries import question_names
from labelsys.sparql import find_view
from labelsys.store.open import open_store
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, say

if TYPE_CHECKING:
    from labelsys.answers import Value
    from labelsys.store.protocol import GraphStore

ROOT = "wn30:00001740-n"
ASKED: dict[str, tuple[dict[str, Value], ...]] = {
    "ancestors": ({"concept": "dog.n.01"}, {"concept": "coco:18"}),
    "doubtful_links": ({"label_set": "coco"}, {"label_set": "openimages", "below": 0.95}),
    "labels_below": ({"concept": "dog.n.01"}, {"concept": ROOT}),
    "labels_by_branch": ({"concept": "animal.n.01"}, {"concept": ROOT}),
    "leaves": ({"concept": "dog.n.01"}, {"concept": ROOT}),
    "missing_concepts": (
        {"label_set": "coco", "other": "lvis"},
        {"label_set": "openimages", "other": "imagenet21k"},
    ),
    "shared_concepts": ({"at_least": 8}, {"at_least": 2}),
    "shared_names": ({"at_least": 20}, {"at_least": 2}),
    "siblings": ({"concept": "dog.n.01"}, {"concept": "golden_retriever.n.01"}),
    "single_source": ({"known_to": "wikidata"}, {}),
}
"""Question -> what is asked: something small, then something of the whole graph."""

BOUND_S = 1.0
"""In SQLite; nothing is asked of the others."""


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "",
        runs=(int, 3, "runs of each question"),
        timeout=(float, 300.0, "seconds that one question may take"),
        neo4j=(str, None, "locator of a server that holds the same graph"),
    )
    report = Report(name="queries")
    limits = Limits(rows=None, timeout_s=options.timeout)
    with open_built(options.system) as folder, ExitStack() as stack:
        local = stack.enter_context(open_store(folder))
        stores: dict[str, GraphStore] = {"sqlite": local, "sparql": local}
        if options.neo4j is None:
            report.skip("cypher", "no --neo4j was given")
        else:
            stores["cypher"] = stack.enter_context(open_store(options.neo4j))
        started = time.perf_counter()
        find_view(local, SilentProgress())
        seconds = time.perf_counter() - started
        report.add(Measure(name="the view for SPARQL, found or made", unit="s", values=(seconds,)))
        agree = [
            _compare(report, name, params, stores, limits, options.runs)
            for name in question_names()
            for params in ASKED[name]
        ]
    report.facts["same rows"] = f"{sum(agree)} of {len(agree)}"
    say(f"same rows in {', '.join(stores)}: {report.facts['same rows']}")
    report.write(options.out)


def _compare(
    report: Report,
    name: str,
    params: dict[str, Value],
    stores: dict[str, GraphStore],
    limits: Limits,
    runs: int,
) -> bool:
    """Measure one question in every dialect; return whether the rows are the same."""
    first: Any = None
    agree = True
    words = " ".join(f"{key}={value}" for key, value in params.items())
    for dialect, store in stores.items():
        times: list[float] = []
        rows: Any = ()
        try:
            for _ in range(runs):
                started = time.perf_counter()
                rows = ask(store, name, params, dialect=dialect, limits=limits).rows
                times.append(time.perf_counter() - started)
        except LabelsysError as error:
            report.skip(f"{dialect} {name} {words}", str(error))
            agree = False
            continue
        first = rows if first is None else first
        same = rows == first
        agree = agree and same
        report.add(
            Measure(
                name=f"{dialect} {name} {words}".strip(),
                unit="s",
                values=tuple(times),
                bound=BOUND_S if dialect == "sqlite" else None,
                note=f"{len(rows):,} rows" + ("" if same else ", not those of SQLite"),
            )
        )
    return agree


if __name__ == "__main__":
    main()
