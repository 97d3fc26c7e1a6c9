# ruff: noqa: ARG002 - what is refused needs no arguments
"""The desk of a monitor: it shows what the tills of the shop do, and asks and changes nothing.

It needs no keys. What it shows of a request, and whether that is Paid, is what the tills found out:
it reads the ledger no more than the platform, since a payment would be written down here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.refund.refund import RefundBalance, RefundOrder
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.state.decisions import Decision
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.wire.api_answers import Application, CancelAnswer, Failure
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.ports import Clock, Journal, XrplCodec
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.unused_ports import (
    NOT_ASKED,
    UnusedLedger,
    UnusedPlatform,
    UnusedSockets,
)

from .desk import Desk
from .health import Health


class MonitorDesk(Desk):
    """Refuses whatever would write to the shop, to the platform or about a request."""

    def __init__(
        self,
        *,
        journal: Journal,
        codec: XrplCodec,
        clock: Clock,
        ledger: bool,
        timing: Timing | None = None,
        disk_space: Callable[[], DiskSpace | None] | None = None,
        network: str = "",
    ) -> None:
        """`ledger` is whether the tills prove payments on the ledger; see `Desk` for the rest."""
        super().__init__(
            platform=UnusedPlatform(),
            sockets=UnusedSockets(),
            journal=journal,
            codec=codec,
            ledger=UnusedLedger() if ledger else None,
            clock=clock,
            timing=timing,
            disk_space=disk_space,
            network=network,
        )
        # Those of an earlier life of this folder as a till neither.
        self._remote.follows_own = False
        self.shows_others_payments = True
        self.dismissed.is_read_only = True

    def health(self) -> Health:
        """The present state of the disk; nobody is asked."""
        return replace(super().health(), asks=False)

    async def ping(self) -> Application | Failure:
        return NOT_ASKED

    async def create(self, spec: RequestSpec, urgency: Priority = Priority.PERSON) -> RequestRow:
        raise JournalError(READ_ONLY)

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        return NOT_ASKED

    async def close(self, identifier: str) -> str:
        return READ_ONLY

    async def resend(self, identifier: str) -> str:
        return READ_ONLY

    async def decide(self, identifier: str, decision: Decision) -> str:
        return READ_ONLY

    async def refund_balances(self, identifier: str) -> tuple[RefundBalance, ...] | str:
        return READ_ONLY

    async def refund(self, order: RefundOrder) -> RequestRow | str:
        return READ_ONLY

    async def assign(self, txid: str, identifier: str) -> str:
        return READ_ONLY

    async def allocate_tag(self, within: TagRange) -> int | str:
        return READ_ONLY

    async def allocate_sale_number(self, till: str, series: str) -> int:
        raise JournalError(READ_ONLY)

    async def on_hint(self, uuid: str, identifier: str = "") -> str | None:
        return None

    def refresh(self, identifier: str) -> None:
        """Nobody is asked."""

    def watch_account(self, account: str) -> str:
        return ""

    async def _record_clock_set(self, seconds: float) -> None:
        """Whose clock was set here is nothing that happened to a request of a till."""

    def record_clock_ahead(self) -> timedelta | None:
        return None
