"""A dialog for a tip that none of the buttons gives."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import AmountError
from xumm_desk.locale.translation import _
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.environment_marks import mark_network
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import line_field


class TipDialog(FittedDialog):
    """Asks for a tip in the shop's currency; `chosen` carries a `FiatAmount`."""

    chosen = Signal(object)

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Tip"))
        self._currency = currency
        self.field = line_field("tip", _("Tip in {currency}", currency=currency))
        take, leave = QPushButton(_("Add the tip")), QPushButton(_("Cancel"))
        take.setProperty("primary", True)
        take.setDefault(True)
        take.clicked.connect(self._take)
        leave.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.field)
        line = QHBoxLayout()
        line.addStretch()
        for button in (leave, take):
            button.setProperty("touch", "48")
            line.addWidget(button)
        column.addLayout(line)
        self.setMinimumWidth(360)
        mark_network(self)

    def _take(self) -> None:
        try:
            tip = fiat.parse_fiat(self.field.text(), self._currency, number_marks())
        except AmountError as error:
            self.field.set_problem(Message("Tip: {rule}", rule=error.args[0]))
            return
        self.chosen.emit(tip)
        self.accept()
