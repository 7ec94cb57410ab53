"""How long a remap of a big COCO file takes and how much memory, beside Datumaro's."""

from __future__ import annotations

import json
import os
import subprocess
import time
from array import array
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import labelsys
from labelsys.remap.json_file import ObjectPattern, open_json
from tests.bench.coco_shape import write_coco
from tests.bench.system import open_built
from tests.bench.timing import Measure, Report, arguments, must, ratios, run_labelsys, say

if TYPE_CHECKING:
    from tests.bench.timing import Run

SOURCE, TARGET = "coco", "voc2007"
RULES = ("--on-broad", "take", "--on-split", "first", "--on-missing", "skip")
PEER = Path(__file__).resolve().parent / "remap_peer.py"
MOST_GB, LEAST_TIMES = 0.3, 5.0


class Places(NamedTuple):
    """Where the files of a run are."""

    folder: Path
    given: Path
    ours: Path
    report: Path
    theirs: Path
    mapping: Path


def run_ours(system: Path, places: Places) -> Run:
    """Remap the file by the command line."""
    words = ("--from", SOURCE, "--to", TARGET, "--out", places.ours, "--report", places.report)
    return must(
        run_labelsys(places.folder, "remap", places.given, "--store", system, *words, *RULES)
    )


def run_theirs(python: str, places: Places) -> tuple[float, float]:
    """Return the seconds and the peak GB of Datumaro's remap of the same file."""
    command = [python, str(PEER), str(places.folder / "in"), str(places.theirs)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, str(places.mapping)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        msg = f"the peer ended with {process.returncode}"
        raise SystemExit(msg)
    return time.perf_counter() - started, usage.ru_maxrss * 1024 / 1e9


def write_mapping(places: Places) -> None:
    """Write what became of the classes of the file, for the other one to do the same."""
    rows = json.loads(places.report.read_text(encoding="utf-8"))["classes"]
    pairs = {row["source_name"]: row["target_name"] or "" for row in rows}
    places.mapping.write_text(json.dumps(pairs), encoding="utf-8")


def digest(path: Path) -> list[int]:
    """Return a number for each annotation: file of its image, class and polygons, sorted.

    Numbers of images, annotations and classes are left out: Datumaro gives its own. It keeps
    points in 32 bits and reckons boxes from them.
    """
    found = array("Q")
    with open_json(path) as file:
        members = file.members()
        classes = {row["id"]: row["name"] for row in file.parse(members["categories"])}
        files = {}
        for row in file.iter_objects(members["images"], ObjectPattern()):
            image = file.parse((row.start, row.end))
            files[image["id"]] = image["file_name"]
        for row in file.iter_objects(members["annotations"], ObjectPattern()):
            value = file.parse((row.start, row.end))
            key = (
                files[value["image_id"]],
                classes[value["category_id"]],
                [np.asarray(part, dtype=np.float32).tolist() for part in value["segmentation"]],
            )
            found.append(int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest()))
    return sorted(found)


def compare(report: Report, system: Path, places: Places, python: str, runs: int) -> None:
    """Add our figures and Datumaro's, run in turn."""
    ours, theirs, peaks, their_peaks = [], [], [], []
    for number in range(runs):
        run = run_ours(system, places)
        ours.append(run.seconds)
        peaks.append(run.peak_gb)
        if number == 0:
            write_mapping(places)
        if python:
            seconds, peak = run_theirs(python, places)
            theirs.append(seconds)
            their_peaks.append(peak)
    report.add(Measure(name="remap, 1 GB", unit="s", values=tuple(ours)))
    report.add(Measure(name="remap, peak memory", unit="GB", values=tuple(peaks), bound=MOST_GB))
    if not python:
        report.skip("times as fast as Datumaro", "give --peer, a Python that has it")
        return
    report.add(Measure(name="Datumaro's remap", unit="s", values=tuple(theirs)))
    report.add(Measure(name="Datumaro's peak memory", unit="GB", values=tuple(their_peaks)))
    times = ratios(theirs, ours)
    report.add(
        Measure(
            name="times as fast as Datumaro",
            unit="ratio",
            values=times,
            bound=LEAST_TIMES,
            at_least=True,
        )
    )
    (result,) = (places.theirs / "annotations").glob("*.json")
    mine, other = digest(places.ours), digest(result)
    report.facts["annotations of both"] = [len(mine), len(other)]
    report.facts["equal annotations"] = mine == other
    say(f"annotations: {len(mine):,} and {len(other):,}, equal: {mine == other}")


def main() -> None:
    """Run the benchmark."""
    options = arguments(
        __doc__ or "",
        runs=(int, 3, "runs of each"),
        size=(int, 1_000_000_000, "bytes of the file"),
        peer=(str, "", "a Python that has Datumaro"),
        scratch=(Path, None, "folder for the files, some GB"),
    )
    report = Report(name="remap")
    with (
        open_built(options.system) as system,
        TemporaryDirectory(dir=options.scratch) as temp,
    ):
        folder = Path(temp)
        given = folder / "in" / "annotations" / "instances_all.json"
        given.parent.mkdir(parents=True)
        (folder / "in" / "images" / "all").mkdir(parents=True)  # Datumaro wants it
        with labelsys.open(system) as opened:
            labels = opened.store.get_label_set(SOURCE).labels
        classes = [(int(label.label_id), label.name) for label in labels]
        report.facts["annotations"] = write_coco(given, options.size, classes)
        report.facts["bytes"] = given.stat().st_size
        places = Places(
            folder,
            given,
            folder / "ours.json",
            folder / "report.json",
            folder / "theirs",
            folder / "mapping.json",
        )
        compare(report, system.resolve(), places, options.peer, options.runs)
    report.write(options.out)


if __name__ == "__main__":
    main()
