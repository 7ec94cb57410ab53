"""The command that measures how well concepts are tagged."""

from __future__ import annotations

from ._common import OutputOption, StoreOption, make_progress, open_system
from ._render import emit_rows

__all__ = ["bench_tag"]

_TABLE = ("way", "held_out", "n", "auroc", "mixed", "accuracy", "calibration_error", "decided")


def bench_tag(store: StoreOption = None, output: OutputOption = None) -> None:
    """Measure how well visual concepts are told, on the test set that ships.

    First the tagger as it is used, then what it sees in parts, lexnames alone,
    and fits that have seen no concept of the same lexname or subtree. `mixed` is
    the mean area within act, group, location, person, phenomenon and state. JSON
    has everything: intervals, and how many are right of what was decided.

    Example:
        labelsys bench tag --output json
    """
    from labelsys.benchmark.visual import bench_visual
    from labelsys.tag.surroundings import Surroundings
    from labelsys.tag.visual import load_model, open_embedder

    embedder = open_embedder("minilm", make_progress())
    model = load_model(embedder.spec.name)
    with open_system(store) as system:
        around = Surroundings.of_store(system.store, system.hierarchy)
        rows = bench_visual(around, system.hierarchy, embedder, model)
    emit_rows(rows, output, table=_TABLE)
