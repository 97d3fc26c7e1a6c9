"""A shop's requests of some days, as the history has them, and a page that reports on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from core.report.summaries import ROW
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import run_now
from ui.fake_history import FakeHistory
from xumm_desk.core.history.summary import Kind, RequestSummary
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.status import Status
from xumm_desk.engine.reports import Reports
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.ui.report.report_page import ReportPage

from .fake_reports import FakeReports

NOON = datetime(sample_rows.NOW.year, sample_rows.NOW.month, sample_rows.NOW.day, 12).astimezone()
"""Of the day of the samples, local."""


def sale(
    number: int,
    at: datetime,
    price: str = "5.00",
    *,
    status: Status = Status.PAID,
    kind: Kind = Kind.SALE,
) -> RequestSummary:
    """A request of this number at this time, paid exactly where it is paid."""
    paid = status in (Status.PAID, Status.PAID_LATE)
    return replace(
        ROW,
        key=number,
        identifier=f"past-{number}",
        created_at=at,
        status=status,
        kind=kind,
        price=FiatAmount("EUR", Decimal(price)),
        tip=None,
        delivered=ROW.delivered if paid else (),
        needs_person=status is Status.CHECK,
    )


def days() -> list[RequestSummary]:
    """Three sales, a decline and a doubt today; one sale and a refund yesterday."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    return [
        sale(1, NOON - day - hour, "4.00"),
        sale(2, NOON - day, "1.00", kind=Kind.REFUND),
        sale(3, NOON - hour),
        sale(4, NOON - hour + timedelta(minutes=5), "7.00"),
        sale(5, NOON),
        sale(6, NOON, status=Status.DECLINED),
        sale(7, NOON, "3.00", status=Status.CHECK),
    ]


def page_of(
    qtbot: QtBot,
    rows: Sequence[RequestSummary],
    *,
    start: StartTask = run_now,
    clock: sample_rows.Clock | None = None,
) -> tuple[ReportPage, FakeReports]:
    """A page on such requests, opened."""
    reports = FakeReports(FakeHistory(rows))
    clock = clock or sample_rows.Clock()
    page = ReportPage(cast(Reports, reports), start=start, now=clock.now)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open()
    return page, reports
