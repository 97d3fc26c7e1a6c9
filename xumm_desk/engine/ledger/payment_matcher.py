"""Find the request of a payment: ask the platform first, then look in memory and the journal."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.refetch import refetch_reason
from xumm_desk.core.status import Step
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.payment_checks import invoice_id
from xumm_desk.core.verdict.payment_matching import Candidate, Match, NoMatch
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.registry import replay_requests

_GUESSES: Final = 4
"""Open requests read again for one payment that names no request."""

_GUESSES_A_MINUTE: Final = 8
"""Of such reads the most in a minute, for all payments together; they leave a reserve of calls."""


class PaymentMatcher:
    """Pairs payments with all requests that ever were."""

    def __init__(self, engine: Engine, fetch: Callable[[str, Priority], None]) -> None:
        """`fetch` reads a payload at a priority."""
        self._engine = engine
        self._fetch = fetch
        # Set whenever the platform has answered for a request.
        self._answered = asyncio.Event()
        # Monotonic times of the latest reads on a mere guess.
        self._guessed_at: deque[float] = deque(maxlen=_GUESSES_A_MINUTE)

    def on_platform_answer(self) -> None:
        """The platform answered for a request: whatever waits for its report checks again."""
        self._answered.set()

    async def find(self, tx: LedgerTx) -> Match | NoMatch:
        """The one request that `tx` pays, however old, or why there is none."""
        named = self._in_memory(tx)
        result = payment_matching.match_payment(tx, named)
        if isinstance(result, Match) and result.matched_by == "txid":
            return result  # reported with it, which no older request can change
        older = await self._in_journal(tx)
        # Requests come into memory and leave it meanwhile: each is one candidate, in one place.
        named = self._in_memory(tx)
        here = {one.request.identifier for one in named}
        older = [one for one in older if one.request.identifier not in here]
        return payment_matching.match_payment(tx, [*named, *older])

    async def ask_platform(self, payments: Sequence[LedgerTx]) -> None:
        """Let the platform report the payments before the ledger does alone, since most are just
        being reported; but do not wait for long."""
        asked: dict[str, datetime | None] = {}
        guessed: set[str] = set()
        for tx in payments:
            result = payment_matching.match_payment(tx, self._in_memory(tx))
            if isinstance(result, Match):
                named = [result.identifier] if result.matched_by != "txid" else []
            else:
                named = [one for one in self._guesses(tx) if one in asked or self._may_guess()]
                guessed.update(one for one in named if one not in asked)
            for identifier in named:
                request = self._engine.registry[identifier].request
                if not self._engine.registry[identifier].verdict.final and not request.resolved:
                    asked[identifier] = request.last_snapshot_at
        for identifier in asked:
            self._fetch(identifier, Priority.POLL if identifier in guessed else Priority.MONEY)
        waiting = deque(asked.items())
        try:
            async with asyncio.timeout(self._engine.timing.report_wait):
                while waiting:
                    if self._on_answer(*waiting[0]):
                        waiting.popleft()
                        continue
                    self._answered.clear()
                    await self._answered.wait()
        except TimeoutError:
            return

    def _may_guess(self) -> bool:
        """Whether another read on a mere guess is allowed this minute: anybody can send the shop
        dust, and must not be able to use up its calls."""
        now = self._engine.clock.monotonic()
        if len(self._guessed_at) == _GUESSES_A_MINUTE and now - self._guessed_at[0] < 60.0:
            return False
        self._guessed_at.append(now)
        return True

    def _guesses(self, tx: LedgerTx) -> list[str]:
        """Open requests whose report would explain a payment that names no request."""
        to = json_fields.string_at(tx.tx, "Destination")
        here = [
            e.request
            for e in self._engine.registry.entries()
            if e.request.spec.destination == to and not e.verdict.final and e.request.uuid
        ]
        here.sort(key=lambda r: (r.step >= Step.OPENED, r.created_at), reverse=True)
        return [request.identifier for request in here[:_GUESSES]]

    def _on_answer(self, identifier: str, before: datetime | None) -> bool:
        request = self._engine.registry[identifier].request
        if request.resolved:
            return True
        return request.uuid is None or (
            request.last_snapshot_at != before and refetch_reason(request) is None
        )

    def _in_memory(self, tx: LedgerTx) -> list[Candidate]:
        """Those in memory that the payment names."""
        named = self._engine.registry.named_by(tx)
        return [Candidate(entry.request, entry.verdict.status) for entry in named]

    async def _in_journal(self, tx: LedgerTx) -> list[Candidate]:
        """Those of the journal that the payment names, however old, but for those in memory."""
        tag = json_fields.int_at(tx.tx, "DestinationTag")
        named = await self._engine.journal.requests_naming(tx.txid, tag, invoice_id(tx.tx))
        older = [name for name in named if name not in self._engine.registry]
        if not older:
            return []
        found = await replay_requests(await self._engine.journal.load(older))
        return [Candidate(request, judge(request, ledger=True).status) for request in found]
