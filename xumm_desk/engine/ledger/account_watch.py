"""The ledger safety net: what came to our accounts, told by the ledger and by nobody else.

Reads each receiving account forward from the ledger seen last; a subscription only says when to
look. Knows when to ask and whom to tell; must not know what a payment makes of a request.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from xumm_desk.core.state.evidence import MATCHED_BY_HAND, LedgerTx, NoNodeAnswer, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.timing import Timing, backoff
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.payment_checks import CLOCK_TOLERANCE, ledger_close_time
from xumm_desk.core.verdict.payment_matching import NoMatch
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.ports import AccountHistoryApi, Clock, Journal
from xumm_desk.engine.runtime.registry import RequestRegistry
from xumm_desk.engine.runtime.tasks import TaskGroup

from . import ledger_gaps
from .payment_matcher import PaymentMatcher

log = logging.getLogger(__name__)

_NAME: Final = "safety net"
_RETRY: Final = 1.0

_MARGIN: Final = timedelta(hours=2)
"""How far before a request's creation an account is read that was never read before: this
computer's clock may be wrong, the ledger's is not."""

_READS_AFTER: Final = 3
"""Ledgers after a transaction's message in which it is looked for: histories lag behind streams."""

_STRIDE: Final = 100
"""Quiet ledgers after which the place reached is written down; re-reading them costs nothing."""

Listener = Callable[[Sequence[UnmatchedPayment]], None]


