"""Make the entries of the work list, and put them in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.decision.evidence import evidence_of, is_current
from xumm_desk.core.decision.needs import has_open_call, needs_person
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import address
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import RefundBalance, refund_balances, why_not_refundable
from xumm_desk.core.sale.sale import refunded_identifier, request_label
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.payment_checks import ledger_close_time
from xumm_desk.core.wire import json_fields

from . import wording
from .causes import cause_of, since
from .entry import Action, AttentionEntry, Cause

LONG_OVER: Final = timedelta(minutes=30)
"""How long after its expiry a phone may still be expected to pay: a wallet that was about to sign
does so at once, and its transaction is valid for some twenty ledgers (P§2.2, §11-7)."""

WAIT: Final = timedelta(minutes=15)
REMIND: Final = timedelta(days=1)

_MONEY: Final = (Action.REFUND, Action.ACCEPT, Action.NOT_PAID, Action.REVIEW)
_ACTIONS: Final[dict[Cause, tuple[Action, ...]]] = {
    Cause.CREATION_UNSURE: (Action.WAIT, Action.CLOSE),
    Cause.UNDERPAID: (Action.ACCEPT, Action.REFUND, Action.NOT_PAID, Action.CALL_BACK),
    Cause.OVERPAID: (Action.REFUND, Action.ACCEPT, Action.REVIEW),
    Cause.OTHER_ASSET: _MONEY,
    Cause.SECOND_PAYMENT: (Action.REFUND, Action.ACCEPT, Action.REVIEW),
    Cause.AFTER_END: _MONEY,
    Cause.SHARED_PAYMENT: (Action.DETAILS, Action.ACCEPT, Action.NOT_PAID, Action.REVIEW),
    Cause.OTHER_NETWORK: (Action.NOT_PAID, Action.ACCEPT),
    Cause.OTHER_DIFFERENCE: (Action.ACCEPT, Action.REFUND, Action.NOT_PAID, Action.REVIEW),
    Cause.NOT_ARRIVED: (Action.CALLED_BACK, Action.NOT_PAID, Action.REVIEW),
    Cause.CALL_BACK: (Action.CALLED_BACK,),
    Cause.REFUND_IN_DOUBT: (Action.ACCEPT, Action.NOT_PAID),
    Cause.MAY_STILL_BE_PAID: (Action.WAIT, Action.NOT_PAID, Action.REFRESH),
    Cause.UNKNOWN_TO_PLATFORM: (Action.NOT_PAID, Action.ACCEPT, Action.REFRESH),
    Cause.UNVERIFIED: (Action.ACCEPT, Action.NOT_PAID),
}
_ALWAYS: Final = (Action.CALL_BACK, Action.WAIT, Action.REMIND, Action.DETAILS)
"""What can be done about every request, after what its cause asks for."""


def entry_of(
    request: Request,
    verdict: Verdict,
    refunds: tuple[RefundBalance, ...],
    now: datetime,
) -> AttentionEntry | None:
    """The entry of a request; None where nobody is needed. `now` is UTC."""
    if not needs_person(request, verdict):
        return None
    cause = cause_of(request, verdict)
    begun = since(request, cause)
    is_refund = bool(refunded_identifier(request.spec))
    advice = wording.advice_text(request, cause, refunds, refund=is_refund)
    actions = _actions(request, verdict, cause, refunds)
    if is_refund and cause is Cause.NOT_ARRIVED:
        actions = (Action.REVIEW, Action.NOT_PAID)
    if cause is Cause.MAY_STILL_BE_PAID and not is_refund and now - begun > LONG_OVER:
        actions = (Action.NOT_PAID, Action.WAIT, *actions)
        advice = wording.LONG_OVER
    actions = tuple(dict.fromkeys((*actions, *_ALWAYS)))
    if has_open_call(request):
        actions = tuple(one for one in actions if one is not Action.CALL_BACK)
    return AttentionEntry(
        key=request.identifier,
        cause=cause,
        what=Sentences(
            [wording.CAUSE_LABELS[cause], request_label(request.spec)],
            " · ",
        ),
        amount=wording.asked_text(request),
        why=wording.why_text(request, verdict, cause),
        advice=advice,
        since=begun,
        action=actions[0],
        further=actions[1:],
        identifier=request.identifier,
        about=evidence_of(request, verdict),
        is_refund=is_refund,
        hidden_until=hidden_until(request, verdict),
    )


def payment_key(txid: str) -> str:
    """The key of the entry of a payment; that of a request is its identifier."""
    return f"payment {txid}"


def unmatched_entry(payment: UnmatchedPayment) -> AttentionEntry:
    """The entry of a payment that belongs to no request for sure."""
    payer = json_fields.string_at(payment.tx.tx, "Account") or ""
    return AttentionEntry(
        key=payment_key(payment.txid),
        cause=Cause.UNMATCHED,
        what=Sentences(
            [
                wording.CAUSE_LABELS[Cause.UNMATCHED],
                Message("from {account}", account=address.shorten(payer)) if payer else "",
            ],
            " · ",
        ),
        amount=payment.amount,
        why=payment.reason,
        advice=wording.unmatched_advice(),
        since=ledger_close_time(payment.tx) or payment.at,
        action=Action.ASSIGN,
        txid=payment.txid,
    )


Rank = tuple[Cause, datetime, str]
"""What entries are sorted by: the most urgent first, of one urgency the oldest first."""


def rank_of(request: Request, verdict: Verdict) -> Rank:
    """The rank of a request's entry, at a part of its cost: there may be thousands."""
    cause = cause_of(request, verdict)
    return cause, since(request, cause), request.identifier


def rank_of_entry(entry: AttentionEntry) -> Rank:
    """The rank of an entry."""
    return entry.cause, entry.since, entry.key


def hidden_until(request: Request, verdict: Verdict) -> datetime | None:
    """Until when (UTC) a person wanted to wait; None without a wait. New evidence ends it."""
    wait = request.decisions.wait
    if wait is None or wait.decision.kind is not DecisionKind.WAIT:
        return None
    return wait.decision.until if is_current(wait, request, verdict) else None


def _actions(
    request: Request, verdict: Verdict, cause: Cause, refunds: tuple[RefundBalance, ...]
) -> tuple[Action, ...]:
    """What can be done about this cause; what was paid back already needs no second refund."""
    actions = _ACTIONS[cause]
    if cause is Cause.CALL_BACK:
        return actions
    if any(is_positive(one.reserved) for one in refunds):
        return (Action.WAIT, *(one for one in actions if one is not Action.REFUND))
    if any(is_positive(one.refunded) for one in refunds):
        return (Action.REVIEW, *actions)
    if Action.REFUND in actions:
        refused = why_not_refundable(
            request, verdict.status, refunds or refund_balances(request), verdict.foreign_network
        )
        if refused:
            return tuple(one for one in actions if one is not Action.REFUND)
    return actions
