"""The lamps show what fails, for how long, and never by colour alone; they fit into every bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStatusBar
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.health.lamp import LampLevel, LampName
from xumm_desk.core.message import Message
from xumm_desk.ui.lamps import lamp_words
from xumm_desk.ui.lamps.lamp_bar import LampBar
from xumm_desk.ui.lamps.lamp_layout import Detail
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape


def in_status_bar(qtbot: QtBot, width: int, desk: FakeDesk) -> tuple[LampBar, QStatusBar]:
    bar, lamps = QStatusBar(), LampBar(desk.as_desk())
    bar.addWidget(QLabel("Café Uno"))
    bar.addPermanentWidget(lamps)
    qtbot.addWidget(bar)
    bar.resize(width, 28)
    bar.show()
    QApplication.processEvents()
    return lamps, bar


def labels(strip: LampBar) -> list[str]:
    return [lamp.label() for lamp in strip.lamps.values()]


def test_each_lamp_has_a_word_and_an_age(qtbot: QtBot) -> None:
    desk = FakeDesk()
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    assert labels(strip) == [
        "API ok · 4 s",
        "Live 5 of 5 · 3 s",
        "Ledger ok · 2 s",
        "Rate ok · 18 s",
        "Calls 52/60 · 4 s",
        "Disk 12 GB · 6 s",
        "Clock ok · 4 s",
    ]
    for lamp in strip.lamps.values():
        assert lamp.reading.level is LampLevel.WELL
        assert lamp.accessibleName() == lamp.label()
        assert lamp.accessibleDescription() in lamp.toolTip()
        assert lamp.accessibleDescription().endswith(" ago.")


def test_well_is_grey_since_green_is_for_money() -> None:
    assert lamp_words.LOOKS[LampLevel.WELL] == (Shape.DOT, Tone.NEUTRAL)
    assert len({shape for shape, _ in lamp_words.LOOKS.values()}) == len(LampLevel)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        (LampName.PLATFORM, {"platform_error": "The keys are refused."}, "The keys are refused."),
        (LampName.LIVE, {"sockets_live": 3}, "lost for 2 of 5"),
        (LampName.LEDGER, {"ledger_set_up": False}, "never Paid"),
        (LampName.RATE, {"rate_refused": "The rate is 6 min old."}, "6 min old"),
        (LampName.CALLS, {"calls_left": 3}, "3 of 60"),
        (LampName.CLOCK, {"clock_off": "It is 11 seconds slow.", "clock_ahead": -11.0}, "11 sec"),
        (LampName.DISK, {"disk": DiskSpace(400_000_000, 10**11, 10**6)}, "400 MB are free"),
    ],
)
def test_ill_is_a_triangle_with_a_sentence_and_what_to_do(
    qtbot: QtBot, name: LampName, changes: dict[str, Any], words: str
) -> None:
    desk = FakeDesk()
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    desk.present_health = sample_rows.health(**changes)
    strip.tick()
    shown = strip.lamps[name]
    assert lamp_words.LOOKS[shown.reading.level][0] is Shape.TRIANGLE
    assert words in shown.toolTip()
    assert words in shown.accessibleDescription()
    assert shown.reading.action
    others = [lamp for lamp in strip.lamps.values() if lamp is not shown]
    assert {lamp.reading.level for lamp in others} == {LampLevel.WELL}


def test_a_disk_that_refuses_is_harm(qtbot: QtBot) -> None:
    desk = FakeDesk()
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    desk.present_health = sample_rows.health(journal_error="The disk is full.")
    strip.tick()
    disk = strip.lamps[LampName.DISK]
    assert lamp_words.LOOKS[disk.reading.level] == (Shape.OCTAGON, Tone.HARM)
    assert "The disk is full." in disk.toolTip()


def test_an_age_grows_with_the_clock(qtbot: QtBot) -> None:
    desk = FakeDesk()
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    desk.clock.passed = 20
    strip.tick()
    assert strip.lamps[LampName.PLATFORM].label() == "API ok · 24 s"
    desk.clock.passed = 600
    strip.tick()
    assert strip.lamps[LampName.LIVE].label() == "Live silent · 10 min"
    desk.clock.passed = 7200
    strip.tick()
    assert strip.lamps[LampName.PLATFORM].label() == "API ok · 2 h"


def test_a_lamp_that_becomes_worse_is_announced_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "xumm_desk.ui.lamps.lamp_bar.announce",
        lambda _widget, words, urgent: said.append((words, urgent)),
    )
    desk = FakeDesk()
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    desk.present_health = sample_rows.health(platform_error=Message("The platform is down."))
    strip.tick()
    strip.tick()
    desk.present_health = sample_rows.health()
    strip.tick()
    assert said == [("Platform (API): fails. The platform is down.", False)]


def test_a_lamp_is_a_button_to_a_screen_reader(qtbot: QtBot) -> None:
    strip = LampBar(FakeDesk().as_desk())
    qtbot.addWidget(strip)
    QAccessible.updateAccessibility(QAccessibleEvent(strip, QAccessible.Event.Focus))
    found = QAccessible.queryAccessibleInterface(strip.lamps[LampName.DISK])
    assert found is not None
    assert found.role() is QAccessible.Role.Button
    assert found.text(QAccessible.Text.Name) == "Disk 12 GB · 6 s"
    assert "84 MB" in found.text(QAccessible.Text.Description)


@pytest.mark.parametrize("width", [1366, 1000, 700, 420])
def test_in_a_narrow_bar_ages_go_first_and_what_is_ill_keeps_its_words(
    qtbot: QtBot, width: int
) -> None:
    desk = FakeDesk()
    desk.present_health = sample_rows.health(
        disk=DiskSpace(400_000_000, 10**11, 10**6), disk_at=sample_rows.MONO
    )
    strip, bar = in_status_bar(qtbot, width, desk)
    details = {name: lamp.detail for name, lamp in strip.lamps.items()}
    for lamp in strip.lamps.values():
        assert lamp.width() >= lamp.sizeHint().width()
        assert lamp.mapTo(bar, lamp.rect().topRight()).x() <= bar.width()
    assert details[LampName.DISK] >= max(details.values())
    assert details[LampName.PLATFORM] >= details[LampName.CLOCK]


def test_a_notice_takes_room_for_as_long_as_it_is_shown(qtbot: QtBot) -> None:
    strip, bar = in_status_bar(qtbot, 1366, FakeDesk())
    assert {lamp.detail for lamp in strip.lamps.values()} == {Detail.AGE}
    notice = (
        "Saved as /home/somebody/xumm-desk-diagnostics.txt. Look through it before you send it."
    )
    bar.showMessage(notice)
    QApplication.processEvents()
    words = bar.fontMetrics().horizontalAdvance(notice)
    assert words <= strip.x()
    assert strip.lamps[LampName.CLOCK].detail < Detail.AGE
    bar.clearMessage()
    QApplication.processEvents()
    assert {lamp.detail for lamp in strip.lamps.values()} == {Detail.AGE}


def test_one_tab_stop_and_arrow_keys_from_lamp_to_lamp(qtbot: QtBot) -> None:
    strip, bar = in_status_bar(qtbot, 1366, FakeDesk())
    bar.activateWindow()
    first = strip.lamps[LampName.PLATFORM]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Left)
    last = strip.lamps[LampName.CLOCK]
    reached = [
        lamp
        for lamp in strip.lamps.values()
        if lamp.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    ]
    assert reached == [last]
    assert last.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, None])
def test_a_press_shows_the_last_hour_and_esc_closes_it(qtbot: QtBot, key: Qt.Key | None) -> None:
    strip, _ = in_status_bar(qtbot, 1366, FakeDesk())
    lamp = strip.lamps[LampName.LEDGER]
    if key is None:
        QTest.mouseClick(lamp, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(lamp, key)
    window = strip._window
    assert window is not None
    assert window.isVisible()
    assert window.name is LampName.LEDGER
    assert "98\u202f412\u202f877" in window.meaning.text()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert strip._window is None


def test_a_bar_that_is_hidden_and_shown_again_goes_on(qtbot: QtBot) -> None:
    strip, bar = in_status_bar(qtbot, 1366, FakeDesk())
    bar.hide()
    bar.show()
    bar.resize(500, 28)
    QApplication.processEvents()
    assert bar.width() == 500
    assert strip.lamps[LampName.CLOCK].detail is Detail.MARK
    for lamp in strip.lamps.values():
        assert lamp.width() >= lamp.sizeHint().width()


def test_the_lamps_of_a_desk_that_ended_are_gone(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    assert len(window.findChildren(LampBar)) == 1
    window.remove_desk()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(LampBar) == []
