"""Payments without a request: the banner, the list, and that assigning names both sides."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.rights import MONITOR
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.payment_matching import can_receive_payment
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.locale import catalogues
from xumm_desk.ui.banners.banner import BannerStack
from xumm_desk.ui.banners.unmatched_banner import KEY, UnmatchedBanner
from xumm_desk.ui.dialogs.unmatched_dialog import UnmatchedDialog
from xumm_desk.ui.language import window_language
from xumm_desk.ui.style.theme import SchemeName, Theme

OUTPUT = Path(__file__).parents[2] / "output"


def payment_without_request(
    number: int, delivered: Json = "12708000", tag: int | None = 99, why: str = ""
) -> UnmatchedPayment:
    came = sample_rows.NOW - timedelta(minutes=7 * number)
    raw: JsonObject = {
        "tx_json": {
            "Account": sample_rows.keys(f"payer {number}")[2],
            "Destination": sample_rows.SHOP,
            **({} if tag is None else {"DestinationTag": tag}),
        },
        "hash": f"{number:02X}" * 32,
        "validated": True,
        "ledger_index": 98_412_000 + number,
        "close_time_iso": f"{came:%Y-%m-%dT%H:%M:%SZ}",
        "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": delivered},
    }
    words = why or f"No request has destination tag {tag}."
    return UnmatchedPayment(raw, LedgerTx.from_json(raw), words, sample_rows.NOW)


PAYMENTS = (
    payment_without_request(1),
    payment_without_request(
        2, "7000000", None, "It carries no destination tag, so nothing says which sale it is for."
    ),
    payment_without_request(
        3,
        {"currency": "EUR", "issuer": sample_rows.ISSUER, "value": "25"},
        7,
        "2 requests have destination tag 7, and more than one of them could be meant.",
    ),
)


def at_once(coroutine: Coroutine[Any, Any, None], _name: str) -> None:
    with pytest.raises((StopIteration, OSError)):
        coroutine.send(None)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(sample_rows.rows())


@pytest.fixture
def bars() -> BannerStack:
    return BannerStack()


@pytest.fixture
def bar(qtbot: QtBot, desk: FakeDesk, bars: BannerStack) -> UnmatchedBanner:
    window = QWidget()
    window.resize(1000, 700)
    column = QVBoxLayout(window)
    column.addWidget(bars)
    column.addStretch()
    qtbot.addWidget(window)
    window.show()
    made = UnmatchedBanner(desk.as_desk(), start=at_once, bars=bars, parent=window)
    made.setProperty("window", window)
    return made


def test_the_banner_comes_and_goes_with_its_payments(
    bar: UnmatchedBanner, desk: FakeDesk, bars: BannerStack
) -> None:
    assert bars.banner(KEY) is None
    desk.show_unmatched(PAYMENTS[0])
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.text().startswith("1 payment could not be matched.")
    assert "12.708 XRP" in shown.text()
    assert shown.button.text() == "Look at it"
    desk.show_unmatched(*PAYMENTS)
    assert shown.text().startswith("3 payments could not be matched.")
    desk.show_unmatched()
    assert bars.banner(KEY) is None


def test_a_payment_is_assigned_to_the_request_that_is_named(
    bar: UnmatchedBanner, desk: FakeDesk, bars: BannerStack
) -> None:
    desk.show_unmatched(*PAYMENTS)
    bar.open()
    dialog = bar.dialog
    assert dialog is not None
    assert dialog.selected_payment() == PAYMENTS[0]
    assert not dialog.assign_button.isEnabled()
    wanted = next(row for row in sample_rows.rows() if can_receive_payment(row.request))
    dialog.search.setText(wanted.identifier)
    dialog.requests.selectRow(0)
    assert dialog.identifier() == wanted.identifier
    assert dialog.assign_button.text().startswith("Assign 12.708 XRP to ")
    desk.assign_refusal = OSError("The disk is full.")
    QTest.mouseClick(dialog.assign_button, Qt.MouseButton.LeftButton)
    assert dialog.bad.text() == "The disk is full."
    desk.assign_refusal = ""
    QTest.mouseClick(dialog.assign_button, Qt.MouseButton.LeftButton)
    assert desk.assigned == [(PAYMENTS[0].txid, wanted.identifier)]
    assert dialog.bad.text() == ""
    assert wanted.identifier in dialog.good.text()
    assert dialog.selected_payment() == PAYMENTS[1]
    assert dialog.payments.rowCount() == 2
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.text().startswith("2 payments")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_monitor_shows_the_list_and_offers_nothing(
    qtbot: QtBot, desk: FakeDesk, bars: BannerStack, scheme: SchemeName
) -> None:
    Theme.current().set_scheme(scheme)
    window = QWidget()
    qtbot.addWidget(window)
    made = UnmatchedBanner(desk.as_desk(), start=at_once, bars=bars, parent=window, rights=MONITOR)
    desk.show_unmatched(*PAYMENTS)
    made.open()
    dialog = made.dialog
    assert dialog is not None
    assert dialog.payments.rowCount() == 3
    assert "A till of the shop assigns" in dialog.about.text()
    offered = [one.text() for one in dialog.findChildren(QAbstractButton) if one.isVisible()]
    assert [text for text in offered if text] == ["Copy transaction id", "Close"]
    assert not dialog.requests.isVisible()
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert dialog.grab().save(str(OUTPUT / f"unmatched-monitor-{scheme}.png"))
    Theme.current().set_scheme("light")


def test_only_payments_can_be_chosen_and_the_same_amount_comes_first(
    bar: UnmatchedBanner, desk: FakeDesk
) -> None:
    payable = [row for row in sample_rows.rows() if can_receive_payment(row.request)]
    wanted = payable[-1].request.spec.amount
    assert wanted is not None
    from xumm_desk.core.money import amount

    desk.show_unmatched(payment_without_request(1, amount.amount_json(wanted)))
    bar.open()
    assert bar.dialog is not None
    assert bar.dialog.requests.rowCount() == len(payable)
    first = bar.dialog.requests.item(0, 1)
    assert first is not None
    assert first.text() == amount.format_amount(wanted)


def test_the_transaction_id_is_copied_and_the_selection_holds(
    bar: UnmatchedBanner, desk: FakeDesk
) -> None:
    desk.show_unmatched(*PAYMENTS)
    bar.open()
    dialog = bar.dialog
    assert dialog is not None
    dialog.payments.selectRow(2)
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == PAYMENTS[2].txid
    desk.show_unmatched(*PAYMENTS[1:])
    assert dialog.selected_payment() == PAYMENTS[2]
    desk.show_unmatched()
    assert dialog.selected_payment() is None
    assert not dialog.copy_button.isEnabled()
    dialog.close_button.click()
    assert bar.dialog is None
    bar.open()
    assert bar.dialog is not None


def test_a_payment_is_dismissed_shown_on_demand_and_brought_back(
    bar: UnmatchedBanner, desk: FakeDesk, bars: BannerStack
) -> None:
    counts: list[int] = []
    bar.counted.connect(counts.append)
    desk.show_unmatched(*PAYMENTS)
    bar.open()
    dialog = bar.dialog
    assert dialog is not None
    assert not dialog.show_dismissed.isVisible()
    dialog.payments.selectRow(1)
    QTest.mouseClick(dialog.dismiss_button, Qt.MouseButton.LeftButton)
    assert list(desk.dismissed.known) == [PAYMENTS[1].txid]
    assert dialog.payments.rowCount() == 2
    assert dialog.show_dismissed.text() == "Show dismissed (1)"
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.text().startswith("2 payments")
    QTest.mouseClick(dialog.show_dismissed, Qt.MouseButton.LeftButton)
    assert dialog.payments.rowCount() == 3
    dialog.payments.selectRow(2)
    assert dialog.selected_payment() == PAYMENTS[1]
    why = dialog.payments.item(2, 4)
    assert why is not None
    assert why.text().startswith("Dismissed ")
    assert dialog.dismiss_button.text() == "Bring back"
    desk.dismissed.refusal = OSError("The disk is full.")
    QTest.mouseClick(dialog.dismiss_button, Qt.MouseButton.LeftButton)
    assert dialog.bad.text() == "The disk is full."
    assert dialog.payments.rowCount() == 3
    desk.dismissed.refusal = None
    QTest.mouseClick(dialog.dismiss_button, Qt.MouseButton.LeftButton)
    assert desk.dismissed.known == {}
    assert not dialog.show_dismissed.isVisible()
    assert shown.text().startswith("3 payments")
    assert counts[-1] == 3
    desk.dismissed.known = {
        payment_without_request.txid: sample_rows.NOW for payment_without_request in PAYMENTS
    }
    bar.refresh()
    assert bars.banner(KEY) is None
    assert counts[-1] == 0


def test_an_empty_list_says_so(bar: UnmatchedBanner, desk: FakeDesk, scheme: str) -> None:
    bar.open()
    dialog = bar.dialog
    assert dialog is not None
    assert dialog.title.text() == "No payment waits for a request"
    assert not dialog.requests.isVisible()
    assert not dialog.assign_button.isVisible()
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert dialog.grab().save(str(OUTPUT / f"unmatched-empty-{scheme}.png"))
    desk.show_unmatched(*PAYMENTS)
    assert dialog.requests.isVisible()
    assert dialog.title.text().startswith("This money came")


def test_pictures(bar: UnmatchedBanner, desk: FakeDesk, scheme: str) -> None:
    desk.show_unmatched(*PAYMENTS)
    bar.open()
    dialog = bar.dialog
    assert dialog is not None
    desk.dismissed.known = {PAYMENTS[1].txid: sample_rows.NOW}
    bar.refresh()
    dialog.show_dismissed.setChecked(True)
    dialog.requests.selectRow(0)
    dialog.show_result("", "Assigned to 1048. Look at its row.")
    for _ in range(4):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    window = bar.property("window")
    assert dialog.grab().save(str(OUTPUT / f"unmatched-{scheme}.png"))
    assert window.grab().save(str(OUTPUT / f"unmatched-bar-{scheme}.png"))
    assert {Status.WAITING, Status.PAID} <= {row.verdict.status for row in sample_rows.rows()}


@pytest.mark.parametrize("tag", ["en", "de", "fr", "ja"])
def test_why_is_shown_whole_on_a_small_screen(qtbot: QtBot, desk: FakeDesk, tag: str) -> None:
    window_language.speak(catalogues.load(tag))
    try:
        dialog = UnmatchedDialog(desk.as_desk().clock.now, ledger=True)
        qtbot.addWidget(dialog)
        dialog.resize(784, 600)
        dialog.show_payments(PAYMENTS, {})
        dialog.show()
        QApplication.processEvents()
        table = dialog.payments
        room = QRect(0, 0, table.columnWidth(4) - 12, 1000)
        for row in range(len(PAYMENTS)):
            item = table.item(row, 4)
            assert item is not None
            wrap = Qt.TextFlag.TextWordWrap
            needed = table.fontMetrics().boundingRect(room, int(wrap), item.text())
            assert needed.height() <= table.rowHeight(row)
    finally:
        window_language.speak(catalogues.load("en"))
