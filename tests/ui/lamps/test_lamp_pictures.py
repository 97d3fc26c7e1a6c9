"""Pictures of the lamps and of one's last hour, for people to look at, in tests/output."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pseudo_locale import PseudoTranslations
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.health.lamp import LampName
from xumm_desk.core.message import Message
from xumm_desk.engine.health import Health
from xumm_desk.locale import translation
from xumm_desk.ui.lamps.lamp_bar import LampBar
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style.theme import Theme

OUTPUT = Path(__file__).parents[2] / "output"


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    """Text at 200 %."""
    before = QFont(app.font())
    large = QFont(before)
    large.setPointSizeF(before.pointSizeF() * 2)
    app.setFont(large)
    yield
    app.setFont(before)


def an_hour() -> Iterator[tuple[float, Health]]:
    """Seconds since the beginning, and how the desk was: trouble, sleep, and calls that run out."""
    for second in range(0, 3600, 5):
        if 2000 < second < 2500:
            continue  # the computer slept
        at = sample_rows.MONO + second
        well = sample_rows.health(
            platform_at=at - 4,
            socket_at=at - 3,
            ledger_at=at - 2,
            rate_at=at - 18,
            calls_at=at - 4,
            disk_at=at - 40,
            journal_at=at - 6,
            clock_at=at - 4,
            calls_left=60 - second % 57,
        )
        if 900 < second < 1100:
            yield second, sample_rows.health(platform_error=Message("xumm.app does not answer."))
        elif 3200 < second < 3260:
            yield second, sample_rows.health(journal_error=Message("The disk is full."))
        else:
            yield second, well


def after_an_hour(desk: FakeDesk) -> None:
    for second, health in an_hour():
        desk.clock.passed, desk.present_health = second, health
        desk.lamps.look()


@pytest.mark.parametrize("name", [LampName.PLATFORM, LampName.CALLS, LampName.DISK])
def test_the_last_hour_of_a_lamp(qtbot: QtBot, scheme: str, name: LampName) -> None:
    desk = FakeDesk()
    after_an_hour(desk)
    strip = LampBar(desk.as_desk())
    qtbot.addWidget(strip)
    strip.show()
    window = strip.open_window(name)
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"lamp-{name.value}-{scheme}.png"))
    assert window.changes.count() >= 3
    assert "not recorded" in window.summary.text()
    window.close()


@pytest.mark.parametrize("ill", [False, True], ids=["well", "ill"])
def test_the_status_bar_at_a_small_screen(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], scheme: str, ill: bool
) -> None:
    window, desk = opened()
    Theme.current().set_scheme("dark" if scheme == "dark" else "light")  # not the settings'
    if ill:
        desk.present_health = sample_rows.health(
            platform_error=Message("xumm.app does not answer."),
            sockets_live=3,
            disk=DiskSpace(320_000_000, 64 * 10**9, 84_000_000),
            clock_off=Message("The clock of this computer is 14 seconds ahead of the platform's."),
            clock_ahead=14.0,
        )
    window.resize(1366, 768)
    window._update_health()
    assert window._desk_view is not None
    window._desk_view.lamps.tick()
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    name = f"lamps-{'ill' if ill else 'well'}-{scheme}.png"
    assert window.grab().save(str(OUTPUT / name))
    _nothing_is_cut(window)


@pytest.mark.usefixtures("large_text")
def test_the_status_bar_at_double_text(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened()
    window.resize(1366, 768)
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert window.grab().save(str(OUTPUT / "lamps-200.png"))
    _nothing_is_cut(window)


@pytest.mark.usefixtures("large_text")
@pytest.mark.parametrize("width", [1000, 1366])
def test_longer_words_at_double_text(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], width: int
) -> None:
    translation.use_catalogue(PseudoTranslations(), "de")
    try:
        window, desk = opened()
        desk.present_health = sample_rows.health(
            platform_error=Message("xumm.app does not answer."), sockets_live=3
        )
        window.resize(width, 768)
        assert window._desk_view is not None
        window._desk_view.lamps.tick()
        QApplication.processEvents()
        assert window.grab().save(str(OUTPUT / f"lamps-200-pseudo-{width}.png"))
        _nothing_is_cut(window)
    finally:
        translation.use_catalogue(gettext.NullTranslations())


def _nothing_is_cut(window: MainWindow) -> None:
    board, bar = window._desk_view, window.statusBar()
    assert board is not None
    for lamp in board.lamps.lamps.values():
        assert lamp.width() >= lamp.sizeHint().width()
        assert lamp.mapTo(bar, lamp.rect().topLeft()).x() >= 0
        assert lamp.mapTo(bar, lamp.rect().topRight()).x() <= bar.width()
