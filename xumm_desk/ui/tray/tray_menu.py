"""The menu of the tray's icon."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.core.rights import Rights
from xumm_desk.locale.translation import _


class TrayMenu(QMenu):
    """What can be asked for without the window."""

    open_asked = Signal()
    new_asked = Signal()
    attention_asked = Signal()
    lock_asked = Signal()
    quit_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.open_action = self.addAction(_("Open Xumm Desk"), self.open_asked.emit)
        self.addSeparator()
        self.new_action = self.addAction(_("New sale or request"), self.new_asked.emit)
        self.attention_action = self.addAction("", self.attention_asked.emit)
        self.addSeparator()
        self.lock_action = self.addAction(_("Lock"), self.lock_asked.emit)
        self.addSeparator()
        self.quit_action = self.addAction(_("Quit"), self.quit_asked.emit)
        self.setDefaultAction(self.open_action)
        self.show_state(count=0, has_desk=False, locked=False)

    def use_rights(self, rights: Rights) -> None:
        """Offer no more than these allow."""
        self.new_action.setVisible(rights.writes)

    def show_state(self, *, count: int, has_desk: bool, locked: bool) -> None:
        """So many things need a person; a desk is open, or locked."""
        self.attention_action.setText(
            _("What needs a person ({count})", count=count) if count else _("What needs a person")
        )
        self.new_action.setEnabled(has_desk)
        self.attention_action.setEnabled(has_desk)
        self.lock_action.setText(_("Locked", context="till") if locked else _("Lock"))
        self.lock_action.setEnabled(not locked)
