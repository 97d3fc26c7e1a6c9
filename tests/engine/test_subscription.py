"""A program's own view of one request: whatever is lost on the way, it hears the end once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.engine.subscription import Event, UnknownRequestError

from .faultbook import FaultBook
from .house import PATIENCE, QUICK, House, open_house

pytestmark = pytest.mark.anyio


class Program:
    """Collects what its callback is given; ends with the resolve message."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def __call__(self, event: Event) -> object:
        """The callback."""
        self.heard.append(dict(event.data))
        return event.data if "signed" in event.data else None

    @property
    def ends(self) -> int:
        """How often the end was told."""
        return sum("signed" in message for message in self.heard)


async def ends(house: House, uuid: str, program: Program) -> Any:
    """The value with which a subscription of `uuid` ends, with the socket's message lost."""
    subscription = await house.desk.subscribe(uuid, program)
    try:
        async with asyncio.timeout(PATIENCE):
            while not any("message" in heard for heard in program.heard):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await house.sim.phone.sign(uuid)
            return await subscription.resolved
    finally:
        await subscription.close()


async def posted(house: House) -> str:
    """A request that only the platform knows, so that every GET is the subscription's."""
    answer = await house.desk.platform.create(house.order())
    return str(getattr(answer, "value", {})["uuid"])


async def test_it_ends_with_the_resolve_message(house: House) -> None:
    uuid = await posted(house)
    program = Program()
    assert (await ends(house, uuid, program))["signed"] is True
    assert program.ends == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"drop_frames": ["resolved"]},
        {"drop_frames": ["resolved"], "publish_before_store_ms": 500},
        {"drop_socket_after": 3, "drop_frames": ["resolved"], "publish_before_store_ms": 500},
        {"drop_socket_after": 2},
        {"publish_before_store_ms": 500},
        {"repeat_frames": 4},
    ],
    ids=str,
)
async def test_an_end_that_the_socket_did_not_tell_is_read(
    tmp_path: Path, switches: dict[str, Any], report: FaultBook
) -> None:
    # With no redial for silence: that would bring a look of its own.
    async with open_house(tmp_path, pace=replace(QUICK, silence=60.0)) as house:
        uuid = await posted(house)
        house.sim.switches.update(switches)
        program = Program()
        assert (await ends(house, uuid, program))["signed"] is True
        assert program.ends == 1
        how = ", ".join(f"`{k}={v}`" for k, v in switches.items())
        report(house, f"a program's subscription: {', '.join(switches)}", how, "told once", gets=80)


async def test_a_request_that_nobody_knows_ends_with_an_error(house: House) -> None:
    subscription = await house.desk.subscribe("8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f", Program())
    with pytest.raises(UnknownRequestError):
        async with asyncio.timeout(PATIENCE):
            await subscription.resolved
    await subscription.close()


async def test_what_the_callback_raises_after_a_later_look_ends_it(tmp_path: Path) -> None:
    async with open_house(tmp_path, pace=replace(QUICK, silence=60.0)) as house:
        uuid = await posted(house)
        house.sim.switches.update({"drop_frames": ["resolved"], "publish_before_store_ms": 500})

        class Grumpy(Program):
            def __call__(self, event: Event) -> object:
                super().__call__(event)
                if "signed" in event.data:
                    raise ValueError("no")
                return None

        with pytest.raises(ValueError, match="no"):
            await ends(house, uuid, Grumpy())
