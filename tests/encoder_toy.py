"""A sentence encoder that costs nothing: vectors made from the text alone, under the real cache.

It goes by the name and size of the packaged one, so that the coefficients that ship fit it. What
it says of a concept means nothing; that it says the same twice, and is asked once, can be tested.
"""

from __future__ import annotations

from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from labelsys.match import embed
from labelsys.match.embed import Embedder, EncoderSpec

if TYPE_CHECKING:
    import pytest
    from numpy.typing import NDArray

__all__ = ["SPEC", "Counted", "install"]

SPEC = EncoderSpec(
    name="minilm", location="nowhere", dim=384, number_type="float32", versions=(("toy", "1"),)
)


class Counted:
    """How many texts were encoded since the encoder was put in place.

    Attributes:
        texts: the number.
    """

    def __init__(self) -> None:
        self.texts = 0


def install(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Let `minilm` be the toy, for one test; any other encoder is as it was."""
    counted, real = Counted(), embed.find_encoder

    def find(choice: str) -> EncoderSpec | None:
        return SPEC if choice == "minilm" else real(choice)

    def tokenize(texts: list[str], **_: Any) -> dict[str, list[list[int]]]:
        return {"input_ids": [list(text.encode()) for text in texts]}

    def encode(_: Embedder, token_ids: list[list[int]], length: int) -> NDArray[np.float16]:
        del length
        counted.texts += len(token_ids)
        rows = []
        for tokens in token_ids:
            seed = int.from_bytes(sha256(bytes(tokens)).digest()[:8])
            row = np.random.default_rng(seed).normal(size=SPEC.dim)
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, dtype=np.float16)

    for module in ("labelsys.merge.tagging", "labelsys.tag.visual"):
        monkeypatch.setattr(f"{module}.find_encoder", find)
    monkeypatch.setattr(embed, "_load", lambda *_: SimpleNamespace(tokenizer=tokenize))
    monkeypatch.setattr(Embedder, "_encode_batch", encode)
    return counted
