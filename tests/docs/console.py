"""Runs the examples of a page and compares what they print with what the page says.

    python -m tests.docs.console docs/tutorial.md            # compare
    python -m tests.docs.console --write docs/tutorial.md    # put in what was printed

Two kinds of fences are examples. In a ``console`` fence, a line that begins
with ``$ `` is a command for bash; lines right below it that begin with ``> ``
go on with it; what follows is what a person sees on a terminal of 120 columns,
output and messages together. In an expected line ``...`` stands for any text,
and a line of just ``...`` for any lines. In a ``python`` fence everything
runs, as a doctest where it begins with ``>>>``.

All examples of a page run in order, in one folder and one Python namespace.
"""

from __future__ import annotations

import argparse
import contextlib
import doctest
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.integration.command import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "Block",
    "Runner",
    "Step",
    "copy_opening",
    "make_opening",
    "matches",
    "parse_page",
    "parse_steps",
    "rewrite",
    "run_page",
]

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
_FENCE = re.compile(r"^```(console|python)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
# What a progress bar leaves behind is what stands after its last return to the line's start.
_REDRAWN = re.compile(r"^.*\r(?:\x1b\[K)?", flags=re.MULTILINE)
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fence.

    Attributes:
        kind: `console` or `python`.
        line: of the page, where its text begins, from 1.
        text: between the fences.
    """

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command and what it is said to print.

    Attributes:
        command: for bash.
        line: of the page, from 1.
        shown: the lines that hold the command.
        expected: the lines below it.
    """

    command: str
    line: int
    shown: tuple[str, ...]
    expected: tuple[str, ...]


def parse_page(text: str) -> list[Block]:
    """Return the fences that are examples, in order."""
    return [
        Block(kind=found[1], line=text.count("\n", 0, found.start(2)) + 1, text=found[2])
        for found in _FENCE.finditer(text)
    ]


def parse_steps(block: Block) -> list[Step]:
    """Return the commands of a console fence.

    Raises:
        ValueError: it does not begin with a command.
    """
    steps: list[Step] = []
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        last = steps[-1] if steps else None
        if line.startswith("$ "):
            steps.append(Step(command=line[2:], line=number, shown=(line,), expected=()))
        elif last is None:
            msg = f"line {number}: a console block begins with a command, not with {line!r}"
            raise ValueError(msg)
        elif line.startswith("> ") and not last.expected:
            command = f"{last.command}\n{line[2:]}"
            steps[-1] = replace(last, command=command, shown=(*last.shown, line))
        else:
            steps[-1] = replace(last, expected=(*last.expected, line))
    return steps


def matches(expected: Sequence[str], printed: Sequence[str]) -> bool:
    """Return whether printed lines are as expected; spaces at line ends don't count."""
    parts = []
    for line in expected:
        pattern = r"[^\n]*".join(re.escape(part) for part in line.rstrip().split("..."))
        parts.append(r"(?:[^\n]*\n)*" if line.strip() == "..." else pattern + r"\n")
    text = "".join(line.rstrip() + "\n" for line in printed)
    return re.fullmatch("".join(parts), text) is not None


@dataclass(slots=True, kw_only=True)
class Runner:
    """Runs examples, one after another, in one folder.

    Attributes:
        folder: where the next command runs; `cd` changes it.
        environ: what commands see.
        namespace: of the Python examples.
    """

    folder: Path
    environ: Mapping[str, str]
    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "__page__"})

    @classmethod
    def start(cls, folder: Path, wordnet: Path) -> Runner:
        """Make one for an empty folder, which gets a cache of its own."""
        here = Path(sys.executable).parent
        cache = folder / ".cache"
        cache.mkdir()
        terminal = {"TERM": "dumb", "COLUMNS": "120", "LINES": "50", "NO_COLOR": "1"}
        own = {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "LABELSYS_CACHE": str(cache)}
        environ = {**Command.with_wordnet(wordnet).environ, **terminal, **own}
        return cls(folder=folder, environ=environ)

    def run_console(self, command: str) -> list[str]:
        """Run a command as on a terminal; return the lines that are seen when it is over."""
        with tempfile.TemporaryDirectory() as state:
            where = Path(state, "cwd")
            script = f'{command}\nstatus=$?\npwd > "{where}"\nexit $status\n'
            terminal, other_end = pty.openpty()
            process = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.folder,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=other_end,
                stderr=other_end,
            )
            os.close(other_end)
            try:
                seen = _read_all(terminal)
                process.wait(_TIMEOUT_S)
            finally:
                os.close(terminal)
                process.kill()
            if where.exists():
                self.folder = Path(where.read_text(encoding="utf-8").rstrip("\n"))
        return _REDRAWN.sub("", seen.replace("\r\n", "\n")).splitlines()

    def run_python(self, block: Block, name: str) -> str:
        """Run a Python fence; return what is wrong, or "".

        Raises:
            Exception: whatever plain code raises.
        """
        with contextlib.chdir(self.folder), _environ(self.environ):
            if not block.text.startswith(">>>"):
                source = "\n" * (block.line - 1) + block.text
                exec(compile(source, name, "exec", dont_inherit=True), self.namespace)
                return ""
            return self._run_doctest(block, name)

    def _run_doctest(self, block: Block, name: str) -> str:
        test = doctest.DocTestParser().get_doctest(
            block.text, self.namespace, name, name, block.line - 1
        )
        test.globs = self.namespace  # the parser took a copy
        told: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
        runner.run(test, out=told.append, clear_globs=False)
        return "".join(told)