class AccountWatch:
    """Finds payments for our requests that the platform did not report, and payments of nobody."""

    def __init__(
        self,
        *,
        accounts: AccountHistoryApi,
        registry: RequestRegistry,
        journal: Journal,
        clock: Clock,
        timing: Timing,
        tasks: TaskGroup,
        tell: Callable[[str, Fact], None],
        look: Callable[[str, Priority], None],
        adopt: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`adopt` takes a request of the journal into memory again, where it can."""
        self._accounts = accounts
        self._registry = registry
        self._journal = journal
        self._clock = clock
        self._timing = timing
        self._tasks = tasks
        self._record = tell
        self._load_one = adopt
        self._matching = PaymentMatcher(registry, journal, clock, timing, look)
        self._gaps = ledger_gaps.LedgerGaps(timing.gap_retry)
        self._watched: dict[str, datetime] = {}
        self._read_to: dict[str, int] = {}
        self._stored_read_to: dict[str, int] = {}
        self._earliest: dict[str, datetime] = {}
        self._unmatched: dict[str, UnmatchedPayment] = {}
        self._leaving: dict[str, str] = {}
        self._listeners: list[Listener] = []
        self._wake, self._more = asyncio.Event(), asyncio.Event()
        self._current = asyncio.Event()
        self._live = False
        self._reads = 0
        self._own_requests_only = False

    async def start(self, *, alone: bool) -> None:
        """Begin, from where the journal says that the ledger was read; `alone` keeps to the
        requests in memory, as a command beside a window must."""
        self._own_requests_only = alone
        if not alone:
            self._read_to = await self._journal.ledgers_read()
            self._stored_read_to = dict(self._read_to)
            self._unmatched = {stray.txid: stray for stray in await self._journal.unmatched()}
            for account in self._read_to:
                self.watch(account, self._clock.now())
            self._publish()
        self._tasks.keep_running(self._run, _NAME)
        if self._accounts.can_subscribe:
            self._tasks.keep_running(self._subscribe, "ledger subscription")

    def watch(self, account: str, since: datetime) -> None:
        """Watch `account` too; nothing before `since` (UTC) can be ours where it was never read."""
        known = self._watched.get(account)
        self._watched[account] = since if known is None else min(known, since)
        if known is None:
            self._current.clear()
            self._more.set()
            self._wake.set()

    async def wait_current(self, patience: float) -> None:
        """Return when every account was read up to now, or `patience` seconds are over."""
        try:
            async with asyncio.timeout(patience):
                await self._current.wait()
        except TimeoutError:
            return

    def gap(self) -> str:
        """A sentence about ledgers that no node has read for us; "" when there are none."""
        return self._gaps.sentence()

    def unmatched(self) -> Sequence[UnmatchedPayment]:
        """Payments of nobody, oldest first; all on disk."""
        return tuple(self._unmatched.values())

    def on_unmatched(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all of them whenever they change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def on_platform_answer(self) -> None:
        """A request was answered for: what waits for the platform's word looks again."""
        self._matching.on_platform_answer()

    def on_reported_txid(self, identifier: str, txid: str) -> None:
        """The platform names a transaction: should it be one of nobody's, it no longer is."""
        stray = self._unmatched.get(txid)
        if stray is not None and txid not in self._leaving:
            self._record_payment(identifier, stray.raw, "txid")
            self._leaving[txid] = identifier
            self._tasks.keep_running(partial(self._leave, txid), "payment claimed")

    async def assign(self, txid: str, identifier: str) -> str:
        """Give a payment of nobody to a request because a person says so; "" or why not."""
        if not await self._load_one(identifier):
            return f"There is no request {identifier} here."
        if not payment_matching.can_receive_payment(self._registry[identifier].request):
            return f"{identifier} does not ask for a payment."
        if (other := self._leaving.get(txid)) is not None:
            return f"This payment is being assigned to {other}; the disk has not taken that yet."
        stray = self._unmatched.get(txid)
        if stray is None:
            return "This payment is no longer without a request."
        self._record_payment(identifier, stray.raw, MATCHED_BY_HAND, Source.OPERATOR)
        self._leaving[txid] = identifier
        try:
            await self._journal.durable()
        except Exception as error:  # noqa: BLE001 - said to the person who asked for it
            self._tasks.keep_running(partial(self._leave, txid), "payment assigned")
            return f"{error} The payment stays in this list until the disk has taken it."
        self._remove_left(txid)
        return ""

    async def _leave(self, txid: str) -> None:
        """Take a payment from the list once the disk knows whose it is: should it never take that,
        the payment must be in a list."""
        while True:
            try:
                await self._journal.durable()
            except Exception as error:  # noqa: BLE001 - the disk's trouble has a bar of its own
                log.info("a payment is not assigned on disk yet: %s", error)
                await asyncio.sleep(_RETRY)
            else:
                self._remove_left(txid)
                return

    def _remove_left(self, txid: str) -> None:
        self._unmatched.pop(txid, None)
        self._leaving.pop(txid, None)
        self._publish()

    # Reading.

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                behind = await self._read_accounts()
                self._tasks.on_recovered(_NAME)
            except Exception as error:  # noqa: BLE001 - told, and the same is read again
                self._tasks.on_persistent_failure(_NAME, error)
                behind = True
            # An account that came while the others were read is still to be read.
            if not behind and self._read_to.keys() >= self._watched.keys():
                self._current.set()
            calm = self._live and not behind
            try:
                async with asyncio.timeout(
                    self._timing.account_interval if calm else self._timing.account_poll_interval
                ):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _subscribe(self) -> None:
        attempt = 0
        while True:
            while not self._watched:
                self._more.clear()
                await self._more.wait()
            self._more.clear()
            listening = asyncio.ensure_future(
                self._accounts.subscribe(tuple(self._watched), self._on_stream_message)
            )
            more = asyncio.ensure_future(self._more.wait())
            try:
                await asyncio.wait({listening, more}, return_when=asyncio.FIRST_COMPLETED)
                if not listening.done():
                    continue  # another account: subscribe anew
                log.info("ledger subscription: %s", listening.result())
            finally:
                attempt = 0 if self._live else attempt + 1
                self._live = False
                listening.cancel()
                more.cancel()
                await asyncio.wait({listening, more})
            timing = self._timing
            chance = random.random()  # noqa: S311 - spreads returns, keeps no secret
            await asyncio.sleep(
                backoff(attempt, chance, timing.reconnect_min, timing.reconnect_max)
            )

    def _on_stream_message(self, moved: bool) -> None:
        self._live = True
        if moved:
            self._reads = _READS_AFTER
        elif self._reads:
            self._reads -= 1
        else:
            return
        self._wake.set()

    async def _read_accounts(self) -> bool:
        """Read every account up to now; whether one of them could not be read."""
        behind = False
        for account, since in tuple(self._watched.items()):
            after = self._read_to.get(account)
            again = self._gaps.next_due(account, self._clock.monotonic())
            if again is not None:
                await self._close_gap(account, again, since)
            answer = await self._accounts.history(account, after, since - _MARGIN)
            if isinstance(answer, NoNodeAnswer):
                behind = True
                continue
            if after is None:
                # Older payments of nobody are none of our business.
                self._earliest[account] = since - CLOCK_TOLERANCE
            missing = (
                ledger_gaps.missing_before(answer.first_ledger, since)
                if answer.first_ledger
                else answer.missing_ledgers
            )
            if missing is not None:
                self._gaps.add(account, missing, self._clock.monotonic())
            earliest = self._earliest[account] if after is None else None
            moved = await self._match_payments(answer.transactions, earliest)
            self._read_to[account] = max(after or 0, answer.complete_to)
            # With a gap before it the place reached is not written down: a start reads from before
            # the gap, and says so again where it still is one.
            whole = account not in self._gaps
            if not self._own_requests_only and whole and (moved or self._due(account)):
                self._journal.set_ledger_read(account, self._read_to[account])
                self._stored_read_to[account] = self._read_to[account]
        return behind

    async def _close_gap(self, account: str, first: int, since: datetime) -> None:
        """Read what no node had before; another one may be set up or have learnt it by now."""
        after = None if first == ledger_gaps.UNKNOWN_START else first - 1
        answer = await self._accounts.history(account, after, since - _MARGIN)
        if isinstance(answer, NoNodeAnswer):
            return
        await self._match_payments(answer.transactions, self._earliest.get(account))
        missing = (
            ledger_gaps.missing_before(answer.first_ledger, since)
            if answer.first_ledger
            else answer.missing_ledgers
        )
        self._gaps.narrow(account, missing, self._clock.monotonic())

    def _due(self, account: str) -> bool:
        known = self._stored_read_to.get(account)
        return known is None or self._read_to[account] - known >= _STRIDE

    # Pairing.

    async def _match_payments(self, found: Sequence[JsonObject], earliest: datetime | None) -> bool:
        """Find a request for each payment among `found`; whether there was one."""
        come = [(raw, LedgerTx.from_json(raw)) for raw in found]
        come = [
            (raw, tx) for raw, tx in come if payment_matching.is_incoming_payment(tx, self._watched)
        ]
        if not come:
            return False
        known = await self._journal.known_unmatched([tx.txid for _, tx in come])
        come = [(raw, tx) for raw, tx in come if tx.txid not in known]
        await self._matching.ask_platform([tx for _, tx in come])
        for raw, tx in come:
            result = await self._matching.find(tx)
            if isinstance(result, NoMatch):
                old = earliest is not None and (ledger_close_time(tx) or earliest) < earliest
                if not old and not self._own_requests_only:
                    stray = UnmatchedPayment(raw, tx, result.reason, self._clock.now())
                    self._journal.add_unmatched(stray)
                    self._unmatched[tx.txid] = stray
            elif result.matched_by != "txid" and await self._load_one(result.identifier):
                self._record_payment(result.identifier, raw, result.matched_by)
            # A reported transaction is proven by the witness that asks for it.
        if come:
            await self._publish_when_durable()
        return True

    # Telling.

    def _record_payment(
        self, identifier: str, raw: JsonObject, how: str, witness: Source = Source.LEDGER
    ) -> None:
        now = self._clock.now()
        value: JsonObject = {**raw, "paired": how}
        if how == MATCHED_BY_HAND:
            value["assigned_at"] = now.isoformat()
        told = make_fact(now, witness, FactKind.PAYMENT, value)
        self._record(identifier, told)

    async def _publish_when_durable(self) -> None:
        await self._journal.durable()
        self._publish()

    def _publish(self) -> None:
        for listener in tuple(self._listeners):
            listener(self.unmatched())
