"""A pass over a dump that is killed at any point goes on, and gives what an unbroken one gives."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labelsys.source.wikidata.dump.run import WORK_FOLDER, DumpOptions, read_dump
from tests.dump_toy import PACKINGS, entity, line

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10  # of each packing
SEED = 20240101
ITEMS = 2_000
# Says when it begins, so that what is killed is the pass, not the start of the interpreter.
SCRIPT = """
import sys, time
from pathlib import Path
from labelsys.progress import SilentProgress
from labelsys.source.wikidata.dump.run import DumpOptions, read_dump

class Slow(SilentProgress):
    def advance(self, steps=1):
        time.sleep(0.02)

dump, folder, jobs = sys.argv[1:]
print("begun", flush=True)
options = DumpOptions(roots=("Q2",), jobs=int(jobs))
read_dump(dump, Path(folder), options, Slow(), checkpoint_s=0.1)
"""


def start(dump: Path, folder: Path, jobs: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", SCRIPT, str(dump), str(folder), str(jobs)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def files(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def make_lines(rng: random.Random) -> list[bytes]:
    """Return entities of 10 kB, one in five of them a class."""
    filler = [f"{rng.getrandbits(64):016x}" for _ in range(400)]
    lines = []
    for number in range(2, ITEMS):
        above = [f"Q{rng.randint(1, number)}"] if number % 5 == 0 else []
        aliases = {"fr": rng.sample(filler, 250)}
        lines.append(line(entity(f"Q{number}", {"P279": above}, {"en": f"x{number}"}, {}, aliases)))
    return lines


@pytest.mark.parametrize("packing", ["gzip", "bzip2"])
def test_killed_passes_give_the_same(tmp_path: Path, packing: str) -> None:
    rng = random.Random(SEED)
    lines = make_lines(rng)
    lines.insert(ITEMS // 2, b"what?")
    dump = tmp_path / "20240101.bin"
    dump.write_bytes(PACKINGS[packing](lines))
    whole = tmp_path / "whole"
    began = time.monotonic()
    with start(dump, whole, 1) as process:
        assert process.wait() == 0
    took = time.monotonic() - began
    expected = files(whole)
    assert sorted(expected) == [
        *("bad-lines.jsonl", "claims.tsv.gz", "counts.json", "items.tsv.gz", "names.tsv.gz")
    ]
    killed = resumed = 0
    for turn in range(4 * KILLS):
        folder = tmp_path / "killed"
        with start(dump, folder, 1 + turn % 2) as process:
            time.sleep(rng.uniform(0.0, took))
            process.kill()
        killed += process.returncode == -signal.SIGKILL
        resumed += (folder / WORK_FOLDER).exists()
        read_dump(dump, folder, DumpOptions(roots=("Q2",), jobs=1 + turn % 3))
        assert files(folder) == expected
        shutil.rmtree(folder)
        if killed == KILLS:
            break
    assert killed == KILLS
    assert resumed >= KILLS // 2
