"""Which requests are exported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.export.selection import Selection, parse_moment, parse_statuses
from xumm_desk.core.status import Status

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_an_empty_selection_takes_everything() -> None:
    assert Selection().takes_time(NOON)
    assert all(Selection().takes_status(status) for status in Status)


def test_the_range_takes_its_beginning_and_not_its_end() -> None:
    chosen = Selection(NOON, NOON + timedelta(hours=1))
    assert chosen.takes_time(NOON)
    assert chosen.takes_time(NOON + timedelta(minutes=59))
    assert not chosen.takes_time(NOON + timedelta(hours=1))
    assert not chosen.takes_time(NOON - timedelta(microseconds=1))


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert parse_moment("2026-11-30") == datetime(2026, 11, 30)  # noqa: DTZ001 - local
    assert parse_moment(" 2026-11-30 ", end=True) == datetime(2026, 12, 1)  # noqa: DTZ001 - local
    assert parse_moment("2026-11-30T12:00Z", end=True) == NOON


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = parse_moment(text, end=True)
    assert found is None or isinstance(found, datetime)


@pytest.mark.parametrize("text", ["", "30.11.2026", "9999-12-31T", "tomorrow"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert parse_moment(text) is None


def test_statuses_are_named_apart_or_together() -> None:
    assert parse_statuses([]) == frozenset()
    wanted: object = {Status.PAID, Status.PAID_LATE, Status.CHECK}
    assert parse_statuses(["paid, Paid_Late", "check,"]) == wanted
    refused = parse_statuses(["paidd"])
    assert isinstance(refused, str)
    assert refused.startswith("There is no status paidd. Use some of creating, waiting,")
