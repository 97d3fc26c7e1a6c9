"""Which call goes first where calls are short."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from xumm_desk.core.pace import Budget
from xumm_desk.engine.calls import Calls, Urgency
from xumm_desk.engine.tasks import TaskOwner

from .house import PATIENCE

pytestmark = pytest.mark.anyio


class HandClock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        """The wall clock, standing still."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    def mono(self) -> float:
        """Seconds."""
        return self.at


async def test_a_long_file_of_new_requests_does_not_hold_back_what_is_signed() -> None:
    tasks, budget, clock = TaskOwner(), Budget(), HandClock()
    budget.learn(clock.mono(), 600, 0)
    calls, made = Calls(budget, clock, tasks), list[Urgency]()
    done = asyncio.Event()

    async def call(urgency: Urgency, _about: str) -> None:
        made.append(urgency)
        if len(made) == 8:
            done.set()

    calls.start()
    for number in range(7):
        calls.want(f"new {number}", Urgency.PERSON, partial(call, Urgency.PERSON))
    for count in range(1, 9):
        if count == 3:
            calls.want("signed", Urgency.MONEY, partial(call, Urgency.MONEY))
        clock.at += 0.101  # one call more, at ten a second
        async with asyncio.timeout(PATIENCE):
            while len(made) < count:  # noqa: ASYNC110 - the queue looks at the clock by itself
                await asyncio.sleep(0.01)
    assert done.is_set()
    await tasks.stop()
    assert made.index(Urgency.MONEY) == 2
