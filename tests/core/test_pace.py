"""Arithmetic of waiting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.needs import Need
from xumm_desk.core.pace import DEFAULT_CALLS, Budget, Pace, backoff

from .making import MODERATE


@pytest.mark.parametrize("reason", [n for n in Need if n is not Need.DISPATCH])
def test_an_announcement_is_pursued_for_ever_and_ever_slower(reason: Need) -> None:
    pace = Pace()
    plan = [pace.after(reason, attempt) for attempt in range(12)]
    assert plan[:5] == [0.0, 0.3, 1.0, 2.0, 5.0]
    assert plan == sorted(plan, key=lambda delay: delay or 0.0)
    assert plan[-1] == 30.0


def test_a_dispatch_report_is_awaited_for_about_a_minute() -> None:
    pace = Pace()
    plan = [pace.after(Need.DISPATCH, attempt) for attempt in range(5)]
    assert plan == [2.0, 5.0, 15.0, 30.0, None]


@pytest.mark.parametrize(
    ("attempt", "chance", "delay"),
    [(0, 0.0, 0.5), (0, 0.5, 0.75), (1, 0.0, 1.0), (3, 0.0, 4.0), (9, 0.0, 15.0), (500, 0.5, 22.5)],
)
def test_backoff(attempt: int, chance: float, delay: float) -> None:
    assert backoff(attempt, chance, 1.0, 30.0) == delay


@MODERATE
@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_within_its_bounds(attempt: int, chance: float) -> None:
    delay = backoff(attempt, chance, 1.0, 30.0)
    assert 0.5 <= delay <= 30.0
    assert delay <= backoff(attempt + 1, chance, 1.0, 30.0)


def test_a_fresh_budget_allows_its_limit_at_once_and_refills_evenly() -> None:
    budget = Budget()
    for _ in range(DEFAULT_CALLS):
        assert budget.wait(100.0, urgent=True) == 0.0
        budget.spend(100.0)
    assert budget.left(100.0) == 0
    assert budget.wait(100.0, urgent=True) == pytest.approx(1.0)
    assert budget.wait(101.0, urgent=True) == 0.0
    assert budget.left(110.0) == 10
    assert budget.left(1e6) == DEFAULT_CALLS


def test_slow_polls_leave_a_quarter_for_people() -> None:
    budget = Budget()
    spent = 0
    while budget.wait(5.0, urgent=False) == 0.0:
        budget.spend(5.0)
        spent += 1
    assert spent == 45
    assert budget.wait(5.0, urgent=True) == 0.0


def test_headers_lower_the_number_and_never_raise_it() -> None:
    budget = Budget()
    budget.learn(5.0, 60, 10)
    assert budget.left(5.0) == 10
    budget.learn(5.0, 60, 50)
    assert budget.left(5.0) == 10
    budget.learn(5.0, None, None)
    budget.learn(5.0, 0, -1)
    assert (budget.limit, budget.left(5.0)) == (60, 10)
    budget.learn(5.0, 120, None)
    assert (budget.limit, budget.left(5.0)) == (120, 20)


def test_a_refusal_stops_everything_for_as_long_as_was_asked() -> None:
    budget = Budget()
    budget.refused(10.0, 30.0)
    assert budget.wait(10.0, urgent=True) == 30.0
    assert budget.wait(39.0, urgent=True) == 1.0
    assert budget.wait(40.0, urgent=True) == 0.0
    budget.refused(40.0, 5.0)
    budget.refused(40.0, 1.0)
    assert budget.wait(40.0, urgent=True) == 5.0


@pytest.mark.parametrize("limit", [1, 2, 5, 60, 200])
@pytest.mark.parametrize("urgent", [True, False])
def test_whoever_waits_as_told_may_call(limit: int, urgent: bool) -> None:
    budget = Budget(limit=limit)
    now = 7.0
    for _ in range(3 * limit):
        now += budget.wait(now, urgent=urgent) + 1e-6
        assert budget.wait(now, urgent=urgent) == 0.0
        budget.spend(now)


@MODERATE
@given(
    st.lists(
        st.tuples(
            st.floats(0, 5),
            st.sampled_from(["spend", "wait", "learn", "refused"]),
            st.integers(0, 200),
        ),
        max_size=40,
    )
)
def test_never_more_than_the_limit_in_stock(steps: list[tuple[float, str, int]]) -> None:
    budget, now = Budget(), 1.0
    for pause, what, number in steps:
        now += pause
        match what:
            case "spend":
                budget.spend(now)
            case "wait":
                assert budget.wait(now, urgent=number % 2 == 0) >= 0.0
            case "learn":
                budget.learn(now, number, None)
            case _:
                budget.refused(now, float(number))
        assert 0 <= budget.left(now) <= budget.limit
