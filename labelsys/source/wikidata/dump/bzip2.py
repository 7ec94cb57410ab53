"""Blocks of a bzip2 file: found by their marks, and unpacked one by one.

A bzip2 file is a row of blocks of at most 900 kB that know nothing of one
another. They begin anywhere, in the middle of a byte too, with a mark of 48
bits. So they can be unpacked by several processes, and reading can start at
any of them. A block is moved to where a byte begins and gets the head and foot
of a file of its own, with the checksum that stands in it: Python's own `bz2`
then unpacks and checks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class _Readable(Protocol):
        def read(self, size: int, /) -> bytes: ...


__all__ = ["MAGIC", "BlockError", "PackedBlock", "iter_blocks"]

MAGIC: Final = b"BZh"

_BLOCK: Final = 0x314159265359
_FOOT: Final = 0x177245385090
_MARK_BITS: Final = 48
_CRC_BITS: Final = 32
# After mark and checksum: a bit that is always 0 today, and a number below 900,000 in 24 bits.
_MOST_ORIGIN: Final = 900_000
_READ: Final = 4 << 20
# No block is longer: 900 kB that don't compress, with their tables.
_LONGEST: Final = 2 << 20


class BlockError(Exception):
    """The data are no bzip2 file, damaged, or cut off; the message says which."""


class PackedBlock(NamedTuple):
    """One block.

    Attributes:
        bit: where it begins in the file.
        data: a bzip2 file that holds it alone.
    """

    bit: int
    data: bytes


def iter_blocks(file: _Readable, bit: int = 0) -> Iterator[PackedBlock]:
    """Find blocks.

    Args:
        file: at its beginning, or where *bit* lies.
        bit: where a block begins, as an earlier pass told; 0 for the beginning.

    Yields:
        The blocks, in order.

    Raises:
        BlockError: something else than blocks is in the file, or its end is missing.
    """
    base = bit // 8 * 8  # bit of the file that `data` begins with
    data = file.read(_READ)
    if not bit and not (data.startswith(MAGIC) and data[3:4] in b"123456789"):
        msg = "no bzip2 data"
        raise BlockError(msg)
    at: int | None = None if bit == 0 else bit
    ended = False
    while True:
        more = file.read(_READ)
        # The last mark is looked at when all of what follows it is there.
        for mark in _marks(data, final=not more):
            start = mark.bit + base
            if at is not None and start <= at:
                continue
            if at is not None:
                yield PackedBlock(at, _alone(data, at - base, start - base))
            at, ended = (start, False) if mark.is_block else (None, True)
        if not more:
            break
        keep = (at - base) // 8 if at is not None else max(0, len(data) - 16)
        if len(data) - keep > _LONGEST:
            msg = f"no block ends within {_LONGEST:,} bytes"
            raise BlockError(msg)
        data, base = data[keep:] + more, base + 8 * keep
    if at is not None or not ended:
        msg = "cut off"
        raise BlockError(msg)


class _Mark(NamedTuple):
    bit: int
    is_block: bool


def _marks(data: bytes, *, final: bool) -> list[_Mark]:
    """Return marks of blocks and of ends, in order; but for the last bytes, which may be half."""
    last = 8 * len(data) - (_MARK_BITS + _CRC_BITS if final else 128)
    found: list[_Mark] = []
    for value, is_block in ((_BLOCK, True), (_FOOT, False)):
        for shift in range(8):
            # Five bytes of the six lie whole in bytes of the file, whatever the shift.
            inner = (value >> shift) & ((1 << 40) - 1)
            for at in _find_all(data, inner.to_bytes(5, "big")):
                bit = 8 * (at - 1) + shift
                if 0 <= bit <= last and _bits(data, bit, _MARK_BITS) == value:
                    found.append(_Mark(bit, is_block))
    return sorted(mark for mark in found if not mark.is_block or _is_likely(data, mark.bit))


def _find_all(data: bytes, needle: bytes) -> Iterator[int]:
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def _is_likely(data: bytes, bit: int) -> bool:
    """Return whether what follows a block's mark can be: chance makes marks, too."""
    head = _bits(data, bit + _MARK_BITS + _CRC_BITS, 25)
    return head < _MOST_ORIGIN


def _bits(data: bytes, bit: int, count: int) -> int:
    first, last = bit // 8, (bit + count + 7) // 8
    value = int.from_bytes(data[first:last], "big")
    return value >> (8 * last - bit - count) & ((1 << count) - 1)


def _alone(data: bytes, start: int, stop: int) -> bytes:
    """Return bits of a block as a file of its own."""
    count = stop - start
    crc = _bits(data, start + _MARK_BITS, _CRC_BITS)
    value = (_bits(data, start, count) << _MARK_BITS | _FOOT) << _CRC_BITS | crc
    count += _MARK_BITS + _CRC_BITS
    pad = -count % 8
    return MAGIC + b"9" + (value << pad).to_bytes((count + pad) // 8, "big")
