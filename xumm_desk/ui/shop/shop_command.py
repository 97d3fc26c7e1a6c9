"""Open the list of the shop's tills, and keep it and the line in the sidebar up to date."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from xumm_desk.core.message import Message
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.lamp_rules import shop_reading
from xumm_desk.locale.translation import _
from xumm_desk.ui.lamps.lamp_bar import LampBar
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.pane import RequestPane

from .shop_dialog import ShopDialog
from .shop_line import TILLS_KEYS

_LOCKED = Message("The desk is locked. The list of tills needs the PIN.")


class ShopCommand(QObject):
    """Shows nothing where the till belongs to no shop; where it does, the table has a column for
    tills too. Call `tick` once a second."""

    def __init__(self, window: QWidget, lock: DeskLock) -> None:
        super().__init__(window)
        self._window, self._lock = window, lock
        self._desk: Desk | None = None
        self._pane: RequestPane | None = None
        self._dialog: ShopDialog | None = None
        self.action = QAction(_("Tills of the shop…"), window)
        self.action.setShortcut(QKeySequence(TILLS_KEYS))
        self.action.triggered.connect(self.ask)
        self.action.setVisible(False)

    def use_desk(self, desk: Desk, pane: RequestPane, lamps: LampBar) -> None:
        """The desk whose shop is shown, its requests, and its lamps."""
        self._desk, self._pane = desk, pane
        pane.filters.shop.clicked.connect(self.ask)
        lamps.tills_asked.connect(self.ask)
        self.tick()

    def leave_desk(self) -> None:
        """The desk ends."""
        if self._dialog is not None and shiboken6.isValid(self._dialog):
            self._dialog.close()
        self._desk = self._pane = self._dialog = None
        self.action.setVisible(False)

    def tick(self) -> None:
        """Show the shop as it is now."""
        desk, pane = self._desk, self._pane
        health = desk.shop.health if desk is not None else None
        self.action.setVisible(health is not None)
        if desk is None or pane is None or health is None:
            return
        now = desk.clock.monotonic()
        reading = shop_reading(health, now)
        pane.view.columns.want(Column.TILL)
        pane.filters.show_shop(health, reading, now)
        if self._dialog is not None:
            self._dialog.show_shop(health, reading, now)

    def ask(self) -> None:
        """Open the list; at a locked desk after the PIN."""
        if self._desk is not None and self._desk.shop.health is not None:
            self._lock.require(_LOCKED, self._open)

    def _open(self) -> None:
        if self._dialog is None:
            dialog = self._dialog = ShopDialog(self._window)
            dialog.finished.connect(self._finished)
        self.tick()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _finished(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None
