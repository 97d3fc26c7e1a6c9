"""What each column shows of a row, short and in full."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from operator import attrgetter, is_
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.decision.wording import outcome_label, outcome_sentence
from xumm_desk.core.history.last_event import LastEvent, last_event
from xumm_desk.core.message import LABEL_SEPARATOR, Message, Sentences
from xumm_desk.core.money import address, amount, fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import SOURCE_LABELS
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import refund_summary
from xumm_desk.core.sale import sale_fields
from xumm_desk.core.sale.sale import refunded_identifier, request_label, sale_of
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.wording import row_label, status_label, status_sentence
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow, SocketState
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.style.time_format import age_text, clock_text, local_and_utc
from xumm_desk.ui.widgets import step_line

EMPTY: Final = "–"
TIME_IS_UP: Final = Message("time is up — checking")
TIME_OVER: Final = Message("time is up")
"""Of another till's request that nobody is known to follow."""


class Column(IntEnum):
    """The columns; the numbers are the model's, `DEFAULT_ORDER` is what a person sees."""

    STATUS = 0
    LEFT = 1
    TIME = 2
    REFERENCE = 3
    AMOUNT = 4
    ASSET = 5
    PAYER = 6
    TAG = 7
    STEPS = 8
    TYPE = 9
    UUID = 10
    TXID = 11
    NETWORK = 12
    NOTE = 13
    PRICE = 14
    OPERATOR = 15
    TILL = 16
    LAST_EVENT = 17
    EXPIRY = 18
    RATE = 19


TITLES: Final[dict[Column, str]] = {
    Column.STATUS: Message("Status"),
    Column.LEFT: Message("Left / age"),
    Column.TIME: Message("Time"),
    Column.REFERENCE: Message("Reference"),
    Column.AMOUNT: Message("Amount"),
    Column.ASSET: Message("Asset"),
    Column.PAYER: Message("Payer"),
    Column.TAG: Message("Tag"),
    Column.STEPS: Message("Steps"),
    Column.TYPE: Message("Type"),
    Column.UUID: "UUID",
    Column.TXID: Message("Transaction"),
    Column.NETWORK: Message("Network"),
    Column.NOTE: Message("Note"),
    Column.PRICE: Message("Price"),
    Column.OPERATOR: Message("Operator"),
    Column.TILL: Message("Till"),
    Column.LAST_EVENT: Message("Last event"),
    Column.EXPIRY: Message("Expires"),
    Column.RATE: Message("Rate"),
}
DEFAULT_ORDER: Final = (
    Column.STATUS,
    Column.LEFT,
    Column.TIME,
    Column.REFERENCE,
    Column.PRICE,
    Column.AMOUNT,
    Column.ASSET,
    Column.PAYER,
    Column.TAG,
    Column.STEPS,
    Column.OPERATOR,
    Column.TILL,
    Column.LAST_EVENT,
    Column.EXPIRY,
    Column.RATE,
    Column.TYPE,
    Column.UUID,
    Column.TXID,
    Column.NETWORK,
    Column.NOTE,
)
"""From the left, until a person moves one."""

HIDDEN: Final = frozenset(DEFAULT_ORDER[DEFAULT_ORDER.index(Column.TILL) :])
"""Columns that are hidden until a person shows them."""

NUMBERS: Final = frozenset({Column.LEFT, Column.PRICE, Column.AMOUNT, Column.TAG, Column.RATE})
"""Columns aligned to the right, with digits of one width."""

TIMES: Final = frozenset({Column.TIME, Column.LAST_EVENT, Column.EXPIRY})
"""Columns of times, whose digits have one width too."""

_OPEN_ONLY: Final = frozenset({Column.LEFT, Column.STEPS, Column.EXPIRY, Column.RATE})
"""Columns of which the history keeps nothing to sort by."""

_MOVING: Final = frozenset(
    {Column.STATUS, Column.LEFT, Column.STEPS, Column.LAST_EVENT, Column.EXPIRY}
)
_EVERY: Final = frozenset(Column)
_proofs: Final = attrgetter("uuid", "platform", "blob", "ledger", "payments", "decisions")


