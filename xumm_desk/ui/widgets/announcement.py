"""Let a screen reader speak what changed without the focus moving."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, sentence: str, *, urgent: bool = False) -> None:
    """Speak a sentence that appeared at `widget`; an `urgent` one interrupts what is being read."""
    if sentence and QAccessible.isActive():
        _send(widget, sentence, urgent)


def _send(widget: QWidget, sentence: str, urgent: bool) -> None:
    """The one place from which sentences reach screen readers; tests listen here."""
    event = QAccessibleAnnouncementEvent(widget, sentence)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
