"""Cuts: disjoint, covering, of the size asked for, even, and steady."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import ConfigError, SourceError
from labelsys.hierarchy import Hierarchy
from labelsys.ids import Curie
from labelsys.model import Edge
from labelsys.select.cut import Cut, CutClass, compare_cuts, list_members, make_cut, measure_balance
from labelsys.select.cut_tree import CutTree
from labelsys.select.image_counts import read_counts
from labelsys.select.separation import separate_siblings
from labelsys.select.treemap import Box, check_treemap, format_treemap, lay_out

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.select.cut import Way


def c(number: int | str) -> Curie:
    return Curie("ex", f"{number:05d}" if isinstance(number, int) else number)


def grow(pairs: list[tuple[int | str, int | str]]) -> Hierarchy:
    return Hierarchy([Edge(c(low), c(high)) for low, high in pairs])


def random_dag(n: int, seed: int) -> Hierarchy:
    """Return n concepts, each below one to three earlier ones: 0 is above all."""
    rng = random.Random(seed)
    pairs: list[tuple[int | str, int | str]] = []
    for low in range(1, n):
        highs = {rng.randrange(max(low - 40, 0), low) for _ in range(rng.choice((1, 1, 1, 2, 3)))}
        pairs += [(low, high) for high in highs]
    return grow(pairs)


def classes_of(hierarchy: Hierarchy, cut: Cut) -> dict[Curie, Curie]:
    return {row.id: row.class_id for row in list_members(hierarchy, cut)}


@st.composite
def dags(draw: st.DrawFn) -> Hierarchy:
    n = draw(st.integers(2, 25))
    pairs: list[tuple[int | str, int | str]] = []
    for low in range(1, n):
        highs = draw(st.sets(st.integers(0, low - 1), min_size=1, max_size=3))
        pairs += [(low, high) for high in sorted(highs)]
    return grow(pairs)


@given(dag=dags(), data=st.data(), way=st.sampled_from(["size", "depth"]))
def test_classes_are_disjoint_cover_all_and_as_many_as_asked_for(
    dag: Hierarchy, data: st.DataObject, way: Way
) -> None:
    items = np.array(data.draw(st.lists(st.booleans(), min_size=len(dag), max_size=len(dag))))
    items[-1] = True
    n = data.draw(st.integers(1, int(items.sum())))
    cut = make_cut(dag, c(0), n, way=way, items=items)
    found = classes_of(dag, cut)
    assert set(found) == {dag.ids[i] for i in np.flatnonzero(items)}
    assert len(set(found.values())) == len(cut.classes.heads) == n
    assert int(cut.sizes.sum()) == int(items.sum())
    assert cut.sizes.min() >= 1
    assert all(dag.is_under(item, head) for item, head in found.items())


@given(dag=dags(), data=st.data())
def test_every_class_lies_in_one_superclass(dag: Hierarchy, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, int(dag.leaf_mask().sum())))
    k = data.draw(st.integers(1, n))
    cut = make_cut(dag, c(0), n, n_superclasses=k)
    assert cut.superclasses is not None
    over = cut.superclasses.owners
    places = np.flatnonzero(cut.items)
    pairs = {(int(cut.classes.owners[i]), int(over[i])) for i in places}
    assert len(pairs) == n
    assert len({high for _, high in pairs}) == k


@given(dag=dags(), way=st.sampled_from(["size", "depth"]))
def test_more_classes_than_items_are_refused_in_one_line(dag: Hierarchy, way: Way) -> None:
    most = int(dag.leaf_mask().sum())
    with pytest.raises(ConfigError, match=f"{most} items below it: ask for {most} classes or few"):
        make_cut(dag, c(0), most + 1, way=way)


def test_no_classes_and_too_many_superclasses_are_refused() -> None:
    tree = grow([("a", "t"), ("b", "t")])
    with pytest.raises(ConfigError, match="0 classes can't be made: ask for 1 to 2"):
        make_cut(tree, c("t"), 0)
    with pytest.raises(ConfigError, match="3 superclasses of 2 classes: ask for 1 to 2"):
        make_cut(tree, c("t"), 2, n_superclasses=3)


def test_a_concept_goes_below_the_deepest_of_its_broader_ones() -> None:
    """dog is below pet and, two steps down, below canine."""
    dag = grow(
        [
            ("pet", "t"),
            ("beast", "t"),
            ("canine", "beast"),
            ("dog", "pet"),
            ("dog", "canine"),
            ("cat", "pet"),
            ("wolf", "canine"),
        ]
    )
    tree = CutTree.build(dag, c("t"))
    at = [dag.ids[i] for i in tree.concepts]
    assert at[tree.parents[at.index(c("dog"))]] == c("canine")
    found = classes_of(dag, make_cut(dag, c("t"), 2))
    assert found == {c("cat"): c("cat"), c("dog"): c("canine"), c("wolf"): c("canine")}


def test_classes_are_even_and_what_is_left_is_a_rest() -> None:
    """Four leaves below x, four below y, one beside them: two classes of 4, then a rest of 1."""
    pairs: list[tuple[int | str, int | str]] = [("x", "t"), ("y", "t"), ("z", "t")]
    pairs += [(f"{parent}{n}", parent) for parent in "xy" for n in range(4)]
    dag = grow(pairs)
    cut = make_cut(dag, c("t"), 3)
    assert sorted(cut.sizes.tolist()) == [1, 4, 4]
    assert set(classes_of(dag, cut).values()) == {c("x"), c("y"), c("z")}
    # Of two classes, one has what the other leaves: it lies below t, with x or y taken out.
    two = make_cut(dag, c("t"), 2)
    assert set(classes_of(dag, two).values()) == {c("t"), c("x")}


def test_image_counts_weigh_and_items_without_images_go_along() -> None:
    dag = grow([("x", "t"), ("y", "t"), ("x1", "x"), ("x2", "x"), ("y1", "y"), ("y2", "y")])
    counts = {c("x1"): 50, c("x2"): 50, c("y1"): 100}
    cut = make_cut(dag, c("t"), 2, way="images", counts=counts)
    assert sorted(cut.sizes.tolist()) == [100, 100]
    assert classes_of(dag, cut)[c("y2")] == classes_of(dag, cut)[c("y1")] == c("y")
    with pytest.raises(ConfigError, match="3 items with images below it: ask for 3 classes"):
        make_cut(dag, c("t"), 4, way="images", counts=counts)


def test_names_that_are_told_apart_are_preferred() -> None:
    pairs: list[tuple[int | str, int | str]] = [("x", "t"), ("y", "t"), ("z", "t")]
    pairs += [(f"{parent}{n}", parent) for parent in "xy" for n in (1, 2)]
    dag = grow(pairs)
    favour = np.array([0.1 if id_ == c("x") else 0.9 for id_ in dag.ids])
    plain = classes_of(dag, make_cut(dag, c("t"), 2))
    apart = classes_of(dag, make_cut(dag, c("t"), 2, favour=favour))
    assert (plain[c("x1")], apart[c("y1")]) == (c("x"), c("y"))


def test_separation_is_by_the_nearest_beside_or_above() -> None:
    """a and b are 0.6 alike, c is at right angles to all."""
    tree = CutTree.build(grow([("a", "t"), ("b", "t"), ("c", "t")]), c("t"))
    vectors = np.array([[0, 0, 0], [1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]], dtype=np.float32)
    assert separate_siblings(tree, vectors).tolist() == [1.0, 0.4, 0.4, 1.0]


def test_balance_by_hand() -> None:
    """1, 1, 2: mean 4/3; Gini (|0|+|1|+|1|) / (3 * 4); entropy 1.5 bits, 2 ** 1.5 classes."""
    row = measure_balance("x", np.array([2, 1, 1]))
    assert (row.smallest, row.median, row.largest, row.largest_to_mean) == (1, 1.0, 2, 1.5)
    assert (row.gini, row.effective) == (0.1667, 2.83)


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_is_more_even_than_by_depth_and_at_random(seed: int) -> None:
    dag = random_dag(2_000, seed)
    own, depth, by_chance = compare_cuts(make_cut(dag, c(0), 100), "size")
    assert (own.classes, depth.classes, by_chance.classes) == (100, 100, 100)
    assert own.effective > max(depth.effective, by_chance.effective)
    assert own.gini < min(depth.gini, by_chance.gini)


def test_one_more_concept_moves_few_others() -> None:
    """Over 40 added leaves, 2.0 in 100 items changed the concept of their class when measured."""
    dag = random_dag(2_000, 1)
    edges = [Edge(low, high) for low in dag.ids for high in dag.broader(low)]
    before = classes_of(dag, make_cut(dag, c(0), 100))
    moved = []
    for number in range(40):
        above = dag.ids[random.Random(number).randrange(len(dag))]
        more = Hierarchy([*edges, Edge(c("new"), above)])
        after = classes_of(more, make_cut(more, c(0), 100))
        moved.append(sum(after.get(id_) != head for id_, head in before.items()) / len(before))
    assert float(np.mean(moved)) < 0.03


def test_counts_are_read_and_added_up(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("wnid,count,note\na,2,\nb,3,x\na,4,\n", encoding="utf-8")
    assert read_counts(path, c) == {c("a"): 6, c("b"): 3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: expected the columns id, count"),
        ("id,n\na,-1\n", ":2: the count '-1' is no whole number from 0"),
        ("id\tm\na\t1\n", ":1: the column 'count' is missing; there are: id, m"),
        ("id,n\na,1,2\n", ":2: 3 fields, expected 2: 'a,1,2'"),
        ('id,n\n"a,1\n', ":2: is no line of CSV"),
        ('{"id": "a"}\n', ":1: the column 'count' is missing; there are: id"),
        ('{"id": "a", "n": [1]}\n', ":1: 'count' is neither a text nor a number"),
        ('{"id": "a", \n', ":1: is no JSON object on one line"),
        ('[{"id": "a", "n": 1}]\n', ":1: is one JSON list: expected TSV, CSV, or a JSON object"),
        ("id,n\n\0,1\n", ":2: holds a NUL byte"),
    ],
)
def test_bad_counts_are_told_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_counts(path, c)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def row(name: str, size: int, superclass: str | None = None) -> CutClass:
    return CutClass(
        id=c(f"{size:03d}"),
        wnid=None,
        pref_label=name,
        is_rest=False,
        size=size,
        items=size,
        depth=1,
        superclass_id=None if superclass is None else c(f"s{len(superclass)}"),
        superclass=superclass,
        split=None,
    )


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_rectangles_have_the_area_of_their_size_and_stay_inside(sizes: list[int]) -> None:
    sizes.sort(reverse=True)
    boxes = lay_out(sizes, Box(10, 20, 300, 200))
    for size, box in zip(sizes, boxes, strict=True):
        assert box.width * box.height == pytest.approx(60_000 * size / sum(sizes))
        assert box.x >= 10 - 1e-6
        assert box.y >= 20 - 1e-6
        assert box.x + box.width <= 310 + 1e-6
        assert box.y + box.height <= 220 + 1e-6


def test_treemap_is_xml_whatever_the_names() -> None:
    rows = [row('<b>&"x" \x00', 30, "s<1>"), row("plain name", 10, "s<1>"), row("other", 5, "s2")]
    found = ET.fromstring(format_treemap(rows, title="<script>&\x1b").encode())
    texts = [element.text or "" for element in found.iter()]
    assert any('<b>&"x"' in text for text in texts)
    assert sum(element.tag.endswith("rect") for element in found) == 1 + 3 + 2


def test_treemap_is_svg_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"name the file \.svg"):
        check_treemap(tmp_path / "x.png")
