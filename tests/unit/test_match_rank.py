"""The ranker: probabilities, coefficient files, and the fit that makes them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsys.errors import ConfigError
from labelsys.match import descent, features, place_features, rank
from labelsys.match.features import FEATURES
from labelsys.match.rank import (
    FEATURES_OF,
    TEACHERS,
    VECTOR_FEATURES_OF,
    Ranker,
    fit_softmax,
    format_ranker,
    load_ranker,
    model_stem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

N = len(FEATURES)


def ranker(**weights: float) -> Ranker:
    values = np.array([weights.get(name, 0.0) for name in FEATURES])
    return Ranker(name="by hand", weights=values, fingerprint="")


def rows(*features: dict[str, float]) -> NDArray[np.float32]:
    table = [[row.get(name, 0.0) for name in FEATURES] for row in features]
    return np.array(table, dtype=np.float32).reshape(len(features), N)


def test_probabilities_are_those_of_a_softmax_with_one_more_candidate() -> None:
    # scores ln 3, 0 and, for `nothing fits`, 0: weights 3, 1 and 1
    found = ranker(first_sense=math.log(3)).probabilities(rows({"first_sense": 1}, {}))
    assert found.tolist() == [0.6, 0.2, 0.2]


def test_without_candidates_nothing_fits() -> None:
    assert ranker(first_sense=5).probabilities(rows()).tolist() == [1.0]


def test_large_scores_do_not_overflow() -> None:
    found = ranker(leaf=1e4).probabilities(rows({"leaf": 1}, {"leaf": -1}, {"leaf": 1}))
    assert found.tolist() == [0.5, 0.0, 0.5, 0.0]
    below = ranker(leaf=-1e4).probabilities(rows({"leaf": 1}))
    assert below.tolist() == [0.0, 1.0]


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=8))
def test_probabilities_add_up_and_keep_the_order_of_scores(scores: list[float]) -> None:
    found = ranker(nothing=1).probabilities(rows(*({"nothing": s} for s in scores)))
    assert len(found) == len(scores) + 1
    assert found.sum() == pytest.approx(1.0, abs=1e-4 * len(found))
    assert (found >= 0).all()
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    ranked = found[order]
    assert (np.diff(ranked) >= 0).all()
    assert np.array_equal(np.round(found, 4), found)


@given(st.lists(st.lists(st.floats(-5, 5, width=32), max_size=5), max_size=6))
def test_probabilities_of_many_labels_are_those_of_each(labels: list[list[float]]) -> None:
    own = ranker(nothing=1)
    tables = [rows(*({"nothing": s} for s in scores)) for scores in labels if scores]
    table = np.concatenate(tables) if tables else np.zeros((0, len(FEATURES)), dtype=np.float32)
    owners = np.array([k for k, scores in enumerate(labels) for _ in scores], dtype=np.int64)
    found = own.probabilities_of(table, owners, len(labels))
    alone = [own.probabilities(each)[:-1] for each in tables]
    assert found.tolist() == [p for each in alone for p in each.tolist()]


def test_tasks_have_their_own_features() -> None:
    assert list(FEATURES_OF) == list(VECTOR_FEATURES_OF) == ["names", "places", "steps"]
    assert list(FEATURES_OF["names"]) == list(features.FEATURES)
    assert list(FEATURES_OF["places"]) == list(place_features.FEATURES)
    assert VECTOR_FEATURES_OF["names"] == features.VECTOR_FEATURES
    assert VECTOR_FEATURES_OF["places"] == place_features.VECTOR_FEATURES
    assert list(FEATURES_OF["steps"]) == list(descent.FEATURES)
    assert VECTOR_FEATURES_OF["steps"] == descent.VECTOR_FEATURES


@pytest.mark.parametrize("task", ["names", "places", "steps"])
@pytest.mark.parametrize("with_vectors", [True, False])
@pytest.mark.parametrize("taught_by", [(), ("coco", "lvis")])
def test_shipped_coefficients_fit_the_features(
    task: str, taught_by: Sequence[str], *, with_vectors: bool
) -> None:
    found = load_ranker(task, with_vectors=with_vectors, taught_by=taught_by)
    stem = model_stem(task, with_vectors=with_vectors, is_taught=bool(taught_by))
    assert found.name.startswith(f"{stem}-")
    assert found.weights.shape == (len(FEATURES_OF[task]),)
    assert np.isfinite(found.weights).all()
    assert len(found.fingerprint) == 16
    columns = list(FEATURES_OF[task])
    of_vectors = [found.weights[columns.index(name)] for name in VECTOR_FEATURES_OF[task]]
    assert any(of_vectors) == with_vectors


@pytest.mark.parametrize("with_vectors", [True, False])
def test_shipped_coefficients_count_the_superclass_that_a_dataset_gives(
    *, with_vectors: bool
) -> None:
    weights = load_ranker("places", with_vectors=with_vectors).weights
    columns = list(FEATURES_OF["places"])
    own, under = (float(weights[columns.index(n)]) for n in ("parent", "under_parent"))
    assert own + under > 0


def test_shipped_coefficients_differ_in_fingerprint() -> None:
    six = {
        load_ranker(task, with_vectors=vectors, taught_by=taught_by).fingerprint
        for task in ("names", "places")
        for vectors in (True, False)
        for taught_by in ((), TEACHERS)
    }
    assert len(six) == 6  # places are taught by no set


def test_ranker_has_learnt_only_from_sets_that_it_may_learn_from() -> None:
    stems = {
        taught_by: load_ranker("names", with_vectors=True, taught_by=taught_by).name.split("-")[0]
        for taught_by in ((), ("coco",), ("lvis",), ("lvis", "coco"))
    }
    assert set(stems.values()) == {"names_lexicons_vectors", "names_vectors"}
    assert {t for t, stem in stems.items() if stem == "names_vectors"} == {
        ("lvis",),
        ("lvis", "coco"),
    }


@pytest.fixture(name="folder")
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Coefficient files of our own."""
    rank._load.cache_clear()
    monkeypatch.setattr(rank, "files", lambda package: tmp_path)
    (tmp_path / "models").mkdir()
    yield tmp_path / "models"
    rank._load.cache_clear()


