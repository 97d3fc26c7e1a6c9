"""When a till takes in what the others have shipped."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.pull_time import news_time, past_time

_times = st.floats(0, 1e6)
_chances = st.floats(0, 1)
_tills = st.integers(1, 10_000)


@given(_times, st.integers(1, 10**9), _tills, _chances)
def test_no_till_waits_longer_than_a_minute(
    since: float, missing: int, tills: int, chance: float
) -> None:
    assert since <= past_time(since, missing, tills, chance) <= since + 60.0


@given(_times, _tills, _chances)
def test_what_is_sold_now_is_taken_in_once_a_second(
    since: float, tills: int, chance: float
) -> None:
    assert since <= news_time(since, -inf, tills, chance) <= since + 1.0
    assert news_time(since, since, tills, chance) == since + 1.0


@given(st.integers(1, 10**7), st.integers(1, 10**7), _tills, _chances)
def test_who_has_less_to_take_in_never_waits_longer(
    missing: int, more: int, tills: int, chance: float
) -> None:
    waits = [past_time(0.0, count, tills, chance) for count in (missing, missing + more)]
    assert waits == sorted(waits)


def test_a_few_tills_see_each_other_almost_at_once_and_many_take_turns() -> None:
    assert news_time(5.0, -inf, 2, 1.0) == 5.1
    assert {news_time(5.0, -inf, 20, part / 4) for part in range(5)} == {
        5.0, 5.25, 5.5, 5.75, 6.0
    }  # fmt: skip


def test_after_an_outage_tills_leave_time_to_the_monitors() -> None:
    assert past_time(0.0, 120_000, 20, 0.0) >= 20.0
    assert past_time(0.0, 4_000, 20, 1.0) < 2.0
