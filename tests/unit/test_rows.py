from __future__ import annotations

import pickle
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pandas
import pytest

from labelsys.errors import MissingExtraError
from labelsys.ids import Curie
from labelsys.model import Concept, Edge, Name
from labelsys.rows import Rows, column_names, to_record

DOG, CANINE, ANIMAL = (Curie("wn30", f"{n}-n") for n in ("02084071", "02083346", "00015388"))
EDGES = Rows([Edge(DOG, CANINE), Edge(CANINE, ANIMAL)], Edge)


def test_rows_are_a_tuple() -> None:
    assert isinstance(EDGES, tuple)
    assert Rows((), Edge) == ()
    assert (Edge(DOG, CANINE), Edge(CANINE, ANIMAL)) == EDGES


def test_columns_are_known_without_a_row() -> None:
    assert Rows((), Edge).columns == ("narrower", "broader", "kind")


def test_a_slice_is_rows_and_an_index_is_a_row() -> None:
    assert EDGES[0] == Edge(DOG, CANINE)
    assert isinstance(EDGES[1:], Rows)
    assert EDGES[1:].columns == EDGES.columns


def test_rows_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(EDGES))
    assert (copy, copy.columns) == (EDGES, EDGES.columns)


def test_record_of_a_nested_value_is_plain() -> None:
    concept = Concept(id=DOG, pref_label="dog", names=(Name(text="dog", kind="pref"),))
    record = to_record(concept)
    assert type(record["id"]) is str
    assert record["names"] == [{"text": "dog", "lang": "en", "kind": "pref", "sense": None}]
    assert record["replaced_by"] is None


def test_what_is_no_row_type_has_no_columns() -> None:
    assert column_names(int) == ()


def test_to_frame_is_pandas_where_it_is_installed() -> None:
    frame = EDGES.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["narrower", "broader", "kind"]
    assert list(frame["kind"]) == ["subclass", "subclass"]


def test_to_frame_takes_the_first_package_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in shows which is asked: not every environment has a second frame package."""
    second = ModuleType("second_frames")
    second.__spec__ = ModuleSpec("second_frames", None)
    vars(second)["DataFrame"] = dict
    monkeypatch.setitem(sys.modules, "second_frames", second)
    monkeypatch.setattr("labelsys.rows._FRAME_PACKAGES", ("no_such_package", "second_frames"))
    assert EDGES[:1].to_frame() == {
        "narrower": ["wn30:02084071-n"],
        "broader": ["wn30:02083346-n"],
        "kind": ["subclass"],
    }


def test_to_frame_of_no_rows_has_the_columns() -> None:
    assert list(Rows((), Edge).to_frame().columns) == ["narrower", "broader", "kind"]


def test_to_frame_without_either_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsys.rows._FRAME_PACKAGES", ("no_such_package",))
    with pytest.raises(MissingExtraError, match=r"to_frame\(\) needs .*labelsys\[frames\]"):
        EDGES.to_frame()
