"""Finds the request of a payment: the platform is asked first, then memory, then the journal.

Knows where requests are; must not know accounts, ledgers read so far, or who is told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from xumm_desk.core import pairing, wire
from xumm_desk.core.lifecycle import Step
from xumm_desk.core.needs import need
from xumm_desk.core.pace import Pace
from xumm_desk.core.pairing import Claimant, Paired, Unmatched
from xumm_desk.core.payments import invoice_of
from xumm_desk.core.proof import LedgerTx
from xumm_desk.core.verdict import judge

from .book import Book
from .calls import Urgency
from .ports import Clock, Journal
from .recall import replayed

_SUSPECTS: Final = 4
"""Open requests read again for one payment that names nobody."""

_SUSPICIONS: Final = 8
"""Of such reads the most in a minute, for all payments together; they leave a reserve of calls."""


class Matching:
    """Pairs payments with all requests that ever were."""

    def __init__(
        self,
        book: Book,
        journal: Journal,
        clock: Clock,
        pace: Pace,
        look: Callable[[str, Urgency], None],
    ) -> None:
        self._book = book
        self._journal = journal
        self._pace = pace
        self._look = look
        self._told = asyncio.Event()
        self._clock = clock
        self._suspected: deque[float] = deque(maxlen=_SUSPICIONS)

    def noticed(self) -> None:
        """A request was answered for: what waits for the platform's word looks again."""
        self._told.set()

    async def find(self, tx: LedgerTx) -> Paired | Unmatched:
        """The one request that `tx` pays, however old, or why there is none."""
        return pairing.pair(tx, await self._claimants(tx))

    async def ask_platform(self, come: Sequence[LedgerTx]) -> None:
        """Most payments are just being reported: let the platform say so before the ledger does
        alone, but do not wait for it long."""
        claimants = [Claimant(e.request, e.verdict.status) for e in self._book.entries()]
        asked: dict[str, datetime | None] = {}
        guessed: set[str] = set()
        for tx in come:
            result = pairing.pair(tx, claimants)
            if isinstance(result, Paired):
                meant = [result.identifier] if result.how != "txid" else []
            else:
                meant = [one for one in self._suspects(tx) if one in asked or self._may_guess()]
                guessed.update(one for one in meant if one not in asked)
            for identifier in meant:
                request = self._book[identifier].request
                if not self._book[identifier].verdict.final and not request.resolved:
                    asked[identifier] = request.answered_at
        for identifier in asked:
            self._look(identifier, Urgency.POLL if identifier in guessed else Urgency.MONEY)
        try:
            async with asyncio.timeout(self._pace.report):
                while not all(self._answered(*one) for one in asked.items()):
                    self._told.clear()
                    await self._told.wait()
        except TimeoutError:
            return

    def _may_guess(self) -> bool:
        """Whether a look on a mere suspicion is still allowed this minute: anybody can send the
        shop dust, and must not be able to use up its calls with that."""
        now = self._clock.mono()
        if len(self._suspected) == _SUSPICIONS and now - self._suspected[0] < 60.0:
            return False
        self._suspected.append(now)
        return True

    def _suspects(self, tx: LedgerTx) -> list[str]:
        """Open requests whose report would explain a payment that names nobody."""
        to = wire.text(tx.tx, "Destination")
        here = [
            e.request
            for e in self._book.entries()
            if e.request.order.destination == to and not e.verdict.final and e.request.uuid
        ]
        here.sort(key=lambda r: (r.step >= Step.OPENED, r.created_at), reverse=True)
        return [request.identifier for request in here[:_SUSPECTS]]

    def _answered(self, identifier: str, before: datetime | None) -> bool:
        request = self._book[identifier].request
        if request.resolved:
            return True
        return request.uuid is None or (request.answered_at != before and need(request) is None)

    async def _claimants(self, tx: LedgerTx) -> list[Claimant]:
        """All in memory, and those of the journal that the payment names: however old."""
        tag = wire.whole(tx.tx, "DestinationTag")
        named = await self._journal.claimants(tx.txid, tag, invoice_of(tx.tx))
        older = [name for name in named if name not in self._book]
        found = [Claimant(e.request, e.verdict.status) for e in self._book.entries()]
        if older:
            for request in await replayed(await self._journal.load(older)):
                found.append(Claimant(request, judge(request, ledger=True).status))
        return found
