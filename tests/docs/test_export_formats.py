"""Every format of export is in the reference, with a section, and in the help of the command."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from labelsys.export import exporters
from labelsys_cli.main import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "exports.md"


@pytest.mark.parametrize("name", exporters.names())
def test_format_is_in_the_reference(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^\| \[`{name}`\]\(#([a-z-]+)\) \|", page, flags=re.MULTILINE)
    assert found is not None, f"{name} is missing from the table"
    headings = re.findall(r"^## (.+)$", page, flags=re.MULTILINE)
    assert found[1] in [heading.replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("name", exporters.names())
def test_format_is_in_the_help(name: str) -> None:
    top: Any = get_command(app)
    (argument,) = [p for p in top.commands["export"].params if p.name == "format"]
    assert re.search(rf"\b{name}\b", argument.help)
