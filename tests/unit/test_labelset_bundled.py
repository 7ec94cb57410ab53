"""The 24 lists that ship: complete, counted, and read in a moment."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from labelsys.errors import NotFoundError
from labelsys.labelset.bundled import bundled_ids, read_bundled
from labelsys.labelset.checks import check_label_set_id
from labelsys.labelset.form import format_label_set
from labelsys.labelset.read import read_labels

FOLDER = Path(__file__).resolve().parents[2] / "ontologies" / "labelsets"
SETS = {id_: read_bundled(id_) for id_ in bundled_ids()}

# As the datasets' own papers and pages state them.
PUBLISHED = {
    "caltech101": 102,
    "caltech256": 257,
    "cifar10": 10,
    "cifar100": 100,
    "coco": 80,
    "cub200": 200,
    "dtd": 47,
    "fgvc_aircraft": 100,
    "flowers102": 102,
    "food101": 101,
    "imagenet21k": 21_843,
    "inat2021": 9_551,
    "iwildcam2020": 182,
    "lvis": 1_203,
    "objectnet": 313,
    "objects365": 365,
    "openimages": 19_994,
    "openimages_boxable": 601,
    "oxford_pets": 37,
    "places365": 365,
    "stanford_cars": 196,
    "stl10": 10,
    "sun397": 397,
    "voc2007": 20,
}


def header_of(id_: str) -> dict[str, str]:
    lines = (FOLDER / f"{id_}.tsv").read_text(encoding="utf-8").split("\n")
    top = [line for line in lines if line.startswith("# ")]
    return dict(line[2:].split(": ", 1) for line in top)


def test_24_sets_ship_and_every_file_is_one_of_them() -> None:
    assert len(SETS) == 24
    assert sorted(SETS) == sorted(path.stem for path in FOLDER.iterdir())


def test_every_set_has_its_published_number_of_labels() -> None:
    assert {id_: len(one.labels) for id_, one in SETS.items()} == PUBLISHED
    assert sum(PUBLISHED.values()) == 56_176


def test_19_sets_are_for_classification_and_5_for_detection() -> None:
    assert Counter(one.task for one in SETS.values()) == {"classification": 19, "detection": 5}


@pytest.mark.parametrize("id_", sorted(PUBLISHED))
def test_header_is_complete_and_true(id_: str) -> None:
    top = header_of(id_)
    assert list(top) == ["label_set", "title", "task", "version", "source", "license", "count"]
    assert all(top.values())
    assert top["label_set"] == id_
    assert top["count"] == str(PUBLISHED[id_])
    assert top["license"] in {"Apache-2.0", "MIT", "BSD-2-Clause", "CC-BY-4.0"}


@pytest.mark.parametrize("id_", sorted(PUBLISHED))
def test_file_is_what_the_writer_writes(id_: str) -> None:
    assert format_label_set(SETS[id_]) == (FOLDER / f"{id_}.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize("id_", sorted(PUBLISHED))
def test_reader_of_foreign_files_agrees_with_the_strict_one(id_: str) -> None:
    result = read_labels(FOLDER / f"{id_}.tsv", label_set=id_)
    assert result.format == "tsv"
    assert result.label_set == SETS[id_]
    assert [repr(label) for label in result.label_set.labels] == [
        repr(label) for label in SETS[id_].labels
    ]
    assert result.counts.kept == result.counts.read == PUBLISHED[id_]


def test_ids_are_unique_within_a_set_and_make_curies() -> None:
    for one in SETS.values():
        assert len({label.id for label in one.labels}) == len(one.labels)


def test_names_are_raw() -> None:
    names = {id_: {label.name for label in one.labels} for id_, one in SETS.items()}
    assert "hot_dog" in names["food101"]
    assert "bow_(weapon)" in names["lvis"]
    assert "Wine glass" in names["openimages"]
    assert 'Fiat 500 "topolino"' in names["openimages"]
    assert "ak47" in names["caltech256"]
    assert "シロカシワゼミ" in names["inat2021"]
    assert "empty" in names["iwildcam2020"]


def test_one_name_of_iwildcam_has_two_ids() -> None:
    twice = Counter(label.name for label in SETS["iwildcam2020"].labels)
    assert [n for n in twice.values() if n > 1] == [2]


def test_given_ids_stand_in_their_columns() -> None:
    by_name = {label.name: label for label in SETS["lvis"].labels}
    assert by_name["aerosol_can"].synset == "aerosol.n.02"
    assert by_name["aerosol_can"].synonyms == ("spray_can",)
    assert all(label.wnid == label.label_id for label in SETS["imagenet21k"].labels)
    parents = {label.name: label.parent for label in SETS["coco"].labels}
    assert (parents["bicycle"], parents["person"]) == ("vehicle", None)
    iwildcam = {label.name: label.synonyms for label in SETS["iwildcam2020"].labels}
    assert iwildcam["tayassu pecari"] == ("White-lipped peccary",)


def test_sets_with_given_ids_come_first_and_the_widest_last() -> None:
    ids = bundled_ids()
    assert ids[:2] == ("imagenet21k", "lvis")
    assert ids[-1] == "openimages"


def test_unknown_set_is_an_error_with_the_closest_ids() -> None:
    with pytest.raises(NotFoundError, match=re.escape("no bundled label set 'openimage'")) as info:
        read_bundled("openimage")
    assert info.value.near[0] == "openimages"


def test_no_bundled_id_is_reserved() -> None:
    for id_ in bundled_ids():
        check_label_set_id(id_)
