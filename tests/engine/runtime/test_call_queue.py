"""Which call goes first where calls are short."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from engine.engine_fixture import PATIENCE
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.engine.runtime.call_queue import CallQueue, Priority
from xumm_desk.engine.runtime.tasks import TaskGroup

pytestmark = pytest.mark.anyio


class HandClock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        """The wall clock, standing still."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """Seconds."""
        return self.at


async def test_a_long_file_of_new_requests_does_not_hold_back_what_is_signed() -> None:
    tasks, budget, clock = TaskGroup(), CallBudget(), HandClock()
    budget.update(clock.monotonic(), 600, 0)
    calls, made = CallQueue(budget, clock, tasks), list[Priority]()
    done = asyncio.Event()

    async def call(urgency: Priority, _about: str) -> None:
        made.append(urgency)
        if len(made) == 8:
            done.set()

    calls.start()
    for number in range(7):
        calls.schedule(f"new {number}", Priority.PERSON, partial(call, Priority.PERSON))
    for count in range(1, 9):
        if count == 3:
            calls.schedule("signed", Priority.MONEY, partial(call, Priority.MONEY))
        clock.at += 0.101  # one call more, at ten a second
        async with asyncio.timeout(PATIENCE):
            while len(made) < count:  # noqa: ASYNC110 - the queue looks at the clock by itself
                await asyncio.sleep(0.01)
    assert done.is_set()
    await tasks.stop()
    assert made.index(Priority.MONEY) == 2
