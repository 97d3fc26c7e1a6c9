"""Asks the ledger about signed requests until it has decided (P§9.4); one task for each.

Knows when to ask again; must not know what the answer means for the row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.lifecycle import Request
from xumm_desk.core.pace import Pace
from xumm_desk.core.proof import LedgerAbsent, LedgerSilent

from .ports import Clock, Ledger
from .tasks import TaskOwner

_AT_ONCE: Final = 8
_SILENT_MOST: Final = 30.0


class LedgerWitness:
    """Proves or disproves signed transactions, eight questions at a time."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        pace: Pace,
        tasks: TaskOwner,
        tell: Callable[[str, Fact], None],
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._tasks = tasks
        self._tell = tell
        self._asked: set[str] = set()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def prove(self, request: Request) -> None:
        """Follow the transaction of `request` until the ledger has decided; once for each."""
        if request.identifier in self._asked or request.txid is None:
            return
        self._asked.add(request.identifier)
        last = request.blob.last_ledger if request.blob is not None else None
        self._tasks.start(
            self._prove(request.identifier, request.txid, last), f"ledger {request.identifier}"
        )

    async def _prove(self, identifier: str, txid: str, last_ledger: int | None) -> None:
        attempt = 0
        while True:
            delays = self._pace.ledger
            await asyncio.sleep(delays[min(attempt, len(delays) - 1)])
            attempt += 1
            async with self._gate:
                answer = await self._ledger.transaction(txid, last_ledger)
            now = self._clock.now()
            if isinstance(answer, LedgerSilent):
                silent = fact(now, Witness.LEDGER, Kind.LEDGER_SILENT, {"why": answer.why})
                self._tell(identifier, silent)
                await asyncio.sleep(min(_SILENT_MOST, float(attempt)))
                continue
            if isinstance(answer, LedgerAbsent):
                heard = fact(
                    now,
                    Witness.LEDGER,
                    Kind.LEDGER_NEVER if answer.never else Kind.LEDGER_ABSENT,
                    {"validated_index": answer.validated_index},
                )
                self._tell(identifier, heard)
                if answer.never:
                    return
                continue
            raw, tx = answer
            self._tell(identifier, fact(now, Witness.LEDGER, Kind.LEDGER_TX, raw))
            if tx.validated:
                return
