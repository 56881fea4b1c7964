"""The ReasoningBank (Ouyang et al., 2025): what an agent did and how it went, stored and found again by meaning.

Rules of the file: a write commits first, then changes memory, then is acknowledged; a read catches up with other
processes first, is answered from memory but for the bodies of what it returns, and writes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, TypeAlias

from pramana.bank import intents, opening
from pramana.bank.bodies import Bodies
from pramana.bank.candidates import Question
from pramana.bank.embedders import EMBEDDERS, Embedders
from pramana.bank.encode import Encoder, Progress
from pramana.bank.exporting import lines_of
from pramana.bank.files import Source, import_source, write_lines
from pramana.bank.folding import Folding
from pramana.bank.gate import Gate
from pramana.bank.importing import Importer
from pramana.bank.ranking import Ranking
from pramana.bank.reading import Reader
from pramana.bank.reembedding import Absent, Reembedding
from pramana.bank.resident import IndexKernels
from pramana.bank.retrieve import rank
from pramana.bank.rows import PATTERN, vector_text
from pramana.bank.validate import (
    check_cursor,
    check_id,
    check_ids,
    check_list,
    check_query,
    cursor_at,
    fields_of,
)
from pramana.embed.vectors import check_embedder
from pramana.errors import ClosedError, InUseError
from pramana.pace import Pace
from pramana.ports import Embedder, Row
from pramana.protocol import LIMITS
from pramana.records import Hit, Page, Pattern
from pramana.standing import to_its_end
from pramana.store.database import Database
from pramana.store.writer import Draft, Intent
from pramana.text.checks import refuse

__all__ = ["ReasoningBank"]

Ids: TypeAlias = list[str]
Hits: TypeAlias = list[Hit]
Patterns: TypeAlias = list[Pattern]
Found: TypeAlias = "list[Pattern | None]"
Counts: TypeAlias = dict[str, int]

ATTEMPTS = 3
"""Rankings before hits that another process deletes meanwhile are simply left out."""


class ReasoningBank:
    """Patterns in a store, with their resident part. Made by `ReasoningBank.open`.

    Writes take a `request_id`: a retry under the same one returns the first result and writes nothing.
    """

    def __init__(
        self,
        database: Database,
        kernels: IndexKernels,
        embedder: Embedder,
        embedders: Embedders,
        opened: opening.Opened,
        *,
        ranking: Ranking,
        about: Mapping[str, Any],
    ) -> None:
        self.ranking = ranking
        self.embedder = embedder
        self.database = database
        self._store = database.store
        self._clock = database.clock
        self._resident = opened.resident
        self._opened_from = opened.source
        self._about = about
        self._bodies = Bodies(self._store)
        self._kernels = kernels
        self._embedders = embedders
        self._superseded = False
        self._reembedding: Reembedding | None = None
        self._gate, self._changing = Gate(), asyncio.Lock()
        self._reader = Reader(opened.resident, self._bodies, embedder.id)
        self._encoder = Encoder(embedder, opened.resident.vectors, opened.resident.slot)
        self._folding = Folding(
            self._fold, self._changes, lambda: len(self._resident.columns), self._fold_failed
        )
        self._foldable = not database.read_only and self._store.backend != "memory"
        self._fold_error: str | None = None
        self._closing: asyncio.Task[None] | None = None
        database.attach(self)

    @classmethod
    async def open(
        cls,
        database: Database,
        kernels: IndexKernels,
        embedder: Embedder,
        *,
        ranking: Ranking | None = None,
        on_loaded: Callable[[int], None] | None = None,
        about: Mapping[str, Any] | None = None,
        reembed: bool = False,
        on_embedded: Progress | None = None,
    ) -> ReasoningBank:
        """Check that `database` was written with `embedder`, and load what is resident.

        A re-embedding that was begun towards `embedder` is finished first.

        The database is the bank's own from here on: it is closed with the bank, and when opening fails.

        Args:
            database: where nothing was committed yet since it was opened.
            kernels: makes the indexes.
            embedder: its id and dimension are stored with the database.
            ranking: the weights of `find_similar`.
            on_loaded: told how many patterns are loaded so far.
            about: what `capabilities()` says besides: version, kernels, platform.
            reembed: have all memories embedded by `embedder` first, if they were by another.
            on_embedded: told of that, how many of how many.

        Raises:
            EmbedderMismatchError: the database was written with another embedder.
            EmbedderError: `embedder` failed while it took over; what it did counts next time.
            StoreError: it cannot be read.
        """
        store, read_only = database.store, database.read_only
        try:
            check_embedder(embedder, LIMITS["max_dim"])
            embedders = await opening.claim(store, database.state, embedder, read_only=read_only)
            fits = embedders.in_force.names(embedder)
            begun = embedders.coming is not None and embedders.coming.names(embedder)
            if not fits and (read_only or not (reembed or begun)):
                embedders.in_force.check(embedder)
            opened = await opening.load(store, kernels, embedders, read_only=read_only, on_loaded=on_loaded)
        except BaseException:
            await database.close()
            raise
        database.loaded(opened.state)
        at_hand = embedder if fits else Absent(embedders.in_force)
        bank = cls(
            database, kernels, at_hand, embedders, opened, ranking=ranking or Ranking(), about=about or {}
        )
        if not fits:
            try:
                await bank.reembed(embedder, on_progress=on_embedded)
            except BaseException:
                await bank.close()
                raise
        return bank

    # Writes

    async def store(self, /, *, request_id: str | None = None, **fields: Any) -> str:
        """Store one pattern and return its id."""
        self._check_writable()
        return (await self._store_all([fields_of(fields)], request_id, None))[0]

    async def store_many(
        self,
        patterns: Iterable[Mapping[str, Any]],
        *,
        on_progress: Progress | None = None,
        request_id: str | None = None,
    ) -> Ids:
        """Store patterns in one commit and return their ids, in order; all are checked before any is embedded."""
        self._check_writable()
        if isinstance(patterns, (str, bytes, Mapping)) or not isinstance(patterns, Iterable):
            refuse("patterns", "a list of patterns", patterns)
        cleaned, pace = [], Pace()
        for index, given in enumerate(patterns):
            cleaned.append(fields_of(given, index=index))
            await pace()
        return await self._store_all(cleaned, request_id, on_progress) if cleaned else []

    async def update(self, pid: str, /, *, request_id: str | None = None, **fields: Any) -> None:
        """Change the given fields; the text is embedded again only if title or task change."""
        self._check_writable()
        check_id(pid)
        changes = fields_of(fields, partial=True)
        if await self.database.done(request_id) is not None:
            return
        prepared: dict[str, bytes | None] = {}
        async with self._gate.among():
            if changes.keys() & {"title", "task_description"}:
                # Embedded before the commit, so that a slow embedder does not hold others up; checked again inside.
                (current,) = await self.get_many([pid])
                if current is None:
                    raise intents.not_found([pid])
                prepared = await self._vectors_of(replace(current, **changes))
            self._resident.vectors.reserve(1)
            await self._submit(intents.to_update(pid, changes, prepared, self._vectors_of), request_id)

    async def delete(self, pid: str, *, request_id: str | None = None) -> None:
        """Hide a pattern at once; its text stays on disk until `purge`."""
        self._check_writable()
        await self._submit(intents.to_delete(check_id(pid)), request_id)

    async def purge(self, pid: str, *, request_id: str | None = None) -> None:
        """Remove every version of a pattern's text from disk, also of a deleted one; only the hashes stay."""
        self._check_writable()
        check_id(pid)
        if await self.database.done(request_id) is None:
            (row,) = await self._store.read(PATTERN, [pid])
            if row is None or row.body is None:
                raise intents.not_found([pid])
        # Segments hold names and postings. They go first, so that a crash leaves no trace behind, and once more
        # after the commit, since another process may have folded in between.
        await self._store.drop_snapshots()
        await self._submit(intents.to_purge(pid), request_id)
        # Cancelled here, the purge stands; opening drops what is older than a purge, too.
        await to_its_end(self._store.drop_snapshots())

    async def used(
        self, ids: Iterable[str], *, success: bool | None = None, request_id: str | None = None
    ) -> None:
        """Count that patterns were used, each once, in one commit; and how it went, if that is known."""
        self._check_writable()
        wanted = list(dict.fromkeys(check_ids(ids)))
        if success is not None and not isinstance(success, bool):
            refuse("success", "true, false or nothing", success)
        if wanted:
            device = self.database.state.device
            await self._submit(intents.to_count(wanted, success, self._clock, device), request_id)

    # Reads

    async def find_similar(
        self,
        task: str,
        k: int = 5,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        since_ms: int | None = None,
        min_similarity: float | None = None,
        prefer_category: str | None = None,
    ) -> Hits:
        """Return at most `k` hits with distinct texts: an exact match first, then by marginal relevance."""
        wanted = check_query(task, k, category, namespace, tags, since_ms, min_similarity, prefer_category)
        await self._catch_up()
        encoder, vector, hits = None, None, list[Hit]()
        for _ in range(ATTEMPTS):
            while encoder is not self._encoder:  # which may change while it embeds
                encoder = self._encoder
                vector = await encoder.query(task)
            self._check_open()
            columns = self._resident.columns
            allowed = columns.allowed(
                namespace=namespace, category=category, tags=wanted, since_ms=since_ms, active=True
            )
            ef = self._resident.graph.ef
            question = Question(task, vector, k, allowed, min_similarity, prefer_category, ef)
            vectors, postings = self._resident.vectors, self._resident.postings
            ranked = rank(columns, vectors, postings, self.ranking, question, self._clock.now_ms())
            hits = await self._reader.hits(ranked)
            if len(hits) == len(ranked):
                break
            await self._catch_up()
        return hits

    async def get(self, pid: str) -> Pattern | None:
        """Return a pattern, or None if there is none with this id."""
        return (await self.get_many([check_id(pid)]))[0]

    async def get_many(self, ids: Iterable[str]) -> Found:
        """Return patterns in the order of `ids`, None for those that do not exist."""
        wanted = check_ids(ids)
        await self._catch_up()
        return await self._reader.patterns(wanted)

    async def list(
        self,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Return patterns newest first, superseded ones too."""
        wanted = check_list(category, namespace, tags, limit)
        before = None if cursor is None else check_cursor(cursor)
        await self._catch_up()
        columns = self._resident.columns
        allowed = columns.allowed(namespace=namespace, category=category, tags=wanted)
        ordinals = columns.newest(allowed, before, limit + 1)
        following = cursor_at(*columns.place(ordinals[limit - 1])) if len(ordinals) > limit else None
        patterns = await self._reader.patterns([columns.ids[ordinal] or "" for ordinal in ordinals[:limit]])
        return Page(tuple(pattern for pattern in patterns if pattern is not None), following)

    async def by_category(
        self, category: str, *, namespace: str | None = "default", limit: int = 20
    ) -> Patterns:
        """Return the newest patterns of a category."""
        if category is None:
            refuse("category", "text", category)
        return [*(await self.list(category=category, namespace=namespace, limit=limit)).patterns]

    async def stats(self) -> dict[str, Any]:
        """Counts and sizes, as JSON values."""
        await self._catch_up()
        vectors = self._resident.vectors
        return {
            **self._reader.counts(),
            "head_seq": self.database.state.head_seq,
            "size_bytes": await self._store.size_bytes(),
            "embedder": {"id": self.embedder.id, "dim": self.embedder.dim},
            "index": {
                "vectors": len(vectors),
                "vector_bytes": len(vectors) * (self.embedder.dim + 4),
                "documents": len(self._resident.postings),
                "cached_body_bytes": self._bodies.size_bytes,
                "opened_from": self._opened_from,
                "snapshot_error": self._fold_error,
            },
        }

    def capabilities(self) -> dict[str, Any]:
        """What stores, embeds and computes here, as JSON values."""
        return {
            **self._about,
            "store": {
                "backend": self._store.backend,
                "durability": self._store.durability,
                "read_only": self.database.read_only,
            },
            "embedder": {"id": self.embedder.id, "dim": self.embedder.dim},
            "index": self._resident.graph.capabilities(),
        }

    # Changing the embedder

    async def reembed(self, embedder: Embedder, *, on_progress: Progress | None = None) -> int:
        """Have `embedder` embed all memories, then answer with it; return how many it embedded (see `reembedding`)."""
        self._check_writable()
        check_embedder(embedder, LIMITS["max_dim"])
        if self._changing.locked():
            raise InUseError("the memories are being embedded anew already; wait for that, or cancel it")
        async with self._changing:
            await self._catch_up()
            if self._embedders.in_force.names(embedder):
                await self._submit(self._announcing(Embedders.staying), None)
                return 0
            await self._submit(self._announcing(lambda known: known.bringing(embedder)), None)
            return await self._reembed(embedder, on_progress)

    async def _reembed(self, embedder: Embedder, on_progress: Progress | None) -> int:
        job = Reembedding(self.database, self._kernels, self._embedders, embedder, on_progress)
        before, self._reembedding = self._resident, job
        try:
            await job.run(self._gate)
        finally:
            self._reembedding = None
            job.close()
            if job.switched:
                await to_its_end(before.retire())
        return job.embedded

    def _announcing(self, change: Callable[[Embedders], Embedders]) -> Intent:
        return intents.to_announce(lambda: self._embedders, change)

    def _heed(self, embedders: Embedders) -> None:
        """Go along with what the database says now of its embedders."""
        before, self._embedders, job = self._embedders, embedders, self._reembedding
        if job is not None and job.built and embedders.in_force == job.to:
            job.switched = True
            self.embedder, self._resident, self._encoder = job.embedder, job.resident, job.encoder
            self._reader = Reader(self._resident, self._bodies, self.embedder.id)
        elif embedders.in_force != before.in_force:
            self._superseded = True
        if job is not None and not job.switched and embedders.coming != job.to:
            job.stop(InUseError("another process has begun to change this database's embedder, too"))

    # Export and import

    def export_lines(self) -> AsyncIterator[str]:
        """Yield the bank as JSONL, in strings of whole lines (see `exporting`)."""
        self._check_open()
        return lines_of(self._store, self.embedder, self._resident.slot, self._clock.now_ms())

    async def export_jsonl(self, path: str | PathLike[str]) -> int:
        """Write the bank to a file, which appears when it is complete; return the number of patterns."""
        return await write_lines(path, self.export_lines())

    async def import_lines(
        self,
        lines: str,
        *,
        on_conflict: str = "newer",
        first_line: int = 1,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> Counts:
        """Import a run of whole JSONL lines; all of them are checked before any is written (see `importing`).

        Args:
            lines: the text; its first line is number `first_line` of its file.
            on_conflict: for an id that is here: "newer", "skip", "replace" or "error".
            first_line: for the errors; only line 1 may be a header.
            dry_run: only check.
            request_id: a retry under the same id continues where the first attempt ended.

        An id that is on lines of two runs counts as a conflict in the second. Cancelled after the first commit
        (of 500 patterns), the import goes on to its end.
        """
        async with self._gate.among():
            importer = await self._importer(on_conflict)
            return await importer.run(lines, first_line, None if dry_run else self._submit_import, request_id)

    async def import_jsonl(self, source: Source, *, on_conflict: str = "newer") -> Counts:
        """Import a file (a path, or an open one); it is checked to its end before anything is written."""
        async with self._gate.among():
            return await self._import_source(source, await self._importer(on_conflict))

    async def _import_source(self, source: Source, importer: Importer) -> Counts:
        async def check(first_line: int, lines: str) -> Counts:
            return await importer.run(lines, first_line, None)

        async def write(first_line: int, lines: str) -> Counts:
            return await importer.run(lines, first_line, self._submit_import)

        return await import_source(source, check, write)

    # Closing

    async def checkpoint(self) -> None:
        """Wait for what was submitted, and write a snapshot if it is worth it; the bank stays open."""
        await self.database.drain()
        if self._foldable:
            await self._folding.finish()

    async def close(self, *, fold: bool = True) -> None:
        """Finish what was submitted, write a snapshot if it is worth it, close the database. Twice is allowed.

        Args:
            fold: False where the database is gone already.
        """
        if self._closing is None:
            if self._reembedding is not None:
                self._reembedding.stop(
                    ClosedError("this memory was closed; embedding goes on when asked again")
                )
            self._closing = asyncio.ensure_future(self._close(fold))
        await asyncio.shield(self._closing)

    async def _close(self, fold: bool) -> None:
        try:
            await (self.checkpoint() if fold else self.database.drain())
        finally:
            self._folding.stop()
            self._resident.close()
            self._bodies.clear()
            await self.database.close()

    # What the database asks of its parts

    def take(self, rows: Sequence[Row]) -> None:
        """Take committed rows; see `store.database.Part`."""
        self._bodies.take(rows)
        news = rows if self._reembedding is None else self._reembedding.take(rows)
        self._resident.take(news)
        # A snapshot that lacks what says nothing to its index is behind all the same.
        self._resident.changes += len(rows) - len(news)
        for row in rows:
            if (row.kind, row.id) == EMBEDDERS and row.body is not None:
                self._heed(Embedders.of_body(row.body))
        if self._foldable:
            self._folding.touched()

    async def settle(self) -> None:
        """Apply what was taken."""
        await self._resident.settle()

    # Inside

    async def _store_all(
        self, cleaned: Sequence[dict[str, Any]], request_id: str | None, on_progress: Progress | None
    ) -> Ids:
        texts = [vector_text(fields.get("title", ""), fields["task_description"]) for fields in cleaned]
        async with self._gate.among():
            vectors = await self._encoder.pack(texts, on_progress)
            self._resident.vectors.reserve(len(cleaned))
            intent = intents.to_store(cleaned, vectors, self._clock, self.embedder.id)
            stored: Ids = await self._submit(intent, request_id)
        return stored

    async def _submit(self, intent: Intent, request_id: str | None) -> Any:
        async def checked(draft: Draft) -> Any:
            # Another process may have been first, and have changed the embedder.
            self._check_embedder()
            return await intent(draft)

        self._check_writable()
        return await self.database.submit(checked, request_id=request_id)

    async def _submit_import(self, intent: Intent, rows: int, request_id: str | None) -> Any:
        self._resident.vectors.reserve(rows)
        return await self._submit(intent, request_id)

    async def _importer(self, on_conflict: str) -> Importer:
        self._check_writable()
        await self._catch_up()
        return Importer(
            self._encoder, self.embedder, self._clock, self._bodies, self._store.done, on_conflict
        )

    async def _vectors_of(self, pattern: Pattern) -> dict[str, bytes | None]:
        wanted = vector_text(pattern.title, pattern.task_description)
        return {wanted: (await self._encoder.pack([wanted]))[0]}

    async def _catch_up(self) -> None:
        self._check_open()
        await self.database.catch_up()
        self._check_open()

    def _changes(self) -> int:
        """What a snapshot written now would have that the last one lacks."""
        return self._resident.changes + self._resident.graph.unsaved

    async def _fold(self) -> None:
        resident, embedder = self._resident, self.embedder
        await resident.settle()
        changes, purges = resident.changes, resident.purges
        await opening.fold(self._store, resident, self.database.state, embedder)
        resident.changes -= changes
        await self.database.catch_up()
        if resident.purges != purges:
            # Purged while it was written: no segment may keep a trace of that.
            await self._store.drop_snapshots()
            resident.changes += changes

    def _fold_failed(self, error: Exception) -> None:
        self._fold_error = f"{type(error).__name__}: {error}"

    def _check_open(self) -> None:
        if self._closing is not None:
            raise ClosedError("this memory was closed; open it again")
        self._check_embedder()

    def _check_embedder(self) -> None:
        if self._superseded:
            raise self._embedders.in_force.superseding(self.embedder)

    def _check_writable(self) -> None:
        self._check_open()
        self.database.check_writable()
