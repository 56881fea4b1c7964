"""A database to its resident part, and back to a snapshot. Vectors are read, never embedded again.

The newest snapshot whose pieces verify and which lies on the journal's chain is loaded, and what was
committed since is applied to it; without one the records are scanned. Snapshots are only a cache: one that
does not fit is not an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pramana.bank.embedders import EMBEDDERS, Embedders, Named, Slot
from pramana.bank.packing import pack, unpack
from pramana.bank.resident import IndexKernels, Resident
from pramana.bank.rows import KINDS
from pramana.errors import CorruptError, InputError, KernelError
from pramana.pace import Pace
from pramana.ports import Embedder, RecordStore, Snapshot, StoreState
from pramana.store import segments

__all__ = ["Opened", "claim", "fold", "load", "scan"]

Loaded = Callable[[int], None]
"""Called with the number of patterns loaded so far."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was loaded, the state it stands for, and where it came from."""

    resident: Resident
    state: StoreState
    source: str
    """"snapshot", or "records" and why."""


async def claim(store: RecordStore, state: StoreState, embedder: Embedder, *, read_only: bool) -> Embedders:
    """Read who is in force; record `embedder` in a database without one."""
    (row,) = await store.read(EMBEDDERS[0], [EMBEDDERS[1]])
    if row is not None and row.body is not None:
        return Embedders.of_body(row.body)
    known = Embedders.of_state(state)
    if known is not None:
        return known
    if not read_only:
        await store.set_meta({"embedder": embedder.id, "embedder_dim": embedder.dim})
    return Embedders(embedder.dim, Named(0, embedder.id, embedder.dim))


async def load(
    store: RecordStore,
    kernels: IndexKernels,
    embedders: Embedders,
    *,
    read_only: bool = False,
    on_loaded: Loaded | None = None,
) -> Opened:
    """Bring the resident part of `store` up to its newest state, with the vectors of the embedder in force."""
    in_force = embedders.in_force
    recipe, slot = Resident.recipe(in_force.id, in_force.dim), embedders.slot(in_force)
    resident, seq, source = None, 0, "records"
    found = await segments.load(store)
    if found is not None:
        snapshot, parts = found
        try:
            resident = await _from_parts(kernels, parts, recipe, slot)
        except (CorruptError, KernelError, InputError, KeyError) as error:
            source = f"records (the snapshot could not be used: {error})"
        if resident is not None:
            seq, source = snapshot.seq, "snapshot"
            if on_loaded is not None:
                on_loaded(len(resident.columns))
    if resident is None:
        resident = Resident.empty(kernels, in_force.dim, slot)
        try:
            seq = (await store.state()).head_seq
            await scan(store, resident, on_loaded)
        except BaseException:
            resident.close()
            raise
    try:
        changes = await store.changes_since(seq)
        resident.take(changes.rows)
        await resident.settle()
        if source == "snapshot" and resident.purges and not read_only:
            # Folded while another process purged: a segment must not keep the traces.
            await store.drop_snapshots()
    except BaseException:
        resident.close()
        raise
    resident.loaded(
        behind=resident.changes if source == "snapshot" and not resident.purges else len(resident.columns)
    )
    return Opened(resident, changes.state, source)


async def fold(store: RecordStore, resident: Resident, state: StoreState, embedder: Embedder) -> Snapshot:
    """Write the resident part, settled and as of `state`, as a snapshot."""
    encode = pack(resident.columns, Resident.recipe(embedder.id, embedder.dim))
    parts = {"vectors": resident.vectors.save(), "postings": resident.postings.save()}
    parts["graph"], linked = resident.graph.save(), resident.graph.unsaved
    # The copies above are of one moment; nothing was awaited between them.
    written = await segments.write(store, state.head_seq, state.head_hash, {"columns": encode(), **parts})
    resident.graph.unsaved -= linked
    return written


async def _from_parts(
    kernels: IndexKernels, parts: dict[str, bytes], recipe: dict[str, object], slot: Slot
) -> Resident:
    pace = Pace()
    columns = await unpack(parts["columns"], recipe, pace)
    if columns is None:
        raise CorruptError("it was built for another embedder or with other weights")
    await pace()
    vectors = kernels.load_vector_index(parts["vectors"])
    try:
        await pace()
        postings = kernels.load_bm25(parts["postings"])
    except BaseException:
        vectors.close()
        raise
    resident = Resident(columns, vectors, postings, slot)
    if (
        vectors.dim != recipe["dim"]
        or len(vectors) != len(columns) - len(columns.without_vector)
        or len(postings) != len(columns)
    ):
        resident.close()
        raise CorruptError("its parts do not belong together")
    resident.graph.load(parts.get("graph", b""))
    return resident


async def scan(store: RecordStore, resident: Resident, on_loaded: Loaded | None = None) -> None:
    """Have `resident`, which is empty, take all records."""
    resident.columns.defer_order()
    for kind in KINDS:
        async for rows in store.scan(kind):
            resident.take(rows)
            await resident.settle()
            if on_loaded is not None:
                on_loaded(len(resident.columns))
