"""What a system costs by its size: five systems from 30,000 to 304,048 concepts and more.

The concepts are WordNet's and generated classes (`tests.bench.wikidata_shape`), always in the same
proportion: in the smaller systems a part of WordNet is hidden. Each is built by the command line,
then asked. The machine may be shared: processor time stands beside time by the wall, and the time
of one fixed loop beside both.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import labelsys
from labelsys.hierarchy import Hierarchy
from labelsys.neo4j_server import start_server, stop_server
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.pulled import read_pull, write_pull
from labelsys.source.wordnet import WordNetSource
from labelsys.source.wordnet_files import cache_folder, find_wordnet
from labelsys.store.neo4j_locator import Credentials
from tests.bench.bench_library import make_queries
from tests.bench.bench_neo4j import HEAP, time_push
from tests.bench.scale_plot import exponent, format_scale_plot
from tests.bench.shape_items import Shape
from tests.bench.shape_names import read_lemmas
from tests.bench.timing import Measure, Report, arguments, in_ms, must, run_labelsys, say
from tests.bench.wikidata_shape import iter_pull

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labelsys.source.protocol import SourceData
    from labelsys.source.wikidata.pulled import Entity

SIZES: Final = (30_000, 55_000, 100_000, 175_000, 304_048)
WORDNET: Final = 82_115
BUILD_S, BUILD_GB, SEARCH_MS, ANCESTORS_S, EXPONENT = 600.0, 4.0, 20.0, 10.0, 1.2
LANGUAGES: Final = ("en", "zh")
_PER_CONCEPT: Final = 1.2
"""Classes to generate for each concept wanted: linked, nameless and unreached ones are none."""

Costs = dict[str, list[tuple[float, float]]]


class Watch:
    """The most memory that this process's children hold together, shared pages counted once."""

    def __init__(self) -> None:
        self.peak_gb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(0.3):
            held = sum(map(_share_gb, _descendants("self")))
            self.peak_gb = max(self.peak_gb, held)


def _descendants(pid: str) -> Iterator[str]:
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield child
                yield from _descendants(child)


def _share_gb(pid: str) -> float:
    """Return the memory of a process; of what it shares with others, its part."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e9
    return 0.0


def calibrate() -> tuple[float, float]:
    """Return the seconds that a fixed loop takes, by the wall and of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    table: dict[int, int] = {}
    for i in range(3_000_000):
        table[i & 0xFFFF] = table.get(i * 7 & 0xFFFF, 0) + i
    return time.perf_counter() - wall, time.process_time() - cpu


def synsets_to_hide(wordnet: SourceData, n_kept: int, linked: set[str]) -> list[str]:
    """Return what to hide so that so many synsets stay: what classes are linked to, and all above.

    Args:
        wordnet: all synsets.
        n_kept: how many stay, about.
        linked: WordNet 3.1 ids of the classes.
    """
    tree = Hierarchy(wordnet.edges, ids=(concept.id for concept in wordnet.concepts))
    first = [c.id for c in wordnet.concepts if any(x.local_id in linked for x in c.xrefs)]
    kept = {id_ for id_ in first for id_ in (id_, *tree.ancestors(id_, instances=True))}
    for concept in wordnet.concepts:
        if len(kept) >= n_kept:
            break
        kept.update((concept.id, *tree.ancestors(concept.id, instances=True)))
    return [concept.id for concept in wordnet.concepts if concept.id not in kept]


def make_workspace(folder: Path, entities: Sequence[Entity], hide: Sequence[str]) -> None:
    """Write the recipe of a system without label sets, its pull, and what it hides."""
    header = {"dataset": "generated", "source": "wikidata_shape", "license": "CC0-1.0"}
    write_pull(folder / "pull", {**header, "version": str(len(entities))}, entities)
    (folder / "hide.txt").write_text("".join(f"{id_}\n" for id_ in hide), encoding="utf-8")
    sources = '[[sources]]\nname = "wordnet"\nversion = "3.0"\n'
    sources += '[[sources]]\nname = "wikidata"\nversion = "generated"\npath = "pull"\n'
    recipe = 'schema = 1\nbase = "https://example.org/labelsys/"\nlanguages = ["en", "zh"]\n'
    recipe += 'label_sets = []\nhide = "hide.txt"\n' if hide else "label_sets = []\n"
    (folder / "labelsys.toml").write_text(recipe + sources, encoding="utf-8")


def bench_build(report: Report, folder: Path, costs: Costs, size: int, *words: str) -> int:
    """Build a workspace's system and report it.

    Returns:
        How many concepts it has.
    """
    wall, cpu = calibrate()
    with Watch() as watch:
        run = must(run_labelsys(folder, "build", "--encoder", "none", *words))
    with labelsys.open(folder) as system:
        n = len(Hierarchy.from_store(system.store))
    is_last = size == SIZES[-1]
    note = f"a fixed loop beside it: {wall:.2f} s, {cpu:.2f} s of processor time"
    name = f"build, {n:,} concepts"
    bound = BUILD_S if is_last else None
    report.add(Measure(name=name, unit="s", values=(run.seconds,), bound=bound, note=note))
    report.add(Measure(name=f"{name}: processor", unit="s", values=(run.cpu_seconds,)))
    memory = max(watch.peak_gb, run.peak_gb if watch.peak_gb == 0 else 0.0)
    bound = BUILD_GB if is_last else None
    report.add(Measure(name=f"{name}: memory", unit="GB", values=(memory,), bound=bound))
    costs.setdefault("build", []).append((n, run.cpu_seconds))
    return n


