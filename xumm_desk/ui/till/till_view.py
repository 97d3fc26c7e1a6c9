"""The till: what the cashier types at the left, the sale at the right, all sales below.

A sale runs through `ChargeCommand`; its rows come from the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount, fiat, networks
from xumm_desk.core.pricing.accepted_asset import assets_from_json
from xumm_desk.core.pricing.rate_settings import rate_policy
from xumm_desk.core.sale.entry import SaleEntry
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.sale.till_settings import read_presets, read_tips
from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.lock.desk_lock import Require, at_once
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import status_tone
from xumm_desk.ui.widgets.announcement import CollectedAnnouncements, announce

from .charge_command import ChargeCommand
from .customers.till_customers import TillCustomers
from .entry_pane import EntryPane
from .keypad import key_of
from .payment_worth import late_worth, missing_of
from .sale_pane import SalePane
from .sales_strip import SalesStrip
from .till_sales import TillSales
from .wording import words_of

_NAMED: Final = 3
"""So many sales are named in one announcement."""


class TillView(QWidget):
    """The cashier's screen. `sale_shown` carries the row in the right half, None for none;
    `begun` the identifier of a sale that was just begun; `status_changed` a sale whose status is
    news, `ended` one whose end is."""

    sale_shown = Signal(object)
    begun = Signal(str)
    status_changed = Signal(object)
    ended = Signal(object)
    cancel_asked = Signal(str)
    cancel_now = Signal(str)
    details_asked = Signal(str)
    all_asked = Signal()
    settings_asked = Signal()
    receipt_asked = Signal(object)

    def __init__(
        self,
        desk: Desk,
        actions: RequestActions,
        *,
        start: StartTask,
        preferences: SettingsStore,
        network: str,
        require: Require = at_once,
    ) -> None:
        super().__init__()
        self._desk, self._preferences = desk, preferences
        saved = preferences.value
        self._sales = TillSales(saved.till)
        self._native = networks.asset_of(network)
        self._rates = desk.rates
        self._assets = assets_from_json(saved.assets, self._native)
        self._awaited = ""
        self._active = False
        self._unspoken: dict[str, RequestRow] = {}
        self.spoken = CollectedAnnouncements(self._speak, self)
        self.entry = _entry_pane(saved, self._native)
        self._offer = _offer(saved)
        self.pane = SalePane(desk.clock, actions)
        self.customers = TillCustomers(desk, self.pane, start=start, view=self)
        self.strip = SalesStrip(desk.clock)
        self.charging = ChargeCommand(
            desk,
            lambda: self.entry,
            customers=self.customers,
            start=start,
            preferences=preferences,
            network=network,
            require=require,
            view=self,
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Till"))
        self._build()
        self._wire()
        self._leave_rates = self._rates.on_change(self.charging.update)
        self.charging.update()

    # What the view around it calls.

    def set_active(self, active: bool) -> None:
        """Whether it is the view that is open: only then rates are kept fresh."""
        self._active = active
        if active:
            saved = self._preferences.value
            currency = fiat.on_network(saved.shop_currency, self._native)
            self._rates.use(currency, self._assets, rate_policy(saved))
        else:
            self._rates.release()

    def close_down(self) -> None:
        """The desk ends."""
        self._leave_rates()
        self.customers.leave()
        self._rates.release()

    def load(self, rows: Sequence[RequestRow]) -> None:
        """Show what the journal holds."""
        self._sales.load(rows)
        self._show_strip()

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """Rows changed: the sale that is shown, and the list."""
        news = self._sales.update(rows, self.pane.identifier)
        for row in rows:
            if row.identifier == self._awaited or (
                row.identifier == self.pane.identifier and not self._awaited
            ):
                self._awaited = ""
                self._show_sale(row)
        self.charging.flow.rows_changed(rows)
        if any(self._sales.row(row.identifier) is row for row in rows):
            self._show_strip()
        for row in news:
            self.status_changed.emit(row)
            if row.identifier != self.pane.identifier:
                self._note_spoken(row)
            if row.verdict.final:
                self.ended.emit(row)

    def _note_spoken(self, row: RequestRow) -> None:
        """How a sale stands that is not shown is said if that is an end or needs a person."""
        tone = status_tone(row.verdict.status, row.verdict)
        if row.verdict.final or tone is Tone.ATTENTION:
            self._unspoken[row.identifier] = row
            self.spoken.note()

    def _speak(self) -> None:
        rows, self._unspoken = [*self._unspoken.values()], {}
        urgent = any(row.verdict.final for row in rows)
        if len(rows) > _NAMED:
            words = _(
                "{count} sale ended or needs a person.",
                plural="{count} sales ended or need a person.",
                n=len(rows),
                count=len(rows),
            )
            announce(self, words, urgent=urgent)
            return
        said: list[str] = []
        for row in rows:
            number, state = as_written(request_label(row.request.spec)), words_of(row)
            said += (
                Message("{number}: {state}.", number=number, state=tr(state.short)),
                state.advice,
            )
        announce(self, tr(Sentences(said)), urgent=urgent)

    def tick(self) -> None:
        """A second has passed."""
        self.pane.tick()
        self.strip.tick()
        self.charging.update()

    def set_blocked(self, reason: str) -> None:
        """No sale can be created while `reason` holds."""
        self.charging.set_blocked(reason)

    def apply_settings(self) -> None:
        """The shop's settings have changed: show what the till offers now. A sale that is open
        stays, and so does what is typed unless the currency is another one."""
        saved = self._preferences.value
        self._assets = assets_from_json(saved.assets, self._native)
        if _offer(saved) != self._offer:
            self._offer = _offer(saved)
            self._replace_entry(_entry_pane(saved, self._native))
        if saved.till != self._sales.till:
            self._sales = TillSales(saved.till)
            self.load(self._desk.rows())
        if self._active:
            self.set_active(True)
        self.charging.update()

    def _replace_entry(self, entry: EntryPane) -> None:
        old, self.entry = self.entry, entry
        entry.take_over(old)
        had_focus = old.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._halves.replaceWidget(old, entry)
        self._size_entry()
        old.hide()
        old.deleteLater()
        self._wire_entry()
        entry.show()
        if had_focus:
            self.focus_first()

    def focus_first(self) -> None:
        """Let the keyboard type the price."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown(self) -> RequestRow | None:
        """The sale in the right half."""
        return self.pane.row()

    def print_receipt(self) -> None:
        """The receipt of the sale in the right half."""
        if (row := self.pane.row()) is not None:
            self.receipt_asked.emit(row)

    def show_identifier(self, identifier: str) -> None:
        """Show one of the till's sales."""
        row = self._sales.row(identifier) or self._desk.row(identifier)
        if row is not None:
            self._sales.note_seen(identifier)
            self._show_sale(row)
            self._show_strip()

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, decimal keys, Backspace, Enter or F12, Esc; the rest is the window's."""
        key, plain = event.key(), not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if typed := key_of(event):
            self.entry.keypad.pressed.emit(typed)
        elif key == Qt.Key.Key_Backspace and plain:
            self.entry.set_entry(self.entry.entry.backspace())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_F12:
            self.charging.charge()
        elif key == Qt.Key.Key_F6:
            self.customers.pick(self.entry)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste(QGuiApplication.clipboard().text())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _enter(self) -> None:
        """Press the button that Tab has reached; without one, charge or go on."""
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.hasFocus():
            focused.click()
        elif self.entry.entry.is_empty and self.pane.shows_verdict:
            self._dismiss()
        else:
            self.charging.charge()

    def _escape(self) -> None:
        """First clears what is typed, then puts a verdict away, then asks about the open sale."""
        row = self.pane.row()
        if not self.entry.is_clear():
            if not self.entry.busy:
                self.entry.clear()
                self.focus_first()
        elif self.pane.shows_verdict:
            self._dismiss()
        elif row is not None and not row.verdict.final:
            self.cancel_asked.emit(row.identifier)

    def _paste(self, text: str) -> None:
        entry = self.entry.entry
        try:
            price = fiat.parse_fiat(text, entry.currency, number_marks())
        except amount.AmountError as error:
            self.entry.show_refusal(Message("Not pasted: {rule}.", rule=error.args[0]))
            return
        self.entry.set_entry(entry.with_price(price))

    # Showing.

    def _build(self) -> None:
        self._halves = halves = QHBoxLayout()
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(0)
        halves.addWidget(self.entry, 2)
        self._size_entry()
        right = QVBoxLayout()
        right.setContentsMargins(0, 12, 16, 12)
        right.addWidget(self.pane)
        halves.addLayout(right, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(halves, 1)
        column.addWidget(self.strip)

    def _size_entry(self) -> None:
        self.entry.setMinimumWidth(320)
        self.entry.setMaximumWidth(560)

    def _wire_entry(self) -> None:
        self.entry.customer.setVisible(self.customers.available)
        self.entry.customer_asked.connect(lambda: self.customers.pick(self.entry))
        self.entry.edited.connect(self.charging.update)
        self.entry.charge_asked.connect(self.charging.charge)
        self.entry.outage_asked.connect(self.charging.flow.use_outage)
        self.entry.tip_asked.connect(self._ask_tip)
        self.entry.way_out_asked.connect(self.charging.take_way_out)

    def _wire(self) -> None:
        self._wire_entry()
        self.pane.receipt_button.clicked.connect(self.print_receipt)
        self.pane.rest_button.clicked.connect(self._type_missing)
        self.strip.receipt_asked.connect(
            lambda identifier: self.receipt_asked.emit(self._sales.row(identifier))
        )
        self.pane.remember_button.clicked.connect(self.customers.remember)
        self.pane.dismissed.connect(self._dismiss)
        self.pane.details_button.clicked.connect(
            lambda: self.details_asked.emit(self.pane.identifier)
        )
        self.strip.chosen.connect(self.show_identifier)
        self.strip.all_asked.connect(self.all_asked)
        self.charging.settings_asked.connect(self.settings_asked)
        self.charging.flow.shown.connect(self._begin)
        self.charging.flow.duplicate_found.connect(self.show_identifier)
        self.charging.flow.cancel_asked.connect(self.cancel_now)

    def _begin(self, identifier: str) -> None:
        self._awaited = identifier
        self.begun.emit(identifier)

    def _dismiss(self) -> None:
        self._sales.note_seen(self.pane.identifier)
        self._show_sale(None)
        self._show_strip()
        self.focus_first()

    def _show_sale(self, row: RequestRow | None) -> None:
        self.pane.show_row(row, late_worth(row, self._assets, self._rates))
        if (missing := missing_of(row)) is not None:
            self.pane.show_missing(tr(fiat.format_fiat(missing)))
        self.customers.show()
        self.sale_shown.emit(row)

    def _type_missing(self) -> None:
        """The rest of an underpaid sale as the next sale's price, with a reference to it."""
        row = self.pane.row()
        missing = missing_of(row)
        if row is None or missing is None or missing.currency != self.entry.entry.currency:
            return
        self.entry.set_entry(SaleEntry(missing.currency).with_price(missing))
        words = _("Rest of {number}", number=request_label(row.request.spec))
        self.entry.reference.setText(strip_controls(words))  # it is printed and exported
        self.focus_first()

    def _show_strip(self) -> None:
        rows = [*self._sales.open(), *self._sales.ended()]
        unseen = {row.identifier for row in rows if self._sales.is_unseen(row.identifier)}
        rows.sort(key=lambda row: row.identifier not in unseen)
        self.strip.show_sales(rows, self.pane.identifier, unseen)

    def _ask_tip(self) -> None:
        from .tip_dialog import TipDialog  # noqa: PLC0415 - seldom asked for

        dialog = TipDialog(self.entry.entry.currency, parent=self)
        dialog.chosen.connect(lambda tip: self.entry.set_entry(self.entry.entry.with_tip(tip)))
        dialog.open()

    def sizeHint(self) -> QSize:
        """What a till's screen has."""
        return QSize(1024, 640)


def _entry_pane(saved: Settings, native: str) -> EntryPane:
    currency = fiat.on_network(saved.shop_currency, native)
    presets, tips = read_presets(saved.presets, currency), read_tips(saved.tips)
    return EntryPane(currency, assets_from_json(saved.assets, native), presets, tips)


def _offer(saved: Settings) -> tuple[object, ...]:
    """The settings of which the left half is made."""
    return saved.shop_currency, saved.assets, saved.presets, saved.tips
