"""The dialog in which a person chooses the columns of an export and their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from xumm_desk.core.export.columns import BY_NAME, NAMES, check_columns
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.tick_list_dialog import TickListDialog

_SIZE: Final = (520, 560)
_ABOUT: Final = Message(
    "Ticked columns are written, from top to bottom. Drag a line, or use Alt with the arrow keys,"
    " to move it."
)


class ColumnsDialog(TickListDialog):
    """Show it with `open()`. `chosen` carries the names in order."""

    chosen = Signal(tuple)

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(_("Columns"), parent)
        self.problem = MessageLine(Tone.ATTENTION)
        self.all_button, self.none_button = (
            QPushButton(_("All", context="columns")),
            QPushButton(_("None", context="columns")),
        )
        self.lay_out(_ABOUT, tools=(self.all_button, self.none_button), row=self.problem)
        self.all_button.clicked.connect(lambda: self.list.tick_all(True))
        self.none_button.clicked.connect(lambda: self.list.tick_all(False))
        self.list.itemChanged.connect(lambda _item: self.problem.set_text(""))
        self.use_button.clicked.connect(self.use)
        self.resize(*_SIZE)
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
