"""Every relative link in the documentation leads to a file, and every anchor to a heading."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(```|~~~).*?^\1", flags=re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
INLINE_LINK = re.compile(
    r"\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)"
)
REFERENCE_LINK = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)", flags=re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", flags=re.MULTILINE)
EXPLICIT_ID = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")


def links(text: str) -> list[str]:
    """Return the targets of all links of a page, in order, leaving code out."""
    prose = CODE.sub("", FENCE.sub("", text))
    return [*INLINE_LINK.findall(prose), *REFERENCE_LINK.findall(prose)]


def anchors(text: str) -> set[str]:
    """Return the ids that a page's headings get, as forges and mkdocs both make them."""
    prose = FENCE.sub("", text)
    found = set(EXPLICIT_ID.findall(prose))
    seen: dict[str, int] = {}
    for heading in HEADING.findall(prose):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\s-]", "", plain.lower()).strip()
        slug = re.sub(r"\s", "-", slug)
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found |= {slug, re.sub(r"-+", "-", slug)} if not count else {f"{slug}-{count}"}
    return found


def dead_links(page: Path) -> list[str]:
    """Return what is wrong with a page's links, one line each; other hosts are left alone."""
    problems = []
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:", link, flags=re.IGNORECASE):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if path.startswith("/") or not target.is_relative_to(ROOT):
            problems.append(f"{link}: leaves the project")
        elif not target.exists():
            problems.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md":
            known = anchors(target.read_text(encoding="utf-8"))
            if anchor not in known:
                problems.append(f"{link}: no heading #{anchor}")
    return problems


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_has_no_dead_link(page: Path) -> None:
    assert dead_links(page) == []


def test_links_in_code_are_not_links() -> None:
    text = "[a](b.md) `[c](d.md)`\n\n```\n[e](f.md)\n```\n\n[g]: h.md\n"
    assert links(text) == ["b.md", "h.md"]


def test_link_target_may_hold_parentheses_and_a_title() -> None:
    assert links('[a](crane_(bird).md "A crane") [b](<c.md>)') == ["crane_(bird).md", "c.md"]


def test_anchors_follow_the_headings() -> None:
    text = "# Build it\n## `link FILE`, row by row\n## Build it\n```\n# not one\n```\n"
    assert anchors(text) == {"build-it", "link-file-row-by-row", "build-it-1"}


def test_dead_links_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dead_links.__globals__, "ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# Here\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[ok](other.md#here) [x](other.md#there) [y](gone.md) [z](/etc) [w](https://example.org)",
        encoding="utf-8",
    )
    assert dead_links(page) == [
        "other.md#there: no heading #there",
        "gone.md: no such file",
        "/etc: leaves the project",
    ]
