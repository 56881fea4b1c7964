"""The hash chain of commits: sealing an entry, checking a run of them, and their JSON form. No I/O.

Rules of the chain:
- `seq` counts from 1 without gaps; `prev` is the hash of the entry before, 64 zeros for the first.
- `hash` is `body_hash` (SHAKE-256, 256 bits) of the canonical JSON of all other fields.
- An entry names bodies by their hash, so deleting a body (a purge) leaves the chain valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pramana.errors import CorruptError
from pramana.ports import Entry, Op, StoreState, Transaction
from pramana.records import body_hash, canonical

__all__ = [
    "GENESIS",
    "advance",
    "bodies_with_kind",
    "entry_from_dict",
    "entry_to_dict",
    "ops_from_json",
    "ops_to_json",
    "seal",
    "touched_at",
    "verify",
]

GENESIS = "0" * 64
"""`prev` of the first entry, and the head's hash of an empty journal."""

_OP_FIELDS = ("kind", "id", "op", "body_hash")
_TEXT_FIELDS = ("prev", "device", "hlc", "request_id", "hash")
_INT_FIELDS = ("seq", "device_seq", "epoch")


def seal(state: StoreState, ops: Iterable[Op], *, hlc: str, request_id: str = "") -> Entry:
    """The entry that follows `state`'s head.

    Raises:
        ValueError: a text holds a lone surrogate, which has no bytes to hash.
    """
    entry = Entry(
        seq=state.head_seq + 1,
        prev=state.head_hash,
        device=state.device,
        device_seq=state.device_seq + 1,
        hlc=hlc,
        epoch=state.epoch,
        request_id=request_id,
        ops=tuple(ops),
        hash="",
    )
    return replace(entry, hash=_hash(entry))


def advance(state: StoreState, entries: Sequence[Entry]) -> StoreState:
    """The state after `entries`, which follow `state`'s head, were committed."""
    if not entries:
        return state
    last = entries[-1]
    own = [entry.device_seq for entry in entries if entry.device == state.device]
    return replace(
        state,
        head_seq=last.seq,
        head_hash=last.hash,
        device_seq=own[-1] if own else state.device_seq,
    )


def verify(
    entries: Iterable[Entry],
    prev_hash: str = GENESIS,
    prev_seq: int = 0,
    *,
    head: StoreState | None = None,
) -> None:
    """Check that `entries` follow `prev_seq` and each other without a gap or a change.

    Args:
        entries: a run of the journal, in order.
        prev_hash: hash of the entry before the run.
        prev_seq: its seq.
        head: where the run must end, so that missing last entries are noticed too.

    Raises:
        CorruptError: `details["seq"]` is the first entry that is missing, out of place or changed.
    """
    for entry in entries:
        expected = prev_seq + 1
        if entry.seq != expected:
            raise CorruptError(f"journal entry {expected} is missing: found {entry.seq} there", seq=expected)
        if entry.prev != prev_hash:
            raise CorruptError(f"journal entry {expected} does not follow the one before it", seq=expected)
        if entry.hash != _hash(entry):
            raise CorruptError(f"journal entry {expected} was changed: its hash does not match", seq=expected)
        prev_hash, prev_seq = entry.hash, entry.seq
    if head is not None and (head.head_seq, head.head_hash) != (prev_seq, prev_hash):
        missing = min(head.head_seq, prev_seq + 1)
        raise CorruptError(
            f"the journal ends at entry {prev_seq} and its head is entry {head.head_seq} with another hash"
            if head.head_seq == prev_seq
            else f"the journal ends at entry {prev_seq}, its head is entry {head.head_seq}",
            seq=missing,
        )


def touched_at(transaction: Transaction) -> dict[tuple[str, str], int]:
    """For each (kind, id) in the transaction's entries, the seq of the last entry that touches it."""
    return {(op.kind, op.id): entry.seq for entry in transaction.entries for op in entry.ops}


def bodies_with_kind(transaction: Transaction) -> list[tuple[str, str, str, bytes]]:
    """The transaction's bodies as (kind, id, body_hash, bytes); the kind is that of the op that wrote it."""
    kinds = {op.body_hash: op.kind for entry in transaction.entries for op in entry.ops}
    return [(kinds[digest], id, digest, body) for digest, (id, body) in transaction.bodies.items()]


def entry_to_dict(entry: Entry) -> dict[str, Any]:
    """The entry as JSON values."""
    return {**_hashed(entry), "hash": entry.hash}


def entry_from_dict(record: Mapping[str, Any]) -> Entry:
    """The inverse of `entry_to_dict`.

    Raises:
        CorruptError: a field is missing or of another type.
    """
    try:
        ops = tuple(Op(*(op[name] for name in _OP_FIELDS)) for op in record["ops"])
        entry = Entry(ops=ops, **{name: record[name] for name in (*_INT_FIELDS, *_TEXT_FIELDS)})
    except (KeyError, TypeError, IndexError) as error:
        raise CorruptError(f"a journal entry cannot be read: {error!r}", seq=record.get("seq")) from error
    typed = all(type(getattr(entry, name)) is int for name in _INT_FIELDS) and all(
        isinstance(text, str) for text in (*(getattr(entry, name) for name in _TEXT_FIELDS), *_texts(ops))
    )
    if not typed:
        raise CorruptError("a journal entry holds a value of the wrong type", seq=record.get("seq"))
    return entry


def ops_to_json(ops: Iterable[Op]) -> bytes:
    """The ops as compact canonical JSON, `[[kind, id, op, body_hash], …]`: how a store keeps them."""
    return canonical([(op.kind, op.id, op.op, op.body_hash) for op in ops])


def ops_from_json(text: bytes | str, seq: int) -> tuple[Op, ...]:
    """The inverse of `ops_to_json`.

    Raises:
        CorruptError: it is not such JSON; `details["seq"]` is the entry's.
    """
    try:
        lines: Any = json.loads(text)
        ops = tuple(Op(kind, id, op, digest) for kind, id, op, digest in lines)
    except (ValueError, TypeError) as error:
        raise CorruptError(f"journal entry {seq} cannot be read: {error}", seq=seq) from error
    lists = isinstance(lines, list) and all(isinstance(line, list) for line in lines)
    if not lists or not all(isinstance(value, str) for value in _texts(ops)):
        raise CorruptError(f"journal entry {seq} holds a value of the wrong type", seq=seq)
    return ops


def _texts(ops: Iterable[Op]) -> Iterable[Any]:
    for op in ops:
        yield from (op.kind, op.id, op.op)
        if op.body_hash is not None:
            yield op.body_hash


def _hashed(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "prev": entry.prev,
        "device": entry.device,
        "device_seq": entry.device_seq,
        "hlc": entry.hlc,
        "epoch": entry.epoch,
        "request_id": entry.request_id,
        "ops": [{"kind": op.kind, "id": op.id, "op": op.op, "body_hash": op.body_hash} for op in entry.ops],
    }


def _hash(entry: Entry) -> str:
    return body_hash(canonical(_hashed(entry)))
