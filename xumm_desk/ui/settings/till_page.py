"""The page about the till: its name, sale numbers, ready-made prices, tips, limit and expiry."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat
from xumm_desk.core.sale import till_settings
from xumm_desk.core.sale.numbering import DAILY, RUNNING
from xumm_desk.core.sale.till_settings import Preset
from xumm_desk.core.settings import Settings
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.labelled_field import INPUT_HEIGHT, MessageLine, line_field
from xumm_desk.ui.widgets.labels import text_label
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .page import SettingsPage, button_row, first_problem, plain, side_by_side, typed

MAX_TIPS: Final = 4
_WHY_TILL: Final = Message(
    "The till's name tells the sales of several tills apart. Both stand on receipts and in exports."
)
_WHY_PRESETS: Final = Message(
    "Buttons above the keypad; from the fifth on they are in its menu. The name may be empty."
)
_WHY_TIPS: Final = Message("In percent of the price, at most 100. Empty ones are not offered.")
_WHY_LIMIT: Final = Message("Above it the till asks before it charges. Empty for none.")


class PresetRow(QWidget):
    """One ready-made price: name, price, and a button that removes it."""

    edited = Signal()
    removed = Signal()

    def __init__(self, name: str, price: str) -> None:
        super().__init__()
        self.name, self.price = QLineEdit(), QLineEdit()
        self.problem = MessageLine(Tone.ATTENTION)
        self.remove = QPushButton(_("Remove"))
        for editor, words in ((self.name, _("Name")), (self.price, _("Price"))):
            editor.setPlaceholderText(words)
            editor.setMinimumHeight(INPUT_HEIGHT)
            editor.textChanged.connect(self._changed)
        self.name.setMaxLength(till_settings.MAX_NAME)
        self.name.setText(tr(name))
        self.price.setText(tr(price))
        self.remove.setAutoDefault(False)
        self.remove.clicked.connect(self.removed)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.name, 3)
        row.addWidget(self.price, 2)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(row)
        column.addWidget(self.problem)

    def show_number(self, number: int) -> None:
        """Say in its names that it is the row `number`: else all rows would sound the same."""
        self.name.setAccessibleName(_("Name of price {number}", number=number))
        self.price.setAccessibleName(_("Price {number}", number=number))
        self.remove.setAccessibleName(_("Remove price {number}", number=number))

    def is_empty(self) -> bool:
        """Whether nothing is typed: then it is left out."""
        return not (self.name.text().strip() or self.price.text().strip())

    def _changed(self) -> None:
        self.problem.set_text("")
        self.edited.emit()


class TillPage(SettingsPage):
    """`currency` says in which currency the prices are, as chosen on the page about prices."""

    title = Message("Till")

    def __init__(self, now: Settings, currency: Callable[[], str]) -> None:
        super().__init__()
        self._currency = currency
        self.till = line_field("till", _("Till's name"), hint=_("for instance 2 or Bar"))
        self.cashier = line_field("cashier", _("Cashier"), optional=True)
        self.numbering = SegmentedControl(
            _("Sale numbers"),
            [(RUNNING, _("Running")), (DAILY, _("New each day"))],
        )
        self.presets: list[PresetRow] = []
        self.add_preset = QPushButton(_("Add a price"))
        self.tips = [
            line_field(f"tip{number}", _("Tip {number}", number=number), hint="%")
            for number in range(1, MAX_TIPS + 1)
        ]
        self.limit = line_field("sale_limit", _("Limit that asks"), optional=True)
        self.expire = line_field("expire", _("Minutes until a request expires"), hint="5")
        self._rows = QVBoxLayout()
        self._build()
        marks = number_marks()
        self.till.set_text(now.till)
        self.cashier.set_text(now.cashier)
        self.numbering.set_value(DAILY if now.numbering == DAILY else RUNNING)
        for value in now.presets:  # also what is no price: a person must see and mend it
            self._add_row(str(value.get("name") or ""), typed(str(value.get("price") or ""), marks))
        for field, tip in zip(self.tips, now.tips, strict=False):
            field.set_text(typed(str(tip), marks))
        self.limit.set_text(typed(now.sale_limit, marks))
        self.expire.set_text(now.expire)
        for field in self._fields():
            field.edited.connect(self.edited)

    def values(self) -> dict[str, Any]:
        limit = till_settings.parse_limit(self.limit.text(), self._currency(), number_marks())
        tips = [
            till_settings.parse_tip(field.text(), number_marks())
            for field in self.tips
            if field.text().strip()
        ]
        return {
            "till": self.till.text().strip(),
            "cashier": self.cashier.text().strip(),
            "numbering": self.numbering.value(),
            "presets": [one.to_json() for one in map(self._read, self._filled()) if one],
            "tips": [plain(tip) for tip in tips if isinstance(tip, Decimal)],
            "sale_limit": fiat.value_text(limit) if isinstance(limit, fiat.FiatAmount) else "",
            "expire": self.expire.text().strip(),
        }

    def problem(self) -> tuple[str, QWidget | None]:
        found: tuple[str, QWidget | None] = ("", None)
        for row in self._filled():
            self._read(row)
            if row.problem.text() and not found[0]:
                found = (row.problem.text(), row.price)
        for field in self.tips:
            tip = (
                till_settings.parse_tip(field.text(), number_marks())
                if field.text().strip()
                else ""
            )
            field.set_problem(tip if isinstance(tip, str) else "")
        limit = till_settings.parse_limit(self.limit.text(), self._currency(), number_marks())
        self.limit.set_problem(limit if isinstance(limit, str) else "")
        self.expire.set_problem(till_settings.expiry_problem(self.expire.text()))
        return found if found[0] else first_problem(self._fields())

    # Building.

    def _fields(self) -> list[Any]:
        return [self.till, self.cashier, *self.tips, self.limit, self.expire]

    def _build(self) -> None:
        self.heading(Message("This till"), _WHY_TILL)
        self.column.addLayout(side_by_side(self.till, self.cashier))
        self.column.addWidget(text_label(_("Sale numbers")))
        self.column.addWidget(self.numbering)
        self.heading(Message("Ready-made prices"), _WHY_PRESETS)
        self._rows.setSpacing(Space.XS)
        self.column.addLayout(self._rows)
        self.column.addLayout(button_row(self.add_preset))
        self.heading(Message("Tips"), _WHY_TIPS)
        self.column.addLayout(side_by_side(*self.tips))
        self.heading(Message("Limit and expiry"), _WHY_LIMIT)
        self.column.addLayout(side_by_side(self.limit, self.expire))
        self.finish()
        self.add_preset.clicked.connect(self._add_empty)

    def _add_empty(self) -> None:
        self._add_row("", "").name.setFocus()

    def _add_row(self, name: str, price: str) -> PresetRow:
        row = PresetRow(name, price)
        row.edited.connect(self.edited)
        row.removed.connect(lambda: self._remove_row(row))
        self.presets.append(row)
        row.show_number(len(self.presets))
        self._rows.addWidget(row)
        return row

    def _remove_row(self, row: PresetRow) -> None:
        place = self.presets.index(row)
        del self.presets[place]
        for number, other in enumerate(self.presets, start=1):
            other.show_number(number)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        follower = self.presets[min(place, len(self.presets) - 1)].remove if self.presets else None
        (follower or self.add_preset).setFocus()
        self.edited.emit()

    def _filled(self) -> list[PresetRow]:
        return [row for row in self.presets if not row.is_empty()]

    def _read(self, row: PresetRow) -> Preset | None:
        """What is typed, or None with the reason beside it."""
        read = till_settings.parse_preset(
            row.name.text(), row.price.text(), self._currency(), number_marks()
        )
        row.problem.set_text(read if isinstance(read, str) else "")
        return read if isinstance(read, Preset) else None
