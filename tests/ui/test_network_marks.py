"""On any network but mainnet each window that shows money says so, loudly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from ui import sample_rows
from ui.dialogs.test_unmatched_dialog import PAYMENTS
from ui.fake_desk import FakeDesk
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.dialogs.confirm import Choice, ask
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.till.rate_dialog import RateDialog
from xumm_desk.ui.till.tip_dialog import TipDialog
from xumm_desk.ui.widgets.environment_marks import NetworkFrame, NetworkStripe

OUTPUT = Path(__file__).parents[1] / "output"
Opened = Callable[..., tuple[MainWindow, FakeDesk]]


def on(network: str, row: RequestRow) -> RequestRow:
    spec = replace(row.request.spec, network=network)
    return replace(row, request=replace(row.request, spec=spec))


def shop(opened: Opened, network: str, view: str = "requests") -> tuple[MainWindow, FakeDesk]:
    rows = [on(network, row) for row in sample_rows.rows()]
    return opened(rows=rows, network=network, view=view, settings={"shop_name": "Café Uno"})


def dialogs(window: MainWindow, desk: FakeDesk) -> dict[str, QDialog]:
    """Each dialog that shows money, open."""
    board = window._desk_view
    assert board is not None
    desk.show_unmatched(*PAYMENTS)
    window._show_unmatched()
    board.ask_refund(sample_rows.row(Status.PAID).identifier)
    ask(board, "Already asked for", "1048 may still be paid.", "", Choice("OK"))
    tip = TipDialog("EUR", board)
    rate = RateDialog(desk.as_desk().rates, AcceptedAsset(), "EUR", lambda: None, board)
    tip.open()
    rate.open()
    found = {type(one).__name__: one for one in window.findChildren(QDialog) if one.isVisible()}
    names = {"UnmatchedDialog", "RefundDialog", "TipDialog", "RateDialog", "QMessageBox"}
    assert names <= set(found)
    return found


def words(dialog: QDialog) -> str:
    stripes = dialog.findChildren(NetworkStripe)
    return stripes[0].text() if stripes else ""


@pytest.mark.parametrize(
    ("network", "says"),
    [("TESTNET", "TESTNET — test money only"), ("XAHAU", "XAHAU — pays in XAH"), ("MAINNET", "")],
)
def test_each_dialog_about_money_says_it(opened: Opened, network: str, says: str) -> None:
    window, desk = shop(opened, network)
    for name, dialog in dialogs(window, desk).items():
        assert says in words(dialog), name
        assert bool(words(dialog)) is bool(says), name
        dialog.close()


@pytest.mark.parametrize(("network", "says"), [("TESTNET", "test money"), ("MAINNET", "")])
def test_the_customer_s_welcome_says_it_too(opened: Opened, network: str, says: str) -> None:
    window, _ = shop(opened, network)
    assert window._desk_view is not None
    customer = window._desk_view.customer
    customer.open()
    assert customer.window is not None
    frame = customer.window.findChild(NetworkFrame)
    assert frame is not None
    assert says in frame.label()
    assert bool(frame.label()) is bool(says)
    customer.show_row(on(network, sample_rows.row(Status.WAITING)))
    assert says in frame.label()
    customer.close()


@pytest.mark.parametrize("view", ["till", "requests"])
def test_pictures_of_a_test_network(opened: Opened, scheme: str, view: str) -> None:
    window, desk = shop(opened, "TESTNET", view)
    Theme.current().set_scheme("dark" if scheme == "dark" else "light")  # not the settings'
    window.resize(1366, 768)
    OUTPUT.mkdir(exist_ok=True)
    QApplication.processEvents()
    assert window.grab().save(str(OUTPUT / f"network-{view}-{scheme}.png"))
    if view == "till":
        return
    assert window._desk_view is not None
    customer = window._desk_view.customer
    customer.open()
    assert customer.window is not None
    customer.window.resize(900, 700)
    QApplication.processEvents()
    assert customer.window.grab().save(str(OUTPUT / f"network-customer-{scheme}.png"))
    for name, dialog in dialogs(window, desk).items():
        QApplication.processEvents()
        assert dialog.grab().save(str(OUTPUT / f"network-{name}-{scheme}.png"))
        dialog.close()
    customer.close()
