"""The receiving account is looked at when it matters, and the report says what is known, since
when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest, running_engine
from engine.fast_loop import TimeSkippingClock, TimeSkippingLoop
from xumm_desk.core.account.finding import Finding, Kind, Severity
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.engine.ledger.account_check import AccountReport
from xumm_desk.net.ledger.account_state_reader import AccountStateReader
from xumm_desk.simulator import SimulatorOptions
from xumm_desk.simulator.ledger import account_settings
from xumm_desk.simulator.runtime.keys import wallet_for

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The engine's own waits, leapt over."""
    return "asyncio", {"loop_factory": TimeSkippingLoop}


TIMING = replace(Timing(), account_check_interval=200.0, account_check_blocked=30.0)
"""A real shop's, but for these two: a simulated hour has thousands of timers to leap over."""


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shop with nearly the waits of a real one."""
    clock = TimeSkippingClock(asyncio.get_running_loop())
    monkeypatch.setattr("xumm_desk.simulator.runtime.clock.time", clock)
    options = SimulatorOptions(ledger_interval=4.0, seed=1)
    async with running_engine(tmp_path, options=options, timing=TIMING, clock=clock) as one:
        yield one


def use(
    engine: EngineUnderTest, assets: Sequence[AcceptedAsset] = (XRP,), *, uses_tags: bool = False
) -> None:
    engine.desk.account_check.use(engine.sim.shop, assets, uses_tags)


def usd(engine: EngineUnderTest) -> AcceptedAsset:
    return AcceptedAsset("USD", engine.sim.issuer, decimals=2)


def set_shop(engine: EngineUnderTest, **changes: Any) -> None:
    account_settings.set_account(engine.sim.node_ledger, engine.sim.shop, changes)


def set_line(engine: EngineUnderTest, **changes: Any) -> None:
    line = {"holder": engine.sim.shop, "issuer": engine.sim.issuer, "currency": "USD"}
    account_settings.set_line(engine.sim.node_ledger, {**line, **changes})


def asked(engine: EngineUnderTest) -> int:
    """How many times the account was asked about, with XRP alone."""
    return engine.sim.calls.count("LEDGER", "account_info")


async def until(engine: EngineUnderTest, true: Callable[[AccountReport], bool]) -> AccountReport:
    """Wait for a report."""
    check, changed = engine.desk.account_check, asyncio.Event()
    leave = check.on_change(lambda _: changed.set())
    try:
        async with asyncio.timeout(PATIENCE * 100):
            while not true(check.report):
                changed.clear()
                await changed.wait()
    finally:
        leave()
    return check.report


def kinds(findings: Sequence[Finding]) -> list[Kind]:
    return [one.kind for one in findings]


async def test_nothing_is_asked_before_there_is_an_address(engine: EngineUnderTest) -> None:
    await asyncio.sleep(5)
    check = engine.desk.account_check
    assert (check.report, asked(engine)) == (AccountReport(), 0)
    assert await check.check_now() == AccountReport()
    use(engine)
    assert check.report == AccountReport(engine.sim.shop)
    assert check.report.severity is Severity.UNKNOWN
    report = await until(engine, lambda one: bool(one.findings))
    assert kinds(report.findings) == [Kind.RECEIVABLE]
    assert report.found_at is not None
    assert abs(engine.desk.clock.now() - report.found_at) < timedelta(seconds=60)
    assert check.blocking_reason(XRP) == ""


async def test_other_assets_tags_and_addresses_are_asked_about_at_once(
    engine: EngineUnderTest,
) -> None:
    set_shop(engine, requireDestinationTag=True)
    set_line(engine, exists=False)
    use(engine)
    report = await until(engine, lambda one: bool(one.findings))
    assert kinds(report.findings) == [Kind.NEEDS_TAG, Kind.RECEIVABLE]
    use(engine, [XRP, usd(engine)], uses_tags=True)
    assert engine.desk.account_check.report.findings == ()
    report = await until(engine, lambda one: bool(one.findings))
    assert kinds(report.findings) == [Kind.NO_LINE, Kind.SHARED_ADDRESS, Kind.RECEIVABLE]
    check = engine.desk.account_check
    assert check.blocking_reason(usd(engine)).startswith("USD cannot arrive")
    assert check.blocking_reason(XRP) == ""
    before = asked(engine)
    use(engine, [XRP, usd(engine)], uses_tags=True)
    await asyncio.sleep(5)
    assert asked(engine) == before
    check.use(wallet_for("nobody").address, [XRP], True)
    report = await until(engine, lambda one: bool(one.findings))
    assert kinds(report.findings) == [Kind.NOT_ON_LEDGER]
    assert "1.00 XRP" in report.findings[0].action
    check.use("", [XRP], True)
    assert check.report == AccountReport()


async def test_an_answer_to_an_old_question_is_no_answer(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, held = AccountStateReader.account_state, asyncio.Event()

    async def slow(self: AccountStateReader, account: str, assets: Any) -> Any:
        state = await right(self, account, assets)
        if account == engine.sim.shop:
            await held.wait()
        return state

    monkeypatch.setattr(AccountStateReader, "account_state", slow)
    reports: list[AccountReport] = []
    engine.desk.account_check.on_change(reports.append)
    use(engine)
    await asyncio.sleep(1)
    engine.desk.account_check.use(engine.sim.issuer, [XRP], False)
    held.set()
    await until(engine, lambda one: bool(one.findings))
    assert [one.address for one in reports if one.findings] == [engine.sim.issuer]


async def test_a_payment_that_bounced_is_a_reason_to_look(engine: EngineUnderTest) -> None:
    use(engine)
    await until(engine, lambda one: bool(one.findings))
    before = asked(engine)
    paid = await engine.create()
    await engine.sim.phone.sign(engine.uuid(paid))
    await engine.status(paid, Status.PAID)
    assert asked(engine) == before
    set_shop(engine, requireDestinationTag=True)
    failed = [await engine.create(tag="") for _ in range(3)]
    for name in failed:
        await engine.sim.phone.sign(engine.uuid(name))
    for name in failed:
        await engine.status(name, Status.FAILED)
    report = await until(engine, lambda one: one.severity is Severity.BLOCKS)
    assert kinds(report.findings) == [Kind.NEEDS_TAG, Kind.RECEIVABLE]
    await asyncio.sleep(30)
    assert asked(engine) - before <= 3


async def test_while_something_blocks_it_is_asked_again_sooner(engine: EngineUnderTest) -> None:
    assert Timing().account_check_blocked < Timing().account_check_interval
    use(engine)
    await until(engine, lambda one: bool(one.findings))
    await asyncio.sleep(180)
    assert asked(engine) == 1
    set_shop(engine, depositAuth=True)
    report = await until(engine, lambda one: one.severity is Severity.BLOCKS)
    assert asked(engine) == 2
    at = report.found_at
    assert at is not None
    set_shop(engine, depositAuth=False)
    report = await until(engine, lambda one: one.severity is Severity.FINE)
    assert asked(engine) == 3
    assert report.found_at is not None
    assert timedelta(seconds=29) < report.found_at - at < timedelta(seconds=60)


async def test_a_person_is_answered_at_once(engine: EngineUnderTest) -> None:
    use(engine)
    await until(engine, lambda one: bool(one.findings))
    set_shop(engine, depositAuth=True)
    check = engine.desk.account_check
    first, second = await asyncio.gather(check.check_now(), check.check_now())
    assert first == second == check.report
    assert kinds(first.findings) == [Kind.DEPOSIT_AUTH, Kind.RECEIVABLE]


async def test_while_no_node_answers_what_was_known_stays_and_that_is_said(
    engine: EngineUnderTest,
) -> None:
    set_shop(engine, depositAuth=True)
    use(engine)
    before = await until(engine, lambda one: bool(one.findings))
    engine.sim.switches.ledger_refuse = "503"
    for _ in range(2):
        report = await engine.desk.account_check.check_now()
        assert kinds(report.findings) == [Kind.DEPOSIT_AUTH, Kind.NOT_ASKED, Kind.RECEIVABLE]
        assert report.found_at == before.found_at
    engine.sim.switches.ledger_refuse = "off"
    set_shop(engine, depositAuth=False)
    report = await until(engine, lambda one: Kind.NOT_ASKED not in kinds(one.findings))
    assert kinds(report.findings) == [Kind.RECEIVABLE]


async def test_a_node_that_never_answered_leaves_nothing_known(engine: EngineUnderTest) -> None:
    engine.sim.switches.ledger_refuse = "503"
    use(engine)
    report = await until(engine, lambda one: bool(one.findings))
    assert (kinds(report.findings), report.found_at) == ([Kind.NOT_ASKED], None)
    assert report.severity is Severity.UNKNOWN
    engine.sim.switches.ledger_refuse = "off"
    report = await until(engine, lambda one: one.severity is Severity.FINE)
    assert report.found_at is not None


async def test_without_a_node_one_finding_says_so(tmp_path: Path) -> None:
    async with running_engine(tmp_path, ledger=False) as engine:
        use(engine)
        check = engine.desk.account_check
        report = await check.check_now()
        assert kinds(report.findings) == [Kind.NO_NODE]
        assert report.severity is Severity.UNKNOWN
        assert check.blocking_reason(XRP) == ""
        (found,) = await check.destination_findings(engine.sim.issuer, XRP)
        assert found.kind is Kind.NOT_ASKED
        assert "no ledger node is set up" in found.meaning


async def test_a_bug_behind_the_port_is_told_and_leaves_it_unknown(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> Any:
        raise ValueError("a bug")

    names: list[str] = []
    engine.desk.tasks.on_error(lambda name, _error: names.append(name))
    monkeypatch.setattr(AccountStateReader, "account_state", broken)
    with caplog.at_level("CRITICAL"):
        use(engine)
        report = await until(engine, lambda one: bool(one.findings))
    assert kinds(report.findings) == [Kind.NOT_ASKED]
    assert "an error of this program (ValueError)" in report.findings[0].meaning
    assert names == ["account state"]


async def test_what_a_refund_may_meet_is_asked_about_the_payer(engine: EngineUnderTest) -> None:
    check, payer = engine.desk.account_check, wallet_for("Ada").address
    assert await check.destination_findings(payer, usd(engine)) == ()
    account_settings.set_account(
        engine.sim.node_ledger, payer, {"requireDestinationTag": True, "depositAuth": True}
    )
    found = await check.destination_findings(payer, XRP)
    assert kinds(found) == [Kind.NEEDS_TAG, Kind.DEPOSIT_AUTH]
    found = await check.destination_findings(payer, XRP, has_tag=True)
    assert [one.blocks for one in found] == [True, False]
    account_settings.set_account(engine.sim.node_ledger, payer, {"exists": False})
    assert kinds(await check.destination_findings(payer, XRP)) == [Kind.NOT_ON_LEDGER]


async def test_an_address_that_is_not_saved_yet_is_looked_at_and_changes_no_report(
    engine: EngineUnderTest,
) -> None:
    use(engine)
    before = await until(engine, lambda report: report.found_at is not None)
    missing = wallet_for("nobody-has-paid-me").address
    found = await engine.desk.account_check.findings_for(missing, (XRP,), uses_tags=False)
    assert kinds(found)[0] is Kind.NOT_ON_LEDGER
    set_shop(engine, requireDestinationTag=True)
    tagless = await engine.desk.account_check.findings_for(engine.sim.shop, (XRP,), False)
    tagged = await engine.desk.account_check.findings_for(engine.sim.shop, (XRP,), True)
    assert Kind.NEEDS_TAG in kinds(tagless)
    assert Kind.NEEDS_TAG not in kinds(tagged)
    assert engine.desk.account_check.report == before
