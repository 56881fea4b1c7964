"""The sealed envelope of saved indexes: 4 bytes of magic, u32 version, the content, u64 XXH64 of all before it.

XXH64 is Yann Collet's (the xxHash specification); the kernels write the same bytes.
"""

from __future__ import annotations

from struct import iter_unpack, pack, unpack_from
from typing import NoReturn

from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import SEGMENT_VERSION, STATUS

__all__ = ["seal", "unseal", "xxh64"]

_MASK = (1 << 64) - 1
_P1 = 0x9E3779B185EBCA87
_P2 = 0xC2B2AE3D27D4EB4F
_P3 = 0x165667B19E3779F9
_P4 = 0x85EBCA77C2B2AE63
_P5 = 0x27D4EB2F165667C5
_HEADER_BYTES = 8
_CHECKSUM_BYTES = 8


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & _MASK


def _round(lane: int, word: int) -> int:
    return _rotate((lane + word * _P2) & _MASK, 31) * _P1 & _MASK


def xxh64(data: Buffer, seed: int = 0) -> int:
    """Return the XXH64 of `data`."""
    view = memoryview(data).cast("B")
    stripes = len(view) // 32 * 32
    if stripes:
        a, b, c, d = (seed + _P1 + _P2) & _MASK, (seed + _P2) & _MASK, seed, (seed - _P1) & _MASK
        for one, two, three, four in iter_unpack("<4Q", view[:stripes]):
            a, b, c, d = _round(a, one), _round(b, two), _round(c, three), _round(d, four)
        value = (_rotate(a, 1) + _rotate(b, 7) + _rotate(c, 12) + _rotate(d, 18)) & _MASK
        for lane in (a, b, c, d):
            value = ((value ^ _round(0, lane)) * _P1 + _P4) & _MASK
    else:
        value = (seed + _P5) & _MASK
    value = (value + len(view)) & _MASK
    at = stripes
    while at + 8 <= len(view):
        value = (_rotate(value ^ _round(0, unpack_from("<Q", view, at)[0]), 27) * _P1 + _P4) & _MASK
        at += 8
    if at + 4 <= len(view):
        value = (_rotate(value ^ unpack_from("<I", view, at)[0] * _P1 & _MASK, 23) * _P2 + _P3) & _MASK
        at += 4
    for byte in view[at:]:
        value = _rotate(value ^ byte * _P5 & _MASK, 11) * _P1 & _MASK
    value = (value ^ value >> 33) * _P2 & _MASK
    value = (value ^ value >> 29) * _P3 & _MASK
    return value ^ value >> 32


def seal(magic: bytes, content: bytes) -> bytes:
    """Return `content` in its envelope."""
    sealed = magic + pack("<I", SEGMENT_VERSION) + content
    return sealed + pack("<Q", xxh64(sealed))


def unseal(magic: bytes, data: Buffer, *, kernel: str, call: str) -> memoryview:
    """Return the content of an envelope.

    Raises:
        CorruptError: another magic or version, or a wrong checksum; `kernel` and `call` are put into its details.
    """

    def fail(status: str) -> NoReturn:
        raise_status(kernel, call, STATUS[status])

    view = memoryview(data).cast("B")
    if len(view) < _HEADER_BYTES + _CHECKSUM_BYTES or view[:4] != magic:
        fail("bad_format")
    if unpack_from("<I", view, 4)[0] != SEGMENT_VERSION:
        fail("bad_format")
    if xxh64(view[:-_CHECKSUM_BYTES]) != unpack_from("<Q", view, len(view) - _CHECKSUM_BYTES)[0]:
        fail("bad_checksum")
    return view[_HEADER_BYTES:-_CHECKSUM_BYTES]
