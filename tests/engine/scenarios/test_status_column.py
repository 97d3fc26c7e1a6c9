"""The mark of a finished request, beside its facts in the journal: together with the fact that
ends it, and mended at a start where an older program or a power cut left a wrong one."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest
from xumm_desk.core.state.facts import fact_from_frame
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import Verdict, judge
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.api_answers import Snapshot
from xumm_desk.engine.runtime.registry import RequestRow

pytestmark = pytest.mark.anyio


def set_mark(house: EngineUnderTest, status: str, finished: int) -> None:
    with closing(sqlite3.connect(house.configuration().journal_path)) as db, db:
        db.execute("UPDATE requests SET status = ?, finished = ?", (status, finished))


def mark(house: EngineUnderTest) -> tuple[str, int]:
    with closing(sqlite3.connect(house.configuration().journal_path)) as db:
        found: tuple[str, int] = db.execute("SELECT status, finished FROM requests").fetchone()
    return found


async def test_a_finished_request_that_is_marked_open_is_told_once(house: EngineUnderTest) -> None:
    identifier = await house.create()
    await house.sim.phone.decline(house.uuid(identifier))
    await house.status(identifier, Status.DECLINED)
    await house.close()
    assert mark(house) == ("declined", 1)
    set_mark(house, "opened", 0)
    before = await house.open()
    assert [row.identifier for row in before] == [identifier]
    await house.close()
    assert mark(house) == ("declined", 1)
    assert await house.open() == []


async def test_an_open_request_that_is_marked_finished_is_followed(house: EngineUnderTest) -> None:
    identifier = await house.create()
    await house.live(identifier)
    await house.close()
    set_mark(house, "paid", 1)
    before = await house.open()
    assert [row.identifier for row in before] == [identifier]
    await house.sim.phone.sign(house.uuid(identifier))
    await house.status(identifier, Status.PAID)


async def test_a_crash_between_an_end_and_its_mark_is_not_possible(
    house: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._MAX_GROUP", 1)
    marks: list[tuple[str, int]] = []
    identifier = await house.create()
    house.desk.on_rows(lambda _: marks.append(mark(house)))
    await house.sim.phone.decline(house.uuid(identifier))
    await house.status(identifier, Status.DECLINED)
    # The screen tells of the end once its fact is on the disk: by then the mark is there too.
    assert marks[-1] == ("declined", 1)


async def test_a_bug_in_judging_keeps_no_fact_from_the_disk(
    house: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await house.create()
    await house.live(identifier)
    judged = asyncio.Event()

    def broken(request: Request, *, ledger: bool, network: str = "") -> Verdict:
        if request.resolved:
            judged.set()
            raise ValueError("a bug")
        return judge(request, ledger=ledger, network=network)

    with monkeypatch.context() as patched:
        patched.setattr("xumm_desk.engine.runtime.registry.judge", broken)
        await house.sim.phone.decline(house.uuid(identifier))
        async with asyncio.timeout(PATIENCE):
            await judged.wait()
        facts = await house.desk.facts(identifier)
    answers = [one.value for one in facts if isinstance(one.value, Snapshot)]
    assert any(one.resolved for one in answers)
    await house.close()
    await house.open()
    await house.status(identifier, Status.DECLINED)


async def test_a_hint_is_on_the_screen_and_its_mark_comes_with_the_next_word_about_money(
    house: EngineUnderTest,
) -> None:
    identifier = await house.create()
    await house.until(identifier, lambda row: row.request.platform is not None)
    # Told here and not by the phone: the platform's next answer, whenever it comes, shall not know.
    hint = '{"opened":true}'
    house.desk.record(
        identifier, fact_from_frame(house.desk.clock.now(), hint, frames.parse_frame(hint))
    )
    await house.status(identifier, Status.OPENED)

    def read_as_opened(row: RequestRow) -> bool:
        return row.request.platform is not None and row.request.platform.app_opened

    kept = [one.value for one in await house.desk.facts(identifier)]
    assert frames.Opened() in kept
    assert mark(house) == ("waiting", 0)
    await house.sim.phone.scan(house.uuid(identifier))
    house.desk.refresh(identifier)
    await house.until(identifier, read_as_opened)
    await house.desk.durable()
    assert mark(house) == ("opened", 0)