def _read_all(terminal: int) -> str:
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end was closed
            break
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces).decode("utf-8")


@contextlib.contextmanager
def _environ(values: Mapping[str, str]) -> Iterator[None]:
    """Let Python examples see our variables as commands do, and no others of that name."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("LABELSYS_")]:
        del os.environ[name]
    os.environ.update({k: v for k, v in values.items() if k.startswith("LABELSYS_")})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run_page(path: Path, runner: Runner, blocks: Sequence[Block] | None = None) -> list[str]:
    """Run the examples of a page, in order; return what differs, with the page's lines."""
    problems = []
    for block in parse_page(path.read_text(encoding="utf-8")) if blocks is None else blocks:
        if block.kind == "python":
            told = runner.run_python(block, str(path))
            problems += [f"{path}:{block.line}: {told}"] if told else []
            continue
        for step in parse_steps(block):
            printed = runner.run_console(step.command)
            if not matches(step.expected, printed):
                said, was = "\n".join(step.expected), "\n".join(printed)
                problems.append(
                    f"{path}:{step.line}: $ {step.command}\n-- the page says\n{said}\n"
                    f"-- it printed\n{was}\n"
                )
    return problems


def rewrite(path: Path, runner: Runner) -> str:
    """Return a page with what its commands really print, where the page says something else."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    out: list[str] = []
    done = 0  # lines of the page that are in `out` already
    for block in parse_page(text):
        if block.kind == "python":
            told = runner.run_python(block, str(path))
            sys.stderr.write(f"{path}:{block.line}: {told}\n" if told else "")
            continue
        out += lines[done : block.line - 1]
        done = block.line - 1 + len(block.text.splitlines())
        for step in parse_steps(block):
            printed = runner.run_console(step.command)
            same = matches(step.expected, printed)
            out += [*step.shown, *(step.expected if same else _with_dots(step.expected, printed))]
    return "\n".join([*out, *lines[done:]]) + "\n"


def opening_blocks() -> list[Block]:
    """Return the tutorial's blocks before its first Python: they make its system."""
    blocks = parse_page(TUTORIAL.read_text(encoding="utf-8"))
    first = next(i for i, block in enumerate(blocks) if block.kind == "python")
    return blocks[:first]


def make_opening(folder: Path, wordnet: Path) -> Runner:
    """Do in an empty folder what the tutorial begins with.

    Whether it prints what the tutorial says is the tutorial's own test.

    Raises:
        RuntimeError: no system was built.
    """
    runner = Runner.start(folder, wordnet)
    problems = run_page(TUTORIAL, runner, opening_blocks())
    if not (runner.folder / "current").is_file():
        raise RuntimeError("\n".join(problems))
    return runner


def copy_opening(opening: Runner, folder: Path) -> Runner:
    """Return a runner like another one, with a copy of its folder and cache."""
    cache = Path(opening.environ["LABELSYS_CACHE"])
    shutil.copytree(cache.parent, folder, dirs_exist_ok=True)
    here = folder / opening.folder.relative_to(cache.parent)
    environ = {**opening.environ, "LABELSYS_CACHE": str(folder / cache.name)}
    return Runner(folder=here, environ=environ)


def _with_dots(expected: Sequence[str], printed: Sequence[str]) -> list[str]:
    """Return printed lines, those that the page has with dots in them as the page has them."""
    dotted = [line for line in expected if "..." in line and line.strip() != "..."]
    return [
        next((known for known in dotted if matches([known], [line])), line.rstrip())
        for line in printed
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare or rewrite pages; all but the tutorial begin with the tutorial's first system."""
    from labelsys.source.wordnet_files import find_wordnet

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put in what was printed")
    parser.add_argument("pages", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    wordnet = find_wordnet()
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="labelsys-docs-") as scratch:
        opening: Runner | None = None
        for number, page in enumerate(given.pages):
            folder = Path(scratch, str(number))
            folder.mkdir()
            if page.resolve() == TUTORIAL:
                runner = Runner.start(folder, wordnet)
            else:
                if opening is None:
                    Path(scratch, "opening").mkdir()
                    opening = make_opening(Path(scratch, "opening"), wordnet)
                runner = copy_opening(opening, folder)
            if given.write:
                page.write_text(rewrite(page, runner), encoding="utf-8")
            else:
                problems += run_page(page, runner)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
