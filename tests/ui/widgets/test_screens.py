"""Which screen a widget is on."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import xumm_desk.ui
from xumm_desk.ui.widgets.screens import screen_of

SOURCES = Path(xumm_desk.ui.__file__).parent


def test_a_widget_is_on_the_screen_of_its_window(qtbot: QtBot) -> None:
    window = QWidget()
    inside = QLabel("x", window)
    qtbot.addWidget(window)
    window.show()
    assert screen_of(inside) is screen_of(window) is QGuiApplication.primaryScreen()


def test_a_screen_outlives_the_widget_that_asked(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert screen_of(window).parent() is QApplication.instance()


def test_no_widget_is_asked_for_its_screen() -> None:
    asking = [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if path.name != "screens.py" and re.search(r"\.screen\(\)", path.read_text("utf-8"))
    ]
    assert asking == []
