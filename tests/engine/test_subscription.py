"""A program's own view of one request: whatever is lost on the way, it gets the end once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import xumm_desk
from xumm_desk.core.wire.api_answers import ApiAnswer
from xumm_desk.engine.subscription import Event, UnknownRequestError

from .engine_fixture import FAST_TIMING, PATIENCE, EngineUnderTest, running_engine
from .fault_report import FaultReport

pytestmark = pytest.mark.anyio

STEPS = ("opened", "pre_signed", "dispatched", "signed")


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


async def ends(engine: EngineUnderTest, uuid: str, program: Program) -> Any:
    """The value with which a subscription of `uuid` ends, with the socket's message lost."""
    subscription = await engine.desk.subscribe(uuid, program)
    try:
        async with asyncio.timeout(PATIENCE):
            while not any("message" in heard for heard in program.heard):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await engine.sim.phone.sign(uuid)
            return await subscription.resolved
    finally:
        await subscription.close()


async def posted(engine: EngineUnderTest) -> str:
    """A request that only the platform knows, so that every GET is the subscription's."""
    answer = await engine.desk.engine.platform.create(engine.spec())
    return str(getattr(answer, "value", {})["uuid"])


async def test_it_ends_with_the_resolve_message(engine: EngineUnderTest) -> None:
    uuid = await posted(engine)
    program = Program()
    assert (await ends(engine, uuid, program))["signed"] is True
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
    tmp_path: Path, switches: dict[str, Any], report: FaultReport
) -> None:
    # With no redial for silence: that would bring a look of its own.
    async with running_engine(tmp_path, timing=replace(FAST_TIMING, socket_silence=60.0)) as engine:
        uuid = await posted(engine)
        engine.sim.switches.update(switches)
        program = Program()
        assert (await ends(engine, uuid, program))["signed"] is True
        assert program.ends == 1
        how = ", ".join(f"`{k}={v}`" for k, v in switches.items())
        report(
            engine, f"a program's subscription: {', '.join(switches)}", how, "told once", gets=80
        )


async def test_steps_that_were_missed_are_reported_before_the_end(engine: EngineUnderTest) -> None:
    uuid = await posted(engine)
    engine.sim.switches.drop_frames = ["opened", "pre_signed", "dispatched", "resolved"]
    heard: list[tuple[str, bool]] = []
    told_of: list[Event] = []

    def on_event(event: Event) -> object:
        told_of.append(event)
        heard.extend((key, event.recovered) for key in STEPS if key in event.data)
        return True if "signed" in event.data else None

    subscription = await engine.desk.subscribe(uuid, on_event)
    async with asyncio.timeout(PATIENCE):
        while not told_of:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await engine.sim.phone.sign(uuid)
        await engine.sim.status_socket.close_all()
        await subscription.resolved
    await subscription.close()
    # The platform may write the dispatch after the end; then nobody can tell it before.
    known = [one for one in heard if one[0] != "dispatched"]
    assert known == [(step, True) for step in STEPS if step != "dispatched"]
    assert heard[-1] == ("signed", True)
    assert told_of[-1].payload is not None


async def test_what_names_a_request(engine: EngineUnderTest) -> None:
    created = await engine.desk.engine.platform.create(engine.spec())
    assert isinstance(created, ApiAnswer)
    uuid = str(created.value["uuid"])
    read = await engine.desk.engine.platform.get_payload(uuid)
    assert isinstance(read, ApiAnswer)
    row = await engine.until(await engine.create(), lambda row: row.request.uuid is not None)
    for payload in (uuid, uuid.upper(), f" {uuid}\n", created.value, read.value, row):
        program = Program()
        subscription = await engine.desk.subscribe(payload, program)
        assert subscription.uuid == (row.request.uuid if payload is row else uuid)
        async with asyncio.timeout(PATIENCE):
            while not program.heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert "Welcome" in program.heard[0]["message"]
        await subscription.close()


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("", "not the uuid"),
        ("https://xumm.app/sign/8d9d0e34", "not the uuid"),
        (None, "type NoneType"),
        (7, "type int"),
        (["8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f"], "type list"),
        ({}, "names no request"),
        ({"meta": {"exists": False}}, "names no request"),
        ({"uuid": [7], "meta": "x"}, "names no request"),
        ({"uuid": "yes"}, "not the uuid"),
    ],
)
async def test_what_names_none_is_refused_before_anything_is_begun(
    engine: EngineUnderTest, payload: Any, words: str
) -> None:
    before = len(asyncio.all_tasks())
    with pytest.raises(ValueError, match=words):
        await engine.desk.subscribe(payload, Program())
    with pytest.raises(ValueError, match=words):
        await xumm_desk.subscribe(payload, Program())
    assert len(asyncio.all_tasks()) == before


async def test_a_callback_that_is_cancelled_ends_it(engine: EngineUnderTest) -> None:
    def on_event(_: Event) -> object:
        raise asyncio.CancelledError

    subscription = await engine.desk.subscribe(await posted(engine), on_event)
    with pytest.raises(RuntimeError, match="cancelled"):
        async with asyncio.timeout(PATIENCE):
            await subscription.resolved
    await subscription.close()


async def test_a_request_that_nobody_knows_ends_with_an_error(engine: EngineUnderTest) -> None:
    subscription = await engine.desk.subscribe("8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f", Program())
    with pytest.raises(UnknownRequestError):
        async with asyncio.timeout(PATIENCE):
            await subscription.resolved
    await subscription.close()


async def test_what_the_callback_raises_after_a_later_look_ends_it(tmp_path: Path) -> None:
    async with running_engine(tmp_path, timing=replace(FAST_TIMING, socket_silence=60.0)) as engine:
        uuid = await posted(engine)
        engine.sim.switches.update({"drop_frames": ["resolved"], "publish_before_store_ms": 500})

        class Grumpy(Program):
            def __call__(self, event: Event) -> object:
                super().__call__(event)
                if "signed" in event.data:
                    raise ValueError("no")
                return None

        with pytest.raises(ValueError, match="no"):
            await ends(engine, uuid, Grumpy())
