"""Which call goes first where calls are short."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from xumm_desk.assembly import SystemClock
from xumm_desk.core.pace import Budget
from xumm_desk.engine.calls import Calls, Urgency
from xumm_desk.engine.tasks import TaskOwner

pytestmark = pytest.mark.anyio


async def test_a_long_file_of_new_requests_does_not_hold_back_what_is_signed() -> None:
    tasks, budget, clock = TaskOwner(), Budget(), SystemClock()
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
    await asyncio.sleep(0.25)
    calls.want("signed", Urgency.MONEY, partial(call, Urgency.MONEY))
    try:
        async with asyncio.timeout(5):
            await done.wait()
    finally:
        await tasks.stop()
    assert made.index(Urgency.MONEY) <= 3
