"""How long the documented expressions of `select` take in a process that has the system open."""

from __future__ import annotations

from functools import partial

import labelsys
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, in_ms, measure

MEDIAN_MS = 50.0
EXPRESSIONS = (
    "coco",
    "(coco | lvis) & under(animal.n.01) - under(person.n.01)",
    "shared(3)",
    "leaf & under(vehicle.n.01)",
    "depth(4..7)",
    "in(openimages) - openimages",
    "siblings(dog.n.01)",
    "sensitive(violence)",
    "all - sensitive",
    'named("*berry") & leaf',
)
"""The examples of `docs/reference/select.md`; a test holds the two together."""


def main() -> None:
    """Run the benchmark: parsing, resolving names and evaluating, without making rows."""
    options = arguments(__doc__ or "", runs=(int, 21, "runs of each expression"))
    report = Report(name="select")
    with (
        open_built(options.system, "--encoder", "none") as folder,
        labelsys.open(folder) as system,
    ):
        evaluate = system.selector.evaluate
        for name in ("coco", "sensitive", 'named("*berry")'):
            once = measure(partial(evaluate, name), runs=1, warmup=0)
            report.add(Measure(name=f"{name}, first, tables read", unit="ms", values=in_ms(once)))
        every: list[float] = []
        for text in EXPRESSIONS:
            times = measure(partial(evaluate, text), runs=options.runs)
            every += times
            report.add(Measure(name=text, unit="ms", values=in_ms(times), bound=MEDIAN_MS))
        report.add(Measure(name="all of them", unit="ms", values=in_ms(every), bound=MEDIAN_MS))
        report.facts["concepts"] = len(system.hierarchy)
    report.write(options.out)


if __name__ == "__main__":
    main()
