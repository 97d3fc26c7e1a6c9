"""Which statement is believed, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_statements import NOW, STATEMENT, statement

from xumm_desk.core.updates.notice import (
    INTERVAL,
    SPREAD,
    UpdateNotice,
    next_reading,
    notice_for,
    refusal,
)
from xumm_desk.core.updates.statement import ReleaseStatement

SECOND = timedelta(seconds=1)
HOURS = st.integers(-2000, 2000).map(lambda hours: NOW + timedelta(hours=hours))


def test_a_fresh_one_is_believed_and_so_is_the_same_again() -> None:
    assert refusal(STATEMENT, NOW, None) == ""
    assert refusal(STATEMENT, NOW, STATEMENT) == ""


def test_an_expired_one_is_ignored() -> None:
    assert refusal(STATEMENT, STATEMENT.expires, None) == ""
    assert "expired" in refusal(STATEMENT, STATEMENT.expires + SECOND, None)


def test_one_of_the_future_is_ignored_but_a_wrong_clock_is_allowed_for() -> None:
    assert refusal(statement(issued=NOW + timedelta(hours=20)), NOW, None) == ""
    assert "future" in refusal(statement(issued=NOW + timedelta(hours=25)), NOW, None)


def test_an_older_one_is_a_replay_even_where_it_names_a_higher_version() -> None:
    older = statement(version="9.9.9", issued=STATEMENT.issued - SECOND)
    assert "older than the one known" in refusal(older, NOW, STATEMENT)
    same_time = statement(version="9.9.9")
    assert "older than the one known" in refusal(same_time, NOW, STATEMENT)


def test_a_later_one_may_take_a_version_back() -> None:
    assert refusal(statement(version="9.1.0", issued=NOW), NOW, STATEMENT) == ""


@given(st.lists(st.tuples(HOURS, HOURS), max_size=8), HOURS)
def test_what_is_believed_never_goes_back_in_time(
    times: list[tuple[datetime, datetime]], now: datetime
) -> None:
    believed: ReleaseStatement | None = None
    for issued, expires in times:
        read = statement(issued=issued, expires=expires)
        if not refusal(read, now, believed):
            assert believed is None or read.issued >= believed.issued
            assert now <= read.expires
            believed = read


def test_a_newer_version_is_told_with_both_numbers() -> None:
    assert notice_for(STATEMENT, "9.1.0") == UpdateNotice(
        "9.2.0", STATEMENT.released, STATEMENT.notes, "9.1.0", "0.0.1", unsafe=False
    )


@pytest.mark.parametrize(
    ("own", "told", "unsafe"),
    [
        ("9.2.0", False, False),
        ("9.2.0.1", False, False),
        ("9.10", False, False),
        ("9.2.0rc1", True, False),
        ("9.1.0", True, False),
        ("9.0.9", True, True),
        ("9.1.0rc3", True, True),
        ("unknown", False, False),
    ],
)
def test_what_is_told_of_a_version(own: str, told: bool, unsafe: bool) -> None:
    notice = notice_for(statement(minimum_safe="9.1.0"), own)
    assert (notice is not None) is told
    assert (notice is not None and notice.unsafe) is unsafe


@given(st.floats(0, 1))
def test_a_day_and_at_most_two_hours_more_lie_between_two_readings(chance: float) -> None:
    then = next_reading(NOW, chance)
    assert INTERVAL <= then - NOW <= INTERVAL + SPREAD
    assert then.tzinfo is UTC
