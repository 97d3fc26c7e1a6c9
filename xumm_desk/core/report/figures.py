"""Exact figures of a period: takings, refunds, tips, money in doubt, outcomes, times, hours.

A request counts on the local day on which it was created, so that each figure leads to the rows
that make it up. Other networks are left out, since their money is not the shop's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from xumm_desk.core.history.query import asset_key
from xumm_desk.core.history.summary import Kind, RequestSummary
from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.status import Status

_EXACT: Final = Context(prec=300)
"""Issued amounts reach from 1e80 to 1e-96: the default context would round their sums."""

_PAID: Final = frozenset({Status.PAID, Status.PAID_LATE})
ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Sums:
    """Exact sums by asset (as `asset_key` names it) or by currency."""

    values: dict[str, Decimal] = field(default_factory=dict)

    def add(self, key: str, value: Decimal) -> None:
        """Add `value` to the sum of `key`."""
        self.values[key] = _EXACT.add(self.values.get(key, ZERO), value)

    def add_amount(self, money: Amount) -> None:
        """Add an amount in units of its asset."""
        self.add(asset_key(money), amount.as_decimal(money))

    def add_price(self, price: FiatAmount | None) -> None:
        """Add a price, if there is one."""
        if price is not None:
            self.add(price.currency, price.value)

    def add_all(self, other: Sums) -> None:
        """Add the sums of another period."""
        for key, value in other.values.items():
            self.add(key, value)


@dataclass(slots=True)
class Figures:
    """What a period brought. `prices`, `tips` and `doubted` are in the currency of each sale at the
    time of the sale; `prices` include the `tips`. Hours are local."""

    received: Sums = field(default_factory=Sums)
    refunded: Sums = field(default_factory=Sums)
    prices: Sums = field(default_factory=Sums)
    tips: Sums = field(default_factory=Sums)
    doubted: Sums = field(default_factory=Sums)
    doubts: int = 0
    sales: int = 0
    refunds: int = 0
    outcomes: Counter[Status] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    to_scan: list[timedelta] = field(default_factory=list)
    to_signature: list[timedelta] = field(default_factory=list)
    to_ledger: list[timedelta] = field(default_factory=list)

    def include(self, row: RequestSummary, hour: int) -> None:
        """Count one request, created in the local hour `hour`."""
        if row.kind is Kind.REFUND:
            self.refunds += bool(row.delivered)
            for money in row.delivered:
                self.refunded.add_amount(money)
            return
        self.outcomes[row.status] += 1
        for money in row.delivered:
            self.received.add_amount(money)
        if row.needs_person:
            self.doubts += 1
            self.doubted.add_price(row.price)
        if row.status in _PAID:
            self.sales += 1
            self.hours[hour] += 1
            self.prices.add_price(row.price)
            self.tips.add_price(row.tip)
        _add_time(self.to_scan, row.created_at, row.opened_at)
        _add_time(self.to_signature, row.opened_at, row.signed_at)
        _add_time(self.to_ledger, row.signed_at, row.proven_at)

    def add(self, other: Figures) -> None:
        """Add the figures of another period, as the days of a month are added."""
        for mine, theirs in (
            (self.received, other.received),
            (self.refunded, other.refunded),
            (self.prices, other.prices),
            (self.tips, other.tips),
            (self.doubted, other.doubted),
        ):
            mine.add_all(theirs)
        self.doubts += other.doubts
        self.sales += other.sales
        self.refunds += other.refunds
        self.outcomes.update(other.outcomes)
        self.hours.update(other.hours)
        self.to_scan += other.to_scan
        self.to_signature += other.to_signature
        self.to_ledger += other.to_ledger


def figures_of(
    rows: Iterable[RequestSummary], network: str, to_local: Callable[[datetime], datetime]
) -> Figures:
    """The figures of those `rows` that are of `network`, in any order."""
    figures = Figures()
    for row in rows:
        if row.network == network:
            figures.include(row, to_local(row.created_at).hour)
    return figures


def percentile(times: Sequence[timedelta], percent: int) -> timedelta | None:
    """The shortest time that at least `percent` of a hundred do not exceed; None of no times."""
    if not times:
        return None
    rank = -(-percent * len(times) // 100)
    return sorted(times)[max(rank, 1) - 1]


def _add_time(times: list[timedelta], start: datetime | None, end: datetime | None) -> None:
    # A clock that was set back makes a step end before it began: no time that anybody waited.
    if start is not None and end is not None and end >= start:
        times.append(end - start)
