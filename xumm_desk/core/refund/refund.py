"""Refunds: what of a sale can still be paid back and to whom, and the request that pays it back.

The cap is counted in the asset that was paid: what a payer delivered, less what was paid back to
that payer, less what open refunds may still pay back. Whatever a refund is paid in, its private
data say which part of the sale it pays back (`Sale.part`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.sale.sale import Sale, refunded_identifier, request_label, sale_of
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .amounts import (
    fraction_of,
    is_positive,
    less,
    none_of,
    of_fraction,
    plus,
    worth_at_sale,
)

REFUNDABLE: Final = frozenset({Status.PAID, Status.PAID_LATE, Status.CHECK})
"""Statuses of a sale for which money may have come."""

_WITHOUT_MONEY: Final = frozenset(
    {Status.DECLINED, Status.CANCELLED, Status.EXPIRED, Status.FAILED}
)
"""Ends of a refund after which nothing more is paid back."""

_MAX_INSTRUCTION: Final = 280


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund of a sale, its status, and what a person says of its money where that is in doubt
    (`core/decision/needs.refund_outcome`)."""

    request: Request
    status: Status
    outcome: DecisionKind | None = None


@dataclass(frozen=True, slots=True)
class RefundBalance:
    """What one payer paid in one asset, and what became of it; all amounts are of that asset.

    `tags` are the source tags of the payments: an exchange names its customer by one. `reserved`
    is the sum of refunds that may still be paid.
    """

    payer: str
    delivered: Amount
    refunded: Amount
    reserved: Amount
    tags: tuple[int, ...] = ()

    @property
    def left(self) -> Amount:
        """What can still be refunded, at least 0."""
        return less(less(self.delivered, self.refunded), self.reserved)

    @property
    def tag(self) -> int | None:
        """The destination tag to begin with: the source tag where all payments have the same."""
        return self.tags[0] if len(self.tags) == 1 else None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What a person wants to pay back. `part` is in the asset that was paid, `pays` what the payer
    gets; they are equal unless it is paid in another asset. `identifier` is the new request's own,
    so that the same order makes one refund. `quote` is the price at which `pays` was reckoned."""

    refund_of: str
    identifier: str
    payer: str
    part: Amount
    pays: Amount
    tag: int | None = None
    quote: Quote | None = None
    note: str = ""
    till: str = ""
    cashier: str = ""
    shop: str = ""
    expire_minutes: int = 5


def refund_balances(
    request: Request, refunds: Iterable[RefundState] = ()
) -> tuple[RefundBalance, ...]:
    """What came for `request`, by payer and asset, with what its `refunds` took of it; in the order
    of the payments."""
    found: list[RefundBalance] = []
    for tx in income_of(request):
        payer = json_fields.string_at(tx.tx, "Account") or ""
        source = json_fields.int_at(tx.tx, "SourceTag")
        came = tx.delivered
        if not payer or came is None:
            continue
        tags = () if source is None else (source,)
        place = _place(found, payer, came)
        if place is None:
            found.append(RefundBalance(payer, came, none_of(came), none_of(came), tags))
            continue
        known = found[place]
        both = tuple(dict.fromkeys((*known.tags, *tags)))
        found[place] = RefundBalance(
            payer, plus(known.delivered, came), known.refunded, known.reserved, both
        )
    for refund in refunds:
        part = refund_part(refund.request.spec)
        place = _place(found, refund.request.spec.destination or "", part)
        if part is None or place is None:
            continue
        paid, open_part = _outcome(refund, part)
        known = found[place]
        found[place] = RefundBalance(
            known.payer,
            known.delivered,
            plus(known.refunded, paid),
            plus(known.reserved, open_part),
            known.tags,
        )
    return tuple(found)


def refund_part(spec: RequestSpec) -> Amount | None:
    """What a refund pays back of the amount that was paid, in that asset."""
    sale = sale_of(spec)
    return (sale.part if sale is not None else None) or spec.amount


def why_not_refundable(
    request: Request, status: Status, balances: Sequence[RefundBalance], foreign_network: str = ""
) -> str:
    """Why nothing of `request` can be refunded; "" where something is left."""
    if refunded_identifier(request.spec):
        return Message("This is a refund itself.")
    if not request.spec.is_payment or status not in REFUNDABLE:
        return Message("Only a payment that has arrived can be refunded.")
    if foreign_network:
        return Message(
            "It was paid on {network}, which is not the network of this shop.",
            network=foreign_network,
        )
    if not balances:
        return Message("The ledger shows no money that came for this request.")
    if request.same_txid_as:
        return Message(
            "Another request claims the same payment ({requests}). Find out first whose it is.",
            requests=", ".join(sorted(request.same_txid_as)),
        )
    if any(is_positive(one.left) for one in balances):
        return ""
    if any(is_positive(one.reserved) for one in balances):
        return Message("An open refund takes all that is left. Wait for it, or cancel it.")
    return Message("All of it was paid back.")


def why_order_refused(order: RefundOrder, balances: Sequence[RefundBalance]) -> str:
    """Why this order cannot be made a refund now; "" if it can."""
    place = _place(balances, order.payer, order.part)
    if place is None:
        return Message("Nothing of this asset came from this account.")
    left = balances[place].left
    if not (is_positive(order.part) and is_positive(order.pays)):
        return Message("Type more than zero.")
    if amount.as_decimal(order.part) > amount.as_decimal(left):
        return Message("Only {left} of it are left to refund.", left=amount.format_amount(left))
    if amount.same_asset(order.part, order.pays) and not amount.amounts_equal(
        order.part, order.pays
    ):
        return Message("The refund and its part of the sale differ.")
    return ""


def make_refund(request: Request, order: RefundOrder) -> RequestSpec | tuple[FieldError, ...]:
    """The sign request by which the shop pays back a part of `request`.

    The shop's own account, which the money came to, must sign. The memo links it on the ledger to
    the payment; the `InvoiceID` is made of its identifier, so that it is recognised there although
    the platform does not report it.
    """
    spec, sale = request.spec, sale_of(request.spec)
    shop = spec.destination or ""
    made = Sale(
        number=sale.number if sale is not None else 0,
        series=sale.series if sale is not None else "",
        till=order.till,
        cashier=order.cashier,
        quote=order.quote,
        note=order.note,
        refund_of=order.refund_of,
        part=order.part,
    )
    txjson: JsonObject = {
        "TransactionType": "Payment",
        "Account": shop,
        "Destination": order.payer,
        "Amount": amount.amount_json(order.pays),
        "InvoiceID": invoice_of(order.identifier),
        "Memos": [{"Memo": {"MemoData": _memo(request).encode().hex().upper()}}],
    }
    if order.tag is not None:
        txjson["DestinationTag"] = order.tag
    label = Message("Refund of {number}", number=request_label(spec))
    instruction = Message("{shop}, {text}", shop=order.shop, text=label) if order.shop else label
    body: JsonObject = {
        "txjson": txjson,
        "options": {"submit": True, "expire": order.expire_minutes, "signers": [shop]},
        "custom_meta": {
            "identifier": order.identifier,
            "instruction": str(instruction)[:_MAX_INSTRUCTION],
            "blob": made.to_blob(),
        },
    }
    return parse_body(body, identifier=order.identifier, network=spec.network)


def invoice_of(identifier: str) -> str:
    """The `InvoiceID` of a refund."""
    return hashlib.sha256(f"refund {identifier}".encode()).hexdigest().upper()


# What came, and what was paid back.


def _place(balances: Sequence[RefundBalance], payer: str, money: Amount | None) -> int | None:
    for place, one in enumerate(balances):
        if one.payer == payer and amount.same_asset(one.delivered, money):
            return place
    return None


def _transactions(request: Request) -> Iterable[LedgerTx]:
    """Every validated payment of the request, each once, in the ledger's order."""
    found = {payment.tx.txid: payment.tx for payment in request.payments}
    if request.ledger is not None:
        found.setdefault(request.ledger.txid, request.ledger)
    return (tx for tx in found.values() if tx.validated and tx.result == "tesSUCCESS")


