"""Our own TSV form: written and read back, whole and the same, or an error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import SourceError, StoreError
from labelsys.labelset.form import format_label_set, load_label_set, write_label_set
from labelsys.model import Label, LabelSet

if TYPE_CHECKING:
    from pathlib import Path

TOP = """\
# label_set: pets
# title: My pets
# task: detection
# version: 1
# source: a notebook
# license: MIT
# count: 2
"""
BODY = (
    "label_id\tname\tparent\tlang\tsynset\twnid\tqid\tsynonyms\tdescription\n"
    "1\tdog\tanimal\t\tdog.n.01\tn02084071\tQ144\thound|Canis familiaris\ta pet that barks\n"
    "2\tchat\t\tfr\t\t\t\t\t\n"
)


def pets() -> LabelSet:
    dog = Label(
        label_set="pets",
        label_id="1",
        name="dog",
        parent="animal",
        synonyms=("hound", "Canis familiaris"),
        description="a pet that barks",
        wnid="n02084071",
        synset="dog.n.01",
        qid="Q144",
    )
    cat = Label(label_set="pets", label_id="2", name="chat", lang="fr")
    return LabelSet(
        id="pets",
        title="My pets",
        task="detection",
        version="1",
        source="a notebook",
        license="MIT",
        labels=(dog, cat),
    )


def every_field(label_set: LabelSet) -> list[str]:
    """Show what `==` passes over as well."""
    return [repr(replace(label_set, labels=())), *map(repr, label_set.labels)]


def test_form_is_as_documented() -> None:
    assert format_label_set(pets()) == TOP + BODY


def test_form_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "pets.tsv"
    path.write_text(TOP + BODY, encoding="utf-8")
    assert every_field(load_label_set(path)) == every_field(pets())


def test_columns_that_no_label_uses_are_left_out() -> None:
    bare = LabelSet(id="a", labels=(Label(label_set="a", label_id="1", name="b"),))
    assert format_label_set(bare).endswith("# license: \n# count: 1\nlabel_id\tname\n1\tb\n")


def test_write_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "pets.tsv"
    path.write_text("old", encoding="utf-8")
    write_label_set(pets(), path)
    assert path.read_text(encoding="utf-8") == TOP + BODY
    assert list(tmp_path.iterdir()) == [path]


def test_refused_set_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "pets.tsv"
    path.write_text("old", encoding="utf-8")
    bad = replace(pets(), title="two\nlines")
    with pytest.raises(SourceError, match=r"its title 'two\\nlines' has a control character"):
        write_label_set(bad, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no folder"):
        write_label_set(pets(), tmp_path / "nowhere" / "pets.tsv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "a\tb"}, "has a name with a control character"),
        ({"name": "a\nb"}, "has a name with a control character"),
        ({"name": "a\u2028b"}, "has a name with a control character"),
        ({"name": "  "}, "has an empty name"),
        ({"label_id": ""}, "has no label_id"),
        ({"label_id": "a\u200b"}, "has a label_id with an invisible character"),
        ({"synonyms": ("a|b",)}, r"its synonyms \('a\|b',\) doesn't fit"),
        ({"synonyms": ("",)}, "its synonyms .* doesn't fit"),
        ({"parent": ""}, "its parent '' doesn't fit"),
        ({"parent": "a\rb"}, "has a control character .* in its parent"),
        ({"description": "a\tb"}, "has a control character .* in its description"),
        ({"wnid": "dog"}, "'dog' is no wnid"),
        ({"qid": "wd:Q1"}, "'wd:Q1' is no qid"),
        ({"lang": ""}, "its lang '' doesn't fit"),
        ({"label_set": "other"}, "its label_set 'other' doesn't fit"),
    ],
)
def test_label_that_would_not_come_back_is_refused(change: dict[str, Any], message: str) -> None:
    bad = replace(pets(), labels=(replace(pets().labels[0], **change),))
    with pytest.raises(SourceError, match=message):
        format_label_set(bad)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "a b"}, "can't be a label set's id"),
        ({"task": "poetry"}, "the task 'poetry' is unknown"),
        ({"source": " a"}, "its source ' a' has space at an end"),
    ],
)
def test_top_that_would_not_come_back_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        format_label_set(replace(pets(), **change))


def test_ids_given_twice_are_refused() -> None:
    twice = replace(pets(), labels=(pets().labels[0], pets().labels[0]))
    with pytest.raises(SourceError, match="has the label_id '1' twice"):
        format_label_set(twice)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# task: detection\n", "", "pets.tsv: its top lacks '# task: ...'"),
        ("# count: 2\n", "", "pets.tsv: its top lacks '# count: ...'"),
        ("# count: 2", "# count: 3", "its top says 3 rows, it has 2"),
        ("detection", "poetry", "the task 'poetry' is unknown"),
        ("label_set: pets", "label_set: my pets", "'my pets' can't be a label set's id"),
        ("label_id\tname", "name\tlabel_id", "tsv:8: the first columns are name, label_id"),
        ("\tqid", "\tquid", "tsv:8: the column 'quid' is unknown"),
        ("2\tchat", "1\tchat", "tsv:10: the label_id '1' is that of line 9 already"),
        ("2\tchat", "2\t", "tsv:10: empty name"),
        ("2\tchat", "\tchat", "tsv:10: no label_id"),
        ("n02084071", "n2084071", "tsv:9: 'n2084071' is no wnid"),
        ("2\tchat\t", "2\tchat", "tsv:10: 8 fields, expected 9"),
    ],
)
def test_file_that_was_changed_by_hand_is_an_error_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "pets.tsv"
    assert (TOP + BODY).count(old) == 1
    path.write_text((TOP + BODY).replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=message.replace("...'", r"\.\.\.'")):
        load_label_set(path)


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.tsv: no such file"):
        load_label_set(tmp_path / "none.tsv")


# Texts as they come, and the odd ones more often: what the form can't hold must be refused.
ODD = st.text(st.sampled_from("a|\t\n\r\"' #:\u200f\u2028é\ud800\x00"), max_size=6)
TEXT = st.one_of(st.text(max_size=8), ODD)
LABEL = st.builds(
    Label,
    label_set=st.just("a"),
    label_id=st.one_of(st.integers().map(str), TEXT),
    name=TEXT,
    parent=st.none() | TEXT,
    synonyms=st.lists(TEXT, max_size=3).map(tuple),
    description=TEXT,
    lang=st.sampled_from(["en", "fr", "zh-Hant", ""]),
    wnid=st.none() | st.just("n02084071") | TEXT,
    synset=st.none() | st.just("dog.n.01"),
    qid=st.none() | st.just("Q144"),
)
LABEL_SET = st.builds(
    LabelSet,
    id=st.just("a"),
    labels=st.lists(LABEL, max_size=4).map(tuple),
    title=TEXT,
    task=st.sampled_from(["classification", "detection"]),
    version=TEXT,
    source=TEXT,
    license=TEXT,
)


@given(LABEL_SET)
def test_what_is_written_reads_back_and_all_else_is_refused(
    tmp_path_factory: pytest.TempPathFactory, label_set: LabelSet
) -> None:
    path = tmp_path_factory.getbasetemp() / "round_trip.tsv"
    try:
        write_label_set(label_set, path)
    except SourceError:
        return
    assert every_field(load_label_set(path)) == every_field(label_set)


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))


@given(st.lists(PLAIN.filter(str.strip), max_size=5))
def test_any_printable_names_can_be_written(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "names.tsv"
    labels = tuple(Label(label_set="a", label_id=str(i), name=n) for i, n in enumerate(names))
    write_label_set(LabelSet(id="a", labels=labels), path)
    assert [label.name for label in load_label_set(path).labels] == names
