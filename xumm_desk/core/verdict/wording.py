"""Sentences for statuses and reasons: what happened, what it means for the money, what to do."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.refetch import RefetchReason, refetch_reason
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import ALREADY_CANCELLED

from .verdict import Verdict

STATUS_LABELS: Final[dict[Status, str]] = {
    Status.CREATING: "Creating",
    Status.WAITING: "Waiting",
    Status.OPENED: "Opened",
    Status.PRE_SIGNED: "Pre-signed",
    Status.DISPATCHED: "Dispatched",
    Status.CONFIRMING: "Confirming",
    Status.PAID: "Paid",
    Status.PAID_LATE: "Paid late",
    Status.SIGNED: "Signed",
    Status.UNVERIFIED: "Unverified",
    Status.DECLINED: "Declined",
    Status.CANCELLED: "Cancelled",
    Status.EXPIRED: "Expired",
    Status.EXPIRED_OPENED: "Expired, opened",
    Status.FAILED: "Failed",
    Status.CHECK: "Check",
}

STATUS_MEANINGS: Final[dict[Status, str]] = {
    Status.CREATING: "Saved here, not confirmed by the platform yet.",
    Status.WAITING: "Nobody has scanned the code yet. Not paid.",
    Status.OPENED: "A phone has opened the request. Not paid yet.",
    Status.PRE_SIGNED: "The customer is signing. Not paid yet.",
    Status.DISPATCHED: "The wallet has sent the transaction. Not paid yet, wait.",
    Status.CONFIRMING: "Signed. The ledger has not decided yet, wait.",
    Status.PAID: "Paid. The ledger has confirmed the full amount: hand over.",
    Status.PAID_LATE: "Paid in full, but signed after the request had expired.",
    Status.SIGNED: "Signed, and the signature is valid. No payment was asked for.",
    Status.UNVERIFIED: "Signed, not verified on the ledger. Do not take it for paid.",
    Status.DECLINED: "The customer declined. Nothing was paid.",
    Status.CANCELLED: "Cancelled before anybody opened it. Nothing was paid.",
    Status.EXPIRED: "Its time ran out and nobody opened it. Nothing was paid.",
    Status.EXPIRED_OPENED: "Its time is over, but a phone still holds it: it may still be paid.",
    Status.FAILED: "Not paid. This transaction can no longer bring money.",
    Status.CHECK: "Something differs from what was asked. A person must look; do not charge again.",
}


OUTAGE: Final = "Outage code: only the ledger can confirm this"

OUTAGE_SHORT: Final = "outage code"

OUTAGE_NOT_CANCELLABLE: Final = (
    "An outage code cannot be cancelled: whoever has scanned it may still pay. Its row stays"
    " open until that is seen on the ledger, or a person closes it."
)

CREATE_ANSWER_LOST: Final = (
    "The platform's answer was lost. The request may exist and still be paid; it is looked for."
)

CLOSED_BY_OPERATOR: Final = (
    "Closed by a person, not paid so far. Whoever has its code may still pay: money that comes is"
    " seen on the ledger and makes this a Check."
)


def row_label(request: Request, verdict: Verdict) -> str:
    """The label of the row, with the network of money that is not the shop's own, and the mark of
    an outage code."""
    network = f" on {verdict.foreign_network}" if verdict.foreign_network else ""
    mark = f" · {OUTAGE_SHORT}" if request.outage_link is not None else ""
    return STATUS_LABELS[verdict.status] + network + mark


def status_label(status: Status) -> str:
    """The label of the status."""
    return STATUS_LABELS[status]


def status_sentence(request: Request, verdict: Verdict) -> str:
    """One sentence: the state of this request and what that means for the money."""
    if verdict.foreign_network:
        return (
            f"{STATUS_LABELS[verdict.status]} on {verdict.foreign_network}, which is not the"
            " network of this shop. Do not take it for the shop's own money."
        )
    if request.outage_link is not None and verdict.status is Status.WAITING:
        return f"{OUTAGE}. Not paid yet."
    if verdict.status is Status.CANCELLED and request.closed and request.uuid is None:
        return CLOSED_BY_OPERATOR
    if (
        verdict.status is Status.FAILED
        and request.create_failure is not None
        and request.uuid is None
    ):
        # Never sent, or refused: the reason before it says which.
        again = " The platform does not have it; it can be sent again."
        again = again if request.create_failure.platform_down else ""
        return f"Not created: {request.create_failure.reason}{again}"
    if verdict.status is Status.CREATING and request.unsure:
        return CREATE_ANSWER_LOST
    if verdict.status is Status.FAILED and request.ledger_never:
        return "Not paid. The last ledger that could have held this transaction has passed."
    if verdict.status is Status.FAILED and request.ledger is not None:
        return f"Not paid. The ledger refused the transaction with {request.ledger.result}."
    if verdict.status in (Status.PAID, Status.PAID_LATE) and not request.signed:
        source_text = "The ledger has it; the platform has not reported it."
        return f"{STATUS_MEANINGS[verdict.status]} {source_text}"
    if verdict.status is Status.CHECK and request.not_found and not verdict.failed:
        return (
            "The platform does not know this request under these keys. It may have been paid:"
            " look at the ledger."
        )
    if (
        not verdict.final
        and refetch_reason(request) is RefetchReason.RESOLVE_ANNOUNCED
        and request.resolve_hint is not None
    ):
        return "The platform announced the end and is being asked for it. Wait."
    return STATUS_MEANINGS[verdict.status]


def reasons(request: Request, verdict: Verdict) -> list[str]:
    """Why the status is what it is: a sentence for each thing that differs, else the meaning of a
    status that needs one."""
    found = [
        f"{check.name}: expected {check.expected}, found {check.actual}. {check.advice}".strip()
        for check in verdict.failed
    ]
    if found:
        return found
    if request.outage_link is not None and verdict.status is Status.WAITING:
        return [status_sentence(request, verdict)]
    hidden = {Status.WAITING, Status.OPENED, Status.PRE_SIGNED, Status.DISPATCHED, Status.PAID}
    unreported = bool(request.payments) and not request.signed
    if verdict.status in hidden and not request.cancel_answers and not unreported:
        return []
    lines = (
        [] if verdict.status in hidden and not unreported else [status_sentence(request, verdict)]
    )
    for answer in sorted(request.cancel_answers, key=lambda a: a.reason):
        # Requested twice, it is cancelled all the same.
        if not answer.cancelled and not (request.cancelled and answer.reason == ALREADY_CANCELLED):
            lines.append(cancel_refused(answer.reason))
    return lines


CANCEL_REASONS: Final[dict[str, str]] = {
    "ALREADY_OPENED": "a phone has opened it, so it cannot be called back. It may still be paid"
    " and is followed until it ends",
    "ALREADY_RESOLVED": "it is already signed or declined",
    "ALREADY_EXPIRED": "its time is already over",
    "ALREADY_CANCELLED": "it is already cancelled",
}


def cancel_refused(reason: str) -> str:
    """Why a cancel did not work, in a sentence."""
    if reason == ALREADY_CANCELLED:
        return "It was cancelled before."
    return f"Not cancelled: {CANCEL_REASONS.get(reason, f'the platform says {reason[:60]}')}."
