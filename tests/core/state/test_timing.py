"""Arithmetic of waiting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import MODERATE
from xumm_desk.core.state.refetch import RefetchReason
from xumm_desk.core.state.timing import DEFAULT_CALLS, CallBudget, Timing, backoff


@pytest.mark.parametrize(
    "reason", [n for n in RefetchReason if n is not RefetchReason.DISPATCH_PENDING]
)
def test_an_announcement_is_pursued_for_ever_and_ever_slower(reason: RefetchReason) -> None:
    timing = Timing()
    plan = [timing.refetch_delay(reason, attempt) for attempt in range(12)]
    assert plan[:5] == [0.0, 0.3, 1.0, 2.0, 5.0]
    assert plan == sorted(plan, key=lambda delay: delay or 0.0)
    assert plan[-1] == 30.0


def test_a_dispatch_report_is_awaited_for_about_a_minute() -> None:
    timing = Timing()
    plan = [timing.refetch_delay(RefetchReason.DISPATCH_PENDING, attempt) for attempt in range(5)]
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
    budget = CallBudget()
    for _ in range(DEFAULT_CALLS):
        assert budget.delay(100.0, urgent=True) == 0.0
        budget.count(100.0)
    assert budget.available(100.0) == 0
    assert budget.delay(100.0, urgent=True) == pytest.approx(1.0)
    assert budget.delay(101.0, urgent=True) == 0.0
    assert budget.available(110.0) == 10
    assert budget.available(1e6) == DEFAULT_CALLS


def test_slow_polls_leave_a_quarter_for_people() -> None:
    budget = CallBudget()
    spent = 0
    while budget.delay(5.0, urgent=False) == 0.0:
        budget.count(5.0)
        spent += 1
    assert spent == 45
    assert budget.delay(5.0, urgent=True) == 0.0


def test_headers_lower_the_number_and_never_raise_it() -> None:
    budget = CallBudget()
    budget.update(5.0, 60, 10)
    assert budget.available(5.0) == 10
    budget.update(5.0, 60, 50)
    assert budget.available(5.0) == 10
    budget.update(5.0, None, None)
    budget.update(5.0, 0, -1)
    assert (budget.limit, budget.available(5.0)) == (60, 10)
    budget.update(5.0, 120, None)
    assert (budget.limit, budget.available(5.0)) == (120, 20)


def test_a_refusal_stops_everything_for_as_long_as_was_asked() -> None:
    budget = CallBudget()
    budget.pause(10.0, 30.0)
    assert budget.delay(10.0, urgent=True) == 30.0
    assert budget.delay(39.0, urgent=True) == 1.0
    assert budget.delay(40.0, urgent=True) == 0.0
    budget.pause(40.0, 5.0)
    budget.pause(40.0, 1.0)
    assert budget.delay(40.0, urgent=True) == 5.0


@pytest.mark.parametrize("limit", [1, 2, 5, 60, 200])
@pytest.mark.parametrize("urgent", [True, False])
def test_whoever_waits_as_reported_may_call(limit: int, urgent: bool) -> None:
    budget = CallBudget(limit=limit)
    now = 7.0
    for _ in range(3 * limit):
        now += budget.delay(now, urgent=urgent) + 1e-6
        assert budget.delay(now, urgent=urgent) == 0.0
        budget.count(now)


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
    budget, now = CallBudget(), 1.0
    for pause, what, number in steps:
        now += pause
        match what:
            case "spend":
                budget.count(now)
            case "wait":
                assert budget.delay(now, urgent=number % 2 == 0) >= 0.0
            case "learn":
                budget.update(now, number, None)
            case _:
                budget.pause(now, float(number))
        assert 0 <= budget.available(now) <= budget.limit


def test_the_budget_says_for_how_long_the_platform_takes_no_call_and_when_it_last_told() -> None:
    budget = CallBudget()
    assert budget.paused(0.0) == 0.0
    budget.update(1.0, None, None)
    assert _told_at(budget) is None
    budget.update(2.0, 60, 12)
    budget.pause(3.0, 20.0)
    assert [budget.paused(at) for at in (8.0, 30.0)] == [15.0, 0.0]
    assert _told_at(budget) == 2.0


def _told_at(budget: CallBudget) -> float | None:
    return budget.told_at


@given(st.integers(1, 30), st.integers(1, 300))
def test_tills_that_share_a_key_stay_within_its_limit_together(tills: int, limit: int) -> None:
    budgets = [CallBudget(callers=tills) for _ in range(tills)]
    for budget in budgets:
        budget.update(0.0, limit, None)
        budget.delay(0.0, urgent=True)
    minutes, made = 5, 0
    for second in range(60 * minutes):
        for budget in budgets:
            while not budget.delay(float(second), urgent=True):
                budget.count(float(second))
                made += 1
    assert made <= max(limit, tills) * (minutes + 1) + tills
