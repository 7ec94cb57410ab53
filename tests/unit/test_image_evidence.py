"""What images of classes say of names: read, learnt from the file itself, and used."""

from __future__ import annotations

import io
import pickle
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.api import LabelSystem
from labelsys.errors import LabelsysWarning, SourceError
from labelsys.ids import Curie
from labelsys.match.image_evidence import ImageEvidence, ImageVectors, Standing, read_image_vectors
from labelsys.model import Concept, Edge, Label, LabelSet, Name, Placement, Sense
from labelsys.store.memory import MemoryWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DIM = 24
N = 40


def look(concept: int, noise: float, seed: int) -> NDArray[np.float32]:
    """The mean image of a class: that of its concept, and what the set has of its own."""
    random = np.random.default_rng(concept)
    own = np.random.default_rng(1000 * seed + concept)
    return (random.normal(size=DIM) + noise * own.normal(size=DIM)).astype(np.float32)


def archive(path: Path, ids: list[str], vectors: Sequence[NDArray[np.number]]) -> Path:
    np.savez(path, ids=np.array(ids), vectors=np.stack(vectors))
    return path


def standing(label_set: str, n: int = N) -> list[Standing]:
    return [Standing(label_set, f"{label_set}:{i}", i) for i in range(n)]


def images(noise: float = 0.3, n: int = N) -> ImageVectors:
    ids = [f"{s}:{i}" for s in ("a", "b") for i in range(n)] + ["x:7", "9"]
    seeds = [1] * n + [2] * n + [3, 3]
    concepts = [*range(n), *range(n), 7, 9]
    vectors = np.stack([look(c, noise, s) for c, s in zip(concepts, seeds, strict=True)])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return ImageVectors({id_: i for i, id_ in enumerate(ids)}, unit)


def added(evidence: ImageEvidence, label: Label, *concepts: int) -> list[float]:
    owners = np.zeros(len(concepts), dtype=np.int64)
    column = evidence.column([label], np.array(concepts, dtype=np.int64), owners)
    return [float(value) for value in column]


X7 = Label(label_set="x", label_id="7", name="seven")


def test_alike_classes_speak_for_a_concept_and_unlike_ones_against() -> None:
    evidence = ImageEvidence.learn(images(), [*standing("a"), *standing("b")])
    assert evidence.n_pairs == N
    assert not evidence.is_inert
    right, wrong, unseen = added(evidence, X7, 7, 8, N + 5)
    assert right > 2
    assert wrong < -2
    assert unseen == 0  # no class there has a vector


def test_nothing_counts_for_more_than_six() -> None:
    evidence = ImageEvidence.learn(images(noise=0.0), [*standing("a"), *standing("b")])
    assert max(map(abs, added(evidence, X7, *range(N)))) <= 6


def test_label_is_found_by_its_id_with_or_without_that_of_its_set() -> None:
    evidence = ImageEvidence.learn(images(), [*standing("a"), *standing("b")])
    nine = Label(label_set="input", label_id="9", name="nine")
    assert added(evidence, nine, 9)[0] > 2
    assert added(evidence, Label(label_set="input", label_id="10", name="ten"), 9) == [0.0]


@pytest.mark.parametrize(
    ("known", "n_pairs"),
    [
        (standing("a"), 0),  # one set shares no class with itself
        ([*standing("a", 19), *standing("b", 19)], 19),
        ([], 0),
    ],
)
def test_too_few_shared_classes_say_nothing(known: list[Standing], n_pairs: int) -> None:
    evidence = ImageEvidence.learn(images(), known)
    assert evidence.n_pairs == n_pairs
    assert evidence.is_inert
    assert added(evidence, X7, 7, 8) == [0.0, 0.0]


def test_vectors_that_have_nothing_to_do_with_the_classes_say_next_to_nothing() -> None:
    evidence = ImageEvidence.learn(images(noise=1e4), [*standing("a"), *standing("b")])
    assert evidence.is_inert or max(map(abs, added(evidence, X7, *range(N)))) < 2


def test_same_file_teaches_the_same() -> None:
    known = [*standing("a"), *standing("b")]
    one, two = (ImageEvidence.learn(images(), known) for _ in range(2))
    assert (one.slope, one.offset) == (two.slope, two.offset)


# -- the file


def test_rows_are_read_as_unit_vectors(tmp_path: Path) -> None:
    path = archive(tmp_path / "v.npz", ["a:1", "b:2"], [np.array([3, 4]), np.array([0, 2])])
    found = read_image_vectors(path)
    assert found.rows == {"a:1": 0, "b:2": 1}
    expected = np.array([[0.6, 0.8], [0.0, 1.0]])
    assert np.abs(found.vectors - expected).max() < 1e-6


