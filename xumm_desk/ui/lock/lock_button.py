"""The button in the menu bar that locks and unlocks the desk."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QPushButton

from xumm_desk.core.rights import Rights
from xumm_desk.locale.translation import _
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style.theme import Theme

from .desk_lock import DeskLock

LOCK_KEYS: Final = "Ctrl+L"
_SIDE: Final = 16
_SCALE: Final = 3


class LockButton(QPushButton):
    """Says what a press does; hidden while there is no PIN."""

    def __init__(self, lock: DeskLock) -> None:
        super().__init__()
        self._lock = lock
        self._has_till = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setMinimumHeight(36)
        self.clicked.connect(self._pressed)
        lock.changed.connect(self._show)
        Theme.current().changed.connect(self._show)
        self._show()
        language_change.changed.connect(self._show)

    def use_rights(self, rights: Rights) -> None:
        """Say what is left of a window with these when it is locked."""
        self._has_till = rights.writes
        self._show()

    def _pressed(self) -> None:
        if self._lock.locked:
            self._lock.unlock_then()
        else:
            self._lock.lock()

    def _show(self) -> None:
        locked = self._lock.locked
        self.setText(_("Unlock…") if locked else _("Lock"))
        self.setToolTip(self._explanation(locked=locked))
        self.setAccessibleDescription(self.toolTip())
        self.setIcon(_padlock(open_=not locked))
        self.setVisible(self._lock.has_pin)

    def _explanation(self, *, locked: bool) -> str:
        if not self._has_till:
            if locked:
                return _("This monitor is locked")
            return _("Show nothing until the PIN is typed ({keys})", keys=LOCK_KEYS)
        if locked:
            return _("The desk is locked: only the till can be used")
        return _("Show the till only, until the PIN is typed ({keys})", keys=LOCK_KEYS)


def _padlock(*, open_: bool) -> QIcon:
    """A padlock in the text's colour; the shackle of an open one is lifted."""
    picture = QPixmap(_SIDE * _SCALE, _SIDE * _SCALE)
    picture.setDevicePixelRatio(_SCALE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(Theme.current().colours.text)
    painter.setPen(QPen(colour, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    top = 1.0 if open_ else 2.0
    shackle = QPainterPath()
    shackle.moveTo(4.8, 7.5)
    shackle.lineTo(4.8, top + 3.2)
    shackle.arcTo(QRectF(4.8, top, 6.4, 6.4), 180, -180)
    if not open_:
        shackle.lineTo(11.2, 7.5)
    painter.drawPath(shackle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(2.8, 7.2, 10.4, 7.6), 1.6, 1.6)
    painter.end()
    return QIcon(picture)
