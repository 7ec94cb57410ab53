"""How long whole processes take, as a person at a terminal waits for them."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, clean_environment, measure, run_labelsys

COMMANDS: tuple[tuple[tuple[str, ...], float | None], ...] = (
    (("--help",), 0.25),
    (("show", "dog"), 0.4),
    (("show", "dog.n.01"), 0.4),
    (("search", "golden retreiver"), None),
    (("search", "dog"), None),
    (("path", "dog.n.01", "car.n.01"), None),
    (("tree", "dog.n.01"), None),
    (("stats", "--output", "json"), None),
)


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", runs=(int, 15, "runs of each command"))
    report = Report(name="cli")
    environ = clean_environment()
    with open_built(options.system) as folder:
        bare = partial(subprocess.run, [sys.executable, "-c", "pass"], env=environ, check=True)
        times = tuple(measure(bare, runs=options.runs, warmup=2))
        report.add(Measure(name="python -c pass", unit="s", values=times))
        for words, bound in COMMANDS:
            run = partial(run_labelsys, folder, *words, environ=environ)
            first = run()
            times = tuple(measure(run, runs=options.runs, warmup=2))
            name = "labelsys " + " ".join(words)
            note = "" if first.returncode == 0 else f"exit status {first.returncode}"
            report.add(Measure(name=name, unit="s", values=times, bound=bound, note=note))
    report.write(options.out)


if __name__ == "__main__":
    main()
