"""A cache gives back what was put, or nothing; never something else."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.cache import StageCache, VectorCache
from labelsys.errors import StoreError
from tests.unit.test_atomic import files_at_most

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def the_file(folder: Path, pattern: str = "*") -> Path:
    (path,) = (p for p in folder.rglob(pattern) if p.is_file())
    return path


def vectors_of(*numbers: float, dim: int = 3) -> NDArray[np.float32]:
    return np.array([[number] * dim for number in numbers], dtype=np.float32).reshape(-1, dim)


def test_blob_comes_back_and_look_ups_are_counted(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    assert cache.get("match", "k") is None
    cache.put("match", "k", b"\x00payload")
    assert cache.get("match", "k") == b"\x00payload"
    assert StageCache(tmp_path).get("match", "k") == b"\x00payload"
    assert (cache.hits, cache.misses, cache.corrupt) == (1, 1, 0)


def test_stage_and_key_both_count(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.put("a", "k", b"1")
    cache.put("b", "k", b"2")
    cache.put("a", "k2", b"")
    assert [cache.get("a", "k"), cache.get("b", "k"), cache.get("a", "k2")] == [b"1", b"2", b""]


@pytest.mark.parametrize("stage", ["", "../a", "A", "a/b"])
def test_stage_is_a_plain_word(tmp_path: Path, stage: str) -> None:
    with pytest.raises(StoreError, match="is no stage of a cache"):
        StageCache(tmp_path).get(stage, "k")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"something else entirely",
    ],
)
def test_damaged_blob_is_counted_and_replaced(tmp_path: Path, damage: object) -> None:
    cache = StageCache(tmp_path)
    cache.put("s", "k", b"payload")
    path = the_file(tmp_path)
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("s", "k") is None
    assert (cache.hits, cache.misses, cache.corrupt) == (0, 1, 1)
    cache.put("s", "k", b"payload")
    assert cache.get("s", "k") == b"payload"


def test_blob_under_another_ones_name_is_not_trusted(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.put("s", "k", b"of k")
    first = the_file(tmp_path)
    cache.put("s", "other", b"of other")
    other = next(p for p in first.parent.iterdir() if p != first)
    other.write_bytes(first.read_bytes())
    assert cache.get("s", "other") is None
    assert cache.corrupt == 1


def test_full_disk_is_one_line_and_keeps_the_old_blob(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.put("s", "k", b"old")
    with files_at_most(4096), pytest.raises(StoreError, match="no space left"):
        cache.put("s", "k", b"x" * 10_000)
    assert cache.get("s", "k") == b"old"
    assert len(list((tmp_path / "s").iterdir())) == 1


def test_vectors_come_back_as_float16_with_a_mask(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "minilm", 3)
    cache.put_many(["dog", "cat"], vectors_of(0.1, 2.0))
    for reader in (cache, VectorCache(tmp_path, "minilm", 3)):
        found, mask = reader.get_many(["cat", "none", "dog", "cat"])
        assert found.dtype == np.float16
        assert mask.tolist() == [True, False, True, True]
        assert found.tolist() == vectors_of(2.0, 0.0, 0.1, 2.0).astype(np.float16).tolist()
        found[:] = 7  # the caller's own: the cache does not notice
        assert reader.get_many(["cat"])[0].tolist() == [[2.0, 2.0, 2.0]]


def test_nothing_asked_of_nothing_there(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "nowhere", "m", 3)
    found, mask = cache.get_many([])
    assert found.shape == (0, 3)
    assert mask.shape == (0,)
    assert not cache.get_many(["a"])[1].any()
    cache.put_many([], vectors_of())
    assert not (tmp_path / "nowhere").exists()


def test_encoder_and_length_keep_vectors_apart(tmp_path: Path) -> None:
    VectorCache(tmp_path, "m", 3).put_many(["a"], vectors_of(1))
    assert not VectorCache(tmp_path, "m2", 3).get_many(["a"])[1].any()
    assert not VectorCache(tmp_path, "m", 4).get_many(["a"])[1].any()


def test_known_and_repeated_texts_are_written_once(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "m", 3)
    cache.put_many(["a", "a", "b"], vectors_of(1, 2, 3))
    cache.put_many(["a", "b"], vectors_of(9, 9))
    assert len(cache) == 2
    assert len(list(tmp_path.rglob("*.seg"))) == 1
    assert cache.get_many(["a", "b"])[0][:, 0].tolist() == [1.0, 3.0]


def test_same_vectors_in_any_order_make_the_same_file(tmp_path: Path) -> None:
    VectorCache(tmp_path / "1", "m", 3).put_many(["a", "b"], vectors_of(1, 2))
    VectorCache(tmp_path / "2", "m", 3).put_many(["b", "a"], vectors_of(2, 1))
    first, second = the_file(tmp_path / "1"), the_file(tmp_path / "2")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_writers_that_know_nothing_of_each_other_agree(tmp_path: Path) -> None:
    one, two = VectorCache(tmp_path / "1", "m", 1), VectorCache(tmp_path / "2", "m", 1)
    one.put_many(["a", "b"], vectors_of(1, 2, dim=1))
    two.put_many(["b", "c"], vectors_of(3, 4, dim=1))
    segments = [the_file(tmp_path / "1"), the_file(tmp_path / "2")]
    answers = []
    for order in (segments, segments[::-1]):
        merged = VectorCache(tmp_path / "3", "m", 1)
        folder = tmp_path / "3" / segments[0].relative_to(tmp_path / "1").parent
        folder.mkdir(parents=True, exist_ok=True)
        for segment in order:  # the second arrives while the first is loaded
            (folder / segment.name).write_bytes(segment.read_bytes())
            assert merged.get_many(["b"])[1].all()
        found, mask = merged.get_many(["a", "b", "c"])
        answers.append((found.tolist(), mask.tolist()))
        for segment in order:
            (folder / segment.name).unlink()
    # float16 2.0 is 00 40, 3.0 is 00 42: the bytes that sort first count.
    assert answers == [([[1.0], [2.0], [4.0]], [True] * 3)] * 2


def test_damaged_segment_is_counted_and_computed_again(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "m", 3)
    cache.put_many(["a"], vectors_of(1))
    cache.put_many(["b"], vectors_of(2))
    good, bad = sorted(tmp_path.rglob("*.seg"))
    bad.write_bytes(bad.read_bytes()[:-1])
    again = VectorCache(tmp_path, "m", 3)
    mask = again.get_many(["a", "b"])[1]
    assert sorted(mask.tolist()) == [False, True]
    assert again.corrupt == 1
    again.put_many(["a", "b"], vectors_of(1, 2))
    again.put_many(["c"], vectors_of(3))
    fresh = VectorCache(tmp_path, "m", 3)
    assert fresh.get_many(["a", "b", "c"])[0][:, 0].tolist() == [1.0, 2.0, 3.0]
    assert fresh.corrupt == 0
    assert good.exists()


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "m", 3)
    cache.put_many(["a"], vectors_of(1))
    folder = the_file(tmp_path).parent
    (folder / "notes.txt").write_bytes(b"mine")
    (folder / ("0" * 32 + ".seg")).mkdir()
    again = VectorCache(tmp_path, "m", 3)
    assert again.get_many(["a"])[1].all()
    assert again.corrupt == 1
    again.put_many(["b"], vectors_of(2))
    assert (folder / "notes.txt").read_bytes() == b"mine"


def test_vectors_of_the_wrong_shape_or_value_are_refused(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "m", 3)
    with pytest.raises(StoreError, match=r"shape \(1, 2\), expected \(1, 3\)"):
        cache.put_many(["a"], vectors_of(1, dim=2))
    for value in (float("nan"), float("inf"), 1e6):
        with pytest.raises(StoreError, match="infinity or no number"):
            cache.put_many(["a"], vectors_of(value))
    assert not tmp_path.joinpath("vectors").exists()


WRITE = """
import sys, pathlib, numpy as np
from labelsys.cache import VectorCache
cache = VectorCache(pathlib.Path(sys.argv[1]), "m", 2)
first = int(sys.argv[2])
for n in range(first, first + 40):
    cache.put_many([str(n), str(n + 1)], np.array([[n, n], [n + 1, n + 1]], dtype=np.float32))
"""


def test_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(first)]) for first in (0, 20)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    cache = VectorCache(tmp_path, "m", 2)
    found, mask = cache.get_many([str(n) for n in range(61)])
    assert mask.all()
    assert found[:, 0].tolist() == [float(n) for n in range(61)]
    assert cache.corrupt == 0


@pytest.mark.slow
def test_sixty_thousand_look_ups_are_quick(tmp_path: Path) -> None:
    texts = [f"the text of a name and its gloss, number {n}" for n in range(60_000)]
    vectors = np.random.default_rng(0).standard_normal((60_000, 384)).astype(np.float16)
    cache = VectorCache(tmp_path, "m", 384)
    for start in range(0, 60_000, 10_000):
        cache.put_many(texts[start : start + 10_000], vectors[start : start + 10_000])
    start_s = time.perf_counter()
    found, mask = VectorCache(tmp_path, "m", 384).get_many(texts)
    elapsed_s = time.perf_counter() - start_s
    assert mask.all()
    assert np.array_equal(found, vectors)
    assert elapsed_s < 3.0, "ten times the 0.3 s of a quiet machine"
