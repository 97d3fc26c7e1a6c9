"""The display follows one sale, says thanks long enough, and remembers what it was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from ui.sample_rows import Clock, row
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.customer.customer_display import THANKS_SECONDS, CustomerDisplay
from xumm_desk.ui.customer.phases import Phase

from .priced_rows import priced, wait_for_code


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.json")


@pytest.fixture
def display(clock: Clock, kept: SettingsFile) -> Iterator[CustomerDisplay]:
    made = CustomerDisplay(preferences=kept, clock=clock, practice=False, shop="Café Uno")
    made.open()
    yield made
    made.close_for_good()


def as_sale(one: RequestRow, name: str) -> RequestRow:
    spec = replace(one.request.spec, identifier=name)
    return replace(one, request=replace(one.request, spec=spec))


def phase(display: CustomerDisplay) -> Phase:
    assert display.window is not None
    return display.window.phase()


def test_it_follows_its_sale_and_no_other(qtbot: QtBot, display: CustomerDisplay) -> None:
    assert phase(display) is Phase.IDLE
    display.show_row(as_sale(row(Status.WAITING), "one"))
    assert display.window is not None
    wait_for_code(qtbot, display.window)
    display.update_rows([as_sale(row(Status.PAID), "two")])
    assert phase(display) is Phase.SCAN
    opened = as_sale(row(Status.OPENED), "one")
    display.update_rows([as_sale(row(Status.PAID), "two"), opened])
    assert phase(display) is Phase.PHONE
    assert display.identifier == "one"


def test_the_thanks_stay_five_seconds_before_the_next_sale(
    display: CustomerDisplay, clock: Clock
) -> None:
    display.show_row(as_sale(row(Status.CONFIRMING), "one"))
    display.update_rows([as_sale(row(Status.PAID), "one")])
    assert phase(display) is Phase.PAID
    clock.passed = 2
    display.show_row(as_sale(row(Status.CREATING), "two"))
    assert phase(display) is Phase.PAID
    assert display.identifier == "two"
    display.update_rows([as_sale(row(Status.OPENED), "two")])
    clock.passed = THANKS_SECONDS - 0.1
    display.tick()
    assert phase(display) is Phase.PAID
    clock.passed = THANKS_SECONDS
    display.tick()
    assert phase(display) is Phase.PHONE, "as the next sale is by now"


def test_the_thanks_stay_until_the_cashier_goes_on(display: CustomerDisplay, clock: Clock) -> None:
    display.show_row(row(Status.PAID))
    clock.passed = 600
    display.tick()
    assert phase(display) is Phase.PAID
    display.show_row(None)
    assert phase(display) is Phase.IDLE
    assert display.identifier == ""


def test_a_welcome_that_was_asked_for_early_comes_after_the_thanks(
    display: CustomerDisplay, clock: Clock
) -> None:
    display.show_row(row(Status.PAID))
    display.show_row(None)
    assert phase(display) is Phase.PAID
    clock.passed = THANKS_SECONDS
    display.tick()
    assert phase(display) is Phase.IDLE


def test_thanks_that_turn_out_wrong_go_at_once(display: CustomerDisplay, clock: Clock) -> None:
    display.show_row(as_sale(row(Status.PAID), "one"))
    display.show_row(as_sale(row(Status.OPENED), "two"))
    display.update_rows([as_sale(row(Status.CHECK), "one")])
    assert phase(display) is Phase.ASK
    display.tick()
    assert phase(display) is Phase.PHONE


def test_no_other_end_holds_up_the_next_sale(display: CustomerDisplay) -> None:
    for status in (Status.DECLINED, Status.CHECK, Status.EXPIRED):
        display.show_row(as_sale(row(status), "one"))
        display.show_row(as_sale(row(Status.OPENED), "two"))
        assert phase(display) is Phase.PHONE


def test_a_code_that_cannot_be_read_is_told_to_the_cashier_once(
    qtbot: QtBot, display: CustomerDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xumm_desk.ui.qr import code_check

    monkeypatch.setattr(code_check, "is_readable", lambda *_: False)
    told: list[str] = []
    display.alarm.connect(told.append)
    assert display.window is not None
    with qtbot.waitSignal(display.alarm):
        display.show_row(row(Status.WAITING))
    with qtbot.waitSignal(display.window.code_failed):
        display.window.showNormal()
        display.window.resize(700, 650)
    assert len(told) == 1
    assert "payment link" in told[0]
    assert phase(display) is Phase.PLEASE_WAIT


def test_it_stays_open_on_a_welcome_between_sales(display: CustomerDisplay) -> None:
    display.show_row(priced(Status.DECLINED))
    display.show_row(None)
    assert display.is_open()
    assert phase(display) is Phase.IDLE


def test_a_closed_display_is_opened_again_with_what_it_should_show(
    display: CustomerDisplay,
) -> None:
    display.close()
    assert not display.is_open()
    display.show_row(row(Status.OPENED))
    display.open()
    assert display.is_open()
    assert phase(display) is Phase.PHONE


def test_brightening_is_remembered(
    display: CustomerDisplay, clock: Clock, kept: SettingsFile
) -> None:
    display.brighten_action.setChecked(True)
    again = CustomerDisplay(preferences=SettingsFile(kept.path), clock=clock, practice=False)
    assert again.brighten_action.isChecked()


def test_the_next_start_opens_it_where_it_was(
    display: CustomerDisplay, clock: Clock, kept: SettingsFile
) -> None:
    def opens_at_the_next_start(*, closed_by_a_person: bool = False) -> bool:
        made = CustomerDisplay(preferences=SettingsFile(kept.path), clock=clock, practice=False)
        made.open_again()
        opened = made.is_open()
        if closed_by_a_person:
            made.close()
        made.close_for_good()
        return opened

    assert not opens_at_the_next_start(), "no screen was chosen: it might cover the cashier's"
    assert display.window is not None
    display.window.screen_step_asked.emit(1)
    name = QGuiApplication.primaryScreen().name()
    assert name in kept.value.customer_screen
    display.close_for_good()
    assert opens_at_the_next_start()
    assert opens_at_the_next_start(closed_by_a_person=True)
    assert not opens_at_the_next_start()


def test_its_menu_offers_screens_full_screen_and_brightening(display: CustomerDisplay) -> None:
    assert display.window is not None
    menu = QMenu()
    display.window.menu_opened.emit(menu)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[-1] == "Brighten the customer's screen"
    assert len(words) == len(QGuiApplication.screens()) + 1


def test_a_logo_is_shown_and_a_broken_one_is_told(
    qtbot: QtBot, display: CustomerDisplay, tmp_path: Path
) -> None:
    good, broken = tmp_path / "logo.png", tmp_path / "broken.png"
    Image.new("RGB", (40, 20), (0, 90, 0)).save(good)
    broken.write_bytes(b"no picture")
    assert display.window is not None
    logo = display.window.logo
    display.set_logo(str(good))
    qtbot.waitUntil(lambda: not logo.image().isNull())
    with qtbot.waitSignal(display.notice) as told:
        display.set_logo(str(broken))
    assert "broken.png" in told.args[0]
    assert logo.image().isNull()
