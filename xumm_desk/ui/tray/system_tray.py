"""The system's tray behind a few methods, so that what happens around it can be tested without."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

_OPENING = (
    QSystemTrayIcon.ActivationReason.Trigger,
    QSystemTrayIcon.ActivationReason.DoubleClick,
    QSystemTrayIcon.ActivationReason.MiddleClick,
)


class Tray(Protocol):
    """Where an icon may be shown. `clicked` is emitted when a person presses it, or one of its
    notifications."""

    @property
    def clicked(self) -> SignalInstance: ...

    def is_available(self) -> bool:
        """Whether this desktop shows a tray now; a panel may come later, and may go."""
        ...

    def is_shown(self) -> bool:
        """Whether the icon is in it."""
        ...

    def set_shown(self, on: bool) -> None:
        """Show the icon, as soon as there is a tray, or remove it."""
        ...

    def set_icon(self, icon: QIcon, tool_tip: str) -> None:
        """What it looks like."""
        ...

    def set_menu(self, menu: QMenu) -> None:
        """What its other button opens."""
        ...

    def notify(self, title: str, words: str) -> bool:
        """Show a notification beside it; False where that is not possible."""
        ...


class SystemTray(QObject):
    """Qt's icon in the tray."""

    clicked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._icon = QSystemTrayIcon(self)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.clicked)

    def is_available(self) -> bool:
        """Whether this desktop shows a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def is_shown(self) -> bool:
        """Whether the icon is in it."""
        return self._icon.isVisible() and self.is_available()

    def set_shown(self, on: bool) -> None:
        """Show the icon; Qt adds it when there is a tray."""
        if on != self._icon.isVisible():
            self._icon.setVisible(on)

    def set_icon(self, icon: QIcon, tool_tip: str) -> None:
        """What it looks like."""
        self._icon.setIcon(icon)
        self._icon.setToolTip(tool_tip)

    def set_menu(self, menu: QMenu) -> None:
        """What its other button opens."""
        self._icon.setContextMenu(menu)

    def notify(self, title: str, words: str) -> bool:
        """Show a notification beside it."""
        if not (self.is_available() and QSystemTrayIcon.supportsMessages()):
            return False
        self._icon.show()  # without it nothing is shown
        self._icon.showMessage(title, words)
        return True

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in _OPENING:
            self.clicked.emit()
