"""Exact sums of a shift, or of a part of it: by asset, and in the shop's currency.

What has no price in the shop's currency is summed apart, and so is each network: money of a test
network is never added to real money.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .money import EXACT, ZERO, Asset, money_of


@dataclass(slots=True)
class AssetTotals:
    """Money of one asset. `refunded` is what the shop paid back, as a positive number."""

    received: Decimal = ZERO
    refunded: Decimal = ZERO
    payments: int = 0
    refunds: int = 0

    @property
    def net(self) -> Decimal:
        """What the shop has more than before."""
        return EXACT.subtract(self.received, self.refunded)


@dataclass(slots=True)
class PriceTotals:
    """Money in the shop's currency, by the rate of each sale; the tips are a part of `sales`."""

    sales: Decimal = ZERO
    payments: int = 0
    tips: Decimal = ZERO
    tip_count: int = 0
    refunds: Decimal = ZERO
    refund_count: int = 0

    @property
    def net(self) -> Decimal:
        """What was sold less what was paid back."""
        return EXACT.subtract(self.sales, self.refunds)


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One transaction in a shift: what it added to the shop's money.

    `count` is positive for a payment, negative for a refund; see `money.quantity`. `worth` is the
    same in the shop's currency at the time of sale, None without a price. `payments` is 1 for a
    transaction that is new, 0 for one whose amount is corrected, -1 for one that is taken back.
    """

    identifier: str
    label: str
    txid: str
    seq: int
    at: str
    asset: Asset
    count: Decimal
    refund: bool = False
    payments: int = 1
    worth: FiatAmount | None = None
    tip: FiatAmount | None = None
    till: str = ""
    cashier: str = ""
    account: str = ""


@dataclass(slots=True)
class Figures:
    """All sums of some lines."""

    assets: dict[Asset, AssetTotals] = field(default_factory=dict)
    prices: dict[tuple[str, str], PriceTotals] = field(default_factory=dict)
    """By network and currency."""
    unpriced: dict[Asset, AssetTotals] = field(default_factory=dict)
    """The part of `assets` that has no price."""

    def add(self, line: MoneyLine) -> None:
        """Count one line."""
        _add_asset(self.assets, line)
        if line.worth is None:
            _add_asset(self.unpriced, line)
            return
        key = (line.asset.network, line.worth.currency)
        price = self.prices.setdefault(key, PriceTotals())
        if line.refund:
            price.refunds = EXACT.subtract(price.refunds, line.worth.value)
            price.refund_count += line.payments
        else:
            price.sales = EXACT.add(price.sales, line.worth.value)
            price.payments += line.payments
        if line.tip is not None:
            price.tips = EXACT.add(price.tips, line.tip.value)
            price.tip_count += 1 if line.tip.value > 0 else -1

    def to_json(self) -> JsonObject:
        """The form in a closing document: exact numbers as text."""
        assets: list[Json] = [_asset_json(*one) for one in sorted(self.assets.items(), key=_first)]
        unpriced: list[Json] = [
            _asset_json(*one) for one in sorted(self.unpriced.items(), key=_first)
        ]
        prices: list[Json] = [
            {
                "network": network,
                "currency": currency,
                "sales": price_text(totals.sales, currency),
                "payments": totals.payments,
                "tips": price_text(totals.tips, currency),
                "tip_count": totals.tip_count,
                "refunds": price_text(totals.refunds, currency),
                "refund_count": totals.refund_count,
                "net": price_text(totals.net, currency),
            }
            for (network, currency), totals in sorted(self.prices.items())
        ]
        return {"assets": assets, "prices": prices, "without_price": unpriced}


def sum_of(lines: Iterable[MoneyLine]) -> Figures:
    """The sums of these lines."""
    found = Figures()
    for line in lines:
        found.add(line)
    return found


def count_text(asset: Asset, count: Decimal) -> str:
    """The exact number in units of the asset: XRP, not drops."""
    sign = "-" if count < 0 else ""
    return f"{sign}{amount.as_decimal(money_of(asset, abs(count))):f}"


def price_text(value: Decimal, currency: str) -> str:
    """The exact number with all decimals of the currency."""
    return fiat.value_text(FiatAmount(currency, value))


def asset_json(asset: Asset) -> JsonObject:
    """An asset in a closing document."""
    shown = money_of(asset, ZERO)
    return {
        "network": asset.network,
        "asset": amount.full_asset_label(shown),
        "issuer": amount.issuer_of(shown),
    }


def _asset_json(asset: Asset, totals: AssetTotals) -> JsonObject:
    return {
        **asset_json(asset),
        "received": count_text(asset, totals.received),
        "refunded": count_text(asset, totals.refunded),
        "net": count_text(asset, totals.net),
        "payments": totals.payments,
        "refunds": totals.refunds,
    }


def _add_asset(sums: dict[Asset, AssetTotals], line: MoneyLine) -> None:
    totals = sums.setdefault(line.asset, AssetTotals())
    if line.refund:
        totals.refunded = EXACT.subtract(totals.refunded, line.count)
        totals.refunds += line.payments
    else:
        totals.received = EXACT.add(totals.received, line.count)
        totals.payments += line.payments


def _first(item: tuple[Asset, AssetTotals]) -> Asset:
    return item[0]
