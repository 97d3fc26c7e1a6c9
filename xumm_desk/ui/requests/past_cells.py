"""What the cells of a request of the history show; alike to those of a row that has ended."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.history.last_event import last_event_of_summary
from xumm_desk.core.history.summary import Kind, RefundMark, RequestSummary
from xumm_desk.core.message import LABEL_SEPARATOR, Message, Sentences
from xumm_desk.core.money import address, amount, networks
from xumm_desk.core.status import SUCCESSFUL
from xumm_desk.core.verdict.wording import STATUS_MEANINGS, status_label, status_text
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.style.time_format import age_text, local_and_utc
from xumm_desk.ui.widgets import step_line

from .columns import EMPTY, Column, event_text, event_tooltip, price_text, rate_text

_REFUNDED: Final = {
    RefundMark.NONE: "",
    RefundMark.PART: Message("Refunded in part"),
    RefundMark.WHOLE: Message("Refunded"),
}


def cell_text(past: RequestSummary, column: Column, clock: Clock, network: str) -> str:
    """The text of the cell; `network` is the shop's own."""
    match column:
        case Column.STATUS:
            return tr(Sentences([_label(past, network), _REFUNDED[past.refunded]], " · "))
        case Column.LEFT:
            return age_text((clock.now() - past.created_at).total_seconds())
        case Column.TIME:
            return formats.time_or_date(past.created_at, clock.now())
        case Column.REFERENCE:
            return as_written(tr(reference(past)))
        case Column.AMOUNT:
            return tr(amount.format_number(past.shown_amount)) or (
                _("any") if past.tx_type == "Payment" else EMPTY
            )
        case Column.ASSET:
            return amount.asset_label(past.shown_amount) or EMPTY
        case Column.PAYER:
            return (address.shorten(past.payer) if past.signed else "") or EMPTY
        case Column.TAG:
            return EMPTY if past.tag is None else str(past.tag)
        case Column.STEPS:
            return step_line.line_sentence(step_line.past_step_marks(past))
        case Column.TYPE:
            return past.tx_type or _("unknown")
        case Column.UUID:
            return past.uuid or EMPTY
        case Column.TXID:
            return past.txid or EMPTY
        case Column.NETWORK:
            return past.network
        case Column.NOTE:
            return isolate(past.instruction)
        case Column.PRICE:
            return price_text(past.price)
        case Column.OPERATOR:
            return isolate(past.cashier) or EMPTY
        case Column.TILL:
            return isolate(past.till) or EMPTY
        case Column.LAST_EVENT:
            return event_text(last_event_of_summary(past), clock)
        case Column.EXPIRY:
            return EMPTY
        case Column.RATE:
            return rate_text(past.price, past.asked)


def short_text(past: RequestSummary, network: str) -> str:
    """The status in a narrow cell."""
    if is_foreign(past, network) or past.refunded is RefundMark.NONE:
        return tr(_label(past, network)) if past.kind is Kind.REFUND else tr(_plain(past, network))
    return tr(_REFUNDED[past.refunded])


def tooltip(past: RequestSummary, column: Column, clock: Clock, network: str) -> str:
    """The full story of a cell."""
    match column:
        case Column.STATUS:
            label = Sentences(
                [_label(past, network), STATUS_MEANINGS[past.status]], LABEL_SEPARATOR
            )
            return tr(Sentences([label, _REFUNDED[past.refunded]], "\n"))
        case Column.LEFT | Column.TIME:
            return local_and_utc(past.created_at, _("Created", context="date"))
        case Column.LAST_EVENT:
            return event_tooltip(last_event_of_summary(past))
        case Column.EXPIRY:
            return _("It is over; its details say when it would have expired.")
        case Column.PAYER:
            return past.payer or _("Nobody has signed yet")
        case Column.AMOUNT | Column.ASSET:
            shown = tr(amount.format_amount(past.shown_amount))
            words = [shown or _("The customer chooses the amount")]
            if issuer := amount.issuer_of(past.shown_amount):
                words.append(_("Issuer {issuer}", issuer=issuer))
            return "\n".join(words)
        case _:
            return cell_text(past, column, clock, network)


def reference(past: RequestSummary) -> str:
    """What people call the request, as `request_label` says it."""
    number = f"#{past.number}" if past.number is not None else ""
    if past.kind is Kind.REFUND:
        named = number if past.number else past.refund_of
        return Message("Refund of {number}", number=named)
    return number or past.identifier


def _label(past: RequestSummary, network: str) -> str:
    return status_text(
        past.status,
        refund=past.kind is Kind.REFUND,
        foreign_network=_foreign(past, network),
        outage=past.outage,
    )


def is_foreign(past: RequestSummary, network: str) -> bool:
    """Whether it brought money on another network than the shop's own."""
    if not network or past.status not in SUCCESSFUL:
        return False
    return not networks.is_network(network, past.network)


def _plain(past: RequestSummary, network: str) -> str:
    return _label(past, network) if is_foreign(past, network) else status_label(past.status)


def _foreign(past: RequestSummary, network: str) -> str:
    return past.network if is_foreign(past, network) else ""