def income_of(request: Request) -> Iterable[LedgerTx]:
    """The transactions by which money came for a sale, each once."""
    to = request.spec.destination
    return (
        tx for tx in _transactions(request) if json_fields.string_at(tx.tx, "Destination") == to
    )


def _outcome(refund: RefundState, part: Amount) -> tuple[Amount, Amount]:
    """How much of `part` was paid back, and how much may still be.

    What the ledger shows counts, whatever the status says: money that went out for an ended refund
    is as gone as that of a paid one.
    """
    spec = refund.request.spec
    sent = [tx.delivered for tx in paid_back_by(refund.request)]
    asked = spec.amount
    if sent or refund.status in (Status.PAID, Status.PAID_LATE):
        whole = amount.total(sent)
        if whole is not None and amount.same_asset(whole, part):
            return whole, none_of(part)
        if whole is not None and asked is not None and amount.same_asset(whole, asked):
            share = min(Fraction(1), fraction_of(whole) / fraction_of(asked))
            return of_fraction(part, fraction_of(part) * share), none_of(part)
        return part, none_of(part)
    if refund.outcome is DecisionKind.ACCEPTED_AS_PAID:
        return part, none_of(part)
    if refund.status in _WITHOUT_MONEY or refund.outcome is DecisionKind.NOT_PAID:
        return none_of(part), none_of(part)
    return none_of(part), part