def bench_questions(report: Report, folder: Path, costs: Costs, n: int, *, is_last: bool) -> None:
    """Measure search, and everything above every concept, in one process."""
    rng = random.Random(7)
    with labelsys.open(folder) as system:
        names = sorted({row.folded for row in system.store.iter_names() if row.lang == "en"})
        queries = [text for texts in make_queries(names, rng).values() for text in texts]
        for text in queries[::20]:
            system.search(text)
        walls, cpus = [], []
        for text in queries:
            wall, cpu = time.perf_counter(), time.thread_time()
            system.search(text)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.thread_time() - cpu)
        bound = SEARCH_MS if is_last else None
        name = f"search, {n:,} concepts"
        report.add(Measure(name=name, unit="ms", values=in_ms(walls), bound=bound))
        found = Measure(name=f"{name}: processor", unit="ms", values=in_ms(cpus))
        report.add(found)
        costs.setdefault("search", []).append((n, found.median / 1000))
        began = time.process_time()
        tree = Hierarchy.from_store(system.store)
        costs.setdefault("hierarchy from store", []).append((n, time.process_time() - began))
        walls, cpus = [], []
        pairs = 0
        for _ in range(3):
            wall, cpu = time.perf_counter(), time.process_time()
            pairs = len(tree.all_ancestors(instances=True)[1])
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        bound = ANCESTORS_S if is_last else None
        name = f"all ancestors, {n:,} concepts"
        # A deeper system has more to tell of each concept.
        note = f"{pairs:,} in all, {pairs / n:.1f} a concept"
        report.add(Measure(name=name, unit="s", values=tuple(walls), bound=bound, note=note))
        found = Measure(name=f"{name}: processor", unit="s", values=tuple(cpus))
        report.add(found)
        costs.setdefault("all ancestors", []).append((n, found.median))


def bench_commands(report: Report, folder: Path, costs: Costs, n: int) -> None:
    """Measure whole commands that go over everything."""
    for name, words in (
        ("stats", ("stats", "--output", "json")),
        ("lint", ("lint", "--output", "jsonl")),
        ("export concepts", ("export", "concepts", "--out", "concepts.jsonl")),
    ):
        run = run_labelsys(folder, *words)
        report.add(Measure(name=f"{name}, {n:,} concepts", unit="s", values=(run.seconds,)))
        note = "processor time"
        value = (run.cpu_seconds,)
        report.add(Measure(name=f"{name}: processor", unit="s", values=value, note=note))
        costs.setdefault(name, []).append((n, run.cpu_seconds))


def bench_push(report: Report, folder: Path, n: int) -> None:
    """Measure a push of everything into a Neo4j server of this machine."""
    login = Credentials("neo4j", secrets.token_urlsafe(12))
    with TemporaryDirectory() as temp:
        server = start_server(Path(temp), login.password, cache=cache_folder(), heap=HEAP)
        try:
            cpu = time.process_time()
            seconds = time_push(server, login, folder)
            cpu = time.process_time() - cpu
        finally:
            stop_server(Path(temp))
    note = f"Java's heap: {HEAP}; processor time of the pushing side: {cpu:.0f} s"
    name = f"push to Neo4j, {n:,} concepts"
    report.add(Measure(name=name, unit="s", values=(seconds["all"],), note=note))
    report.facts["push"] = seconds


def main() -> None:
    """Run the benchmark."""
    options: Any = arguments(
        __doc__ or "",
        sizes=(_sizes, SIZES, "numbers of concepts, with commas"),
        pull=(Path, None, "folder of generated classes, where they are made already"),
        plot=(Path, None, "SVG file to draw"),
        neo4j=(int, 0, "1 pushes the biggest system into a Neo4j server"),
        keep=(Path, None, "folder to keep the biggest system in, with no others"),
    )
    report, costs = Report(name="scale"), Costs()
    wordnet_folder = find_wordnet()
    wordnet = WordNetSource(folder=wordnet_folder, languages=LANGUAGES).load(None, SilentProgress())
    if options.pull:
        entities = read_pull(options.pull).entities
    else:
        most = round((options.sizes[-1] - WORDNET) * _PER_CONCEPT)
        say(f"generating {most:,} classes")
        lemmas = read_lemmas(wordnet_folder)
        shape = Shape(most, 1, classes=1.0, lemmas=lemmas, languages=LANGUAGES)
        entities = list(iter_pull(shape, LANGUAGES))
    for size in options.sizes:
        is_last = size == options.sizes[-1]
        # Items come by the numbers of their classes: the first ones are closed upwards.
        some = entities[: round(len(entities) * size / options.sizes[-1])]
        linked = {claim.value for one in some for claim in one.claims if claim.pid == "P8814"}
        n_synsets = round(WORDNET * size / options.sizes[-1])
        hide = [] if is_last else synsets_to_hide(wordnet, n_synsets, linked)
        with TemporaryDirectory() as temp:
            folder = options.keep if is_last and options.keep else Path(temp)
            folder.mkdir(exist_ok=True)
            make_workspace(folder, some, hide)
            n = bench_build(report, folder, costs, size)
            bench_questions(report, folder, costs, n, is_last=is_last)
            bench_commands(report, folder, costs, n)
            if is_last and options.neo4j:
                bench_push(report, folder, n)
    for name, points in costs.items():
        if len(points) > 1:
            value = (exponent(points),)
            told = f"exponent of {name} by concepts"
            report.add(Measure(name=told, unit="", values=value, bound=EXPONENT))
    report.facts["costs"] = {"note": "seconds of processor time by concepts", **costs}
    report.write(options.out)
    if options.plot:
        options.plot.write_text(format_scale_plot(costs), encoding="utf-8")


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


if __name__ == "__main__":
    main()
