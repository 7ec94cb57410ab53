"""Pulls the classes of a sample of Wikidata through a server that fails at a given rate.

    python -m tests.bench.bench_pull SAMPLE_FOLDER

The sample's own script writes its triples, Fuseki holds them, and a proxy before it fails a third
of all requests in the ways of the real one. What comes in is compared with what the files say:
items and edges missing, and items and edges too many. Then the command is killed (SIGKILL) ten
times and run again each time: no question whose answer is in the journal may be asked again, and
the tables have to be those of a run that nobody stopped, byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from labelsys.source.wikidata.journal import answered_keys
from labelsys.source.wikidata.pulled import TABLES, read_pull
from tests.bench.timing import RESULTS, Measure, Report, clean_environment, say
from tests.fault_proxy import FAULTS, at_rate, forward, run_proxy
from tests.fuseki import run_fuseki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fault_proxy import FaultProxy

RATE = 0.3
SEED = 20250301
KILLS = 10
BATCH = 100
TIMEOUT_S = 3
HANG_S = 4.0
START_S = 1.0
SUBCLASS = "http://www.wikidata.org/prop/direct/P279"
ENTITY = "http://www.wikidata.org/entity/"


@contextmanager
def serving(triples: Path) -> Iterator[str]:
    """Run Fuseki over a file of triples.

    Yields:
        Where it answers.
    """
    yield from run_fuseki(triples)


def read_edges(triples: Path) -> set[tuple[str, str]]:
    """Return the subclass edges of a file of triples."""
    edges = set()
    with triples.open(encoding="utf-8") as lines:
        for line in lines:
            words = line.split(" ")
            if words[1] == f"<{SUBCLASS}>":
                narrower, broader = (w[1:-1].removeprefix(ENTITY) for w in (words[0], words[2]))
                edges.add((narrower, broader))
    return edges


def close(edges: set[tuple[str, str]], roots: list[str]) -> set[str]:
    """Return everything below some items, by a walk over the edges."""
    down = defaultdict(list)
    for narrower, broader in edges:
        down[broader].append(narrower)
    found, front = set(roots), list(roots)
    while front:
        new = [qid for qid in down[front.pop()] if qid not in found]
        found.update(new)
        front.extend(new)
    return found


def choose_roots(edges: set[tuple[str, str]]) -> list[str]:
    """Return Q35120 (entity), and whatever broader item is not below it and has nothing above."""
    narrower = {edge[0] for edge in edges}
    tops = {edge[1] for edge in edges} - narrower
    return ["Q35120", *sorted(tops - {"Q35120"}, key=lambda qid: int(qid[1:]))]


def command(url: str, out: Path, roots: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a pull; its words go to a file."""
    words = [sys.executable, "-m", "labelsys", "wikidata", "pull", "--endpoint", url]
    words += [word for root in roots for word in ("--root", root)]
    words += ["--out", str(out), "--batch", str(BATCH), "--timeout", str(TIMEOUT_S)]
    words += ["--lang", "en", "--output", "json"]
    environ = clean_environment(LABELSYS_CACHE=str(out.parent / "cache"))
    with log.open("ab") as errors, out.with_suffix(".json").open("wb") as answers:
        return subprocess.Popen(words, cwd=out.parent, env=environ, stdout=answers, stderr=errors)


def pull(url: str, out: Path, roots: list[str]) -> dict[str, Any]:
    """Pull to the end, and return what the command printed."""
    log = out.with_suffix(".log")
    if command(url, out, roots, log).wait() != 0:
        raise SystemExit(log.read_text(encoding="utf-8"))
    report: dict[str, Any] = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    del report["out"]  # of this machine
    return report


def compare(out: Path, items: set[str], edges: set[tuple[str, str]]) -> dict[str, int]:
    """Count what a pull lacks and has too much of."""
    entities = read_pull(out).entities
    qids = [entity.qid for entity in entities]
    rows = [(e.qid, c.value) for e in entities for c in e.claims if c.pid == "P279"]
    inside = [row for row in rows if row[1] in items]
    return {
        "items missing": len(items - set(qids)),
        "items too many": len(set(qids) - items),
        "items twice": len(qids) - len(set(qids)),
        "edges missing": len(edges - set(inside)),
        "edges too many": len(set(inside) - edges),
        "edges twice": len(inside) - len(set(inside)),
    }


