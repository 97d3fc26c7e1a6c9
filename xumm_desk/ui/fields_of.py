"""Knows which fields of a request a person may want to read or copy. Must not know where."""

from __future__ import annotations

from xumm_desk.core import amount
from xumm_desk.core.bidi import isolated
from xumm_desk.engine.book import Row

from .columns import payer
from .times import both


def fields_of(row: Row) -> list[tuple[str, str]]:
    """Names and values; what is not known is left out."""
    request, order, answer = row.request, row.request.order, row.request.platform
    ledger, asked = row.request.ledger, row.request.order.amount
    proven = ledger is not None and ledger.validated
    fields = [
        ("Reference", isolated(order.identifier)),
        ("Type", order.tx_type),
        ("Amount", amount.display(asked) or ("any" if order.pays else "")),
        ("Token", asked.issuance_id if isinstance(asked, amount.Mpt) else ""),
        ("Issuer", amount.issuer_of(asked)),
        ("Destination", order.destination or ""),
        ("Tag", "" if order.tag is None else str(order.tag)),
        ("Network", order.network),
        ("Note", isolated(order.instruction)),
        ("Allowed signers", " ".join(order.signers)),
        ("Created", both(request.created_at, "").strip()),
        ("Expires", both(answer.expires_at if answer else None, "").strip()),
        ("Resolved", both(answer.resolved_at if answer else None, "").strip()),
        ("Id", request.uuid or ""),
        ("Outage code", "only the ledger can confirm this" if request.outage else ""),
        ("Link", request.link or ""),
        ("Payer", payer(row) or ""),
        ("Transaction", request.transaction or ""),
        ("Ledger", str(ledger.ledger_index or "") if ledger and proven else ""),
        ("Result", (ledger.result or "") if ledger and proven else ""),
        ("Delivered", amount.display(ledger.delivered) if ledger and proven else ""),
    ]
    return [(name, value) for name, value in fields if value]
