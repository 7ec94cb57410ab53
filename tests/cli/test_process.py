"""What only a whole process shows: exit status, streams, start-up, a reader that leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXECUTABLE = (sys.executable, "-m", "labelsys")


def start(
    *arguments: str, folder: Path, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LABELSYS_")}
    environment |= {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), **(environ or {})}
    return subprocess.run(
        [*EXECUTABLE, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_help_lists_every_command_and_loads_none(tmp_path: Path) -> None:
    code = (
        "import sys; from labelsys_cli.main import main, COMMANDS\n"
        "sys.argv = ['labelsys', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: print('status', end.code)\n"
        "print('loaded', [m for m in sys.modules if m.split('.')[0] in"
        " ('rich', 'numpy', 'rdflib', 'nltk', 'networkx', 'neo4j', 'torch', 'pandas')])\n"
        "print('commands', [m for m in sys.modules if m.startswith('labelsys_cli.')])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "status 0" in done.stdout
    assert "loaded []" in done.stdout
    for command in ("init", "build", "search", "labelset"):
        assert f"\n  {command} " in done.stdout
    loaded = done.stdout.rsplit("commands", 1)[1]
    assert "labelsys_cli.look" not in loaded
    assert "labelsys_cli.build" not in loaded


def test_without_a_workspace_every_reading_command_says_to_build(tmp_path: Path) -> None:
    for arguments in (("show", "dog"), ("stats",), ("labelset", "list")):
        done = start(*arguments, folder=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert "labelsys build" in done.stderr


def test_usage_error_ends_with_2(tmp_path: Path) -> None:
    done = start("serch", "dog", folder=tmp_path)
    assert done.returncode == 2
    assert "search" in done.stderr


def test_debug_shows_the_traceback(workspace_folder: Path) -> None:
    done = start("show", "n99999999", "--debug", folder=workspace_folder)
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert "labelsys.NotFoundError" in done.stderr


def test_reader_that_leaves_is_no_error(workspace_folder: Path) -> None:
    command = (
        f"set -o pipefail; {sys.executable} -m labelsys export nt 2>stderr | head -n 1 > first"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        ["bash", "-c", command], cwd=workspace_folder, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0
    assert (workspace_folder / "first").read_text(encoding="utf-8").count("\n") == 1
    assert "Traceback" not in (workspace_folder / "stderr").read_text(encoding="utf-8")
    assert "Broken" not in (workspace_folder / "stderr").read_text(encoding="utf-8")


def test_closed_pipe_ends_quietly(workspace_folder: Path) -> None:
    """The reader is gone before the first byte."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [*EXECUTABLE, "tree", "entity.n.01"],
        cwd=workspace_folder,
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_names_are_utf8_in_a_pipe_whatever_the_locale(workspace_folder: Path) -> None:
    done = start("show", "dog.n.01", folder=workspace_folder, environ={"PYTHONIOENCODING": "ascii"})
    assert "狗" in done.stdout


def test_version_is_the_packages(tmp_path: Path) -> None:
    import labelsys

    done = start("--version", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"labelsys {labelsys.__version__}\n")


def test_interrupt_that_falls_into_a_finalizer_is_not_lost() -> None:
    program = """
import signal, time
from labelsys_cli import main

class Late:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0)

def command(**_):
    Late()
    for _ in range(500):
        time.sleep(0.01)

main.app = command
try:
    main.main()
except KeyboardInterrupt:
    print("stopped")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("stopped\n", "")
