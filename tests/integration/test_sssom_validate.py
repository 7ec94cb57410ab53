"""The mappings are what sssom-py takes for valid SSSOM, and it does refuse a broken file.

sssom-py returns 0 for a file with rows that it could not read: it drops them and says so on
stderr. So a good file is one that passes with nothing said, but for the line about our `status`
column, which sssom-py says of every extension slot, declared or not.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labelsys.export.mappings import write_mappings
from labelsys.store.memory import MemoryWriter
from tests.toy import fill

pytestmark = pytest.mark.slow

SSSOM = Path(sys.executable).parent / "sssom"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sssom_schema")
    writer = MemoryWriter()
    fill(writer)
    path = tmp_path_factory.mktemp("sssom") / "toy.sssom.tsv"
    write_mappings(writer.store, path)
    return path


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SSSOM, "validate", path], capture_output=True, text=True, check=False, timeout=300
    )


def test_the_toy_mappings_are_valid_to_the_last_row(good: Path) -> None:
    done = validate(good)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.strip() == "No attr for status [8 instances]"


def test_a_justification_out_of_the_enum_fails(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sssom.tsv"
    broken.write_text(good.read_text().replace("semapv:LexicalMatching", "semapv:Guessing"))
    done = validate(broken)
    assert done.returncode != 0
    assert "validation errors" in done.stderr


def test_an_id_that_is_no_curie_is_dropped_aloud(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sssom.tsv"
    broken.write_text(good.read_text().replace("zoo:9\t", "zoo:a b\t"))
    assert "zoo:a b is not a valid URI or CURIE" in validate(broken).stderr
