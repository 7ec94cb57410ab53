"""The same inputs give the same bytes, whatever the hash seed and the state of the caches."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labelsys.config import default_recipe
from labelsys.labelset.bundled import read_bundled
from labelsys.model import LabelSet
from labelsys.workspace import Workspace
from tests.integration.command import WORDNET, hash_folder, make_workspace, read_graph

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.command import Command

pytestmark = [pytest.mark.slow, pytest.mark.wordnet]

EXPORTS = ("mappings", "concepts", "labels", "skos", "bamboo")
SEVERAL = ("lvis", "coco", "voc2007", "flowers102", "iwildcam2020", "dtd")
FEW = ("voc2007", "flowers102", "dtd")


def build_and_export(
    command: Command, folder: Path, exported: tuple[str, ...] = EXPORTS, **environ: str
) -> dict[str, str]:
    """Build, export, and return the hash of every file that came of it."""
    command.succeed(folder, "build", **environ)
    exports = folder / "exports"
    exports.mkdir()
    for name in exported:
        command.succeed(folder, "export", name, "--out", exports / name, **environ)
    assert all((exports / name).stat().st_size > 10_000 for name in exported)
    found = hash_folder(folder)
    made = {
        name: digest
        for name, digest in found.items()
        if name.startswith(("graphs/", "exports/")) or name in ("current", "ids.tsv")
    }
    assert len(made) == len(exported) + 3  # the graph, `current` and `ids.tsv`
    return made


def test_hash_seed_leaves_no_trace(command: Command, tmp_path: Path) -> None:
    sources = default_recipe([]).sources
    seeds = ("1", "987654321")
    folders = [make_workspace(tmp_path / seed, *SEVERAL, sources=sources) for seed in seeds]
    with ThreadPoolExecutor(len(seeds)) as pool:
        jobs = [
            pool.submit(build_and_export, command, folder, PYTHONHASHSEED=seed)
            for seed, folder in zip(seeds, folders, strict=True)
        ]
    first, second = (job.result() for job in jobs)
    assert first == second


def add_thousand(folder: Path) -> None:
    """Put a set with 1,000 given ids first: else half of WordNet is encoded for the neighbours."""
    rows = read_bundled("imagenet21k").labels[::20]
    labels = tuple(replace(label, label_set="thousand") for label in rows)
    workspace = Workspace.open(folder)
    recipe = workspace.add_label_set(LabelSet(id="thousand", labels=labels))
    workspace.write_recipe(replace(recipe, label_sets=("thousand", *FEW)))


@pytest.mark.extra("offline")
def test_cold_half_warm_and_warm_caches_give_the_same(command: Command, tmp_path: Path) -> None:
    cold, half, warm = (
        make_workspace(tmp_path / name, *FEW, sources=WORDNET, encoder="auto")
        for name in ("cold", "half", "warm")
    )
    for folder in (cold, half, warm):
        add_thousand(folder)
    # The other exports are made of the same bytes: the test above is about how.
    exported = ("mappings", "concepts")
    expected = build_and_export(command, cold, exported, PYTHONHASHSEED="1")

    shutil.copytree(cold / "cache", warm / "cache")
    shutil.copytree(cold / "cache" / "vectors", half / "cache" / "vectors")
    segments = sorted((half / "cache").rglob("*.seg"))
    assert len(segments) > 1
    for segment in segments[::2]:
        segment.unlink()

    # One sees vectors of its own beside cached ones, the other computes nothing at all.
    before = hash_folder(warm / "cache")
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(build_and_export, command, folder, exported, PYTHONHASHSEED=seed)
            for folder, seed in ((half, "2"), (warm, "3"))
        ]
    assert [job.result() for job in jobs] == [expected, expected]
    assert len(sorted((half / "cache").rglob("*.seg"))) > len(segments) // 2
    assert hash_folder(warm / "cache") == before


def test_forced_build_writes_the_same_graph_again(
    command: Command, copy_small: Callable[..., Path]
) -> None:
    folder = copy_small()
    name, data = read_graph(folder)
    written = (folder / "graphs" / f"{name}.db").stat().st_mtime_ns
    command.succeed(folder, "build", "--force", PYTHONHASHSEED="7")
    assert read_graph(folder) == (name, data)
    assert (folder / "graphs" / f"{name}.db").stat().st_mtime_ns > written
