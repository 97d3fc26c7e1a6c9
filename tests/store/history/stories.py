"""Requests to fill a journal with: every status, and sales of several tills with their refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from ui import sample_rows

from xumm_desk.core.money.amount import XrpAmount, amount_json
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store.journal import SqliteJournal

from .sale_specs import BEGIN, SHOP, payment_spec, sale_spec

__all__ = ["BEGIN", "sale_spec"]

assert sample_rows.NOW - timedelta(days=3) == BEGIN
assert sample_rows.SHOP == SHOP
PAYER: Final = sample_rows.keys("anna")[2]


async def write_samples(journal: SqliteJournal) -> list[sample_rows.Sample]:
    """Write one request in each status and situation; all are durable then."""
    samples = list(sample_rows.samples())
    for sample in samples:
        for fact in sample.facts:
            journal.append(sample.row.identifier, fact, urgent=True)
        verdict = sample.row.verdict
        journal.set_status(sample.row.identifier, verdict.status.value, verdict.final)
    await journal.durable()
    return samples


def refund_spec(number: int, part: XrpAmount, name: str) -> RequestSpec:
    """The request that pays back `part` of that sale."""
    sale = Sale(number, refund_of=f"sale-{number}", part=part)
    return payment_spec(name, part, sale, PAYER)


def write_intent(journal: SqliteJournal, spec: RequestSpec, minutes: float) -> None:
    """Write that this request is made."""
    at = BEGIN + timedelta(minutes=minutes)
    journal.append(
        spec.identifier,
        make_fact(at, Source.OPERATOR, FactKind.INTENT, spec.to_json()),
        urgent=True,
    )


def write_payment(journal: SqliteJournal, spec: RequestSpec, minutes: float, txid: str) -> None:
    """Write that the ledger shows its payment in full, and that it is paid."""
    journal.append(
        spec.identifier,
        payment(spec, minutes, txid),
        urgent=True,
        status="paid",
        finished=True,
    )


def payment(spec: RequestSpec, minutes: float, txid: str) -> Fact:
    """The fact that the ledger shows the request's payment."""
    assert spec.amount is not None
    return make_fact(
        BEGIN + timedelta(minutes=minutes),
        Source.LEDGER,
        FactKind.PAYMENT,
        {
            "hash": txid,
            "validated": True,
            "ledger_index": 98_000_000 + int(minutes),
            "meta": {
                "TransactionResult": "tesSUCCESS",
                "delivered_amount": amount_json(spec.amount),
            },
            "tx_json": {
                "TransactionType": "Payment",
                "Account": PAYER,
                "Destination": spec.destination or "",
            },
            "paired": "tag",
        },
    )
