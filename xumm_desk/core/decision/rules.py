"""Which decisions are allowed, and why others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.decisions import (
    MAX_NAME,
    MAX_TEXT,
    Decision,
    DecisionKind,
    Topic,
)
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict

from .evidence import evidence_of

NEEDS_REASON: Final = frozenset({DecisionKind.ACCEPTED_AS_PAID, DecisionKind.NOT_PAID})
"""Decisions about money."""

_ACCEPTABLE: Final = frozenset({Status.CHECK, Status.UNVERIFIED})
_CLOSABLE: Final = frozenset(
    {Status.CHECK, Status.UNVERIFIED, Status.EXPIRED_OPENED, Status.FAILED}
)

_WITHDRAWN_BY: Final = {
    DecisionKind.REVIEW_WITHDRAWN: frozenset({DecisionKind.REVIEWED}),
    DecisionKind.OUTCOME_WITHDRAWN: NEEDS_REASON,
    DecisionKind.WAIT_ENDED: frozenset({DecisionKind.WAIT}),
}


def completed(decision: Decision, request: Request, verdict: Verdict) -> Decision:
    """The decision as it is recorded: with the evidence it is about, unless the person has seen
    other evidence than there is now, and with its number among those of its topic."""
    known = request.decisions.of(decision.topic)
    return replace(
        decision,
        by=decision.by.strip()[:MAX_NAME],
        text=decision.text.strip(),
        about=decision.about or evidence_of(request, verdict),
        revision=known.decision.revision + 1 if known is not None else 1,
    )


def why_not_decided(decision: Decision, request: Request, verdict: Verdict) -> str:
    """Why a person cannot decide this about `request` now; "" if he can."""
    kind, status = decision.kind, verdict.status
    if len(decision.text) > MAX_TEXT:
        return Message("Write at most {count} characters.", count=MAX_TEXT)
    if kind in NEEDS_REASON and not decision.text.strip():
        return Message("Write the reason: it stays with the request.")
    if kind is DecisionKind.WAIT and decision.until is None:
        return Message("Say until when to wait.")
    if kind in _WITHDRAWN_BY:
        known = request.decisions.of(decision.topic)
        there = known is not None and known.decision.kind in _WITHDRAWN_BY[kind]
        return "" if there else Message("There is nothing to withdraw.")
    if decision.topic in (Topic.NOTE, Topic.CALL):
        return ""
    if decision.about and decision.about != evidence_of(request, verdict):
        return Message("Something new is known about this request. Look at it before you decide.")
    if kind is DecisionKind.ACCEPTED_AS_PAID and status not in _ACCEPTABLE:
        return Message("Only a request whose money is in doubt can be accepted as paid.")
    if kind is DecisionKind.NOT_PAID:
        if status not in _CLOSABLE:
            return Message("Only a request whose money is in doubt can be closed as not paid.")
        if refunded_identifier(request.spec) and not (
            verdict.final or status is Status.EXPIRED_OPENED
        ):
            return Message("The ledger may still move the money of this refund. Wait for it.")
    return ""
