"""The dense u32 numbers by which kernels know records, and sets of them that become allow-bitmaps.

A bit `o` of a bitmap is byte `o >> 3`, bit `o & 7`; bits past the end are 0.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

__all__ = ["SPARSE", "OrdinalSet", "Ordinals", "members_of", "to_bitmap"]

SPARSE = 256
"""Up to this many members a set is a list: thousands of rare tags must not cost a bitmap each."""


class Ordinals:
    """Gives out the smallest numbers it can, and reuses those given back."""

    def __init__(self, capacity: int = 0, free: Iterable[int] = ()) -> None:
        self.capacity = capacity
        self._free = sorted(free, reverse=True)

    def take(self) -> int:
        """Return a number nobody holds."""
        if self._free:
            return self._free.pop()
        self.capacity += 1
        return self.capacity - 1

    def give_back(self, ordinal: int) -> None:
        """Allow `ordinal` to be taken again."""
        self._free.append(ordinal)


class OrdinalSet:
    """A set of ordinals: a list while it is small, a bitmap once it is not (and then for good)."""

    __slots__ = ("_bits", "_few", "_size")

    def __init__(self) -> None:
        self._few: array[int] | None = array("I")
        self._bits = bytearray()
        self._size = 0

    @classmethod
    def of(cls, members: Iterable[int]) -> OrdinalSet:
        """The set of `members`, which must be distinct; quicker than adding many one by one."""
        distinct = list(members)
        made = cls()
        if len(distinct) <= SPARSE:
            made._few = array("I", distinct)
        else:
            made._few, made._bits = None, to_bitmap(distinct)
        made._size = len(distinct)
        return made

    def __len__(self) -> int:
        return self._size

    def __contains__(self, ordinal: int) -> bool:
        if self._few is not None:
            return ordinal in self._few
        at = ordinal >> 3
        return at < len(self._bits) and bool(self._bits[at] >> (ordinal & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._few)) if self._few is not None else members_of(self._bits)

    def add(self, ordinal: int) -> None:
        """Add `ordinal`, if it is not there."""
        if ordinal in self:
            return
        self._size += 1
        if self._few is not None:
            if self._size <= SPARSE:
                self._few.append(ordinal)
                return
            self._bits = to_bitmap(self._few)
            self._few = None
        at = ordinal >> 3
        if at >= len(self._bits):
            # Half as much again, so that a set filled in ascending order is not copied for every eighth member.
            self._bits.extend(bytes(at + 1 + (at >> 1) - len(self._bits)))
        self._bits[at] |= 1 << (ordinal & 7)

    def discard(self, ordinal: int) -> None:
        """Remove `ordinal`, if it is there."""
        if ordinal not in self:
            return
        self._size -= 1
        if self._few is not None:
            self._few.remove(ordinal)
        else:
            self._bits[ordinal >> 3] &= ~(1 << (ordinal & 7)) & 0xFF

    def bitmap(self) -> bytearray:
        """The members as a bitmap; the caller must not change it."""
        return self._bits if self._few is None else to_bitmap(self._few)

    def bits(self) -> int:
        """The members as an int, to combine sets with `&` and `|`."""
        return int.from_bytes(self.bitmap(), "little")


def to_bitmap(ordinals: Iterable[int]) -> bytearray:
    """Return the bitmap of some ordinals."""
    members = list(ordinals)
    bits = bytearray((max(members, default=-1) + 8) >> 3)
    for ordinal in members:
        bits[ordinal >> 3] |= 1 << (ordinal & 7)
    return bits


def members_of(bitmap: bytes | bytearray) -> Iterator[int]:
    """Yield the ordinals of a bitmap, ascending."""
    for at, byte in enumerate(bitmap):
        while byte:
            lowest = byte & -byte
            yield (at << 3) + lowest.bit_length() - 1
            byte ^= lowest
