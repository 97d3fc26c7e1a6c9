"""Which requests a payment can name: the index against a walk through all of them."""

from __future__ import annotations

from dataclasses import replace

from core.builders import (
    CUSTOMER,
    INVOICE,
    MODERATE,
    PAYMENT,
    SHOP,
    answer,
    apply_all,
    created,
    get,
    make_order,
)
from core.platform_model import RIGHT
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.payment_matching import Candidate, match_payment
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.payment_names import PaymentNames

TAGS = st.sampled_from([None, 1, 2])
INVOICES = st.sampled_from([None, INVOICE, INVOICE.lower(), "F" * 64])


@st.composite
def requests(draw: st.DrawFn) -> list[Request]:
    """Some requests that share tags, invoices and transactions."""
    made = []
    for number in range(draw(st.integers(0, 6))):
        fields: JsonObject = {"DestinationTag": draw(TAGS), "InvoiceID": draw(INVOICES)}
        whole = {**PAYMENT, **fields}
        order = make_order({key: value for key, value in whole.items() if value is not None})
        told = [created(), answer(get(RIGHT))] if draw(st.booleans()) else [created()]
        made.append(apply_all(replace(order, identifier=f"order-{number}"), *told))
    return made


@MODERATE
@given(requests(), TAGS, INVOICES, st.sampled_from([RIGHT.txid, "A" * 64]))
def test_those_that_a_payment_names_decide_as_all_do(
    made: list[Request], tag: int | None, invoice: str | None, txid: str
) -> None:
    names = PaymentNames()
    for request in made:
        names.add(request)
    tx = LedgerTx.from_json(
        {
            "tx_json": {
                "TransactionType": "Payment",
                "Account": CUSTOMER.address,
                "Destination": SHOP,
                "DestinationTag": tag,
                "InvoiceID": invoice,
            },
            "hash": txid,
            "validated": True,
        }
    )
    every = [Candidate(request, Status.WAITING) for request in made]
    named = set(names.named_by(tx))
    some = [one for one in every if one.request.identifier in named]
    assert match_payment(tx, some) == match_payment(tx, every)
