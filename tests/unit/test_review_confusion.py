"""Confusion matrices: read whole or refused in one line; pairs ranked, with what is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from labelsys.errors import NotFoundError, SourceError
from labelsys.ids import Curie
from labelsys.model import Label, LabelSet, Placement
from labelsys.review import matrix
from labelsys.review.confusion import rank_confusions
from labelsys.review.matrix import Confusions, read_confusions
from labelsys.store.memory import MemoryStore, MemoryWriter
from tests import toy

if TYPE_CHECKING:
    from pathlib import Path

SET = LabelSet(
    id="a",
    labels=tuple(
        Label(label_set="a", label_id=id_, name=name)
        for id_, name in (("1", "dog"), ("2", "Car"), ("3", "crane"), ("4", "crane"))
    ),
)
DOG, CAR, CRANE = (Curie("a", n) for n in "123")


def read(tmp_path: Path, text: str | bytes, label_set: LabelSet = SET) -> Confusions:
    path = tmp_path / "m.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_confusions(path, label_set)


LONG = {(DOG, CAR): 2.0, (CAR, CAR): 5.0}


@pytest.mark.parametrize(
    "text",
    [
        "true,pred,count\ndog,car,2\ncar,Car,5\n",
        "pred\ttrue\tcount\nCar\t1\t2\na:2\t2\t5\n",
        "id,Predicted,Actual,n\nx,car,dog,1\nx,car,dog,1\nx,car,car,5.0\nx,dog,car,0\n",
        '\ufefftrue,pred,count\r\n"dog","car",2\r\n\r\ncar,car,5e0\r\n',
    ],
    ids=["csv", "tsv with ids", "other words, rows that add up", "mark, quotes, empty line"],
)
def test_long_form(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Confusions(form="long", counts=LONG)


@pytest.mark.parametrize(
    "text",
    [
        ",dog,car\ndog,0,2\ncar,0,5\n",
        "true/pred,dog,car\ndog,0,2\ncar,0,5\n",
        "dog,car\n0,2\n0,5\n",
        "dog,car\ndog,0,2\ncar,0,5\n",
        "\tcar\tdog\n2\t5\t0\n1\t2\t0\n",
    ],
    ids=["corner", "corner with words", "no row names", "no corner", "tsv, another order"],
)
def test_square(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Confusions(form="square", counts=LONG)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"m\.csv: is empty, expected a confusion matrix"),
        ("\n \n", r"m\.csv: is empty"),
        (",dog,car\ndog,1,2\n", r"m\.csv: is not square: 2 classes on top, 1 rows"),
        ("dog,car\n1,2\n3,4\n5,6\n", r"m\.csv: is not square: 2 classes on top, 3 rows"),
        (",dog,car\ndog,1,2\ncar,1\n", r"m\.csv:3: 2 fields, expected 2, or a class before them"),
        (",dog,cra\ndog,1,2\ncra,1,1\n", r"m\.csv:1: a has no label 'cra' \(closest: 'crane'\)"),
        (",dog,crane\ndog,1,2\ncrane,1,1\n", r"m\.csv:1: 'crane' is the name of 2 labels, give an"),
        (",dog,car\ndog,1,2\ncat,1,1\n", r"m\.csv:3: a has no label 'cat' \(closest: 'Car'\)"),
        (",dog,dog\ndog,1,2\ncar,1,1\n", r"m\.csv:1: the class 'dog' stands twice on top"),
        (",dog,car\ndog,1,2\ndog,1,1\n", r"m\.csv:3: the class 'dog' has two rows"),
        (",dog,car\ndog,1,-2\ncar,1,1\n", r"m\.csv:2: '-2' is no count: zero or more"),
        (",dog,car\ndog,1,nan\ncar,1,1\n", r"m\.csv:2: 'nan' is no count"),
        (",dog,car\ndog,1,inf\ncar,1,1\n", r"m\.csv:2: 'inf' is no count"),
        (",dog,car\ndog,1,1e999\ncar,1,1\n", r"m\.csv:2: '1e999' is no count"),
        (",dog,car\ndog,1,1_0\ncar,1,1\n", r"m\.csv:2: '1_0' is no count"),
        (",dog,car\ndog,1,\ncar,1,1\n", r"m\.csv:2: '' is no count"),
        ("true,pred,count\ndog,car\n", r"m\.csv:2: 2 fields, expected 3"),
        ("true,pred,count\ndog,car,x\n", r"m\.csv:2: 'x' is no count"),
        ("true,pred,count\ndog,carr,1\n", r"m\.csv:2: a has no label 'carr' \(closest: 'Car'\)"),
        (b"true,pred,count\nd\xffg,car,1\n", r"m\.csv:2: is not UTF-8"),
        ("true,pred,count\ndog,c\0r,1\n", r"m\.csv:2: holds a NUL byte"),
        ('true,pred,count\n"dog,car,1\n', r"m\.csv:2: unexpected end of data"),
        ("x" * 1000 + "\n1\n", r"m\.csv:1: a has no label 'x{40}'"),
    ],
)
def test_wrong_matrix_is_one_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300 + len(str(tmp_path))


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ",dog,car\ndog,1,2\ncar,1,1\n"
    monkeypatch.setattr(matrix, "MAX_CLASSES", 1)
    with pytest.raises(SourceError, match=r"m\.csv:1: 2 classes, more than 1"):
        read(tmp_path, text)
    monkeypatch.setattr(matrix, "MAX_ROWS", 1)
    with pytest.raises(SourceError, match=r"m\.csv:3: has more than 1 rows"):
        read(tmp_path, "true,pred,count\ndog,car,1\ndog,car,1\n")
    monkeypatch.setattr(matrix, "MAX_BYTES", 4)
    with pytest.raises(SourceError, match="more than the 0 that are read"):
        read(tmp_path, text)


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no\.csv: can't be read: No such file"):
        read_confusions(tmp_path / "no.csv", SET)
    with pytest.raises(SourceError, match="is a folder, expected a confusion matrix"):
        read_confusions(tmp_path, SET)


# -- ranking -------------------------------------------------------------------------------

PLACES = {
    "dog": (toy.DOG, None),
    "hound": (toy.DOG, None),
    "canine": (toy.CANINE, None),
    "pet": (toy.DOMESTIC, None),
    "guard dog": (toy.DOG, toy.DOG),  # straight under dog
    "car": (toy.CAR, None),
    "what": (None, None),
}


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    graph = toy.toy_graph()
    labels = tuple(
        Label(label_set="b", label_id=str(n), name=name) for n, name in enumerate(PLACES)
    )
    placements = [
        Placement(
            label_id=label.id,
            kind="unplaced" if at is None else "broader" if above else "exact",
            concept_id=at,
            broader_id=above,
        )
        for label, (at, above) in zip(labels, PLACES.values(), strict=True)
    ]
    writer = MemoryWriter()
    writer.add_concepts(graph.concepts)
    writer.add_edges(graph.edges)
    writer.add_label_set(LabelSet(id="b", labels=labels), placements)
    writer.finish()
    return writer.store


def counts(*rows: tuple[str, str, float]) -> Confusions:
    names = list(PLACES)
    return Confusions(
        form="long",
        counts={
            (Curie("b", str(names.index(a))), Curie("b", str(names.index(b)))): n
            for a, b, n in rows
        },
    )


@pytest.mark.parametrize(
    ("a", "b", "relation", "under", "distance"),
    [
        ("dog", "hound", "same concept", toy.DOG, 0),
        ("dog", "canine", "narrower", toy.CANINE, 1),
        ("canine", "pet", "siblings", toy.ANIMAL, 2),
        ("dog", "guard dog", "broader", toy.DOG, 0),
        ("dog", "car", "apart", toy.PHYSICAL, 6),
        ("dog", "what", "unknown", None, None),
    ],
)
def test_what_the_graph_knows_of_a_pair(
    store: MemoryStore, a: str, b: str, relation: str, under: Curie | None, distance: int | None
) -> None:
    (row,) = rank_confusions(store, "b", counts((a, b, 3), (a, a, 7)))
    assert (row.a_name, row.b_name, row.relation) == (a, b, relation)
    assert (row.under, row.distance) == (under, distance)
    assert (row.a_as_b, row.b_as_a, row.share) == (3, 0, 0.3)


def test_shared_names_are_told(store: MemoryStore) -> None:
    (row,) = rank_confusions(store, "b", counts(("hound", "dog", 1)))
    assert (row.a_name, row.b_name, row.b_as_a) == ("dog", "hound", 1)
    assert row.shared_names == ("canis familiaris", "dog", "domestic dog")
    assert row.under_name == "dog"


def test_pairs_rank_by_the_lower_end_of_their_share(store: MemoryStore) -> None:
    rows = rank_confusions(
        store,
        "b",
        counts(
            ("dog", "car", 1),  # 1 of 1: a share of 1, and little said
            *(("canine", "pet", 60), ("pet", "canine", 40), ("canine", "canine", 40)),
            *(("pet", "pet", 60), ("pet", "what", 0.5)),
        ),
    )
    assert [(r.a_name, r.b_name) for r in rows] == [
        ("canine", "pet"),
        ("dog", "car"),
        ("pet", "what"),
    ]
    # Wilson's interval by the textbook, 100 of 200.5 and 1 of 1
    for row, (k, n) in zip(rows, ((100, 200.5), (1, 1)), strict=False):
        p, z = k / n, 1.96
        low = (p + z * z / (2 * n) - z * math.sqrt((p * (1 - p) + z * z / (4 * n)) / n)) / (
            1 + z * z / n
        )
        assert row.share == pytest.approx(p, abs=5e-5)
        assert row.at_least == pytest.approx(low, abs=1e-4)


def test_nothing_confused_is_no_row(store: MemoryStore) -> None:
    assert rank_confusions(store, "b", counts(("dog", "dog", 9))) == ()
    assert rank_confusions(store, "b", counts()).columns[0] == "a_id"


def test_unknown_set_raises(store: MemoryStore) -> None:
    with pytest.raises(NotFoundError, match="no label set 'x'"):
        rank_confusions(store, "x", counts())
