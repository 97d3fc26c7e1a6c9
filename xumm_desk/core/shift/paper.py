"""The printed form of a shift: its lines from top to bottom, as messages.

The lines of a closing document are stored as words, so a reprint needs nothing of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from xumm_desk.core import bidi
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.money import address, amount, fiat, networks
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import STATUS_LABELS, status_label

from .figures import AssetTotals, Figures, PriceTotals
from .money import Asset, money_of
from .report import Closing, Counts, ShiftReport
from .share import Kind
from .wording import ToLocal, change_sentence, item_sentence, signed_amount, time_text

MAX_TEXT: Final = 400
"""Characters of one text; more of them is a paste by mistake."""


class PaperStyle(Enum):
    """How a line is printed. The values stand in closing documents."""

    TRAINING = "training"
    NAME = "name"
    TITLE = "title"
    """The text at the left, the value at the right, both bold."""
    HEADING = "heading"
    PAIR = "pair"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    TEXT = "text"
    SMALL = "small"
    WARNING = "warning"
    RULE = "rule"
    SIGNATURE = "signature"
    """A line to sign on, the text below it."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: a text, and a value at the right of it."""

    style: PaperStyle
    text: str = ""
    value: str = ""


_TRAINING: Final = Message("TRAINING")
_NO_REAL_MONEY: Final = Message("No real money was paid.")
_KINDS: Final = {
    Kind.SALE: Message("Sales begun"),
    Kind.REFUND: Message("Refunds begun"),
    Kind.OTHER: Message("Other requests begun"),
}
_OPEN_KINDS: Final = {
    Kind.SALE: Message("Sales still open"),
    Kind.REFUND: Message("Refunds still open"),
    Kind.OTHER: Message("Other requests still open"),
}
_REFUND_ENDS: Final = {
    Status.PAID: Message("Refunds paid back"),
    Status.PAID_LATE: Message("Refunds paid back late"),
    Status.CHECK: Message("Refunds to check"),
}


def shift_paper(
    report: ShiftReport,
    closing: Closing | None = None,
    *,
    practice: bool = False,
    to_local: ToLocal = lambda at: at,
) -> tuple[PaperLine, ...]:
    """The lines of a shift; without `closing` those of one that is still open, without what is
    unresolved in it. Then `practice` says whether its money is not real."""
    training = practice or (closing is not None and closing.practice)
    lines = _lines(report, closing, to_local)
    if not (training or not _is_live(report.network)):
        return tuple(lines)
    banner = PaperLine(PaperStyle.TRAINING, _TRAINING)
    return (banner, PaperLine(PaperStyle.SMALL, _NO_REAL_MONEY), *lines, banner)


def _lines(report: ShiftReport, closing: Closing | None, to_local: ToLocal) -> Iterator[PaperLine]:
    if closing is not None and closing.shop:
        yield PaperLine(PaperStyle.NAME, _clean(closing.shop))
    yield PaperLine(
        PaperStyle.TITLE,
        Message("Shift close") if closing is not None else Message("Open shift"),
        f"#{report.span.number}",
    )
    yield from _heading_lines(report, closing, to_local)
    own, others = _split(report, report.figures)
    yield from _money(own, Message("Takings"))
    yield from _groups(report)
    yield from _other_networks(others)
    yield from _requests(report)
    yield from _changes(report)
    if closing is not None:
        yield from _unresolved(report, closing.notes or {}, to_local)
    yield from _decided(report)
    yield from _seal(report, closing)


def _heading_lines(
    report: ShiftReport, closing: Closing | None, to_local: ToLocal
) -> Iterator[PaperLine]:
    opened = report.span.opened_at
    if opened is not None:
        yield _pair(Message("Opened", context="shift"), time_text(to_local(opened)))
    if closing is not None:
        yield _pair(Message("Closed", context="shift"), time_text(to_local(closing.at)))
    if closing is not None and closing.operator:
        yield _pair(Message("Operator"), _clean(closing.operator))
    if closing is not None and closing.till:
        yield _pair(Message("Closed at till"), _clean(closing.till))


# Money.


