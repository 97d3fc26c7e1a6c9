"""What is known of a newer version: what it means, what to do, and where its notes are."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.updates.notice import UpdateNotice
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import text_label

_WIDE: Final = 520
_HOW: Final = Message(
    "Nothing is installed by itself. When the shop is closed, install it the way this version was"
    " installed. The journal, the settings and the keys stay."
)


class UpdateDialog(FittedDialog):
    """Show it with `open()`. `hide_asked`: the bar may go until there is a version after this."""

    hide_asked = Signal()

    def __init__(self, notice: UpdateNotice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("A new version"))
        self._notes = notice.notes
        title = text_label(
            _("Xumm Desk {version}", version=notice.version), size=Size.LARGE, strong=True
        )
        released = text_label(
            _(
                "Released on {date}. This is version {own}.",
                date=formats.long_date(notice.released),
                own=notice.own,
            )
        )
        self.warning = MessageLine(Tone.ATTENTION)
        if notice.unsafe:
            self.warning.set_text(
                _(
                    "Versions before {version} are no longer safe to use. Install the new one"
                    " soon.",
                    version=notice.minimum_safe,
                )
            )
        self.address = text_label(self._notes, muted=True)
        self.address.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.address.setAccessibleName(_("What is new: {address}", address=self._notes))
        self.notes_button = QPushButton(_("Open in the browser"))
        self.hide_button = QPushButton(_("Hide until the next version"))
        self.close_button = QPushButton(_("Close"))
        self.hide_button.setVisible(not notice.unsafe)
        buttons = QHBoxLayout()
        buttons.addWidget(self.hide_button)
        buttons.addStretch(1)
        buttons.addWidget(self.notes_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        for widget in (title, released, self.warning, text_label(tr(_HOW))):
            column.addWidget(widget)
        column.addSpacing(Space.S)
        column.addWidget(text_label(_("What is new in it:")))
        column.addWidget(self.address)
        column.addSpacing(Space.M)
        column.addStretch(1)
        column.addLayout(buttons)
        for button in (self.hide_button, self.notes_button):
            button.setAutoDefault(False)
        self.close_button.setDefault(True)
        self.close_button.setFocus()
        self.notes_button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._notes)))
        self.hide_button.clicked.connect(self._hide)
        self.close_button.clicked.connect(self.reject)
        self.setMinimumWidth(_WIDE)

    def _hide(self) -> None:
        self.hide_asked.emit()
        self.accept()
