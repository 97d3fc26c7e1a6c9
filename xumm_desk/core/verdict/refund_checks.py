"""What is different in judging a refund: the shop pays, and a person reads other advice."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire import json_fields

from .check import Check, CheckState, Verdict

_ADVICE: Final = Message(
    "Look at the transaction before you refund again: the money may have left the shop's account."
)


def sender_checks(request: Request, tx: LedgerTx) -> list[Check]:
    """Whether the money of a refund came from the shop; none for a sale, which anybody may pay.

    Of a signed request the check of its signer says the same; this one is for a payment that only
    the ledger shows.
    """
    spec = request.spec
    if not refunded_identifier(spec):
        return []
    sender = json_fields.string_at(tx.tx, "Account")
    from_shop = sender in spec.signers
    return [
        Check(
            Message("Sent by the shop"),
            CheckState.PASSED if from_shop else CheckState.FAILED,
            ", ".join(spec.signers),
            sender or Message("unknown"),
        )
    ]


def with_refund_advice(request: Request, verdict: Verdict) -> Verdict:
    """The verdict with advice for a refund: that of a sale tells the cashier to keep the goods, or
    to refund."""
    if not refunded_identifier(request.spec):
        return verdict
    checks = tuple(
        replace(check, advice=_ADVICE) if check.advice else check for check in verdict.checks
    )
    return replace(verdict, checks=checks)
