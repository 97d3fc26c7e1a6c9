"""The till: a sale by keyboard or by touch, its three faces, and nothing that swallows a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, FakePrinter, Held, run_now
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.quote import WayOut
from xumm_desk.core.sale.sale import request_label, sale_of
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import object_at
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import ENGLISH, use_languages
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import TILL, DeskView
from xumm_desk.ui.till.keypad import KEY_SIZE
from xumm_desk.ui.till.rate_dialog import RateDialog
from xumm_desk.ui.till.sale_pane import VerdictFace
from xumm_desk.ui.till.till_view import TillView

from .sales import sale_row

SMALLEST_CODE_SHARE = 0.45


class TillDesk(FakeDesk):
    """A desk whose platform answers at once, or when `held` is released."""

    def __init__(self) -> None:
        super().__init__()
        self.held: Held | None = None
        self.printer = FakePrinter()

    async def create(self, spec: object) -> RequestRow:
        """On the platform, and shown."""
        if self.held is not None:
            await self.held
        made = await super().create(spec)  # type: ignore[arg-type]
        self.show(made)
        return made

    def move(self, identifier: str, status: Status) -> None:
        """Let a sale reach this status."""
        spec = self._rows[identifier].request.spec
        row = sample_rows.row(status)
        self.show(replace(row, request=replace(row.request, spec=spec)))


@pytest.fixture
def desk() -> TillDesk:
    return TillDesk()


@pytest.fixture
def open_till(qtbot: QtBot, tmp_path: Path, desk: TillDesk) -> Callable[..., TillView]:
    """Opens a till with these settings of the shop."""

    def make(network: str = "MAINNET", **settings: object) -> TillView:
        kept = SettingsFile(tmp_path / "settings.json")
        kept.change(destination=sample_rows.SHOP, view=TILL)
        kept.change(**settings)
        board = DeskView(
            desk.as_desk(),
            start=run_now,
            preferences=kept,
            network=network,
            phone=None,
            practice=False,
            make_printer=lambda: desk.printer,
        )
        qtbot.addWidget(board)
        board.resize(1366, 700)
        board.open()
        board.show()
        qtbot.waitExposed(board)
        made = board.till
        made.board = board  # type: ignore[attr-defined] # keeps it alive
        return made

    return make


def flush(till: TillView) -> None:
    till.board.changes.flush()  # type: ignore[attr-defined]


def type_keys(qtbot: QtBot, till: TillView, keys: str) -> None:
    QTest.keyClicks(till, keys)


def question() -> QMessageBox:
    """The question that is open."""
    boxes = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]
    return next(box for box in boxes if box.isVisible())


def press(box: QMessageBox, words: str) -> None:
    next(button for button in box.buttons() if button.text() == words).click()


@pytest.fixture
def german_customers() -> Iterator[None]:
    use_languages(ENGLISH, catalogues.load("de"))
    yield
    use_languages(ENGLISH)


@pytest.mark.usefixtures("german_customers")
def test_the_wallet_reads_the_customer_s_language(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(till="2", numbering="running")
    till.charging.flow.set_shop("Café Uno")
    type_keys(qtbot, till, "12.5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    [spec] = desk.created
    assert spec.instruction == "Café Uno, Verkauf #1"


def test_a_sale_by_keyboard_alone(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(till="2", numbering="running")
    till.charging.flow.set_shop("Café Uno")
    type_keys(qtbot, till, "12,5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    [spec] = desk.created
    assert object_at(spec.body, "txjson")["Amount"] == "12500000"
    sale = sale_of(spec)
    assert sale is not None
    assert (sale.number, sale.till) == (1, "2")
    assert request_label(spec) == "#1"
    assert spec.identifier.startswith("2-")
    assert spec.instruction == "Café Uno, sale #1"
    assert till.pane.identifier == spec.identifier
    assert till.entry.entry.is_empty
    desk.move(spec.identifier, Status.PAID)
    flush(till)
    assert till.pane.shows_verdict
    assert till.pane.verdict.word.text() == "PAID"
    assert till.pane.verdict.advice.text() == "Hand over the goods"
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert till.pane.row() is None
    assert len(desk.created) == 1, "Enter after a verdict goes on; it charges nothing"


def test_a_sale_by_touch_alone(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(presets=[{"name": "Espresso", "price": "2.80"}, {"price": "no number"}])
    assert len(till.entry.preset_buttons) == 1
    QTest.mouseClick(till.entry.preset_buttons[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(till.entry.erase, Qt.MouseButton.LeftButton)
    for key in ("00", "5"):
        QTest.mouseClick(till.entry.keypad.keys[key], Qt.MouseButton.LeftButton)
    QTest.mouseClick(till.entry.charge, Qt.MouseButton.LeftButton)
    [spec] = desk.created
    assert object_at(spec.body, "txjson")["Amount"] == "2005000"


def test_every_key_is_large_enough_for_a_finger(open_till: Callable[..., TillView]) -> None:
    till = open_till(presets=[{"price": "5"}])
    for button in (*till.entry.keypad.keys.values(), till.entry.charge):
        assert button.height() >= KEY_SIZE
        assert button.width() >= KEY_SIZE
    for button in till.findChildren(QPushButton):
        if button.isVisible():
            assert button.height() >= 48, button.text()


def test_charge_says_why_it_is_disabled(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    assert not till.entry.charge.isEnabled()
    assert till.entry.charge.toolTip() == "Type a price."
    type_keys(qtbot, till, "5")
    assert till.entry.charge.isEnabled()
    till.set_blocked("No connection to the platform.")
    assert not till.entry.charge.isEnabled()
    assert till.entry.reason.text() == "No connection to the platform."
    QTest.keyClick(till, Qt.Key.Key_F12)
    assert desk.created == []
    till.set_blocked("")
    QTest.keyClick(till, Qt.Key.Key_F12)
    assert len(desk.created) == 1


def test_without_a_receiving_address_nothing_is_charged(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(destination="")
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created == []
    assert "receiving address" in till.entry.reason.text()


def test_pressing_twice_makes_one_sale(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    desk.held = Held()
    type_keys(qtbot, till, "5")
    for _ in range(3):
        QTest.keyClick(till, Qt.Key.Key_Return)
        till.entry.charge.click()
    assert not till.entry.charge.isEnabled()
    type_keys(qtbot, till, "7")
    assert till.entry.entry.typed == "5", "no key changes a sale that is being created"
    desk.held.release()
    assert len(desk.created) == 1
    assert till.entry.entry.is_empty


def test_once_scanned_the_code_is_covered(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    face = till.pane.progress
    assert face.code.content == desk.rows()[0].request.qr_link
    assert face.code.height() >= till.pane.height() * SMALLEST_CODE_SHARE
    desk.move(till.pane.identifier, Status.OPENED)
    flush(till)
    assert face.code.content == ""
    assert face.title.text() == "Customer has scanned"
    assert "Not paid yet" in face.advice.text()


def test_a_verdict_stays_while_the_next_price_is_typed_and_until_it_is_charged(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    first = till.pane.identifier
    desk.move(first, Status.CHECK)
    flush(till)
    type_keys(qtbot, till, "7")
    for _ in range(100):
        till.tick()
    assert till.pane.identifier == first
    assert till.pane.verdict.word.text() == "CHECK"
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    assert till.pane.identifier != first


def test_a_sale_that_ends_out_of_sight_is_pointed_out(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    ended: list[RequestRow] = []
    till.ended.connect(ended.append)
    for price in "57":
        type_keys(qtbot, till, price)
        QTest.keyClick(till, Qt.Key.Key_Return)
        flush(till)
    first, second = (spec.identifier for spec in desk.created)
    assert till.pane.identifier == second
    desk.move(first, Status.PAID)
    flush(till)
    assert [row.identifier for row in ended] == [first]
    assert till.pane.identifier == second, "the sale in hand is not replaced"
    assert till.strip.chips[0].row.identifier == first
    assert "Paid" in till.strip.chips[0].accessibleName()
    till.strip.chips[0].click()
    assert till.pane.verdict.word.text() == "PAID"


def test_escape_clears_then_puts_away_then_asks_to_cancel(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    asked: list[str] = []
    till.cancel_asked.connect(asked.append)
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    identifier = till.pane.identifier
    type_keys(qtbot, till, "9")
    QTest.keyClick(till, Qt.Key.Key_Escape)
    assert till.entry.entry.is_empty
    assert asked == []
    QTest.keyClick(till, Qt.Key.Key_Escape)
    assert asked == [identifier]
    press(question(), "Keep it")
    desk.move(identifier, Status.DECLINED)
    flush(till)
    QTest.keyClick(till, Qt.Key.Key_Escape)
    assert till.pane.row() is None


def test_above_the_shops_limit_it_asks(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(sale_limit="100")
    type_keys(qtbot, till, "1000")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created == []
    assert "limit" in question().text()
    press(question(), "Change it")
    assert till.entry.can_charge
    QTest.keyClick(till, Qt.Key.Key_Return)
    press(question(), "Charge")
    assert len(desk.created) == 1


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words_and_only_paid_says_hand_over(
    open_till: Callable[..., TillView], status: Status
) -> None:
    till = open_till()
    row = sale_row(status, 7)
    till.load([row])
    till.show_identifier(row.identifier)
    face = till.pane.verdict if till.pane.shows_verdict else till.pane.progress
    advice = face.advice.text()
    assert advice
    assert advice.startswith("Hand over") is (status is Status.PAID)


def test_paste_takes_a_price_and_refuses_what_is_none(
    qtbot: QtBot, open_till: Callable[..., TillView], app: object
) -> None:
    till = open_till()
    QGuiApplication.clipboard().setText("12,50")
    QTest.keyClick(till, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert till.entry.entry.typed == "12.5"
    QGuiApplication.clipboard().setText("twelve")
    QTest.keyClick(till, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "plain number" in till.entry.refusal.text()
    assert till.entry.entry.typed == "12.5"


RLUSD = AcceptedAsset("524C555344000000000000000000000000000000", sample_rows.ISSUER, name="RLUSD")
EURO_SHOP = {
    "shop_currency": "EUR",
    "assets": [XRP.to_json(), RLUSD.to_json()],
}


def test_a_price_in_euros_is_charged_in_xrp_at_the_rate_that_is_shown(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.set_rate(XRP, "EUR", "2.40")
    till = open_till(**EURO_SHOP)
    assert desk.rates.used == [("EUR", (XRP, RLUSD))]
    type_keys(qtbot, till, "12.5")
    assert till.entry.card.price.text() == "€\u00a012.5"
    assert till.entry.card.amount.text() == "5.208334 XRP"
    assert till.entry.card.rate.text() == "€\u00a02.40 each · 18 s old · Xaman"
    QTest.keyClick(till, Qt.Key.Key_Return)
    [spec] = desk.created
    assert object_at(spec.body, "txjson")["Amount"] == "5208334", "rounded up to the drop"
    sale = sale_of(spec)
    assert sale is not None
    assert sale.quote is not None
    assert str(sale.quote.rate.price) == "2.40"


def test_the_customer_pays_with_another_asset(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.set_rate(RLUSD, "EUR", "0.92")
    till = open_till(
        shop_currency="EUR", assets=[XRP.to_json(), {**RLUSD.to_json(), "pathfinding": True}]
    )
    till.entry.choose_next_asset()
    type_keys(qtbot, till, "9.2")
    QTest.keyClick(till, Qt.Key.Key_Return)
    [spec] = desk.created
    assert object_at(object_at(spec.body, "txjson"), "Amount")["value"] == "10"
    assert object_at(spec.body, "options")["pathfinding"] is True


def test_without_a_usable_rate_nothing_is_charged_and_one_way_out_is_offered(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.refuse(XRP, "EUR", "The rate is 6 min old.", WayOut.REFRESH)
    till = open_till(**EURO_SHOP)
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created == []
    assert till.entry.reason.text() == "The rate is 6 min old."
    assert till.entry.way_out.text() == "Ask again"
    till.entry.way_out.click()
    assert desk.rates.refreshed == 1
    desk.rates.set_rate(XRP, "EUR", "2.40")
    assert till.entry.charge.isEnabled()
    assert not till.entry.way_out.isVisible()


def test_a_typed_rate_is_a_way_out_and_an_unlikely_one_is_asked_about(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.refuse(XRP, "EUR", "No source answers.", WayOut.TYPE_RATE)
    till = open_till(**EURO_SHOP)
    till.entry.way_out.click()
    [dialog] = till.findChildren(RateDialog)
    dialog.field.set_text("240")
    dialog.take.click()
    assert "far from" in dialog.warning.text()
    dialog.field.set_text("2.4")
    dialog.take.click()
    type_keys(qtbot, till, "12.5")
    assert till.entry.card.amount.text() == "5.208334 XRP"


def test_an_asset_that_cannot_arrive_is_not_charged(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.account_check.blocked["XRP"] = "This address does not exist yet."
    till = open_till()
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert desk.created == []
    assert till.entry.reason.text() == "This address does not exist yet."


def test_a_late_payment_says_what_it_is_worth_now(
    open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.set_rate(XRP, "EUR", "1.20")
    till = open_till(**EURO_SHOP)
    row = sale_row(Status.PAID_LATE, 7)
    till.load([row])
    till.show_identifier(row.identifier)
    assert "is worth €\u00a0" in till.pane.verdict.more.text()


def test_receipts_by_button_by_row_and_for_each_paid_sale(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(receipt_printer="pdf", receipt_on_paid=True)
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    name = till.pane.identifier
    desk.move(name, Status.PAID)
    flush(till)
    assert desk.printer.printed == [(name, False)]
    till.pane.receipt_button.click()
    till.strip.receipt_asked.emit(name)
    assert desk.printer.printed[1:] == [(name, True), (name, True)]


def test_rates_are_asked_for_only_while_the_till_is_open(
    open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(**EURO_SHOP)
    till.board.show_view("requests")  # type: ignore[attr-defined]
    assert desk.rates.used == []
    till.board.show_view("till")  # type: ignore[attr-defined]
    assert len(desk.rates.used) == 1


def test_what_is_missing_of_an_underpaid_sale_can_be_charged(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    desk.rates.set_rate(XRP, "EUR", "2.40")
    till = open_till(**EURO_SHOP)
    row = sale_row(Status.CHECK, 7, price="30.50")
    till.load([row])
    till.show_identifier(row.identifier)
    assert till.pane.next_button.text() == "Decide later"
    # The sample asked for 20 XRP, of which 0.001 arrived.
    assert till.pane.rest_button.text() == "Charge the missing €\u00a030.50"
    till.pane.rest_button.click()
    assert till.entry.entry.typed == "30.5"
    assert till.entry.reference.text() == "Rest of #7"
    paid = sale_row(Status.PAID, 8)
    till.load([paid])
    till.show_identifier(paid.identifier)
    assert not till.pane.rest_button.isVisible()


def save(till: TillView, **values: object) -> None:
    till._preferences.change(**values)
    till.apply_settings()


def test_a_setting_that_is_changed_keeps_the_typed_price_and_the_sale_that_is_open(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(**EURO_SHOP)
    desk.rates.set_rate(XRP, "EUR", "2.40")
    desk.rates.set_rate(RLUSD, "EUR", "0.92")
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    flush(till)
    shown = till.pane.identifier
    assert shown
    assert till.entry.card.assets is not None
    till.entry.card.assets.set_value(RLUSD.key)
    till.entry.reference.setText("table 4")
    type_keys(qtbot, till, "7,2")
    save(
        till,
        presets=[{"name": "Tea", "price": "3.10"}],
        tips=["20"],
        assets=[RLUSD.to_json(), XRP.to_json()],
    )
    assert till.pane.identifier == shown
    assert till.entry.entry.typed == "7.2"
    assert till.entry.reference.text() == "table 4"
    assert till.entry.asset == RLUSD
    assert [button.text() for button in till.entry.preset_buttons] == ["Tea\n3.10"]
    assert desk.rates.used[-1] == ("EUR", (RLUSD, XRP))
    type_keys(qtbot, till, "5")
    assert till.entry.entry.typed == "7.25"
    QTest.keyClick(till, Qt.Key.Key_F12)
    assert len(desk.created) == 2


def test_another_currency_clears_the_price_and_asks_for_its_rates(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(**EURO_SHOP)
    type_keys(qtbot, till, "1250")
    save(till, shop_currency="JPY")
    assert till.entry.entry.is_empty
    assert till.entry.entry.currency == "JPY"
    assert desk.rates.used[-1][0] == "JPY"


def test_settings_that_say_nothing_new_of_the_till_rebuild_nothing(
    open_till: Callable[..., TillView],
) -> None:
    till = open_till()
    entry = till.entry
    save(till, shop_name="Café Uno")
    assert till.entry is entry


def test_a_sale_that_is_being_created_stays_so_while_settings_change(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till()
    desk.held = Held()
    type_keys(qtbot, till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    save(till, tips=["1"])
    assert till.entry.busy
    desk.held.release()
    flush(till)
    assert not till.entry.busy
    assert till.entry.entry.is_empty
    assert till.pane.identifier


def test_a_currency_that_could_not_be_read_charges_nothing(
    qtbot: QtBot, open_till: Callable[..., TillView]
) -> None:
    till = open_till(shop_currency="")
    type_keys(qtbot, till, "5")
    assert not till.entry.can_charge
    assert "could not be read" in till.entry.reason.text()


def test_on_xahau_drops_are_priced_as_xah_and_never_as_xrp(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    xah = AcceptedAsset("XAH")
    desk.rates.set_rate(XRP, "EUR", "2.40")
    desk.rates.set_rate(xah, "EUR", "0.10")
    till = open_till(network="XAHAU", shop_currency="EUR", assets=[XRP.to_json()])
    assert desk.rates.used == [("EUR", (xah,))]
    type_keys(qtbot, till, "12.5")
    assert till.entry.card.amount.text() == "125.00 XAH"
    QTest.keyClick(till, Qt.Key.Key_Return)
    [spec] = desk.created
    assert object_at(spec.body, "txjson")["Amount"] == "125000000"


def test_on_xahau_a_new_shop_writes_its_prices_in_xah(
    qtbot: QtBot, open_till: Callable[..., TillView], desk: TillDesk
) -> None:
    till = open_till(network="XAHAU")
    type_keys(qtbot, till, "5")
    assert till.entry.card.price.text() == "5 XAH"
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert len(desk.created) == 1


@pytest.mark.parametrize("height", range(400, 640, 24))
def test_no_button_of_a_verdict_is_cut_at_any_height(
    qtbot: QtBot, app: object, height: int
) -> None:
    words = ("Receipt", "Refund…", "Remember…", "Details", "Next sale")
    buttons = [QPushButton(one) for one in words]
    face = VerdictFace(buttons)
    qtbot.addWidget(face)
    face.show_row(sale_row(Status.PAID, 7))
    face.resize(632, height)
    face.show()
    QApplication.processEvents()
    assert face.height() == height
    assert [one.visibleRegion().boundingRect().size() for one in buttons] == [
        one.size() for one in buttons
    ]
    assert face.word.visibleRegion().boundingRect().height() == face.word.height()
