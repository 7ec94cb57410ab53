"""Other people's lists, one format after the other, when they are right or nearly so."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import ConfigError, IdentifierError, RegistryError
from labelsys.labelset.detect import detect_format
from labelsys.labelset.form import load_label_set, write_label_set
from labelsys.labelset.read import read_label_set, read_labels, readers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(content: str | bytes, name: str = "mine.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


TSV = "label_id\tname\tparent\n1\tdog\tanimal\n2\twine glass\t\n"
CSV = 'label_id,name,synonyms\n1,"crane, bird",a | b|\n2,"the ""big"" one",\n'
COCO = {
    "info": {"categories": "not these"},
    "images": [{"id": 1, "file_name": 'a [b] {c} \\ " .jpg'}],
    "annotations": [{"id": 1, "category_id": 18, "bbox": [0, 0, 1, 1], "note": None}],
    "categories": [
        {"id": 1, "name": "person", "supercategory": "person"},
        {"id": 18, "name": "dog", "supercategory": "animal", "keypoints": ["nose"]},
        {"id": "x", "name": "kite", "supercategory": "none"},
        {"id": -1, "name": "cup"},
    ],
    "licenses": [],
}
LVIS = {
    "categories": [
        {
            "id": 3,
            "name": "airplane",
            "synset": "airplane.n.01",
            "synonyms": ["airplane", "aeroplane"],
            "def": "an aircraft\n  that has wings",
            "frequency": "f",
        },
        {"id": 1, "name": "bow_(weapon)", "synset": "bow", "synonyms": [], "def": ""},
    ]
}


def test_the_registry_has_the_five_formats() -> None:
    assert {"coco", "csv", "lvis", "text", "tsv"} <= set(readers.names())


def test_tsv(save: Save) -> None:
    result = read_labels(save(TSV))
    assert result.format == "tsv"
    assert [(x.label_id, x.name, x.parent) for x in result.label_set.labels] == [
        ("1", "dog", "animal"),
        ("2", "wine glass", None),
    ]
    assert (result.counts.read, result.counts.kept) == (2, 2)
    assert (result.findings, result.skipped) == ((), ())


def test_quotes_in_a_tsv_are_characters(save: Save) -> None:
    (label,) = read_labels(save('label_id\tname\n1\t"Fiat" 5"\n')).label_set.labels
    assert label.name == '"Fiat" 5"'


def test_csv_with_quotes_and_synonyms(save: Save) -> None:
    result = read_labels(save(CSV))
    assert result.format == "csv"
    assert [(x.name, x.synonyms) for x in result.label_set.labels] == [
        ("crane, bird", ("a", "b")),
        ('the "big" one', ()),
    ]


def test_csv_cells_may_follow_a_space(save: Save) -> None:
    result = read_labels(save('Label_ID, "Name", wnid\n1, "hot dog", n07697537\n'))
    (label,) = result.label_set.labels
    assert (label.name, label.wnid) == ("hot dog", "n07697537")


def test_all_columns_are_read_in_any_order(save: Save) -> None:
    content = (
        "qid,wnid,synset,lang,description,name,label_id\n"
        'wd:Q144,wn30:02084071-n,dog.n.01,zh-Hant,"two\nlines",狗,7\n'
    )
    (label,) = read_labels(save(content)).label_set.labels
    assert (label.label_id, label.name, label.lang) == ("7", "狗", "zh-Hant")
    assert (label.qid, label.wnid, label.synset) == ("Q144", "n02084071", "dog.n.01")
    assert label.description == "two lines"


def test_plain_text_takes_the_line_number_as_id(save: Save) -> None:
    result = read_labels(save("dog\n\n  \nhot_dog\n# 4 wheel drive\n"))
    assert result.format == "text"
    assert [(x.label_id, x.name) for x in result.label_set.labels] == [
        ("1", "dog"),
        ("4", "hot_dog"),
        ("5", "# 4 wheel drive"),
    ]
    assert result.counts.skipped == {"blank line": 2}
    assert result.counts.read == 5
    assert result.counts.adds_up
    assert result.findings == ()


def test_plain_names_are_raw(save: Save) -> None:
    names = ["Wine  glass ", "'quoted, and so'", "crane (bird)", '"open', "a;b", "name tag"]
    result = read_labels(save("\n".join(names)))
    assert [label.name for label in result.label_set.labels] == names


@pytest.mark.parametrize("name", ["mine.txt", "mine.tsv", "mine", "mine.csv"])
def test_line_ends_and_byte_order_mark_make_no_difference(save: Save, name: str) -> None:
    expected = [repr(label) for label in read_labels(save(TSV)).label_set.labels]
    dos = b"\xef\xbb\xbf" + TSV.replace("\n", "\r\n").encode()
    result = read_labels(save(dos, name))
    assert [repr(label) for label in result.label_set.labels] == expected


def test_last_line_needs_no_end(save: Save) -> None:
    assert len(read_labels(save("dog\ncat")).label_set.labels) == 2


@pytest.mark.parametrize("indent", [None, 2])
def test_coco(save: Save, indent: int | None) -> None:
    result = read_labels(save(json.dumps(COCO, indent=indent), "instances.json"))
    assert result.format == "coco"
    assert result.label_set.task == "detection"
    assert [(x.label_id, x.name, x.parent) for x in result.label_set.labels] == [
        ("1", "person", None),
        ("18", "dog", "animal"),
        ("x", "kite", None),
        ("-1", "cup", None),
    ]


def test_a_bare_list_of_categories_will_do(save: Save) -> None:
    content = "\ufeff \n" + json.dumps(COCO["categories"], indent=1)
    assert [x.name for x in read_labels(save(content)).label_set.labels] == [
        "person",
        "dog",
        "kite",
        "cup",
    ]


def test_lvis(save: Save) -> None:
    result = read_labels(save(json.dumps(LVIS)))
    assert result.format == "lvis"
    plane, bow = result.label_set.labels
    assert (plane.label_id, plane.synset, plane.synonyms) == ("3", "airplane.n.01", ("aeroplane",))
    assert plane.description == "an aircraft that has wings"
    assert (bow.name, bow.synset, bow.synonyms) == ("bow_(weapon)", None, ())
    (finding,) = result.findings
    assert finding.code == "W203"
    assert finding.message == (
        "line 1 (categories[1]) 'bow': synset of the wrong shape, passed over"
    )


def test_lvis_read_as_coco_on_request(save: Save) -> None:
    result = read_labels(save(json.dumps(LVIS)), format="coco")
    assert [label.synset for label in result.label_set.labels] == [None, None]


def test_large_json_is_mapped_and_reads_the_same(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(json.dumps(COCO, indent=2))
    small = read_labels(path)
    monkeypatch.setattr("labelsys.labelset.input._SMALL_BYTES", 10)
    assert read_labels(path) == small


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (TSV, "a.csv", "tsv"),
        (CSV, "a.tsv", "csv"),
        ("# title: x\n\n" + TSV, "a", "tsv"),
        ("# title: x\n" + CSV, "a", "csv"),
        ("dog\ncat\n", "a.txt", "text"),
        ("#1 pencil\ndog\n", "a.txt", "text"),
        ("#1 pencil\n#2 pencil\n", "a.txt", "text"),
        ("name\n", "a.txt", "text"),
        ("name tag\nsurname\n", "a.txt", "text"),
        ("tench, Tinca tinca\n", "synsets.txt", "text"),
        (json.dumps(COCO), "a.txt", "coco"),
        (json.dumps(LVIS), "a", "lvis"),
    ],
)
def test_format_is_told_by_content(save: Save, content: str, name: str, expected: str) -> None:
    assert detect_format(save(content, name)) == expected


def test_format_given_is_not_detected(save: Save) -> None:
    result = read_labels(save("label_id,name\n1,dog\n"), format="text")
    assert result.format == "text"
    assert [label.name for label in result.label_set.labels] == ["label_id,name", "1,dog"]


def test_unknown_format_lists_the_known_ones(save: Save) -> None:
    with pytest.raises(RegistryError, match=r"has no 'tvs'; did you mean 'tsv'\? known: coco, csv"):
        read_labels(save(TSV), format="tvs")


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TSV.encode())))
    assert [label.name for label in read_labels("-").label_set.labels] == ["dog", "wine glass"]


def test_label_set_takes_what_is_said_then_the_files_top_then_the_format(save: Save) -> None:
    path = save("# title: T\n# task: detection\n# version: 3\n# count: 2\n# odd\n" + TSV)
    result = read_label_set(path, id="mine", title="Mine", license="MIT").label_set
    assert (result.id, result.title, result.task) == ("mine", "Mine", "detection")
    assert (result.version, result.license, result.source) == ("3", "MIT", "")
    assert read_label_set(path, id="mine", task="classification").label_set.task == "classification"
    coco = read_label_set(save(json.dumps(COCO)), id="mine", task="classification")
    assert coco.label_set.task == "classification"
    assert read_label_set(save("dog\n"), id="mine").label_set.task == "classification"


def test_labels_belong_to_the_new_set(save: Save) -> None:
    (label,) = read_label_set(save("dog\n"), id="mine").label_set.labels
    assert label.id == "mine:1"


def test_id_is_checked_before_the_file_is_opened(tmp_path: Path) -> None:
    for id_, message in (("coco", "taken by 'coco'"), ("wd", "reserved"), ("a b", "can't be")):
        with pytest.raises(IdentifierError, match=message):
            read_label_set(tmp_path / "none", id=id_)
    with pytest.raises(IdentifierError, match="taken by 'mine'"):
        read_label_set(tmp_path / "none", id="mine", taken={"mine"})


def test_bundled_id_can_be_allowed(save: Save) -> None:
    assert read_label_set(save("dog\n"), id="coco", taken=()).label_set.id == "coco"
    assert read_labels(save("dog\n"), label_set="coco").label_set.id == "coco"


def test_unknown_task_is_refused(save: Save) -> None:
    with pytest.raises(ConfigError, match="the task 'poetry' is unknown; known: classification"):
        read_label_set(save(TSV), id="mine", task="poetry")


def test_given_ids_of_the_wrong_shape_go_and_the_label_stays(save: Save) -> None:
    content = "label_id,name,wnid,qid\n1,dog,n0208,Q144\n2,cat,n02121620,144\n"
    result = read_labels(save(content))
    dog, cat = result.label_set.labels
    assert (dog.wnid, dog.qid) == (None, "Q144")
    assert (cat.wnid, cat.qid) == ("n02121620", None)
    assert [(f.code, f.id, f.message) for f in result.findings] == [
        ("W203", "input", "line 2 'n0208': wnid of the wrong shape, passed over"),
        ("W203", "input", "line 3 '144': qid of the wrong shape, passed over"),
    ]
    assert result.counts.kept == 2


def test_skipped_rows_are_counted_listed_and_keep_their_place(save: Save) -> None:
    content = "label_id\tname\n1\tdog\n2\t \n\n3\tc\x07t\n\tcow\n4\towl\n\u200b5\temu\n"
    result = read_labels(save(content))
    assert [label.label_id for label in result.label_set.labels] == ["1", "4"]
    assert [(s.line, s.position, s.label_id, s.name, s.reason) for s in result.skipped] == [
        (3, 1, "2", " ", "empty name"),
        (4, 1, "", "", "blank line"),
        (5, 1, "3", "c\x07t", "name with a control character"),
        (6, 1, "", "cow", "no label_id"),
        (8, 2, "\u200b5", "emu", "label_id with an invisible character"),
    ]
    assert result.counts.skipped == {"blank line": 1, "empty name": 1}
    assert result.counts.failed == {
        "label_id with an invisible character": 1,
        "name with a control character": 1,
        "no label_id": 1,
    }
    assert (result.counts.read, result.counts.adds_up) == (7, True)
    assert [f.message for f in result.findings] == [
        "line 3 '2': skipped: empty name",
        "line 5 '3': skipped: name with a control character",
        "line 6: skipped: no label_id",
        r"line 8 '\u200b5': skipped: label_id with an invisible character",
    ]
    assert {f.code for f in result.findings} == {"W207"}


def test_many_findings_of_one_kind_are_listed_up_to_twenty(save: Save) -> None:
    rows = "".join(f"{i},\n" for i in range(25))
    result = read_labels(save(f"label_id,name\n{rows}x,dog\n"))
    assert result.counts.skipped == {"empty name": 25}
    assert len(result.skipped) == 25
    assert len(result.findings) == 21
    assert result.findings[-1].message == "5 more: skipped: empty name"


def test_extra_columns_are_said(save: Save) -> None:
    (finding,) = read_labels(save("label_id,name,Colour,\n1,dog,brown,\n")).findings
    assert (finding.code, finding.message) == ("I403", "2 columns are not read: 'Colour', ''")


def test_names_given_twice_are_kept_and_counted(save: Save) -> None:
    result = read_labels(save("crane\nbat\ncrane\nbat\nbat\ndog\n"))
    assert len(result.label_set.labels) == 6
    (finding,) = result.findings
    assert (finding.code, finding.message) == ("I404", "2 names stand at several labels")


def test_names_of_every_script_are_kept_and_turned_ones_told(save: Save) -> None:
    names = ["אבוקדו", "แมลงปอ", "نی\u200cشکر", "dog\u202egod", "e\u0301clair"]
    result = read_labels(save("\n".join(names)))
    assert [label.name for label in result.label_set.labels] == names
    (finding,) = result.findings
    assert finding.code == "W209"
    assert finding.message == (r"line 4 'dog\u202egod': names that change the text's direction")


@pytest.mark.parametrize("content", [TSV, CSV, "dog\n", json.dumps(COCO), json.dumps(LVIS)])
def test_whatever_is_read_can_be_written(save: Save, tmp_path: Path, content: str) -> None:
    read = read_label_set(save(content), id="mine").label_set
    write_label_set(read, tmp_path / "out.tsv")
    again = load_label_set(tmp_path / "out.tsv")
    assert [repr(label) for label in again.labels] == [repr(label) for label in read.labels]
