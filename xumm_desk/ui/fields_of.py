"""Knows which fields of a request a person may want to read or copy. Must not know where."""

from __future__ import annotations

from xumm_desk.core import amount
from xumm_desk.core.bidi import isolate
from xumm_desk.engine.book import RequestRow

from .columns import payer_text
from .times import local_and_utc


def request_fields(row: RequestRow) -> list[tuple[str, str]]:
    """Names and values; what is not known is left out."""
    request, order, answer = row.request, row.request.spec, row.request.platform
    ledger, asked = row.request.ledger, row.request.spec.amount
    proven = ledger is not None and ledger.validated
    fields = [
        ("Reference", isolate(order.identifier)),
        ("Type", order.tx_type),
        ("Amount", amount.format_amount(asked) or ("any" if order.is_payment else "")),
        ("Token", asked.issuance_id if isinstance(asked, amount.MptAmount) else ""),
        ("Issuer", amount.issuer_of(asked)),
        ("Destination", order.destination or ""),
        ("Tag", "" if order.tag is None else str(order.tag)),
        ("Network", order.network),
        ("Note", isolate(order.instruction)),
        ("Allowed signers", " ".join(order.signers)),
        ("Created", local_and_utc(request.created_at, "").strip()),
        ("Expires", local_and_utc(answer.expires_at if answer else None, "").strip()),
        ("Resolved", local_and_utc(answer.resolved_at if answer else None, "").strip()),
        ("Id", request.uuid or ""),
        ("Outage code", "only the ledger can confirm this" if request.outage_link else ""),
        ("Link", request.qr_link or ""),
        ("Payer", payer_text(row) or ""),
        ("Transaction", request.shown_txid or ""),
        ("Ledger", str(ledger.ledger_index or "") if ledger and proven else ""),
        ("Result", (ledger.result or "") if ledger and proven else ""),
        ("Delivered", amount.format_amount(ledger.delivered) if ledger and proven else ""),
    ]
    return [(name, value) for name, value in fields if value]
