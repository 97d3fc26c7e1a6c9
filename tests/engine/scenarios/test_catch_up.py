"""Before the first sale after a start: every request of before is read again, within patience."""

from __future__ import annotations

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest
from engine.fault_report import FaultReport
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import duplicate_sales
from xumm_desk.engine import catch_up

pytestmark = pytest.mark.anyio


async def test_all_that_was_unfinished_is_reported_before_the_wait_ends(
    engine: EngineUnderTest,
) -> None:
    names = [await engine.create(amount=f"{n}.5") for n in range(1, 4)]
    done = await engine.create(amount="9")
    await engine.sim.phone.decline(engine.uuid(done))
    await engine.status(done, Status.DECLINED)
    first = engine.uuid(names[0])
    await engine.close()
    await engine.sim.phone.sign(first)
    await engine.open()
    state = await engine.desk.wait_caught_up(10.0)
    assert (state.total, state.remaining) == (3, 0)
    await engine.status(names[0], Status.PAID)
    assert engine.desk.catch_up_state() == catch_up.CatchUpState(3, 0, frozenset())


async def test_an_intent_without_an_answer_counts_until_it_is_cleared_up(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.lose_post_answer = 1
    spec = engine.spec()
    await engine.desk.create(spec)
    engine.sim.switches.refuse = "close"
    await engine.close()
    await engine.open()
    state = await engine.desk.wait_caught_up(0.3)
    assert (state.remaining, state.not_reread) == (1, frozenset({spec.identifier}))
    engine.sim.switches.refuse = "off"
    assert (await engine.desk.wait_caught_up(10.0)).remaining == 0


async def test_a_platform_that_is_down_ends_the_wait_early(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "PLATFORM_DOWN_AFTER", 0.2)
    name = await engine.create()
    await engine.close()
    engine.sim.switches.refuse = "close"
    engine.sim.switches.refuse_sockets = True
    await engine.open()
    before = engine.desk.clock.monotonic()
    state = await engine.desk.wait_caught_up(60.0)
    assert engine.desk.clock.monotonic() - before < 30
    assert (state.total, state.remaining, state.not_reread) == (1, 1, frozenset({name}))


async def test_a_socket_that_reports_time_left_lets_the_sale_go_on_and_the_guard_asks(
    engine: EngineUnderTest,
) -> None:
    name = await engine.create(amount="4")
    await engine.close()
    engine.sim.switches.http_429_every = 1
    await engine.open()
    state = await engine.desk.wait_caught_up(10.0)
    assert (state.remaining, state.not_reread) == (0, frozenset({name}))

    def found(unread: frozenset[str]) -> list[str]:
        registry = [row.request for row in engine.desk.rows()]
        again = engine.spec(amount="4")
        return [
            r.message for r in duplicate_sales(again, registry, lambda _: Status.WAITING, unread)
        ]

    [sentence] = found(state.not_reread)
    assert "may still be paid" in sentence
    assert found(frozenset()) == []


async def test_fifty_requests_of_all_kinds_after_a_crash(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    plan = {
        "pays": (10, Status.PAID),
        "declines": (8, Status.DECLINED),
        "tec": (4, Status.FAILED),
        "wrong_amount": (4, Status.CHECK),
        "unreported": (4, Status.PAID),
        "opens": (6, Status.OPENED),
        "never": (14, Status.WAITING),
    }
    meant: dict[str, Status] = {}
    doing: dict[str, str] = {}
    for way, (count, ends) in plan.items():
        for _ in range(count):
            identifier = await engine.create(tag=str(1000 + len(meant)))
            meant[identifier], doing[engine.uuid(identifier)] = ends, way
    assert len(meant) == 50
    await engine.crash()
    for uuid, way in doing.items():
        match way:
            case "declines":
                await engine.sim.phone.decline(uuid)
            case "opens":
                await engine.sim.phone.scan(uuid)
            case "never":
                continue
            case _:
                await engine.sim.phone.sign(uuid, behaviour=way)
    before = engine.gets()
    await engine.open()
    state = await engine.desk.wait_caught_up(PATIENCE)
    assert (state.total, state.remaining) == (50, 0)
    for identifier, ends in meant.items():
        row = await engine.status(identifier, ends)
        shown = engine.history[identifier]
        if ends is not Status.PAID:
            assert Status.PAID not in shown
        assert row.request.uuid in doing
    assert len(engine.sim.platform.payloads) == 50
    report(
        engine,
        "a crash with fifty requests of seven kinds open, phones act while nobody looks",
        "tasks ended as by a kill; phones pay, decline, fail, open",
        "as the books say",
        gets=250,
        since=before,
    )
