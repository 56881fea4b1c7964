"""The ReasoningBank (Ouyang et al., 2025): what an agent did and how it went, stored and found again by meaning.

Rules of the file: a write commits first, then changes memory, then is acknowledged; a read catches up with other processes
first, is answered from memory but for the bodies of its hits, and writes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, TypeAlias

from pramana.bank import opening
from pramana.bank.bodies import Bodies
from pramana.bank.encode import Encoder, Progress
from pramana.bank.exporting import lines_of
from pramana.bank.folding import Folding
from pramana.bank.importing import Importer
from pramana.bank.files import Source, SourceText, write_lines
from pramana.bank.pace import Pace
from pramana.bank.ranking import Ranking
from pramana.bank.resident import IndexKernels, Resident
from pramana.bank.retrieve import Question, Ranked, rank
from pramana.bank.rows import EVIDENCE, PATTERN, evidence_of, evidence_row, pattern_of, pattern_row, vector_text
from pramana.bank.validate import (
    MAX_NAME,
    MAX_TEXT,
    check_cursor,
    check_ids,
    check_query,
    cursor_at,
    fields_of,
    integer,
    refuse,
    text,
)
from pramana.embed.vectors import check_embedder
from pramana.errors import ClosedError, EmbedderMismatchError, NotFoundError, ReadOnlyError
from pramana.ports import Changes, Clock, Embedder, RecordStore, Row, StoreState
from pramana.protocol import LIMITS
from pramana.records import DELETED, Hit, HybridClock, Page, Pattern, SystemClock, uuid7
from pramana.store.writer import Draft, Intent, Writer

__all__ = ["ReasoningBank"]

Ids: TypeAlias = list[str]
Hits: TypeAlias = list[Hit]
Patterns: TypeAlias = list[Pattern]
Found: TypeAlias = "list[Pattern | None]"
Counts: TypeAlias = dict[str, int]

MAX_LIMIT = 1000
ATTEMPTS = 3
"""Rankings before hits that another process deletes meanwhile are simply left out."""


class ReasoningBank:
    """Patterns in a store, with their resident part. Made by `ReasoningBank.open`."""

    def __init__(
        self,
        store: RecordStore,
        embedder: Embedder,
        opened: opening.Opened,
        *,
        clock: Clock,
        ranking: Ranking,
        read_only: bool,
        on_change: Callable[[int], None] | None,
    ) -> None:
        self.read_only = read_only
        self.ranking = ranking
        self.embedder = embedder
        self._store = store
        self._clock = clock
        self._resident = opened.resident
        self._opened_from = opened.source
        self._on_change = on_change
        self._bodies = Bodies(store)
        self._encoder = Encoder(embedder, opened.resident.vectors)
        self._writer = Writer(store, opened.state, clock, self._applied, self._caught_up)
        self._folding = Folding(
            self._fold, lambda: self._resident.changes, lambda: len(self._resident.columns), self._fold_failed
        )
        self._foldable = not read_only and store.backend != "memory"
        self._fold_error: str | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        store: RecordStore,
        kernels: IndexKernels,
        embedder: Embedder,
        *,
        clock: Clock | None = None,
        ranking: Ranking | None = None,
        read_only: bool = False,
        on_loaded: Callable[[int], None] | None = None,
        on_change: Callable[[int], None] | None = None,
    ) -> ReasoningBank:
        """Open `store`, check that it was written with `embedder`, and load what is resident.

        The bank owns the store from here on: it is closed with the bank, and when opening fails.

        Args:
            store: not yet opened.
            kernels: makes the indexes.
            embedder: its id and dimension are stored with the database.
            clock: wall time.
            ranking: the weights of `find_similar`.
            read_only: refuse writes.
            on_loaded: told how many patterns are loaded so far.
            on_change: told the seq after each commit, of this bank or caught up with.

        Raises:
            EmbedderMismatchError: the database was written with another embedder.
            StoreError: it cannot be opened.
        """
        check_embedder(embedder, LIMITS["max_dim"])
        try:
            state = await store.open()
            await _claim(store, state, embedder, read_only=read_only)
            opened = await opening.load(store, kernels, embedder, read_only=read_only, on_loaded=on_loaded)
        except BaseException:
            await store.close()
            raise
        return cls(
            store,
            embedder,
            opened,
            clock=clock or SystemClock(),
            ranking=ranking or Ranking(),
            read_only=read_only,
            on_change=on_change,
        )

    # -- writes ----------------------------------------------------------------------------------------------------

    async def store(self, *, request_id: str | None = None, **fields: Any) -> str:
        """Store one pattern and return its id; see `store_many`."""
        self._check_writable()
        return (await self._store_all([fields_of(fields)], request_id, None))[0]

    async def store_many(
        self,
        patterns: Iterable[Mapping[str, Any]],
        *,
        on_progress: Progress | None = None,
        request_id: str | None = None,
    ) -> Ids:
        """Store patterns in one commit and return their ids, in order.

        Args:
            patterns: fields of each, as in `validate.STORED_FIELDS`; `task_description` is required.
            on_progress: called with (embedded, total).
            request_id: a retry under the same id returns the first result.

        Raises:
            InputError: `details` hold the index and the field; nothing is stored.
            QuotaError: nothing is stored.
        """
        self._check_writable()
        if isinstance(patterns, (str, bytes, Mapping)) or not isinstance(patterns, Iterable):
            refuse("patterns", "a list of patterns", patterns)
        cleaned, pace = [], Pace()
        for index, given in enumerate(patterns):
            cleaned.append(fields_of(given, index=index))
            await pace()
        return await self._store_all(cleaned, request_id, on_progress) if cleaned else []

    async def update(self, pid: str, *, request_id: str | None = None, **fields: Any) -> None:
        """Change the given fields of a pattern; it is embedded again only if its title or task changes.

        Raises:
            NotFoundError: there is no such pattern.
            InputError: a field is not acceptable, or none is given.
        """
        self._check_writable()
        text("pid", pid, max_chars=MAX_NAME, empty=False)
        changes = fields_of(fields, partial=True)
        prepared: dict[str, bytes | None] = {}
        if changes.keys() & {"title", "task_description"}:
            # Embedded before the commit, so that a slow embedder does not hold others up; checked again inside it.
            (current,) = await self.get_many([pid])
            if current is None:
                raise _not_found([pid])
            prepared = await self._vectors_of(replace(current, **changes))

        async def intent(draft: Draft) -> None:
            row, before = await _live(draft, pid)
            after = replace(before, **changes, updated=HybridClock.later(draft.hlc, before.updated))
            wanted, vector = vector_text(after.title, after.task_description), row.vector
            if wanted != vector_text(before.title, before.task_description):
                known = prepared if wanted in prepared else await self._vectors_of(after)
                vector = known[wanted]
            draft.put(pattern_row(after, vector))

        self._resident.vectors.reserve(1)
        await self._submit(intent, request_id)

    async def delete(self, pid: str, *, request_id: str | None = None) -> None:
        """Hide a pattern at once and for good; its text stays on disk until `purge`.

        Raises:
            NotFoundError: there is no such pattern.
        """
        self._check_writable()
        text("pid", pid, max_chars=MAX_NAME, empty=False)

        async def intent(draft: Draft) -> None:
            _, before = await _live(draft, pid)
            after = replace(before, status=DELETED, updated=HybridClock.later(draft.hlc, before.updated))
            draft.put(pattern_row(after, None), "delete")

        await self._submit(intent, request_id)

    async def purge(self, pid: str, *, request_id: str | None = None) -> None:
        """Remove every version of a pattern's text from disk, also of a deleted one; only the hashes stay.

        Raises:
            NotFoundError: there is no such pattern.
        """
        self._check_writable()
        text("pid", pid, max_chars=MAX_NAME, empty=False)

        async def intent(draft: Draft) -> None:
            row = await draft.row(PATTERN, pid)
            if row is None or row.body is None:
                raise _not_found([pid])
            draft.purge(PATTERN, pid)
            if await draft.row(EVIDENCE, pid) is not None:
                draft.purge(EVIDENCE, pid)

        # Segments hold names and postings. They go first, so that a crash leaves no trace behind, and once more after
        # the commit, since another process may have folded in between.
        await self._store.drop_snapshots()
        await self._submit(intent, request_id)
        await self._store.drop_snapshots()

    async def used(self, ids: Iterable[str], *, success: bool | None = None, request_id: str | None = None) -> None:
        """Count that patterns were used (each once), in one commit, and whether it went well if that is known.

        Raises:
            NotFoundError: one of them does not exist; nothing is counted.
        """
        self._check_writable()
        wanted = list(dict.fromkeys(check_ids(ids)))
        if success is not None and not isinstance(success, bool):
            refuse("success", "True, False or None", success)
        if not wanted:
            return

        async def intent(draft: Draft) -> None:
            rows = await draft.rows(PATTERN, wanted)
            missing = [pid for pid, row in zip(wanted, rows, strict=True) if not _is_live(row)]
            if missing:
                raise _not_found(missing)
            now, device = self._clock.now_ms(), self._writer.state.device
            for pid, row in zip(wanted, await draft.rows(EVIDENCE, wanted), strict=True):
                evidence = evidence_of(row.body if row is not None else None)
                good, bad, uses, last = evidence.get(device, [0, 0, 0, 0])
                evidence[device] = [good + (success is True), bad + (success is False), uses + 1, max(last, now)]
                draft.put(evidence_row(pid, evidence, draft.hlc))

        await self._submit(intent, request_id)

    # -- reads -----------------------------------------------------------------------------------------------------

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
        """Return the memories that help with `task`, at most `k` with distinct texts.

        A memory whose task equals `task` (normalised) comes first; the others in the order in which they add most to
        those before them (maximal marginal relevance), so their scores need not descend.

        Args:
            task: what is about to be done, in any words.
            k: 1 to 1,000.
            category: only of this task_category.
            namespace: only in this namespace; None for all.
            tags: only with all of these.
            since_ms: only created at or after.
            min_similarity: only with at least this cosine.
            prefer_category: weigh this category up, without leaving others out.
        """
        text("task", task, max_chars=MAX_TEXT, filled=True)
        wanted = check_query(k, category, namespace, tags, since_ms, min_similarity, prefer_category)
        await self._catch_up()
        vector = await self._encoder.query(task)
        for attempt in range(1, ATTEMPTS + 1):
            self._check_open()
            columns = self._resident.columns
            question = Question(
                text=task,
                vector=vector,
                k=k,
                allowed=columns.allowed(
                    namespace=namespace, category=category, tags=wanted, since_ms=since_ms, active=True
                ),
                min_similarity=min_similarity,
                prefer_category=prefer_category,
            )
            ranked = rank(
                columns, self._resident.vectors, self._resident.postings, self.ranking, question, self._clock.now_ms()
            )
            hits = await self._hits(ranked)
            if len(hits) == len(ranked) or attempt == ATTEMPTS:
                return hits
            await self._catch_up()
        return []

    async def get(self, pid: str) -> Pattern | None:
        """Return a pattern, or None if there is none with this id."""
        text("pid", pid, max_chars=MAX_NAME, empty=False)
        return (await self.get_many([pid]))[0]

    async def get_many(self, ids: Iterable[str]) -> Found:
        """Return patterns in the order of `ids`, None for those that do not exist."""
        wanted = check_ids(ids)
        await self._catch_up()
        return await self._patterns(wanted)

    async def list(
        self,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Return patterns newest first, superseded ones too. `namespace=None` lists all namespaces.

        Args:
            category: only of this task_category.
            namespace: only in this namespace.
            tags: only with all of these.
            cursor: that of the page before.
            limit: 1 to 1,000 patterns.
        """
        wanted = check_query(1, category, namespace, tags, None, None, None)
        integer("limit", limit, 1, MAX_LIMIT)
        before = None if cursor is None else check_cursor(cursor)
        await self._catch_up()
        columns = self._resident.columns
        allowed = columns.allowed(namespace=namespace, category=category, tags=wanted)
        ordinals = columns.newest(allowed, before, limit + 1)
        following = cursor_at(*columns.place(ordinals[limit - 1])) if len(ordinals) > limit else None
        patterns = await self._patterns([columns.ids[ordinal] or "" for ordinal in ordinals[:limit]])
        return Page(tuple(pattern for pattern in patterns if pattern is not None), following)

    async def by_category(self, category: str, *, namespace: str | None = "default", limit: int = 20) -> Patterns:
        """Return the newest patterns of a category."""
        text("category", category, max_chars=MAX_NAME, filled=True)
        return [*(await self.list(category=category, namespace=namespace, limit=limit)).patterns]

    async def stats(self) -> dict[str, Any]:
        """Counts and sizes, as JSON values."""
        await self._catch_up()
        columns, vectors = self._resident.columns, self._resident.vectors
        by_tag = sorted(columns.by_tag.items(), key=lambda item: (-len(item[1]), item[0]))
        return {
            "patterns": len(columns),
            "deleted": len(columns.deleted),
            "categories": _counts(columns.by_category),
            "namespaces": _counts(columns.by_namespace),
            "tags": {name: len(members) for name, members in by_tag[:100]},
            "head_seq": self._writer.state.head_seq,
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
        """What stores and embeds here."""
        return {
            "store": {"backend": self._store.backend, "durability": self._store.durability, "read_only": self.read_only},
            "embedder": {"id": self.embedder.id, "dim": self.embedder.dim},
        }

    # -- import, export --------------------------------------------------------------------------------------------

    def export_lines(self) -> AsyncIterator[str]:
        """Yield the bank as JSONL, in strings of whole lines (see `exporting`)."""
        self._check_open()
        return lines_of(self._store, self.embedder, self._clock.now_ms())

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

        Returns:
            `added`, `updated`, `skipped` and `lines`.
        """
        importer = await self._importer(on_conflict)
        return await importer.run(lines, first_line, None if dry_run else self._submit_import, request_id)

    async def import_jsonl(self, source: Source, *, on_conflict: str = "newer") -> Counts:
        """Import a file (a path, or an open one); it is checked to its end before anything is written."""
        importer = await self._importer(on_conflict)
        with SourceText(source) as file:
            for first_line, lines in file.chunks():
                await importer.run(lines, first_line, None)
            totals = {"added": 0, "updated": 0, "skipped": 0, "lines": 0}
            for first_line, lines in file.chunks():
                for name, count in (await importer.run(lines, first_line, self._submit_import)).items():
                    totals[name] += count
        return totals

    # -- inside ----------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Finish what was submitted, write a snapshot if it is worth it, close the store. Closing twice is allowed."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await self._writer.drain()
            if self._foldable:
                await self._folding.close()
        finally:
            self._resident.close()
            self._bodies.clear()
            await self._store.close()

    async def _store_all(
        self, cleaned: Sequence[dict[str, Any]], request_id: str | None, on_progress: Progress | None
    ) -> Ids:
        vectors = await self._encoder.pack(
            [vector_text(fields.get("title", ""), fields["task_description"]) for fields in cleaned], on_progress
        )
        self._resident.vectors.reserve(len(cleaned))

        async def intent(draft: Draft) -> Ids:
            ids, pace = [], Pace()
            for fields, vector in zip(cleaned, vectors, strict=True):
                now = self._clock.now_ms()
                made = {"created_ms": now, **fields}
                pattern = Pattern(id=uuid7(now), updated=draft.hlc, embedder=self.embedder.id, **made)
                draft.put(pattern_row(pattern, vector))
                ids.append(pattern.id)
                await pace()
            return ids

        stored: Ids = await self._submit(intent, request_id)
        return stored

    async def _submit(self, intent: Intent, request_id: str | None) -> Any:
        self._check_writable()
        result = await self._writer.submit(intent, request_id=request_id)
        # Cancelled here, the commit stands, so its result is returned; the next read applies what is still waiting.
        with contextlib.suppress(asyncio.CancelledError):
            await self._resident.settle()
        return result

    async def _importer(self, on_conflict: str) -> Importer:
        self._check_writable()
        await self._catch_up()
        return Importer(self._encoder, self.embedder, self._clock, self._bodies, on_conflict)

    async def _submit_import(self, intent: Intent, rows: int, request_id: str | None) -> Any:
        self._resident.vectors.reserve(rows)
        return await self._submit(intent, request_id)

    async def _vectors_of(self, pattern: Pattern) -> dict[str, bytes | None]:
        wanted = vector_text(pattern.title, pattern.task_description)
        return {wanted: (await self._encoder.pack([wanted]))[0]}

    async def _hits(self, ranked: Sequence[Ranked]) -> Hits:
        """Read the bodies; what was deleted while they were read is left out."""
        ids = self._resident.columns.ids
        named = [(hit, [ids[ordinal] for ordinal in (hit.ordinal, *hit.duplicates)]) for hit in ranked]
        patterns = await self._patterns([names[0] or "" for _, names in named])
        return [
            Hit(pattern, hit.score, hit.similarity, hit.parts, tuple(name for name in names[1:] if name is not None))
            for (hit, names), pattern in zip(named, patterns, strict=True)
            if pattern is not None
        ]

    async def _patterns(self, ids: Sequence[str]) -> Found:
        columns = self._resident.columns
        live = [pid for pid in dict.fromkeys(ids) if pid in columns.ordinal_of]
        counted = [pid for pid in live if columns.has_evidence(pid)]
        bodies = dict(zip(live, await self._bodies.read(PATTERN, live), strict=True))
        counts = dict(zip(counted, await self._bodies.read(EVIDENCE, counted), strict=True)) if counted else {}
        patterns = {pid: pattern_of(body, counts.get(pid)) for pid, body in bodies.items() if body is not None}
        # Another process may have deleted one since the columns were last brought up to date.
        alive = {pid: pattern for pid, pattern in patterns.items() if pattern.status != DELETED}
        return [alive.get(pid) for pid in ids]

    async def _catch_up(self) -> None:
        self._check_open()
        await self._writer.catch_up()
        await self._resident.settle()

    def _applied(self, rows: Sequence[Row], state: StoreState) -> None:
        self._bodies.take(rows)
        self._resident.take(rows)
        if self._foldable:
            self._folding.touched()
        if self._on_change is not None:
            asyncio.get_running_loop().call_soon(self._on_change, state.head_seq)

    def _caught_up(self, changes: Changes) -> None:
        self._applied(changes.rows, changes.state)

    async def _fold(self) -> None:
        await self._resident.settle()
        state, changes, purges = self._writer.state, self._resident.changes, self._resident.purges
        recipe = Resident.recipe(self.embedder.id, self.embedder.dim)
        await opening.fold(self._store, self._resident, state, recipe)
        self._resident.changes -= changes
        await self._writer.catch_up()
        await self._resident.settle()
        if self._resident.purges != purges:
            # Purged while it was written: no segment may keep a trace of that.
            await self._store.drop_snapshots()
            self._resident.changes += changes

    def _fold_failed(self, error: Exception) -> None:
        self._fold_error = f"{type(error).__name__}: {error}"

    def _check_open(self) -> None:
        if self._closing is not None:
            raise ClosedError("this memory was closed; open it again")

    def _check_writable(self) -> None:
        self._check_open()
        if self.read_only:
            raise ReadOnlyError("this memory was opened read-only; open it with read_only=False to write")


async def _claim(store: RecordStore, state: StoreState, embedder: Embedder, *, read_only: bool) -> None:
    """Record the embedder in a database without one; refuse another one than was recorded."""
    stored_id, stored_dim = state.meta.get("embedder"), state.meta.get("embedder_dim")
    if stored_id is None:
        if not read_only:
            await store.set_meta({"embedder": embedder.id, "embedder_dim": embedder.dim})
        return
    if (stored_id, stored_dim) != (embedder.id, embedder.dim):
        raise EmbedderMismatchError(
            f"this database was written with the embedder {stored_id!r} ({stored_dim} floats), not {embedder.id!r} "
            f"({embedder.dim}): open it with that one, or export it and import it into a new database with this one",
            stored_id=stored_id,
            stored_dim=stored_dim,
            given_id=embedder.id,
            given_dim=embedder.dim,
        )


def _is_live(row: Row | None) -> bool:
    return row is not None and row.body is not None and pattern_of(row.body, None).status != DELETED


async def _live(draft: Draft, pid: str) -> tuple[Row, Pattern]:
    row = await draft.row(PATTERN, pid)
    if row is None or row.body is None:
        raise _not_found([pid])
    pattern = pattern_of(row.body, None)
    if pattern.status == DELETED:
        raise _not_found([pid])
    return row, pattern


def _not_found(ids: Ids) -> NotFoundError:
    named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return NotFoundError(f"there is no pattern {named}", ids=ids)


def _counts(sets: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(sets[name]) for name in sorted(sets)}
