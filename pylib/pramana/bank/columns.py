"""What stays in memory of every pattern: the columns that filter, order and weigh it, by ordinal.

Rules of the file: an ordinal is in `ordinal_of`, in the order and in its sets, or in none of them; deleted
patterns are in none; text is not kept here but for names (namespace, category, tags).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pramana.index.ordinals import Ordinals, OrdinalSet, members_of, to_bitmap
from pramana.records import ACTIVE, posterior_mean, reading_ms
from pramana.text.normalise import text_key

__all__ = ["Allowed", "Columns"]

FEW = 1000
"""So many allowed patterns are sorted for a page; of more, the whole order is walked."""


class Allowed:
    """The ordinals that pass a filter: `bitmap` is None when all do."""

    __slots__ = ("bitmap", "count")

    def __init__(self, bitmap: bytes | bytearray | None, count: int) -> None:
        self.bitmap = bitmap
        self.count = count

    def __contains__(self, ordinal: int) -> bool:
        if self.bitmap is None:
            return True
        at = ordinal >> 3
        return at < len(self.bitmap) and bool(self.bitmap[at] >> (ordinal & 7) & 1)


class Columns:
    """Parallel columns; index `o` of each belongs to ordinal `o`."""

    def __init__(self) -> None:
        self.ordinals = Ordinals()
        self.ordinal_of: dict[str, int] = {}
        self.ids: list[str | None] = []
        self.namespace: list[str] = []
        self.category: list[str] = []
        self.tags: list[tuple[str, ...]] = []
        self.text_key = array("Q")
        self.created_ms = array("q")
        self.updated_ms = array("q")
        self.last_used_ms = array("q")
        self.touched_ms = array("q")
        """When the pattern was last updated or used."""
        self.success_score = array("d")
        self.success = array("d")
        self.failure = array("d")
        self.reliability = array("d")

        self.by_namespace: dict[str, OrdinalSet] = {}
        self.by_category: dict[str, OrdinalSet] = {}
        self.by_tag: dict[str, OrdinalSet] = {}
        self.by_text: dict[int, list[int]] = {}
        self.not_active = OrdinalSet()
        """Superseded patterns: kept, listed, but not found."""
        self.without_vector = OrdinalSet()
        self.deleted: set[str] = set()
        """Ids of tombstones."""
        self.order = array("I")
        """Ordinals by (created_ms, id), ascending; see `in_order`."""
        self._ordered = True
        self._shared: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.ordinal_of)

    # -- changes -------------------------------------------------------------------------------------------------

    def put(self, record: Mapping[str, Any], *, has_vector: bool) -> int:
        """Add a pattern, or replace the one with its id; return the ordinal. Evidence stays as it was."""
        pid: str = record["id"]
        ordinal = self.ordinal_of.get(pid)
        if ordinal is None:
            ordinal = self.ordinals.take()
            if ordinal == len(self.ids):
                self._grow()
            self.last_used_ms[ordinal], self.success[ordinal], self.failure[ordinal] = 0, 0.0, 0.0
        else:
            self._leave_sets(ordinal)
        self.deleted.discard(pid)
        self.ordinal_of[pid] = ordinal
        self.ids[ordinal] = pid
        self.namespace[ordinal] = self.shared(record["namespace"])
        self.category[ordinal] = self.shared(record["task_category"])
        self.tags[ordinal] = self.shared(tuple(map(self.shared, record["tags"])))
        self.text_key[ordinal] = text_key(record["task_description"])
        self.created_ms[ordinal] = record["created_ms"]
        self.updated_ms[ordinal] = reading_ms(record["updated"])
        self.success_score[ordinal] = record["success_score"]
        self._weigh(ordinal)
        self._join_sets(ordinal)
        if record["status"] != ACTIVE:
            self.not_active.add(ordinal)
        if not has_vector:
            self.without_vector.add(ordinal)
        return ordinal

    def remove(self, pid: str) -> int | None:
        """Forget a pattern; return the ordinal it had, which is free again."""
        ordinal = self.ordinal_of.get(pid)
        if ordinal is None:
            return None
        self._leave_sets(ordinal)
        del self.ordinal_of[pid]
        self.ids[ordinal] = None
        self.tags[ordinal] = ()
        self.ordinals.give_back(ordinal)
        return ordinal

    def set_evidence(self, pid: str, evidence: Mapping[str, list[float]]) -> None:
        """Sum the counts of all devices into the columns of a pattern that is here."""
        ordinal = self.ordinal_of[pid]
        self.success[ordinal] = sum(counts[0] for counts in evidence.values())
        self.failure[ordinal] = sum(counts[1] for counts in evidence.values())
        self.last_used_ms[ordinal] = max((int(counts[3]) for counts in evidence.values()), default=0)
        self._weigh(ordinal)

    def has_evidence(self, pid: str) -> bool:
        """Was the pattern ever used? Most never are, and need no second read."""
        ordinal = self.ordinal_of[pid]
        return bool(self.last_used_ms[ordinal] or self.success[ordinal] or self.failure[ordinal])

    def shared(self, value: Any) -> Any:
        """Return an equal object that is kept once: names repeat a lot."""
        return self._shared.setdefault(value, value)

    def _weigh(self, ordinal: int) -> None:
        """Derive the columns that `find_similar` reads."""
        self.touched_ms[ordinal] = max(self.updated_ms[ordinal], self.last_used_ms[ordinal])
        self.reliability[ordinal] = posterior_mean(
            self.success_score[ordinal], self.success[ordinal], self.failure[ordinal]
        )

    def _grow(self) -> None:
        self.ids.append(None)
        self.namespace.append("")
        self.category.append("")
        self.tags.append(())
        for whole in (self.text_key, self.created_ms, self.updated_ms, self.last_used_ms, self.touched_ms):
            whole.append(0)
        for real in (self.success_score, self.success, self.failure, self.reliability):
            real.append(0.0)

    def _join_sets(self, ordinal: int) -> None:
        _join(self.by_namespace, self.namespace[ordinal], ordinal)
        _join(self.by_category, self.category[ordinal], ordinal)
        for tag in self.tags[ordinal]:
            _join(self.by_tag, tag, ordinal)
        self.by_text.setdefault(self.text_key[ordinal], []).append(ordinal)
        if not self._ordered:
            return
        if not self.order or self._place(self.order[-1]) < self._place(ordinal):
            self.order.append(ordinal)
        else:
            insort(self.order, ordinal, key=self._place)

    def _leave_sets(self, ordinal: int) -> None:
        if self._ordered:
            at = bisect_left(self.order, self._place(ordinal), key=self._place)
            del self.order[at]
        _leave(self.by_namespace, self.namespace[ordinal], ordinal)
        _leave(self.by_category, self.category[ordinal], ordinal)
        for tag in self.tags[ordinal]:
            _leave(self.by_tag, tag, ordinal)
        copies = self.by_text[self.text_key[ordinal]]
        copies.remove(ordinal)
        if not copies:
            del self.by_text[self.text_key[ordinal]]
        self.not_active.discard(ordinal)
        self.without_vector.discard(ordinal)

    # -- questions -----------------------------------------------------------------------------------------------

    def allowed(
        self,
        *,
        namespace: str | None = None,
        category: str | None = None,
        tags: tuple[str, ...] = (),
        since_ms: int | None = None,
        active: bool = False,
    ) -> Allowed:
        """Return who passes all the filters given (each of `tags`); `active` leaves superseded ones out."""
        wanted = [] if namespace is None else [self.by_namespace.get(namespace)]
        if category is not None:
            wanted.append(self.by_category.get(category))
        wanted += [self.by_tag.get(tag) for tag in tags]
        sets = [members for members in wanted if members is not None]
        if len(sets) < len(wanted):
            return Allowed(b"", 0)
        sets = [members for members in sets if len(members) < len(self)]
        bits: int | None = None
        if len(sets) == 1:
            if since_ms is None and not (active and self.not_active):
                return Allowed(sets[0].bitmap(), len(sets[0]))
            bits = sets[0].bits()
        elif sets:
            bits = sets[0].bits()
            for members in sets[1:]:
                bits &= members.bits()
        if since_ms is not None:
            order = self.in_order()
            since = int.from_bytes(
                to_bitmap(order[bisect_left(order, since_ms, key=self.created_ms.__getitem__) :]), "little"
            )
            bits = since if bits is None else bits & since
        if active and self.not_active:
            everything = bits if bits is not None else int.from_bytes(to_bitmap(self.in_order()), "little")
            bits = everything & ~self.not_active.bits()
        if bits is None:
            return Allowed(None, len(self))
        return Allowed(bits.to_bytes((bits.bit_length() + 7) >> 3, "little"), bits.bit_count())

    def defer_order(self) -> None:
        """Sort once, when next asked, instead of on every addition: for loading many."""
        self._ordered = False

    def in_order(self) -> array[int]:
        """All ordinals, oldest first."""
        if not self._ordered:
            self.order = array("I", sorted(self.ordinal_of.values(), key=self._place))
            self._ordered = True
        return self.order

    def newest(self, allowed: Allowed, before: tuple[int, str] | None, limit: int) -> list[int]:
        """The newest `limit` ordinals that are allowed and older than the place `before`."""
        return list(islice(self._descending(allowed, before), limit))

    def place(self, ordinal: int) -> tuple[int, str]:
        """Where an ordinal stands in the order: (created_ms, id)."""
        return self._place(ordinal)

    def _descending(self, allowed: Allowed, before: tuple[int, str] | None) -> Iterator[int]:
        order = self.in_order()
        if allowed.bitmap is not None and allowed.count < FEW:
            order = array("I", sorted(members_of(allowed.bitmap), key=self._place))
        end = len(order) if before is None else bisect_left(order, before, key=self._place)
        for at in range(end - 1, -1, -1):
            if order[at] in allowed:
                yield order[at]

    def _place(self, ordinal: int) -> tuple[int, str]:
        return self.created_ms[ordinal], self.ids[ordinal] or ""


def _join(sets: dict[str, OrdinalSet], name: str, ordinal: int) -> None:
    members = sets.get(name)
    if members is None:
        members = sets[name] = OrdinalSet()
    members.add(ordinal)


def _leave(sets: dict[str, OrdinalSet], name: str, ordinal: int) -> None:
    sets[name].discard(ordinal)
    if not sets[name]:
        del sets[name]
