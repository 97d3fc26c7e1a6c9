"""Send the till's next request to a returning customer; remember the customer of a paid sale."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.status import Status
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.returning_customers import PushState
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.ui.till.entry_pane import EntryPane
from xumm_desk.ui.till.sale_pane import SalePane
from xumm_desk.ui.till.wording import push_sentence


class TillCustomers(QObject):
    """Opens the dialogs above `view`, and shows in `pane` what became of its sale's customer."""

    def __init__(self, desk: Desk, pane: SalePane, *, start: StartTask, view: QWidget) -> None:
        super().__init__(view)
        self._customers, self._clock = desk.customers, desk.clock
        self._pane, self._start, self._view = pane, start, view
        # Customers remembered in this run, by the identifier of the sale.
        self._remembered: dict[str, str] = {}
        self.leave = desk.customers.on_change(self.show)

    @property
    def available(self) -> bool:
        """Whether this desk may remember customers and send to them."""
        return self._customers.available

    def show(self) -> None:
        """Show beside the sale whether it was sent to a phone, and the button that remembers."""
        row, customers = self._pane.row(), self._customers
        push = customers.push_of(row.request) if row is not None else None
        names = {one.nickname for one in customers.known() if not one.ended}
        done = self._remembered.get(row.identifier, "") if row is not None else ""
        can_remember = customers.available and row is not None and _is_paid(row)
        self._pane.show_customer(
            push_sentence(push),
            push_failed=push is not None and push.state is not PushState.SENT,
            remember=can_remember and (push is None or push.nickname not in names),
            remembered=done if done in names else "",
        )

    def pick(self, entry: EntryPane) -> None:
        """Choose to whose phone the next request goes; pressed again, to nobody's."""
        if entry.busy or not self._customers.available:
            return
        if entry.recipient_name:
            entry.set_recipient("")
            return
        from .customers_dialog import CustomersDialog  # noqa: PLC0415 - seldom asked for

        dialog = CustomersDialog(self._customers, self._clock, start=self._start, parent=self._view)
        dialog.chosen.connect(entry.set_recipient)
        dialog.open()

    def address(self, spec: RequestSpec, entry: EntryPane) -> RequestSpec | str:
        """The request with the push token of the chosen customer; or why it cannot be sent there,
        and then the choice is undone."""
        if not entry.recipient_name:
            return spec
        addressed = self._customers.address(spec, entry.recipient_name)
        if not isinstance(addressed, RequestSpec):
            entry.set_recipient("")
        return addressed

    def remember(self) -> None:
        """Ask for the nickname of the customer who paid the sale that is shown."""
        from .remember_dialog import RememberDialog  # noqa: PLC0415 - seldom asked for

        if (row := self._pane.row()) is None:
            return
        dialog = RememberDialog(
            self._customers, row.identifier, start=self._start, parent=self._view
        )
        dialog.remembered.connect(self._on_remembered)
        dialog.open()

    def _on_remembered(self, identifier: str, nickname: str) -> None:
        self._remembered[identifier] = nickname
        self.show()


def _is_paid(row: RequestRow) -> bool:
    """Whether a customer's wallet has paid a request of the platform: only that names a token."""
    paid = row.verdict.status in (Status.PAID, Status.PAID_LATE)
    return paid and row.request.uuid is not None and row.request.signed
