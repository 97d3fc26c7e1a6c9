"""All that shows one desk: form, table, detail, customer window, phone; wired to its verbs.

Knows which verb follows from which signal; must not know menus, keys or how the desk was built.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import shiboken6
from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QSplitter, QVBoxLayout, QWidget

from xumm_desk.core import outage, tags, wording
from xumm_desk.core.guard import Rival, rivals
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.order import Order, new_identifier
from xumm_desk.core.outcome import Failure
from xumm_desk.core.snapshot import CancelAnswer
from xumm_desk.engine.book import Row
from xumm_desk.engine.desk import Desk, Health

from .actions import RequestActions
from .customer import CustomerWindow
from .detail import Detail
from .form import RequestForm
from .lamps import Lamps
from .pane import RequestPane
from .phone import Phone, PhonePanel
from .preferences import Preferences
from .pulse import Feed, Second
from .table import RequestTable

Start = Callable[[Coroutine[Any, Any, Any], str], object]


class Board(QWidget):
    """One desk on the screen. `noticed` carries a sentence for the status bar; `alarmed` one for
    a bar that stays."""

    noticed = Signal(str)
    alarmed = Signal(str)
    _checked = Signal(object, object)
    _created = Signal(object)
    _failed = Signal(str)
    _cancelled = Signal(str, object)

    def __init__(
        self,
        desk: Desk,
        *,
        start: Start,
        preferences: Preferences,
        network: str,
        phone: Phone | None,
        practice: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._start = desk, start
        self._preferences, self._practice = preferences, practice
        self._creating = self._to_select = ""
        self._stuck: Order | None = None
        saved = preferences.value
        self.actions_ = RequestActions(self)
        self.table = RequestTable(desk.clock, self)
        self.pane = RequestPane(self.table, self.actions_)
        self.form = RequestForm(
            ask_identifier=self._identifier,
            network=network,
            destination=saved.destination,
            expire=saved.expire,
            currency=saved.currency,
            issuer=saved.issuer,
        )
        self.detail = Detail(desk, self.actions_, start)
        self.lamps = Lamps(desk)
        self.phone = PhonePanel(phone, start, now=self._now) if phone is not None else None
        self.customer: CustomerWindow | None = None
        self.feed = Feed(self._rows, self)
        self.second = Second(self)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._build()
        self._wire()

    def open(self) -> None:
        """Begin to show the desk."""
        self._restore()
        self.feed.follow(self._desk.rows(), self._desk.on_rows)
        self.second.start()
        self.form.focus_first()

    def close_down(self) -> None:
        """Show nothing more; the desk is about to end."""
        self.second.stop()
        self._preferences.change(
            layout={
                **self._preferences.value.layout,
                "columns": bytes(self.pane.view.layout_state().toHex().data()).decode(),
                "split": bytes(self._split.saveState().toHex().data()).decode(),
                "middle": bytes(self._middle.saveState().toHex().data()).decode(),
            }
        )
        if self.customer is not None:
            self.customer.close()

    def block(self, reason: str) -> None:
        """Let no request be created while `reason` holds; "" lifts it."""
        self.form.set_blocked(reason)

    def show_to_customer(self) -> None:
        """Open the customer's window on the selected request."""
        row = self.pane.view.current()
        if row is None:
            self.noticed.emit("Select a request to show it to the customer.")
            return
        if self.customer is None:
            self.customer = CustomerWindow(practice=self._practice)
            self.customer.set_clock(self._desk.clock.mono)
            self.customer.screen_chosen.connect(self._screen_chosen)
            self.customer.closed.connect(self._customer_closed)
            self.second.tick.connect(self.customer.tick)
        self.customer.show_row(row)
        self.customer.present(self._preferences.value.customer_screen or self._other_screen())

    def health(self) -> Health:
        """How platform, sockets, ledger and journal stand."""
        return self._desk.health()

    def ask_application(self, then: Callable[[Any], None]) -> None:
        """Ask whose keys these are, and hand the answer to `then`."""

        async def ask() -> None:
            answer = await self._desk.ping()
            if shiboken6.isValid(self):
                then(answer)

        self._start(ask(), "ping")

    def _other_screen(self) -> str:
        """The name of a screen on which this window is not, "" where there is only one."""
        mine = self.screen()
        return next((s.name() for s in QGuiApplication.screens() if s is not mine), "")

    # Building.

    def _build(self) -> None:
        below = QSplitter(Qt.Orientation.Horizontal)
        below.addWidget(self.detail)
        below.setStretchFactor(0, 1)
        below.setChildrenCollapsible(False)
        if self.phone is not None:
            below.addWidget(self.phone)
            below.setSizes([900, 260])
        self._middle.addWidget(self.pane)
        self._middle.addWidget(below)
        self._middle.setStretchFactor(0, 1)
        self._middle.setChildrenCollapsible(False)
        self._split.addWidget(self.form)
        self._split.addWidget(self._middle)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._middle.setSizes([230, 550])
        self._split.setSizes([350, 1090])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)

    def _wire(self) -> None:
        self.form.submitted.connect(self._submit)
        self.form.outage_asked.connect(self._use_outage)
        self.second.tick.connect(self._tick)
        self.pane.view.picked.connect(self._picked)
        self.actions_.refresh_asked.connect(self._desk.refresh)
        self.actions_.cancel_asked.connect(self._confirm_cancel)
        self.actions_.show_asked.connect(self._show_asked)
        self.actions_.copied.connect(self.noticed)
        self._checked.connect(self._after_check)
        self._created.connect(self._after_create)
        self._failed.connect(self._after_failure)
        self._cancelled.connect(self._after_cancel)

    def _restore(self) -> None:
        kept = self._preferences.value.layout
        for name, restore in (
            ("columns", self.pane.view.restore_layout),
            ("split", self._split.restoreState),
            ("middle", self._middle.restoreState),
        ):
            if kept.get(name):
                restore(QByteArray.fromHex(QByteArray(kept[name].encode())))

    # Rows.

    def _rows(self, rows: Sequence[Row]) -> None:
        self.table.update(rows)
        if self._to_select and self.table.row(self._to_select) is not None:
            self.pane.view.select(self._to_select)
            self._to_select = ""
        for row in rows:
            if row.identifier == self._creating and row.request.unsure:
                # Clearing it up may take long: the till goes on, the row tells how it stands.
                self._creating = ""
                self.form.set_busy(False)
                self.form.clear_for_next()
                self._offer_outage(row.request.order, wording.LOST_ANSWER)
            elif row.request.uuid is not None and self._stuck is row.request.order:
                self._stuck = None
                self.form.show_refusal("")  # the answer was found: no other way is needed
            if self.customer is not None and self._shown() == row.identifier:
                self.customer.show_row(row)

    def _picked(self, row: Row | None) -> None:
        self.detail.show_row(row)
        if self.phone is not None:
            self.phone.show_row(row)

    def _tick(self) -> None:
        self.pane.view.tick()
        self.detail.tick()
        self.lamps.tick()

    # Creating.

    def _identifier(self) -> str:
        return new_identifier(self._desk.clock.now(), secrets.token_hex(6))

    def _submit(self, order: Order) -> None:
        found = rivals(order, [row.request for row in self._desk.rows()], self._verdict)
        if found:
            self._ask(order, found)
        else:
            self._go(order)

    def _verdict(self, identifier: str) -> Status | None:
        row = self._desk.row(identifier)
        return row.verdict.status if row else None

    def _ask(self, order: Order, found: Sequence[Rival]) -> None:
        """The charge guard: an earlier request for this may still be paid."""
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Already asked for")
        box.setText(found[0].sentence)
        box.setInformativeText("Charging again could be paid twice.")
        wait = box.addButton("Wait for it", QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton("Cancel the earlier one", QMessageBox.ButtonRole.DestructiveRole)
        go = box.addButton("Create another one", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(wait)
        box.setEscapeButton(wait)

        def pressed() -> None:
            button = box.clickedButton()
            if button is go:
                self._go(order)
                return
            self.form.set_busy(False)
            self.pane.clear_filters()
            self.pane.view.select(found[0].identifier)
            if button is stop:
                self._cancel(found[0].identifier)

        box.finished.connect(pressed)
        box.open()

    def _go(self, order: Order) -> None:
        self._creating = self._to_select = order.identifier
        self._start(self._create(order), f"create {order.identifier}")

    async def _create(self, order: Order) -> None:
        try:
            problems = await self._desk.check(order)
            if problems:
                self._say(self._checked, order, problems)
                return
            made = await self._tagged(order)
            if isinstance(made, str):
                self._say(self._failed, made)
                return
            self._say(self._created, await self._desk.create(made))
        except Exception as error:
            self._say(self._failed, str(error) or type(error).__name__)
            raise

    async def _tagged(self, order: Order) -> Order | str:
        """Give a payment without a tag one of the shop's, where the shop has a range of them."""
        saved = self._preferences.value
        within = tags.read_range(saved.tag_from, saved.tag_to)
        if within is None or not tags.wants(order):
            return order
        if isinstance(within, str):
            return within
        tag = await self._desk.allocate_tag(within)
        return tag if isinstance(tag, str) else tags.tagged(order, tag)

    def _say(self, signal: Any, *values: object) -> None:
        """Tell the board from a coroutine, unless it is gone by now."""
        if shiboken6.isValid(self):
            signal.emit(*values)

    def _after_check(self, _order: object, problems: Any) -> None:
        self._creating = ""
        self.form.set_busy(False)
        self.form.show_problems(problems)

    def _after_failure(self, words: str) -> None:
        self._creating = ""
        self.form.set_busy(False)
        self.form.show_refusal(words)

    def _after_create(self, row: Row) -> None:
        mine = self._creating == row.identifier
        if mine:
            self._creating = ""
        if row.request.failure is not None and row.request.uuid is None:
            if mine:
                self.form.set_busy(False)
                self.form.show_refusal(row.request.failure.why)
                if row.request.failure.down:
                    self._offer_outage(row.request.order, row.request.failure.why)
            return
        if outage.is_outage(row.request.order):
            self._stuck = None
        self._remember()
        if mine:
            self.form.set_busy(False)
            self.form.clear_for_next()

    # The platform is down.

    def _offer_outage(self, order: Order, why: str) -> None:
        """Say what is wrong, and offer an outage code or say why there is none."""
        if not order.pays:
            return
        refused = outage.why_not(order, ledger=self._desk.health().ledger_set_up)
        self.form.show_refusal(f"{why} {refused}".strip())
        self._stuck = order
        if not refused:
            self.form.offer_outage()

    def _use_outage(self) -> None:
        if self._stuck is None:
            return
        made = outage.made_of(
            self._stuck, identifier=self._identifier(), entropy=secrets.token_hex(32)
        )
        self.form.set_busy(True)
        self._submit(made)

    def _remember(self) -> None:
        typed = self.form.draft()
        self._preferences.change(
            destination=typed.destination,
            currency=typed.currency,
            issuer=typed.issuer,
            expire=typed.expire,
        )

    # Cancelling.

    def _confirm_cancel(self, identifier: str) -> None:
        """Del lies close to other keys: a sale is not ended by one slip."""
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Cancel request")
        box.setText(f"Cancel request {identifier}?")
        box.setInformativeText("It can be cancelled only while no phone has opened it.")
        yes = box.addButton("Cancel the request", QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(yes)
        box.setEscapeButton(no)

        def pressed() -> None:
            if box.clickedButton() is yes:
                self._cancel(identifier)

        box.finished.connect(pressed)
        box.open()

    def _cancel(self, identifier: str) -> None:
        async def cancel() -> None:
            self._say(self._cancelled, identifier, await self._desk.cancel(identifier))

        self._start(cancel(), f"cancel {identifier}")

    def _after_cancel(self, identifier: str, answer: object) -> None:
        if isinstance(answer, Failure):
            self.alarmed.emit(f"{identifier} was not cancelled. {answer.sentence}")
        elif isinstance(answer, CancelAnswer) and not answer.cancelled:
            self.alarmed.emit(f"{identifier}: {wording.cancel_refused(answer.reason)}")
        else:
            self.noticed.emit(f"{identifier} is cancelled.")

    # The customer's window.

    def _show_asked(self, identifier: str) -> None:
        self.pane.view.select(identifier)
        self.show_to_customer()

    def _shown(self) -> str:
        row = self.customer.row() if self.customer is not None else None
        return row.identifier if row is not None else ""

    def _screen_chosen(self, name: str) -> None:
        self._preferences.change(customer_screen=name)

    def _customer_closed(self) -> None:
        customer, self.customer = self.customer, None
        if customer is not None:
            self.second.tick.disconnect(customer.tick)
            customer.deleteLater()

    def _now(self) -> str:
        return f"{datetime.now().astimezone():%H:%M:%S}"
