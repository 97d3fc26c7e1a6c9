"""Says which request a payment on the ledger belongs to: surely, or not at all.

Knows what names a request on the ledger (P§9.4): its transaction, its `InvoiceID`, its destination
tag. Must not know where requests are kept or what a payment makes of one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from . import amount, wire
from .lifecycle import Request, Status
from .payments import closed_at, invoice_of, older
from .proof import LedgerTx
from .verdict import FINAL

RECENT: Final = timedelta(hours=1)
"""How long after its end a request may still be meant by a payment under a shared tag: a second
phone submits within the 20 ledgers for which a wallet signs (P§2.2, §9.7)."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A request that a payment might be for, and how it stands."""

    request: Request
    status: Status


@dataclass(frozen=True, slots=True)
class Paired:
    """The payment is this request's; `how` is "txid", "invoice" or "tag"."""

    identifier: str
    how: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Nobody can say whose the payment is; `why` is a sentence."""

    why: str


def incoming(tx: LedgerTx, accounts: Collection[str]) -> bool:
    """Whether `tx` is a validated payment that brought one of `accounts` money of others."""
    return (
        tx.validated
        and tx.result == "tesSUCCESS"
        and bool(tx.txid)
        and wire.text(tx.tx, "TransactionType") == "Payment"
        and wire.text(tx.tx, "Destination") in accounts
        and wire.text(tx.tx, "Account") != wire.text(tx.tx, "Destination")
    )


def can_claim(request: Request) -> bool:
    """Whether a payment on the ledger can be for `request` at all."""
    return request.order.pays and request.order.reaches_ledger


def pair(tx: LedgerTx, claimants: Sequence[Claimant]) -> Paired | Unmatched:
    """Find the one request that `tx` pays; never guesses between two."""
    named = [c for c in claimants if tx.txid in _txids(c.request)]
    if named:
        # Two that claim one transaction are both marked by the desk; the older one is told.
        first = min(named, key=lambda c: (c.request.created_at, c.request.identifier))
        return Paired(first.request.identifier, "txid")
    to = wire.text(tx.tx, "Destination")
    here = [c for c in claimants if can_claim(c.request) and c.request.order.destination == to]
    invoice = invoice_of(tx.tx)
    if invoice is not None:
        meant = [c for c in here if invoice_of(c.request.order.txjson) == invoice]
        if len(meant) == 1:
            return Paired(meant[0].request.identifier, "invoice")
        if meant:
            return _shared(tx, meant, f"{len(meant)} requests have this invoice id", "invoice")
    tag = wire.whole(tx.tx, "DestinationTag")
    if tag is None:
        return Unmatched("It carries no destination tag, so nothing says which sale it is for.")
    meant = [c for c in here if c.request.order.tag == tag]
    if not meant:
        return Unmatched(f"No request has destination tag {tag}.")
    if len(meant) == 1 and not older(tx, meant[0].request):
        return Paired(meant[0].request.identifier, "tag")
    many = "A request has" if len(meant) == 1 else f"{len(meant)} requests have"
    return _shared(tx, meant, f"{many} destination tag {tag}", "tag")


def _shared(tx: LedgerTx, meant: Sequence[Claimant], many: str, how: str) -> Paired | Unmatched:
    """Several could be meant: amount and aliveness decide where they leave exactly one."""
    possible = [c for c in meant if not older(tx, c.request) and _may_mean(c, tx)]
    if not possible:
        return Unmatched(f"{many}, but could not be paid at that time.")
    same = [c for c in possible if _asks_for(c.request, tx)]
    chosen = same or [c for c in possible if c.status not in FINAL]
    # Without an equal amount the one open sale is meant, unless an ended one might be.
    if len(chosen) == 1 and (same or len(possible) == 1):
        return Paired(chosen[0].request.identifier, how)
    return Unmatched(f"{many}, and more than one of them could be meant.")


def _txids(request: Request) -> set[str]:
    signed = {request.txid or ""}
    if request.blob is not None and request.blob.canonical:
        signed.add(request.blob.hash)
    return {txid.upper() for txid in signed if txid}


def _asks_for(request: Request, tx: LedgerTx) -> bool:
    want = request.order.amount
    return want is None or amount.same(want, tx.delivered)


def _may_mean(claimant: Claimant, tx: LedgerTx) -> bool:
    """Whether the request was open when `tx` came, or had ended a short while before."""
    closed = closed_at(tx)
    if claimant.status not in FINAL or closed is None:
        return True
    ended = _ended(claimant.request)
    return ended is None or ended + RECENT > closed


def _ended(request: Request) -> datetime | None:
    answer = request.platform
    if answer is None:
        return None
    return answer.resolved_at or answer.expires_at
