"""Checks of payments found on the ledger, beside or instead of the platform's report (P§9.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.money import amount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.evidence import MATCHED_BY_HAND, LedgerTx, Payment
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.wire import json_fields

from .check import (
    Check,
    CheckState,
    Verdict,
    amount_check,
    any_failed,
    destination_text,
)
from .refund_checks import sender_checks

CLOCK_TOLERANCE: Final = timedelta(minutes=2)
"""How far a ledger's close time and the platform's clock may lie apart: close times are rounded."""

_MATCHED_TEXTS: Final = {
    "txid": Message("its transaction id"),
    "invoice": Message("its invoice id"),
    "tag": Message("its destination tag"),
    MATCHED_BY_HAND: Message("assigned by hand by a person"),
}

LOST_PAYMENT: Final = Message("Whose payment it is")

_PAYS_NO_OTHER: Final = Check(
    Message("Pays no other request"),
    CheckState.PASSED,
    Message("this one alone"),
    Message("this one alone"),
)


def pays_exactly(spec: RequestSpec, payment: Payment) -> bool:
    """Whether `payment` delivered exactly what the spec asks for, validated and in full."""
    return not any_failed(_delivery_checks(spec, payment))


def reported_payment(request: Request) -> Payment | None:
    """The payment with the reported txid, if it was also found on the account."""
    txid = request.txid
    return next((p for p in request.payments if p.tx.txid == txid), None) if txid else None


def extra_payments(request: Request) -> tuple[Payment, ...]:
    """Payments beside the settling one: the reported one, else the first that equals what was asked
    for, else the first of all."""
    if request.txid is not None:
        return tuple(p for p in request.payments if p.tx.txid != request.txid)
    settling = _settling_payment(request)
    return tuple(p for p in request.payments if p is not settling)


def judge_unreported(request: Request) -> Verdict:
    """Judge a request that was paid on the ledger and that the platform does not report as
    signed."""
    payment = _settling_payment(request)
    assert payment is not None
    late = _late(request, payment)
    checks = [
        _report_check(request),
        Check(
            Message("Network"),
            CheckState.PASSED,
            request.spec.network,
            Message("found on the shop's own ledger node"),
        ),
        Check(
            Message("Belongs to this request"),
            CheckState.PASSED,
            Message("tag, invoice id or a person's word"),
            _matched_by_text(payment),
        ),
        *sender_checks(request, payment.tx),
        *_delivery_checks(request.spec, payment),
        *same_txid_checks(request),
        *_end_checks(request, late),
        *closed_by_operator_checks(request),
        *extra_payment_checks(request),
    ]
    if any_failed(checks):
        return Verdict(Status.CHECK, True, tuple(checks))
    return Verdict(Status.PAID_LATE if late else Status.PAID, True, tuple(checks))


def same_txid_checks(request: Request) -> list[Check]:
    """A failed check if another request of ours was reported with the same transaction."""
    if not request.same_txid_as:
        return [_PAYS_NO_OTHER]
    others = ", ".join(sorted(request.same_txid_as))
    advice = Message("One payment was claimed by two requests. It pays only one of them.")
    return [
        Check(
            Message("Pays no other request"),
            CheckState.FAILED,
            Message("this request alone"),
            Message("also {requests}", requests=others),
            advice,
        )
    ]


def lost_payment_check(request: Request) -> Check:
    """The failed check of a request whose payment counts for another one."""
    return Check(
        LOST_PAYMENT,
        CheckState.FAILED,
        Message("this request's"),
        Message("that of {requests}", requests=", ".join(payment_owners(request))),
        Message(
            "It was taken for that of this request, and counts there. If the goods were handed"
            " over, ask for the payment."
        ),
    )


def payment_owners(request: Request) -> list[str]:
    """The requests for which the payments count that this one has lost."""
    lost = {payment.tx.txid for payment in request.lost_payments}
    return sorted({one.identifier for one in request.rivals if one.txid in lost})


def closed_by_operator_checks(request: Request) -> list[Check]:
    """A failed check for money that came to a request which a person had closed; none otherwise."""
    if not request.closed:
        return []
    advice = Message(
        "Money came for a sale that a person had closed. Accept it as paid, or refund it."
    )
    found = Message("closed by a person before")
    return [
        Check(Message("Not closed before"), CheckState.FAILED, Message("still open"), found, advice)
    ]


def extra_payment_checks(request: Request) -> list[Check]:
    """A failed check for payments beside the settling one, each with whom to pay back; none
    without."""
    more = extra_payments(request)
    if not more:
        return []
    tags = {None, request.spec.tag}
    payments = Sentences(
        [
            Message(
                "{amount} to {account} (transaction {txid}…)",
                amount=amount.format_amount(p.tx.delivered) or Message("an unknown amount"),
                account=json_fields.string_at(p.tx.tx, "Account") or Message("its sender"),
                txid=p.tx.txid[:12],
            )
            for p in more
        ],
        "; ",
    )
    whole = _total_delivered(request)
    advice: str = Message("Refund {payments}.", payments=payments)
    if whole is not None and amount.amounts_equal(whole, request.spec.amount):
        advice = Message(
            "All payments together are what was asked. Accept them as paid, or refund them."
        )
    elif any(json_fields.int_at(p.tx.tx, "DestinationTag") not in tags for p in more):
        look = Message("Look first whether it was meant for another sale.")
        advice = Sentences([advice, look])
    if _reported_tx_failed(request):
        found = Message("the reported transaction brought nothing, another payment came")
        advice = Message("Accept the other payment as paid, or refund it.")
        return [
            Check(
                Message("One payment only"),
                CheckState.FAILED,
                Message("the reported payment"),
                found,
                advice,
            )
        ]
    count = len(more) + 1
    return [
        Check(
            Message("One payment only"),
            CheckState.FAILED,
            Message("one payment"),
            Message("{n} payment", plural="{n} payments", n=count),
            advice,
        )
    ]


def _reported_tx_failed(request: Request) -> bool:
    """Whether the reported transaction is known to have moved no money."""
    tx = request.ledger
    if tx is not None and tx.validated:
        return tx.result != "tesSUCCESS"
    return request.ledger_never


def _settling_payment(request: Request) -> Payment | None:
    paid = (p for p in request.payments if pays_exactly(request.spec, p))
    return next(paid, request.payments[0] if request.payments else None)


def _total_delivered(request: Request) -> amount.Amount | None:
    """The sum of the payments found on the ledger, if all of them are of one asset."""
    delivered = [p.tx.delivered for p in request.payments]
    if reported_payment(request) is None and request.txid is not None:
        return None
    return amount.total(delivered)


def _matched_by_text(payment: Payment) -> str:
    if payment.assigned_at:
        return Message("assigned by hand by a person at {time}", time=payment.assigned_at)
    return _MATCHED_TEXTS.get(payment.matched_by, Message("recorded by an older program"))


def _by_hand(payment: Payment, found: str, differs: bool) -> str:
    """What was found, and who decided that it counts all the same."""
    return Sentences([found, _matched_by_text(payment)], LIST_SEPARATOR) if differs else found


def _delivery_checks(spec: RequestSpec, payment: Payment) -> list[Check]:
    """Checks of one payment: validated, successful, right destination, in full.

    Tag and invoice id only say which sale the money is for. If a person has assigned it, a payment
    that names no sale, or a wrong one, counts for this sale, and the check says who decided.
    Nothing else is taken on a person's word.
    """
    tx, by_hand = payment.tx, payment.matched_by == MATCHED_BY_HAND
    to, tag = (
        json_fields.string_at(tx.tx, "Destination"),
        json_fields.int_at(tx.tx, "DestinationTag"),
    )
    there = to == spec.destination and (tag == spec.tag or by_hand)
    good = tx.validated and tx.result == "tesSUCCESS"
    checks = [
        Check(
            Message("Validated by the ledger"),
            CheckState.PASSED if tx.validated else CheckState.FAILED,
            Message("in a validated ledger"),
            Message("ledger {ledger_index}", ledger_index=tx.ledger_index or "?")
            if tx.validated
            else Message("not validated"),
        ),
        Check(
            Message("Result"),
            CheckState.PASSED if good else CheckState.FAILED,
            "tesSUCCESS",
            tx.result or Message("none", context="result"),
        ),
        Check(
            Message("Destination and tag"),
            CheckState.PASSED if there else CheckState.FAILED,
            destination_text(spec.destination, spec.tag),
            _by_hand(payment, destination_text(to, tag), by_hand and tag != spec.tag),
            "" if there else Message("The money came under another tag or address than was asked."),
        ),
    ]
    asked = invoice_id(spec.txjson)
    if asked is not None:
        expected_tag = invoice_id(tx.tx)
        same = asked == expected_tag or by_hand
        found = _by_hand(
            payment,
            expected_tag or Message("none", context="invoice"),
            by_hand and asked != expected_tag,
        )
        advice = "" if same else Message("The payment names another invoice than was asked.")
        mark = CheckState.PASSED if same else CheckState.FAILED
        checks.append(Check(Message("Invoice id"), mark, asked, found, advice))
    return [*checks, amount_check(spec.amount, tx.delivered)]


def invoice_id(tx: json_fields.JsonObject) -> str | None:
    """`InvoiceID` in upper case, as it is compared."""
    named = json_fields.string_at(tx, "InvoiceID")
    return named.upper() if named else None


def _report_check(request: Request) -> Check:
    name, want = Message("Signed, says the platform"), Message("resolved and signed")
    if not request.resolved:
        return Check(
            name, CheckState.PENDING, want, Message("the platform has not reported this payment")
        )
    return Check(
        name,
        CheckState.FAILED,
        want,
        Message("declined"),
        Message(
            "Money came although the customer declined the request. Accept it as"
            " paid, or refund it."
        ),
    )


def _end_checks(request: Request, late: bool) -> list[Check]:
    """Money for a request that had ended: a person accepts or refunds it."""
    ended: Sequence[tuple[bool, str, str, str]] = (
        (
            request.uuid is None and request.create_failure is not None,
            Message("Created", context="check"),
            Message("never created on the platform"),
            Message(
                "Money came for a request that was not created. Accept it as paid, or refund it."
            ),
        ),
        (
            request.cancelled,
            Message("Not cancelled before"),
            Message("cancelled"),
            Message("Money arrived for a cancelled sale. Accept it as paid, or refund it."),
        ),
        (
            late and not _opened(request),
            Message("In time"),
            Message("paid after it had expired, and nobody had opened it"),
            Message("Money arrived for an expired sale. Accept it as paid, or refund it."),
        ),
    )
    return [
        Check(name, CheckState.FAILED, Message("yes"), found, text)
        for true, name, found, text in ended
        if true
    ]


def _opened(request: Request) -> bool:
    return request.platform is not None and request.platform.app_opened


def _late(request: Request, payment: Payment) -> bool:
    """A check whether the ledger closed before the expiry that the platform gave."""
    expires = request.platform.expires_at if request.platform is not None else None
    closed = ledger_close_time(payment.tx)
    return expires is not None and closed is not None and closed > expires


def predates_request(tx: LedgerTx, request: Request) -> bool:
    """Whether the ledger closed over `tx` before the platform made the request."""
    closed = ledger_close_time(tx)
    made = request.platform.created_at if request.platform is not None else None
    return closed is not None and made is not None and closed + CLOCK_TOLERANCE < made


def age_checks(request: Request) -> list[Check]:
    """A failed check if the reported transaction is older than the request, so that it was for
    something else; none if it is not, or if the times are unknown."""
    tx = request.ledger
    if tx is None or not tx.validated or not predates_request(tx, request):
        return []
    advice = Message(
        "This payment came before the request was made, so it was for"
        " something else. Do not hand over goods."
    )
    found = Message("ledger closed at {time}", time=tx.closed_at)
    made = request.platform.created_at if request.platform is not None else None
    want = Message("later")
    if made is not None:
        want = Message("after {time}", time=f"{made:%Y-%m-%dT%H:%M:%SZ}")
    return [Check(Message("Not older than the request"), CheckState.FAILED, want, found, advice)]


def ledger_close_time(tx: LedgerTx) -> datetime | None:
    """When the ledger with `tx` closed (UTC); None if the node did not say."""
    return json_fields.time_at({"at": tx.closed_at}, "at")
