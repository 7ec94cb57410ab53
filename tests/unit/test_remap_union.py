"""Several files as one: new numbers, and what is no background."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from labelsys.errors import ConfigError, SourceError
from tests.remap_toy import open_toy

if TYPE_CHECKING:
    from pathlib import Path

PETS: Any = {
    "licenses": [{"id": 1, "name": "a"}],
    "images": [
        {"id": 3, "file_name": "a.jpg", "license": 1},
        {"id": 9, "file_name": 'q"\\ü.jpg'},
    ],
    "annotations": [
        {"id": 5, "image_id": 3, "category_id": 0, "bbox": [1.5, 2, 3, 4]},
        {"id": 6, "image_id": 3, "category_id": 77},
        {"id": 7, "image_id": 4, "category_id": 0},
        {"image_id": 9, "category_id": 2},
    ],
    "categories": [
        {"id": 0, "name": "Dog"},
        {"id": 1, "name": "golden_retriever"},
        {"id": 2, "name": "Cao de Agua"},
    ],
}
STREET: Any = {
    "licenses": [{"id": 1, "name": "b"}],
    "images": [
        {"id": 3, "file_name": "a.jpg", "license": 1},
        {
            "neg_category_ids": [2],
            "not_exhaustive_category_ids": [1],
            "id": 4,
            "file_name": "b.jpg",
        },
    ],
    "annotations": [{"id": 5, "image_id": 3, "category_id": 1}],
    "categories": [{"id": 1, "name": "Car"}, {"id": 2, "name": "guard dog (chained)"}],
}
KENNEL: Any = {
    "images": [{"id": 0}],
    "annotations": [{"id": 1, "image_id": 0, "category_id": 17}],
    "categories": [{"id": 17, "name": "Hund"}],
}


def merge(folder: Path, *given: tuple[str, Any]) -> tuple[Any, Any]:
    files = []
    for name, value in given:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
        files.append((name, path))
    rows = open_toy().merge_annotations(*files, out=folder / "out.json")
    return json.loads((folder / "out.json").read_text(encoding="utf-8")), rows


def test_numbers_are_new_and_never_the_same(tmp_path: Path) -> None:
    found, rows = merge(tmp_path, ("pets", PETS), ("street", STREET), ("kennel", KENNEL))
    images = {image["id"]: image for image in found["images"]}
    assert len(images) == len(found["images"]) == 5
    names = [image.get("file_name") for image in found["images"]]
    assert names == ["pets/a.jpg", 'pets/q"\\ü.jpg', "street/a.jpg", "street/b.jpg", None]
    assert [row["id"] for row in found["annotations"]] == [1, 2, 3, 4]
    classes = {row["id"]: row["name"] for row in found["categories"]}
    told = [
        (images[row["image_id"]].get("file_name"), classes[row["category_id"]])
        for row in found["annotations"]
    ]
    assert told == [
        ("pets/a.jpg", "Dog"),
        (names[1], "Cao de Agua"),
        ("street/a.jpg", "Car"),
        (None, "Dog"),  # Hund is the same class
    ]
    assert found["annotations"][0]["bbox"] == [1.5, 2, 3, 4]
    assert [row["id"] for row in found["licenses"]] == [1, 3]
    assert [image.get("license") for image in found["images"]] == [1, None, 3, None, None]
    assert [(row.annotations, row.kept, row.no_category, row.no_image) for row in rows] == [
        (4, 2, 1, 1),
        (1, 1, 0, 0),
        (1, 1, 0, 0),
    ]


def test_only_what_a_set_marks_is_absent(tmp_path: Path) -> None:
    found, _ = merge(tmp_path, ("pets", PETS), ("street", STREET))
    classes = {row["id"]: row["name"] for row in found["categories"]}
    told = [
        (
            [classes[n] for n in image["neg_category_ids"]],
            [classes[n] for n in image["not_exhaustive_category_ids"]],
        )
        for image in found["images"]
    ]
    assert told == [
        (["golden_retriever", "Cao de Agua"], []),
        (["Dog", "golden_retriever"], []),
        (["guard dog (chained)"], []),
        (["guard dog (chained)"], ["Car"]),  # as its own lists say
    ]


def test_bad_files_leave_nothing(tmp_path: Path) -> None:
    twice = {**PETS, "images": [{"id": 3}, {"id": 3}]}
    with pytest.raises(SourceError, match=r"pets.json: byte .*there twice"):
        merge(tmp_path, ("pets", twice), ("street", STREET))
    panoptic = {**PETS, "annotations": [{"segments_info": []}]}
    with pytest.raises(SourceError, match="panoptic"):
        merge(tmp_path, ("pets", panoptic), ("street", STREET))
    assert not (tmp_path / "out.json").exists()
    path = tmp_path / "street.json"
    for out in (path, tmp_path / "other.json"):
        with pytest.raises(ConfigError, match=r"would replace|given twice"):
            open_toy().merge_annotations(("street", path), ("street", path), out=out)
