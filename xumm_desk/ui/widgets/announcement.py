"""Let a screen reader speak what changed without the focus moving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from xumm_desk.locale.translation import tr

_PAUSE_MS: Final = 1000
"""Between two announcements of one place: a flood of changes is said as a number."""


def announce(widget: QWidget, sentence: str, *, urgent: bool = False) -> None:
    """Speak a sentence that appeared at `widget`; an `urgent` one interrupts what is being read."""
    if sentence and QAccessible.isActive():
        # Of a hidden view nothing is read; its window is there all the same.
        _send(widget if widget.isVisible() else widget.window(), tr(sentence), urgent)


class CollectedAnnouncements(QObject):
    """Calls `speak` once for all that is new: in the next turn of the loop after `note`, and then
    not again for a second."""

    def __init__(self, speak: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._speak = speak
        self._is_new = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.flush)

    def note(self) -> None:
        """There is something to say."""
        self._is_new = True
        if not self.timer.isActive():
            self.timer.start(0)

    def flush(self) -> None:
        """Say what is new."""
        self.timer.stop()
        if self._is_new:
            self._is_new = False
            self._speak()
            self.timer.start(_PAUSE_MS)


def _send(widget: QWidget, sentence: str, urgent: bool) -> None:
    """The one place from which sentences reach screen readers; tests listen here."""
    event = QAccessibleAnnouncementEvent(widget, sentence)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
