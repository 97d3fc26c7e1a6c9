"""Sentences for statuses and reasons: what happened, what it means for the money, what to do."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.refetch import RefetchReason, refetch_reason
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.wire.api_answers import ALREADY_CANCELLED

STATUS_LABELS: Final[dict[Status, str]] = {
    Status.CREATING: Message("Creating"),
    Status.WAITING: Message("Waiting"),
    Status.OPENED: Message("Opened"),
    Status.PRE_SIGNED: Message("Pre-signed"),
    Status.DISPATCHED: Message("Dispatched"),
    Status.CONFIRMING: Message("Confirming"),
    Status.PAID: Message("Paid"),
    Status.PAID_LATE: Message("Paid late"),
    Status.SIGNED: Message("Signed"),
    Status.UNVERIFIED: Message("Unverified"),
    Status.DECLINED: Message("Declined"),
    Status.CANCELLED: Message("Cancelled"),
    Status.EXPIRED: Message("Expired"),
    Status.EXPIRED_OPENED: Message("Expired, opened"),
    Status.FAILED: Message("Failed"),
    Status.CHECK: Message("Check"),
}

STATUS_MEANINGS: Final[dict[Status, str]] = {
    Status.CREATING: Message("Saved here, not confirmed by the platform yet."),
    Status.WAITING: Message("Nobody has scanned the code yet. Not paid."),
    Status.OPENED: Message("A phone has opened the request. Not paid yet."),
    Status.PRE_SIGNED: Message("The customer is signing. Not paid yet."),
    Status.DISPATCHED: Message("The wallet has sent the transaction. Not paid yet, wait."),
    Status.CONFIRMING: Message("Signed. The ledger has not decided yet, wait."),
    Status.PAID: Message("Paid. The ledger has confirmed the full amount: hand over."),
    Status.PAID_LATE: Message("Paid in full, but signed after the request had expired."),
    Status.SIGNED: Message("Signed, and the signature is valid. No payment was asked for."),
    Status.UNVERIFIED: Message("Signed, not verified on the ledger. Do not take it for paid."),
    Status.DECLINED: Message("The customer declined. Nothing was paid."),
    Status.CANCELLED: Message("Cancelled before anybody opened it. Nothing was paid."),
    Status.EXPIRED: Message("Its time ran out and nobody opened it. Nothing was paid."),
    Status.EXPIRED_OPENED: Message(
        "Its time is over, but a phone still holds it: it may still be paid."
    ),
    Status.FAILED: Message("Not paid. This transaction can no longer bring money."),
    Status.CHECK: Message(
        "Something differs from what was asked. A person must look; do not charge again."
    ),
}


_REFUND_LABELS: Final[dict[Status, str]] = {
    Status.PAID: Message("Paid back"),
    Status.PAID_LATE: Message("Paid back late"),
}

REFUND_MEANINGS: Final[dict[Status, str]] = {
    Status.CREATING: Message("Saved here, not confirmed by the platform yet."),
    Status.WAITING: Message("Sign this refund in the shop's wallet. Nothing is paid back yet."),
    Status.OPENED: Message("A wallet has opened the refund. Nothing is paid back yet."),
    Status.PRE_SIGNED: Message("The shop is signing the refund. Nothing is paid back yet."),
    Status.DISPATCHED: Message("The wallet has sent the refund. Not proven yet, wait."),
    Status.CONFIRMING: Message("Signed. The ledger has not decided on the refund yet, wait."),
    Status.PAID: Message("Paid back. The ledger has confirmed the full amount of the refund."),
    Status.PAID_LATE: Message("Paid back in full, but signed after the request had expired."),
    Status.SIGNED: Message("Signed, and the signature is valid. No payment was asked for."),
    Status.UNVERIFIED: Message(
        "The refund is signed, not verified on the ledger. Do not take it for paid back."
    ),
    Status.DECLINED: Message("The refund was declined in the wallet. Nothing was paid back."),
    Status.CANCELLED: Message(
        "The refund was cancelled before anybody opened it. Nothing was paid back."
    ),
    Status.EXPIRED: Message(
        "The refund's time ran out and nobody opened it. Nothing was paid back."
    ),
    Status.EXPIRED_OPENED: Message(
        "The refund's time is over, but a wallet still holds it: it may still be paid back."
    ),
    Status.FAILED: Message("Not paid back. This transaction can no longer move money."),
    Status.CHECK: Message(
        "Something differs from the refund that was asked for. A person must look; do not refund"
        " again."
    ),
}


OUTAGE: Final = Message("Outage code: only the ledger can confirm this.")

OUTAGE_SHORT: Final = Message("outage code")

OUTAGE_NOT_CANCELLABLE: Final = Message(
    "An outage code cannot be cancelled: whoever has scanned it may still"
    " pay. Its row stays open until that is seen on the ledger, or a person"
    " closes it."
)

CREATE_ANSWER_LOST: Final = Message(
    "The platform's answer was lost. The request may exist and still be paid; it is looked for."
)

CLOSED_BY_OPERATOR: Final = Message(
    "Closed by a person, not paid so far. Whoever has its code may still"
    " pay: money that comes is seen on the ledger and makes this a Check."
)


def row_label(request: Request, verdict: Verdict) -> str:
    """The label of the row, with the network of money that is not the shop's own, and the mark of
    an outage code."""
    return status_text(
        verdict.status,
        refund=bool(refunded_identifier(request.spec)),
        foreign_network=verdict.foreign_network,
        outage=request.outage_link is not None,
    )


def status_text(status: Status, *, refund: bool, foreign_network: str, outage: bool) -> str:
    """The same out of its parts; `foreign_network` is "" for the shop's own."""
    label: str = STATUS_LABELS[status]
    if refund:
        label = _REFUND_LABELS.get(status, label)
    if foreign_network:
        label = Message("{status} on {network}", status=label, network=foreign_network)
    return Sentences([label, OUTAGE_SHORT if outage else ""], " · ")