def _money(figures: Figures, takings: str) -> Iterator[PaperLine]:
    """The sums of one network."""
    for (_network, currency), price in sorted(figures.prices.items()):
        yield PaperLine(PaperStyle.RULE)
        yield PaperLine(
            PaperStyle.HEADING,
            Message("In {currency}, by the rate of each sale", currency=currency),
        )
        yield from _price_lines(price, currency)
        yield PaperLine(PaperStyle.TOTAL, takings, _price(price.net, currency))
    yield PaperLine(PaperStyle.RULE)
    if not figures.assets:
        yield PaperLine(PaperStyle.TEXT, Message("No money came, and none was paid back."))
        return
    yield PaperLine(PaperStyle.HEADING, Message("By asset"))
    yield from _asset_lines(figures.assets)
    if figures.prices and figures.unpriced:
        yield PaperLine(PaperStyle.RULE)
        yield PaperLine(PaperStyle.HEADING, Message("Of these without a price"))
        yield from _asset_lines(figures.unpriced)


def _price_lines(price: PriceTotals, currency: str) -> Iterator[PaperLine]:
    yield _pair(_counted(Message("Sales"), price.payments), _price(price.sales, currency))
    if price.tips or price.tip_count:
        yield _pair(
            _counted(Message("Tips, included"), price.tip_count), _price(price.tips, currency)
        )
    if price.refunds or price.refund_count:
        yield _pair(
            _counted(Message("Refunds"), price.refund_count), _price(-price.refunds, currency)
        )


def _asset_lines(assets: dict[Asset, AssetTotals]) -> Iterator[PaperLine]:
    names = _asset_names(assets)
    for asset, totals in sorted(assets.items()):
        name = names[asset]
        if totals.refunded or totals.refunds:
            yield _pair(
                _counted(Message("{asset} received", asset=name), totals.payments),
                signed_amount(asset, totals.received),
            )
            yield _pair(
                _counted(Message("{asset} paid back", asset=name), totals.refunds),
                signed_amount(asset, -totals.refunded),
            )
            yield PaperLine(PaperStyle.SUBTOTAL, name, signed_amount(asset, totals.net))
        else:
            yield PaperLine(
                PaperStyle.SUBTOTAL,
                _counted(name, totals.payments),
                signed_amount(asset, totals.received),
            )


def _asset_names(assets: Iterable[Asset]) -> dict[Asset, str]:
    """The short name of each; with the issuer where two would read alike."""
    short = {asset: amount.asset_label(money_of(asset, Decimal(0))) for asset in assets}
    names = list(short.values())
    return {
        asset: Message("{asset} of {issuer}", asset=name, issuer=address.shorten(asset.issuer))
        if names.count(name) > 1 and asset.issuer
        else name
        for asset, name in short.items()
    }


def _groups(report: ShiftReport) -> Iterator[PaperLine]:
    tills = report.by_till()
    if len(tills) > 1:
        for (till, cashier), figures in tills.items():
            named = [Message("Till {name}", name=_clean(till)) if till else "", _clean(cashier)]
            yield from _group(
                report,
                Sentences(named, LIST_SEPARATOR) or Message("Without till and cashier"),
                figures,
            )
    accounts = report.by_account()
    own = {key: figures for key, figures in accounts.items() if report.is_own(key[0])}
    if len(own) > 1:
        for (_network, account), figures in own.items():
            yield from _group(
                report,
                Message("Received on {account}", account=address.shorten(account)),
                figures,
            )


def _group(report: ShiftReport, name: str, figures: Figures) -> Iterator[PaperLine]:
    own, _others = _split(report, figures)
    if not own.assets:
        return
    yield PaperLine(PaperStyle.RULE)
    yield PaperLine(PaperStyle.HEADING, name)
    for (_network, currency), price in sorted(own.prices.items()):
        yield from _price_lines(price, currency)
    yield from _asset_lines(own.assets)


def _other_networks(others: dict[str, Figures]) -> Iterator[PaperLine]:
    for network, figures in sorted(others.items()):
        yield PaperLine(PaperStyle.RULE)
        yield PaperLine(
            PaperStyle.WARNING, Message("Not the shop's money: {network}", network=network)
        )
        yield from _asset_lines(figures.assets)


def _split(report: ShiftReport, figures: Figures) -> tuple[Figures, dict[str, Figures]]:
    """The sums of the shop's own network, and of each other one."""
    own = Figures()
    others: dict[str, Figures] = {}
    for name in ("assets", "unpriced"):
        for asset, totals in getattr(figures, name).items():
            there = (
                own if report.is_own(asset.network) else others.setdefault(asset.network, Figures())
            )
            getattr(there, name)[asset] = totals
    for key, price in figures.prices.items():
        there = own if report.is_own(key[0]) else others.setdefault(key[0], Figures())
        there.prices[key] = price
    return own, others


