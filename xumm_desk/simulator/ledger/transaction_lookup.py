"""Answer ``GET xrpl-tx``: a validated transaction and the balances that it changed (P§1.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.runtime.clock import Clock

from .ledger import Ledger
from .node_history import NodeHistory
from .records import ValidatedTx
from .requests import LedgerRequests
from .state import plain

WAIT_SECONDS = 10
TIMED_OUT = 500
_DROPS = Decimal(1_000_000)

Changes = dict[str, list[dict[str, str]]]


class TransactionLookup:
    """Looks transactions up in the practice ledger, also where the network is not MAINNET."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._requests = LedgerRequests(ledger, NodeHistory(ledger))
        self.node = ""

    async def find(self, txid: str) -> dict[str, Any]:
        """The whole answer; waits 10 s for a transaction that is not validated yet.

        Raises:
            RefusedError: 500 when no ledger holds it by then.
        """
        txid = txid.upper()
        if txid not in self._ledger.entries:
            await self._wait(txid)
        if txid not in self._ledger.entries:
            raise RefusedError(TIMED_OUT, 500)
        found = self._requests.answer("tx", {"transaction": txid, "api_version": 1})
        return {
            "txid": txid,
            "balanceChanges": balance_changes(found["meta"]),
            "node": self.node,
            "transaction": found,
        }

    async def _wait(self, txid: str) -> None:
        validated = asyncio.Event()

        def look(entry: ValidatedTx) -> None:
            if entry.txid == txid:
                validated.set()

        listeners = self._ledger.listeners.validated
        listeners.append(look)
        waits = [
            asyncio.ensure_future(validated.wait()),
            asyncio.ensure_future(self._clock.sleep(WAIT_SECONDS)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            listeners.remove(look)
            for wait in waits:
                wait.cancel()


def balance_changes(meta: dict[str, Any]) -> Changes:
    """What each account won or lost; XRP (with its fee) as a decimal number, not in drops."""
    changes: Changes = {}
    for wrapped in meta["AffectedNodes"]:
        node = next(iter(wrapped.values()))
        for account, counterparty, currency, value in _node_changes(node):
            change = {"counterparty": counterparty, "currency": currency, "value": plain(value)}
            changes.setdefault(account, []).append(change)
    return changes


def _node_changes(node: dict[str, Any]) -> Iterator[tuple[str, str, str, Decimal]]:
    final = node.get("FinalFields") or node.get("NewFields") or {}
    created = "NewFields" in node
    before = node.get("PreviousFields", {}).get("Balance")
    after = final.get("Balance")
    if after is None or (before is None and not created):
        return
    if node["LedgerEntryType"] == "AccountRoot":
        moved = (Decimal(after) - Decimal(before or 0)) / _DROPS
        yield final["Account"], "", "XRP", moved
    elif node["LedgerEntryType"] == "RippleState":
        moved = Decimal(after["value"]) - Decimal(before["value"] if before else 0)
        if not moved:
            return
        # A line's balance counts from the lower account's side.
        low, high = final["LowLimit"]["issuer"], final["HighLimit"]["issuer"]
        yield low, high, after["currency"], moved
        yield high, low, after["currency"], -moved
