"""Knows the words for single facts. Must not know what they add up to, nor where they are shown."""

from __future__ import annotations

from typing import Final

from xumm_desk.core import amount, clock_check, facts, frames
from xumm_desk.core.bidi import isolated
from xumm_desk.core.facts import Fact
from xumm_desk.core.order import Order
from xumm_desk.core.proof import (
    BlobFinding,
    LedgerAbsent,
    LedgerSilent,
    LedgerTx,
    Payment,
    RegularKey,
)
from xumm_desk.core.snapshot import CancelAnswer, Created, Snapshot
from xumm_desk.core.wording import cancel_refused

_FRAMES: Final[dict[type[object], str]] = {
    frames.Opened: "A phone opened the request",
    frames.PreSigned: "The customer started signing",
    frames.Dispatched: "The wallet sent the transaction",
    frames.Expired: "Said to be expired; the platform is asked",
    frames.Cancelled: "Said to be cancelled; the platform is asked",
}


def told(fact: Fact) -> str:
    """What a fact says, in words."""
    event = fact.event
    known = _FRAMES.get(type(event))
    if known is not None:
        return known
    match event:
        case Order():
            asked = amount.display(event.amount)
            return f"Request saved here: {event.tx_type or 'transaction'} {asked}".strip()
        case Created():
            return "Created on the platform" + (", pushed to a phone" if event.pushed else "")
        case Snapshot():
            return f"Answer: {_standing(event)}"
        case CancelAnswer():
            return "Cancelled" if event.cancelled else cancel_refused(event.reason).rstrip(".")
        case frames.Resolved():
            end = "signed" if event.signed else "declined"
            return f"Said to be {end}; the platform is asked"
        case frames.Refused():
            return f"The socket was refused: {isolated(event.message)}"
        case BlobFinding():
            return _blob(event)
        case LedgerTx():
            return _ledger(event)
        case Payment():
            how = "Assigned by hand" if event.paired == "hand" else "The ledger net found a payment"
            return f"{how}. {_ledger(event.tx)}"
        case LedgerAbsent():
            where = f" (ledger {event.validated_index})" if event.validated_index else ""
            end = "can never be in a ledger any more" if event.never else "is not in a ledger yet"
            return f"The transaction {end}{where}"
        case LedgerSilent():
            return f"No ledger node answered: {event.why}".rstrip(": ")
        case facts.NotCreated():
            return f"Not created: {event.why}"
        case facts.Unsure():
            return f"The answer was lost, it may exist: {event.why}".rstrip(": ")
        case RegularKey():
            return f"The ledger names the account's regular key: {event.key or 'none'}"
        case facts.Resend():
            return "Sent again by a person"
        case facts.GivenUp():
            return "Closed by a person"
        case facts.Missing():
            return "The platform does not know this request"
        case facts.CancelAsked():
            return "Cancelling was asked for"
        case facts.Outage():
            return "Shown as an outage code: only the ledger can confirm this"
        case facts.SharedTxid():
            return f"The same transaction is claimed by {isolated(event.identifier)}"
        case facts.ClockSet():
            way = "forward" if event.seconds > 0 else "back"
            return (
                f"The clock of this computer was set {way} by {clock_check.spoken(event.seconds)}"
            )
        case facts.LinkLost():
            return f"Live updates lost: {isolated(event.why)}".rstrip(": ")
        case facts.Garbled() | frames.Garbled():
            return f"Unreadable, ignored: {isolated(event.why)}"
        case _:
            return fact.kind.value


def _standing(answer: Snapshot) -> str:
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


def _blob(found: BlobFinding) -> str:
    if found.fault:
        return f"Signed transaction unreadable: {found.fault}"
    valid = "valid" if found.valid else "NOT valid"
    return f"Signature checked here: {valid}, by {found.account or 'nobody'}"


def _ledger(tx: LedgerTx) -> str:
    if not tx.validated:
        return f"Seen on the ledger, not validated yet ({tx.result or 'no result'})"
    delivered = f", delivered {amount.display(tx.delivered)}" if tx.delivered else ""
    return f"Validated in ledger {tx.ledger_index or '?'}: {tx.result or 'no result'}{delivered}"