def kill_and_resume(proxy: FaultProxy, out: Path, roots: list[str], seconds: float) -> int:
    """Kill a pull ten times, then let it end.

    Returns:
        Requests for what was in the journal already.
    """
    chance = random.Random(SEED)
    again = 0
    for kills in range(KILLS + 1):
        known = {key[:12] for path in journals(out) for key in answered_keys(path)}
        before = len(proxy.calls)
        if kills == KILLS:
            report = pull(proxy.url, out, roots)
            say(f"ended: {report['requests']} requests, {report['from_journal']} from the journal")
        else:
            process = command(proxy.url, out, roots, out.with_suffix(".log"))
            time.sleep(START_S + chance.uniform(0, 1.2 * seconds / KILLS))
            if process.poll() is not None:
                raise SystemExit("the pull was over before it was killed ten times")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            say(f"killed, with {len(known)} answers from before")
        again += sum(call.mark in known for call in proxy.calls[before:])
    return again


def journals(out: Path) -> list[Path]:
    """Return the journals of a pull's folder: one, or none when it has ended."""
    return sorted(out.parent.glob(f"{out.name}-*.journal"))


def same_tables(one: Path, other: Path) -> bool:
    """Return whether two pulls are the same to the byte."""
    names = [f"{stem}.tsv.gz" for stem in TABLES]
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def make_triples(sample: Path, folder: Path) -> Path:
    """Let the sample's own script write its triples, and unpack them."""
    subprocess.run([sys.executable, str(sample / "make_sample.py"), str(folder)], check=True)
    triples = folder / "truthy.nt"
    with gzip.open(folder / "truthy.nt.gz", "rb") as packed, triples.open("wb") as out:
        shutil.copyfileobj(packed, out, 1 << 20)
    return triples


def measure(report: Report, triples: Path, folder: Path) -> None:
    """Pull, compare, kill."""
    every = read_edges(triples)
    roots = choose_roots(every)
    items = close(every, roots)
    edges = {edge for edge in every if items.issuperset(edge)}
    report.facts |= {"roots": len(roots), "items": len(items), "edges": len(edges)}
    say(f"{len(items):,} items and {len(edges):,} edges below {len(roots)} roots, by the files")
    with serving(triples) as endpoint:
        with run_proxy(forward(endpoint), hang_s=HANG_S) as proxy:
            started = time.perf_counter()
            report.facts["no faults"] = pull(proxy.url, folder / "calm", roots)
            calm_s = time.perf_counter() - started
            report.add(Measure(name="pull without faults", unit="s", values=(calm_s,)))
            port = int(proxy.url.split(":")[2].split("/")[0])
        # The same port, since the endpoint's address stands in the tables.
        plan = at_rate(RATE, SEED)
        with run_proxy(forward(endpoint), plan, port=port, hang_s=HANG_S) as proxy:
            started = time.perf_counter()
            report.facts["with faults"] = pull(proxy.url, folder / "rough", roots)
            rough_s = time.perf_counter() - started
            report.add(Measure(name="pull with faults", unit="s", values=(rough_s,)))
            share = 1 - len(proxy.marks("answered")) / len(proxy.calls)
            report.add(Measure(name="share of requests that failed", unit="share", values=(share,)))
            report.facts["faults"] = dict(Counter(c.outcome for c in proxy.calls))
            for name, count in compare(folder / "rough", items, edges).items():
                report.add(Measure(name=name, unit="rows", values=(count,), bound=0))
            differ = 0 if same_tables(folder / "calm", folder / "rough") else 1
            report.add(
                Measure(name="tables that faults changed", unit="pulls", values=(differ,), bound=0)
            )
            again = kill_and_resume(proxy, folder / "killed", roots, rough_s)
            report.add(
                Measure(
                    name="answered requests asked again", unit="requests", values=(again,), bound=0
                )
            )
            differ = 0 if same_tables(folder / "calm", folder / "killed") else 1
            report.add(
                Measure(name="tables that kills changed", unit="pulls", values=(differ,), bound=0)
            )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="pull a sample of Wikidata past faults and kills")
    parser.add_argument("sample", type=Path, nargs="?", help="folder with make_sample.py")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the JSON results")
    options, _ = parser.parse_known_args()
    report = Report(name="pull")
    if options.sample is None:
        report.skip("pull", "needs the folder of the sample as its argument")
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        measure(report, make_triples(options.sample, folder), folder)
    report.facts |= {"rate": RATE, "seed": SEED, "kinds": list(FAULTS), "kills": KILLS}
    report.write(options.out)


if __name__ == "__main__":
    main()
