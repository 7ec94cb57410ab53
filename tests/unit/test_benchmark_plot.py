"""The picture of a benchmark: well-formed, and its marks where the figures are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from labelsys.benchmark.calibration import CalibrationBin
from labelsys.benchmark.metrics import CurvePoint, share
from labelsys.benchmark.plot import format_link_plot, write_link_plot
from labelsys.benchmark.score import LinkReport, LinkScore
from labelsys.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def report(name: str = "hand") -> LinkReport:
    none = share(0, 2)
    score = LinkScore(
        accuracy=share(1, 2),
        exact_accuracy=none,
        lifted_accuracy=none,
        lifted=0,
        candidate_recall=none,
        accepted=none,
        accepted_precision=none,
        accepted_broader=0,
        review=0,
        unlinked=0,
        curve=(
            CurvePoint(coverage=0.5, precision=1.0, confidence=0.9),
            CurvePoint(coverage=1.0, precision=0.6, confidence=None),
        ),
        targets=(),
        calibration=None,
        bins=(CalibrationBin(n=2, confidence=0.5, right=share(1, 2)),),
        misses=(),
    )
    return LinkReport(
        gold=name,
        path="hand.tsv",
        graph="",
        encoder="none",
        label_set=None,
        independent=False,
        use=(),
        read=2,
        linked=2,
        scored=2,
        skipped={},
        skipped_rows=(),
        score=score,
        systems=(),
    )


def dots(text: str) -> list[tuple[float, float]]:
    circles = ET.fromstring(text).iter(f"{SVG}circle")
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in circles]


def frames(text: str) -> list[tuple[float, float, float]]:
    """Return left, top and side of each panel's frame; the first rectangle is the page."""
    found = list(ET.fromstring(text).iter(f"{SVG}rect"))[1:]
    return [tuple(float(r.attrib[k]) for k in ("x", "y", "width")) for r in found]  # type: ignore[misc]  # three each


def test_marks_lie_where_the_figures_say() -> None:
    text = format_link_plot([report()])
    (left, top, side), (right, top_2, side_2) = frames(text)
    reliability, first, second = dots(text)
    # Confidence 0.5, half right: the middle of the frame.
    assert reliability == (left + side / 2, top + side / 2)
    # The axis of precision begins a tenth below 0.6, at 0.5: 0.6 is a fifth of the way up.
    assert first == (right + side_2 / 2, top_2)
    assert list(second) == pytest.approx([right + side_2, top_2 + 0.8 * side_2])


def test_every_report_has_two_panels_on_a_page_that_holds_them() -> None:
    text = format_link_plot([report("one"), report("two"), report("three")])
    page = ET.fromstring(text)
    found = frames(text)
    assert len(found) == 6
    assert max(top + side for _, top, side in found) < float(page.attrib["height"])
    assert max(left + side for left, _, side in found) < float(page.attrib["width"])


def test_names_are_escaped() -> None:
    texts = [t.text for t in ET.fromstring(format_link_plot([report("a<b&c")])).iter(f"{SVG}text")]
    assert "a<b&c" in texts


def test_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.svg", "b.SVG"):
        write_link_plot([report()], tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.SVG").read_bytes()


def test_other_suffix_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--plot: links.png: plots are written as SVG"):
        write_link_plot([report()], tmp_path / "links.png")
    assert not (tmp_path / "links.png").exists()
