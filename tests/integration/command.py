"""Runs `python -m labelsys` as its users do, and tells what it left in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelsys.config import MatchSettings, Recipe, SourceSpec
from labelsys.workspace import Workspace, current_graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "WORDNET",
    "Command",
    "error_line",
    "finish",
    "hash_folder",
    "make_workspace",
    "read_graph",
]

ROOT = Path(__file__).resolve().parents[2]
WORDNET = (SourceSpec(name="wordnet", version="3.0"),)
"""Sources of a recipe that builds fast: WordNet alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The command line in a process of its own.

    Attributes:
        environ: what every such process sees.
    """

    environ: Mapping[str, str]

    @classmethod
    def with_wordnet(cls, folder: Path) -> Command:
        """Make one that finds WordNet in a folder, and nothing of ours anywhere else."""
        # Not measured by coverage either: a build that writes down each line takes minutes.
        foreign = ("LABELSYS_", "COVERAGE_", "COV_CORE_", "PYTHONHASHSEED")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        return cls(environ=kept | {"PYTHONPATH": str(ROOT), "LABELSYS_WORDNET": str(folder)})

    def start(
        self,
        folder: Path,
        *arguments: str | Path,
        before: Sequence[str] = (),
        **environ: str,
    ) -> subprocess.Popen[str]:
        """Start a command in a folder; the caller waits for it.

        Words *before* are a command that runs this one, as `nice` does.
        """
        return subprocess.Popen(
            [*before, sys.executable, "-m", "labelsys", *map(str, arguments)],
            cwd=folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(
        self,
        folder: Path,
        *arguments: str | Path,
        before: Sequence[str] = (),
        **environ: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder, to its end."""
        return finish(self.start(folder, *arguments, before=before, **environ))

    def succeed(self, folder: Path, *arguments: str | Path, **environ: str) -> str:
        """Run a command that must do what it is asked to; return its standard output."""
        done = self.run(folder, *arguments, **environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, folder: Path, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run a command that prints rows, and return them."""
        lines = self.succeed(folder, *arguments, "--output", "jsonl").splitlines()
        return [json.loads(line) for line in lines]

    def refuse(self, folder: Path, *arguments: str | Path, before: Sequence[str] = ()) -> str:
        """Run a command that must end with an error of one line; return that line.

        Stages that ended before the error have a line each above it.
        """
        done = self.run(folder, *arguments, before=before)
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        return error_line(done.stderr)


def finish(
    process: subprocess.Popen[str], timeout_s: float = 900.0
) -> subprocess.CompletedProcess[str]:
    """Wait for a command and return how it ended; no process outlives its test."""
    with process:
        try:
            out, err = process.communicate(timeout=timeout_s)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def error_line(stderr: str) -> str:
    """Return the error that a command ended with, which is the last line and the only error."""
    assert "Traceback" not in stderr, stderr
    lines = stderr.splitlines()
    assert [line.startswith("error: ") for line in lines].count(True) == 1, stderr
    assert lines[-1].startswith("error: "), stderr
    return lines[-1]


def make_workspace(
    folder: Path,
    *label_sets: str,
    sources: tuple[SourceSpec, ...] = WORDNET,
    encoder: str = "none",
) -> Path:
    """Make a workspace with a recipe and nothing built."""
    match = MatchSettings(encoder=encoder)
    Workspace.create(folder, Recipe(label_sets=label_sets, sources=sources, match=match))
    return folder


def read_graph(folder: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of a workspace's graph in use."""
    path = current_graph(folder)
    return path.stem, path.read_bytes()


def hash_folder(folder: Path) -> dict[str, str]:
    """Return every file below a folder with the hash of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