def status_label(status: Status) -> str:
    """The label of the status."""
    return STATUS_LABELS[status]


def status_sentence(request: Request, verdict: Verdict) -> str:
    """One sentence: the state of this request and what that means for the money."""
    meanings = REFUND_MEANINGS if refunded_identifier(request.spec) else STATUS_MEANINGS
    if verdict.foreign_network:
        return Message(
            "{status} on {network}, which is not the network of"
            " this shop. Do not take it for the shop's own money.",
            status=STATUS_LABELS[verdict.status],
            network=verdict.foreign_network,
        )
    if request.outage_link is not None and verdict.status is Status.WAITING:
        return Sentences([OUTAGE, Message("Not paid yet.")])
    if verdict.status is Status.CANCELLED and request.closed and request.uuid is None:
        return CLOSED_BY_OPERATOR
    if (
        verdict.status is Status.FAILED
        and request.create_failure is not None
        and request.uuid is None
    ):
        # Never sent, or refused: the reason before it says which.
        failure = request.create_failure
        again = Message("The platform does not have it; it can be sent again.")
        return Sentences(
            [
                Message("Not created: {reason}", reason=failure.reason),
                again if failure.platform_down else "",
            ]
        )
    if verdict.status is Status.CREATING and request.unsure:
        return CREATE_ANSWER_LOST
    if verdict.status is Status.FAILED and request.ledger_never:
        return Message(
            "Not paid. The last ledger that could have held this transaction has passed."
        )
    if verdict.status is Status.FAILED and request.ledger is not None:
        return Message(
            "Not paid. The ledger refused the transaction with {result}.",
            result=request.ledger.result,
        )
    if verdict.status in (Status.PAID, Status.PAID_LATE) and not request.signed:
        unreported = Message("The ledger has it; the platform has not reported it.")
        return Sentences([meanings[verdict.status], unreported])
    if verdict.status is Status.CHECK and request.not_found and not verdict.failed:
        return Message(
            "The platform does not know this request under these keys. It may have"
            " been paid: look at the ledger."
        )
    if (
        not verdict.final
        and refetch_reason(request) is RefetchReason.RESOLVE_ANNOUNCED
        and request.resolve_hint is not None
    ):
        return Message("The platform announced the end and is being asked for it. Wait.")
    return meanings[verdict.status]


def reasons(request: Request, verdict: Verdict) -> list[str]:
    """Why the status is what it is: a sentence for each thing that differs, else the meaning of a
    status that needs one."""
    found: list[str] = [
        Sentences(
            [
                Message(
                    "{name}: expected {expected}, found {actual}.",
                    name=check.name,
                    expected=check.expected,
                    actual=check.actual,
                ),
                check.advice,
            ]
        )
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
    "ALREADY_OPENED": Message(
        "A phone has opened it, so it cannot be called back. It may still be"
        " paid and is followed until it ends."
    ),
    "ALREADY_RESOLVED": Message("It is already signed or declined."),
    "ALREADY_EXPIRED": Message("Its time is already over."),
    "ALREADY_CANCELLED": Message("It is already cancelled."),
}


def cancel_refused(reason: str) -> str:
    """That a cancel did not work, and why."""
    if reason == ALREADY_CANCELLED:
        return Message("It was cancelled before.")
    why = CANCEL_REASONS.get(reason, Message("The platform says {reason}.", reason=reason[:60]))
    return Sentences([Message("Not cancelled."), why])
