"""The project file says what is on disk, and every extra that the code names exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRA_MENTION = re.compile(r"labelsys\[([\w,\s-]+)\]")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages_on_disk(package_dir: dict[str, str]) -> list[str]:
    """Name each folder that has an __init__.py as setuptools will install it."""
    return sorted(
        ".".join([name, *init.parent.relative_to(ROOT / folder).parts])
        for name, folder in package_dir.items()
        for init in (ROOT / folder).rglob("__init__.py")
    )


def test_packages_are_the_folders_on_disk(project: dict[str, Any]) -> None:
    setuptools = project["tool"]["setuptools"]
    expected = packages_on_disk(setuptools["package-dir"])
    lines = "".join(f'  "{name}",\n' for name in expected)
    assert setuptools["packages"] == expected, f"in pyproject.toml write\npackages = [\n{lines}]"


def test_python_folders_all_have_an_init(project: dict[str, Any]) -> None:
    """A folder of modules without an __init__.py would be missing from the wheel."""
    folders = project["tool"]["setuptools"]["package-dir"].values()
    bare = sorted(
        str(module.parent.relative_to(ROOT))
        for folder in folders
        for module in (ROOT / folder).rglob("*.py")
        if not (module.parent / "__init__.py").exists()
    )
    assert bare == []


def test_every_shipped_suffix_is_package_data(project: dict[str, Any]) -> None:
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    stray = sorted(
        str(path.relative_to(ROOT))
        for folder in project["tool"]["setuptools"]["package-dir"].values()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".pyc"}
        and not any(path.match(pattern.removeprefix("**/")) for pattern in patterns)
    )
    assert stray == [], "add a pattern to [tool.setuptools.package-data]"


def test_extra_all_names_every_extra(project: dict[str, Any]) -> None:
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    named = EXTRA_MENTION.fullmatch(everything)
    assert named is not None
    assert sorted(named[1].split(",")) == sorted(set(extras) - {"all"})


def test_every_extra_named_anywhere_exists(project: dict[str, Any]) -> None:
    extras = set(project["project"]["optional-dependencies"])
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    code = [*(ROOT / "labelsys").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]
    unknown = {
        f"{path.relative_to(ROOT)}: {extra.strip()}"
        for path in [*pages, *code]
        if path.exists()
        for mention in EXTRA_MENTION.findall(path.read_text(encoding="utf-8"))
        for extra in mention.split(",")
        if extra.strip() not in extras
    }
    assert unknown == set()


@pytest.mark.parametrize("name", ["all", "demo", "dev"])
def test_lock_file_has_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / f"requirements-{name}.lock").read_text(encoding="utf-8")
    requirements = re.split(r"(?<!\\)\n", text.strip())
    assert "://" not in text
    assert [line for line in requirements if line.startswith("-")] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def locked_versions(name: str) -> set[str]:
    text = (ROOT / f"requirements-{name}.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([\w.-]+==[^\s;]+)", text, flags=re.MULTILINE))


def test_smaller_locks_agree_with_the_full_one() -> None:
    assert locked_versions("dev") <= locked_versions("all")
    assert locked_versions("demo") <= locked_versions("all")


def test_locks_hold_every_direct_dependency(project: dict[str, Any]) -> None:
    """A dependency added to the project file without `make lock` fails here, with its name."""
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    direct = [*project["project"]["dependencies"]]
    direct += [line for name, lines in extras.items() if name != "all" for line in lines]
    names = {re.split(r"[<>=!~;\[ ]", line)[0].lower().replace("_", "-") for line in direct}
    locked = {version.split("==")[0] for version in locked_versions("all")}
    assert sorted(names - locked) == []