@pytest.mark.parametrize("task", ["names", "places"])
@pytest.mark.parametrize("with_vectors", [True, False])
def test_written_coefficients_read_back(folder: Path, task: str, *, with_vectors: bool) -> None:
    weights = np.arange(len(FEATURES_OF[task])) / 7
    text = format_ranker(task, weights, version=3, trained_on={"examples": 12}, l2=0.5)
    stem = model_stem(task, with_vectors=with_vectors, is_taught=False)
    (folder / f"{stem}.json").write_text(text)
    found = load_ranker(task, with_vectors=with_vectors)
    assert found.name == f"{stem}-3"
    assert found.weights.tolist() == [round(float(w), 4) for w in weights]
    assert text == format_ranker(task, weights, version=3, trained_on={"examples": 12}, l2=0.5)


def test_fingerprint_changes_with_every_coefficient(folder: Path) -> None:
    seen = set()
    for changed in range(4):
        weights = np.zeros(N)
        weights[changed] = 1e-4
        text = format_ranker("names", weights, version=1, trained_on={}, l2=0.5)
        (folder / "names_lexicons.json").write_text(text)
        rank._load.cache_clear()
        seen.add(load_ranker("names", with_vectors=False).fingerprint)
    assert len(seen) == 4


def test_weights_of_another_task_are_not_written() -> None:
    with pytest.raises(ValueError, match=r"zip\(\) argument 2 is shorter"):
        format_ranker("places", np.zeros(N), version=1, trained_on={}, l2=0.5)


