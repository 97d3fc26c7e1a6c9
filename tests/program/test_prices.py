"""A price in euros through the whole program, paid in XRP and in an issued currency: quoted at the
platform's rate, charged, signed, proven, and found again in the journal after a restart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale, sale_of
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import object_at

from .conftest import ProgramUnderTest, Run, opened, platform


async def sell(shop: ProgramUnderTest, keys: str) -> RequestSpec:
    """Charge a price at the till and let a customer pay it; what was asked."""
    till, before = shop.board.till, set(shop.sim.platform.payloads)
    QTest.keyClicks(till, keys)
    await shop.until(lambda: till.entry.can_charge, "a price that can be charged")
    QTest.keyClick(till, Qt.Key.Key_Return)
    await shop.until(lambda: set(shop.sim.platform.payloads) - before, "the sale")
    [uuid] = set(shop.sim.platform.payloads) - before
    await shop.sim.phone.sign(uuid)
    await shop.until(
        lambda: (
            (row := till.shown()) is not None
            and row.request.uuid == uuid
            and row.verdict.status is Status.PAID
        ),
        "PAID",
    )
    row = till.shown()
    assert row is not None
    assert row.request.ledger is not None
    assert amount.amounts_equal(row.request.ledger.delivered, row.request.spec.amount)
    return row.request.spec


def the_sale(spec: RequestSpec) -> Sale:
    sale = sale_of(spec)
    assert sale is not None
    return sale


def test_euros_paid_in_xrp_and_in_an_issued_currency(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                shop.window.apply_settings(
                    {
                        "destination": sim.shop,
                        "shop_currency": "EUR",
                        "assets": [
                            {"currency": "XRP"},
                            {
                                "currency": "USD",
                                "issuer": sim.issuer,
                                "pegged_to": "USD",
                                "pathfinding": True,
                            },
                        ],
                    }
                )
                shop.board.show_view("till")
                first = await sell(shop, "12.5")
                shop.board.till.entry.choose_next_asset()
                second = await sell(shop, "9")
            for spec, price in ((first, "12.50"), (second, "9.00")):
                sale = the_sale(spec)
                assert sale.quote is not None
                assert fiat.value_text(sale.quote.price) == price
                assert sale.quote.rate.source is RateSource.PLATFORM
                units = amount.as_decimal(spec.amount)
                worth = units * sale.quote.rate.price
                # Rounded up to the last digit, and by no more than that digit.
                assert sale.quote.price.value <= worth
                assert worth - sale.quote.price.value < sale.quote.rate.price * Decimal("0.000001")
            assert isinstance(first.amount, XrpAmount)
            assert isinstance(second.amount, IssuedAmount)
            assert object_at(second.body, "options")["pathfinding"] is True
            async with opened(sim, tmp_path) as again:
                await again.ready()
                found = [the_sale(row.request.spec) for row in again.rows()]
                assert found == [the_sale(first), the_sale(second)]
                assert [sale.number for sale in found] == [1, 2]

    run(day)