def test_whole_numbers_are_vectors_too(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", ids=np.array(["a:1"]), vectors=np.array([[0, 255]]))
    assert read_image_vectors(tmp_path / "v.npz").vectors.tolist() == [[0.0, 1.0]]


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"ids": np.array(["a"])}, "holds no array 'vectors'"),
        ({"vectors": np.ones((1, 2))}, "holds no array 'ids'"),
        ({"ids": np.array([1]), "vectors": np.ones((1, 2))}, "expected one row of texts"),
        ({"ids": np.array([["a"]]), "vectors": np.ones((1, 2))}, "`ids` is 2-dimensional"),
        ({"ids": np.array(["a"]), "vectors": np.ones(2)}, r"`vectors` has the shape \(2,\)"),
        ({"ids": np.array(["a"]), "vectors": np.ones((2, 2))}, "one row for each of 1 ids"),
        ({"ids": np.array(["a"]), "vectors": np.array([["x"]])}, "expected numbers"),
        ({"ids": np.array(["a", "b"]), "vectors": np.zeros((2, 2))}, r"of 'a' \(row 0\) is zero"),
        ({"ids": np.array(["a"]), "vectors": np.array([[np.nan, 1]])}, "zero or not finite"),
        ({"ids": np.array(["a", "a"]), "vectors": np.ones((2, 2))}, "twice, in rows 0 and 1"),
        ({"ids": np.array([Evil()]), "vectors": np.ones((1, 2))}, "no NumPy archive of plain"),
    ],
)
def test_wrong_file_is_told_in_one_line(
    tmp_path: Path,
    arrays: dict[str, NDArray[np.generic]],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, allow_pickle=True, **arrays)
    with pytest.raises(SourceError, match=message) as caught:
        read_image_vectors(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short", pickle.dumps(1)])
def test_other_bytes_are_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.npz").write_bytes(content)
    with pytest.raises(SourceError, match="is no NumPy archive"):
        read_image_vectors(tmp_path / "v.npz")


def test_truncated_or_damaged_archive_never_raises_anything_else(tmp_path: Path) -> None:
    path = archive(tmp_path / "whole.npz", ["a:1"], [np.ones(50, dtype=np.float32)])
    whole = path.read_bytes()
    for cut in range(0, len(whole), 37):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(SourceError):
            read_image_vectors(tmp_path / "cut.npz")
    for at in range(0, len(whole), 11):
        (tmp_path / "bad.npz").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with suppress(SourceError):
            read_image_vectors(tmp_path / "bad.npz")


def test_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelsys.match.image_evidence._MOST_BYTES", 10_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("vectors.npy", bytes(20_000))
    (tmp_path / "v.npz").write_bytes(buffer.getvalue())
    with pytest.raises(SourceError, match="unpacks to 20,000 bytes; the limit is 10,000"):
        read_image_vectors(tmp_path / "v.npz")


def test_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_image_vectors(tmp_path / "none.npz")


# -- linking: two concepts of one name, told apart by what their classes look like


def named(number: int, text: str, sense: int) -> Concept:
    return Concept(
        id=Curie("wn30", f"{number:08d}-n"),
        pref_label=text,
        names=(Name(text=text, kind="pref", sense=Sense(number=sense, count=0, lex_id=0)),),
        gloss=f"thing {number}",
    )


def system() -> LabelSystem:
    """Forty things, each in two label sets; of the things called bat there are two."""
    texts = {0: "bat", 1: "bat"} | {i: f"thing{chr(97 + i % 26)}{i}" for i in range(2, N)}
    concepts = [named(i + 2, text, 1 if i != 1 else 2) for i, text in texts.items()]
    root = Concept(
        id=Curie("wn30", "00001740-n"), pref_label="entity", names=(Name(text="entity"),)
    )
    writer = MemoryWriter()
    writer.add_concepts([root, *concepts])
    writer.add_edges([Edge(concept.id, root.id) for concept in concepts])
    for id_ in ("a", "b"):
        labels = tuple(
            Label(label_set=id_, label_id=str(i), name=texts[i], wnid=f"n{i + 2:08d}")
            for i in range(N)
        )
        writer.add_label_set(
            LabelSet(id=id_, labels=labels),
            [
                Placement(
                    label_id=label.id, kind="exact", concept_id=concepts[i].id, confidence=0.99
                )
                for i, label in enumerate(labels)
            ],
        )
    writer.finish()
    return LabelSystem(writer.store)


def linked(path: Path | None, label_id: str = "q") -> tuple[str, float]:
    (row,) = system().link(
        [Label(label_set="input", label_id=label_id, name="bat")],
        encoder="none",
        image_vectors=path,
    )
    assert row.wnid is not None
    assert row.confidence is not None
    return row.wnid, row.confidence


def test_images_tell_senses_apart(tmp_path: Path) -> None:
    ids = [f"{s}:{i}" for s in ("a", "b") for i in range(N)]
    vectors = [look(i, 0.3, s) for s in (1, 2) for i in range(N)]
    first, second = (
        archive(tmp_path / f"{n}.npz", [*ids, "q"], [*vectors, look(n, 0.3, 5)]) for n in (0, 1)
    )
    wnid, confidence = linked(None)
    assert wnid == "n00000002"  # the first sense
    assert linked(first)[0] == "n00000002"
    assert linked(first)[1] > confidence
    assert linked(second)[0] == "n00000003"


def test_images_of_the_list_alone_say_nothing_and_that_is_said(tmp_path: Path) -> None:
    path = archive(tmp_path / "v.npz", ["q"], [look(1, 0.3, 5)])
    with pytest.warns(LabelsysWarning, match=r"v\.npz: no two label sets .* say nothing here"):
        assert linked(path) == linked(None)


def test_images_of_other_labels_alone_say_nothing_and_that_is_said(tmp_path: Path) -> None:
    ids = [f"{s}:{i}" for s in ("a", "b") for i in range(N)]
    path = archive(tmp_path / "v.npz", ids, [look(i, 0.3, s) for s in (1, 2) for i in range(N)])
    with pytest.warns(LabelsysWarning, match="no name of the list has a vector in it"):
        assert linked(path) == linked(None)


def test_too_few_images_say_nothing_and_that_is_said(tmp_path: Path) -> None:
    ids = [f"{s}:{i}" for s in ("a", "b") for i in range(5)]
    vectors = [look(i, 0.3, s) for s in (1, 2) for i in range(5)]
    path = archive(tmp_path / "v.npz", [*ids, "q"], [*vectors, look(1, 0.3, 5)])
    with pytest.warns(LabelsysWarning, match="5 pairs of classes that two label sets share"):
        assert linked(path) == linked(None)
