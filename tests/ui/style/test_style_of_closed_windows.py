"""The colours change after a desk was closed: nothing of its widgets may be left in Qt's styles.

Once the application's style sheet was taken away while the desk's widgets were made; those with a
sheet of their own then left a dangling style behind, and the next change of colours crashed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from ui.fake_desk import FakeDesk
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.style.theme import Theme


@pytest.mark.parametrize("view", ["till", "requests", "report"])
def test_colours_change_after_the_desk_was_closed(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], view: str
) -> None:
    window, _ = opened(view=view)
    QApplication.processEvents()
    window.remove_desk()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for scheme in ("dark", "light", "dark"):
        Theme.current().set_scheme("dark" if scheme == "dark" else "light")
        QApplication.processEvents()
    assert Theme.current().dark
