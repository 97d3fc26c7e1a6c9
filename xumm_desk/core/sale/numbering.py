"""Sale numbers: which count a sale belongs to, and the platform's identifier made of its number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.message import Message
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .sale import Sale, number_label

RUNNING: Final = "running"
DAILY: Final = "daily"
_MAX_TILL: Final = 10
_MAX_INSTRUCTION: Final = 280
"""Characters that the platform takes (P§2.1)."""


def series_of(numbering: str, day: date) -> str:
    """The `Sale.series` of a sale on this local day: the day where the shop counts by day, "" for
    one running count."""
    return day.isoformat() if numbering == DAILY else ""


def count_key(till: str, series: str) -> str:
    """The journal's name of the count: each till counts for itself."""
    return f"{till}|{series}"


def counts_ahead(key: str, days: int) -> tuple[str, ...]:
    """The count of this `count_key` and those that follow it, of so many days in all; it alone
    where it is one running count."""
    till, _, series = key.rpartition("|")
    try:
        first = date.fromisoformat(series)
        return tuple(
            count_key(till, (first + timedelta(days=day)).isoformat()) for day in range(days)
        )
    except (ValueError, OverflowError):
        return (key,)


def make_identifier(sale: Sale, now: datetime, entropy: str) -> str:
    """The platform's identifier of a sale, of at most 40 characters (P§2.1): till, day, number and
    chance, so that it is unique for ever although numbers of a day come again. `now` is UTC,
    `entropy` are hex digits."""
    till = re.sub(r"[^a-z0-9]+", "", sale.till.lower())[:_MAX_TILL] or "sale"
    return f"{till}-{now:%Y%m%d}-{sale.number}-{entropy[:8]}"


def with_sale(
    spec: RequestSpec,
    sale: Sale,
    identifier: str,
    shop: str = "",
    say: Callable[[Message], str] = str,
) -> RequestSpec:
    """`spec` as the request of this sale. The customer reads shop and number in the wallet, unless
    the spec says something else there: `say` puts them into the customer's language. Private data
    that it has already is kept."""
    meta = dict(json_fields.object_at(spec.body, "custom_meta"))
    meta["identifier"] = identifier
    if not meta.get("instruction"):
        meta["instruction"] = _instruction(sale, shop, say)
    if meta.get("blob") in (None, "", {}):
        meta["blob"] = sale.to_blob()
    body: JsonObject = {**spec.body, "custom_meta": meta}
    return replace(spec, identifier=identifier, body=body)


def _instruction(sale: Sale, shop: str, say: Callable[[Message], str]) -> str:
    text = label = number_label(sale)
    if shop:
        text = say(Message("{shop}, sale {number}", shop=shop, number=label))
    if sale.reference:
        text = say(Message("{text}, {reference}", text=text, reference=sale.reference))
    return strip_controls(text)[:_MAX_INSTRUCTION]
