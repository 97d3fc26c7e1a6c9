"""The left half of the till: the price, presets, keypad, tip, reference, and the button CHARGE."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Sentences
from xumm_desk.core.money import fiat
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import WAY_OUT_LABELS, WayOut
from xumm_desk.core.sale.entry import SaleEntry
from xumm_desk.core.sale.sale import MAX_NOTE, MAX_REFERENCE
from xumm_desk.core.sale.till_settings import Preset
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.labelled_field import MessageLine

from .amount_card import AmountCard
from .keypad import FittingButton, Keypad, pad_key, touch_button

MAX_PRESETS: Final = 4
"""Buttons in the row above the keypad; the others are in its menu."""

_SMALL_KEY: Final = 48


class EntryPane(QWidget):
    """What the cashier types. `edited` is emitted at every change, `charge_asked` by CHARGE and
    `outage_asked` by the button for an outage code."""

    edited = Signal()
    charge_asked = Signal()
    outage_asked = Signal()
    tip_asked = Signal()
    way_out_asked = Signal(object)
    customer_asked = Signal()

    def __init__(
        self,
        currency: str,
        assets: Sequence[AcceptedAsset],
        presets: Sequence[Preset],
        tips: Sequence[Decimal],
    ) -> None:
        super().__init__()
        self.entry = SaleEntry(currency)
        self._assets = {asset.key: asset for asset in assets}
        self._asset = assets[0]
        self._presets, self._tips = presets, tips
        self._busy = False
        self._blocked = ""
        self.card, self.keypad = AmountCard(assets), Keypad()
        self.refusal = MessageLine(Tone.ATTENTION)
        self.reason = MessageLine(Tone.NEUTRAL)
        self.outage = touch_button(_("Use an outage code"), height=48)
        self.way_out = touch_button("", height=48)
        self._way_out: WayOut | None = None
        self.charge = touch_button("")
        self.recipient = MessageLine(Tone.PROGRESS)
        self.customer = touch_button("")
        self._recipient = ""
        self.tip = touch_button("", height=48)
        # Without a mouse a tip is reached with Tab; a click leaves the keyboard to the price.
        self.tip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.erase = pad_key("⌫", height=48)
        self.reference, self.note = QLineEdit(), QLineEdit()
        self.preset_buttons = [self._preset_button(one) for one in presets[:MAX_PRESETS]]
        self._build()
        self._wire()
        self._show()
        language_change.changed.connect(self._show)

    @property
    def asset(self) -> AcceptedAsset:
        """What the customer is to pay with."""
        return self._asset

    @property
    def busy(self) -> bool:
        """Whether a sale is being created."""
        return self._busy

    def set_entry(self, entry: SaleEntry) -> None:
        """Show another price."""
        if entry != self.entry and not self._busy:
            self.entry = entry
            self.show_refusal("")
            self._show()
            self.edited.emit()

    def set_busy(self, busy: bool) -> None:
        """Take no key while a sale is being created."""
        self._busy = busy
        for part in (
            self.keypad,
            self.tip,
            self.erase,
            self.reference,
            self.note,
            self.card,
            self.customer,
        ):
            part.setEnabled(not busy)
        for button in self.preset_buttons:
            button.setEnabled(not busy)
        self._show()

    def set_blocked(self, reason: str) -> None:
        """Disable CHARGE and say why; "" allows it again."""
        if reason != self._blocked:
            self._blocked = reason
            self._show()

    @property
    def blocked(self) -> str:
        """Why CHARGE is disabled."""
        return self._blocked

    def set_way_out(self, way_out: WayOut | None) -> None:
        """What a person can do about the reason that is shown; None for nothing."""
        if way_out is not self._way_out:
            self._way_out = way_out
            self.way_out.setText(tr(WAY_OUT_LABELS[way_out]) if way_out is not None else "")
            self.way_out.setVisible(way_out is not None)

    def choose_next_asset(self) -> None:
        """Charge in the next one of the shop's assets."""
        keys = list(self._assets)
        key = keys[(keys.index(self._asset.key) + 1) % len(keys)]
        if self.card.assets is not None:
            self.card.assets.set_value(key)

    def take_over(self, other: EntryPane) -> None:
        """Show what was typed into another one; a price only of the same currency."""
        if other.entry.currency == self.entry.currency:
            self.entry = other.entry
        self.reference.setText(tr(other.reference.text()))
        self.note.setText(tr(other.note.text()))
        if other.asset.key in self._assets:
            self._asset = self._assets[other.asset.key]
            if self.card.assets is not None:
                self.card.assets.set_value(self._asset.key)
        self._blocked = other._blocked
        self.set_busy(other.busy)

    @property
    def recipient_name(self) -> str:
        """The returning customer whom the next request is sent to; "" for nobody."""
        return self._recipient

    def set_recipient(self, nickname: str) -> None:
        """Send the next request to this customer's phone; "" to nobody."""
        self._recipient = nickname
        self.recipient.set_text(
            _("Will be sent to {name}'s phone. The code is shown too.", name=isolate(nickname))
            if nickname
            else ""
        )
        self.customer.setText(_("Do not\nsend") if nickname else _("Returning\ncustomer…"))
        words = (
            _("Do not send to {name}", name=isolate(nickname))
            if nickname
            else _("Send to a returning customer…")
        )
        self.customer.setAccessibleName(words)
        self.customer.setToolTip(_("{action} (F6)", action=words))

    @property
    def can_charge(self) -> bool:
        """Whether CHARGE does something now."""
        return not (self._busy or self._blocked or self.entry.is_empty)

    def show_refusal(self, sentence: str) -> None:
        """Say why nothing was created; removed with the next key."""
        self.refusal.set_text(sentence)
        self.outage.hide()
        if sentence:
            announce(self, tr(sentence))

    def offer_outage(self) -> None:
        """Offer an outage code below the refusal."""
        self.outage.show()

    def clear(self) -> None:
        """Begin the next sale."""
        self.reference.clear()
        self.note.clear()
        self.show_refusal("")
        self.set_recipient("")
        self.entry = SaleEntry(self.entry.currency)
        self._show()
        self.edited.emit()

    def is_clear(self) -> bool:
        """Whether there is nothing to clear."""
        return not (
            self.entry.typed
            or self.reference.text()
            or self.note.text()
            or self.refusal.text()
            or self._recipient
        )

    # Building.

    def _preset_button(self, preset: Preset) -> Any:
        price = tr(fiat.format_number(preset.price))
        button = FittingButton(tr(Sentences([preset.name, price], "\n")))
        button.setAccessibleName(
            _("{name} for {price}", name=preset.name, price=fiat.format_fiat(preset.price))
            if preset.name
            else tr(fiat.format_fiat(preset.price))
        )
        button.clicked.connect(lambda: self.set_entry(self.entry.with_price(preset.price)))
        return button

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(int(Space.L), int(Space.M), int(Space.L), int(Space.S))
        column.setSpacing(int(Space.S))
        column.addWidget(self.card)
        if self.preset_buttons:
            row = QHBoxLayout()
            row.setSpacing(int(Space.S))
            for button in self.preset_buttons:
                row.addWidget(button, 1)
            if len(self._presets) > MAX_PRESETS:
                row.addWidget(self._more_presets())
            column.addLayout(row)
        column.addWidget(self.keypad, 1)
        line = QHBoxLayout()
        line.setSpacing(int(Space.S))
        line.addWidget(self.tip, 2)
        for editor, words, most in (
            (self.reference, _("Reference"), MAX_REFERENCE),
            (self.note, _("Note"), MAX_NOTE),
        ):
            editor.setPlaceholderText(words)
            editor.setAccessibleName(words)
            editor.setMaxLength(most)
            editor.setMinimumHeight(_SMALL_KEY)
            line.addWidget(editor, 2)
        line.addWidget(self.erase, 1)
        column.addLayout(line)
        self._scroll = VerticalScrollArea(inside)
        foot = QVBoxLayout()
        foot.setContentsMargins(int(Space.L), 0, int(Space.L), int(Space.M))
        foot.setSpacing(int(Space.S))
        for part in (self.refusal, self.outage, self.reason, self.way_out, self.recipient):
            foot.addWidget(part)
        last = QHBoxLayout()
        last.setSpacing(int(Space.S))
        last.addWidget(self.customer)
        last.addWidget(self.charge, 1)
        foot.addLayout(last)
        self.customer.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.customer.setMinimumWidth(112)
        self.customer.hide()
        self.set_recipient("")
        self.outage.hide()
        self.way_out.hide()
        self.charge.setProperty("primary", True)
        self.charge.setFont(theme.font(Size.TITLE, strong=True))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addLayout(foot)

    def _more_presets(self) -> QWidget:
        button = touch_button("…", height=48)
        button.setAccessibleName(_("More prices"))

        def show() -> None:
            menu = QMenu(button)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for preset in self._presets[MAX_PRESETS:]:
                words = " ".join(filter(None, (preset.name, tr(fiat.format_fiat(preset.price)))))
                menu.addAction(words).triggered.connect(
                    lambda _on=False, price=preset.price: self.set_entry(
                        self.entry.with_price(price)
                    )
                )
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

        button.clicked.connect(show)
        return button

    def _wire(self) -> None:
        self.keypad.pressed.connect(lambda key: self.set_entry(self.entry.press(key)))
        self.keypad.set_decimals(fiat.minor_digits(self.entry.currency) > 0)
        self.erase.clicked.connect(lambda: self.set_entry(self.entry.backspace()))
        self.erase.setAccessibleName(_("Erase the last digit"))
        self.charge.clicked.connect(self.charge_asked)
        self.customer.clicked.connect(self.customer_asked)
        self.outage.clicked.connect(self.outage_asked)
        self.way_out.clicked.connect(lambda: self.way_out_asked.emit(self._way_out))
        self.tip.clicked.connect(self._show_tips)
        self.card.asset_chosen.connect(self._choose_asset)

    def _choose_asset(self, key: str) -> None:
        self._asset = self._assets[key]
        self.show_refusal("")
        self.edited.emit()

    def _show_tips(self) -> None:
        menu = QMenu(self.tip)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for percent in (Decimal(0), *self._tips):
            words = _tip_words(percent)
            if percent and not self.entry.is_empty:
                tip = self.entry.with_tip_percent(percent).tip_amount
                words = f"{words}   {tr(fiat.format_fiat(tip))}"
            action = menu.addAction(words)
            action.triggered.connect(
                lambda _on=False, percent=percent: self.set_entry(
                    self.entry.with_tip_percent(percent)
                )
            )
        menu.addSeparator()
        menu.addAction(_("Another tip…")).triggered.connect(self.tip_asked)
        menu.popup(self.tip.mapToGlobal(self.tip.rect().topLeft()))

    def _show(self) -> None:
        entry = self.entry
        tip = entry.tip_amount
        shown = fiat.format_fiat(entry.total)
        if not tip.value and entry.typed:
            shown = _typed_price(entry)
        self.card.show_price(
            shown,
            _("with tip {tip}", tip=fiat.format_fiat(tip)) if tip.value else "",
        )
        self.tip.setText(
            tr(fiat.format_fiat(entry.tip))
            if entry.tip is not None
            else _tip_words(entry.tip_percent)
        )
        why = self._blocked or (_("Type a price.") if entry.is_empty else "")
        # An empty price is no news: the line is for reasons that a person cannot see.
        self.reason.set_text(self._blocked)
        self.charge.setEnabled(self.can_charge)
        self.charge.setToolTip(tr(why) or _("Enter or F12"))
        self.charge.setAccessibleDescription(tr(why))
        self.charge.setText(
            _("Creating…")
            if self._busy
            else _("Charge {price}", price=fiat.format_fiat(entry.total))
            if not entry.is_empty
            else _("Charge")
        )


def _tip_words(percent: Decimal) -> str:
    if not percent:
        return _("No tip")
    return _("Tip {percent} %", percent=f"{percent.normalize():f}")


def _typed_price(entry: SaleEntry) -> str:
    """The price as it is being typed, with its currency."""
    whole, number = tr(fiat.format_fiat(entry.price)), tr(fiat.format_number(entry.price))
    return whole.replace(number, tr(entry.typed_text()), 1)
