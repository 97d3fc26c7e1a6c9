"""Why a request needs a person, and since when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from xumm_desk.core.decision.needs import has_open_call, is_in_doubt, settling_decision
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.check import Check, Verdict
from xumm_desk.core.verdict.payment_checks import LOST_PAYMENT, ledger_close_time

from .entry import Cause

_BY_STATUS: Final = {
    Status.CREATING: Cause.CREATION_UNSURE,
    Status.EXPIRED_OPENED: Cause.MAY_STILL_BE_PAID,
    Status.FAILED: Cause.NOT_ARRIVED,
    Status.UNVERIFIED: Cause.UNVERIFIED,
}

_BY_CHECK: Final = (
    ("Network", Cause.OTHER_NETWORK),
    (Message("Pays no other request"), Cause.SHARED_PAYMENT),
    (LOST_PAYMENT, Cause.SHARED_PAYMENT),
    (Message("Not older than the request"), Cause.SHARED_PAYMENT),
    (Message("One payment only"), Cause.SECOND_PAYMENT),
    (Message("Not cancelled before"), Cause.AFTER_END),
    (Message("Not closed before"), Cause.AFTER_END),
    ("In time", Cause.AFTER_END),
    ("Created", Cause.AFTER_END),
)
"""Checks that say by themselves what to do, the weightiest first."""

_REPORTED: Final = Message("Signed, says the platform")
_AMOUNT: Final = "Amount delivered"


def cause_of(request: Request, verdict: Verdict) -> Cause:
    """Why a person is needed; asked only where one is (`core/decision/needs.needs_person`)."""
    settled = not is_in_doubt(request, verdict) or settling_decision(request, verdict) is not None
    if settled and has_open_call(request):
        return Cause.CALL_BACK
    status = verdict.status
    if request.lost_its_payment:
        return Cause.SHARED_PAYMENT
    if refunded_identifier(request.spec) and status in (Status.CHECK, Status.UNVERIFIED):
        return Cause.REFUND_IN_DOUBT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if request.not_found and not verdict.failed:
        return Cause.UNKNOWN_TO_PLATFORM
    failed = {check.name.id for check in verdict.failed if isinstance(check.name, Message)}
    for name, cause in _BY_CHECK:
        if name in failed:
            return cause
    if _REPORTED in failed and request.resolved and not request.signed:
        return Cause.AFTER_END  # declined, and paid all the same
    # Where the signed transaction is not the one that was asked for, other checks fail with the
    # amount; the amount says what to do.
    return _amount_cause(request) if _AMOUNT in failed else Cause.OTHER_DIFFERENCE


def deciding_check(verdict: Verdict, cause: Cause) -> Check | None:
    """The check that a cause is told by, else the first that does not hold."""
    names = {name for name, one in _BY_CHECK if one is cause}
    failed = verdict.failed
    fitting = (one for one in failed if isinstance(one.name, Message) and one.name.id in names)
    return next(fitting, failed[0] if failed else None)


def _amount_cause(request: Request) -> Cause:
    asked, came = request.spec.amount, delivered(request)
    if came is None:
        return Cause.OTHER_DIFFERENCE
    if not amount.same_asset(asked, came):
        return Cause.OTHER_ASSET
    short = amount.as_decimal(came) < amount.as_decimal(asked)
    return Cause.UNDERPAID if short else Cause.OVERPAID


def delivered(request: Request) -> Amount | None:
    """What the first payment brought; None while no ledger says."""
    if request.ledger is not None and request.ledger.validated:
        return request.ledger.delivered
    return request.payments[0].tx.delivered if request.payments else None


def since(request: Request, cause: Cause) -> datetime:
    """When (UTC) what a person has to look at became known, as far as the facts tell."""
    if cause is Cause.CALL_BACK and request.decisions.call is not None:
        return request.decisions.call.at
    answer = request.platform
    if cause is Cause.MAY_STILL_BE_PAID and answer is not None and answer.expires_at is not None:
        return answer.expires_at
    if cause is Cause.UNKNOWN_TO_PLATFORM and request.not_found_at is not None:
        return request.not_found_at
    transactions = [payment.tx for payment in (*request.payments, *request.lost_payments)]
    if request.ledger is not None:
        transactions.append(request.ledger)
    closed = [at for tx in transactions if (at := ledger_close_time(tx)) is not None]
    if closed:
        return max(closed)
    return request.step_times[Step.RESOLVED] or request.created_at
