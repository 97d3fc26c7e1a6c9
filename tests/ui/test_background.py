"""A call in a thread delivers its result to the thread that asked."""

from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.ui.background import run_in_thread


def test_the_result_comes_to_the_calling_thread(qtbot: QtBot) -> None:
    told: list[tuple[int, int]] = []
    run_in_thread(threading.get_ident, lambda ident: told.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(told))
    worker, here = told[0]
    assert here == threading.get_ident()
    assert worker != here


def test_a_call_that_fails_is_logged_and_delivers_nothing(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []

    def fails() -> None:
        raise OSError("gone")

    with caplog.at_level(logging.ERROR):
        run_in_thread(fails, told.append)
        run_in_thread(lambda: 1, told.append)
        qtbot.waitUntil(lambda: bool(told) and bool(caplog.records))
    assert told == [1]


def test_many_calls_that_end_at_once_are_all_delivered(qtbot: QtBot) -> None:
    """Whichever of both threads is done with a call first, it is deleted in this one."""
    told: list[int] = []
    for number in range(2000):
        run_in_thread(lambda number=number: number, told.append)  # type: ignore[misc]
        if number % 10 == 9:
            QApplication.processEvents()
    qtbot.waitUntil(lambda: len(told) == 2000)
    assert sorted(told) == list(range(2000))
