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
from xumm_desk.core.proof import LedgerAbsent, LedgerSilent, RegularKey
from xumm_desk.core.wire import JsonObject

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
        """Follow the transaction of `request` until the ledger has decided; one task for each."""
        if request.identifier in self._asked or request.txid is None:
            return
        self._asked.add(request.identifier)
        identifier, txid = request.identifier, request.txid
        last = request.blob.last_ledger if request.blob is not None else None

        async def work() -> None:
            await self._prove(identifier, txid, last)
            self._asked.discard(identifier)

        self._tasks.keep(work, f"ledger {identifier}")

    def prove_key(self, identifier: str, account: str) -> None:
        """Ask which regular key `account` has, for a request that signed with another's; one task
        for each."""
        name = f"{identifier} {account}"
        if name in self._asked:
            return
        self._asked.add(name)

        async def work() -> None:
            await self._ask_key(identifier, account)
            self._asked.discard(name)

        self._tasks.keep(work, f"key {identifier}")

    async def _ask_key(self, identifier: str, account: str) -> None:
        attempt = 0
        while True:
            async with self._gate:
                answer = await self._ledger.regular_key(account)
            now = self._clock.now()
            if isinstance(answer, RegularKey):
                value: JsonObject = {"account": answer.account, "key": answer.key}
                self._tell(identifier, fact(now, Witness.LEDGER, Kind.REGULAR_KEY, value))
                return
            attempt += 1
            self._tell(
                identifier, fact(now, Witness.LEDGER, Kind.LEDGER_SILENT, {"why": answer.why})
            )
            await asyncio.sleep(min(_SILENT_MOST, self._pace.ledger[-1] * attempt))

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
