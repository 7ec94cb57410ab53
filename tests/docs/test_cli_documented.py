"""Every command has help, an example that its own parser takes, and a section in the reference."""

from __future__ import annotations

import re
import shlex
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from labelsys_cli.main import COMMANDS, app
from labelsys_cli.reference import iter_sections

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md"
EXAMPLE = re.compile(r"^Example:\n((?:    .+\n?)+)", flags=re.MULTILINE)


def commands() -> dict[str, Any]:
    """Return every command by its full name, those of groups too."""
    top: Any = get_command(app)
    found: dict[str, Any] = {}
    for name, command in top.commands.items():
        found[name] = command
        for sub, each in getattr(command, "commands", {}).items():
            found[f"{name} {sub}"] = each
    return found


def example_of(command: Any) -> list[str]:
    found = EXAMPLE.search(cleandoc(command.callback.__doc__))
    assert found is not None, f"{command.name} has no example"
    return [line.strip() for line in found[1].splitlines()]


def parse(line: str) -> str:
    """Return the full name of the command that a line runs, after its own parser took the line."""
    words = shlex.split(line)
    assert words.pop(0) == "labelsys"
    command: Any = get_command(app)
    context: Any = None
    name: list[str] = []
    while True:
        context = command.make_context(command.name or "labelsys", words, parent=context)
        if not hasattr(command, "commands"):
            return " ".join(name)
        words = [*context._protected_args, *context.args]
        sub, command, words = command.resolve_command(context, words)
        name.append(sub)


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_has_help_that_ends_in_a_period(name: str) -> None:
    first = cleandoc(commands()[name].callback.__doc__).splitlines()[0]
    assert re.fullmatch(r"[A-Z].+\.", first)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_list_of_commands_says_what_the_command_says(name: str) -> None:
    assert COMMANDS[name].help == cleandoc(commands()[name].callback.__doc__).splitlines()[0]


@pytest.mark.parametrize("name", sorted(commands()))
def test_example_runs_the_command_that_it_explains(name: str) -> None:
    for line in example_of(commands()[name]):
        assert parse(line).startswith(name)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_parameter_is_explained(name: str) -> None:
    for parameter in commands()[name].params:
        assert parameter.help, f"{name}: {parameter.name}"


@pytest.mark.parametrize("name", sorted(commands()))
def test_reference_has_a_section_with_the_help(name: str) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    assert f"\n## labelsys {name}\n" in page
    section = page.split(f"\n## labelsys {name}\n")[1].split("\n## ")[0]
    assert f"Usage: labelsys {name} " in section


def test_reference_is_what_the_generator_writes() -> None:
    """As `cog --check` holds it; run `make gen` after a change of a command."""
    page = REFERENCE.read_text(encoding="utf-8")
    generated = page.split("]]] -->\n", 1)[1].split("<!-- [[[end", 1)[0]
    assert generated == "".join(f"{section}\n" for section in iter_sections())


def test_example_with_a_wrong_option_would_fail() -> None:
    with pytest.raises(Exception, match="No such option"):
        parse("labelsys show dog --no-such-option")
    with pytest.raises(Exception, match="No such command"):
        parse("labelsys shwo dog")


def test_top_help_has_an_example() -> None:
    result = CliRunner().invoke(app, ["--help"], prog_name="labelsys")
    assert "Example:\n      labelsys build" in result.stdout


def test_no_command_is_a_usage_error_with_help() -> None:
    result = CliRunner().invoke(app, [], prog_name="labelsys")
    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_typer_is_the_one_that_is_locked() -> None:
    """The help pages in the reference are those of one version."""
    lock = (REFERENCE.parents[2] / "requirements-dev.lock").read_text(encoding="utf-8")
    assert f"typer=={typer.__version__}" in lock
