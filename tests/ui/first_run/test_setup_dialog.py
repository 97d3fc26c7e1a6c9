"""The guided set-up: left and taken up at any step, and in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from ui.fake_updates import FakeUpdates
from ui.settings.test_settings_dialog import clipped
from xumm_desk.core.status import Status
from xumm_desk.ui.dialogs.keys_dialog import KeysDialog
from xumm_desk.ui.first_run.setup_dialog import SetupDialog
from xumm_desk.ui.first_run.start_pages import KeysPage, PracticePage
from xumm_desk.ui.first_run.steps import ADDRESS, DONE, KEYS, PRICES, SCREEN, STEPS
from xumm_desk.ui.main_window import SETUP, MainWindow
from xumm_desk.ui.settings.prices_page import PricesPage
from xumm_desk.ui.settings.shop_page import ShopPage

Opened = Callable[..., tuple[MainWindow, FakeDesk]]
OUTPUT = Path(__file__).parents[2] / "output"


def dialog_of(window: MainWindow) -> SetupDialog | None:
    found = [one for one in window.findChildren(SetupDialog) if one.isVisible()]
    return found[0] if found else None


@pytest.fixture
def shop(opened: Opened) -> tuple[MainWindow, FakeDesk]:
    """A new shop whose window is open."""
    return opened(rows=(), view="till")


@pytest.fixture
def dialog(shop: tuple[MainWindow, FakeDesk]) -> SetupDialog:
    window, _ = shop
    window.offer_setup()
    made = dialog_of(window)
    assert made is not None
    return made


def test_it_opens_at_the_first_start_of_a_new_folder(dialog: SetupDialog) -> None:
    assert dialog.step == KEYS
    assert not dialog.isModal()


def test_it_does_not_open_where_there_are_requests_already(opened: Opened) -> None:
    window, _ = opened()
    window.offer_setup()
    assert dialog_of(window) is None
    assert SETUP not in window.banners.shown()


def test_it_does_not_open_in_a_shop_with_settings(shop: tuple[MainWindow, FakeDesk]) -> None:
    window, _ = shop
    window._settings.is_new = False  # type: ignore[misc]
    window.offer_setup()
    assert dialog_of(window) is None


def test_the_next_start_offers_to_go_on_where_it_was_left(
    shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog
) -> None:
    window, _ = shop
    dialog.go_on()
    assert dialog.step == ADDRESS
    dialog.later_button.click()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert window.preferences.value.setup_step == ADDRESS
    window.offer_setup()
    assert dialog_of(window) is None, "nobody is asked twice"
    bar = window.banners.banner(SETUP)
    assert bar is not None
    bar.button.click()
    again = dialog_of(window)
    assert again is not None
    assert again.step == ADDRESS


def test_a_sale_can_be_charged_while_it_is_open(
    qtbot: QtBot, shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog
) -> None:
    window, desk = shop
    window.apply_settings({"destination": sample_rows.SHOP})
    assert window._desk_view is not None
    till = window._desk_view.till
    QTest.keyClicks(till, "5")
    QTest.keyClick(till, Qt.Key.Key_Return)
    assert len(desk.created) == 1


def test_each_step_saves_what_is_typed_and_wrong_things_hold_it(
    shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog
) -> None:
    window, _ = shop
    dialog.show_step(ADDRESS)
    page = dialog.page
    assert isinstance(page, ShopPage)
    page.destination.set_text("rWrong")
    dialog.go_on()
    assert dialog.step == ADDRESS
    assert "letter by letter" in dialog.refusal.text()
    page.destination.set_text(sample_rows.SHOP)
    dialog.go_on()
    assert window.preferences.value.destination == sample_rows.SHOP
    prices = dialog.page
    assert isinstance(prices, PricesPage)
    prices.currency.set_text("CHF")
    dialog.go_on()
    assert dialog.step == SCREEN
    assert window.preferences.value.shop_currency == "CHF"
    assert window._desk_view is not None
    assert window._desk_view.till.entry.entry.currency == "CHF"


def test_every_step_can_be_left_out(shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog) -> None:
    window, _ = shop
    for _ in STEPS:
        dialog.go_on()
    assert window.preferences.value.setup_step == DONE
    assert not dialog.isVisible()


def test_steps_are_reached_from_the_list_and_ticked(dialog: SetupDialog) -> None:
    dialog.list.setCurrentRow(list(STEPS).index(PRICES))
    assert dialog.step == PRICES
    spoken = [
        dialog.list.item(place).data(Qt.ItemDataRole.AccessibleTextRole)
        for place in range(dialog.list.count())
    ]
    assert spoken[0].endswith("done")
    assert spoken[1].endswith("open")


class FakeTill:
    """A till that charges when a test says so."""

    def __init__(self) -> None:
        self.refusal = ""
        self.begun = self.paid = 0
        self.changed = FakeSignal()

    def begin(self) -> str:
        self.begun += 1
        return self.refusal

    def pay(self) -> None:
        self.paid += 1


class FakeSignal:
    """Enough of a signal."""

    def connect(self, _slot: object) -> None:
        """Nobody emits it."""


def test_the_practice_sale_ends_in_paid(qtbot: QtBot) -> None:
    till = FakeTill()
    page = PracticePage(till)
    qtbot.addWidget(page)
    page.show()
    assert not page.pay_button.isEnabled()
    till.refusal = "The rate is being asked for."
    page.begin_button.click()
    assert page.refusal.text() == till.refusal
    till.refusal = ""
    page.begin_button.click()
    page.show_row(sample_rows.row(Status.WAITING))
    assert page.refusal.text() == ""
    page.pay_button.click()
    assert till.paid == 1
    page.show_row(sample_rows.row(Status.CONFIRMING))
    assert not page.pay_button.isEnabled()
    with qtbot.waitSignal(page.paid):
        page.show_row(sample_rows.row(Status.PAID))
    assert "PAID" in page.done.text()


def test_without_a_practice_phone_practice_mode_is_offered(qtbot: QtBot) -> None:
    page = PracticePage(None)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.practice_asked):
        page.practice_button.click()


def test_the_keys_step_opens_the_keys_and_practice(
    qtbot: QtBot, shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog
) -> None:

    window, _ = shop
    assert isinstance(dialog.page, KeysPage)
    with qtbot.waitSignal(window.practice_chosen):
        dialog.page.practice_button.click()
    dialog.page.keys_button.click()
    assert window.findChildren(KeysDialog)


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    before = QFont(app.font())
    twice = QFont(before)
    twice.setPointSizeF(before.pointSizeF() * 2)
    app.setFont(twice)
    yield
    app.setFont(before)


def show_all(dialog: SetupDialog, name: str, size: tuple[int, int]) -> None:
    dialog.resize(*size)
    OUTPUT.mkdir(exist_ok=True)
    for step in STEPS:
        dialog.show_step(step)
        for _ in range(4):
            QApplication.processEvents()
        assert clipped(dialog.page) == [], step
        assert dialog.grab().save(str(OUTPUT / f"setup-{name}-{step}.png"))


def test_no_step_is_clipped(
    scheme: str, shop: tuple[MainWindow, FakeDesk], dialog: SetupDialog
) -> None:
    shop[0].apply_settings(
        {"destination": sample_rows.SHOP, "shop_currency": "EUR", "scheme": scheme}
    )
    show_all(dialog, f"usual-{scheme}", (820, 560))


@pytest.mark.usefixtures("large_text")
def test_no_step_is_clipped_in_a_small_window_with_text_of_twice_its_size(
    dialog: SetupDialog,
) -> None:
    show_all(dialog, "large-text", (852, 552))


def test_it_asks_once_and_quietly_whether_to_tell_of_new_versions(
    shop: tuple[MainWindow, FakeDesk],
) -> None:
    window, _ = shop
    object.__setattr__(window._system, "updates", FakeUpdates())
    window.offer_setup()
    dialog = dialog_of(window)
    assert dialog is not None
    assert isinstance(dialog.page, KeysPage)
    assert dialog.page.tell.isVisible()
    assert not dialog.page.tell.isChecked()
    dialog.page.tell.setChecked(True)
    dialog.go_on()
    assert window.preferences.value.version_notice == "on"
    dialog.show_step(KEYS)
    assert isinstance(dialog.page, KeysPage)
    assert not dialog.page.tell.isVisible(), "it was answered"


def test_it_does_not_ask_in_a_build_without_a_release_key(dialog: SetupDialog) -> None:
    assert isinstance(dialog.page, KeysPage)
    assert not dialog.page.tell.isVisible()
    dialog.go_on()
    assert dialog._window.preferences.value.version_notice == ""
