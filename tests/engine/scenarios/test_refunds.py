"""A sale is paid back by the shop's own wallet, never more than came, and proven like a sale."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.engine_fixture import EngineUnderTest
from xumm_desk.core.account.finding import Kind
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.refund.refund import RefundBalance, RefundOrder
from xumm_desk.core.sale.numbering import with_sale
from xumm_desk.core.sale.sale import Sale, request_label, sale_of
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import status_sentence
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.simulator import behaviours
from xumm_desk.simulator.ledger import account_settings
from xumm_desk.simulator.runtime.keys import Transaction

pytestmark = pytest.mark.anyio

PAID = 1_500_000


async def sold(engine: EngineUnderTest, number: int = 1042, **fields: Any) -> str:
    """A sale of 1.5 XRP that Ada has paid."""
    spec = with_sale(engine.spec(**fields), Sale(number=number, till="1"), f"1-day-{number}-aa")
    await engine.desk.create(spec)
    await engine.until(spec.identifier, lambda row: row.request.uuid is not None)
    await engine.sim.phone.sign(engine.uuid(spec.identifier), customer="Ada")
    await engine.status(spec.identifier, Status.PAID)
    return spec.identifier


async def balance(engine: EngineUnderTest, sale: str) -> RefundBalance:
    """The one balance of a sale."""
    found = await engine.desk.refund_balances(sale)
    assert not isinstance(found, str), found
    [one] = found
    return one


def order(engine: EngineUnderTest, sale: str, drops: int, name: str = "r1") -> RefundOrder:
    """Pay back so many drops to Ada."""
    return RefundOrder(
        refund_of=sale,
        identifier=f"1-day-1042-{name}",
        payer=engine.sim.cast.named("Ada").account.address,
        part=XrpAmount(drops),
        pays=XrpAmount(drops),
        cashier="Anna",
        note="cup was broken",
    )


async def made(engine: EngineUnderTest, wanted: RefundOrder) -> str:
    """Create this refund; its identifier."""
    row = await engine.desk.refund(wanted)
    assert isinstance(row, RequestRow), row
    await engine.until(wanted.identifier, lambda row: row.request.uuid is not None)
    return wanted.identifier


async def paid_back(engine: EngineUnderTest, wanted: RefundOrder) -> str:
    """Create this refund and sign it as the shop."""
    refund = await made(engine, wanted)
    await engine.sim.phone.sign(engine.uuid(refund))
    await engine.status(refund, Status.PAID)
    return refund


async def refused(engine: EngineUnderTest, wanted: RefundOrder) -> str:
    """Why this refund is not made; nothing must reach the platform."""
    before = engine.sim.calls.count("POST", "payload")
    answer = await engine.desk.refund(wanted)
    assert isinstance(answer, str), answer
    assert engine.sim.calls.count("POST", "payload") == before
    return str(answer)


async def shows(engine: EngineUnderTest, sale: str, refunded: int, reserved: int = 0) -> None:
    """Wait until the sale's row says so."""

    def true(row: RequestRow) -> bool:
        return [(b.refunded, b.reserved) for b in row.refunds] == [
            (XrpAmount(refunded), XrpAmount(reserved))
        ]

    await engine.until(sale, true, f"{refunded} refunded")


