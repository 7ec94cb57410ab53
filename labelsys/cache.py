"""What was computed before: blobs by stage and key, vectors by text.

A cache may vanish, be shared by several processes, or be damaged, and no
result may show it. So every file is written whole under a name that says what
it is for, carries a checksum, and counts for nothing where that is wrong: then
the work is done again and the file replaced.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from labelsys.atomic import make_folder, sweep_temps, write_bytes_atomic
from labelsys.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["StageCache", "VectorCache"]

_MAGIC = b"labelsys cache 1\n"
_DIGEST_BYTES = 32
_HEADER_BYTES = len(_MAGIC) + _DIGEST_BYTES
_STAGE = re.compile(r"[a-z][a-z0-9_\-]*\Z")
_SEGMENT = re.compile(r"[0-9a-f]{32}\.seg\Z")
_KEY_BYTES = 16
# No writer takes a day: an older temporary file belongs to a process that died.
_DEAD_AFTER_S = 86_400.0


class StageCache:
    """Results of stages, by a key that covers everything they depend on.

    Attributes:
        hits: look-ups that found something.
        misses: look-ups that found nothing usable.
        corrupt: files that were there and could not be trusted.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when something is put into it."""
        self._folder = folder
        self._swept: set[Path] = set()
        self.hits = self.misses = self.corrupt = 0

    def get(self, stage: str, key: str) -> bytes | None:
        """Return what was put under a key, or None."""
        path, address = self._locate(stage, key)
        try:
            data = path.read_bytes()
        except OSError:
            self.misses += 1
            return None
        payload = _unpack(data, address)
        if payload is None:
            self.corrupt += 1
            self.misses += 1
            return None
        self.hits += 1
        return bytes(payload)

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Keep a result; whatever lies in its place is replaced."""
        path, address = self._locate(stage, key)
        _prepare(path.parent, self._swept)
        write_bytes_atomic(path, _pack(data, address), durable=False)

    def _locate(self, stage: str, key: str) -> tuple[Path, bytes]:
        if not _STAGE.match(stage):
            msg = f"{stage!r} is no stage of a cache: lower-case letters, digits, '-' and '_'"
            raise StoreError(msg)
        address = hashlib.sha256(f"{stage}\0{key}".encode()).digest()
        return self._folder / stage / address.hex(), address