# Requests.


def _requests(report: ShiftReport) -> Iterator[PaperLine]:
    kinds = [kind for kind in Kind if _is_any(report.counts.get(kind))]
    if kinds:
        yield PaperLine(PaperStyle.RULE)
    for kind in kinds:
        counts = report.counts[kind]
        if kind is Kind.SALE or counts.begun:
            yield _pair(_KINDS[kind], str(counts.begun))
        for status, number in counts.ended.items():
            label = status_label(status)
            if kind is Kind.REFUND:
                label = _REFUND_ENDS.get(
                    status, Message("Refunds: {status}", status=STATUS_LABELS[status])
                )
            yield _pair(label, str(number))
        if counts.open_after:
            yield _pair(_OPEN_KINDS[kind], str(counts.open_after))


def _is_any(counts: Counts | None) -> bool:
    return counts is not None and bool(counts.begun or counts.ended or counts.open_after)


def _changes(report: ShiftReport) -> Iterator[PaperLine]:
    if not report.changes:
        return
    yield PaperLine(PaperStyle.RULE)
    yield PaperLine(PaperStyle.HEADING, Message("Changes to earlier shifts"))
    for change in report.changes:
        yield PaperLine(PaperStyle.TEXT, change_sentence(change))


def _unresolved(
    report: ShiftReport, notes: Mapping[str, str], to_local: ToLocal
) -> Iterator[PaperLine]:
    yield PaperLine(PaperStyle.RULE)
    if not report.unresolved:
        yield PaperLine(PaperStyle.HEADING, Message("Nothing is unresolved"))
        return
    yield PaperLine(
        PaperStyle.HEADING,
        _counted(Message("Unresolved, carried over"), len(report.unresolved)),
    )
    for item in report.unresolved:
        one = item.item
        money = signed_amount(one.asset, one.count) if one.asset is not None else ""
        yield PaperLine(PaperStyle.SUBTOTAL, one.label, money)
        yield PaperLine(PaperStyle.TEXT, item_sentence(item, to_local))
        if note := _clean(notes.get(one.key, "")):
            yield PaperLine(PaperStyle.TEXT, Message("Note: {note}", note=note))


def _decided(report: ShiftReport) -> Iterator[PaperLine]:
    if report.decided:
        yield PaperLine(PaperStyle.RULE)
        yield PaperLine(PaperStyle.HEADING, Message("Decided in this shift"))
        for one in report.decided:
            yield PaperLine(
                PaperStyle.TEXT, Message("{label}: {what}", label=one.label, what=one.what)
            )
    if report.settled:
        yield PaperLine(PaperStyle.RULE)
        yield PaperLine(PaperStyle.HEADING, Message("Carried over before, settled now"))
        for settled in report.settled:
            became = settled.became or Message("settled")
            yield PaperLine(
                PaperStyle.TEXT, Message("{label}: {what}", label=settled.label, what=became)
            )


def _seal(report: ShiftReport, closing: Closing | None) -> Iterator[PaperLine]:
    span = report.span
    yield PaperLine(PaperStyle.RULE)
    entries = (
        Message("none", context="entries")
        if span.to == span.after
        else Message("{first} to {last}", first=span.after + 1, last=span.to)
    )
    yield _pair(Message("Entries of the journal"), entries)
    if closing is not None:
        if span.previous:
            yield _pair(Message("Shift before"), span.previous[:16])
        yield PaperLine(PaperStyle.SIGNATURE, Message("Signature"))


# Words.


def _price(value: Decimal, currency: str) -> str:
    text = fiat.format_fiat(FiatAmount(currency, abs(value)))
    return Message("−{amount}", amount=text) if value < 0 else text


def _counted(text: str, count: int) -> str:
    return Message("{text} ({count})", text=text, count=count)


def _pair(text: str, value: str) -> PaperLine:
    return PaperLine(PaperStyle.PAIR, text, value)


def _is_live(network: str) -> bool:
    known = networks.network_by_key(network)
    return known is None or known.is_live


def _clean(text: str) -> str:
    """One line without controls."""
    visible = " ".join(bidi.strip_controls(text).split())
    return "".join(one for one in visible if one.isprintable())[:MAX_TEXT]
