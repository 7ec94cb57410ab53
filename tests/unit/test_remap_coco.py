"""COCO's JSON with other classes: what changes, and that nothing else does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelsys.errors import ConfigError, SourceError
from tests.remap_toy import open_toy

if TYPE_CHECKING:
    from pathlib import Path

    from labelsys.remap.report import RemapReport

LOSSY: Any = {"on_broad": "take", "on_split": "first", "on_missing": "skip"}
KENNEL = '[{"id": 17, "name": "Hund"}, {"id": 18, "name": "retriever"}, {"id": 40, "name": "car"}]'
PETS = '[{"id": 0, "name": "Dog"}, {"id": 1, "name": "golden_retriever"}]'


def remap(
    folder: Path, text: str | bytes, source: str = "pets", target: str = "kennel", **rules: Any
) -> tuple[str, RemapReport]:
    path, out = folder / "in.json", folder / "out.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = open_toy().remap(path, out, source=source, target=target, **rules)
    return out.read_text(encoding="utf-8"), report


def whole(annotations: str, images: str = '[{"id": 1}]', categories: str = PETS) -> str:
    return f'{{"images": {images}, "annotations": {annotations}, "categories": {categories}}}'


def test_only_classes_change(tmp_path: Path) -> None:
    annotations = """[
      {"id" :1,"category_id"\t:  0 ,"image_id":1, "bbox":[1.50,2,3e0,4]},
      {"note": "a } brace, \\"category_id\\": 1, [", "category_id": 1, "id": 2},
      {"attributes": {"category_id": 0, "deep": [[[[[{"category_id": 1}]]]]]}, "category_id": 0}
    ]"""
    text, report = remap(tmp_path, "\n " + whole(annotations) + " \n")
    changed = annotations.replace(":  0 ,", ":  17 ,").replace('1, "id": 2', '18, "id": 2')
    changed = changed.replace('}, "category_id": 0}', '}, "category_id": 17}')
    assert text == "\n " + whole(changed, categories=KENNEL) + " \n"
    assert (report.read, report.kept, report.skipped, report.failed) == (3, 3, 0, 0)
    assert [(c.source_name, c.step, c.annotations) for c in report.classes] == [
        ("Dog", "same", 2),
        ("golden_retriever", "same", 1),
    ]
    assert report.unmarked == ("car",)


def test_categories_may_come_first_and_keys_may_be_escaped(tmp_path: Path) -> None:
    text, _ = remap(
        tmp_path,
        f'{{"categories":{PETS},"annotations":[{{"category\\u005fid":1,"x":[[[[[1]]]]]}}],"images":[]}}',
    )
    assert json.loads(text)["annotations"] == [{"category_id": 18, "x": [[[[[1]]]]]}]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([0, 1, 0], [0, 2]),
        ([1, 0, 1], [1]),
        ([1, 1, 0, 0], [2, 3]),
        ([0, 1, 1], [0]),
        ([1, 1], []),
        ([1], []),
        ([], []),
    ],
)
def test_left_out_annotations_take_their_commas_along(
    tmp_path: Path, given: list[int], left: list[int]
) -> None:
    rows = ",\n ".join(f'{{"id": {n}, "category_id": {c}}}' for n, c in enumerate(given))
    text, report = remap(tmp_path, whole(f"[ {rows} ]"), target="street", **LOSSY)
    assert [row["id"] for row in json.loads(text)["annotations"]] == left
    assert report.read == len(given) == report.kept + report.skipped
    assert report.skipped_for.get("missing", 0) == len(given) - len(left)


def test_wrong_annotations_are_left_out_and_told(tmp_path: Path) -> None:
    rows = '[{"category_id": 7}, {"id": 2}, {"category_id": "0"}, {"category_id": 0}]'
    text, report = remap(tmp_path, whole(rows))
    assert json.loads(text)["annotations"] == [{"category_id": 17}]
    assert (report.read, report.kept, report.failed) == (4, 1, 3)
    assert report.failed_for == {"category_id is of no category": 2, "has no category_id": 1}
    at = whole(rows).index('{"category_id": 7')
    assert report.failures[0] == (
        f"annotations[0] at byte {at}, category_id 7: category_id is of no category"
    )


def test_segments_of_panoptic_files_change(tmp_path: Path) -> None:
    rows = (
        '[{"image_id": 1, "file_name": "1.png", "segments_info": '
        '[{"id": 5, "category_id": 1}, {"id": 6, "category_id": 0, "bbox": [1, 2, 3, 4]}]}]'
    )
    text, report = remap(tmp_path, whole(rows), target="street", **LOSSY)
    (row,) = json.loads(text)["annotations"]
    assert row["segments_info"] == [{"id": 6, "category_id": 3, "bbox": [1, 2, 3, 4]}]
    assert (report.read, report.kept, report.skipped) == (2, 1, 1)


def test_what_lvis_says_is_absent_is_carried_only_where_it_follows(tmp_path: Path) -> None:
    images = '[{"id": 1, "neg_category_ids": [1, 0], "not_exhaustive_category_ids": [1]}]'
    text, _ = remap(tmp_path, whole("[]", images))
    assert json.loads(text)["images"] == [
        {"id": 1, "neg_category_ids": [18, 17], "not_exhaustive_category_ids": [18]}
    ]
    # A chained guard dog rolls up to Dog: without one there may be dogs, and not all are marked.
    images = '[{"id": 1, "neg_category_ids": [5], "not_exhaustive_category_ids": []}]'
    street = '[{"id": 5, "name": "guard dog (chained)"}]'
    text, report = remap(tmp_path, whole("[]", images, street), "street", "pets", **LOSSY)
    assert json.loads(text)["images"] == [
        {"id": 1, "neg_category_ids": [], "not_exhaustive_category_ids": [0]}
    ]
    assert report.partly_marked == ("Dog",)


def test_kept_classes_get_numbers_and_names_of_their_own(tmp_path: Path) -> None:
    street = '[{"id": 5, "name": "Car"}, {"id": 6, "name": "guard dog (chained)"}]'
    rows = '[{"category_id": 5}, {"category_id": 6}]'
    text, _ = remap(
        tmp_path, whole(rows, "[]", street), "street", on_broad="take", on_missing="keep"
    )
    found = json.loads(text)
    # The kennel has a "car" already, that nothing says is the same.
    car = [c for c in found["categories"] if c["name"].casefold().startswith("car")]
    assert [row["category_id"] for row in found["annotations"]] == [car[-1]["id"], 17]


def test_nothing_lossy_happens_unasked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"1 have several or narrower ones \(--on-split"):
        remap(tmp_path, whole("[]", categories='[{"id": 0, "name": "Dog"}]'), target="street")
    assert not (tmp_path / "out.json").exists()


GOOD = whole('[{"category_id": 0, "bbox": [1, 2]}, {"category_id": 1}]')


@pytest.mark.parametrize("end", range(1, len(GOOD), 7))
def test_a_file_cut_off_anywhere_is_refused_and_nothing_is_written(
    tmp_path: Path, end: int
) -> None:
    with pytest.raises(SourceError, match=r"in.json: byte [0-9,]+: ") as caught:
        remap(tmp_path, GOOD[:end])
    assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.json"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("[]", "byte 0: is no JSON object"),
        ("{}", "has no images and no annotations and no categories"),
        ('{"images": []}', "has no annotations and no categories: .* found: images"),
        (GOOD + "{}", f"byte {len(GOOD)}: has more after its end"),
        (b"\x1f\x8b12", "unpack it first"),
        (GOOD.replace("}, {", "} {", 1), "is no JSON: expected ',' or ']' after element 0"),
        (GOOD.replace("}, {", "},, {", 1), "is no JSON"),
        (GOOD.replace("1}]", "1},]", 1), "nothing after a comma"),
        (GOOD.replace("[1, 2]", "[1, 2}"), "'}' closes what it did not open"),
        (whole('[{"category_id" 0}]'), "is no JSON: Expecting ':' delimiter"),
        (whole('[{"category_id": 0,}]'), "is no JSON"),
        (whole("[7]"), "expected an object as element 0 of the list, found '7"),
        (whole("{}"), "expected a list of objects"),
        (whole("[]", categories="[1]"), "categories"),
        (whole("[]", categories='[{"id": 0, "name": "Dgo"}]').replace("}]}", "}]}"), None),
        (whole("[]", categories=PETS.replace("1,", "0,")), "is there twice"),
        (whole('[{"a": "x\ny"}]'), "not closed on its line"),
        (whole("[]")[:-1] + ', "images": []}', "has 'images' twice"),
        (whole("[]", '[{"neg_category_ids": [9]}]'), "expected a list of ids of categories"),
    ],
)
def test_bad_files_are_refused_in_one_line(
    tmp_path: Path, text: str | bytes, message: str | None
) -> None:
    if message is None:  # an id says which class is meant where the name is none
        assert '"id": 17' in remap(tmp_path, text)[0]
        return
    with pytest.raises(SourceError, match=message) as caught:
        remap(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.json"]


def test_unknown_class_names_near_ones(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=re.escape("pets has no class 'doog' (closest: dog)")):
        remap(tmp_path, whole("[]", categories='[{"id": 77, "name": "doog"}]'))


def test_what_is_read_is_never_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "in.json", tmp_path / "link.json"
    path.write_text(GOOD, encoding="utf-8")
    link.hardlink_to(path)
    for out in (path, link, tmp_path / "." / "in.json"):
        with pytest.raises(ConfigError, match="would replace what is read"):
            open_toy().remap(path, out, source="pets", target="kennel")
    assert path.read_text(encoding="utf-8") == GOOD


def test_missing_file_and_unknown_set_and_format(tmp_path: Path) -> None:
    system = open_toy()
    with pytest.raises(SourceError, match="no such file"):
        system.remap(tmp_path / "x.json", tmp_path / "y", source="pets", target="kennel")
    with pytest.raises(LookupError, match="no label set 'kenel'"):
        system.remap(tmp_path / "x.json", tmp_path / "y", source="pets", target="kenel")
    with pytest.raises(ConfigError, match="give --format"):
        system.remap(tmp_path / "x.txt", tmp_path / "y", source="pets", target="kennel")
    with pytest.raises(ConfigError, match="no format 'cocoa': give one of coco, "):
        system.remap(tmp_path / "x", tmp_path / "y", source="pets", target="kennel", format="cocoa")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("category_id", "segments_info", "neg_category_ids", "not_exhaustive_category_ids")
KEYS = st.text().filter(lambda text: text not in NAMES)
MEMBERS = st.dictionaries(KEYS, VALUES, max_size=4)
ROWS = st.lists(st.tuples(MEMBERS, st.sampled_from((0, 1)), MEMBERS), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, indent=st.sampled_from((None, 0, 3)), ascii_only=st.booleans())
def test_equals_parsing_and_writing_anew(
    tmp_path: Path, rows: list[Any], indent: int | None, ascii_only: bool
) -> None:
    annotations = [before | {"category_id": c} | after for before, c, after in rows]
    given = {"images": [{"id": 1}], "annotations": annotations, "categories": json.loads(PETS)}
    text = json.dumps(given, indent=indent, ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    )
    try:
        text.decode()
    except UnicodeDecodeError:
        return  # no JSON: a lone surrogate that is not escaped
    found, _ = remap(tmp_path, text, target="street", **LOSSY)
    wanted = [row | {"category_id": 3} for row in annotations if row["category_id"] == 0]
    assert json.loads(found)["annotations"] == wanted