def changed_columns(before: RequestRow, after: RequestRow) -> frozenset[Column]:
    """The columns that may look different in the newer one of two states of a request: unless the
    platform or a ledger answered, only those of steps and times."""
    if before.other_till is after.other_till and all(
        map(is_, _proofs(before.request), _proofs(after.request))
    ):
        return _MOVING
    return _EVERY


def cell_text(row: RequestRow, column: Column, clock: Clock) -> str:
    """The text of the cell."""
    request, spec = row.request, row.request.spec
    match column:
        case Column.STATUS:
            stale = stale_since(row)
            refunded = refund_summary(request, row.refunds)
            decided = outcome_label(request, row.verdict)
            return tr(Sentences([row_label(request, row.verdict), decided, refunded, stale], " · "))
        case Column.LEFT:
            return time_left(row, clock)
        case Column.TIME:
            return formats.time_or_date(request.created_at, clock.now())
        case Column.REFERENCE:
            return as_written(tr(request_label(spec)))
        case Column.AMOUNT:
            return tr(amount.format_number(shown_amount(row))) or (
                _("any") if spec.is_payment else EMPTY
            )
        case Column.ASSET:
            return amount.asset_label(shown_amount(row)) or EMPTY
        case Column.PAYER:
            return address.shorten(payer_text(row)) or EMPTY
        case Column.TAG:
            return EMPTY if spec.tag is None else str(spec.tag)
        case Column.STEPS:
            return step_line.steps_sentence(row)
        case Column.TYPE:
            return spec.tx_type or _("unknown")
        case Column.UUID:
            return request.uuid or EMPTY
        case Column.TXID:
            return request.shown_txid or EMPTY
        case Column.NETWORK:
            return spec.network
        case Column.NOTE:
            return isolate(" ".join(spec.instruction.split()))
        case Column.PRICE:
            return price_text(sale_fields.price_of(spec))
        case Column.OPERATOR:
            return isolate(sale_fields.cashier_of(spec)) or EMPTY
        case Column.TILL:
            return till_text(row)
        case Column.LAST_EVENT:
            return event_text(last_event(request, row.verdict.status), clock)
        case Column.EXPIRY:
            expires = None if row.verdict.final else expiry(row)
            return EMPTY if expires is None else formats.time_or_date(expires, clock.now())
        case Column.RATE:
            return rate_text(sale_fields.price_of(spec), spec.amount)


def price_text(price: FiatAmount | None) -> str:
    """A price in the shop's currency."""
    return tr(fiat.format_fiat(price)) if price is not None else EMPTY


def rate_text(price: FiatAmount | None, asked: amount.Amount | None) -> str:
    """The price of one unit of the asset, as it was charged."""
    rate = sale_fields.charged_rate(price, asked)
    if rate is None or price is None:
        return EMPTY
    return tr(fiat.format_unit_price(rate, price.currency))


def event_text(last: LastEvent, clock: Clock) -> str:
    """What happened last, and when, if that is known."""
    if last.at is None:
        return tr(last.event.value)
    at = formats.time_or_date(last.at, clock.now())
    return _("{event} {time}", event=last.event.value, time=at)


def expiry(row: RequestRow) -> datetime | None:
    """When the request expires, or has expired, as the platform says."""
    return row.request.platform.expires_at if row.request.platform is not None else None


def _expiry_text(row: RequestRow) -> str:
    if not row.verdict.final:
        what = _("Expires")
    else:
        is_expired = row.verdict.status is Status.EXPIRED
        what = _("Expired") if is_expired else _("Would have expired")
    return local_and_utc(expiry(row), what)


def title_tooltip(column: Column) -> str:
    """What the title of a column says besides; "" for nothing."""
    if column not in _OPEN_ONLY:
        return ""
    return _(
        "Sorted by {column}, requests that are open come in this order; those that are over follow"
        " in the order of time.",
        column=TITLES[column],
    )