@pytest.mark.parametrize("task", ["names", "places"])
@pytest.mark.parametrize("change", ["missing", "added", "renamed", "moved", "other task's"])
def test_coefficients_of_other_features_are_refused(folder: Path, task: str, change: str) -> None:
    def written(of: str) -> list[tuple[str, float]]:
        zeros = np.zeros(len(FEATURES_OF[of]))
        text = format_ranker(of, zeros, version=1, trained_on={}, l2=0.5)
        return list(json.loads(text)["weights"].items())

    pairs = written(task)
    changed = {
        "missing": pairs[1:],
        "added": [*pairs, ("new", 0.0)],
        "renamed": [("other", 0.0), *pairs[1:]],
        "moved": pairs[::-1],
        "other task's": written("names" if task == "places" else "places"),
    }[change]
    document = {"version": 1, "weights": dict(changed)}
    stem = model_stem(task, with_vectors=False, is_taught=False)
    (folder / f"{stem}.json").write_text(json.dumps(document))
    with pytest.raises(ConfigError, match=f"ranker {stem}: made for other features: run"):
        load_ranker(task, with_vectors=False)


def fit(
    tables: Sequence[Sequence[Sequence[float]]],
    answers: Sequence[int],
    importance: Sequence[float] | None = None,
    *,
    l2: float = 0.0,
    active: Sequence[bool] | None = None,
) -> NDArray[np.float64]:
    arrays = [np.array(t, dtype=np.float32) for t in tables]
    mask = np.array(active if active is not None else [True] * arrays[0].shape[1])
    weights = importance or [1.0] * len(arrays)
    return fit_softmax(arrays, answers, weights, active=mask, l2=l2)


def test_fit_of_one_feature_is_the_log_of_the_odds() -> None:
    # one candidate with the feature 1, right in three labels of four: p = 3/4, odds 3
    assert fit([[[1]]] * 4, [0, 0, 0, -1]) == pytest.approx([math.log(3)])
    # nothing fits in all but one of five
    assert fit([[[1]]] * 5, [-1, 0, -1, -1, -1]) == pytest.approx([math.log(1 / 4)])


def test_importance_counts_labels_several_times() -> None:
    assert fit([[[1]]] * 2, [0, -1], [3.0, 1.0]) == pytest.approx([math.log(3)])
    assert fit([[[1]]] * 2, [0, -1], [0.3, 0.1]) == pytest.approx([math.log(3)])


def test_fit_of_a_choice_between_candidates() -> None:
    # A (feature x) and B (none) beside `nothing fits`: right are A, A, A, B, nothing.
    # P(A) = 3/5 = e^w / (e^w + 2), so e^w = 3; B and nothing are alike.
    table = [[1.0], [0.0]]
    assert fit([table] * 5, [0, 0, 0, 1, -1]) == pytest.approx([math.log(3)])


def test_inactive_features_keep_weight_zero() -> None:
    table = [[1.0, 1.0]]
    found = fit([table] * 4, [0, 0, 0, -1], active=[False, True])
    assert found == pytest.approx([0, math.log(3)])


def test_penalty_pulls_towards_the_prior() -> None:
    # flat where 2 * l2 * (w - prior) = 1 - p
    table = np.ones((1, 1), dtype=np.float32)
    mask = np.ones(1, dtype=bool)
    found = fit_softmax([table], [0], [1.0], active=mask, l2=0.5, prior=np.array([2.0]))
    assert found[0] - 2 == pytest.approx(1 / (1 + math.exp(found[0])), rel=1e-6)
    held = fit_softmax([table], [-1], [1.0], active=mask, l2=1e6, prior=np.array([2.0]))
    assert held == pytest.approx([2.0], abs=1e-5)


