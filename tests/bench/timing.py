"""What the benchmarks share: clocks, processes, the machine's facts, and how results are told.

A benchmark is a script that times the real thing, prints a line a measure with the bound beside
it, and writes the same as JSON. It fails when the work fails, never when it was slow: a bound that
is missed is marked, and read by a person. `docs/reference/benchmarks.md` says how to read them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = [
    "Measure",
    "Report",
    "Run",
    "arguments",
    "clean_environment",
    "measure",
    "measure_pair",
    "run_labelsys",
    "say",
]

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = (
    *(
        "isal",
        "labelsys",
        "networkx",
        "nltk",
        "numpy",
        "orjson",
        "rdflib",
        "sentence-transformers",
        "torch",
        "typer",
    ),
    "wn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measured quantity.

    Attributes:
        name: what was measured.
        unit: of the values: `s`, `ms`, `GB`, `ratio`, `share`, ...
        values: one a run, in the order of the runs.
        bound: what it should not exceed (or fall below, see `at_least`); None for none.
        at_least: whether the bound is a lower one.
        note: what a reader has to know.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    bound: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool | None:
        """Whether the median keeps to the bound; None where there is no bound."""
        if self.bound is None:
            return None
        return self.median >= self.bound if self.at_least else self.median <= self.bound


@dataclass(slots=True, kw_only=True)
class Report:
    """The measures of one benchmark: told as they come, written as JSON at the end."""

    name: str
    measures: list[Measure] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, measure: Measure) -> None:
        """Take a measure, and print its line."""
        self.measures.append(measure)
        say(_line(measure))

    def skip(self, name: str, reason: str) -> None:
        """Take note of what could not be measured here."""
        self.skipped[name] = reason
        say(f"{name:<46} skipped: {reason}")

    def write(self, folder: Path) -> None:
        """Write everything to `FOLDER/NAME.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(m), "median": m.median, "met": m.is_met} for m in self.measures]
        found = {
            "benchmark": self.name,
            "machine": machine_facts(),
            "facts": self.facts,
            "measures": rows,
            "skipped": self.skipped,
        }
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        say(f"wrote {path}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one process went.

    Attributes:
        seconds: from start to end, by the wall.
        cpu_seconds: of processor time, its own and that of the processes it waited for.
        peak_gb: most memory that it held at once, in 10^9 bytes.
        returncode: its exit status.
        out: standard output.
        err: standard error.
    """

    seconds: float
    cpu_seconds: float
    peak_gb: float
    returncode: int
    out: str
    err: str


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def arguments(description: str, **more: tuple[type | Callable[[str], Any], Any, str]) -> Any:
    """Return the parsed arguments of a benchmark; `--out` and `--system` are always there.

    Args:
        description: what the benchmark measures.
        more: name -> type, default and help of another option.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the JSON results")
    parser.add_argument(
        "--system", type=Path, help="workspace that is built already, where one does"
    )
    for name, (kind, default, text) in more.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default, help=text)
    return parser.parse_args()


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without settings of labelsys, but for where WordNet is."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LABELSYS_")}
    if "LABELSYS_WORDNET" in os.environ:
        kept["LABELSYS_WORDNET"] = os.environ["LABELSYS_WORDNET"]
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run_labelsys(folder: Path, *words: str | Path, environ: Mapping[str, str] | None = None) -> Run:
    """Run the command line in a folder, whatever its exit status, and measure the process."""
    command = [sys.executable, "-m", "labelsys", *map(str, words)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environ or clean_environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    # Read to the end first: whoever fills a pipe would wait for us, and we for it.
    out, err = _drain(process)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_gb=usage.ru_maxrss * 1024 / 1e9,
        returncode=process.returncode,
        out=out,
        err=err,
    )


def must(run: Run) -> Run:
    """Return a run that went well.

    Raises:
        SystemExit: it failed; there is nothing to measure then.
    """
    if run.returncode != 0:
        raise SystemExit(run.err or f"exit status {run.returncode}")
    return run


def measure(action: Callable[[], object], *, runs: int, warmup: int = 1) -> list[float]:
    """Return how many seconds each run of an action took, after some that don't count."""
    for _ in range(warmup):
        action()
    return [_time(action) for _ in range(runs)]


def measure_pair(
    ours: Callable[[], object], theirs: Callable[[], object], *, runs: int, warmup: int = 1
) -> tuple[list[float], list[float]]:
    """Return the seconds of two actions, run in turn: what slows the machine slows both.

    Which of the two goes first changes from run to run.
    """
    for _ in range(warmup):
        ours()
        theirs()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(runs):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            times[which].append(_time((ours, theirs)[which]))
    return times


def machine_facts() -> dict[str, Any]:
    """Return what the figures depend on; nothing that names a machine or a person."""
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": packages,
    }


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> tuple[float, ...]:
    """Return how many times as long the others took, run by run."""
    return tuple(t / o for t, o in zip(theirs, ours, strict=True))


def in_ms(seconds: Iterable[float]) -> tuple[float, ...]:
    """Return seconds as milliseconds."""
    return tuple(1000 * value for value in seconds)


def _time(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _drain(process: subprocess.Popen[str]) -> tuple[str, str]:
    from threading import Thread

    texts = {"out": "", "err": ""}

    def read(name: str, stream: Any) -> None:
        with stream:
            texts[name] = stream.read()

    threads = [
        Thread(target=read, args=(name, stream))
        for name, stream in (("out", process.stdout), ("err", process.stderr))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return texts["out"], texts["err"]


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _line(measure: Measure) -> str:
    value = f"{measure.median:>10.3f} {measure.unit}"
    if len(measure.values) > 1:
        value += f"  ({min(measure.values):.3f} to {max(measure.values):.3f}"
        value += f", {len(measure.values)} runs)"
    if measure.bound is not None:
        word = "at least" if measure.at_least else "at most"
        value += f"  {word} {measure.bound:g}: {'ok' if measure.is_met else 'MISSED'}"
    note = f"  [{measure.note}]" if measure.note else ""
    return f"{measure.name:<46} {value}{note}"
