"""A map from names to what lies right above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.match import parents
from labelsys.match.parents import fit_parent_map, load_parent_map, parent_map_fingerprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIM = 8


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_map_learns_the_way_up_and_finds_it_for_new_names() -> None:
    rng = np.random.default_rng(3)
    turn = np.linalg.qr(rng.normal(size=(DIM, DIM)))[0]
    children = unit(rng.normal(size=(600, DIM)))
    above = unit(children @ turn + 0.05 * rng.normal(size=(600, DIM)))
    learnt = fit_parent_map(children[:500], above[:500])
    expected = learnt.expect(children[500:])
    assert expected.dtype == np.float32
    assert np.allclose(np.linalg.norm(expected, axis=1), 1, atol=1e-5)
    assert np.einsum("ij,ij->i", expected, above[500:]).mean() > 0.95
    assert np.einsum("ij,ij->i", children[500:], above[500:]).mean() < 0.5


def test_map_is_rounded_as_it_is_written() -> None:
    rng = np.random.default_rng(3)
    learnt = fit_parent_map(unit(rng.normal(size=(50, DIM))), unit(rng.normal(size=(50, DIM))))
    for part in learnt:
        assert part.dtype == np.float32
        assert (part.astype(np.float16) == part).all()


def test_few_names_leave_the_mean_of_what_is_above() -> None:
    child = np.eye(DIM, dtype=np.float32)[:1]
    learnt = fit_parent_map(child, np.eye(DIM, dtype=np.float32)[1:2])
    assert learnt.expect(np.eye(DIM, dtype=np.float32)[5:6])[0].argmax() == 1


@pytest.mark.parametrize("encoder", ["nobody", "../models/parents_minilm", "org/model", ""])
def test_encoder_without_a_map_leaves_names_where_they_are(encoder: str) -> None:
    rows = unit(np.random.default_rng(4).normal(size=(5, DIM)))
    assert np.allclose(load_parent_map(encoder, DIM).expect(rows), rows, atol=1e-6)
    assert parent_map_fingerprint(encoder) == ""


def test_packaged_encoder_has_a_map() -> None:
    learnt = load_parent_map("minilm", 384)
    assert learnt.weights.shape == (384, 384)
    assert learnt.offset.shape == (384,)
    assert len(parent_map_fingerprint("minilm")) == 64


def test_nothing_is_expected_of_no_name() -> None:
    assert parents.load_parent_map("minilm", 384).expect(np.zeros((0, 384), np.float32)).size == 0
