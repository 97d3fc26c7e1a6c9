"""Parse what a ledger node says about the price of XRP: price oracles, order book, liquidity pool.

Every number in these answers is a text, and stays exact. Whatever is wrong becomes a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import Amount, IssuedAmount, XrpAmount
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

from .platform_rates import is_sensible

_DIVISION: Final = Context(prec=12)
"""Digits of a price that is a quotient: it is only compared, and a quote writes it down."""

_WIDEST_BOOK: Final = Decimal("1.1")
"""Best offers to buy and to sell further apart than this say nothing about a price."""

_MOST_DIGITS: Final = 60

NO_ORACLE: Final = Message("The price oracles have no price of XRP.")


@dataclass(frozen=True, slots=True)
class LedgerPrice:
    """The price of one XRP; `published` (UTC) is None for the ledger's present state."""

    price: Decimal
    currency: str
    published: datetime | None = None


def parse_aggregate_price(result: Mapping[str, Json], currency: str) -> LedgerPrice | str:
    """The median of an answer to `get_aggregate_price`: one oracle gone wrong does not move it.
    `time` is in Unix seconds, that of the newest price."""
    price = _sensible(_decimal(result.get("median")))
    if price is None:
        return NO_ORACLE
    seconds = json_fields.int_at(result, "time")
    if seconds is None or not 0 < seconds < 2**40:
        return Message("The price oracles do not say when their price was made.")
    try:
        published = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return Message("The price oracles do not say when their price was made.")
    return LedgerPrice(price, currency, published)


def parse_order_book(
    selling: Mapping[str, Json], buying: Mapping[str, Json], currency: str
) -> LedgerPrice | str:
    """The middle between the best funded offer to sell XRP and the best one to buy it: the answers
    to `book_offers` whose `taker_gets` is XRP, and is the issued currency. Offers are ordered by
    their price, the best one first."""
    ask = _best_price(selling, gets_xrp=True)
    bid = _best_price(buying, gets_xrp=False)
    if ask is None or bid is None:
        return Message("The order book has no funded offers on both sides.")
    if max(ask, bid) > _DIVISION.multiply(min(ask, bid), _WIDEST_BOOK):
        return Message("The order book's best offers are too far apart to be a price.")
    middle = _sensible(_DIVISION.divide(ask + bid, Decimal(2)))
    return _no_price() if middle is None else LedgerPrice(middle, currency)


def parse_pool(result: Mapping[str, Json], currency: str) -> LedgerPrice | str:
    """The ratio of the two amounts in an answer to `amm_info`; which of them is XRP differs."""
    pool = json_fields.object_at(result, "amm")
    if not pool:
        return Message("The ledger has no liquidity pool for this currency.")
    sides = [amount.parse_amount(pool.get(key)) for key in ("amount", "amount2")]
    xrp = next((one for one in sides if isinstance(one, XrpAmount)), None)
    issued = next((one for one in sides if isinstance(one, IssuedAmount)), None)
    if json_fields.bool_at(pool, "asset_frozen") or json_fields.bool_at(pool, "asset2_frozen"):
        return Message("The liquidity pool is frozen.")
    price = _sensible(_ratio(issued, xrp))
    return _no_price() if price is None else LedgerPrice(price, currency)


def _best_price(result: Mapping[str, Json], *, gets_xrp: bool) -> Decimal | None:
    offers = result.get("offers")
    for offer in offers if isinstance(offers, list) else []:
        if not isinstance(offer, Mapping):
            continue
        gets = amount.parse_amount(offer.get("TakerGets"))
        pays = amount.parse_amount(offer.get("TakerPays"))
        # Left out where the whole offer is funded.
        funded = amount.parse_amount(offer.get("taker_gets_funded", offer.get("TakerGets")))
        if gets is None or pays is None or amount.as_decimal(funded) <= 0:
            continue
        price = _ratio(pays, gets) if gets_xrp else _ratio(gets, pays)
        if price is not None:
            return price
    return None


def _ratio(issued: Amount | None, xrp: Amount | None) -> Decimal | None:
    """How much of the issued currency one XRP is."""
    if not (isinstance(issued, IssuedAmount) and isinstance(xrp, XrpAmount)):
        return None
    if issued.value <= 0 or xrp.drops <= 0:
        return None
    return _DIVISION.divide(issued.value, amount.as_decimal(xrp))


def _decimal(value: Json) -> Decimal | None:
    if not isinstance(value, str) or len(value) > _MOST_DIGITS:
        return None
    return json_fields.decimal_at({"": json_fields.NumberText(value)}, "")


def _sensible(price: Decimal | None) -> Decimal | None:
    return price if price is not None and is_sensible(price) else None


def _no_price() -> str:
    return Message("The ledger's answer holds no price.")