async def test_a_whole_refund_is_signed_by_the_shop_and_proven(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    refund = await paid_back(engine, order(engine, sale, PAID))
    row = engine.desk.row(refund)
    assert row is not None
    spec, ada = row.request.spec, engine.sim.cast.named("Ada").account.address
    assert (spec.destination, spec.signers) == (ada, (engine.sim.shop,))
    assert row.request.blob is not None
    assert row.request.blob.account == engine.sim.shop
    assert all(check.state.value == "passed" for check in row.verdict.checks)
    assert request_label(spec) == "Refund of #1042"
    data = sale_of(spec)
    assert data is not None
    assert (data.refund_of, data.cashier, data.note) == (sale, "Anna", "cup was broken")
    said = str(status_sentence(row.request, row.verdict))
    assert said == "Paid back. The ledger has confirmed the full amount of the refund."
    await shows(engine, sale, PAID)
    assert await engine.desk.refund_balances(sale) == "All of it was paid back."


async def test_a_sale_is_refunded_in_parts_up_to_what_came(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    await paid_back(engine, order(engine, sale, 400_000, "r1"))
    await shows(engine, sale, 400_000)
    await paid_back(engine, order(engine, sale, 600_000, "r2"))
    await shows(engine, sale, 1_000_000)
    over = order(engine, sale, 500_001, "r3")
    assert await refused(engine, over) == "Only 0.50 XRP of it are left to refund."
    await paid_back(engine, replace(over, part=XrpAmount(500_000), pays=XrpAmount(500_000)))
    await shows(engine, sale, PAID)


async def test_an_open_refund_reserves_its_amount_until_it_is_declined(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine)
    first = await made(engine, order(engine, sale, 1_000_000, "r1"))
    await shows(engine, sale, 0, 1_000_000)
    assert "Only 0.50 XRP" in await refused(engine, order(engine, sale, PAID, "r2"))
    await engine.sim.phone.decline(engine.uuid(first))
    await engine.status(first, Status.DECLINED)
    await shows(engine, sale, 0, 0)
    await paid_back(engine, order(engine, sale, PAID, "r2"))


async def test_two_presses_make_one_refund(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    wanted = order(engine, sale, 100_000)
    one, two = await asyncio.gather(engine.desk.refund(wanted), engine.desk.refund(wanted))
    assert isinstance(one, RequestRow)
    assert isinstance(two, RequestRow)
    assert len(engine.sim.platform.payloads) == 2
    await shows(engine, sale, 0, 100_000)


async def test_of_two_whole_refunds_at_once_one_is_made(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    answers = await asyncio.gather(
        *(engine.desk.refund(order(engine, sale, PAID, f"r{n}")) for n in range(5))
    )
    assert sum(isinstance(answer, RequestRow) for answer in answers) == 1
    assert len(engine.sim.platform.payloads) == 2


async def test_what_is_left_is_known_after_a_restart_although_nothing_is_in_memory(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await sold(engine)
    await paid_back(engine, order(engine, sale, 1_000_000, "r1"))
    await engine.close()
    for read in ("_RECENT", "_PAGE"):
        monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
    await engine.open()
    assert engine.desk.row(sale) is None
    assert (await balance(engine, sale)).left == XrpAmount(500_000)
    assert "Only 0.50 XRP" in await refused(engine, order(engine, sale, PAID, "r2"))
    await paid_back(engine, order(engine, sale, 500_000, "r2"))
    await shows(engine, sale, PAID)


async def test_an_open_refund_is_followed_after_a_crash(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    refund = await made(engine, order(engine, sale, PAID))
    uuid = engine.uuid(refund)
    await engine.crash()
    await engine.sim.phone.sign(uuid)
    await engine.open()
    await engine.status(refund, Status.PAID)
    await shows(engine, sale, PAID)


async def test_a_refund_that_the_platform_never_reports_is_found_on_the_ledger(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine)
    refund = await made(engine, order(engine, sale, PAID))
    await engine.sim.phone.sign(engine.uuid(refund), "unreported")
    row = await engine.status(refund, Status.PAID)
    assert not row.request.signed
    assert "Sent by the shop" in [check.name for check in row.verdict.checks]
    await shows(engine, sale, PAID)
    assert engine.desk.unmatched() == ()


async def test_what_the_shop_pays_otherwise_is_no_unmatched_payment(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine)
    ada = engine.sim.cast.named("Ada").account.address
    other = await engine.create(destination=ada, signers=engine.sim.shop, tag="")
    await engine.sim.phone.sign(engine.uuid(other))
    await engine.status(other, Status.PAID)
    assert (await balance(engine, sale)).left == XrpAmount(PAID)
    assert list(engine.desk.unmatched()) == []


async def test_a_refund_signed_by_somebody_else_is_a_check(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    refund = await made(engine, order(engine, sale, PAID))
    uuid = engine.uuid(refund)
    engine.sim.platform.payloads[uuid].options["signers"] = None
    await engine.sim.phone.sign(uuid, customer="Ben")
    await engine.status(refund, Status.CHECK)
    row = await engine.until(refund, lambda row: row.verdict.final)
    [signer] = [check for check in row.verdict.failed if check.name == "Signer"]
    assert "before you refund again" in signer.advice
    await shows(engine, sale, 0, PAID)  # a person has to look before more is paid back


async def test_a_payers_source_tag_is_known(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alter(tx: Transaction, _cast: Any) -> Transaction:
        return {**tx, "SourceTag": 90210}

    way = behaviours.Behaviour("pays from an exchange", alter=alter)
    monkeypatch.setitem(behaviours.BEHAVIOURS, "exchange", way)
    sale = await engine.create()
    await engine.sim.phone.sign(engine.uuid(sale), "exchange", "Ada")
    await engine.status(sale, Status.PAID)
    assert (await balance(engine, sale)).tag == 90210
    refund = await paid_back(engine, replace(order(engine, sale, PAID), tag=90210))
    row = engine.desk.row(refund)
    assert row is not None
    assert row.request.spec.tag == 90210
    assert request_label(row.request.spec) == f"Refund of {sale}"


async def test_a_payer_that_needs_a_tag_is_said_before(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    ada = engine.sim.cast.named("Ada").account.address
    account_settings.set_account(engine.sim.node_ledger, ada, {"requireDestinationTag": True})
    look = engine.desk.account_check.destination_findings
    assert Kind.NEEDS_TAG in [one.kind for one in await look(ada, XRP)]
    tagged = await look(ada, XRP, has_tag=True)
    assert Kind.NEEDS_TAG not in [one.kind for one in tagged]
    refund = await made(engine, order(engine, sale, 500_000, "r1"))
    await engine.sim.phone.sign(engine.uuid(refund))
    row = await engine.status(refund, Status.FAILED)
    assert "tecDST_TAG_NEEDED" in str(status_sentence(row.request, row.verdict))
    await shows(engine, sale, 0)
    await paid_back(engine, replace(order(engine, sale, PAID, "r2"), tag=5))


async def test_a_payer_that_no_longer_exists_is_said_before_and_frees_the_amount(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine)
    ada = engine.sim.cast.named("Ada").account.address
    account_settings.set_account(engine.sim.node_ledger, ada, {"exists": False})
    found = await engine.desk.account_check.destination_findings(ada, XRP)
    assert [one.kind for one in found] == [Kind.NOT_ON_LEDGER]
    refund = await made(engine, order(engine, sale, 500_000))
    await engine.sim.phone.sign(engine.uuid(refund))
    await engine.status(refund, Status.FAILED)
    await shows(engine, sale, 0)


async def test_a_refund_that_was_not_created_is_not_sent_again_past_what_is_left(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine)
    engine.sim.switches.http_429_every = 1
    engine.sim.switches.retry_after_seconds = 1
    row = await engine.desk.refund(order(engine, sale, PAID, "r1"))
    assert isinstance(row, RequestRow)
    await engine.status(row.identifier, Status.FAILED)
    engine.sim.switches.http_429_every = 0
    second = await made(engine, order(engine, sale, 1_000_000, "r2"))
    assert "Only 0.50 XRP" in await engine.desk.resend(row.identifier)
    await engine.sim.phone.decline(engine.uuid(second))
    await engine.status(second, Status.DECLINED)
    assert await engine.desk.resend(row.identifier) == ""
    await engine.until(row.identifier, lambda row: row.request.uuid is not None)


async def test_money_of_another_issuer_is_refunded_as_it_came(engine: EngineUnderTest) -> None:
    sale = await sold(engine, amount="3.5", currency="USD", issuer=engine.sim.issuer)
    one = await balance(engine, sale)
    usd = IssuedAmount("USD", engine.sim.issuer, Decimal("3.5"))
    assert one.left == usd
    half = IssuedAmount("USD", engine.sim.issuer, Decimal("1.75"))
    await paid_back(engine, replace(order(engine, sale, 1), part=half, pays=half))
    row = await engine.until(
        sale, lambda row: bool(row.refunds) and row.refunds[0].refunded == half
    )
    assert row.refunds[0].left == half


async def test_what_is_worth_the_same_in_another_asset_uses_up_its_part(
    engine: EngineUnderTest,
) -> None:
    sale = await sold(engine, amount="3.5", currency="USD", issuer=engine.sim.issuer)
    part = IssuedAmount("USD", engine.sim.issuer, Decimal(2))
    await paid_back(engine, replace(order(engine, sale, 900_000), part=part))
    left = IssuedAmount("USD", engine.sim.issuer, Decimal("1.5"))
    assert (await balance(engine, sale)).left == left


async def test_what_cannot_be_refunded_says_why(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    refund = await paid_back(engine, order(engine, sale, 1_000))
    look = engine.desk.refund_balances
    assert await look(refund) == "This is a refund itself."
    assert await look("nobody") == "There is no request nobody here."
    waiting = await engine.create()
    assert await look(waiting) == "Only a payment that has arrived can be refunded."
    stranger = replace(order(engine, sale, 1_000, "r9"), payer=engine.sim.issuer)
    assert "from this account" in await refused(engine, stranger)
    more = replace(order(engine, sale, 1_000, "r9"), pays=XrpAmount(2_000))
    assert "differ" in await refused(engine, more)