def short_text(row: RequestRow, column: Column, clock: Clock) -> str:
    """The short text of a narrow cell, instead of a cut one; the same as `cell_text` if that is
    short."""
    if column is Column.STATUS:
        if row.verdict.foreign_network:
            return tr(row_label(row.request, row.verdict))
        if any(is_positive(one.refunded) for one in row.refunds):
            if any(is_positive(one.left) for one in row.refunds):
                return _("Refunded in part")
            return _("Refunded")
        if refunded_identifier(row.request.spec):
            return tr(row_label(row.request, row.verdict))
        return tr(status_label(row.verdict.status))
    whole = cell_text(row, column, clock)
    return _("checking…") if whole == TIME_IS_UP else whole


def tooltip(row: RequestRow, column: Column, clock: Clock) -> str:
    """The full story of a cell."""
    request, whole = row.request, cell_text(row, column, clock)
    match column:
        case Column.STATUS:
            told = [row_label(request, row.verdict), status_sentence(request, row.verdict)]
            refunded = refund_summary(request, row.refunds)
            decided = outcome_sentence(request, row.verdict)
            lost = stale_sentence(row)
            return tr(Sentences([Sentences(told, LABEL_SEPARATOR), decided, refunded, lost], "\n"))
        case Column.TILL:
            return _till_tooltip(row) or whole
        case Column.LEFT:
            return f"{time_left_sentence(row, clock)}\n{_expiry_text(row)}".strip()
        case Column.TIME:
            return local_and_utc(request.created_at, _("Created", context="date"))
        case Column.NOTE:
            return isolate(request.spec.instruction)
        case Column.LAST_EVENT:
            return event_tooltip(last_event(request, row.verdict.status))
        case Column.EXPIRY:
            return _expiry_text(row) or _("No time limit known")
        case Column.RATE:
            return _rate_tooltip(row) or whole
        case Column.PAYER:
            return payer_text(row) or _("Nobody has signed yet")
        case Column.AMOUNT | Column.ASSET:
            asked = shown_amount(row)
            words = [tr(amount.format_amount(asked)) or _("The customer chooses the amount")]
            if isinstance(asked, amount.MptAmount):
                words.append(
                    _(
                        "Token {issuance_id}, counted in its smallest unit",
                        issuance_id=asked.issuance_id,
                    )
                )
            if issuer := amount.issuer_of(asked):
                words.append(_("Issuer {issuer}", issuer=issuer))
            return "\n".join(words)
        case _:
            return whole


def event_tooltip(last: LastEvent) -> str:
    """The last event with its time in full, or that its time stands elsewhere."""
    if last.at is not None:
        return local_and_utc(last.at, tr(last.event.value))
    return _("{event}; the timeline says when.", event=last.event.value)


def _rate_tooltip(row: RequestRow) -> str:
    sale = sale_of(row.request.spec)
    if sale is None or sale.quote is None or not sale.quote.is_conversion:
        return ""
    rate = sale.quote.rate
    words = tr(fiat.format_unit_price(rate.price, rate.currency))
    source = _("{rate} each, {source}", rate=words, source=SOURCE_LABELS[rate.source])
    return f"{source}\n{local_and_utc(rate.at, _('Rate of'))}"


def shown_amount(row: RequestRow) -> amount.Amount | None:
    """The amount asked for; if the customer chose it, the amount delivered on the ledger."""
    ledger = row.request.ledger
    proven = ledger.delivered if ledger is not None and ledger.validated else None
    return row.request.spec.amount or proven


def payer_text(row: RequestRow) -> str | None:
    """The account that signed, or from which money came on the ledger."""
    request = row.request
    if not request.signed:
        return None
    reported = request.platform.account if request.platform else None
    payment = (
        json_fields.string_at(request.payments[0].tx.tx, "Account") if request.payments else None
    )
    return (request.blob.account if request.blob else None) or reported or payment