class VectorCache:
    """Vectors of one encoder, by the text that they stand for.

    Each `put_many` makes one segment, a file named by its content, so several
    processes may write at once and the order of writes leaves no trace.
    Should two segments differ on a text, the bytes that sort first count.

    Attributes:
        corrupt: segments that were there and could not be trusted.
    """

    def __init__(self, folder: Path, encoder_key: str, dim: int) -> None:
        """Use the part of a cache that belongs to one encoder.

        Args:
            folder: of the cache; made when something is put into it.
            encoder_key: everything that shapes a vector: model, version, number type.
            dim: length of a vector.
        """
        self._address = hashlib.sha256(f"{encoder_key}\0{dim}".encode()).digest()
        self._folder = folder / "vectors" / self._address.hex()[:32]
        self._dim = dim
        self.corrupt = 0
        self._seen: set[str] = set()
        self._bad: list[Path] = []
        self._segments: list[NDArray[np.float16]] = []
        self._starts = [0]  # rows are numbered through all segments
        self._rows: dict[bytes, int] = {}
        self._swept: set[Path] = set()

    def __len__(self) -> int:
        self._load_new()
        return len(self._rows)

    def get_many(self, texts: Sequence[str]) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        """Look up vectors.

        Args:
            texts: any number, repeats allowed.

        Returns:
            float16, shape (len(texts), dim), the caller's own; and a mask of
            the rows that were found. The other rows are zero.
        """
        self._load_new()
        keys = map(_text_key, texts)
        rows = np.fromiter((self._rows.get(key, -1) for key in keys), np.int64, len(texts))
        vectors = np.zeros((len(texts), self._dim), dtype=np.float16)
        for segment, start in zip(self._segments, self._starts, strict=False):
            here = np.flatnonzero((rows >= start) & (rows < start + len(segment)))
            if len(here):
                vectors[here] = segment[rows[here] - start]
        return vectors, rows >= 0

    def put_many(self, texts: Sequence[str], vectors: NDArray[np.floating]) -> None:
        """Keep vectors; texts that the cache has already are passed over.

        Args:
            texts: any number.
            vectors: shape (len(texts), dim); rounded to float16.

        Raises:
            StoreError: the shape is another, or a value is not finite.
        """
        with np.errstate(over="ignore"):  # what is too big becomes an infinity: see below
            rounded = np.asarray(vectors).astype("<f2")
        if rounded.shape != (len(texts), self._dim):
            msg = f"vectors of shape {rounded.shape}, expected {(len(texts), self._dim)}"
            raise StoreError(msg)
        if not np.isfinite(rounded).all():
            raise StoreError("a vector holds an infinity or no number, as float16")
        self._load_new()
        new: dict[bytes, int] = {}
        for row, text in enumerate(texts):
            key = _text_key(text)
            if key not in self._rows:
                new.setdefault(key, row)
        if new:
            keys = sorted(new)
            self._write(keys, rounded[[new[key] for key in keys]])

    def _write(self, keys: list[bytes], vectors: NDArray[np.float16]) -> None:
        _prepare(self._folder, self._swept)
        while self._bad:  # their content is being written again
            with suppress(OSError):
                self._bad.pop().unlink()
        payload = b"".join(keys) + vectors.tobytes()
        name = hashlib.sha256(payload).hexdigest()[:32] + ".seg"
        path = self._folder / name
        write_bytes_atomic(path, _pack(payload, self._address), durable=False)
        self._seen.add(name)
        self._add(keys, vectors)

    def _load_new(self) -> None:
        try:
            found = sorted(path.name for path in self._folder.iterdir())
        except OSError:
            return
        for name in found:
            if name not in self._seen and _SEGMENT.match(name):
                self._seen.add(name)
                self._load(self._folder / name)

    def _load(self, path: Path) -> None:
        try:
            payload = _unpack(path.read_bytes(), self._address)
        except OSError:
            payload = None
        width = _KEY_BYTES + 2 * self._dim
        if payload is None or len(payload) % width:
            self._bad.append(path)
            self.corrupt += 1
            return
        count = len(payload) // width
        split = count * _KEY_BYTES
        head = bytes(payload[:split])
        keys = [head[at : at + _KEY_BYTES] for at in range(0, split, _KEY_BYTES)]
        vectors = np.frombuffer(payload, dtype="<f2", offset=split).reshape(count, self._dim)
        self._add(keys, vectors)

    def _add(self, keys: list[bytes], vectors: NDArray[np.float16]) -> None:
        start = self._starts[-1]
        self._segments.append(vectors)
        self._starts.append(start + len(keys))
        fresh = dict(zip(keys, range(start, start + len(keys)), strict=True))
        for key in self._rows.keys() & fresh.keys():
            if self._bytes_of(self._rows[key]) <= self._bytes_of(fresh[key]):
                del fresh[key]
        self._rows.update(fresh)

    def _bytes_of(self, row: int) -> bytes:
        number = bisect_right(self._starts, row) - 1
        return bytes(self._segments[number][row - self._starts[number]])


def _text_key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]


def _prepare(folder: Path, swept: set[Path]) -> None:
    if folder not in swept:
        make_folder(folder)
        sweep_temps(folder, older_than_s=_DEAD_AFTER_S)
        swept.add(folder)


def _pack(payload: bytes, address: bytes) -> bytes:
    return _MAGIC + _checksum(payload, address) + payload


def _unpack(data: bytes, address: bytes) -> memoryview | None:
    """Return the payload of a file, None where it is cut short, changed or another's."""
    payload = memoryview(data)[_HEADER_BYTES:]
    if data[:_HEADER_BYTES] != _MAGIC + _checksum(payload, address):
        return None
    return payload


def _checksum(payload: bytes | memoryview, address: bytes) -> bytes:
    digest = hashlib.blake2b(address, digest_size=_DIGEST_BYTES)
    digest.update(payload)
    return digest.digest()
