"""Which steps of the set-up are done, and where it is taken up again."""

from __future__ import annotations

import pytest

from xumm_desk.core.settings import Settings
from xumm_desk.ui.first_run.steps import (
    ADDRESS,
    DONE,
    KEYS,
    PRACTICE,
    PRICES,
    SCREEN,
    STEPS,
    SetupState,
    first_step,
    is_done,
    is_unfinished,
    later_of,
)

SHOP = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"


def done(furthest: str, *, desk: bool = True, paid: bool = False, **values: str) -> list[str]:
    state = SetupState(Settings(**values), desk, paid, furthest)  # type: ignore[arg-type]
    return [step for step in STEPS if is_done(step, state)]


def test_a_new_shop_has_no_tick() -> None:
    assert done("", desk=False) == []


def test_ticks_are_of_what_is_set_up_and_of_steps_that_were_left_behind() -> None:
    assert done(SCREEN, destination=SHOP) == [KEYS, ADDRESS, PRICES]
    assert done(DONE, destination=SHOP, paid=True) == list(STEPS)


def test_a_step_that_was_skipped_has_no_tick() -> None:
    assert ADDRESS not in done(DONE)
    assert PRACTICE not in done(DONE)
    assert PRICES not in done(DONE, shop_currency="")


@pytest.mark.parametrize("step", STEPS)
def test_it_is_taken_up_where_it_was_left(step: str) -> None:
    assert first_step(step) == step
    assert is_unfinished(step)
    assert later_of(KEYS, step) == step
    assert later_of(step, KEYS) == step
    assert later_of(DONE, step) == DONE


@pytest.mark.parametrize("saved", ["", DONE, "a step of a newer program"])
def test_else_it_begins_at_the_first_step(saved: str) -> None:
    assert first_step(saved) == KEYS
    assert not is_unfinished(saved)
