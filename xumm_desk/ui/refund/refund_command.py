"""Open the dialog that refunds a sale, and keep it up to date while it is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.refund.refund import refund_balances
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask


class RefundCommand(QObject):
    """Refunds one sale at a time. `created` carries the refund's identifier. `needs_rates` carries
    True before a dialog opens, since another asset needs a rate, and False after it."""

    created = Signal(str)
    needs_rates = Signal(bool)

    def __init__(
        self, desk: Desk, *, start: StartTask, preferences: SettingsStore, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._desk, self._start, self._widget = desk, start, parent
        self._preferences = preferences

    def ask(self, identifier: str) -> None:
        """Ask how much of this sale is paid back, and create the refund."""
        from .refund_dialog import RefundDialog  # noqa: PLC0415 - seldom asked for

        row = self._desk.row(identifier)
        if row is None or not (row.refunds or refund_balances(row.request)):
            return  # it says by now that nothing of it can be paid back
        self.needs_rates.emit(True)
        dialog = RefundDialog(
            self._desk,
            row,
            start=self._start,
            preferences=self._preferences,
            shop=self._preferences.value.shop_name,
            parent=self._widget,
        )
        leave = self._desk.on_rows(dialog.rows_changed)

        def finished(_code: int) -> None:
            leave()
            self.needs_rates.emit(False)

        dialog.finished.connect(finished)
        dialog.created.connect(self.created)
        dialog.open()
