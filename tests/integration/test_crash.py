"""Whoever is killed in the middle of writing leaves every file old or new, and whole."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 25

# One process makes the writers by fork, each with a loop of its own, and kills each at a random
# moment: starting a Python for every kill would take longer than all the rest. After each kill it
# reads everything, as the next command would, and says what it found.
KILLER = """
import json, os, pathlib, random, signal, sys, time, traceback
import numpy as np
from labelsys.audit.decisions import Decision, append_decision, read_decisions
from labelsys.cache import StageCache, VectorCache
from labelsys.config import default_recipe
from labelsys.ids import Curie
from labelsys.merge.new_ids import NewIds
from labelsys.model import Label, LabelSet
from labelsys.workspace import Workspace, current_graph

path = pathlib.Path(sys.argv[1])
rounds = int(sys.argv[2])
workspace = Workspace.create(path, default_recipe(["coco"]))
hashes = [f"{n:016x}" for n in range(8)]
pets = LabelSet(id="pets", source="x", labels=tuple(
    Label(label_set="pets", label_id=str(n), name=f"name {n}") for n in range(500)))
stages, vectors = StageCache(workspace.cache_folder), VectorCache(workspace.cache_folder, "m", 64)
blobs = {key: key.encode() * 20000 for key in "abc"}

def build(hash_):
    with workspace.new_graph(hash_) as temp:
        temp.write_bytes(hash_.encode() * 5000)
    workspace.switch_current(hash_)
    workspace.prune_graphs()

def write(start, loops):
    for n in range(start + 1, start + 1 + loops):
        with workspace.lock(timeout_s=5):
            if "pets" in workspace.read_recipe().label_sets:
                workspace.remove_label_set("pets")
            else:
                workspace.add_label_set(pets)
            ids = NewIds.read(workspace.ids_path)
            ids.assign([[(Curie("pets", f"{n}-{i}"), "x" * 50)] for i in range(20)])
            ids.write(workspace.ids_path)
            build(hashes[n % 8])
            for key, blob in blobs.items():
                stages.put("stage", key, blob)
            vectors.put_many([f"{n}-{i}" for i in range(50)], np.full((50, 64), n % 1000, "f4"))
            append_decision(workspace.decisions_path, Decision(id=f"d{n}", action="note", by="x",
                at="2025-03-01T09:30:00Z", subject_id=Curie("pets", str(n)), why="y" * 2000))

random.seed(20250301)
began = time.monotonic()
write(500_000, 1)
one_loop = time.monotonic() - began
survived = dict.fromkeys(["killed", "sets", "graphs", "ids", "decisions", "cache"], 0)
for round_ in range(rounds):
    child = os.fork()
    if child == 0:
        try:
            write(round_ * 1000, 1000)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(9)
    time.sleep(random.uniform(0.0, 1.2 * one_loop))
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    survived["killed"] += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    ids_of_sets = [s.id for s in Workspace.open(path).iter_label_sets()]
    survived["sets"] += ids_of_sets in (["coco"], ["coco", "pets"])
    graph = current_graph(path)
    survived["graphs"] += graph.read_bytes() == graph.stem.encode() * 5000
    survived["ids"] += len(NewIds.read(workspace.ids_path).rows) % 20 == 0
    read_decisions(workspace.decisions_path)
    survived["decisions"] += 1
    fresh = StageCache(workspace.cache_folder)
    found = [fresh.get("stage", key) in (None, blob) for key, blob in blobs.items()]
    rows = VectorCache(workspace.cache_folder, "m", 64)
    first = round_ * 1000 + 1
    row, there = rows.get_many([f"{first}-7"])
    found.append((row == 1).all() or not there.any())
    survived["cache"] += all(found) and fresh.corrupt == rows.corrupt == 0
with workspace.lock():
    left = [str(found) for found in path.rglob(".labelsys-tmp-*") if "cache" not in found.parts]
print(json.dumps([survived, left]))
"""


def test_workspace_is_whole_after_every_kill(tmp_path: Path) -> None:
    path = tmp_path / "w"
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(path), str(ROUNDS)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    survived, left = json.loads(done.stdout)
    assert survived.pop("killed") == ROUNDS, done.stderr
    assert survived == dict.fromkeys(survived, ROUNDS)
    assert left == []
