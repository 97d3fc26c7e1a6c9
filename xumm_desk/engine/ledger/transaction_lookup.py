"""Ask ledger nodes about a signed transaction until the ledger has decided (P§9.4)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from xumm_desk.core.state.evidence import NoNodeAnswer, RegularKey, TransactionNotFound
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import TransactionApi

_MAX_AT_ONCE: Final = 8
_MAX_SILENCE: Final = 30.0


class TransactionLookup:
    """Proves or disproves signed transactions, eight questions at a time."""

    def __init__(self, engine: Engine, ledger: TransactionApi) -> None:
        self._engine = engine
        self._ledger = ledger
        # Names of the running tasks.
        self._started: set[str] = set()
        # The requests for which they run, as often as they do.
        self._following: Counter[str] = Counter()
        self._slots = asyncio.Semaphore(_MAX_AT_ONCE)
        # What wakes those who wait for a transaction, by its txid.
        self._hints: dict[str, set[asyncio.Event]] = {}

    def look_now(self, txid: str) -> None:
        """A stream says that a validated ledger holds this transaction: whoever waits for it asks
        at once, and believes the answer only."""
        for hint in self._hints.get(txid.upper(), ()):
            hint.set()

    def follows(self, identifier: str) -> bool:
        """Whether a node is being asked for this request."""
        return identifier in self._following

    def follow_transaction(self, request: Request) -> None:
        """Follow the transaction of `request` until the ledger has decided; one task for each."""
        if request.identifier in self._started or request.txid is None:
            return
        identifier, txid = request.identifier, request.txid
        self._begin(identifier, identifier)
        last = request.blob.last_ledger if request.blob is not None else None

        async def work() -> None:
            await self._follow(identifier, txid, last)
            self._end(identifier, identifier)

        self._engine.tasks.keep_running(work, f"ledger {identifier}")

    def fetch_regular_key(self, identifier: str, account: str) -> None:
        """Ask which regular key `account` has, for a request that signed with another's; one task
        for each."""
        name = f"{identifier} {account}"
        if name in self._started:
            return
        self._begin(identifier, name)

        async def work() -> None:
            await self._fetch_key(identifier, account)
            self._end(identifier, name)

        self._engine.tasks.keep_running(work, f"key {identifier}")

    def _begin(self, identifier: str, name: str) -> None:
        self._started.add(name)
        self._following[identifier] += 1

    def _end(self, identifier: str, name: str) -> None:
        self._started.discard(name)
        self._following[identifier] -= 1
        if not self._following[identifier]:
            del self._following[identifier]

    async def _fetch_key(self, identifier: str, account: str) -> None:
        attempt = 0
        while True:
            async with self._slots:
                answer = await self._ledger.regular_key(account)
            now = self._engine.clock.now()
            if isinstance(answer, RegularKey):
                value: JsonObject = {"account": answer.account, "key": answer.key}
                self._engine.record(
                    identifier, make_fact(now, Source.LEDGER, FactKind.REGULAR_KEY, value)
                )
                return
            attempt += 1
            self._engine.record(
                identifier,
                make_fact(now, Source.LEDGER, FactKind.LEDGER_SILENT, {"why": answer.reason}),
            )
            await asyncio.sleep(min(_MAX_SILENCE, self._engine.timing.ledger_retries[-1] * attempt))

    async def _follow(self, identifier: str, txid: str, last_ledger: int | None) -> None:
        hint = asyncio.Event()
        waiting = self._hints.setdefault(txid.upper(), set())
        waiting.add(hint)
        try:
            await self._ask_until_decided(identifier, txid, last_ledger, hint)
        finally:
            waiting.discard(hint)
            if not waiting:
                self._hints.pop(txid.upper(), None)

    async def _ask_until_decided(
        self, identifier: str, txid: str, last_ledger: int | None, hint: asyncio.Event
    ) -> None:
        attempt = 0
        while True:
            delays = self._engine.timing.ledger_retries
            if await _wait(hint, delays[min(attempt, len(delays) - 1)]):
                attempt = 0  # the node that is asked may lag a little behind the one that told
            attempt += 1
            async with self._slots:
                answer = await self._ledger.transaction(txid, last_ledger)
            now = self._engine.clock.now()
            if isinstance(answer, NoNodeAnswer):
                silent = make_fact(
                    now, Source.LEDGER, FactKind.LEDGER_SILENT, {"why": answer.reason}
                )
                self._engine.record(identifier, silent)
                await asyncio.sleep(min(_MAX_SILENCE, float(attempt)))
                continue
            if isinstance(answer, TransactionNotFound):
                fact = make_fact(
                    now,
                    Source.LEDGER,
                    FactKind.LEDGER_NEVER if answer.final else FactKind.LEDGER_ABSENT,
                    {"validated_index": answer.validated_index},
                )
                self._engine.record(identifier, fact)
                if answer.final:
                    return
                continue
            raw, tx = answer
            self._engine.record(identifier, make_fact(now, Source.LEDGER, FactKind.LEDGER_TX, raw))
            if tx.validated:
                return


async def _wait(hint: asyncio.Event, seconds: float) -> bool:
    """Wait for the hint, but no longer; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await hint.wait()
    except TimeoutError:
        return False
    hint.clear()
    return True
