"""The prices of the simulated world: what the platform's rates and the ledger's oracles, order book
and pool say. Everything can be set by control calls, each source by itself."""

from __future__ import annotations

import copy
from typing import Any

Body = dict[str, Any]

XRP_IN_USD = 2.0
_CURRENCIES = {
    "USD": ("US Dollar", "$", 1.0),
    "EUR": ("Euro", "€", 0.92),
    "GBP": ("British Pound", "£", 0.79),
    "JPY": ("Japanese Yen", "¥", 151.0),
    "KWD": ("Kuwaiti Dinar", "KD", 0.307),
    "CHF": ("Swiss Franc", "CHF", 0.88),
    "AUD": ("Australian Dollar", "$", 1.52),
    "CAD": ("Canadian Dollar", "$", 1.37),
}
_DIGITS = {"JPY": 0, "KWD": 3}
SOURCES = ("rates", "oracle", "book", "pool")


class MarketPrices:
    """Made-up prices by source and currency; `set` replaces some, and None takes one away.

    ``rates``: ``{"EUR": {"XRP": 2.4}}``, any JSON in place of a number. ``oracle``: ``{"EUR":
    {"median": "2.4", "age": 10}}``, seconds. ``book``: ``{"EUR": {"ask": "2.41", "bid": "2.39",
    "unfunded": 1}}``, with so many unfunded offers before the best one. ``pool``: ``{"EUR": {"xrp":
    "1000", "other": "2400", "frozen": false}}``.
    """

    def __init__(self) -> None:
        self._set: dict[str, dict[str, Body | None]] = {name: {} for name in SOURCES}

    def set(self, changes: Body) -> None:
        """Set prices by source and currency; ValueError names what is no source or no price."""
        for name, prices in changes.items():
            if name not in SOURCES:
                raise ValueError(f"a source of prices is one of {list(SOURCES)!r}")
            if not isinstance(prices, dict):
                raise ValueError(f"{name} holds prices by currency")
            for currency, price in prices.items():
                if price is not None and not isinstance(price, dict):
                    raise ValueError(f"{name} of {currency} is an object or null")
        for name, prices in changes.items():
            self._set[name].update(prices)

    def as_dict(self) -> dict[str, dict[str, Body | None]]:
        """What was set, ready for JSON."""
        return copy.deepcopy(self._set)

    def rates(self, currency: str) -> Body | None:
        """Price of one USD, XRP and XAH in the currency (P§1.5), None when unknown."""
        given = self._set["rates"].get(currency, {})
        if given is None or (not given and currency not in _CURRENCIES):
            return None
        name, symbol, per_usd = _CURRENCIES.get(currency, (currency, currency, 1.0))
        about = {"en": name, "code": currency, "symbol": symbol}
        return {
            "USD": per_usd,
            "XRP": round(XRP_IN_USD * per_usd, 6),
            "XAH": round(0.1 * per_usd, 6),
            "__meta": {"currency": about | {"isoDecimals": _DIGITS.get(currency, 2)}},
        } | given

    def of(self, source: str, code: str) -> Body | None:
        """What the oracles, the book or the pool say of a currency code, None for nothing."""
        label = _label(code)
        given = self._set[source].get(label, {})
        if given is None:
            return None
        known = _CURRENCIES.get("USD" if "USD" in label else label)
        if known is None:
            return given or None
        price = XRP_IN_USD * known[2]
        usual: dict[str, Body] = {
            "oracle": {"median": f"{price:.6g}", "age": 5},
            "book": {"ask": f"{price * 1.001:.6g}", "bid": f"{price * 0.999:.6g}", "unfunded": 0},
            "pool": {"xrp": "1000000", "other": f"{price * 1e6:.0f}", "frozen": False},
        }
        return usual[source] | given


def _label(code: str) -> str:
    """The name that a currency code of 40 hex digits spells; another code as it is."""
    if len(code) != 40:
        return code
    raw = bytes.fromhex(code)
    return raw.strip(b"\0").decode("ascii", "replace")
