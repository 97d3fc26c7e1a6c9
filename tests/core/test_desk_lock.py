"""No sequence of tries, restarts and waits gets more tries at a PIN than the delays allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.desk_lock import (
    FIRST_DELAY,
    FREE_TRIES,
    LONGEST_DELAY,
    LockState,
    delay_after,
    pin_error,
)


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "٤٧١١", "1 47", "-147"])
def test_a_pin_has_four_to_twelve_digits(pin: str) -> None:
    assert "digits" in pin_error(pin)


@pytest.mark.parametrize("pin", ["0000", "111111", "1234", "4321", "456789"])
def test_a_pin_that_anybody_tries_first_is_refused(pin: str) -> None:
    assert "first" in pin_error(pin)


@pytest.mark.parametrize("pin", ["1357", "4711", "123456789012", "0420"])
def test_other_pins_are_taken(pin: str) -> None:
    assert pin_error(pin) == ""


def test_delays_begin_after_three_and_double_up_to_five_minutes() -> None:
    assert [delay_after(n) for n in range(-1, 12)] == [
        *[0.0] * 4, 5, 10, 20, 40, 80, 160, 300, 300, 300
    ]  # fmt: skip
    assert delay_after(10**9) == LONGEST_DELAY


def test_a_try_counts_as_wrong_before_it_is_compared() -> None:
    state = LockState.at_start(True, 0, 0.0).begin_try(0.0)
    assert state is not None
    assert state.failed == 1
    assert state.begin_try(0.0) is None, "one at a time"
    assert state.right(0.0).failed == 0
    assert state.wrong().failed == 1


def test_without_a_pin_nothing_is_locked_or_tried() -> None:
    state = LockState.at_start(False, 7, 0.0)
    assert not state.locked
    assert not state.lock().locked
    assert state.begin_try(1e9) is None


def test_a_desk_with_a_pin_opens_locked_and_the_right_pin_alone_unlocks_nothing() -> None:
    state = LockState.at_start(True, 0, 0.0)
    assert state.locked
    tried = state.begin_try(0.0)
    assert tried is not None
    assert tried.right(0.0).locked, "a single action may have been meant"
    assert not tried.right(0.0).unlock().locked


def test_a_new_pin_leaves_a_locked_desk_locked_and_none_opens_it() -> None:
    state = LockState.at_start(True, 9, 0.0)
    assert state.with_pin(True, 5.0).locked
    assert state.with_pin(True, 5.0).wait(5.0) == 0
    assert not state.with_pin(False, 5.0).locked


STEP = st.one_of(
    st.just("try"),
    st.just("restart"),
    st.just("end while comparing"),
    st.floats(0, 400, allow_nan=False).map(lambda seconds: seconds),
)


def most_tries(seconds: float) -> int:
    """The most wrong tries that the delays leave room for in so many seconds."""
    tries, at = 0, 0.0
    while at <= seconds + 1e-6:
        tries += 1
        at += delay_after(tries)
    return tries


@given(st.lists(STEP, max_size=80), st.floats(-1e6, 1e6))
def test_wrong_tries_never_outrun_the_delays(steps: list[str | float], boot: float) -> None:
    """A restart keeps what is on disk, and its clock begins anywhere."""
    passed, stored, tries = 0.0, 0, 0
    state = LockState.at_start(True, stored, boot)
    for step in steps:
        if isinstance(step, float):
            passed += step
            continue
        if step != "restart":
            tried = state.begin_try(boot + passed)
            if tried is not None:
                tries, stored = tries + 1, tried.failed
                state = tried.wrong()
        if step != "try":
            boot = -passed + tries * 17.0
            state = LockState.at_start(True, stored, boot + passed)
    assert tries <= most_tries(passed)
    assert state.locked


@given(st.integers(-(10**12), 10**12))
def test_whatever_the_file_says_the_wait_is_bounded(failed: int) -> None:
    wait = LockState.at_start(True, failed, 50.0).wait(50.0)
    assert 0 <= wait <= LONGEST_DELAY
    assert (wait == 0) is (failed < FREE_TRIES)
    assert wait == 0 or wait >= FIRST_DELAY
