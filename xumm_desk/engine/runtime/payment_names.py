"""Which requests a payment on the ledger can name: by transaction, `InvoiceID` or destination tag.

A flood of payments must not compare each one with every request.
"""

from __future__ import annotations

from collections.abc import Iterable

from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.payment_checks import invoice_id
from xumm_desk.core.verdict.payment_matching import can_receive_payment, txids_of
from xumm_desk.core.wire import json_fields


class PaymentNames:
    """Identifiers of requests by what a payment names them with. A request keeps its names as long
    as it is here; whoever gets it looks at its present state."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, object], dict[str, None]] = {}
        self._names: dict[str, dict[tuple[str, object], None]] = {}

    def add(self, request: Request) -> None:
        """Add a new request."""
        if can_receive_payment(request):
            self._add(request.identifier, "invoice", invoice_id(request.spec.txjson))
            self._add(request.identifier, "tag", request.spec.tag)
        self.add_txids(request)

    def add_txids(self, request: Request) -> None:
        """Add the transactions with which a request was reported."""
        for txid in txids_of(request):
            self._add(request.identifier, "txid", txid)

    def named_by(self, tx: LedgerTx) -> Iterable[str]:
        """The requests that `tx` may be for; no other one can be."""
        names = (
            ("txid", tx.txid),
            ("invoice", invoice_id(tx.tx)),
            ("tag", json_fields.int_at(tx.tx, "DestinationTag")),
        )
        found: dict[str, None] = {}
        for name in names:
            found |= self._by_name.get(name, {})
        return found

    def remove(self, identifier: str) -> None:
        """Remove a request with all the names that it ever had here."""
        for name in self._names.pop(identifier, ()):
            named = self._by_name[name]
            del named[identifier]
            if not named:
                del self._by_name[name]

    def _add(self, identifier: str, kind: str, value: object) -> None:
        if value is not None:
            self._by_name.setdefault((kind, value), {})[identifier] = None
            self._names.setdefault(identifier, {})[kind, value] = None
