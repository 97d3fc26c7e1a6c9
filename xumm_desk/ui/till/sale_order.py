"""Make the request of a typed price, and ask first where a slip is likely."""

from __future__ import annotations

import secrets
from datetime import datetime

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat, typed_number
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import FormInput, parse_form
from xumm_desk.core.request.request_spec import RequestSpec, make_identifier
from xumm_desk.core.sale.entry import SaleEntry
from xumm_desk.core.settings import Settings


def request_of(
    quote: Quote, asset: AcceptedAsset, saved: Settings, *, network: str, now: datetime
) -> RequestSpec | tuple[FieldError, ...]:
    """The request that charges `quote` in `asset` to the shop's address, or what is wrong with
    it."""
    typed = FormInput(
        destination=saved.destination,
        amount=f"{amount.as_decimal(quote.amount):f}",
        currency="XRP" if asset.is_native else asset.currency,
        issuer=asset.issuer,
        expire=saved.expire,
        pathfinding=asset.pathfinding,
    )
    placeholder = make_identifier(now, secrets.token_hex(6))
    return parse_form(typed, identifier=placeholder, network=network, marks=typed_number.Marks("."))


def questions_before(entry: SaleEntry, sale_limit: str) -> list[str]:
    """What a person has to confirm before this is charged; `sale_limit` as the settings hold it."""
    return [
        question for question in (_over_limit(entry, sale_limit), _large_tip(entry)) if question
    ]


def _over_limit(entry: SaleEntry, sale_limit: str) -> str:
    try:
        limit = fiat.parse_fiat(sale_limit, entry.currency)
    except amount.AmountError:
        return ""
    if entry.total.value <= limit.value:
        return ""
    return Message(
        "{price} is more than this shop's limit of {limit}.",
        price=fiat.format_fiat(entry.total),
        limit=fiat.format_fiat(limit),
    )


def _large_tip(entry: SaleEntry) -> str:
    if not entry.tip_is_larger:
        return ""
    return Message(
        "The tip of {tip} is larger than the price of {price}.",
        tip=fiat.format_fiat(entry.tip_amount),
        price=fiat.format_fiat(entry.price),
    )
