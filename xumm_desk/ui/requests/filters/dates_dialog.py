"""The dialog that asks for a first and a last day."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QDialogButtonBox, QFormLayout, QWidget

from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog


class DatesDialog(FittedDialog):
    """Show it with `open()`. `chosen` carries both days; the last one is included."""

    chosen = Signal(date, date)

    def __init__(self, first: date, last: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Days"))
        self.first, self.last = _editor(first), _editor(last)
        self.first.dateChanged.connect(self.last.setMinimumDate)
        self.last.setMinimumDate(self.first.date())
        form = QFormLayout(self)
        form.addRow(_("First day"), self.first)
        form.addRow(_("Last day"), self.last)
        buttons = QDialogButtonBox()
        self.use_button = buttons.addButton(
            _("Show these days"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._use)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _use(self) -> None:
        self.chosen.emit(_day(self.first), _day(self.last))
        self.accept()


def _editor(day: date) -> QDateEdit:
    editor = QDateEdit(QDate(day.year, day.month, day.day))
    editor.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as figures are written
    editor.setCalendarPopup(True)
    editor.setDisplayFormat(formats.date_pattern())
    return editor


def _day(editor: QDateEdit) -> date:
    shown = editor.date()
    return date(shown.year(), shown.month(), shown.day())
