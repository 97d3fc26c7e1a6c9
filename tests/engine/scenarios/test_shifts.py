"""Shifts of real sales: what is paid, refunded and paid late between two closings, and a crash."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from engine.engine_fixture import EngineUnderTest
from xumm_desk.core.shift.document import ShiftDocument, lines_of
from xumm_desk.core.shift.money import Asset
from xumm_desk.core.shift.report import ShiftReport
from xumm_desk.core.shift.share import Kind
from xumm_desk.core.status import Status
from xumm_desk.engine.shifts import ALREADY_CLOSED, ShiftPlace

from .test_refunds import PAID, order, paid_back, sold

pytestmark = pytest.mark.anyio

XRP = Asset("TESTNET", "XRP")
PLACE = ShiftPlace("Bakery Sunrise", "1")


async def closed(engine: EngineUnderTest, operator: str = "Ana") -> ShiftDocument:
    """Close the open shift."""
    shift = await engine.desk.shifts.close(PLACE, operator)
    assert isinstance(shift, ShiftDocument), shift
    return shift


def amounts(shift: ShiftDocument) -> list[Any]:
    """What each payment of a closed shift brought."""
    return [line["amount"] for line in lines_of(shift.lines)]


def net(report: ShiftReport) -> int:
    """The XRP of a report, in drops."""
    totals = report.figures.assets.get(XRP)
    return int(totals.net) if totals is not None else 0


async def test_each_payment_and_refund_is_in_the_shift_in_which_it_was_proven(
    engine: EngineUnderTest,
) -> None:
    first = await sold(engine, 1)
    assert net(await engine.desk.shifts.open_report()) == PAID
    one = await closed(engine)
    await sold(engine, 2)
    await paid_back(engine, order(engine, first, 500_000))
    two = await closed(engine, "Ben")
    assert amounts(one) == ["1.5"]
    assert amounts(two) == ["1.5", "-0.5"]
    value: Any = json.loads(two.text)
    assert (value["previous"], value["operator"]) == (one.hash, "Ben")
    assert [change["kind"] for change in value["changes"]] == ["refunded"]
    assert [shift.number for shift in await engine.desk.shifts.closed()] == [2, 1]


async def test_a_sale_that_is_paid_after_the_close_counts_in_the_next_shift(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create()
    await engine.until(identifier, lambda row: row.request.uuid is not None)
    one = await closed(engine)
    [open_one] = json.loads(one.text)["unresolved"]
    assert open_one["key"] == identifier
    await engine.sim.phone.sign(engine.uuid(identifier), customer="Ada")
    await engine.status(identifier, Status.PAID)
    report = await engine.desk.shifts.open_report()
    assert net(report) == PAID
    assert [change.kind.value for change in report.changes] == ["paid"]
    assert [(one.key, str(one.became)) for one in report.settled] == [(identifier, "Paid")]
    assert report.counts[Kind.SALE].open_before == 1
    assert report.unresolved == ()


async def test_nothing_of_a_shift_is_lost_in_a_crash(engine: EngineUnderTest) -> None:
    await sold(engine, 1)
    one = await closed(engine)
    await sold(engine, 2)
    before = await engine.desk.shifts.open_report()
    await engine.crash()
    await engine.open()
    after = await engine.desk.shifts.open_report()
    assert [line.txid for line in after.lines] == [line.txid for line in before.lines]
    assert (after.span.number, after.span.after) == (2, one.to)
    kept = await engine.desk.shifts.document(1)
    assert kept is not None
    assert (kept.text, kept.lines, kept.hash) == (one.text, one.lines, one.hash)


async def test_two_closings_at_once_make_one_shift(engine: EngineUnderTest) -> None:
    await sold(engine, 1)
    answers = await asyncio.gather(
        engine.desk.shifts.close(PLACE, "Ana"), engine.desk.shifts.close(PLACE, "Ben")
    )
    made = [one for one in answers if isinstance(one, ShiftDocument)]
    if len(made) == 1:
        assert ALREADY_CLOSED in answers
    else:  # one after the other: the second shift is empty
        assert sorted(len(amounts(one)) for one in made) == [0, 1]
    assert len(await engine.desk.shifts.closed()) == len(made)
