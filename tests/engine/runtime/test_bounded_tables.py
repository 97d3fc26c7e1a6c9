"""A process that stays open for a month: what the engine remembers of a request goes with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from engine.engine_fixture import FAST_TIMING, EngineUnderTest, running_engine
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRegistry

pytestmark = pytest.mark.anyio

COUNT: Final = 24
OURS: Final = "xumm_desk.engine."


def tables(part: object, name: str, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Every container with entries of requests in the engine, by its place."""
    if id(part) in seen or isinstance(
        part, RequestRegistry
    ):  # the registry holds the requests themselves
        return
    seen.add(id(part))
    names = [*getattr(part, "__slots__", ()), *getattr(part, "__dict__", ())]
    for attribute in names:
        value: Any = getattr(part, attribute, None)
        where = f"{name}.{attribute}"
        if isinstance(value, dict | set | list) or type(value).__name__ == "deque":
            assert isinstance(value, Sized)
            yield where, len(value)
        if type(value).__module__.startswith(OURS):
            yield from tables(value, where, seen)


async def all_quiet(engine: EngineUnderTest) -> None:
    """Wait until nothing is followed, asked or planned any more."""
    async with asyncio.timeout(engine.patience):
        while engine.desk.health().sockets_wanted:  # noqa: ASYNC110 - sweeps end it by themselves
            await asyncio.sleep(0.02)


async def test_no_table_keeps_an_entry_of_a_request_that_is_over(tmp_path: Path) -> None:
    timing = replace(FAST_TIMING, listen_after_end=0.1)
    async with running_engine(tmp_path, timing=timing) as engine:
        before = dict(tables(engine.desk, "desk", set()))
        names = [await engine.create(tag=str(number)) for number in range(COUNT)]
        for number, name in enumerate(names):
            act = engine.sim.phone.decline if number % 3 == 0 else engine.sim.phone.sign
            await act(engine.uuid(name))
        for number, name in enumerate(names):
            await engine.status(name, Status.DECLINED if number % 3 == 0 else Status.PAID)
        await all_quiet(engine)
        # Calls that were planned for later find their request over and are dropped in their turn.
        async with asyncio.timeout(engine.patience):
            while True:
                after = dict(tables(engine.desk, "desk", set()))
                grown = {
                    where: count
                    for where, count in after.items()
                    if count >= before.get(where, 0) + COUNT // 3
                }
                if not grown:
                    break
                await asyncio.sleep(0.1)


async def test_the_table_walk_finds_what_grows(tmp_path: Path) -> None:
    """So that the test above cannot pass by looking at nothing."""
    async with running_engine(tmp_path) as engine:
        for _ in range(3):
            await engine.create()
        found = dict(tables(engine.desk, "desk", set()))
        assert found["desk._watchers._watchers"] == 3
        assert len(found) > 20
