"""Payments on the ledger that belong to no request for sure: list, assign, dismiss."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.state.evidence import MATCHED_BY_HAND, LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.context import Engine

log = logging.getLogger(__name__)

_RETRY: Final = 1.0

Listener = Callable[[Sequence[UnmatchedPayment]], None]


class UnmatchedPayments:
    """Keeps the list. A payment leaves it only once the journal has recorded whose it is, so that
    it is always either in the list or in a request."""

    def __init__(self, engine: Engine, load_one: Callable[[str], Awaitable[bool]]) -> None:
        """`load_one` brings an ended request back into memory, where there is one."""
        self._engine = engine
        self._load_one = load_one
        # By txid, oldest first; all of them are in the journal or on their way there.
        self._payments: dict[str, UnmatchedPayment] = {}
        # Request by txid, while the journal has not recorded the assignment yet.
        self._leaving: dict[str, str] = {}
        # Receivers of the whole list.
        self._listeners: list[Listener] = []

    async def load(self) -> None:
        """Read the list of earlier runs."""
        self._payments = {one.txid: one for one in await self._engine.journal.unmatched()}
        self._publish()

    async def reload(self) -> Sequence[UnmatchedPayment]:
        """Read the list again, since other tills have found payments or assigned them; the payments
        that are new in it."""
        before = set(self._payments)
        found = {one.txid: one for one in await self._engine.journal.unmatched()}
        # What was found or left the list here meanwhile is not in what was read.
        kept = {txid: one for txid, one in self._payments.items() if txid not in before}
        gone = before - self._payments.keys()
        self._payments = {txid: one for txid, one in found.items() if txid not in gone} | kept
        self._publish()
        return [one for txid, one in self._payments.items() if txid not in before]

    def rows(self) -> Sequence[UnmatchedPayment]:
        """All of them, oldest first."""
        return tuple(self._payments.values())

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all of them whenever they change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def add(self, raw: JsonObject, tx: LedgerTx, reason: str) -> None:
        """Add a payment for which no request was found; shown by `publish_when_durable`."""
        payment = UnmatchedPayment(raw, tx, reason, self._engine.clock.now())
        self._engine.journal.add_unmatched(payment)
        self._payments[tx.txid] = payment

    async def record_match(self, identifier: str, raw: JsonObject, matched_by: str) -> None:
        """Record a payment of a request, which may have ended long ago."""
        if await self._load_one(identifier):
            self._record(identifier, raw, matched_by)

    def on_reported_txid(self, identifier: str, txid: str) -> None:
        """The platform reported a transaction for a request: if it is in the list, it leaves it."""
        payment = self._payments.get(txid)
        if payment is not None and txid not in self._leaving:
            self._record(identifier, payment.raw, "txid")
            self._leaving[txid] = identifier
            self._engine.tasks.keep_running(partial(self._leave, txid), "payment reported")

    def on_told(self, request: Request) -> None:
        """Another process or till told what it knows of a request: payments that are the request's
        leave the list."""
        for txid in request.txids:
            if any(txid == one.tx.txid for one in request.payments):
                if txid in self._payments and txid not in self._leaving:
                    self._remove(txid)  # the journal has recorded it with what was told
            else:
                self.on_reported_txid(request.identifier, txid)

    async def match(self, txid: str, identifier: str, matched_by: str) -> None:
        """A request was found for a payment of the list after all."""
        here = await self._load_one(identifier)
        payment = self._payments.get(txid)
        if here and payment is not None and txid not in self._leaving:
            self._record(identifier, payment.raw, matched_by)
            self._leaving[txid] = identifier
            self._engine.tasks.keep_running(partial(self._leave, txid), "payment matched")

    async def assign(self, txid: str, identifier: str) -> str:
        """Assign a payment to a request because a person says so; "" or why not."""
        if not await self._load_one(identifier):
            return Message("There is no request {identifier} here.", identifier=identifier)
        if not payment_matching.can_receive_payment(self._engine.request(identifier)):
            return Message("{identifier} does not ask for a payment.", identifier=identifier)
        if (other := self._leaving.get(txid)) is not None:
            return Message(
                "This payment is being assigned to {other}; the disk has not taken that yet.",
                other=other,
            )
        payment = self._payments.get(txid)
        if payment is None:
            return Message("This payment is no longer without a request.")
        self._record(identifier, payment.raw, MATCHED_BY_HAND, Source.OPERATOR)
        self._leaving[txid] = identifier
        try:
            await self._engine.journal.durable()
        except Exception as error:  # noqa: BLE001 - told to the person who asked for it
            self._engine.tasks.keep_running(partial(self._leave, txid), "payment assigned")
            stays = Message("The payment stays in this list until the disk has taken it.")
            return Sentences([error_text(error), stays])
        self._remove(txid)
        return ""

    async def publish_when_durable(self) -> None:
        """Show the list once everything in it is in the journal."""
        await self._engine.journal.durable()
        self._publish()

    def _record(
        self,
        identifier: str,
        raw: JsonObject,
        matched_by: str,
        source: Source = Source.LEDGER,
    ) -> None:
        now = self._engine.clock.now()
        value: JsonObject = {**raw, "paired": matched_by}
        if matched_by == MATCHED_BY_HAND:
            value["assigned_at"] = now.isoformat()
        self._engine.record(identifier, make_fact(now, source, FactKind.PAYMENT, value))

    async def _leave(self, txid: str) -> None:
        """Remove a payment once the journal has recorded whose it is."""
        while True:
            try:
                await self._engine.journal.durable()
            except Exception as error:  # noqa: BLE001 - the window shows the disk's error already
                log.info("the assignment of a payment is not durable yet: %s", error)
                await asyncio.sleep(_RETRY)
            else:
                self._remove(txid)
                return

    def _remove(self, txid: str) -> None:
        self._payments.pop(txid, None)
        self._leaving.pop(txid, None)
        self._publish()

    def _publish(self) -> None:
        for listener in tuple(self._listeners):
            listener(self.rows())


class DismissedPayments:
    """Unmatched payments that the operator has dismissed: dust, a refund, money between own
    accounts. They stay in the list and are hidden in it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_read_only = False
        """Whether nothing may be dismissed here, at a monitor."""
        # Time of dismissal (UTC) by txid.
        self._since: dict[str, datetime] = {}

    async def load(self) -> None:
        """Read the dismissals of earlier runs."""
        self._since = await self._engine.journal.dismissed()

    def since(self) -> Mapping[str, datetime]:
        """When (UTC) each was dismissed, by txid."""
        return self._since

    async def dismiss(self, txid: str, dismissed: bool) -> None:
        """Dismiss a payment, or bring it back; durable when this returns."""
        if self.is_read_only:
            raise JournalError(READ_ONLY)
        at = self._engine.clock.now()
        await self._engine.journal.set_dismissed(txid, dismissed, at)
        if dismissed:
            self._since[txid] = at
        else:
            self._since.pop(txid, None)
