"""The last event of a request, alike in memory and in the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ui import sample_rows

from xumm_desk.core.history.last_event import Event, last_event, last_event_of_summary
from xumm_desk.core.history.summary import summarise
from xumm_desk.core.status import Status

EVENTS = {
    Status.CREATING: Event.SAVED,
    Status.WAITING: Event.CREATED,
    Status.OPENED: Event.OPENED,
    Status.PRE_SIGNED: Event.PRE_SIGNED,
    Status.DISPATCHED: Event.DISPATCHED,
    Status.CONFIRMING: Event.SIGNED,
    Status.PAID: Event.VALIDATED,
    Status.PAID_LATE: Event.VALIDATED,
    Status.SIGNED: Event.SIGNED,
    Status.UNVERIFIED: Event.SIGNED,
    Status.DECLINED: Event.DECLINED,
    Status.CANCELLED: Event.CANCELLED,
    Status.EXPIRED: Event.EXPIRED,
    Status.EXPIRED_OPENED: Event.EXPIRED,
}


@pytest.mark.parametrize("status", EVENTS)
def test_it_is_what_happened_last(status: Status) -> None:
    assert last_event(sample_rows.row(status).request, status).event is EVENTS[status]


def test_its_time_is_that_of_the_event() -> None:
    opened = sample_rows.row(Status.OPENED).request
    found = last_event(opened, Status.OPENED)
    assert found.at is not None
    assert timedelta(seconds=6) < found.at - opened.created_at < timedelta(seconds=7)
    expired = sample_rows.row(Status.EXPIRED).request
    assert expired.platform is not None
    assert last_event(expired, Status.EXPIRED).at == expired.platform.expires_at
    assert last_event(sample_rows.row(Status.CANCELLED).request, Status.CANCELLED).at is None


@pytest.mark.parametrize("sample", sample_rows.samples(), ids=lambda one: one.row.identifier)
def test_the_history_tells_the_same_event_at_the_same_time_or_at_none(
    sample: sample_rows.Sample,
) -> None:
    request, verdict = sample.row.request, sample.row.verdict
    here = last_event(request, verdict.status)
    past = last_event_of_summary(
        summarise(1, request, verdict.status, finished=verdict.final, facts=sample.facts)
    )
    assert past.event is here.event
    if past.event is Event.VALIDATED:  # the history knows when the proof came, some seconds later
        assert past.at is not None
    else:
        assert past.at in (here.at, None)
