"""The reference of the command line, as docs/reference/cli.md has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_command

from .main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WIDTH", "iter_sections"]

WIDTH = 100
"""Of the help pages: the same on every terminal."""


def iter_sections() -> Iterator[str]:
    """Yield a section in Markdown for each command, those of groups after their group."""
    top: Any = get_command(app)
    context = typer.Context(
        top, info_name="labelsys", terminal_width=WIDTH, help_option_names=["-h", "--help"]
    )
    yield _section("labelsys", top, context)
    for name, command in top.commands.items():
        inner = typer.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
        yield _section(f"labelsys {name}", command, inner)
        for sub, each in getattr(command, "commands", {}).items():
            context_of_sub = typer.Context(each, info_name=sub, parent=inner, terminal_width=WIDTH)
            yield _section(f"labelsys {name} {sub}", each, context_of_sub)


def _section(title: str, command: Any, context: typer.Context) -> str:
    text = re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.MULTILINE)
    return f"## {title}\n\n```text\n{text}\n```\n"
