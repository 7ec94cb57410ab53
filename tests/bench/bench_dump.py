"""How fast a dump is read, beside two other tools, two floors, and itself with two processes.

    python -m tests.bench.bench_dump --npm NODE_MODULES --peers PYTHON

The dump is generated (`wikidata_shape`, entities as large as real ones) unless `--dump FILE` gives
one. `--npm` is a folder `node_modules` with wikibase-dump-filter, `--peers` a Python that has
qwikidata. All are asked for the same: the items with P279, their English labels and their claims.
Runs of two tools take turns. On a machine that does other things, the seconds of the processor say
more than those of the wall: both are told, the ratios of both as well.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelsys.source.wikidata.dump.source import open_dump
from tests.bench.timing import ROOT, Measure, Report, arguments, clean_environment, ratios, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ITEMS = 88_000
SMALL_ITEMS = 8_000
QWIKIDATA = """
import json, sys
from qwikidata.json_dump import WikidataJsonDump
with open(sys.argv[2], "w") as out:
    for entity in WikidataJsonDump(sys.argv[1]):
        if entity["type"] == "item" and "P279" in entity["claims"]:
            kept = {"id": entity["id"], "labels": entity["labels"].get("en")}
            out.write(json.dumps({**kept, "claims": entity["claims"]}) + "\\n")
"""
FLOOR = """
import sys
from isal import igzip
with igzip.open(sys.argv[1], "rb") as file:
    while file.read(1 << 20):
        pass
"""
PARSE = """
import sys, orjson
from isal import igzip
with igzip.open(sys.argv[1], "rb") as file:
    for line in file:
        if line.startswith(b"{"):
            orjson.loads(line.rstrip(b",\\n"))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What a run took.

    Attributes:
        wall_s: seconds from start to end.
        cpu_s: seconds of the processor, of all its processes.
        peak_mb: most memory of one of its processes, in 10^6 bytes.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float


