"""Knows the words for single facts. Must not know what they add up to, nor where they are shown."""

from __future__ import annotations

from typing import Final

from xumm_desk.core import amount, clock_check, facts, frames
from xumm_desk.core.bidi import isolate
from xumm_desk.core.facts import Fact
from xumm_desk.core.order import RequestSpec
from xumm_desk.core.proof import (
    BlobCheck,
    LedgerTx,
    NoNodeAnswer,
    Payment,
    RegularKey,
    TransactionNotFound,
)
from xumm_desk.core.snapshot import CancelAnswer, CreateAnswer, Snapshot
from xumm_desk.core.wording import cancel_refused

_FRAMES: Final[dict[type[object], str]] = {
    frames.Opened: "A phone opened the request",
    frames.PreSigned: "The customer started signing",
    frames.Dispatched: "The wallet sent the transaction",
    frames.Expired: "Said to be expired; the platform is asked",
    frames.Cancelled: "Said to be cancelled; the platform is asked",
}


def fact_text(fact: Fact) -> str:
    """What a fact says, in words."""
    event = fact.value
    known = _FRAMES.get(type(event))
    if known is not None:
        return known
    match event:
        case RequestSpec():
            asked = amount.format_amount(event.amount)
            return f"Request saved here: {event.tx_type or 'transaction'} {asked}".strip()
        case CreateAnswer():
            return "Created on the platform" + (", pushed to a phone" if event.pushed else "")
        case Snapshot():
            return f"Answer: {_snapshot_text(event)}"
        case CancelAnswer():
            return "Cancelled" if event.cancelled else cancel_refused(event.reason).rstrip(".")
        case frames.Resolved():
            end = "signed" if event.signed else "declined"
            return f"Said to be {end}; the platform is asked"
        case frames.PayloadUnknown():
            return f"The socket was refused: {isolate(event.message)}"
        case BlobCheck():
            return _blob_text(event)
        case LedgerTx():
            return _ledger_text(event)
        case Payment():
            how = (
                "Assigned by hand"
                if event.matched_by == "hand"
                else "The ledger net found a payment"
            )
            return f"{how}. {_ledger_text(event.tx)}"
        case TransactionNotFound():
            where = f" (ledger {event.validated_index})" if event.validated_index else ""
            end = "can never be in a ledger any more" if event.final else "is not in a ledger yet"
            return f"The transaction {end}{where}"
        case NoNodeAnswer():
            return f"No ledger node answered: {event.reason}".rstrip(": ")
        case facts.CreateFailed():
            return f"Not created: {event.reason}"
        case facts.CreateUnsure():
            return f"The answer was lost, it may exist: {event.reason}".rstrip(": ")
        case RegularKey():
            return f"The ledger names the account's regular key: {event.key or 'none'}"
        case facts.Resent():
            return "Sent again by a person"
        case facts.ClosedByOperator():
            return "Closed by a person"
        case facts.NotFound():
            return "The platform does not know this request"
        case facts.CancelRequested():
            return "Cancelling was asked for"
        case facts.OutageCodeShown():
            return "Shown as an outage code: only the ledger can confirm this"
        case facts.SharedTxid():
            return f"The same transaction is claimed by {isolate(event.identifier)}"
        case facts.ClockSet():
            way = "forward" if event.seconds > 0 else "back"
            length = clock_check.spoken_duration(event.seconds)
            return f"The clock of this computer was set {way} by {length}"
        case facts.SocketLost():
            return f"Live updates lost: {isolate(event.reason)}".rstrip(": ")
        case facts.Unreadable() | frames.UnreadableFrame():
            return f"Unreadable, ignored: {isolate(event.reason)}"
        case _:
            return fact.kind.value


def _snapshot_text(answer: Snapshot) -> str:
    if answer.signed:
        dispatched = answer.dispatched_result
        return "signed" + (f", node said {dispatched}" if dispatched else "")
    if answer.resolved:
        return "declined"
    words = [
        word
        for flag, word in (
            (answer.cancelled, "cancelled"),
            (answer.expired, "expired"),
            (answer.app_opened, "opened"),
        )
        if flag
    ]
    return ", ".join(words) or "waiting, not opened"


def _blob_text(found: BlobCheck) -> str:
    if found.error:
        return f"Signed transaction unreadable: {found.error}"
    valid = "valid" if found.valid else "NOT valid"
    return f"Signature checked here: {valid}, by {found.account or 'nobody'}"


def _ledger_text(tx: LedgerTx) -> str:
    if not tx.validated:
        return f"Seen on the ledger, not validated yet ({tx.result or 'no result'})"
    delivered = f", delivered {amount.format_amount(tx.delivered)}" if tx.delivered else ""
    return f"Validated in ledger {tx.ledger_index or '?'}: {tx.result or 'no result'}{delivered}"
