"""The content of a receipt as data: what a sale was, what arrived for it, and what that means.

Nothing here is drawn or translated: `printing` puts it on paper. Amounts are those that the ledger
delivered, never those that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from xumm_desk.core import bidi
from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import address, amount, fiat, networks
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.pricing.quote import SOURCE_LABELS, Quote, Rate
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale, number_label, sale_of
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.wire import json_fields

from . import wording
from .wording import OUTCOME_WORDS, PROVEN, Outcome

_LINK: Final = Message("Scan to see the transaction on the ledger.")
_PRACTICE_LINK: Final = Message("Practice: no explorer knows this transaction.")

MAX_ADDRESS_LINES: Final = 6
MAX_TEXT: Final = 400
"""Characters of a name, an address line or a footer: more of them is a paste by mistake."""


@dataclass(frozen=True, slots=True)
class ReceiptShop:
    """What the shop puts on every receipt. `network` is the key of the shop's own network."""

    name: str
    address: tuple[str, ...] = ()
    footer: str = ""
    network: str = networks.DEFAULT
    practice: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A label and its value; a `long` value has lines of its own below the label."""

    label: str
    value: str
    long: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that stands on a receipt, from top to bottom.

    `total` is the price where the money is proven, else what was asked for, as its label says.
    `link` leads to the transaction on a public explorer, "" for none.
    """

    shop_name: str
    address: tuple[str, ...]
    title: str
    number: str
    outcome: Outcome
    sentence: str
    training: bool
    sale_lines: tuple[ReceiptLine, ...]
    total: ReceiptLine
    money_lines: tuple[ReceiptLine, ...]
    proof_lines: tuple[ReceiptLine, ...]
    link: str
    link_caption: str
    footer: str

    @property
    def headline(self) -> str:
        """The word in large letters."""
        return OUTCOME_WORDS[self.outcome]

    @property
    def proven(self) -> bool:
        """Whether it is the receipt of money that arrived."""
        return self.outcome in PROVEN


def make_receipt(
    request: Request,
    verdict: Verdict,
    shop: ReceiptShop,
    *,
    printed_at: datetime,
    to_local: Callable[[datetime], datetime],
    refund_of: str = "",
    refunded: str = "",
) -> Receipt:
    """The receipt of a request as it stands.

    `printed_at` is UTC; `to_local` gives a time in the shop's zone. `refund_of` is the number of
    the sale that a refund belongs to, `refunded` how much of a sale was paid back, as text.
    """
    sale = sale_of(request.spec)
    is_refund = sale is not None and sale.refund_of != ""
    outcome = wording.outcome_of(verdict, is_refund)
    txid = _clean(request.shown_txid or "")
    training = _is_training(request.spec, verdict, shop)
    at = _paid_at(request) if outcome in PROVEN else None
    sale_lines = [
        _line(Message("Refund of"), refund_of or sale.refund_of) if sale and is_refund else None,
        _line(Message("Till"), sale.till) if sale else None,
        _line(Message("Cashier"), sale.cashier) if sale else None,
        _line(Message("Date"), _time(to_local(at or request.created_at))),
        _line(Message("Reference"), sale.reference) if sale else None,
        None if outcome in PROVEN else _line(Message("Printed"), _time(to_local(printed_at))),
    ]
    return Receipt(
        shop_name=_clean(shop.name),
        address=tuple(filter(None, map(_clean, shop.address)))[:MAX_ADDRESS_LINES],
        title=wording.title(outcome, is_refund),
        number=number_label(sale) if sale else _clean(request.identifier),
        outcome=outcome,
        sentence=wording.sentence(verdict, outcome, is_refund),
        training=training,
        sale_lines=_kept(sale_lines),
        total=_total(request, sale, outcome, is_refund),
        money_lines=_money_lines(request, sale, outcome, refunded=refunded, to_local=to_local),
        proof_lines=_proof_lines(request, txid, is_refund),
        link=networks.explorer_link(request.spec.network, txid),
        link_caption=_PRACTICE_LINK if shop.practice else _LINK,
        footer=_clean(shop.footer),
    )


def sample_receipt(shop: ReceiptShop, printed_at: str) -> Receipt:
    """What a test of the printer puts on paper: the shop's own lines, and nothing that could pass
    for a receipt."""
    return Receipt(
        shop_name=_clean(shop.name),
        address=tuple(filter(None, map(_clean, shop.address)))[:MAX_ADDRESS_LINES],
        title=Message("Test"),
        number=Message("no sale"),
        outcome=Outcome.NOT_PAID,
        sentence=Message("This is a test of the printer. Nothing was sold."),
        training=shop.practice,
        sale_lines=(ReceiptLine(Message("Printed"), printed_at),),
        total=ReceiptLine(Message("Total"), fiat.format_fiat(fiat.from_minor(0, "XRP"))),
        money_lines=(),
        proof_lines=(ReceiptLine(Message("Network"), shop.network),),
        link="",
        link_caption=_LINK,
        footer=_clean(shop.footer),
    )


def _is_training(spec: RequestSpec, verdict: Verdict, shop: ReceiptShop) -> bool:
    """Practice, another network than the shop's, or one whose money is worth nothing."""
    network = networks.network_by_key(spec.network)
    return (
        shop.practice
        or bool(verdict.foreign_network)
        or not networks.is_network(spec.network, shop.network)
        or network is None
        or not network.is_live
    )


