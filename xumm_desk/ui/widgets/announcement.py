"""Let a screen reader speak what changed without the focus moving."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from xumm_desk.locale.translation import tr


def announce(widget: QWidget, sentence: str, *, urgent: bool = False) -> None:
    """Speak a sentence that appeared at `widget`; an `urgent` one interrupts what is being read."""
    if sentence and QAccessible.isActive():
        # Of a hidden view nothing is read; its window is there all the same.
        _send(widget if widget.isVisible() else widget.window(), tr(sentence), urgent)


def _send(widget: QWidget, sentence: str, urgent: bool) -> None:
    """The one place from which sentences reach screen readers; tests listen here."""
    event = QAccessibleAnnouncementEvent(widget, sentence)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
