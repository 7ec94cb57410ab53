"""A build that is killed, or finds the disk full or taken, leaves one whole graph in use."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest

import labelsys
from labelsys.workspace import Workspace, current_graph
from tests.integration.command import (
    error_line,
    finish,
    hash_folder,
    make_workspace,
    read_graph,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.integration.command import Command

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]

KILLS = 25
MOST_TRIES = 40
SEED = 20250301
# Three, since a workspace keeps two graphs: so there always is one to build.
RECIPES: tuple[tuple[str, ...], ...] = (("voc2007",), ("flowers102",), ("dtd",))


def edit_recipe(folder: Path, label_sets: tuple[str, ...]) -> None:
    """Change the recipe by hand, as people do."""
    path = folder / "labelsys.toml"
    listed = "".join(f'  "{name}",\n' for name in label_sets)
    text = re.sub(r"label_sets = \[[^]]*\]", f"label_sets = [\n{listed}]", path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")
    assert Workspace.open(folder).read_recipe().label_sets == label_sets


def check_answers(folder: Path) -> None:
    with labelsys.open(folder) as system:
        assert system.get("dog.n.01").wnid == "n02084071"
        assert system.search("golden retreiver", limit=1)[0].wnid == "n02099601"
        assert system.store.get_meta()["hash"] == current_graph(folder).stem
        stats = system.stats()
        assert stats.concepts == 82_115 + stats.new_concepts


def is_writing(folder: Path) -> bool:
    return any((folder / "graphs").glob(".labelsys-tmp-*"))


class Killer:
    """Chooses the moments: anywhere in a build, while it writes its graph, as it switches."""

    def __init__(self, seed: int, build_s: float) -> None:
        self._rng = random.Random(seed)
        self._build_s = build_s

    def wait(self, process: subprocess.Popen[str], folder: Path, new_graph: Path) -> None:
        where = self._rng.randrange(3)
        if where == 0:
            time.sleep(self._rng.uniform(0.0, self._build_s))
            return
        spread_s = 0.3 * self._build_s if where == 1 else 0.02
        while process.poll() is None and not (
            is_writing(folder) if where == 1 else new_graph.exists()
        ):
            time.sleep(0.001)
        time.sleep(self._rng.uniform(0.0, spread_s))


def build_whole(command: Command, folder: Path, recipe: tuple[str, ...]) -> tuple[str, bytes]:
    edit_recipe(folder, recipe)
    command.succeed(folder, "build")
    return read_graph(folder)


class Known(NamedTuple):
    """What whole builds of one workspace look like, and how long the last took."""

    whole: Mapping[tuple[str, ...], tuple[str, bytes]]
    build_s: float


def kill_builds(
    command: Command, folder: Path, known: Known, kills: int, seed: int
) -> Counter[str]:
    """Kill builds of one workspace, one after the other, and look at what each left.

    Each goes on from what the killed ones before it left; after the fifth and the last, one ends.

    Returns:
        How many were `killed`, of these `writing` a graph, and having the `new` one in use.
    """
    whole = known.whole
    killer = Killer(seed, known.build_s)
    seen: Counter[str] = Counter()
    for _ in range(MOST_TRIES):
        old = read_graph(folder)
        # The one that is not there; where all are, one that is not in use.
        recipe = min(
            (recipe for recipe, graph in whole.items() if graph != old),
            key=lambda recipe: (folder / "graphs" / f"{whole[recipe][0]}.db").exists(),
        )
        edit_recipe(folder, recipe)
        process = command.start(folder, "build")
        killer.wait(process, folder, folder / "graphs" / f"{whole[recipe][0]}.db")
        process.kill()
        if finish(process).returncode == -signal.SIGKILL:
            found = read_graph(folder)
            assert found in (old, whole[recipe])
            seen.update({"killed": 1, "writing": is_writing(folder), "new": found == whole[recipe]})
            check_answers(folder)
            with Workspace.open(folder).lock(timeout_s=0):  # the dead hold none
                assert not is_writing(folder)
        if seen["killed"] in (kills, 5):
            assert build_whole(command, folder, recipe) == whole[recipe]
            assert len(list((folder / "graphs").iterdir())) == 2
            assert not list(folder.glob(".labelsys-tmp-*"))
        if seen["killed"] == kills:
            break
    return seen


def test_killed_build_leaves_the_old_graph_or_the_new_one(command: Command, tmp_path: Path) -> None:
    first = make_workspace(tmp_path / "0", *RECIPES[0])
    whole = {recipe: build_whole(command, first, recipe) for recipe in RECIPES[:-1]}
    started = time.monotonic()
    whole[RECIPES[-1]] = build_whole(command, first, RECIPES[-1])
    known = Known(whole, time.monotonic() - started)
    assert len(set(whole.values())) == len(RECIPES)
    shutil.copytree(first, tmp_path / "1")
    with ThreadPoolExecutor(2) as pool:  # one a core
        jobs = [
            pool.submit(kill_builds, command, tmp_path / str(n), known, kills, SEED + n)
            for n, kills in enumerate((KILLS // 2, KILLS - KILLS // 2))
        ]
    seen = jobs[0].result() + jobs[1].result()
    # Not all too early or too late to show anything.
    assert seen["killed"] == KILLS
    assert seen["writing"] >= 5, seen
    assert seen["new"] >= 1, seen


@pytest.mark.parametrize("limit_kib", [1, 20_000])
def test_build_that_may_write_no_more_leaves_the_old_graph(
    command: Command, copy_small: Callable[..., Path], limit_kib: int
) -> None:
    """A limit on the size of files stands for the full disk where nothing can be mounted.

    SQLite calls it an I/O error, and the rest of us `no space`.
    """
    folder = copy_small()
    edit_recipe(folder, ("dtd",))
    before = hash_folder(folder)
    limit = ["bash", "-c", f'ulimit -f {limit_kib}; exec "$@"', "limited"]
    error = command.refuse(folder, "build", before=limit)
    assert re.search("no space left|disk I/O error", error), error
    after = hash_folder(folder)
    assert {name: after.get(name) for name in before} == before
    assert all(name.startswith("cache/") for name in after.keys() - before.keys())
    check_answers(folder)


# In a namespace of its own, so no root is needed and nothing stays mounted: fill a small disk with
# the workspace, run the command there, and copy out what it left.
ON_SMALL_DISK = """
set -e
old=$1 disk=$2 left=$3 size=$4
shift 4
mount -t tmpfs -o size="$size" none "$disk"
cp -a "$old/." "$disk"
cd "$disk"
code=0
"$@" || code=$?
cp -a "$disk/." "$left"
exit $code
"""


def can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    words = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_full_disk_leaves_the_old_graph(
    command: Command, copy_small: Callable[..., Path], tmp_path: Path
) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount a small disk; the limit on files is tested")
    folder = copy_small()
    edit_recipe(folder, ("dtd",))
    before = hash_folder(folder)
    used = sum(path.stat().st_size for path in folder.rglob("*"))
    disk, left = tmp_path / "disk", tmp_path / "left"
    disk.mkdir()
    left.mkdir()
    small = [str(folder), str(disk), str(left), str(used + 5_000_000)]
    there = ["unshare", "-rm", "bash", "-c", ON_SMALL_DISK, "small", *small]
    error = command.refuse(tmp_path, "build", before=there)
    assert re.search("no space left|disk is full", error), error
    after = hash_folder(left)
    assert {name: after.get(name) for name in before} == before
    check_answers(left)


def test_second_build_at_once_says_who_is_at_it(
    command: Command, copy_small: Callable[..., Path]
) -> None:
    folder = copy_small()
    edit_recipe(folder, ("dtd",))
    first = command.start(folder, "build")
    holder = folder / ".labelsys.lock.holder"
    while first.poll() is None and not (holder.exists() and holder.read_text("utf-8").strip()):
        time.sleep(0.005)
    second = command.run(folder, "build")
    assert first.poll() is None, "the first was done before the second had begun"
    assert (second.returncode, second.stdout) == (1, "")
    assert error_line(second.stderr) == second.stderr.strip()
    assert f"is being written by process {first.pid}: try again later" in second.stderr
    # Readers never wait.
    check_answers(folder)
    assert first.poll() is None, "the first was done before the reader had begun"
    assert finish(first).returncode == 0
    assert not holder.exists()
    command.succeed(folder, "build")


def test_interrupted_build_says_so_and_leaves_the_old_graph(
    command: Command, copy_small: Callable[..., Path]
) -> None:
    folder = copy_small()
    edit_recipe(folder, ("dtd",))
    before = hash_folder(folder)
    process = command.start(folder, "build")
    while process.poll() is None and not is_writing(folder):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "interrupted")
    after = hash_folder(folder)
    assert {name: after.get(name) for name in before} == before
    assert all(name.startswith("cache/") for name in after.keys() - before.keys())
