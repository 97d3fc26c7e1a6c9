"""Ask how much of a sale is paid back, to whom and in what; say before what the payer's account
would refuse."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.money import address, amount, fiat, networks, typed_number
from xumm_desk.core.money.amount import Amount, AmountError
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset, assets_from_json
from xumm_desk.core.pricing.quote import Quote, RateRefusal
from xumm_desk.core.refund import refund
from xumm_desk.core.refund.entry import RefundEntry, asset_of, refund_entry
from xumm_desk.core.refund.refund import RefundOrder
from xumm_desk.core.request.field_rules import MAX_TAG
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import MAX_NOTE, Sale, request_label, sale_of
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.environment_marks import mark_network
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine, choice_field, line_field
from xumm_desk.ui.widgets.labels import text_label, wrapped_label

from .payer_findings import PayerFindings

_AT_SALE: Final = "sale"
_NOW: Final = "now"


class RefundDialog(FittedDialog):
    """Makes one refund of one sale. `created` carries the refund's identifier."""

    created = Signal(str)
    _answered = Signal(object)

    def __init__(
        self,
        desk: Desk,
        row: RequestRow,
        *,
        start: StartTask,
        preferences: SettingsStore,
        shop: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._row, self._start = desk, row, start
        self._preferences, self._shop = preferences, shop
        self._entries = [
            refund_entry(row.request.spec, one)
            for one in row.refunds or refund.refund_balances(row.request)
        ]
        self._assets = assets_from_json(
            preferences.value.assets, networks.asset_of(row.request.spec.network)
        )
        self.findings = PayerFindings(desk, start=start, parent=self)
        self._confirmed = False
        self._busy = False
        # One for all presses: the same order makes one refund.
        self._identifier = self._make_identifier()
        self.setWindowTitle(
            _("Refund of {number}", number=as_written(request_label(row.request.spec)))
        )
        self._create_widgets()
        self._build()
        mark_network(self)
        self._wire()
        self._show_balance()

    # What is chosen.

    @property
    def entry(self) -> RefundEntry:
        """The balance that is refunded."""
        return self._entries[max(0, int(self.payer.text() or 0))]

    @property
    def asset(self) -> AcceptedAsset:
        """The asset in which is paid back."""
        chosen = self.pay_in.text()
        return next((one for one in self._assets if one.key == chosen), self._paid_asset())

    def _paid_asset(self) -> AcceptedAsset:
        left = self.entry.balance.left
        known = (one for one in self._assets if one.units_of(left) is not None)
        return next(known, asset_of(left))

    def order(self) -> RefundOrder | str:
        """The order as it is typed, or why there is none; marks the field that is wrong."""
        entry = self.entry
        try:
            part = entry.parse_part(self.amount.text(), number_marks())
        except AmountError as error:
            return Message("Amount: {rule}", rule=error.args[0])
        priced = self._priced(entry, part)
        if isinstance(priced, str):
            return priced
        pays, quote = priced
        saved, sale = self._preferences.value, sale_of(self._row.request.spec)
        tag = self._tag()
        if isinstance(tag, str):
            return tag
        return RefundOrder(
            refund_of=self._row.identifier,
            identifier=self._identifier,
            payer=entry.balance.payer,
            part=part,
            pays=pays,
            tag=tag,
            quote=quote,
            note=self.reason.text().strip()[:MAX_NOTE],
            till=saved.till or (sale.till if sale is not None else ""),
            cashier=saved.cashier,
            shop=self._shop,
            expire_minutes=typed_number.parse_whole(saved.expire) or 5,
        )

    def _priced(self, entry: RefundEntry, part: Amount) -> tuple[Amount, Quote | None] | str:
        """What the payer gets for `part`, and its price; or why that is not known."""
        asset = self.asset
        if asset.units_of(part) is not None:
            return part, entry.quote_of(part)
        worth = entry.worth(part)
        if worth is None:
            return Message("This sale has no price, so it is refunded in what was paid.")
        if self.worth_of.text() == _NOW:
            now = self._desk.rates.worth_now(part, self._paid_asset())
            if isinstance(now, RateRefusal):
                return now.reason
            worth = now
        quote = self._desk.rates.quote(worth, asset)
        return quote.reason if isinstance(quote, RateRefusal) else (quote.amount, quote)

    def _tag(self) -> int | str | None:
        typed = self.tag.text().strip()
        if not typed:
            return None
        number = typed_number.parse_whole(typed)
        if number is None or number > MAX_TAG:
            return Message(
                "Destination tag: must be a whole number from 0 to {max_tag}", max_tag=MAX_TAG
            )
        return number

    def _make_identifier(self) -> str:
        sale = sale_of(self._row.request.spec) or Sale(number=0)
        return numbering.make_identifier(sale, self._desk.clock.now(), secrets.token_hex(6))

    # Showing.

    def _create_widgets(self) -> None:
        self.paid, self.left = wrapped_label(), wrapped_label(muted=True)
        self.paid.setFont(theme.font(Size.LARGE, strong=True))
        self.address = text_label()
        self.address.setFont(theme.font(fixed=True))
        self.payer = choice_field(
            "payer",
            _("Payer"),
            [
                (
                    str(place),
                    _(
                        "{amount} from {payer}",
                        amount=amount.format_amount(one.balance.delivered),
                        payer=address.shorten(one.balance.payer),
                    ),
                )
                for place, one in enumerate(self._entries)
            ],
        )
        self.amount = line_field("amount", _("Amount"))
        if isinstance(self.amount.editor, QLineEdit):
            self.amount.editor.setFont(theme.font(Size.TITLE, strong=True, tabular=True))
            self.amount.editor.setMinimumHeight(48)
        self.all_button = QPushButton(_("All that is left"))
        self.pay_in = choice_field("pay_in", _("Pay back in"), [])
        self.worth_of = choice_field("worth_of", _("Worth"), [])
        self.gets = wrapped_label()
        self.gets.setFont(theme.font(Size.LARGE, strong=True))
        self.tag = line_field("tag", _("Destination tag of the payer"), optional=True)
        self.reason = line_field("reason", _("Reason, kept in the note"), optional=True)
        self.problem = MessageLine(Tone.ATTENTION)
        self.create_button = QPushButton(_("Create refund"))
        self.create_button.setProperty("primary", True)
        self.create_button.setDefault(True)
        self.leave_button = QPushButton(_("Cancel"))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(int(Space.XL), int(Space.L), int(Space.XL), int(Space.L))
        column.setSpacing(int(Space.S))
        column.addWidget(self.paid)
        column.addWidget(self.left)
        column.addWidget(self.payer)
        self.payer.setVisible(len(self._entries) > 1)
        column.addWidget(text_label(_("Goes to"), muted=True))
        column.addWidget(self.address)
        line = QHBoxLayout()
        line.setSpacing(int(Space.S))
        line.addWidget(self.amount, 1)
        line.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.all_button.setProperty("touch", "48")
        column.addLayout(line)
        choices = QHBoxLayout()
        choices.setSpacing(int(Space.S))
        choices.addWidget(self.pay_in, 1)
        choices.addWidget(self.worth_of, 2)
        column.addLayout(choices)
        column.addWidget(self.gets)
        fields = QHBoxLayout()
        fields.setSpacing(int(Space.S))
        fields.addWidget(self.tag, 1)
        fields.addWidget(self.reason, 2)
        column.addLayout(fields)
        column.addLayout(self.findings.lines)
        column.addWidget(self.problem)
        column.addStretch()
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.leave_button, self.create_button):
            button.setProperty("touch", "48")
            buttons.addWidget(button)
        column.addLayout(buttons)
        self.setMinimumWidth(560)

    def _wire(self) -> None:
        self.payer.edited.connect(self._show_balance)
        for field in (self.amount, self.pay_in, self.worth_of, self.tag):
            field.edited.connect(self._changed)
        self.all_button.clicked.connect(self._fill_in_all)
        self.create_button.clicked.connect(self._create)
        self.leave_button.clicked.connect(self.reject)
        self.findings.changed.connect(self._show_findings)
        self._answered.connect(self._after_create)
        self._leave_rates = self._desk.rates.on_change(self._show_amounts)
        self.finished.connect(lambda _code: self._leave_rates())

    def _show_balance(self) -> None:
        entry = self.entry
        balance, known = entry.balance, self._row.request.spec
        self.paid.setText(
            tr(
                Message(
                    "{number}: {amount} came from the payer",
                    number=request_label(known),
                    amount=_both(entry, balance.delivered),
                )
            )
        )
        summary = refund.refund_summary(self._row.request, [balance])
        left = Message("Left to refund: {left}", left=_both(entry, balance.left))
        self.left.setText(tr(Sentences([summary, left], " · ")))
        self.address.setText(balance.payer)
        self.amount.set_label(_("Amount in {unit}", unit=entry.unit))
        self.tag.set_text("" if balance.tag is None else str(balance.tag))
        self._offer_assets()
        self._fill_in_all()
        self._changed()

    def _offer_assets(self) -> None:
        """What was paid first; others only where the sale says what it was worth."""
        editor: Any = self.pay_in.editor
        paid = self._paid_asset()
        others = [one for one in self._assets if one.key != paid.key]
        editor.blockSignals(True)
        editor.clear()
        editor.addItem(_("{asset}, as it was paid", asset=paid.label), paid.key)
        for one in others if self.entry.quote is not None else ():
            editor.addItem(one.label, one.key)
        editor.blockSignals(False)
        self.pay_in.setVisible(editor.count() > 1)

    def _fill_in_all(self) -> None:
        self.amount.set_text(_with_marks(self.entry.text_of_left()))

    def _changed(self) -> None:
        self._confirmed = False
        self.problem.set_text("")
        self._show_amounts()
        has_tag = bool(self.tag.text().strip())
        self.findings.look(self.entry.balance, self.asset, has_tag=has_tag)

    def _show_amounts(self) -> None:
        """What the payer gets, and in another asset what it is worth by either rate."""
        self._show_worths()
        order = self.order()
        if isinstance(order, str):
            # A rate that cannot be had is said at once, a slip only when the button is pressed.
            other = self.asset.key != self._paid_asset().key
            self.gets.setText(tr(order) if other else "")
            return
        text: str = Message("The payer gets {amount}", amount=amount.format_amount(order.pays))
        if order.quote is not None:
            text = Message(
                "The payer gets {amount}, worth {price}",
                amount=amount.format_amount(order.pays),
                price=fiat.format_fiat(order.quote.price),
            )
        self.gets.setText(tr(text))

    def _show_worths(self) -> None:
        """Both worths side by side, that of the sale chosen until a person takes the other."""
        other = self.asset.key != self._paid_asset().key
        self.worth_of.setVisible(other)
        if not other:
            return
        try:
            part = self.entry.parse_part(self.amount.text(), number_marks())
        except AmountError:
            return
        worth = self.entry.worth(part)
        now = self._desk.rates.worth_now(part, self._paid_asset())
        editor: Any = self.worth_of.editor
        chosen = self.worth_of.text() or _AT_SALE
        editor.blockSignals(True)
        editor.clear()
        if worth is not None:
            editor.addItem(
                _("At the time of sale: {price}", price=fiat.format_fiat(worth)), _AT_SALE
            )
        if isinstance(now, RateRefusal):
            editor.addItem(_("Now: not known"), _AT_SALE)
            editor.model().item(editor.count() - 1).setEnabled(False)
        else:
            editor.addItem(_("Now: {price}", price=fiat.format_fiat(now)), _NOW)
        editor.setCurrentIndex(max(0, editor.findData(chosen)))
        editor.blockSignals(False)

    def _show_findings(self) -> None:
        lost = self.findings.why_lost
        self.create_button.setEnabled(not lost and not self._busy)
        self.create_button.setToolTip(tr(lost))

    # Creating.

    def _create(self) -> None:
        order = self.order()
        if isinstance(order, str):
            self.problem.set_text(order)
            return
        if not self._confirmed and self.findings.any_blocks:
            # The ledger decides, and only the fee is lost: a person may know better.
            self._confirmed = True
            self.problem.set_text(
                Message("The refund will probably fail. Press again to create it all the same.")
            )
            return
        self._set_busy(True)
        self._start(self._submit(order), f"refund {order.refund_of}")

    async def _submit(self, order: RefundOrder) -> None:
        try:
            answer = await self._desk.refund(order)
        except Exception as error:
            if shiboken6.isValid(self):
                self._answered.emit(error_text(error))
            if not isinstance(error, JournalError):
                raise  # a bug of ours
            return
        if shiboken6.isValid(self):
            self._answered.emit(answer)

    def _after_create(self, answer: RequestRow | str) -> None:
        self._set_busy(False)
        if isinstance(answer, str):
            self.problem.set_text(answer)
            return
        self.created.emit(answer.identifier)
        self.accept()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.create_button.setEnabled(not busy)
        self.create_button.setText(_("Creating…") if busy else _("Create refund"))

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """The sale may have another refund by now: show what is left."""
        for row in rows:
            if row.identifier == self._row.identifier and not self._busy:
                place = self.payer.text()
                self._row = row
                entries = [
                    refund_entry(row.request.spec, one)
                    for one in row.refunds or refund.refund_balances(row.request)
                ]
                if len(entries) == len(self._entries) and entries != self._entries:
                    self._entries = entries
                    self.payer.set_text(place)
                    self._show_balance()


def _both(entry: RefundEntry, part: Amount) -> str:
    """The amount, after what it was worth where the sale has a price."""
    worth = entry.worth(part)
    text = amount.format_amount(part)
    return text if worth is None else Sentences([fiat.format_fiat(worth), text], " · ")


def _with_marks(text: str) -> str:
    """A number with a decimal point as the system writes it, so that it is read back alike."""
    mark = number_marks().decimal
    return text.replace(".", mark)
