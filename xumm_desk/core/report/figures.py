"""Exact figures of a period: money in and out, tips, money in doubt, outcomes, times, slots.

A request counts in the slot in which it was created, so that each figure leads to the rows that
make it up. Whoever fills the figures leaves out other networks, since their money is not the
shop's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Final

from xumm_desk.core.history.history_lines import IndexProgress
from xumm_desk.core.history.query import asset_key
from xumm_desk.core.history.summary import Kind
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.refund.amounts import worth_of_payments
from xumm_desk.core.shift.money import EXACT, ZERO, Asset, asset_of, quantity
from xumm_desk.core.status import Status

PAID: Final = frozenset({Status.PAID, Status.PAID_LATE})


@dataclass(slots=True)
class AssetSums:
    """Exact sums by asset, as `core/shift/money` counts them. `asked` says for each asset under
    which assets the requests stand that brought it, as `asset_key` names them."""

    values: dict[Asset, Decimal] = field(default_factory=dict)
    asked: dict[Asset, set[str]] = field(default_factory=dict)

    def add(self, network: str, money: Amount, shown: Amount | None) -> None:
        """Add an amount of a request that stands under the asset of `shown`."""
        asset = asset_of(network, money)
        self.values[asset] = EXACT.add(self.values.get(asset, ZERO), quantity(money))
        self.asked.setdefault(asset, set()).add(asset_key(shown))


@dataclass(slots=True)
class PriceSums:
    """Exact sums by currency."""

    values: dict[str, Decimal] = field(default_factory=dict)

    def add(self, price: FiatAmount | None) -> None:
        """Add a price, if there is one."""
        if price is not None:
            known = self.values.get(price.currency, ZERO)
            self.values[price.currency] = EXACT.add(known, price.value)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: the median and the 95th percentile of `count` times; None of
    none."""

    count: int = 0
    median: timedelta | None = None
    slow: timedelta | None = None


@dataclass(slots=True)
class SlotFigures:
    """Paid sales of one slot, and the worth of what was received in it."""

    sales: int = 0
    sold: PriceSums = field(default_factory=PriceSums)


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A request for which money moved, or may have moved. `delivered` holds what each validated
    transaction brought; of a refund, what it took."""

    slot: int
    kind: Kind
    needs_person: bool
    asked: Amount | None
    delivered: tuple[Amount, ...]
    price: FiatAmount | None
    tip: FiatAmount | None


@dataclass(slots=True)
class Figures:
    """What a period brought to a shop of `network`.

    `sold`, `paid_back`, `tips` and `doubted` are in the currency of each sale, by its own rate;
    `sold` includes the `tips`. `payments` are requests to which money came, `unpriced` those of
    them that have no worth in a currency. `doubted_assets` is what was asked for without a price,
    `unmatched` the payments that belong to no request: they are in no other figure.
    """

    network: str
    slots: list[SlotFigures] = field(default_factory=list)
    received: AssetSums = field(default_factory=AssetSums)
    refunded: AssetSums = field(default_factory=AssetSums)
    sold: PriceSums = field(default_factory=PriceSums)
    paid_back: PriceSums = field(default_factory=PriceSums)
    tips: PriceSums = field(default_factory=PriceSums)
    doubted: PriceSums = field(default_factory=PriceSums)
    doubted_assets: AssetSums = field(default_factory=AssetSums)
    payments: int = 0
    unpriced: int = 0
    refunds: int = 0
    refunds_unpriced: int = 0
    doubts: int = 0
    refund_doubts: int = 0
    unmatched: int = 0
    unmatched_assets: AssetSums = field(default_factory=AssetSums)
    outcomes: Counter[Status] = field(default_factory=Counter)
    refund_requests: int = 0
    to_scan: Spread = Spread()
    to_signature: Spread = Spread()
    to_ledger: Spread = Spread()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.outcomes or self.refund_requests or self.unmatched)

    def count(
        self, slot: int, kind: Kind, status: Status, requests: int, *, needs_person: bool
    ) -> None:
        """Count requests that are alike."""
        if kind is Kind.REFUND:
            self.refund_requests += requests
            self.refund_doubts += requests if needs_person else 0
            return
        self.outcomes[status] += requests
        self.doubts += requests if needs_person else 0
        if status in PAID:
            self.slots[slot].sales += requests

    def include(self, row: MoneyRow) -> None:
        """Add the money of one request."""
        if row.needs_person and row.kind is not Kind.REFUND:
            if row.price is not None:
                self.doubted.add(row.price)
            elif row.asked is not None:
                self.doubted_assets.add(self.network, row.asked, row.asked)
        if not row.delivered:
            return
        shown = row.asked or (row.delivered[0] if len(row.delivered) == 1 else None)
        sums = self.refunded if row.kind is Kind.REFUND else self.received
        for money in row.delivered:
            sums.add(self.network, money, shown)
        worth = worth_of_payments(row.price, row.asked, row.delivered)
        paid_in_full = (
            worth is not None and row.price is not None and worth.value >= row.price.value
        )
        self._add_worth(row.slot, row.kind, 1, worth, row.tip if paid_in_full else None)

    def include_paid(
        self,
        slot: int,
        kind: Kind,
        requests: int,
        *,
        delivered: Amount,
        price: FiatAmount | None,
        tip: FiatAmount | None,
    ) -> None:
        """Add requests that are alike and brought exactly what was asked for: the sums of that, of
        their prices and of their tips. `price` is None where they have none."""
        sums = self.refunded if kind is Kind.REFUND else self.received
        sums.add(self.network, delivered, delivered)
        self._add_worth(slot, kind, requests, price, tip)

    def include_unmatched(self, delivered: Amount | None) -> None:
        """Add a payment that belongs to no request; `delivered` is None where no node said how
        much."""
        self.unmatched += 1
        if delivered is not None:
            self.unmatched_assets.add(self.network, delivered, delivered)

    def _add_worth(
        self, slot: int, kind: Kind, requests: int, worth: FiatAmount | None, tip: FiatAmount | None
    ) -> None:
        unpriced = requests if worth is None else 0
        if kind is Kind.REFUND:
            self.refunds += requests
            self.refunds_unpriced += unpriced
            self.paid_back.add(worth)
            return
        self.payments += requests
        self.unpriced += unpriced
        self.sold.add(worth)
        self.slots[slot].sold.add(worth)
        if tip is not None and tip.value:
            self.tips.add(tip)


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The figures of a period and of the one before, of one moment of the journal; requests that
    `progress` counts as waiting or behind are not among them yet."""

    now: Figures
    before: Figures
    progress: IndexProgress


def spread_of(times: Iterable[int]) -> Spread:
    """Median and 95th percentile of times in microseconds. A step that ended before it began, by a
    clock that was set back, took no time that anybody waited, and is left out."""
    ordered = sorted(one for one in times if one >= 0)
    if not ordered:
        return Spread()
    return Spread(len(ordered), _percentile(ordered, 50), _percentile(ordered, 95))


def _percentile(ordered: Sequence[int], percent: int) -> timedelta:
    """The shortest time that at least `percent` of a hundred do not exceed."""
    rank = -(-percent * len(ordered) // 100)
    return timedelta(microseconds=ordered[max(rank, 1) - 1])
