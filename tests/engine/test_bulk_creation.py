"""Files of requests, created exactly once against the simulator: twice, after crashes, when it is
down, beside a sale."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.core.bulk_import.csv_table import Table, parse_table
from xumm_desk.core.bulk_import.import_plan import ImportPlan, make_plan
from xumm_desk.core.bulk_import.import_result import Outcome
from xumm_desk.core.bulk_import.import_row import ImportRules
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.settings import Settings
from xumm_desk.engine.bulk_creation import BulkCreation

from .engine_fixture import PATIENCE, EngineUnderTest, running_engine

pytestmark = pytest.mark.anyio

COUNT = 12


def plan_of(engine: EngineUnderTest, text: str, **more: str) -> ImportPlan:
    found = parse_table(text.encode())
    assert isinstance(found, Table)
    rules = ImportRules(
        network=engine.sim.options.network,
        destination=engine.sim.shop,
        shop_currency="EUR",
        assets=(XRP,),
        **more,  # type: ignore[arg-type]
    )
    plan = make_plan(found, rules)
    assert not plan.problems, plan.problems
    return plan


def invoices(count: int = COUNT) -> str:
    lines = [f"{number}.5,{100 + number},Invoice {number}" for number in range(1, count + 1)]
    return "amount,tag,reference\n" + "\n".join(lines)


def bulk(engine: EngineUnderTest, plan: ImportPlan, **settings: str) -> BulkCreation:
    return BulkCreation(
        engine.desk,
        plan,
        Settings(shop_name="Shop", **settings),  # type: ignore[arg-type]
        network=engine.sim.options.network,
    )


def outcomes(run: BulkCreation) -> list[str]:
    return [result.outcome.value for result in run.results]


async def paused(run: BulkCreation) -> str:
    """Wait until it stands still; returns why."""
    async with asyncio.timeout(PATIENCE):
        while not run.state().paused:  # noqa: ASYNC110 - a pause tells only its listener
            await asyncio.sleep(0.01)
    return run.state().pause_reason


async def test_each_row_is_created_once_however_often_the_file_is_imported(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        plan = plan_of(engine, invoices())
        first = bulk(engine, plan)
        assert await first.run() == ""
        assert outcomes(first) == ["created"] * COUNT
        assert len(engine.sim.platform.payloads) == COUNT
        assert all(one.uuid and one.link and one.status == "waiting" for one in first.results)
        again = bulk(engine, plan_of(engine, invoices()))
        examined = await again.examine()
        assert examined.problems == ()
        assert set(examined.existing.values()) == {"waiting"}
        assert await again.run() == ""
        assert outcomes(again) == ["existed"] * COUNT
        assert len(engine.sim.platform.payloads) == COUNT
        numbers = [sale_of(row.request.spec) for row in engine.desk.rows()]
        assert sorted(sale.number for sale in numbers if sale) == list(range(1, COUNT + 1))
        batch = bulk(engine, plan_of(engine, invoices(2), batch="December"))
        await batch.run()
        assert outcomes(batch) == ["created"] * 2


async def test_a_crash_in_the_middle_is_gone_on_from(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        engine.sim.switches.slow_response_seconds = 0.05
        plan = plan_of(engine, invoices())
        run = bulk(engine, plan)
        task = asyncio.ensure_future(run.run())
        async with asyncio.timeout(PATIENCE):
            while run.state().counts.done < 4:  # noqa: ASYNC110 - a listener is not needed here
                await asyncio.sleep(0.01)
        await engine.crash()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        engine.sim.switches.slow_response_seconds = 0.0
        await engine.open()
        again = bulk(engine, plan_of(engine, invoices()))
        assert await again.run() == ""
        assert set(outcomes(again)) == {"existed", "created"}
        assert len({result.uuid for result in again.results} - {""}) == COUNT
        assert len(engine.sim.platform.payloads) == COUNT


async def test_a_platform_that_is_down_stops_it_until_a_person_goes_on(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        plan = plan_of(engine, invoices(5))
        platform: Any = engine.desk.engine.platform
        platform.wrapped.api = "http://127.0.0.1:9"
        run = bulk(engine, plan)
        task = asyncio.ensure_future(run.run())
        assert "Nothing was sent." in await paused(run)
        assert set(outcomes(run)) == {"waiting"}
        platform.wrapped.api = engine.sim.api
        run.go_on()
        async with asyncio.timeout(PATIENCE):
            while not task.done():
                if run.state().paused:
                    run.go_on()
                await asyncio.sleep(0.01)
        assert task.result() == ""
        assert outcomes(run) == ["created"] * 5
        assert len(engine.sim.platform.payloads) == 5


async def test_a_lost_answer_makes_no_second_request(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        engine.sim.switches.lose_post_answer = 3
        run = bulk(engine, plan_of(engine, invoices(6)))
        assert await run.run() == ""
        assert outcomes(run) == ["created"] * 6
        assert len(engine.sim.platform.payloads) == 6


async def test_what_is_on_its_way_when_it_is_stopped_is_finished_by_the_desk(
    tmp_path: Path,
) -> None:
    async with running_engine(tmp_path) as engine:
        engine.sim.switches.slow_response_seconds = 0.3
        run = bulk(engine, plan_of(engine, invoices()))
        task = asyncio.ensure_future(run.run())
        async with asyncio.timeout(PATIENCE):
            while not engine.desk.rows():  # noqa: ASYNC110 - rows are enough
                await asyncio.sleep(0.01)
        run.stop()
        assert await task == ""
        begun = [one for one in run.results if one.outcome is not Outcome.WAITING]
        assert 0 < len(begun) < COUNT
        for result in begun:
            await engine.until(result.identifier, lambda row: row.request.uuid is not None)
        assert len(engine.sim.platform.payloads) == len(begun)


async def test_a_refusal_stops_the_rest_once(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        await engine.create(identifier="taken")
        text = "amount,tag,identifier\n1,1,one\n9,2,taken\n2,3,two\n3,4,three\n"
        run = bulk(engine, plan_of(engine, text))
        examined = await run.examine()
        assert [(one.line, one.column) for one in examined.problems] == [(3, "identifier")]
        task = asyncio.ensure_future(run.run())
        assert (await paused(run)).startswith("Line 3: This identifier was already used")
        run.go_on()
        assert await task == ""
        assert outcomes(run) == ["created", "refused", "created", "created"]


async def test_a_sale_goes_before_a_long_file(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        engine.sim.switches.slow_response_seconds = 0.05
        run = bulk(engine, plan_of(engine, invoices(40)))
        task = asyncio.ensure_future(run.run())
        async with asyncio.timeout(PATIENCE):
            while run.state().counts.done < 2:  # noqa: ASYNC110 - a listener is not needed here
                await asyncio.sleep(0.01)
        await engine.create()
        assert run.state().counts.done < 40
        run.stop()
        await task


async def test_prices_are_converted_and_tags_are_given(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        text = "price,price_currency,reference\n19.90,EUR,a\n5,,b\n"
        run = bulk(engine, plan_of(engine, text), tag_from="500", tag_to="501")
        task = asyncio.ensure_future(run.run())
        async with asyncio.timeout(PATIENCE):
            while not task.done():
                assert not run.state().paused, run.state().pause_reason
                await asyncio.sleep(0.01)
        assert outcomes(run) == ["created"] * 2
        rows = engine.desk.rows()
        assert sorted(row.request.spec.tag or 0 for row in rows) == [500, 501]
        sales = [sale_of(row.request.spec) for row in rows]
        assert {sale.quote.price.value for sale in sales if sale and sale.quote} == {
            Decimal("19.90"),
            Decimal("5.00"),
        }
        assert not engine.desk.rates.in_use
