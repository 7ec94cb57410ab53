"""What the pages show is what happens: commands and Python, in order, as a reader types them."""

from __future__ import annotations

import shlex
import shutil
from itertools import takewhile
from pathlib import Path

import pytest

from tests.docs.console import (
    TUTORIAL,
    Block,
    Runner,
    copy_opening,
    make_opening,
    matches,
    parse_page,
    parse_steps,
    rewrite,
    run_page,
)
from tests.docs.test_cli_documented import parse as parse_command

DOCS = TUTORIAL.parent
RUN = (
    "explanation/determinism.md",
    "explanation/pruning.md",
    "howto/ask-questions.md",
    "howto/check-a-label-set.md",
    "howto/choose-labels.md",
    "howto/compare-two-builds.md",
    "howto/curate-decisions.md",
    "howto/cut-classes.md",
    "howto/link-a-list.md",
    "howto/merge-annotations.md",
    "howto/merge-label-sets.md",
    "howto/query-the-graph-file.md",
    "howto/score-across-sets.md",
    "howto/use-in-a-notebook.md",
    "howto/without-the-encoder.md",
)
"""Pages whose examples run in the tutorial's first system."""
NEEDS = {"howto/query-the-graph-file.md": "sqlite3"}
"""Page -> a program that it is about, which not every machine has."""


@pytest.fixture(scope="module")
def opening(wordnet_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return make_opening(tmp_path_factory.mktemp("opening"), wordnet_folder)


def expect_nothing(problems: list[str]) -> None:
    """Fail with all that differs, and with what to run if the change is meant."""
    if problems:
        again = "if that is right: python -m tests.docs.console --write PAGE, and read the diff"
        pytest.fail("\n".join([*problems, again]), pytrace=False)


@pytest.mark.slow
@pytest.mark.wordnet
def test_tutorial_shows_what_happens(wordnet_folder: Path, tmp_path: Path) -> None:
    expect_nothing(run_page(TUTORIAL, Runner.start(tmp_path, wordnet_folder)))


@pytest.mark.slow
@pytest.mark.wordnet
@pytest.mark.parametrize("name", RUN)
def test_page_shows_what_happens(name: str, opening: Runner, tmp_path: Path) -> None:
    program = NEEDS.get(name)
    if program is not None and shutil.which(program) is None:
        pytest.skip(f"the page is about {program}, which is not installed")
    expect_nothing(run_page(DOCS / name, copy_opening(opening, tmp_path)))


def first_command(line: str) -> str:
    """Return what stands before the first pipe, `&&`, `>` or `2>` that is not in quotes."""
    ends = {"|", "&&", ">"}
    words = takewhile(lambda w: w not in ends and not w.startswith("2>"), shlex.split(line))
    return shlex.join(words)


def labelsys_lines() -> list[tuple[str, str]]:
    """Return (page, command) of every plain `labelsys` command that a page shows."""
    return [
        (str(page.relative_to(DOCS)), first_command(step.command))
        for page in sorted(DOCS.rglob("*.md"))
        for block in parse_page(page.read_text(encoding="utf-8"))
        if block.kind == "console"
        for step in parse_steps(block)
        if step.command.startswith("labelsys ") and "\n" not in step.command
    ]


@pytest.mark.parametrize(("page", "command"), labelsys_lines())
def test_command_on_a_page_is_one_that_the_parser_takes(page: str, command: str) -> None:
    assert parse_command(command)


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md")} - {"index.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


# The runner itself


def console(text: str) -> Block:
    return Block(kind="console", line=1, text=text)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner.start(tmp_path, tmp_path)


def test_page_is_cut_into_examples_with_their_lines() -> None:
    page = "# T\n\n```console\n$ a\n```\n\n```sh\nb\n```\n\n```python\nc\n```\n"
    assert [(b.kind, b.line, b.text) for b in parse_page(page)] == [
        ("console", 4, "$ a\n"),
        ("python", 12, "c\n"),
    ]


def test_commands_go_on_over_lines_and_end_with_their_output() -> None:
    first, second = parse_steps(console("$ cat <<E\n> x\n> E\nx\n> no command\n$ true\n"))
    assert (first.command, first.expected) == ("cat <<E\nx\nE", ("x", "> no command"))
    assert (second.command, second.line, second.expected) == ("true", 6, ())


def test_block_that_begins_without_a_command_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 1: a console block begins with a command"):
        parse_steps(console("x\n"))


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["a"], ["a"], True),
        (["a"], ["a  "], True),
        (["a"], [], False),
        ([], ["a"], False),
        (["a", "b"], ["a"], False),
        (["...", "b"], ["b"], True),
        (["...", "b"], ["x", "a", "b"], True),
        (["...", "b"], ["b", "a"], False),
        (["a ... c"], ["a b c"], True),
        (["a ... c"], ["a b", "c"], False),
        (["a (x) [y]"], ["a (x) [y]"], True),
        (["a.c"], ["abc"], False),
    ],
)
def test_lines_are_compared_but_for_dots(
    expected: list[str], printed: list[str], same: bool
) -> None:
    assert matches(expected, printed) is same


def test_commands_see_a_terminal_and_the_folder_that_the_last_one_left(runner: Runner) -> None:
    assert runner.run_console("mkdir x && cd x && test -t 1 && echo on a terminal") == [
        "on a terminal"
    ]
    assert runner.run_console("basename $PWD; false") == ["x"]
    assert runner.run_console("echo words >&2") == ["words"]
    assert runner.run_console(r"printf '1%%\r\033[K2%%\r\033[Kdone\n'") == ["done"]


def test_python_and_commands_share_the_folder(runner: Runner) -> None:
    runner.run_console("mkdir x && cd x")
    page = "from pathlib import Path\nPath('y').write_text('z')\n"
    assert runner.run_python(Block(kind="python", line=1, text=page), "p.md") == ""
    assert runner.run_console("cat y") == ["z"]
    assert "z" not in [p.name for p in Path.cwd().iterdir()]


def test_page_that_shows_something_else_is_told_and_rewritten(
    tmp_path: Path, runner: Runner
) -> None:
    page = tmp_path / "p.md"
    page.write_text(
        "T\n\n```console\n$ echo a\nb\n$ echo c\n...\n```\n\n"
        "```python\n>>> x = 1\n>>> x\n1\n\n```\n\n```python\n>>> x + 1\n3\n\n```\nend\n",
        encoding="utf-8",
    )
    first, second = run_page(page, runner)
    assert f"{page}:4: $ echo a\n-- the page says\nb\n-- it printed\na\n" in first
    assert "Expected:\n    3\nGot:\n    2\n" in second
    assert rewrite(page, runner) == page.read_text(encoding="utf-8").replace("\nb\n", "\na\n")


def test_rewriting_keeps_dots_where_they_still_fit(tmp_path: Path, runner: Runner) -> None:
    page = tmp_path / "p.md"
    text = "```console\n$ printf 'took 3 s\\n%s\\n' 5\ntook ... s\n4\n```\n"
    page.write_text(text, encoding="utf-8")
    assert rewrite(page, runner) == text.replace("\n4\n", "\n5\n")


def test_plain_python_that_fails_raises_with_the_page_s_line(runner: Runner) -> None:
    block = Block(kind="python", line=7, text="x = 1\nassert x == 2\n")
    with pytest.raises(AssertionError) as caught:
        runner.run_python(block, "p.md")
    assert caught.traceback[-1].lineno == 7  # counted from 0
