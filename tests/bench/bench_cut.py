"""How long cuts take, how even they are, and how a random graph of 304,048 concepts does."""

from __future__ import annotations

import random
from functools import partial

import labelsys
from labelsys.hierarchy import Hierarchy
from labelsys.ids import Curie
from labelsys.model import Edge
from labelsys.select.cut import Cut, compare_cuts, make_cut
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, measure

BOUND_S = 5.0
N_CONCEPTS, N_CLASSES, N_SUPERCLASSES = 304_048, 1_000, 30


def grow(n: int, seed: int) -> Hierarchy:
    """Return n concepts, each below one to three of the 40,000 before it."""
    rng = random.Random(seed)
    edges = []
    for low in range(1, n):
        highs = {
            rng.randrange(max(low - 40_000, 0), low) for _ in range(rng.choice((1, 1, 1, 2, 3)))
        }
        edges += [Edge(Curie("ex", str(low)), Curie("ex", str(high))) for high in sorted(highs)]
    return Hierarchy(edges)


def main() -> None:
    """Run the benchmark: cutting alone, with superclasses, without naming the classes."""
    options = arguments(__doc__ or "", runs=(int, 5, "runs of each cut"))
    report = Report(name="cut")
    with (
        open_built(options.system, "--encoder", "none") as folder,
        labelsys.open(folder) as system,
    ):
        hierarchy = system.hierarchy
        for name in ("entity.n.01", "animal.n.01"):
            top = system.resolve(name)
            add_times(report, f"below {name}", hierarchy, top, options.runs)
            cut = make_cut(hierarchy, top, N_CLASSES)
            add_balance(report, name, cut)
        report.facts["concepts"] = len(hierarchy)
    grown = grow(N_CONCEPTS, 0)
    add_times(report, f"{N_CONCEPTS:,} concepts at random", grown, Curie("ex", "0"), options.runs)
    report.write(options.out)


def add_times(report: Report, name: str, hierarchy: Hierarchy, top: Curie, runs: int) -> None:
    """Measure one cut."""
    cut = partial(make_cut, hierarchy, top, N_CLASSES, n_superclasses=N_SUPERCLASSES)
    report.add(Measure(name=name, unit="s", values=tuple(measure(cut, runs=runs)), bound=BOUND_S))


def add_balance(report: Report, name: str, cut: Cut) -> None:
    """Note how even a cut is, beside one by depth and a random one."""
    for row in compare_cuts(cut, "size"):
        report.facts[f"{name}, by {row.cut}"] = (
            f"largest {row.largest}, largest to mean {row.largest_to_mean}, "
            f"gini {row.gini}, effective {row.effective}"
        )


if __name__ == "__main__":
    main()
