"""One tick a second, and a flood of rows handed on calmly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import Listener, RequestRow
from xumm_desk.ui.timers import ChangeFeed, LastInput, SecondTimer

from . import sample_rows


def test_a_flood_becomes_one_batch_of_newest_states(qtbot: QtBot) -> None:
    batches: list[Sequence[RequestRow]] = []
    feed = ChangeFeed(batches.append)
    row = sample_rows.row(Status.WAITING)
    for step in range(100):
        feed.add([replace(row, last_heard_at=sample_rows.NOW + timedelta(seconds=step))])
    assert batches == []
    qtbot.waitUntil(lambda: len(batches) == 1)
    assert [r.last_heard_at for r in batches[0]] == [sample_rows.NOW + timedelta(seconds=99)]


def test_following_shows_what_is_there_and_what_comes(qtbot: QtBot) -> None:
    batches: list[Sequence[RequestRow]] = []
    listeners: list[Listener] = []
    feed = ChangeFeed(batches.append)

    def listen(listener: Listener) -> Callable[[], None]:
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    feed.follow(sample_rows.rows(), listen)
    assert [len(batch) for batch in batches] == [len(sample_rows.rows())]
    listeners[0]([sample_rows.row(Status.PAID)])
    qtbot.waitUntil(lambda: len(batches) == 2)
    feed.leave()
    assert listeners == []
    feed.leave()


def test_rows_that_come_after_the_window_let_go_are_dropped() -> None:
    batches: list[Sequence[RequestRow]] = []
    feed = ChangeFeed(batches.append, on_row=batches.append)
    shiboken6.delete(feed)
    feed.add(sample_rows.rows())
    assert batches == []


def test_nothing_new_hands_on_nothing() -> None:
    batches: list[Sequence[RequestRow]] = []
    feed = ChangeFeed(batches.append)
    feed.add([])
    feed.flush()
    assert batches == []


def test_the_second_ticks_on_the_second_and_stops(qtbot: QtBot) -> None:
    second = SecondTimer()
    with qtbot.waitSignal(second.tick):
        second.start()
    second.stop()
    with qtbot.assertNotEmitted(second.tick):
        pass


def test_the_awaited_request_is_not_held_back(qtbot: QtBot) -> None:
    batches: list[Sequence[RequestRow]] = []
    feed = ChangeFeed(batches.append)
    other, mine = sample_rows.row(Status.PAID), sample_rows.row(Status.WAITING)
    feed.follow([other], lambda _: lambda: None)
    feed.urgent_identifier = mine.identifier
    feed.add([other])
    held = feed._timer.remainingTime()
    feed.add([mine])
    feed.urgent_identifier = ""
    feed.add([other])
    assert feed._timer.interval() == 0 < held
    qtbot.waitUntil(lambda: len(batches) == 2)
    assert [r.identifier for r in batches[1]] == [other.identifier, mine.identifier]


def test_a_touch_is_noted_and_passed_on(qtbot: QtBot) -> None:
    window = QLineEdit()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    touch = LastInput()
    touch.watch(window.windowHandle())
    touch.at = 0.0
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert touch.at > 0.0
    assert window.text() == "a"
