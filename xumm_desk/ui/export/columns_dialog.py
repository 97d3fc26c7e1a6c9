"""The dialog in which a person chooses the columns of an export and their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.export.columns import BY_NAME, NAMES, check_columns
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label
from xumm_desk.ui.widgets.tick_list import TickList

_SIZE: Final = (520, 560)
_ABOUT: Final = Message(
    "Ticked columns are written, from top to bottom. Drag a line, or use Alt with the arrow keys,"
    " to move it."
)


class ColumnsDialog(FittedDialog):
    """Show it with `open()`. `chosen` carries the names in order."""

    chosen = Signal(tuple)

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Columns"))
        self.setModal(True)
        self.list = TickList()
        self.list.setAccessibleName(_("Columns"))
        self.problem = MessageLine(Tone.ATTENTION)
        self.up_button, self.down_button = QPushButton(_("Move up")), QPushButton(_("Move down"))
        self.all_button, self.none_button = QPushButton(_("All")), QPushButton(_("None"))
        self.use_button, self.cancel_button = QPushButton(_("Use them")), QPushButton(_("Cancel"))
        self._build()
        order = [*columns, *(name for name in NAMES if name not in columns)]
        titles = [_("{title} ({name})", title=tr(BY_NAME[name].title), name=name) for name in order]
        self.list.fill(zip(order, titles, strict=True), columns)

    def columns(self) -> list[str]:
        """The ticked columns, in order."""
        return self.list.ticked()

    def use(self) -> None:
        """Hand the choice over and close, or say what is wrong with it."""
        found = check_columns(self.columns())
        if isinstance(found, str):
            self.problem.set_text(found)
            return
        self.chosen.emit(found)
        self.accept()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(wrapped_label(_ABOUT, muted=True))
        column.addWidget(self.list, 1)
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        for button in (self.up_button, self.down_button, self.all_button, self.none_button):
            button.setAutoDefault(False)
            tools.addWidget(button)
        tools.insertStretch(2, 1)
        column.addLayout(tools)
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, Space.S, 0, 0)
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.use_button)
        column.addLayout(foot)
        self.cancel_button.setAutoDefault(False)
        self.use_button.setProperty("primary", True)
        self.use_button.setDefault(True)
        self.up_button.setShortcut("Alt+Up")
        self.down_button.setShortcut("Alt+Down")
        self.up_button.clicked.connect(lambda: self.list.move_current(-1))
        self.down_button.clicked.connect(lambda: self.list.move_current(1))
        self.all_button.clicked.connect(lambda: self.list.tick_all(True))
        self.none_button.clicked.connect(lambda: self.list.tick_all(False))
        self.list.itemChanged.connect(lambda _item: self.problem.set_text(""))
        self.use_button.clicked.connect(self.use)
        self.cancel_button.clicked.connect(self.reject)
        self.resize(*_SIZE)
