"""Whether a request needs a person, and whether it is finished: the one definition of both."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.decisions import NO_DECISIONS, Decided, DecisionKind
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict

from .evidence import is_current

_IN_DOUBT: Final = frozenset({Status.CHECK, Status.UNVERIFIED, Status.EXPIRED_OPENED})
"""Statuses that only a person can settle, or that leave open whether money comes."""

_OUTCOMES: Final = frozenset({DecisionKind.ACCEPTED_AS_PAID, DecisionKind.NOT_PAID})


def is_in_doubt(request: Request, verdict: Verdict) -> bool:
    """Whether a person has to look at it, whatever was decided: what a customer paid, or believes
    to have paid, is not what was asked for, or is not known."""
    status = verdict.status
    if status in _IN_DOUBT:
        return True
    if request.lost_its_payment:
        return True  # it was shown as paid, so the goods may be gone
    if status is Status.FAILED:
        # The customer believes to have paid: a person has to say that nothing came.
        return request.signed
    # Whoever got its code may pay a request of which the desk does not know whether it exists.
    return status is Status.CREATING and request.unsure


def outcome_of(request: Request, verdict: Verdict) -> Decided | None:
    """The decision that it is accepted as paid, or closed as not paid, if it is about what is known
    now."""
    decided = request.decisions.outcome
    if decided is None or decided.decision.kind not in _OUTCOMES:
        return None
    return decided if is_current(decided, request, verdict) else None


def review_of(request: Request, verdict: Verdict) -> Decided | None:
    """The review by a person, if it is about what is known now."""
    decided = request.decisions.review
    if decided is None or decided.decision.kind is not DecisionKind.REVIEWED:
        return None
    return decided if is_current(decided, request, verdict) else None


def has_open_call(request: Request) -> bool:
    """Whether the customer is to be called back."""
    call = request.decisions.call
    return call is not None and call.decision.kind is DecisionKind.CALL_BACK


def settling_decision(request: Request, verdict: Verdict) -> Decided | None:
    """The decision by which a person settled what was in doubt; None while it is open. Whatever is
    learnt afterwards makes it open again."""
    decided = outcome_of(request, verdict)
    if decided is not None:
        return decided
    call = request.decisions.call
    if (
        verdict.status is Status.FAILED
        and call is not None
        and call.decision.kind is DecisionKind.CALLED_BACK
        and is_current(call, request, verdict)
    ):
        return call
    if refunded_identifier(request.spec) and verdict.status is not Status.FAILED:
        # A part of the sale stays reserved until somebody says whether it was paid back.
        return None
    return review_of(request, verdict)


def needs_person(request: Request, verdict: Verdict) -> bool:
    """Whether it belongs into Attention. A wait hides it there for a time, which is looked at by
    whoever knows the time (`core/attention`)."""
    if request.decisions is NO_DECISIONS:
        return is_in_doubt(request, verdict)  # nearly all, and asked for every event of a flood
    if is_in_doubt(request, verdict):
        return settling_decision(request, verdict) is None or has_open_call(request)
    return has_open_call(request)


def is_finished(request: Request, verdict: Verdict) -> bool:
    """Whether the next start can leave the request alone: nothing more happens by itself, and no
    person has to look at it. Late money is found on the ledger all the same."""
    if not verdict.final or needs_person(request, verdict):
        return False
    # The platform may know it again; nothing but asking tells.
    return not (verdict.status is Status.CHECK and request.not_found and not verdict.failed)


def refund_outcome(request: Request, verdict: Verdict) -> DecisionKind | None:
    """What a person says of a refund in doubt: whether its money left the shop; None while nobody
    has, or while a ledger may still decide."""
    decided = outcome_of(request, verdict)
    if decided is None or not is_in_doubt(request, verdict):
        return None
    kind = decided.decision.kind
    may_still_move = not verdict.final and verdict.status is not Status.EXPIRED_OPENED
    return None if kind is DecisionKind.NOT_PAID and may_still_move else kind
