"""The bank behind a tab's seat: its own while the tab leads, the leader's while it follows.

When the leader goes, the browser gives its lock to the next seat, which opens the bank itself. Calls that
were under way wait in the seat meanwhile, and are answered by whoever leads then.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.remote import RemoteBank
from pramana.bank.wire import dispatch_json
from pramana.errors import PramanaError, from_wire, to_wire

__all__ = ["Seat", "SeatedBank"]


class Seat(Protocol):
    """A tab's place at a database (platform/host.py)."""

    @property
    def role(self) -> str: ...
    def serve(self, answer: Callable[[str, str, str, Callable[[str], None]], Awaitable[str]]) -> None: ...
    async def call(
        self, method: str, params_json: str, request_id: str, on_chunk: Callable[[str], None] | None = None
    ) -> str: ...
    def on_role(self, told: Callable[[str], None]) -> None: ...
    def on_closed(self, told: Callable[[PramanaError], None]) -> None: ...
    def broadcast(self, kind: str, json_text: str) -> None: ...
    async def leave(self) -> None: ...


class SeatPeer:
    """Reaches the leader through a seat: `ports.Peer`."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    async def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        request_id: str,
        on_chunk: Callable[[Any], None] | None = None,
    ) -> Any:
        """Return the result; raise the leader's error."""
        told = None if on_chunk is None else lambda chunk_json: on_chunk(json.loads(chunk_json))
        # ASCII, since a lone surrogate must reach the validation that refuses it.
        answer = json.loads(await self._seat.call(method, json.dumps(params), request_id, told))
        if "error" in answer:
            raise from_wire(answer["error"])
        return answer["ok"]


class SeatedBank:
    """Holds `bank`, whichever it is now.

    Args:
        seat: this tab's.
        open_bank: opens the bank of the database that the seat leads; told the listener for its changes.
    """

    def __init__(
        self, seat: Seat, open_bank: Callable[[Callable[[int], None]], Awaitable[ReasoningBank]]
    ) -> None:
        self._seat = seat
        self._open_bank = open_bank
        self._remote = RemoteBank(SeatPeer(seat))
        self._own: ReasoningBank | None = None
        self._about: dict[str, Any] = {}
        self._lost: PramanaError | None = None
        self._leading: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Lead or follow. If that fails, the seat is left."""
        try:
            self._seat.on_closed(self._on_closed)
            if self._seat.role == "leader":
                await self._lead()
            else:
                self._seat.on_role(self._on_role)
                self._about = await self._remote.capabilities()
        except BaseException:
            await self._seat.leave()
            raise

    @property
    def role(self) -> str:
        """Whether this tab is the "leader" or a "follower"."""
        return self._seat.role

    @property
    def bank(self) -> ReasoningBank | RemoteBank:
        """Whom to ask now.

        Raises:
            PramanaError: the seat was lost, for this reason.
        """
        if self._lost is not None:
            raise self._lost
        return self._own or self._remote

    def capabilities(self) -> dict[str, Any]:
        """Those of the bank; a follower's are the leader's as it said when this tab joined."""
        return self._about if self._own is None else self._own.capabilities()

    async def close(self) -> None:
        """Finish, then let another tab lead: what others ask meanwhile is answered until the seat is left."""
        if self._leading is not None:
            await asyncio.wait((self._leading,))
        if self._own is not None and self._lost is None:
            await self._own.checkpoint()
        await self._seat.leave()
        if self._own is not None:
            await self._own.close(fold=False)

    async def _lead(self) -> None:
        bank = await self._open_bank(self._announce)

        async def answer(method: str, params_json: str, request_id: str, emit: Callable[[str], None]) -> str:
            return await dispatch_json(bank, method, params_json, request_id, emit)

        self._own = bank
        self._seat.serve(answer)

    def _announce(self, seq: int) -> None:
        if self._lost is None:
            self._seat.broadcast("change", json.dumps({"seq": seq}))

    def _on_role(self, role: str) -> None:
        if role == "leader" and self._own is None and self._leading is None:
            self._leading = asyncio.ensure_future(self._take_over())

    async def _take_over(self) -> None:
        try:
            await self._lead()
        except Exception as error:  # noqa: BLE001  # every call that waits, and every later one, gets it
            wire = to_wire(error)
            self._lost = from_wire(wire)
            refusal = json.dumps({"error": wire})

            async def refuse(
                method: str, params_json: str, request_id: str, emit: Callable[[str], None]
            ) -> str:
                return refusal

            self._seat.serve(refuse)
            await self._seat.leave()

    def _on_closed(self, error: PramanaError) -> None:
        """The seat is gone: what this tab still computes can no longer be written."""
        self._lost = error
        if self._own is not None:
            self._leading = asyncio.ensure_future(self._own.close(fold=False))
