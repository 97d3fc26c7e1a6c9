"""The outage code: a payment link that any Xaman wallet reads while the platform is down (P§8).

Only the ledger reports whether it was paid, so each link carries a destination tag or an invoice
id that the ledger repeats.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .request_spec import RequestSpec

PREFIX: Final = "https://xaman.app/detect/request:"

_LINK_FIELDS: Final = frozenset(
    {"TransactionType", "Destination", "DestinationTag", "Amount", "InvoiceID", "Memos"}
)
"""Fields that may be in the transaction: those that the link has, and memos, which it leaves
out."""

NO_NODE: Final = Message(
    "An outage code needs a ledger node, which alone could tell that it was paid. None is set up."
)


def is_outage_code(spec: RequestSpec) -> bool:
    """Whether the spec is shown as an outage code and must never be sent to the platform."""
    return json_fields.bool_at(spec.body, "outage") is True


def is_outage_link(text: str) -> bool:
    """Whether `text` may be shown as an outage code."""
    return text.startswith(PREFIX)


def why_unavailable(spec: RequestSpec, *, ledger: bool) -> str:
    """Why the spec cannot be shown as an outage code; "" if it can. `ledger` says whether a ledger
    node is set up."""
    if not ledger:
        return NO_NODE
    if not spec.is_payment or spec.amount is None or spec.destination is None:
        return Message("An outage code can only ask for a payment of a fixed amount.")
    if isinstance(spec.amount, amount.MptAmount):
        return Message(
            "An outage code can ask for XRP and issued currencies, not for multi-purpose tokens."
        )
    if spec.signers or spec.multisign or not set(spec.txjson) <= _LINK_FIELDS:
        return Message("An outage code cannot carry all that this request asks for.")
    return ""


def outage_spec(spec: RequestSpec, *, identifier: str, entropy: str) -> RequestSpec:
    """A new spec for the same money, shown as an outage code. `why_unavailable` must have returned
    "" for the old one.

    `entropy` are 64 hex digits: they become the `InvoiceID` by which the payment is recognised on
    the ledger, unless the spec has one. A tag alone would not do: the request that could not be
    created had the same tag. The `body` holds no transaction, so it can never be sent.
    """
    txjson: JsonObject = {k: v for k, v in spec.txjson.items() if k != "Memos" and v is not None}
    txjson.setdefault("InvoiceID", entropy.upper())
    meta = {**json_fields.object_at(spec.body, "custom_meta"), "identifier": identifier}
    return RequestSpec(
        identifier=identifier,
        body={
            "outage": True,
            "options": {"force_network": spec.network, "expire": spec.expire_minutes},
            "custom_meta": meta,
        },
        txjson=txjson,
        network=spec.network,
        expire_minutes=spec.expire_minutes,
    )


def outage_link(spec: RequestSpec) -> str:
    """The code's content. Amounts are exact decimals in units of the asset (XRP, not drops), the
    network is the wallet's own key, `dt` is the destination tag."""
    asked = spec.amount
    parts = {"amount": f"{amount.as_decimal(asked):f}", "network": spec.network}
    if isinstance(asked, amount.IssuedAmount):
        parts |= {"currency": asked.currency, "issuer": asked.issuer}
    if spec.tag is not None:
        parts["dt"] = str(spec.tag)
    if invoice := json_fields.string_at(spec.txjson, "InvoiceID"):
        parts["invoiceid"] = invoice
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
    return f"{PREFIX}{quote(spec.destination or '', safe='')}?{query}"
