"""NOTICE and the header of every shipped data file tell the same licence and source."""

from __future__ import annotations

import gzip
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = "labelsys"


class Row(NamedTuple):
    """One line of the table in NOTICE."""

    files: str
    license: str
    source: str


def notice_rows() -> list[Row]:
    lines = (ROOT / "NOTICE").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines if " | " in line]
    header, *rows = cells
    assert header == ["file", "licence", "source"]
    return [Row(*row) for row in rows]


def header_of(path: Path) -> dict[str, str]:
    """Read the leading ``# key: value`` lines of a table."""
    opener = gzip.open if path.suffix == ".gz" else open
    found: dict[str, str] = {}
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            match = re.match(r"#\s*([\w-]+):\s*(.*\S)\s*$", line)
            if match is None:
                break
            found[match[1]] = match[2]
    return found


def license_ids(expression: str) -> list[str]:
    """Split an SPDX expression into its ids."""
    return [word for word in re.split(r"[\s()]+", expression) if word not in {"", "AND", "OR"}]


TABLES = sorted(
    path for path in (ROOT / "ontologies").rglob("*") if path.name.endswith((".tsv", ".tsv.gz"))
)
NOT_OURS = [path for path in TABLES if header_of(path).get("source") != OURS]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_header_names_source_and_license(path: Path) -> None:
    assert {"source", "license"} <= set(header_of(path))


@pytest.mark.parametrize("path", NOT_OURS, ids=name)
def test_notice_has_the_license_of_the_header(path: Path) -> None:
    licenses = [row.license for row in notice_rows() if fnmatchcase(name(path), row.files)]
    assert licenses == [header_of(path)["license"]]


@pytest.mark.parametrize("path", NOT_OURS, ids=name)
def test_notice_names_the_source_that_the_header_details(path: Path) -> None:
    (row,) = [row for row in notice_rows() if fnmatchcase(name(path), row.files)]
    assert header_of(path)["source"].startswith(row.source)


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_license_text_ships(path: Path) -> None:
    missing = [
        spdx
        for spdx in license_ids(header_of(path)["license"])
        if not (ROOT / "LICENSES" / f"{spdx}.txt").is_file()
    ]
    assert missing == []


@pytest.mark.parametrize("row", notice_rows(), ids=lambda row: row.files)
def test_notice_row_covers_a_shipped_file(row: Row) -> None:
    assert any(fnmatchcase(name(path), row.files) for path in NOT_OURS)


def test_every_license_text_is_used() -> None:
    used = {spdx for path in TABLES for spdx in license_ids(header_of(path)["license"])}
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    texts = [path.stem for path in sorted((ROOT / "LICENSES").iterdir())]
    assert [spdx for spdx in texts if spdx not in used and spdx not in notice] == []
