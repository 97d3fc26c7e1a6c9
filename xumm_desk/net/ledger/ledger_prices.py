"""Ask ledger nodes for the price of XRP: by price oracles, an order book, or a liquidity pool.

The answer is only compared with the platform's rate, and no sale depends on it alone.
"""

from __future__ import annotations

import asyncio
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money.networks import Network
from xumm_desk.core.pricing import ledger_prices
from xumm_desk.core.pricing.ledger_prices import LedgerPrice
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.pricing.rate_settings import SecondSource
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .ledger_errors import Meaning, meaning
from .ledger_nodes import LedgerNodes

_NATIVE: Final = "XRP"
_OFFERS: Final = 20
"""Offers of each side: the first ones may be without funds."""

_ORACLE_WINDOW: Final = 600
"""Seconds by which one oracle's price may be older than the newest one's, to be counted in."""


class LedgerPrices:
    """Prices of XRP from the nodes that are set up."""

    def __init__(self, nodes: LedgerNodes, network: Network) -> None:
        self._nodes = nodes
        self._network = network

    async def price(self, source: SecondSource) -> LedgerPrice | str:
        """The price now, or a sentence that says why there is none."""
        if self._network.asset != _NATIVE:
            return Message("This network has no prices to compare the rate with.")
        match source.source:
            case RateSource.ORACLE:
                return await self._oracles(source)
            case RateSource.ORDER_BOOK:
                return await self._order_book(source)
            case _:
                return await self._pool(source)

    async def _oracles(self, source: SecondSource) -> LedgerPrice | str:
        """The first currency in which the oracles have a price."""
        listed: list[Json] = [
            {"account": account, "oracle_document_id": document}
            for account, document in source.oracles
        ]
        found: LedgerPrice | str = ledger_prices.NO_ORACLE
        for currency in source.currencies:
            answer = await self._ask(
                {
                    "method": "get_aggregate_price",
                    "base_asset": _NATIVE,
                    "quote_asset": currency,
                    "time_threshold": _ORACLE_WINDOW,
                    "oracles": listed,
                }
            )
            if isinstance(answer, str):
                return answer
            found = ledger_prices.parse_aggregate_price(answer, currency)
            if isinstance(found, LedgerPrice):
                return found
        return found

    async def _order_book(self, source: SecondSource) -> LedgerPrice | str:
        xrp, issued = _assets(source)
        selling, buying = await asyncio.gather(
            self._ask(_book(gets=xrp, pays=issued)), self._ask(_book(gets=issued, pays=xrp))
        )
        if isinstance(selling, str):
            return selling
        if isinstance(buying, str):
            return buying
        return ledger_prices.parse_order_book(selling, buying, source.currencies[0])

    async def _pool(self, source: SecondSource) -> LedgerPrice | str:
        xrp, issued = _assets(source)
        answer = await self._ask({"method": "amm_info", "asset": xrp, "asset2": issued})
        if isinstance(answer, str):
            return answer
        return ledger_prices.parse_pool(answer, source.currencies[0])

    async def _ask(self, request: JsonObject) -> JsonObject | str:
        """A node's answer, empty where the ledger has no such thing; else why there is none."""
        answer = await self._nodes.ask(request)
        if isinstance(answer, str):
            return Message("The ledger's price is not known: {reason}.", reason=answer)
        error = json_fields.string_at(answer, "error")
        if error is None:
            return answer
        if meaning(str(request["method"]), error) is Meaning.NOT_FOUND:
            return {}
        return Message("The ledger node has no prices: it answered {error}.", error=error[:60])


def _assets(source: SecondSource) -> tuple[JsonObject, JsonObject]:
    return {"currency": _NATIVE}, {"currency": source.code, "issuer": source.issuer}


def _book(*, gets: JsonObject, pays: JsonObject) -> JsonObject:
    return {
        "method": "book_offers",
        "taker_gets": gets,
        "taker_pays": pays,
        "limit": _OFFERS,
        "ledger_index": "validated",
    }
