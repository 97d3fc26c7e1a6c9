"""Decide which request a payment on the ledger belongs to: for sure, or not at all.

A request is named on the ledger by its transaction, its `InvoiceID` or its destination tag
(P§9.4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import FINAL, Status
from xumm_desk.core.wire import json_fields

from .payment_checks import invoice_id, ledger_close_time, predates_request

MATCH_AFTER_END: Final = timedelta(hours=1)
"""How long after its end a request may still get a payment under a shared tag: a second phone
submits within the 20 ledgers for which a wallet signs (P§2.2, §9.7)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that a payment might be for, and its status."""

    request: Request
    status: Status


@dataclass(frozen=True, slots=True)
class Match:
    """The payment is this request's; `how` is "txid", "invoice" or "tag"."""

    identifier: str
    matched_by: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """It is unclear whose the payment is; `reason` is a sentence."""

    reason: str


def is_incoming_payment(tx: LedgerTx, accounts: Collection[str]) -> bool:
    """Whether `tx` is a validated payment that brought one of `accounts` money of others."""
    return (
        tx.validated
        and tx.result == "tesSUCCESS"
        and bool(tx.txid)
        and json_fields.string_at(tx.tx, "TransactionType") == "Payment"
        and json_fields.string_at(tx.tx, "Destination") in accounts
        and json_fields.string_at(tx.tx, "Account") != json_fields.string_at(tx.tx, "Destination")
    )


def is_refund_payment(tx: LedgerTx, accounts: Collection[str]) -> bool:
    """Whether `tx` is a validated payment by which one of `accounts` may have paid back a sale;
    only its `InvoiceID` says which."""
    return (
        tx.validated
        and tx.result == "tesSUCCESS"
        and bool(tx.txid)
        and json_fields.string_at(tx.tx, "TransactionType") == "Payment"
        and json_fields.string_at(tx.tx, "Account") in accounts
        and invoice_id(tx.tx) is not None
    )


def can_receive_payment(request: Request) -> bool:
    """Whether a payment on the ledger can be for `request` at all."""
    return request.spec.is_payment and request.spec.is_submitted


def match_payment(tx: LedgerTx, claimants: Sequence[Candidate]) -> Match | NoMatch:
    """Find the one request that `tx` pays; never guesses between two. Requests that share neither
    transaction nor invoice nor tag with it make no difference."""
    named = [c for c in claimants if tx.txid in txids_of(c.request)]
    if named:
        # Both requests of a shared transaction are marked elsewhere; the older one gets the
        # payment.
        first = min(named, key=lambda c: (c.request.created_at, c.request.identifier))
        return Match(first.request.identifier, "txid")
    to = json_fields.string_at(tx.tx, "Destination")
    here = [
        c for c in claimants if can_receive_payment(c.request) and c.request.spec.destination == to
    ]
    invoice = invoice_id(tx.tx)
    if invoice is not None:
        named = [c for c in here if invoice_id(c.request.spec.txjson) == invoice]
        if len(named) == 1:
            return Match(named[0].request.identifier, "invoice")
        if named:
            count = len(named)
            return _match_shared(
                tx, named, "invoice", _late_invoice(count), _several_invoices(count)
            )
    tag = json_fields.int_at(tx.tx, "DestinationTag")
    if tag is None:
        return NoMatch(_NO_TAG)
    named = [c for c in here if c.request.spec.tag == tag]
    if not named:
        return NoMatch(_unknown_tag(tag))
    if len(named) == 1 and not predates_request(tx, named[0].request):
        return Match(named[0].request.identifier, "tag")
    count = len(named)
    return _match_shared(tx, named, "tag", _late_tag(count, tag), _several_tags(count, tag))


def reason_message(text: str) -> str:
    """The reason of a `NoMatch` as a message again, of the text that a journal holds; another text
    as it is."""
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,20}", text)]
    count, tag = (numbers[0], numbers[-1]) if numbers else (1, 0)
    known = (
        _NO_TAG,
        _unknown_tag(tag),
        *(message(n) for n in {1, count} for message in (_late_invoice, _several_invoices)),
        *(message(n, tag) for n in {1, count} for message in (_late_tag, _several_tags)),
    )
    return next((one for one in known if str(one) == text), text)


_NO_TAG: Final = Message("It carries no destination tag, so nothing says which sale it is for.")


def _unknown_tag(tag: int) -> Message:
    return Message("No request has destination tag {tag}.", tag=tag)


def _late_invoice(count: int) -> Message:
    return Message(
        "{n} request has this invoice id, but could not be paid at that time.",
        plural="{n} requests have this invoice id, but could not be paid at that time.",
        n=count,
    )


def _several_invoices(count: int) -> Message:
    return Message(
        "{n} request has this invoice id, and more than one could be meant.",
        plural="{n} requests have this invoice id, and more than one of them could be meant.",
        n=count,
    )


def _late_tag(count: int, tag: int) -> Message:
    return Message(
        "A request has destination tag {tag}, but could not be paid at that time.",
        plural="{n} requests have destination tag {tag}, but could not be paid at that time.",
        n=count,
        tag=tag,
    )


def _several_tags(count: int, tag: int) -> Message:
    return Message(
        "{n} request has destination tag {tag}, and more than one could be meant.",
        plural="{n} requests have destination tag {tag}, and more than one of them could be meant.",
        n=count,
        tag=tag,
    )


def _match_shared(
    tx: LedgerTx, fitting: Sequence[Candidate], how: str, too_late: str, in_doubt: str
) -> Match | NoMatch:
    """Several requests fit: the amount and whether they are open decide if exactly one is left; the
    reason is `too_late` where none could be paid then, `in_doubt` where several could."""
    possible = [c for c in fitting if not predates_request(tx, c.request) and _was_payable(c, tx)]
    if not possible:
        return NoMatch(too_late)
    same = [c for c in possible if _is_asked_for(c.request, tx)]
    chosen = same or [c for c in possible if c.status not in FINAL]
    # Without an equal amount it is for the one open sale, unless an ended one might be meant.
    if len(chosen) == 1 and (same or len(possible) == 1):
        return Match(chosen[0].request.identifier, how)
    return NoMatch(in_doubt)


def txids_of(request: Request) -> set[str]:
    """The transactions of its signed answer, in upper case: the reported one, and the one that the
    blob holds."""
    if request.platform is None and request.blob is None:
        return set()
    signed = {request.txid or ""}
    if request.blob is not None and request.blob.canonical:
        signed.add(request.blob.hash)
    return {txid.upper() for txid in signed if txid}


def _is_asked_for(request: Request, tx: LedgerTx) -> bool:
    want = request.spec.amount
    return want is None or amount.amounts_equal(want, tx.delivered)


def _was_payable(claimant: Candidate, tx: LedgerTx) -> bool:
    """Whether the request was open when `tx` came, or had ended a short while before."""
    closed = ledger_close_time(tx)
    if claimant.status not in FINAL or closed is None:
        return True
    ended = _ended_at(claimant.request)
    return ended is None or ended + MATCH_AFTER_END > closed


def _ended_at(request: Request) -> datetime | None:
    answer = request.platform
    if answer is None:
        return None
    return answer.resolved_at or answer.expires_at