def test_inactive_features_keep_and_speak_with_the_weight_of_the_prior() -> None:
    # odds 3 in all, of which the first feature gives 2 as it stands
    prior = np.array([math.log(2), 5.0])
    table = np.ones((1, 2), dtype=np.float32)
    found = fit_softmax(
        [table] * 4,
        [0, 0, 0, -1],
        [1.0] * 4,
        active=np.array([False, True]),
        l2=0.0,
        prior=prior,
    )
    assert found == pytest.approx([math.log(2), math.log(1.5)])
    assert prior[1] == 5.0


def made_up(
    weights: NDArray[np.float64], n: int, seed: int
) -> tuple[list[NDArray[np.float32]], list[int]]:
    """Labels with two to six candidates, the answer drawn as a softmax of these weights draws."""
    rng = np.random.default_rng(seed)
    tables, answers = [], []
    for _ in range(n):
        table = rng.normal(size=(int(rng.integers(2, 7)), len(weights))).astype(np.float32)
        chances = np.exp(np.append(table @ weights, 0.0))
        pick = int(rng.choice(len(chances), p=chances / chances.sum()))
        tables.append(table)
        answers.append(pick if pick < len(table) else -1)
    return tables, answers


def test_fit_recovers_the_weights_that_made_the_data() -> None:
    truth = np.array([1.5, -0.75, 0.0, 0.4])
    tables, answers = made_up(truth, 4000, seed=1)
    found = fit_softmax(tables, answers, [1.0] * 4000, active=np.ones(4, dtype=bool), l2=1e-6)
    assert found == pytest.approx(truth, abs=0.1)


def loss(
    weights: NDArray[np.float64],
    tables: Sequence[NDArray[np.float32]],
    answers: Sequence[int],
    importance: Sequence[float],
    l2: float,
) -> float:
    """What the fit shall make small, label by label: mean surprise and ridge penalty."""
    total = 0.0
    for table, answer, weight in zip(tables, answers, importance, strict=True):
        scores = np.append(table.astype(np.float64) @ weights, 0.0)
        surprise = np.log(np.exp(scores).sum()) - scores[answer]  # -1 is `nothing fits`, the last
        total += weight * surprise
    return total / sum(importance) + l2 * float(weights @ weights)


def test_fit_is_where_the_loss_is_flat() -> None:
    tables, answers = made_up(np.array([2.0, -1.0, 0.5]), 300, seed=2)
    importance = list(np.random.default_rng(3).uniform(0.2, 2.0, size=300))
    found = fit_softmax(tables, answers, importance, active=np.ones(3, dtype=bool), l2=0.01)
    step = 1e-5
    for axis in np.eye(3):
        up = loss(found + step * axis, tables, answers, importance, 0.01)
        down = loss(found - step * axis, tables, answers, importance, 0.01)
        assert abs(up - down) / (2 * step) < 1e-7
        assert up > loss(found, tables, answers, importance, 0.01)


def test_stronger_penalty_gives_smaller_weights() -> None:
    tables, answers = made_up(np.array([2.0, -1.0]), 200, seed=4)
    sizes = [
        float(
            np.abs(fit_softmax(tables, answers, [1.0] * 200, active=np.ones(2, bool), l2=l2)).sum()
        )
        for l2 in (1e-4, 1e-2, 1.0)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.5 * sizes[0]


def test_separable_data_stays_finite() -> None:
    found = fit([[[1.0]]] * 3, [0, 0, 0], l2=1e-4)
    assert 5 < found[0] < 10
    # flat there: 2 * l2 * w = 1 - p
    assert 2e-4 * found[0] == pytest.approx(1 / (1 + math.exp(found[0])), rel=1e-4)


def test_fit_is_the_same_every_time() -> None:
    tables, answers = made_up(np.array([1.0, -1.0, 0.3]), 200, seed=5)
    runs = [
        fit_softmax(tables, answers, [1.0] * 200, active=np.ones(3, dtype=bool), l2=1e-3).tobytes()
        for _ in range(3)
    ]
    assert len(set(runs)) == 1
