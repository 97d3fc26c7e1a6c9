"""Which screen a widget is on, asked so that the screen outlives the widget."""

from __future__ import annotations

from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QWidget


def screen_of(widget: QWidget) -> QScreen:
    """The screen of the widget's window.

    PySide6 6.11 makes the widget the parent of what `widget.screen()` returns, and deletes the
    screen when the widget's object is collected as a part of a cycle; the next window then crashes
    the program. So the application becomes its parent, which outlives all screens.
    """
    screen = widget.screen()
    screen.setParent(QApplication.instance())
    return screen
