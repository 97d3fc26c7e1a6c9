"""What happened last to a request, and when, of one in memory and of one in the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status, Step
from xumm_desk.core.wire import json_fields

from .summary import RequestSummary


class Event(Enum):
    """What can happen last."""

    SAVED = Message("Saved here")
    CREATED = Message("Created")
    OPENED = Message("Opened")
    PRE_SIGNED = Message("Pre-signed")
    DISPATCHED = Message("Dispatched")
    SIGNED = Message("Signed")
    VALIDATED = Message("On the ledger")
    DECLINED = Message("Declined")
    CANCELLED = Message("Cancelled")
    EXPIRED = Message("Expired")
    NOT_CREATED = Message("Not created")


@dataclass(frozen=True, slots=True)
class LastEvent:
    """An event and its time (UTC), None where nobody knows it."""

    event: Event
    at: datetime | None


_ENDS: Final = {
    Status.DECLINED: Event.DECLINED,
    Status.CANCELLED: Event.CANCELLED,
    Status.EXPIRED: Event.EXPIRED,
    Status.EXPIRED_OPENED: Event.EXPIRED,
}
_STEPS: Final = {
    Step.INTENDED: Event.SAVED,
    Step.CREATED: Event.CREATED,
    Step.OPENED: Event.OPENED,
    Step.PRE_SIGNED: Event.PRE_SIGNED,
    Step.DISPATCHED: Event.DISPATCHED,
    Step.RESOLVED: Event.DECLINED,
}


def last_event(request: Request, status: Status) -> LastEvent:
    """The last event of a request in memory, which has this status."""
    ledger = request.ledger
    validated = (ledger is not None and ledger.validated) or bool(request.payments)
    event = _event(status, request.step, validated=validated, signed=request.signed)
    match event:
        case Event.VALIDATED:
            found = ledger if ledger is not None and ledger.validated else request.payments[0].tx
            at = json_fields.time_at({"at": found.closed_at}, "at")
        case Event.SIGNED | Event.DECLINED:
            at = request.step_times[Step.RESOLVED]
        case Event.EXPIRED:
            at = request.platform.expires_at if request.platform is not None else None
        case Event.SAVED:
            at = request.created_at
        case Event.CANCELLED | Event.NOT_CREATED:
            at = None
        case _:
            at = request.step_times[request.step]
    return LastEvent(event, at)


def last_event_of_summary(past: RequestSummary) -> LastEvent:
    """The same of a request in the history, which keeps fewer times. Of what the ledger proves it
    has the time at which the proof came."""
    validated = past.proven_at is not None or past.ledger_index is not None
    event = _event(past.status, past.step, validated=validated, signed=past.signed)
    at = {
        Event.VALIDATED: past.proven_at,
        Event.SIGNED: past.signed_at,
        Event.OPENED: past.opened_at,
        Event.SAVED: past.created_at,
    }.get(event)
    return LastEvent(event, at)


def _event(status: Status, step: Step, *, validated: bool, signed: bool) -> Event:
    ended = _ENDS.get(status)
    if ended is not None:
        return ended
    if validated:
        return Event.VALIDATED
    if signed:
        return Event.SIGNED
    if status is Status.FAILED:
        return Event.NOT_CREATED
    return _STEPS[step]
