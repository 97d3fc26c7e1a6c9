"""Every place that shows, prints or exports text from outside: none of it turns a line around."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from xumm_desk.cli.output import HumanOutput, JsonOutput
from xumm_desk.cli.streams import StandardOutput
from xumm_desk.core.export import record, text_formats
from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Application
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.customer.customer_window import CustomerWindow
from xumm_desk.ui.customer.fitted_text import FittedText
from xumm_desk.ui.customer.record import customer_record
from xumm_desk.ui.detail.request_fields import request_fields
from xumm_desk.ui.detail.summary_card import SummaryCard
from xumm_desk.ui.detail.timeline import fact_text
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.widgets.environment_marks import Environment

from . import sample_rows
from .fake_desk import FakePrinter, FakeTools

TURNED = "Total \u202e05.21\u2067 end"
CONTROLS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def hostile(status: Status = Status.WAITING) -> RequestRow:
    """A row with such text wherever its maker may put one."""
    row = sample_rows.row(status)
    spec = row.request.spec
    meta: JsonObject = {"instruction": TURNED, "identifier": TURNED}
    spec = replace(spec, identifier=TURNED, body={**spec.body, "custom_meta": meta})
    row = replace(row, request=replace(row.request, spec=spec))
    assert row.request.spec.instruction == TURNED
    assert row.identifier == TURNED
    return row


def harmless(text: str) -> bool:
    return not set(text) & CONTROLS


@pytest.mark.parametrize("status", [Status.WAITING, Status.PAID, Status.CHECK])
def test_cells_tips_and_fields(status: Status) -> None:
    row, clock = hostile(status), sample_rows.Clock()
    for column in Column:
        for says in (columns.cell_text, columns.short_text, columns.tooltip):
            assert harmless(says(row, column, clock)), column
    assert all(harmless(value) for _, value in request_fields(row))


def test_the_timeline() -> None:
    at = sample_rows.NOW
    for kind, value in (
        (FactKind.SHARED_TXID, {"identifier": TURNED}),
        (FactKind.SOCKET_LOST, {"why": TURNED}),
        (FactKind.UNREADABLE, {"why": TURNED}),
        (FactKind.FRAME, {"message": TURNED}),
    ):
        assert harmless(fact_text(make_fact(at, Source.SOCKET, kind, dict(value)))), kind


def texts(of: QWidget) -> Iterator[str]:
    for label in of.findChildren(QLabel):
        yield label.text()


def test_the_summary_and_the_customers_screen(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    summary = SummaryCard(sample_rows.Clock(), RequestActions(parent))
    qtbot.addWidget(summary)
    summary.show_row(hostile())
    assert all(map(harmless, texts(summary)))
    customer = CustomerWindow()
    qtbot.addWidget(customer)
    customer.show_record(customer_record(hostile(), shop=TURNED))
    assert all(harmless(part.text()) for part in customer.findChildren(FittedText))


def test_the_shops_name(qtbot: QtBot, tmp_path: Path) -> None:
    async def never(*_: object) -> Application:
        raise AssertionError

    window = MainWindow(
        place=Environment(network="MAINNET", host="xumm.app", practice=False, ledger=True),
        settings=SettingsFile(tmp_path / "settings.json"),
        start=lambda work, _: work.close(),
        help_folder=tmp_path,
        kept_where=lambda: "",
        test_keys=never,
        make_printer=FakePrinter,
        tools=FakeTools(tmp_path).as_tools(),
    )
    qtbot.addWidget(window)
    window.show_application(Application(TURNED, "", False))
    assert harmless(window.windowTitle())
    assert all(map(harmless, texts(window)))


@pytest.mark.parametrize("lines", [HumanOutput, JsonOutput])
def test_the_terminal(lines: type[HumanOutput] | type[JsonOutput]) -> None:
    out = io.StringIO()
    lines(StandardOutput(out)).show([hostile(), hostile(Status.PAID)])
    assert "05.21" in out.getvalue()
    assert harmless(out.getvalue())


def test_exports() -> None:
    requests = [hostile().request, hostile(Status.PAID).request]
    for request in requests:
        made = record.make_record(request, ledger=True)
        assert harmless(text_formats.csv_record(made, NAMES))
        line = text_formats.json_record(made, NAMES)
        assert harmless(line)
        assert json.loads(line)["instruction"] == TURNED
