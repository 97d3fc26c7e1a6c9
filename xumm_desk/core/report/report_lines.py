"""The lines of a report, section by section.

Cards, chart and table show these lines, so that none says anything else than the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from xumm_desk.core.history.summary import Kind
from xumm_desk.core.message import Message
from xumm_desk.core.shift.money import EXACT, ZERO
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import status_label

from .differences import (
    Difference,
    count_difference,
    count_text,
    price_difference,
    price_text,
    time_difference,
    time_text,
)
from .figures import PAID, Figures, PeriodFigures, PriceSums, SlotFigures, Spread
from .line import Figure, ReportLine, Section
from .line_maker import LineMaker
from .periods import Length, Span, TimeSlot

_INCOME: Final = frozenset({Kind.SALE, Kind.OTHER})
_REFUNDS: Final = frozenset({Kind.REFUND})

_ORDER: Final = (
    Status.PAID,
    Status.PAID_LATE,
    Status.SIGNED,
    Status.CREATING,
    Status.WAITING,
    Status.OPENED,
    Status.PRE_SIGNED,
    Status.DISPATCHED,
    Status.CONFIRMING,
    Status.DECLINED,
    Status.CANCELLED,
    Status.EXPIRED,
    Status.FAILED,
    Status.EXPIRED_OPENED,
    Status.UNVERIFIED,
    Status.CHECK,
)

_MEDIANS: Final = (
    Message("Code to scan, median"),
    Message("Scan to signature, median"),
    Message("Signature to ledger, median"),
)
_SLOW: Final = (
    Message("Code to scan, 95 %"),
    Message("Scan to signature, 95 %"),
    Message("Signature to ledger, 95 %"),
)
"""Of a hundred so many were at least as quick."""


def report_lines(figures: PeriodFigures, now: Span, before: Span) -> tuple[ReportLine, ...]:
    """All lines, section by section. What is nothing in both periods is left out, but for the main
    lines, the times and the slots."""
    made = _Lines(figures, now, before)
    return (
        *made.takings(),
        *made.requests(),
        *made.doubt(),
        *made.unmatched(),
        *made.refunds(),
        *made.times(),
        *made.over_time(),
    )


class _Lines(LineMaker):
    """Makes the lines of each section."""

    def takings(self) -> Iterator[ReportLine]:
        """What came, and what of it stayed."""
        section = Section.TAKINGS
        currencies = self.currencies(lambda one: one.sold.values, lambda one: one.paid_back.values)
        for currency in currencies:
            yield self.price(
                f"net {currency}",
                section,
                Message("Takings, {currency}", currency=currency),
                currency,
                _net(currency),
                main=True,
                moved=True,
            )
        yield from self.assets(
            "received",
            section,
            Message("Received, {asset}"),
            lambda one: one.received,
            kinds=_INCOME,
            moved=True,
        )
        for currency in currencies:
            for key, label, value in (
                (
                    "sold",
                    Message("Sold, {currency}", currency=currency),
                    _of(currency, lambda one: one.sold),
                ),
                (
                    "tips",
                    Message("Tips in it, {currency}", currency=currency),
                    _of(currency, lambda one: one.tips),
                ),
            ):
                if self.is_any(value):
                    yield self.price(
                        f"{key} {currency}",
                        section,
                        label,
                        currency,
                        value,
                        kinds=_INCOME,
                        moved=True,
                    )
        if self.is_any(lambda one: one.unpriced):
            yield self.count(
                "unpriced",
                section,
                Message("Payments without a price"),
                lambda one: one.unpriced,
                kinds=_INCOME,
                unpriced=True,
            )

    def requests(self) -> Iterator[ReportLine]:
        """How many requests there were, and what became of them."""
        section = Section.REQUESTS
        yield self.count(
            "requests",
            section,
            Message("All requests"),
            lambda one: one.outcomes.total(),
            main=True,
            kinds=_INCOME,
        )
        for status in _ORDER:
            number = _outcome(status)
            if self.is_any(number):
                yield self.count(
                    f"status {status.value}",
                    section,
                    status_label(status),
                    number,
                    kinds=_INCOME,
                    statuses=frozenset({status}),
                )

    def doubt(self) -> Iterator[ReportLine]:
        """What a person has to look at."""
        section = Section.DOUBT
        yield self.count(
            "doubt",
            section,
            Message("Needs a person"),
            lambda one: one.doubts + one.refund_doubts,
            main=True,
            attention=True,
        )
        for currency in self.currencies(lambda one: one.doubted.values):
            yield self.price(
                f"doubted {currency}",
                section,
                Message("Asked for, {currency}", currency=currency),
                currency,
                _of(currency, lambda one: one.doubted),
                kinds=_INCOME,
                attention=True,
            )
        yield from self.assets(
            "doubted",
            section,
            Message("Asked for, {asset}"),
            lambda one: one.doubted_assets,
            kinds=_INCOME,
            attention=True,
        )
        if self.is_any(lambda one: one.refund_doubts):
            yield self.count(
                "refund doubts",
                section,
                Message("Of these refunds"),
                lambda one: one.refund_doubts,
                kinds=_REFUNDS,
                attention=True,
            )

    def unmatched(self) -> Iterator[ReportLine]:
        """Payments that belong to no request."""
        if not self.is_any(lambda one: one.unmatched):
            return
        yield self.count(
            "unmatched",
            Section.DOUBT,
            Message("Payments without a request"),
            lambda one: one.unmatched,
            unmatched=True,
        )
        yield from self.assets(
            "unmatched",
            Section.DOUBT,
            Message("Came in them, {asset}"),
            lambda one: one.unmatched_assets,
            unmatched=True,
        )

    def refunds(self) -> Iterator[ReportLine]:
        """What was paid back."""
        section = Section.REFUNDS
        yield self.count(
            "refunds",
            section,
            Message("Refunds paid"),
            lambda one: one.refunds,
            main=True,
            kinds=_REFUNDS,
            moved=True,
        )
        for currency in self.currencies(lambda one: one.paid_back.values):
            yield self.price(
                f"back {currency}",
                section,
                Message("Paid back, {currency}", currency=currency),
                currency,
                _of(currency, lambda one: one.paid_back),
                kinds=_REFUNDS,
                moved=True,
            )
        yield from self.assets(
            "refunded",
            section,
            Message("Paid back, {asset}"),
            lambda one: one.refunded,
            kinds=_REFUNDS,
            moved=True,
        )
        if self.is_any(lambda one: one.refunds_unpriced):
            yield self.count(
                "refunds unpriced",
                section,
                Message("Refunds without a price"),
                lambda one: one.refunds_unpriced,
                kinds=_REFUNDS,
                unpriced=True,
            )

    def times(self) -> Iterator[ReportLine]:
        """How long customers, wallets and the ledger took."""
        steps: tuple[Callable[[Figures], Spread], ...] = (
            lambda one: one.to_scan,
            lambda one: one.to_signature,
            lambda one: one.to_ledger,
        )
        for step, median, slow in zip(steps, _MEDIANS, _SLOW, strict=True):
            spreads = [step(one) for one in self.figures]
            for label, times in (
                (median, [one.median for one in spreads]),
                (slow, [one.slow for one in spreads]),
            ):
                now, before = times
                yield self.line(
                    label.id,
                    Section.TIMES,
                    label,
                    (time_text(now), time_text(before)),
                    time_difference(now, before),
                    kinds=_INCOME,
                )

    def over_time(self) -> Iterator[ReportLine]:
        """Sales by hour or by day, each beside the same hour or day of the period before."""
        now, before = self.spans
        earlier = {_place(now, at, slot): at for at, slot in enumerate(before.slots)}
        pairs = [
            (at, slot, earlier.get(_place(now, at, slot))) for at, slot in enumerate(now.slots)
        ]
        for at, slot, other in pairs:
            counts = self._slot(0, at).sales, 0 if other is None else self._slot(1, other).sales
            yield self._slot_line(
                f"sales {at}",
                Message("Sales"),
                (slot, other),
                (count_text(counts[0]), count_text(counts[1])),
                count_difference(*counts) if other is not None else Difference(),
                counts=counts,
                statuses=PAID,
            )
        for currency in self.currencies(lambda one: one.sold.values):
            for at, slot, other in pairs:
                worth = [self._slot(0, at).sold.values.get(currency, ZERO), ZERO]
                if other is not None:
                    worth[1] = self._slot(1, other).sold.values.get(currency, ZERO)
                if not any(worth):
                    continue
                yield self._slot_line(
                    f"sold {currency} {at}",
                    Message("Sold, {currency}", currency=currency),
                    (slot, other),
                    (price_text(currency, worth[0]), price_text(currency, worth[1])),
                    price_difference(currency, *worth) if other is not None else Difference(),
                    moved=True,
                )

    def _slot(self, which: int, at: int) -> SlotFigures:
        return self.figures[which].slots[at]

    def _slot_line(
        self,
        key: str,
        label: str,
        slots: tuple[TimeSlot, int | None],
        texts: tuple[str, str],
        difference: Difference,
        *,
        counts: tuple[int, int] = (0, 0),
        **asked: Any,
    ) -> ReportLine:
        slot, other = slots
        asked["kinds"] = _INCOME
        before = Figure("–")
        if other is not None:
            hour = self.spans[1].slots[other]
            query = self.query(1, since=hour.since, until=hour.until, **asked)
            before = Figure(texts[1], query)
        query = self.query(0, since=slot.since, until=slot.until, **asked)
        now = Figure(texts[0], query)
        return ReportLine(
            key, Section.SLOTS, label, now, before, difference, slot=slot, counts=counts
        )


def _net(currency: str) -> Callable[[Figures], Decimal]:
    sold, back = _of(currency, lambda one: one.sold), _of(currency, lambda one: one.paid_back)
    return lambda one: EXACT.subtract(sold(one), back(one))


def _of(currency: str, sums: Callable[[Figures], PriceSums]) -> Callable[[Figures], Decimal]:
    return lambda one: sums(one).values.get(currency, ZERO)


def _outcome(status: Status) -> Callable[[Figures], int]:
    return lambda one: one.outcomes[status]


def _place(now: Span, at: int, slot: TimeSlot) -> object:
    """What a slot has in common with the one that it is compared with."""
    return slot.place if now.period.length is Length.DAY else at
