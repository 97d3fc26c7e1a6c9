"""Make refunds: never more than is left of a sale, whoever asks at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from xumm_desk.core.message import Message
from xumm_desk.core.refund import refund
from xumm_desk.core.refund.refund import RefundBalance, RefundOrder
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.engine.recovery import Recovery
from xumm_desk.engine.runtime.context import Engine

from .creation import Creation


class Refunds:
    """The way from an order to a refund. `check` finds what the ledger's models say against a
    spec."""

    def __init__(
        self,
        engine: Engine,
        recovery: Recovery,
        creation: Creation,
        check: Callable[[RequestSpec], Awaitable[tuple[FieldError, ...]]],
        why_not_here: Callable[[str], Awaitable[str]],
    ) -> None:
        """`why_not_here` says why this till must not refund a sale now; "" if it may, and then all
        refunds of other tills are in the journal."""
        self._engine = engine
        self._recovery = recovery
        self._creation = creation
        self._check = check
        self._why_not_here = why_not_here
        # Held from the look at what is left until the refund is in memory.
        self._lock = asyncio.Lock()

    async def balances(self, identifier: str) -> tuple[RefundBalance, ...] | str:
        """What can be refunded of a request, however old, or why nothing can."""
        here = await self._recovery.load_one(identifier)
        # However it came into memory: what is left is reckoned from all refunds that ever were.
        await self._recovery.load_refunds([identifier])
        if not here:
            return Message("There is no request {identifier} here.", identifier=identifier)
        return self._balances(identifier)

    async def create(self, order: RefundOrder) -> str:
        """Create the refund and follow it, as a sale; "" or why nothing was created. An order that
        is known already makes no second refund."""
        async with self._lock:
            refused = await self._refusal(order)
            if refused or order.identifier in self._engine.registry:
                return refused
            spec = refund.make_refund(self._engine.request(order.refund_of), order)
            problems = spec if not isinstance(spec, RequestSpec) else await self._check(spec)
            if problems or not isinstance(spec, RequestSpec):
                return problems[0].message
        # Not under the lock, since the POST may take a minute. `create` puts the refund into memory
        # before it waits for anything, so whoever gets the lock next finds it there.
        await self._creation.create(spec)
        await self._engine.journal.durable()
        return ""

    def why_not_resent(self, identifier: str) -> str:
        """Why a refund that was not created must not be sent again; "" if it may be, and for what
        is no refund. Its part of the sale may have been refunded otherwise since."""
        request = self._engine.request(identifier)
        sale, part = refunded_identifier(request.spec), refund.refund_part(request.spec)
        if not sale or part is None:
            return ""
        found = self._balances(sale) if sale in self._engine.registry else ""
        if isinstance(found, str):
            return found or Message("The sale of this refund is not loaded. Start a new refund.")
        order = RefundOrder(
            sale, identifier, request.spec.destination or "", part, request.spec.amount or part
        )
        return refund.why_order_refused(order, found)

    def _balances(self, identifier: str) -> tuple[RefundBalance, ...] | str:
        entry = self._engine.registry[identifier]
        found = refund.refund_balances(
            entry.request, self._engine.registry.refund_states(identifier)
        )
        refused = refund.why_not_refundable(
            entry.request, entry.verdict.status, found, entry.verdict.foreign_network
        )
        return refused or found

    async def _refusal(self, order: RefundOrder) -> str:
        if self._recovery.running:
            return Message(
                "The journal is still being read, nothing was done. Try again in a moment."
            )
        if order.identifier in self._engine.registry:
            return ""
        if refused := await self._why_not_here(order.refund_of):
            return refused
        found = await self.balances(order.refund_of)
        return found if isinstance(found, str) else refund.why_order_refused(order, found)
