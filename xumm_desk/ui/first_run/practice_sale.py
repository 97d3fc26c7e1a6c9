"""A sale of a small price at the till, paid by the practice phone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QObject, Signal

from xumm_desk.core.money import fiat
from xumm_desk.ui.simulator_panel import SimulatorPanel
from xumm_desk.ui.till.till_view import TillView

_SMALL_PRICE: Final = Decimal(5)
"""Of a practice sale, in whole units of the shop's currency."""


class PracticeSale(QObject):
    """Charges it when it is asked to. `changed` carries the row that the till shows, None for
    none; `show_till` opens the till."""

    changed = Signal(object)

    def __init__(
        self,
        till: TillView,
        phone: SimulatorPanel,
        *,
        show_till: Callable[[], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._till, self._phone, self._show_till = till, phone, show_till
        till.sale_shown.connect(self.changed)

    def begin(self) -> str:
        """Charge it; why that is not possible now, "" if it is."""
        self._show_till()
        currency = self._till.entry.entry.currency
        return self._till.charging.charge_price(fiat.from_decimal(_SMALL_PRICE, currency))

    def pay(self) -> None:
        """Let the practice phone pay the sale that the till shows."""
        self._phone.press("sign")
