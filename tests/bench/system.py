"""A built label system for benchmarks that need one: a given workspace, else a fresh build."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench.timing import must, run_labelsys, say

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["open_built"]


@contextmanager
def open_built(folder: Path | None, *words: str) -> Iterator[Path]:
    """Give a workspace with a built graph.

    Args:
        folder: one that is there; None builds one in a temporary folder.
        words: more options of the build.

    Yields:
        The workspace's folder.
    """
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory() as temp:
        say(" ".join(("building a system first: labelsys build", *words)))
        must(run_labelsys(Path(temp), "build", *words))
        yield Path(temp)