def run(words: Sequence[str | Path]) -> Took:
    """Run a command that must go well, in a session of its own."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*map(str, words)],
        cwd=ROOT,
        env=dict(clean_environment()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words} ended with {process.returncode}")
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    return Took(wall_s=wall, cpu_s=cpu, peak_mb=usage.ru_maxrss * 1024 / 1e6)


def in_turn(commands: Mapping[str, Sequence[str | Path]], runs: int) -> dict[str, list[Took]]:
    """Run commands in turn, the first one first in every other round."""
    took: dict[str, list[Took]] = {name: [] for name in commands}
    for number in range(runs):
        for name in sorted(commands, reverse=bool(number % 2)):
            took[name].append(run(commands[name]))
            last = took[name][-1]
            say(f"  {name}: {last.wall_s:.1f} s, of the processor {last.cpu_s:.1f} s")
    return took


def ours(dump: Path, out: Path, jobs: int = 1) -> list[str | Path]:
    """Return our command; a result that was there is replaced."""
    words = [sys.executable, "-m", "labelsys", "wikidata", "dump", dump, "--out", out]
    return [*map(str, words), "--jobs", str(jobs), "--version", "bench", "--no-linked"]


def generate(path: Path, items: int) -> Path:
    """Make a dump, and return its file."""
    plain = path.with_suffix("")
    made = ["-m", "tests.bench.wikidata_shape", str(plain), "--items", str(items), "--seed", "1"]
    run([sys.executable, *made, "--form", "dump"])
    run(["gzip", "-6", plain])
    return path


def size_of(dump: Path) -> int:
    """Return how many bytes a dump has unpacked."""
    with open_dump(dump) as reader:
        return sum(len(part.data) for part in reader.parts())


def measure_peers(report: Report, commands: dict[str, list[str | Path]], runs: int) -> None:
    """Compare with other tools, each in turn with us."""
    mine = commands["labelsys"]
    for name in [name for name in commands if name != "labelsys"]:
        took = in_turn({"labelsys": mine, name: commands[name]}, runs)
        pairs = took[name], took["labelsys"]
        for unit in ("wall_s", "cpu_s"):
            theirs, own = ([getattr(each, unit) for each in side] for side in pairs)
            what = "by the wall" if unit == "wall_s" else "by the processor"
            found = ratios(theirs, own)
            bound = 3.0 if name in {"wikibase-dump-filter", "qwikidata"} else None
            measured = Measure(
                name=f"{name}: times ours {what}",
                unit="ratio",
                values=found,
                bound=bound,
                at_least=True,
            )
            report.add(measured)
            report.facts[f"{name} {unit}"] = theirs
            report.facts.setdefault(f"labelsys {unit}", []).extend(own)


def measure_jobs(report: Report, dump: Path, folder: Path, runs: int) -> None:
    """Compare one process with two."""
    commands = {f"{n} processes": ours(dump, folder / f"jobs{n}", n) for n in (1, 2)}
    took = in_turn(commands, runs)
    one, two = ([each.wall_s for each in took[f"{n} processes"]] for n in (1, 2))
    report.facts |= {"1 process wall_s": one, "2 processes wall_s": two}
    for name, one_s, two_s in (
        ("two processes: times as fast by the wall", one, two),
        (
            "two processes: work of the processor",
            [each.cpu_s for each in took["2 processes"]],
            [each.cpu_s for each in took["1 processes"]],
        ),
    ):
        bound = 1.6 if "wall" in name else None
        values = ratios(one_s, two_s)
        report.add(Measure(name=name, unit="ratio", values=values, bound=bound, at_least=True))


def measure_memory(report: Report, small: Path, large: Path, folder: Path) -> None:
    """Compare the peak memory for two sizes of file."""
    for jobs in (1, 2):
        peaks = [run(ours(dump, folder / "memory", jobs)).peak_mb for dump in (small, large)]
        name = f"peak memory of a process, {jobs} in all"
        report.add(Measure(name=name, unit="MB", values=(peaks[1],), bound=400.0))
        values = (peaks[1] / peaks[0],)
        name = f"peak memory, large to small dump, {jobs} in all"
        report.add(Measure(name=name, unit="ratio", values=values, bound=1.2))


def main() -> None:
    """Measure."""
    options = arguments(
        "How fast a dump is read.",
        dump=(Path, None, "a dump in a file that ends in .json.gz; generated unless given"),
        small=(Path, None, "a small one, for the memory; generated unless given"),
        npm=(Path, None, "node_modules with wikibase-dump-filter"),
        peers=(Path, None, "Python interpreter that has qwikidata"),
        runs=(int, 3, "runs of each"),
    )
    report = Report(name="dump")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        dump = options.dump or generate(folder / "large.json.gz", ITEMS)
        small = options.small or generate(folder / "small.json.gz", SMALL_ITEMS)
        size = size_of(dump)
        report.facts |= {"bytes unpacked": size, "bytes packed": dump.stat().st_size}
        python = sys.executable
        commands: dict[str, list[str | Path]] = {
            "labelsys": ours(dump, folder / "ours"),
        }
        if options.npm is None:
            report.skip("wikibase-dump-filter", "--npm is not given")
        else:
            keep = "-q --claim P279 --keep id,labels,claims --languages en"
            tool = f"{shlex.quote(str(options.npm / '.bin' / 'wikibase-dump-filter'))} {keep}"
            line = f"gzip -dc {shlex.quote(str(dump))} | {tool} > {folder}/wdf"
            commands["wikibase-dump-filter"] = ["bash", "-c", line]
        if options.peers is None:
            report.skip("qwikidata", "--peers is not given")
        else:
            commands["qwikidata"] = [options.peers, "-c", QWIKIDATA, dump, folder / "qw"]
        floors = {
            "unpack only": [python, "-c", FLOOR, dump],
            "unpack and parse every line": [python, "-c", PARSE, dump],
        }
        measure_peers(report, commands, options.runs)
        speeds = [size / 1e6 / each for each in report.facts["labelsys cpu_s"]]
        name = "one process, by the processor"
        report.add(Measure(name=name, unit="MB/s", values=tuple(speeds)))
        measure_jobs(report, dump, folder, options.runs)
        measure_memory(report, small, dump, folder)
        measure_peers(report, {"labelsys": commands["labelsys"], **floors}, options.runs)
    report.write(options.out)


if __name__ == "__main__":
    main()
