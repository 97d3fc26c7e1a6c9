"""The desk of a monitor shows what the journal holds, and neither asks nor writes anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Failure
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import SocketState
from xumm_desk.setup.composition import Composition

from .engine_fixture import FAST_TIMING, EngineUnderTest, running_engine

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


@asynccontextmanager
async def as_monitor(engine: EngineUnderTest) -> AsyncIterator[Desk]:
    """The engine's folder, opened as a monitor's after the till there was closed."""
    configuration = replace(engine.configuration(), monitor=True)
    await engine.close()
    made = Composition(configuration, None, timing=FAST_TIMING)
    try:
        desk = made.build_desk()
        await desk.start()
        yield desk
    finally:
        await made.close()


async def test_what_a_till_left_open_in_the_folder_is_shown_and_not_followed(
    tmp_path: Path,
) -> None:
    async with running_engine(tmp_path) as engine:
        waiting, paid = await engine.create(), await engine.create()
        await engine.sim.phone.sign(engine.uuid(paid))
        await engine.status(paid, Status.PAID)
        before = len(await engine.desk.facts(waiting))
        uuid = engine.uuid(waiting)
        async with as_monitor(engine) as desk:
            engine.sim.calls.clear()
            await engine.sim.phone.sign(uuid)
            desk.refresh(waiting)
            assert await desk.on_hint(uuid) is None
            assert desk.watch_account(engine.sim.shop) == ""
            assert desk.catch_up_state().total == 0
            for name, status in ((waiting, Status.WAITING), (paid, Status.PAID)):
                row = desk.row(name)
                assert row is not None
                assert row.verdict.status is status
                assert row.socket_state is SocketState.NONE
            await desk.tasks.stop()
            assert len(await desk.facts(waiting)) == before
            asked = {call for call in engine.sim.calls if "/practice" not in call}
            assert asked == set()


async def test_whatever_would_write_is_refused(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        identifier, spec = await engine.create(), engine.spec()
        async with as_monitor(engine) as desk:
            before = await desk.facts(identifier)
            decision = Decision(DecisionKind.NOTE, "Anna", "seen")
            assert await desk.decide(identifier, decision) == READ_ONLY
            assert await desk.close(identifier) == READ_ONLY
            assert await desk.resend(identifier) == READ_ONLY
            assert await desk.assign("AB" * 32, identifier) == READ_ONLY
            assert await desk.refund_balances(identifier) == READ_ONLY
            assert await desk.allocate_tag(TagRange(1, 9)) == READ_ONLY
            assert isinstance(await desk.cancel(identifier), Failure)
            assert isinstance(await desk.ping(), Failure)
            for refused in (desk.create(spec), desk.allocate_sale_number("1", "day")):
                with pytest.raises(JournalError):
                    await refused
            assert await desk.facts(identifier) == before
            assert desk.row(spec.identifier) is None
            assert not desk.health().asks