def _total(request: Request, sale: Sale | None, outcome: Outcome, is_refund: bool) -> ReceiptLine:
    arrived = delivered(request)
    price = sale.price if sale is not None else None
    if outcome in PROVEN:
        label = Message("Paid back", context="amount") if is_refund else Message("Total")
        return ReceiptLine(label, fiat.format_fiat(price) if price else _amount(arrived))
    asked = fiat.format_fiat(price) if price else _amount(request.spec.amount)
    return ReceiptLine(Message("Asked for"), asked or Message("any amount"))


def _money_lines(
    request: Request,
    sale: Sale | None,
    outcome: Outcome,
    *,
    refunded: str,
    to_local: Callable[[datetime], datetime],
) -> tuple[ReceiptLine, ...]:
    tip = sale.tip if sale is not None else None
    quote = sale.quote if sale is not None else None
    arrived = delivered(request)
    label = Message("Found on the ledger")
    if outcome in PROVEN:
        label = (
            Message("Sent", context="amount")
            if outcome is Outcome.REFUNDED
            else Message("Paid", context="amount")
        )
    lines = [
        _line(Message("Tip, included"), fiat.format_fiat(tip)) if tip and tip.value else None,
        _line(label, _amount(arrived)) if arrived is not None else None,
    ]
    if quote is not None and quote.is_conversion:
        lines += [
            _line(Message("Rate"), _rate(quote)),
            _line(Message("Rate from"), _rate_source(quote.rate, to_local)),
        ]
    lines.append(_line(Message("Refunded", context="amount"), refunded))
    return _kept(lines)


def _proof_lines(request: Request, txid: str, is_refund: bool) -> tuple[ReceiptLine, ...]:
    other = request.spec.destination if is_refund else payer(request)
    label = Message("Paid to") if is_refund else Message("Payer")
    return _kept(
        [
            _line(label, address.shorten(other)),
            _line(Message("Network"), request.spec.network),
            ReceiptLine(Message("Transaction"), txid, long=True) if txid else None,
        ]
    )


def delivered(request: Request) -> Amount | None:
    """What the ledger delivered to the account that was asked for, over all its payments; None
    while nothing is proven, or where they are of several assets."""
    found = {payment.tx.txid: payment.tx for payment in request.payments}
    if request.ledger is not None:
        found.setdefault(request.ledger.txid, request.ledger)
    paid = [tx.delivered for tx in found.values() if _is_income(tx, request.spec)]
    return amount.total(paid)


def _is_income(tx: LedgerTx, spec: RequestSpec) -> bool:
    to = json_fields.string_at(tx.tx, "Destination")
    return tx.validated and tx.result == "tesSUCCESS" and to == spec.destination


def payer(request: Request) -> str:
    """The account that signed, or from which money came on the ledger; "" for none."""
    reported = request.platform.account if request.platform else None
    signer = request.blob.account if request.blob else None
    sources = (json_fields.string_at(p.tx.tx, "Account") for p in request.payments)
    return (signer or reported if request.signed else None) or next(filter(None, sources), "")


def _paid_at(request: Request) -> datetime | None:
    """When the platform saw it signed, else when the ledger closed that holds it."""
    if request.platform is not None and request.platform.resolved_at is not None:
        return request.platform.resolved_at
    times = [one.tx.closed_at for one in request.payments]
    if request.ledger is not None:
        times.insert(0, request.ledger.closed_at)
    for text in filter(None, times):
        at = json_fields.time_at({"at": text}, "at")
        if at is not None:
            return at
    return None


def _rate(quote: Quote) -> str:
    """ "1 XRP = 2.40 EUR": with all digits of the rate, and no fewer than the currency has."""
    price = quote.rate.price
    least = fiat.minor_digits(quote.rate.currency)
    digits = f"{price:f}"
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    text = whole + (f".{decimals}" if decimals else "")
    return Message(
        "1 {asset} = {number} {currency}",
        asset=amount.asset_label(quote.amount),
        number=Formatted(text, Decimal(price)),
        currency=quote.rate.currency,
    )


def _rate_source(rate: Rate, to_local: Callable[[datetime], datetime]) -> str:
    here = to_local(rate.at)
    return Message(
        "{source}, {time}",
        source=SOURCE_LABELS[rate.source],
        time=Formatted(f"{here:%H:%M:%S}", here.time()),
    )


def _time(at: datetime) -> str:
    return Formatted(f"{at:%Y-%m-%d %H:%M:%S}", at)


def _amount(value: Amount | None) -> str:
    return amount.format_amount(value)


def _line(label: str, value: str) -> ReceiptLine:
    return ReceiptLine(label, value if isinstance(value, Message | Formatted) else _clean(value))


def _kept(lines: list[ReceiptLine | None]) -> tuple[ReceiptLine, ...]:
    return tuple(line for line in lines if line is not None and line.value)


def _clean(text: str) -> str:
    """One line without controls, not longer than a person would write."""
    visible = " ".join(bidi.strip_controls(text).split())
    return "".join(one for one in visible if one.isprintable())[:MAX_TEXT]
