"""Read the shop's accounts on the ledger without gaps, for payments that nobody reported.

Each account is read forward from the last ledger read (P§9.5); a subscription only says when to
read.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.state.evidence import LedgerTx, NoNodeAnswer, UnmatchedPayment
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.timing import backoff
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.payment_checks import CLOCK_TOLERANCE, ledger_close_time
from xumm_desk.core.verdict.payment_matching import Match, NoMatch
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import AccountHistoryApi

from . import ledger_gaps
from .history_reading import HistoryReading
from .payment_matcher import PaymentMatcher
from .unmatched_payments import UnmatchedPayments

log = logging.getLogger(__name__)

_NAME: Final = "account watch"

_MARGIN: Final = timedelta(hours=2)
"""How far before a request's creation an account is read that was never read before: this
computer's clock may be wrong, the ledger's is not."""

_READS_AFTER: Final = 3
"""Ledgers after a transaction's message in which it is looked for: histories lag behind streams."""

_STRIDE: Final = 100
"""Ledgers without a payment after which the position is journaled; reading them again costs
nothing."""


class AccountWatch:
    """Finds payments for our requests that the platform did not report, and unmatched payments."""

    def __init__(
        self,
        engine: Engine,
        accounts: AccountHistoryApi,
        unmatched: UnmatchedPayments,
        fetch: Callable[[str, Priority], None],
        on_transaction: Callable[[str], None],
        *,
        reading: HistoryReading,
    ) -> None:
        """`fetch` reads a payload at a priority; `on_transaction` is called with the txid of what a
        validated ledger is said to hold. `reading` says which accounts are read here."""
        self._engine = engine
        self._accounts = accounts
        self._unmatched = unmatched
        self._matcher = PaymentMatcher(engine, fetch)
        self._on_transaction = on_transaction
        self._reading = reading
        # The accounts that are read here now, and behind which ledger without a gap.
        self._read_here: set[str] = set()
        self._read_after: dict[str, int] = {}
        self._gaps = ledger_gaps.LedgerGaps(engine.timing.gap_retry)
        # Accounts, and since when (UTC) payments to them can be ours.
        self._watched: dict[str, datetime] = {}
        # The last ledger read of each account, and the one that the journal knows of.
        self._read_to: dict[str, int] = {}
        self._stored_read_to: dict[str, int] = {}
        # Of accounts read for the first time: payments before that time (UTC) are not ours.
        self._earliest: dict[str, datetime] = {}
        # Set when an account must be read at once, and when the subscription lacks an account.
        self._wake, self._more = asyncio.Event(), asyncio.Event()
        # Set while every account is read up to now.
        self._current = asyncio.Event()
        # Whether the subscription delivers, and in how many further ledgers to look after a hint.
        self._live = False
        self._reads = 0
        # True for a command beside a window, which keeps to its own requests.
        self._own_requests_only = False

    async def start(self, *, alone: bool) -> None:
        """Start from where the journal says that the ledger was read. `alone` keeps to the requests
        in memory, as a command beside a window must."""
        self._own_requests_only = alone
        if not alone:
            self._read_to = await self._engine.journal.ledgers_read()
            self._stored_read_to = dict(self._read_to)
            self._read_after = dict(self._read_to)
            await self._unmatched.load()
            for account in self._read_to:
                self.watch(account, self._engine.clock.now())
        self._engine.tasks.keep_running(self._run, _NAME)
        if self._accounts.can_subscribe:
            self._engine.tasks.keep_running(self._subscribe, "ledger subscription")

    def watch(self, account: str, since: datetime) -> None:
        """Watch `account` too; nothing before `since` (UTC) can be ours where it was never read."""
        known = self._watched.get(account)
        self._watched[account] = since if known is None else min(known, since)
        if known is None:
            self._current.clear()
            self._more.set()
            self._wake.set()
            if not self._own_requests_only:
                self._reading.add(account)

    def read_at_once(self) -> None:
        """Look now what is to be read."""
        self._wake.set()

    async def wait_current(self, patience: float) -> None:
        """Return when every account was read up to now, or `patience` seconds are over."""
        try:
            async with asyncio.timeout(patience):
                await self._current.wait()
        except TimeoutError:
            return

    @property
    def watches(self) -> bool:
        """Whether any account is watched."""
        return bool(self._watched)

    def gap(self) -> str:
        """A sentence about ledgers that no node has read for us; "" when there are none."""
        return self._gaps.sentence()

    def on_platform_answer(self) -> None:
        """The platform answered for a request: whatever waits for its report checks again."""
        self._matcher.on_platform_answer()

    # Reading.

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                behind = await self._read_accounts()
                self._engine.tasks.on_recovered(_NAME)
            except Exception as error:  # noqa: BLE001 - told, and the same is read again
                self._engine.tasks.on_persistent_failure(_NAME, error)
                behind = True
            # An account that was added while the others were read is still to be read.
            if not behind and all(map(self._is_read, self._watched)):
                self._current.set()
            settled = self._live and not behind
            try:
                async with asyncio.timeout(
                    self._pause(
                        self._engine.timing.account_interval
                        if settled
                        else self._engine.timing.account_poll_interval
                    )
                ):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _pause(self, seconds: float) -> float:
        left = self._reading.seconds_left()
        return seconds if left is None else max(0.0, min(seconds, left))

    def _is_read(self, account: str) -> bool:
        return account in self._read_to or not self._is_ours(account)

    def _is_ours(self, account: str) -> bool:
        return self._own_requests_only or self._reading.reads(account)

    async def _go_on(self, account: str) -> None:
        """Begin to read an account where the tills of the shop stopped."""
        self._read_here.add(account)
        if self._own_requests_only or not self._reading.in_shop:
            return
        read_to = await self._engine.journal.ledger_read_by_all(account)
        if read_to is not None:
            self._read_to[account] = self._read_after[account] = read_to
            self._stored_read_to[account] = read_to

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
            timing = self._engine.timing
            chance = random.random()  # noqa: S311 - spreads returns, keeps no secret
            await asyncio.sleep(
                backoff(attempt, chance, timing.reconnect_min, timing.reconnect_max)
            )

    def _on_stream_message(self, moved: bool, txid: str) -> None:
        self._live = True
        if txid:
            self._on_transaction(txid)
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
            if not self._is_ours(account):
                self._read_here.discard(account)
                continue
            if account not in self._read_here:
                await self._go_on(account)
            after = self._read_to.get(account)
            again = self._gaps.next_due(account, self._engine.clock.monotonic())
            if again is not None:
                await self._close_gap(account, again, since)
            answer = await self._accounts.history(account, after, since - _MARGIN)
            if isinstance(answer, NoNodeAnswer):
                behind = True
                self._reading.note_unread(account)
                continue
            if after is None:
                # Older payments that match no request are not ours to report.
                self._earliest[account] = since - CLOCK_TOLERANCE
            missing = ledger_gaps.missing_in(answer, since)
            if missing is not None:
                self._gaps.add(account, missing, self._engine.clock.monotonic())
            earliest = self._earliest[account] if after is None else None
            moved = await self._match_payments(answer.transactions, earliest)
            self._read_to[account] = max(after or 0, answer.complete_to)
            self._read_after.setdefault(account, self._read_to[account])
            # With a gap before it the position is not journaled: the next start reads from before
            # the gap, and reports it again if it is still there.
            whole = account not in self._gaps
            if not self._own_requests_only and whole and (moved or self._due(account)):
                self._engine.journal.set_ledger_read(
                    account, self._read_to[account], self._read_after[account]
                )
                self._stored_read_to[account] = self._read_to[account]
        return behind

    async def _close_gap(self, account: str, first: int, since: datetime) -> None:
        """Read what no node had before; another one may be set up or have learnt it by now."""
        after = None if first == ledger_gaps.UNKNOWN_START else first - 1
        answer = await self._accounts.history(account, after, since - _MARGIN)
        if isinstance(answer, NoNodeAnswer):
            return
        await self._match_payments(answer.transactions, self._earliest.get(account))
        missing = ledger_gaps.missing_in(answer, since)
        self._gaps.narrow(account, missing, answer.complete_to, self._engine.clock.monotonic())

    def _due(self, account: str) -> bool:
        known = self._stored_read_to.get(account)
        return known is None or self._read_to[account] - known >= _STRIDE

    # Matching.

    async def _match_refunds(self, sent: Sequence[tuple[JsonObject, LedgerTx]]) -> None:
        """Find the refund of each payment that left the shop. Whatever belongs to none is the
        shop's own business."""
        await self._matcher.ask_platform([tx for _, tx in sent])
        for raw, tx in sent:
            result = await self._matcher.find(tx)
            if isinstance(result, Match) and result.matched_by == "invoice":
                await self._unmatched.record_match(result.identifier, raw, result.matched_by)

    async def match_listed(
        self, payments: Sequence[UnmatchedPayment], is_followed_here: Callable[[str], bool]
    ) -> None:
        """Look for requests of these payments, for which another till knew none, among those that
        are followed here."""
        for payment in payments:
            result = await self._matcher.find(payment.tx)
            if isinstance(result, Match) and is_followed_here(result.identifier):
                await self._unmatched.match(payment.txid, result.identifier, result.matched_by)

    async def match_again(self, request: Request) -> None:
        """Look whether payments of no request name this one, which another till has made: its facts
        may come later than the ledger's word."""
        named_by = self._engine.registry.named_by
        for payment in self._unmatched.rows():
            if any(one.request.identifier == request.identifier for one in named_by(payment.tx)):
                result = await self._matcher.find(payment.tx)
                if isinstance(result, Match):
                    await self._unmatched.match(payment.txid, result.identifier, result.matched_by)

    async def _match_payments(self, found: Sequence[JsonObject], earliest: datetime | None) -> bool:
        """Find a request for each payment among `found`; whether there was one."""
        incoming = [(raw, LedgerTx.from_json(raw)) for raw in found]
        refunds = [
            (raw, tx)
            for raw, tx in incoming
            if payment_matching.is_refund_payment(tx, self._watched)
        ]
        incoming = [
            (raw, tx)
            for raw, tx in incoming
            if payment_matching.is_incoming_payment(tx, self._watched)
        ]
        if refunds:
            await self._match_refunds(refunds)
        if not incoming:
            return False
        known = await self._engine.journal.known_unmatched([tx.txid for _, tx in incoming])
        incoming = [(raw, tx) for raw, tx in incoming if tx.txid not in known]
        await self._matcher.ask_platform([tx for _, tx in incoming])
        for raw, tx in incoming:
            result = await self._matcher.find(tx)
            if isinstance(result, NoMatch):
                old = earliest is not None and (ledger_close_time(tx) or earliest) < earliest
                if not old and not self._own_requests_only:
                    self._unmatched.add(raw, tx, result.reason)
            elif result.matched_by != "txid":
                await self._unmatched.record_match(result.identifier, raw, result.matched_by)
            # A transaction that the platform reported is looked up by `TransactionLookup`.
        if incoming:
            await self._unmatched.publish_when_durable()
        return True
