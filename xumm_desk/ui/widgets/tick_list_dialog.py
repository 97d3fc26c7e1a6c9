"""A dialog around a list whose lines are ticked and put in order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space

from .fitted_dialog import FittedDialog
from .labels import wrapped_label
from .tick_list import TickList


class TickListDialog(FittedDialog):
    """`list`, with buttons and keys that move its lines, and Cancel and Use them at the foot. A
    subclass fills the list, calls `lay_out` with what it has besides, and connects `use_button`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.list = TickList()
        self.list.setAccessibleName(title)
        self.up_button, self.down_button = QPushButton(_("Move up")), QPushButton(_("Move down"))
        self.cancel_button, self.use_button = QPushButton(_("Cancel")), QPushButton(_("Use them"))
        self.up_button.setShortcut("Alt+Up")
        self.down_button.setShortcut("Alt+Down")
        self.use_button.setProperty("primary", True)
        self.use_button.setDefault(True)
        self.up_button.clicked.connect(lambda: self.list.move_current(-1))
        self.down_button.clicked.connect(lambda: self.list.move_current(1))
        self.cancel_button.clicked.connect(self.reject)

    def lay_out(
        self,
        about: str,
        *,
        tools: Sequence[QWidget],
        row: QWidget | QLayout,
        foot: Sequence[QWidget] = (),
    ) -> None:
        """Put it together: `tools` beside the buttons that move a line, `row` under them, `foot` at
        the left of the last buttons. Tab goes in this order too."""
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(wrapped_label(about, muted=True))
        column.addWidget(self.list, 1)
        column.addLayout(_parted((self.up_button, self.down_button), tools))
        if isinstance(row, QWidget):
            column.addWidget(row)
        else:
            column.addLayout(row)
        last = _parted(foot, (self.cancel_button, self.use_button))
        last.setContentsMargins(0, Space.S, 0, 0)
        column.addLayout(last)
        for button in self.findChildren(QPushButton):
            if button is not self.use_button:
                button.setAutoDefault(False)


def _parted(left: Sequence[QWidget], right: Sequence[QWidget]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    for widget in left:
        line.addWidget(widget)
    line.addStretch(1)
    for widget in right:
        line.addWidget(widget)
    return line
