"""Fingerprints of the package's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from labelsys import fingerprint

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "match" / "deep").mkdir(parents=True)
    for name in ("text.py", "match/names.py", "match/weights.json", "match/deep/far.py"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(fingerprint, "files", lambda _: tmp_path)
    return tmp_path


def of(*names: str) -> str:
    return fingerprint.code_fingerprint.__wrapped__(*names)


@pytest.mark.parametrize("changed", ["text.py", "match/names.py", "match/deep/far.py"])
def test_every_module_below_counts(package: Path, changed: str) -> None:
    before = of("match", "text.py")
    assert before == of("match", "text.py")
    (package / changed).write_text("other")
    assert of("match", "text.py") != before


def test_what_is_no_module_or_not_named_does_not_count(package: Path) -> None:
    before = of("match")
    (package / "match/weights.json").write_text("other")
    (package / "text.py").write_text("other")
    assert of("match") == before


def test_module_that_goes_or_gets_another_name_counts(package: Path) -> None:
    before = of("match")
    far = package / "match/deep/far.py"
    far.rename(far.with_name("near.py"))
    renamed = of("match")
    far.with_name("near.py").unlink()
    assert len({before, renamed, of("match")}) == 3


def test_own_package_is_read() -> None:
    assert fingerprint.code_fingerprint("source") != fingerprint.code_fingerprint("match")
