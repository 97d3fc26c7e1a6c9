"""A dialog for a rate that a person types, where no other can be had."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.money import typed_number
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.engine.pricing.rate_watch import RateWatch
from xumm_desk.locale.translation import _
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.environment_marks import mark_network
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine, line_field
from xumm_desk.ui.widgets.labels import wrapped_label


class RateDialog(FittedDialog):
    """Asks what one unit of an asset costs. A rate far from the last one known is used only when it
    is confirmed by pressing again."""

    def __init__(
        self,
        rates: RateWatch,
        asset: AcceptedAsset,
        currency: str,
        on_done: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Type a rate"))
        self._rates, self._asset, self._on_done = rates, asset, on_done
        self._confirmed: Decimal | None = None
        self.field = line_field(
            "rate", _("1 {asset} in {currency}", asset=asset.label, currency=currency)
        )
        self.warning = MessageLine(Tone.ATTENTION)
        self.take, leave = QPushButton(_("Use this rate")), QPushButton(_("Cancel"))
        self.take.setProperty("primary", True)
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        leave.clicked.connect(self.reject)
        self.field.edited.connect(lambda: self.warning.set_text(""))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(
            wrapped_label(
                _(
                    "It is used until it is too old by the shop's settings, and every receipt says"
                    " that the shop typed it."
                ),
                muted=True,
            )
        )
        for part in (self.field, self.warning):
            column.addWidget(part)
        line = QHBoxLayout()
        line.addStretch()
        for button in (leave, self.take):
            button.setProperty("touch", "48")
            line.addWidget(button)
        column.addLayout(line)
        self.setMinimumWidth(400)
        mark_network(self)

    def _take(self) -> None:
        try:
            price = typed_number.parse_number(self.field.text(), number_marks()).value
        except typed_number.NumberError as error:
            self.field.set_problem(error.args[0])
            return
        warning = self._rates.typed_warning(self._asset, price)
        if warning and self._confirmed != price:
            self._confirmed = price
            self.warning.set_text(warning)
            return
        if refused := self._rates.set_typed(self._asset, price):
            self.field.set_problem(refused)
            return
        self._on_done()
        self.accept()
