"""Sounds and notifications of the whole window: only for news, and no amount on a locked desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.dialogs.test_unmatched_dialog import payment_without_request
from ui.fake_desk import FakeDesk
from ui.test_sounds import FakePlayer
from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.sale_alerts import SaleAlerts
from xumm_desk.ui.sounds import Sound

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


class Bench:
    """Alerts of a window that is not in front."""

    def __init__(self, window: QWidget, folder: Path) -> None:
        self.window = window  # nothing else holds it
        self.saved = SettingsFile(folder / "settings.json")
        self.player, self.hidden, self.in_front = FakePlayer(), False, False
        self.shown: list[tuple[str, str]] = []
        self.alerts = SaleAlerts(
            window,
            preferences=lambda: self.saved,
            player=self.player,
            hides_amounts=lambda: self.hidden,
            notify=lambda title, words: self.shown.append((title, words)),
            in_front=lambda: self.in_front,
        )

        self.alerts.set_recovering(False)

    def heard(self) -> list[Sound]:
        for _ in range(3):
            QApplication.processEvents()
        return [sound for sound, _ in self.player.played]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    window = QWidget()
    qtbot.addWidget(window)
    return Bench(window, tmp_path)


def test_a_notification_says_which_sale_and_what_to_do(bench: Bench) -> None:
    bench.alerts.on_sale(sale_row(Status.PAID, 1042))
    [(title, words)] = bench.shown
    assert "#1042" in title
    assert "Paid" in title
    assert "12.50" in words
    assert "Hand over the goods" in words


def test_a_locked_desk_notifies_without_amounts(bench: Bench) -> None:
    bench.hidden = True
    bench.alerts.on_sale(sale_row(Status.PAID, 1042))
    [(title, words)] = bench.shown
    assert "#1042" in title
    assert words == "Hand over the goods"


def test_no_notification_while_the_window_is_in_front(bench: Bench) -> None:
    bench.in_front = True
    bench.alerts.on_sale(sale_row(Status.PAID, 1))
    assert bench.shown == []
    assert bench.heard() == [Sound.PAID]


def test_notifications_can_be_switched_off(bench: Bench) -> None:
    bench.saved.change(notifications=False)
    bench.alerts.on_sale(sale_row(Status.PAID, 1))
    assert bench.shown == []


def test_a_sale_that_goes_on_is_no_news(bench: Bench) -> None:
    for status in (Status.WAITING, Status.OPENED, Status.CONFIRMING, Status.CANCELLED):
        bench.alerts.on_sale(sale_row(status, 1))
    assert bench.shown == []
    assert bench.heard() == []


def test_only_a_further_unmatched_payment_is_news(bench: Bench) -> None:
    bench.alerts.on_unmatched(3)
    assert bench.heard() == []
    bench.alerts.on_unmatched(2)
    assert bench.heard() == []
    bench.alerts.on_unmatched(3)
    assert bench.heard() == [Sound.ATTENTION]
    assert len(bench.shown) == 1
    assert "XRP" not in bench.shown[0][1]


def test_without_a_tray_the_task_bar_marks_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    saved = SettingsFile(tmp_path / "settings.json")
    alerts = SaleAlerts(
        window,
        preferences=lambda: saved,
        player=FakePlayer(),
        hides_amounts=lambda: False,
        in_front=lambda: False,
    )
    alerts.on_sale(sale_row(Status.PAID, 1))


def test_the_window_sounds_for_what_ends_and_not_for_what_the_journal_holds(
    qtbot: QtBot, opened: Opened
) -> None:
    window, desk = opened(view="till", rows=(), read=False)
    player = FakePlayer()
    window.alerts.sounds._player = player
    board = window._desk_view
    assert board is not None
    printed: list[object] = []
    board.till.ended.connect(printed.append)
    desk.show(*(sale_row(Status.PAID, number) for number in (1, 2)))
    desk.show(sale_row(Status.WAITING, 3), sale_row(Status.EXPIRED_OPENED, 4))
    window.show_resumed(())
    for _ in range(3):
        QApplication.processEvents()
    assert player.played == []
    assert printed == []
    desk.show(sale_row(Status.PAID, 3))
    board.changes.flush()
    qtbot.waitUntil(lambda: [sound for sound, _ in player.played] == [Sound.PAID])
    assert len(printed) == 1


def test_a_phone_that_holds_a_sale_after_its_time_sounds_once(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till", rows=(sale_row(Status.OPENED, 7),))
    player = FakePlayer()
    window.alerts.sounds._player = player
    board = window._desk_view
    assert board is not None
    for _ in range(2):
        desk.show(sale_row(Status.EXPIRED_OPENED, 7))
        board.changes.flush()
    qtbot.waitUntil(lambda: [sound for sound, _ in player.played] == [Sound.ATTENTION])


def test_unmatched_money_sounds_when_it_comes(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till", rows=())
    player = FakePlayer()
    window.alerts.sounds._player = player
    desk.show_unmatched(payment_without_request(1))
    qtbot.waitUntil(lambda: [sound for sound, _ in player.played] == [Sound.ATTENTION])
