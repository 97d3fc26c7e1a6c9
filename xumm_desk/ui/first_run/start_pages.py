"""The two pages that only the set-up has: practice or keys, and a practice sale."""

from __future__ import annotations

from typing import Any, Final, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from xumm_desk.core.message import Message
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.settings import Settings
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.settings.context import PageContext
from xumm_desk.ui.settings.page import SettingsPage, button_row
from xumm_desk.ui.settings.versions_page import WHY, chosen, notice_switch
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.environment_marks import Environment
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label

_PAYABLE: Final = frozenset({Status.WAITING, Status.OPENED, Status.PRE_SIGNED})
_WHY_KEYS: Final = Message(
    "Practice needs no keys and no money: a simulated platform, ledger and customer on this"
    " computer. For real sales the desk needs the keys of your application on the Xaman platform;"
    " they are tested before they are kept."
)
_WHY_SALE: Final = Message(
    "A whole sale as a cashier sees it, without money. The till creates it, the practice phone pays"
    " it, and the card says PAID when the practice ledger has proven it."
)
_NOT_HERE: Final = Message(
    "With real keys there is no practice phone. Practice mode is a shop of its own beside this one;"
    " File, Platform keys brings you back."
)


class PracticeSale(Protocol):
    """The till, for a practice sale."""

    changed: Any
    """A signal with the row that the till shows, None for none."""

    def begin(self) -> str:
        """Charge a small price; why that is not possible now, "" if it is."""
        ...

    def pay(self) -> None:
        """Let the practice phone pay the sale that is shown."""
        ...


class KeysPage(SettingsPage):
    """Practice, or the platform's keys."""

    title = Message("Practice or keys")
    keys_asked = Signal()
    practice_asked = Signal()

    def __init__(self, now: Settings, context: PageContext) -> None:
        super().__init__()
        self._now = now
        self.tell = notice_switch(now)
        self.keys_button = QPushButton(_("Enter the keys…"))
        self.practice_button = QPushButton(_("Practise first"))
        self.state = MessageLine(Tone.GOOD)
        self.heading(Message("How will you begin?"), _WHY_KEYS)
        self.column.addLayout(button_row(self.practice_button, self.keys_button))
        self.column.addWidget(self.state)
        if not (context.no_versions or now.version_notice):
            self.heading(Message("New versions"), WHY)
            self.column.addWidget(self.tell)
        self.finish()
        self.keys_button.clicked.connect(self.keys_asked)
        self.practice_button.clicked.connect(self.practice_asked)

    def show_state(self, place: Environment, connected: bool) -> None:
        """Say where the desk works now."""
        self.practice_button.setEnabled(not (place.practice and connected))
        if not connected:
            self.state.set_text("")
        elif place.practice:
            self.state.set_text(_("This is the practice shop. No real money moves in it."))
        else:
            self.state.set_text(
                _(
                    "The desk has keys for {host}, network {network}.",
                    host=place.host,
                    network=place.network,
                )
            )

    def values(self) -> dict[str, Any]:
        return chosen(self.tell, self._now)


class PracticePage(SettingsPage):
    """A practice sale that ends in PAID; `till` is None where there is no practice phone."""

    title = Message("A practice sale")
    practice_asked = Signal()
    paid = Signal()

    def __init__(self, till: PracticeSale | None) -> None:
        super().__init__()
        self._till = till
        self.begin_button = QPushButton(_("Charge a small price"))
        self.pay_button = QPushButton(_("Pay with the practice phone"))
        self.practice_button = QPushButton(_("Go to practice mode"))
        self.refusal = MessageLine(Tone.ATTENTION)
        self.waiting = MessageLine(Tone.PROGRESS)
        self.done = MessageLine(Tone.GOOD)
        self.heading(Message("Try a sale"), _WHY_SALE)
        if till is None:
            self.column.addWidget(wrapped_label(tr(_NOT_HERE)))
            self.column.addLayout(button_row(self.practice_button))
            self.practice_button.clicked.connect(self.practice_asked)
        else:
            self.column.addLayout(button_row(self.begin_button, self.pay_button))
            self.begin_button.clicked.connect(self._begin)
            self.pay_button.clicked.connect(till.pay)
            till.changed.connect(self.show_row)
        for line in (self.refusal, self.waiting, self.done):
            self.column.addWidget(line)
        self.finish()
        self.show_row(None)

    def values(self) -> dict[str, Any]:
        return {}

    def show_row(self, row: RequestRow | None) -> None:
        """The sale that the till shows."""
        status = row.verdict.status if row is not None else None
        self.pay_button.setEnabled(status in _PAYABLE)
        waiting = row is not None and not row.verdict.final
        words = ""
        if waiting and row is not None:
            words = _(
                "Sale {number} is open. The customer would scan the code now.",
                number=request_label(row.request.spec),
            )
            if status not in _PAYABLE:
                words = _("The payment is on its way: wait for the card.")
        self.waiting.set_text(words)
        if status is Status.PAID and not self.done.text():
            self.done.set_text(_("PAID. That is the one word at which you hand over the goods."))
            announce(self, self.done.text())
            self.paid.emit()

    def _begin(self) -> None:
        if self._till is not None:
            self.done.set_text("")
            self.refusal.set_text(self._till.begin())