def till_text(row: RequestRow) -> str:
    """The till of the sale, as its shop counts it; of a request that is no sale and was made by
    another till, that till."""
    other = row.other_till.name if row.other_till is not None else ""
    return isolate(sale_fields.till_of(row.request.spec) or other) or EMPTY


def _till_tooltip(row: RequestRow) -> str:
    if row.other_till is None or not row.other_till.name:
        return ""
    return _("Made by {till}, another till of this shop.", till=isolate(row.other_till.name))


def is_unfollowed(row: RequestRow) -> bool:
    """Whether it is another till's, and nobody is known to follow it."""
    return row.other_till is not None and not row.other_till.followed


def stale_sentence(row: RequestRow) -> str:
    """Why a row is not live, and of when it is; "" while updates arrive or are not needed."""
    if not stale_since(row):
        return ""
    time = formats.time_of_day(row.last_heard_at) if row.last_heard_at else ""
    if not is_unfollowed(row):
        return (
            _("Live updates are lost: this is as of {time}.", time=time)
            if time
            else _("Live updates are lost: this is not live.")
        )
    till = isolate(row.other_till.name) if row.other_till is not None else ""
    if not till:
        return (
            _(
                "Another till made this request, and nobody is known to follow it now: this is as"
                " of {time}.",
                time=time,
            )
            if time
            else _(
                "Another till made this request, and nobody is known to follow it now: this is"
                " not live."
            )
        )
    return (
        _(
            "{till} made this request, and nobody is known to follow it now: this is as of {time}.",
            till=till,
            time=time,
        )
        if time
        else _(
            "{till} made this request, and nobody is known to follow it now: this is not live.",
            till=till,
        )
    )


def stale_since(row: RequestRow) -> str:
    """The mark of a row whose live updates are lost, or of another till's that nobody is known to
    follow; "" while they arrive or are not needed."""
    lost = row.socket_state is SocketState.LOST or is_unfollowed(row)
    if not lost or row.verdict.final:
        return ""
    return (
        _("as of {time}", time=formats.time_of_day(row.last_heard_at))
        if row.last_heard_at
        else _("not live")
    )


def time_left(row: RequestRow, clock: Clock) -> str:
    """Time left, time over, or age, at this very moment."""
    request, status = row.request, row.verdict.status
    if row.verdict.final:
        return age_text((clock.now() - request.created_at).total_seconds())
    if request.signed:
        since = request.step_times[Step.RESOLVED]
        return EMPTY if since is None else clock_text((clock.now() - since).total_seconds())
    remains = seconds_left(row, clock)
    if remains is None or request.uuid is None:
        return EMPTY
    if status is Status.EXPIRED_OPENED:
        return _time_over(remains)
    if remains > 0:
        return clock_text(remains)
    return tr(TIME_OVER) if is_unfollowed(row) else TIME_IS_UP


def _time_over(remains: float) -> str:
    return _("+{time}", time=clock_text(-remains))


def seconds_left(row: RequestRow, clock: Clock) -> float | None:
    """Seconds until the expiry, negative past it; None while unknown."""
    if row.deadline is not None:
        return row.deadline - clock.monotonic()
    answer = row.request.platform
    if answer is None or answer.expires_at is None:
        return None
    return (answer.expires_at - clock.now()).total_seconds()


def time_left_sentence(row: RequestRow, clock: Clock) -> str:
    """`time_left` in words, for tooltips and screen readers."""
    time = time_left(row, clock)
    if time in (EMPTY, TIME_IS_UP):
        return {EMPTY: _("No time limit known"), TIME_IS_UP: _("Time is up, checking")}[time]
    if time == tr(TIME_OVER):
        return _("Time is up, and nobody is known to look")
    if row.verdict.final:
        return _("just now") if time == _("now") else _("{age} old", age=time)
    if row.request.signed:
        return _("signed {duration} ago", duration=time)
    if row.verdict.status is Status.EXPIRED_OPENED:
        return _("over since {duration}", duration=clock_text(-(seconds_left(row, clock) or 0.0)))
    return _("{duration} left", duration=time)
