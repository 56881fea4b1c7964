"""Which embedder a database's vectors are of: the one in force, and the one that a re-embedding is bringing.

A database's first embedder is number 0, named in its `meta`; its rows hold the bare vector. From the first
re-embedding on, one record says who is in force, so that a switch is one commit and every process hears of it, and a
row's blob is a run of entries: u32 number of the embedder, u32 size, the packed vector (little endian; size 0 where
that embedder knows nothing of the text). A blob exactly as long as a bare vector is one: an entry that would come out
so long gets a zero byte behind it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from struct import Struct
from typing import Any

from pramana.errors import CorruptError, EmbedderMismatchError
from pramana.ports import Embedder, Row, StoreState
from pramana.records import canonical

__all__ = ["EMBEDDERS", "Embedders", "Named", "Slot"]

EMBEDDERS = ("bank", "embedders")
"""Kind and id of the record."""
HEAD = Struct("<II")
SCALE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Named:
    """An embedder, and which one of its database it is: numbers are never used again."""

    number: int
    id: str
    dim: int

    def names(self, embedder: Embedder) -> bool:
        """Is it this one?"""
        return (self.id, self.dim) == (embedder.id, embedder.dim)

    def check(self, embedder: Embedder) -> None:
        """Raise EmbedderMismatchError unless `embedder` is this one, with which the database was written."""
        if not self.names(embedder):
            raise self._mismatch(
                embedder,
                f"this database was written with the embedder {self.id!r} ({self.dim} floats), not "
                f"{embedder.id!r} ({embedder.dim}): open it with that one, or open it with reembed=True to have all "
                "memories embedded by this one",
            )

    def superseding(self, embedder: Embedder) -> EmbedderMismatchError:
        """What a bank says that uses `embedder`, when another process has put this one in force."""
        return self._mismatch(
            embedder,
            f"another process has had this database embedded by {self.id!r} ({self.dim} floats); close this memory "
            "and open it with that embedder",
        )

    def _mismatch(self, given: Embedder, said: str) -> EmbedderMismatchError:
        return EmbedderMismatchError(
            said, stored_id=self.id, stored_dim=self.dim, given_id=given.id, given_dim=given.dim
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the vectors of one embedder are in the blobs of a database."""

    number: int
    bare_size: int

    def vector(self, blob: bytes | None) -> bytes | None:
        """The packed vector, None where there is none or the embedder knows nothing of the text."""
        return self.entries(blob).get(self.number) or None

    def blob(self, packed: bytes | None) -> bytes | None:
        """What a row keeps that has this vector alone."""
        return None if packed is None else self.joined({self.number: packed})

    def entries(self, blob: bytes | None) -> dict[int, bytes]:
        """The packed vectors by embedder.

        Raises:
            CorruptError: these are not the bytes that `joined` makes.
        """
        if blob is None:
            return {}
        if len(blob) == self.bare_size:
            return {0: blob}
        found, at = {}, 0
        while len(blob) - at >= HEAD.size:
            number, size = HEAD.unpack_from(blob, at)
            at += HEAD.size
            found[number] = blob[at : at + size]
            at += size
        if len(blob) - at not in (0, 1):
            raise CorruptError("a record's vectors are cut short")
        return found

    def joined(self, entries: Mapping[int, bytes]) -> bytes:
        """The inverse of `entries`."""
        if entries.keys() == {0} and len(entries[0]) == self.bare_size:
            return entries[0]
        blob = b"".join(HEAD.pack(number, len(packed)) + packed for number, packed in sorted(entries.items()))
        return blob + b"\0" if len(blob) == self.bare_size else blob


@dataclass(frozen=True, slots=True)
class Embedders:
    """Who is in force in a database, and who is coming."""

    bare_dim: int
    """Of embedder 0."""
    in_force: Named
    coming: Named | None = None
    last: int = 0
    """The greatest number that was given: a row may hold vectors of one that came to nothing."""

    @classmethod
    def of_state(cls, state: StoreState) -> Embedders | None:
        """The first embedder of a database; None in a new one."""
        id, dim = state.meta.get("embedder"), state.meta.get("embedder_dim")
        return None if id is None or dim is None else cls(dim, Named(0, id, dim))

    @classmethod
    def of_body(cls, body: bytes) -> Embedders:
        """What `row` wrote."""
        record: dict[str, Any] = json.loads(body)
        coming = record["coming"]
        in_force = Named(**record["in_force"])
        return cls(record["bare_dim"], in_force, coming and Named(**coming), record["last"])

    def row(self, hlc: str) -> Row:
        """The record as of a commit at `hlc`."""
        kind, id = EMBEDDERS
        return Row(kind, id, canonical({"id": id, **asdict(self)}), None, updated=hlc)

    def slot(self, named: Named) -> Slot:
        """Where its vectors are."""
        return Slot(named.number, self.bare_dim + SCALE_BYTES)

    def bringing(self, embedder: Embedder) -> Embedders:
        """The same with this one coming; what was done of an unfinished re-embedding to it counts."""
        if self.coming is not None and self.coming.names(embedder):
            return self
        number = self.last + 1
        return replace(self, coming=Named(number, embedder.id, embedder.dim), last=number)

    def staying(self) -> Embedders:
        """Nobody is coming any more."""
        return replace(self, coming=None)

    def switched(self) -> Embedders:
        """The one that is coming is in force."""
        if self.coming is None:
            raise ValueError("nothing is coming")
        return replace(self, in_force=self.coming, coming=None)
