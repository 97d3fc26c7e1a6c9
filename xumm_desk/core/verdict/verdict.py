"""Judge one request: its status, and the list of checks behind it.

A pure function of the facts. "Signed" is not "paid": PAID needs a validated ledger transaction
that equals what we asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import networks
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.lifecycle import replace as replace_fields
from xumm_desk.core.status import FINAL, SUCCESSFUL, Status, Step
from xumm_desk.core.wire import json_fields

from . import payment_checks
from .check import (
    Check,
    CheckState,
    Verdict,
    amount_check,
    any_failed,
    destination_text,
)
from .refund_checks import with_refund_advice
from .signature_checks import blob_checks, spec_checks

# Checks of every paid request, made once.
_REPORTED_SIGNED: Final = Check(
    Message("Signed, says the platform"),
    CheckState.PASSED,
    Message("resolved and signed"),
    Message("resolved and signed"),
)
_SUCCESS: Final = Check(Message("Result"), CheckState.PASSED, "tesSUCCESS", "tesSUCCESS")
_UNCHECKED: Final = {status: Verdict(status, status in FINAL) for status in Status}


def judge(request: Request, *, ledger: bool, network: str = "") -> Verdict:
    """Judge `request`. `ledger` says whether a ledger node is set up, `network` is the key of the
    desk's own network, "" for any.

    The order of the questions is that of P§3.2: whoever asks "expired?" first loses payments.
    """
    if request.signed:
        verdict = _judge_signed(_with_ledger_payment(request), ledger)
    elif request.payments:
        verdict = payment_checks.judge_unreported(request)
    elif request.lost_its_payment:
        status = _unsigned_status(request)
        return Verdict(status, status in FINAL, (payment_checks.lost_payment_check(request),))
    else:
        return _UNCHECKED[_unsigned_status(request)]
    if (
        network
        and verdict.status in SUCCESSFUL
        and not networks.is_network(network, request.spec.network)
    ):
        verdict = replace(verdict, foreign_network=request.spec.network)
    return with_refund_advice(request, verdict) if verdict.failed else verdict


def _with_ledger_payment(request: Request) -> Request:
    """A payment found on the account with the reported txid is as good as the answer to `tx`."""
    payment = payment_checks.reported_payment(request)
    if payment is None or (request.ledger is not None and request.ledger.validated):
        return request
    return replace_fields(request, ledger=payment.tx)


def _unsigned_status(request: Request) -> Status:
    answer = request.platform
    if request.uuid is None and request.closed:
        return Status.CANCELLED
    if request.uuid is None and request.outage_link is not None:
        return Status.WAITING  # No later fact but the ledger's can come.
    if request.uuid is None:
        return Status.FAILED if request.create_failure else Status.CREATING
    if answer is not None and answer.resolved:
        return Status.DECLINED
    if request.cancelled:
        return Status.CANCELLED
    if answer is not None and answer.expired:
        return Status.EXPIRED_OPENED if answer.app_opened else Status.EXPIRED
    if request.not_found:
        return Status.CHECK
    return _BY_STEP[request.step]


_BY_STEP: Final = {
    Step.INTENDED: Status.WAITING,
    Step.CREATED: Status.WAITING,
    Step.OPENED: Status.OPENED,
    Step.PRE_SIGNED: Status.PRE_SIGNED,
    Step.DISPATCHED: Status.DISPATCHED,
    Step.RESOLVED: Status.CONFIRMING,
}


def _judge_signed(request: Request, ledger: bool) -> Verdict:
    spec = request.spec
    blob = blob_checks(request, ledger=ledger)
    local = [_platform_check(request), _network_check(request), *blob]
    asked = spec_checks(request)
    if not spec.is_submitted:
        checks = (*local, *asked)
        if any_failed(checks):
            return Verdict(Status.CHECK, True, checks)
        done = all(check.state is CheckState.PASSED for check in checks)
        if not done and request.ledger_silent:
            return Verdict(Status.UNVERIFIED, False, checks)
        return Verdict(Status.SIGNED if done else Status.CONFIRMING, done, checks)
    proof = _ledger_checks(request)
    checks = (*local, *asked, *proof, *_same_txid_checks(request))
    if _is_void(request, local) and not payment_checks.extra_payments(request):
        return Verdict(Status.FAILED, True, checks)
    if any_failed(checks):
        return Verdict(Status.CHECK, _ledger_decided(request, ledger), checks)
    if all(check.state is CheckState.PASSED for check in checks):
        return Verdict(_paid_status(request), True, checks)
    if payment_checks.reported_payment(request) is not None and _judge_with_ledger(proof):
        # It became Paid by the ledger before the platform reported it: it stays Paid while the
        # signed blob is being checked.
        return Verdict(_paid_status(request), True, checks)
    if not ledger:
        return _without_ledger(request, (*local, *asked), checks)
    # A node that does not answer must not look like one that is deciding.
    waiting = Status.UNVERIFIED if request.ledger_silent else Status.CONFIRMING
    return Verdict(waiting, False, checks)


def _judge_with_ledger(proof: list[Check]) -> bool:
    return all(check.state is CheckState.PASSED for check in proof)


def _without_ledger(
    request: Request, made: tuple[Check, ...], checks: tuple[Check, ...]
) -> Verdict:
    # A wallet that never reports a dispatch may never report its network either (P§5.3). Without a
    # node the row would say for ever that a ledger is deciding.
    if any(check.state is not CheckState.PASSED and check.name != "Network" for check in made):
        return Verdict(Status.CONFIRMING, False, checks)
    return Verdict(Status.UNVERIFIED if request.spec.is_payment else Status.SIGNED, True, checks)


def _ledger_decided(request: Request, ledger: bool) -> bool:
    """Whether the ledger will add nothing to what already differs."""
    if not ledger:
        return True
    if request.blob is None:
        # The blob has arrived and is being checked.
        return request.platform is None or request.platform.hex is None
    if request.blob.error is not None:
        return True
    return request.ledger_never or (request.ledger is not None and request.ledger.validated)


def _is_void(request: Request, local: list[Check]) -> bool:
    """Whether the signed transaction is known to have moved nothing, for good.

    True only for the transaction that really was signed, on our network: a foreign blob, a second
    transaction or another network proves nothing about the right one.
    """
    if request.blob is None or any_failed(local):
        return False
    tx = request.ledger
    if tx is not None and tx.txid != request.txid:
        return False
    refused = tx is not None and tx.validated and tx.result != "tesSUCCESS"
    return refused or (request.ledger_never and not (tx is not None and tx.validated))


def _paid_status(request: Request) -> Status:
    if not request.spec.is_payment:
        return Status.SIGNED
    answer = request.platform
    late = (
        answer is not None
        and answer.resolved_at is not None
        and answer.expires_at is not None
        and answer.resolved_at > answer.expires_at
    )
    return Status.PAID_LATE if late else Status.PAID


def _platform_check(request: Request) -> Check:
    answer = request.platform
    if answer is not None and answer.conflict:
        return Check(
            Message("Signed, says the platform"),
            CheckState.FAILED,
            Message("one transaction"),
            answer.conflict,
            Message(
                "The platform named two transactions for one request. Look at both on the ledger."
            ),
        )
    return _REPORTED_SIGNED


def _network_check(request: Request) -> Check:
    name, want, answer = Message("Network"), request.spec.network, request.platform
    network = networks.network_by_key(want)
    reported = (
        [t for t in (answer.dispatched_nodetype, answer.environment_nodetype) if t]
        if (answer)
        else []
    )
    number = answer.environment_networkid if answer else None
    signed_id = json_fields.int_at(request.blob.tx, "NetworkID") if request.blob else None
    wrong = [t for t in reported if not networks.is_network(want, t)]
    if network is not None:
        wrong += [
            Message("network id {number}", number=n)
            for n in (number, signed_id)
            if n not in (None, network.network_id)
        ]
    if wrong:
        return Check(
            name,
            CheckState.FAILED,
            want,
            wrong[0],
            Message(
                "The customer's wallet was on another network. This money is not the shop's money."
            ),
        )
    if reported or number is not None:
        return Check(
            name,
            CheckState.PASSED,
            want,
            reported[0] if reported else Message("network id {number}", number=number),
        )
    if request.ledger is not None and request.ledger.validated:
        return Check(name, CheckState.PASSED, want, Message("found on the shop's own ledger node"))
    if not request.spec.is_submitted:
        return Check(
            name, CheckState.PASSED, want, Message("not reported; nothing was sent to a ledger")
        )
    return Check(name, CheckState.PENDING, want, Message("not reported yet"))


def _ledger_checks(request: Request) -> list[Check]:
    tx = request.ledger
    names = [Message("Validated by the ledger"), Message("Result")]
    names += (
        [Message("Destination and tag"), Message("Amount delivered")]
        if request.spec.is_payment
        else []
    )
    if tx is None or not tx.validated:
        found = Message("not found yet") if tx is None else Message("seen, not validated yet")
        if request.ledger_never:
            found = Message("its last possible ledger has passed without it")
        return [
            Check(name, CheckState.PENDING, "", found if place == 0 else Message("not known yet"))
            for place, name in enumerate(names)
        ]
    if tx.txid != request.txid:
        return [
            Check(
                names[0],
                CheckState.FAILED,
                request.txid or Message("a transaction"),
                tx.txid or Message("a transaction without an id"),
                Message(
                    "The ledger node answered about another transaction. Look at the right one."
                ),
            )
        ]
    checks = [
        Check(
            names[0],
            CheckState.PASSED,
            Message("in a validated ledger"),
            Message("ledger {ledger_index}", ledger_index=tx.ledger_index or "?"),
        ),
        _SUCCESS
        if tx.result == "tesSUCCESS"
        else Check(
            names[1],
            CheckState.FAILED,
            "tesSUCCESS",
            tx.result or Message("none", context="result"),
            Message("The ledger refused the payment. Nothing came."),
        ),
    ]
    return checks + (_payment_checks(request) if request.spec.is_payment else [])


def _payment_checks(request: Request) -> list[Check]:
    tx, spec = request.ledger, request.spec
    assert tx is not None
    to, tag = (
        json_fields.string_at(tx.tx, "Destination"),
        json_fields.int_at(tx.tx, "DestinationTag"),
    )
    arrived = to == spec.destination and tag == spec.tag
    asked = destination_text(spec.destination, spec.tag)
    return [
        Check(
            Message("Destination and tag"),
            CheckState.PASSED if arrived else CheckState.FAILED,
            asked,
            asked if arrived else destination_text(to, tag),
            "" if arrived else Message("The money went to another place than was asked."),
        ),
        amount_check(spec.amount, tx.delivered),
    ]


def _same_txid_checks(request: Request) -> list[Check]:
    checks = payment_checks.same_txid_checks(request) + payment_checks.age_checks(request)
    if request.cancelled:
        checks.append(
            Check(
                Message("Not cancelled before"),
                CheckState.FAILED,
                Message("not cancelled"),
                Message("signed after it was cancelled"),
                Message("Money may arrive for a cancelled sale. Accept it as paid, or refund it."),
            )
        )
    return (
        checks
        + payment_checks.closed_by_operator_checks(request)
        + payment_checks.extra_payment_checks(request)
    )