def paid_back_by(refund: Request) -> Iterable[LedgerTx]:
    """The transactions by which the shop paid this refund, each once."""
    shop = refund.spec.signers
    return (tx for tx in _transactions(refund) if json_fields.string_at(tx.tx, "Account") in shop)


def _memo(request: Request) -> str:
    txid = request.shown_txid or ""
    text = Message("Refund of {number}", number=request_label(request.spec))
    if txid:
        text = Message("{text}, transaction {txid}", text=text, txid=txid)
    return str(text)


# Words.


def has_refund(balances: Sequence[RefundBalance]) -> bool:
    """Whether anything was paid back."""
    return any(is_positive(one.refunded) for one in balances)


def refund_summary(request: Request, balances: Sequence[RefundBalance]) -> str:
    """ "refunded 4.00 of 12.00", and what is still open; "" where nothing was refunded."""
    sale = sale_of(request.spec)
    quote = sale.quote if sale is not None else None
    parts = []
    for one in balances:
        whole = _text(quote, one.delivered)
        if is_positive(one.refunded):
            parts.append(
                Message(
                    "Refunded {refunded} of {whole}",
                    refunded=_text(quote, one.refunded),
                    whole=whole,
                )
            )
        if is_positive(one.reserved):
            parts.append(Message("Refund of {reserved} open", reserved=_text(quote, one.reserved)))
    return Sentences(parts, " · ") if parts else ""


def refunded_text(request: Request, balances: Sequence[RefundBalance]) -> str:
    """ "4.00 of 12.00", as a receipt says it; "" where nothing was refunded."""
    sale = sale_of(request.spec)
    quote = sale.quote if sale is not None else None
    return Sentences(
        [
            Message(
                "{refunded} of {whole}",
                refunded=_text(quote, one.refunded),
                whole=_text(quote, one.delivered),
            )
            for one in balances
            if is_positive(one.refunded)
        ],
        ", ",
    )


def _text(quote: Quote | None, money: Amount) -> str:
    """The amount as the shop thinks of it: its worth at the time of sale, else what it is."""
    worth = worth_at_sale(quote, money) if quote is not None and quote.is_conversion else None
    return amount.format_amount(money) if worth is None else fiat.format_fiat(worth)
