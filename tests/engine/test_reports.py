"""Figures know everything that was recorded before they were asked for, or say what they lack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from store.history import stories
from ui import sample_rows

from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Length, Span, period_of, span_of
from xumm_desk.core.shift.money import Asset
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.reports import Reports
from xumm_desk.store.history import indexing
from xumm_desk.store.journal import SqliteJournal

pytestmark = pytest.mark.anyio

XRP = Asset("MAINNET", "XRP")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """An open journal in an empty file."""
    opened = SqliteJournal(tmp_path / "journal.sqlite3")
    opened.open(asyncio.get_running_loop())
    yield opened
    await opened.close()


def spans() -> tuple[Span, Span]:
    """The day of the stories in UTC, and the one before."""
    period = period_of(Length.DAY, stories.BEGIN.date())
    now, before = (
        span_of(
            one,
            lambda local: local.replace(tzinfo=UTC),
            lambda at: at.replace(tzinfo=None),
        )
        for one in (period, period.before())
    )
    return now, before


async def compare(journal: SqliteJournal, patience: float = 60.0) -> PeriodFigures:
    return await Reports(journal, "MAINNET").compare(*spans(), patience)


def sell(journal: SqliteJournal, number: int) -> None:
    spec = stories.sale_spec(number)
    stories.write_intent(journal, spec, number)
    stories.write_payment(journal, spec, number + 0.5, f"{number:064X}")


async def test_what_was_recorded_a_moment_ago_is_counted(journal: SqliteJournal) -> None:
    for number in range(1, 6):
        sell(journal, number)
        found = (await compare(journal)).now
        assert found.outcomes == {Status.PAID: number}
        euros = Decimal(number * (number + 1) // 2)
        assert found.sold.values == {"EUR": euros}
        assert found.received.values == {XRP: euros * 500_000}
        assert found.tips.values == {"EUR": Decimal("0.50") * number}


async def test_a_refund_and_what_is_not_paid_are_counted_apart(journal: SqliteJournal) -> None:
    sell(journal, 4)
    stories.write_intent(journal, stories.sale_spec(5), 5)
    refund = stories.refund_spec(4, XrpAmount(500_000), "refund-4")
    stories.write_intent(journal, refund, 6)
    found = await compare(journal)
    assert found.now.outcomes == {Status.PAID: 1, Status.CREATING: 1}
    assert (found.now.refund_requests, found.now.refunds) == (1, 0)
    assert found.before.is_empty
    assert found.progress.is_complete


async def test_figures_that_lack_the_newest_requests_say_so(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a flood, or while the disk takes nothing."""
    sell(journal, 1)
    await compare(journal)
    monkeypatch.setattr(indexing, "step", lambda _db, _stop: False)
    sell(journal, 2)
    found = await compare(journal, 0.05)
    assert found.now.outcomes == {Status.PAID: 1}
    assert found.progress.waiting == 1


async def test_a_payment_that_comes_later_changes_the_day_of_its_sale(
    journal: SqliteJournal,
) -> None:
    stories.write_intent(journal, stories.sale_spec(1), 1)
    assert (await compare(journal)).now.payments == 0
    stories.write_payment(journal, stories.sale_spec(1), 2 * 24 * 60, "AB" * 32)
    found = (await compare(journal)).now
    assert found.payments == 1


async def test_payments_without_a_request_are_counted_until_somebody_dismisses_them(
    journal: SqliteJournal,
) -> None:
    for number in (1, 2):
        raw: JsonObject = {
            "tx_json": {"Destination": sample_rows.SHOP, "Account": stories.PAYER},
            "hash": f"{number:064X}",
            "ledger_index": 90 + number,
            "meta": {"delivered_amount": str(number * 500_000)},
        }
        at = stories.BEGIN + timedelta(minutes=number)
        journal.add_unmatched(UnmatchedPayment(raw, LedgerTx.from_json(raw), "no tag", at))
    found = (await compare(journal)).now
    assert (found.unmatched, found.payments, found.is_empty) == (2, 0, False)
    assert found.unmatched_assets.values == {XRP: Decimal(1_500_000)}
    assert found.received.values == {}
    await journal.set_dismissed(f"{2:064X}", True, stories.BEGIN)
    found = (await compare(journal)).now
    assert found.unmatched_assets.values == {XRP: Decimal(500_000)}
