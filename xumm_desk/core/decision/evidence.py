"""The evidence that a decision is about, as a short text that changes whenever that does."""

from __future__ import annotations

import hashlib
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.state.decisions import Decided
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.check import Check, Verdict
from xumm_desk.core.wire import json_fields

_VERSION: Final = "1:"
"""Raised when other things are counted, so that older texts are known for what they are."""

_LENGTH: Final = 24


def evidence_of(request: Request, verdict: Verdict) -> str:
    """What a person saw who decides now: the status, the checks that do not hold, and what every
    transaction brought. Sentences and numbers that a later program may write otherwise are left
    out."""
    found = {payment.tx.txid: payment.tx for payment in request.payments}
    if request.ledger is not None:
        found.setdefault(request.ledger.txid, request.ledger)
    said = json_fields.compact_json(
        {
            "status": verdict.status.value,
            "network": verdict.foreign_network,
            "failed": ", ".join(_check_name(check) for check in verdict.failed),
            "reported": request.txid,
            "claims": ", ".join(sorted(request.same_txid_as)),
            "transactions": [_brought(found[txid]) for txid in sorted(found)],
        }
    )
    return _VERSION + hashlib.sha256(said.encode()).hexdigest()[:_LENGTH]


def is_current(decided: Decided, request: Request, verdict: Verdict) -> bool:
    """Whether the decision is about what is known now, and not about less."""
    return decided.decision.about == evidence_of(request, verdict)


def _check_name(check: Check) -> str:
    return check.name.id if isinstance(check.name, Message) else check.name


def _brought(tx: LedgerTx) -> json_fields.Json:
    delivered = amount.amount_json(tx.delivered) if tx.delivered is not None else None
    return [tx.txid, tx.validated, tx.result, delivered]
