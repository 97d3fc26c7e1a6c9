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
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.api_answers import Snapshot
from xumm_desk.engine.runtime.registry import RequestRow

pytestmark = pytest.mark.anyio


def set_mark(engine: EngineUnderTest, status: str, finished: int) -> None:
    with closing(sqlite3.connect(engine.configuration().journal_path)) as db, db:
        db.execute("UPDATE requests SET status = ?, finished = ?", (status, finished))


def mark(engine: EngineUnderTest) -> tuple[str, int]:
    with closing(sqlite3.connect(engine.configuration().journal_path)) as db:
        found: tuple[str, int] = db.execute("SELECT status, finished FROM requests").fetchone()
    return found


async def test_a_finished_request_that_is_marked_open_is_reported_once(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create()
    await engine.sim.phone.decline(engine.uuid(identifier))
    await engine.status(identifier, Status.DECLINED)
    await engine.close()
    assert mark(engine) == ("declined", 1)
    set_mark(engine, "opened", 0)
    before = await engine.open()
    assert [row.identifier for row in before] == [identifier]
    await engine.close()
    assert mark(engine) == ("declined", 1)
    assert await engine.open() == []


async def test_an_open_request_that_is_marked_finished_is_followed(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    await engine.close()
    set_mark(engine, "paid", 1)
    before = await engine.open()
    assert [row.identifier for row in before] == [identifier]
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)


async def test_a_crash_between_an_end_and_its_mark_is_not_possible(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.writer_thread._MAX_GROUP", 1)
    marks: list[tuple[str, int]] = []
    identifier = await engine.create()
    engine.desk.on_rows(lambda _: marks.append(mark(engine)))
    await engine.sim.phone.decline(engine.uuid(identifier))
    await engine.status(identifier, Status.DECLINED)
    # The screen tells of the end once its fact is on the disk: by then the mark is there too.
    assert marks[-1] == ("declined", 1)


async def test_a_bug_in_judging_keeps_no_fact_from_the_disk(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    judged = asyncio.Event()

    def broken(request: Request, *, ledger: bool, network: str = "") -> Verdict:
        if request.resolved:
            judged.set()
            raise ValueError("a bug")
        return judge(request, ledger=ledger, network=network)

    with monkeypatch.context() as patched:
        patched.setattr("xumm_desk.engine.runtime.registry.judge", broken)
        await engine.sim.phone.decline(engine.uuid(identifier))
        async with asyncio.timeout(PATIENCE):
            await judged.wait()
        facts = await engine.desk.facts(identifier)
    answers = [one.value for one in facts if isinstance(one.value, Snapshot)]
    assert any(one.resolved for one in answers)
    await engine.close()
    await engine.open()
    await engine.status(identifier, Status.DECLINED)


async def test_a_hint_is_on_the_screen_and_its_mark_comes_with_the_next_word_about_money(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create()
    await engine.until(identifier, lambda row: row.request.platform is not None)
    # Told here and not by the phone: the platform's next answer, whenever it comes, shall not know.
    hint = '{"opened":true}'
    engine.desk.record(
        identifier, fact_from_frame(engine.desk.clock.now(), hint, frames.parse_frame(hint))
    )
    await engine.status(identifier, Status.OPENED)

    def read_as_opened(row: RequestRow) -> bool:
        return row.request.platform is not None and row.request.platform.app_opened

    kept = [one.value for one in await engine.desk.facts(identifier)]
    assert frames.Opened() in kept
    assert mark(engine) == ("waiting", 0)
    await engine.sim.phone.scan(engine.uuid(identifier))
    engine.desk.refresh(identifier)
    await engine.until(identifier, read_as_opened)
    await engine.desk.engine.journal.durable()
    assert mark(engine) == ("opened", 0)
