"""Charge the price typed at the till: what prevents it, what is asked first, and its request."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount, fiat, typed_number
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import Quote, RateRefusal, WayOut
from xumm_desk.core.pricing.wording import rate_line
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import FormInput, parse_form
from xumm_desk.core.request.request_spec import RequestSpec, make_identifier
from xumm_desk.core.sale.entry import SaleEntry
from xumm_desk.core.sale.settings_check import NO_CURRENCY
from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.create_request import CreateRequestFlow
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask
from xumm_desk.ui.form.new_request import new_sale
from xumm_desk.ui.lock.desk_lock import Require

from .customers.till_customers import TillCustomers
from .entry_pane import EntryPane

_RATE_LOCKED: Final = Message("The desk is locked. A typed rate needs the PIN.")
_NO_ADDRESS: Final = Message("No receiving address is set. Set it under File, Shop settings.")


class ChargeCommand(QObject):
    """Creates the sale that `entry()` holds; it is the `RequestSource` of `flow`. `settings_asked`
    wants the shop's settings, without which nothing can be charged."""

    settings_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        entry: Callable[[], EntryPane],
        *,
        customers: TillCustomers,
        start: StartTask,
        preferences: SettingsStore,
        network: str,
        require: Require,
        view: QWidget,
    ) -> None:
        super().__init__(view)
        self._desk, self._rates, self._entry, self._customers = desk, desk.rates, entry, customers
        self._preferences, self._network = preferences, network
        self._require, self._view = require, view
        self._blocked = ""
        self.flow = CreateRequestFlow(desk, self, start=start, preferences=preferences, parent=self)

    # Where a sale comes from, see `RequestSource`.

    def set_busy(self, busy: bool) -> None:
        """Take no other sale while one is being created."""
        self._entry().set_busy(busy)

    def show_problems(self, problems: Sequence[FieldError]) -> None:
        """Show what is wrong; a cashier reads one sentence."""
        self._entry().show_refusal(problems[0].message if problems else "")

    def show_refusal(self, sentence: str) -> None:
        """Show why nothing was created."""
        self._entry().show_refusal(sentence)

    def offer_outage(self) -> None:
        """Offer an outage code."""
        self._entry().offer_outage()

    def clear_for_next(self) -> None:
        """The sale is created: the next one can be typed."""
        self._entry().clear()

    def window(self) -> QWidget:
        """The window over which questions are asked."""
        return self._view.window()

    # Charging.

    def charge(self) -> None:
        """Create the sale that is typed, after a question where a slip is likely."""
        pane = self._entry()
        if not pane.can_charge:
            return
        entry = pane.entry
        limit = self._preferences.value.sale_limit
        questions = [
            question for question in (_over_limit(entry, limit), _large_tip(entry)) if question
        ]
        if not questions:
            self._charge()
            return
        pane.set_busy(True)
        ask(
            self.window(),
            _("Is this right?"),
            tr(Sentences(questions)),
            _("Charge {price}?", price=fiat.format_fiat(entry.total)),
            Choice(
                _("Change it"),
                lambda: self.set_busy(False),
                Role.RejectRole,
                default=True,
                escape=True,
            ),
            Choice(_("Charge"), self._charge),
        )

    def charge_price(self, price: FiatAmount) -> str:
        """Type this price and charge it; why that is not possible now, "" if it is."""
        pane = self._entry()
        if pane.busy:
            return Message("A sale is being created already.")
        pane.set_entry(SaleEntry(price.currency).with_price(price))
        self.update()
        if not pane.can_charge:
            return pane.blocked
        self.charge()
        return ""

    def _charge(self) -> None:
        pane = self._entry()
        pane.set_busy(True)
        entry, asset = pane.entry, pane.asset
        quote = self._rates.quote(entry.total, asset)
        if isinstance(quote, RateRefusal):
            pane.set_busy(False)
            pane.show_refusal(quote.reason)
            self.update()
            return
        saved, now = self._preferences.value, self._desk.clock.now()
        spec = _request_of(quote, asset, saved, network=self._network, now=now)
        if not isinstance(spec, RequestSpec):
            pane.set_busy(False)
            self.show_problems(spec)
            return
        addressed = self._customers.address(spec, pane)
        if not isinstance(addressed, RequestSpec):
            pane.set_busy(False)
            pane.show_refusal(addressed)
            return
        tip = entry.tip_amount
        sale = replace(
            new_sale(self._desk, self._preferences),
            quote=quote,
            tip=tip if tip.value else None,
            reference=pane.reference.text().strip(),
            note=pane.note.text().strip(),
        )
        self.flow.submit(addressed, sale)

    # Whether it can be charged.

    def set_blocked(self, reason: str) -> None:
        """No sale can be created while `reason` holds."""
        self._blocked = reason
        self.update()

    def update(self) -> None:
        """Show the amount in the asset, its rate, and whether it may be charged."""
        pane = self._entry()
        entry, asset = pane.entry, pane.asset
        state = self._rates.state(asset)
        rate = state.rate
        line = (
            rate_line(rate, state.age, state.compared, state.spread, state.not_compared)
            if rate is not None
            else ""
        )
        quote = None if entry.is_empty else self._rates.quote(entry.total, asset)
        refusal = state.refusal
        shown, charged = "", None
        if isinstance(quote, RateRefusal):
            refusal = refusal or quote
        elif quote is not None:
            charged = quote.amount
            shown = amount.format_amount(charged) if quote.is_conversion else ""
        pane.card.show_amount(tr(shown), tr(line))
        blocked = self._blocked or (
            "" if self._preferences.value.destination.strip() else _NO_ADDRESS
        )
        if not fiat.is_currency(entry.currency):
            blocked = blocked or NO_CURRENCY
        blocked = blocked or self._desk.account_check.blocking_reason(asset, charged)
        pane.set_blocked(blocked or (refusal.reason if refusal is not None else ""))
        pane.set_way_out(refusal.way_out if refusal is not None and not blocked else None)

    def take_way_out(self, way_out: WayOut) -> None:
        """Do what helps where there is no price in the asset."""
        match way_out:
            case WayOut.REFRESH:
                self._rates.refresh()
            case WayOut.TYPE_RATE:
                self._require(_RATE_LOCKED, self._ask_rate)
            case WayOut.OTHER_ASSET:
                self._entry().choose_next_asset()
            case WayOut.SETTINGS:
                self.settings_asked.emit()
            case WayOut.CHANGE_PRICE:
                self._entry().clear()

    def _ask_rate(self) -> None:
        from .rate_dialog import RateDialog  # noqa: PLC0415 - seldom asked for

        pane = self._entry()
        currency = pane.entry.currency
        RateDialog(self._rates, pane.asset, currency, self.update, parent=self._view).open()


def _request_of(
    quote: Quote, asset: AcceptedAsset, saved: Settings, *, network: str, now: datetime
) -> RequestSpec | tuple[FieldError, ...]:
    """The request that charges `quote` in `asset` to the shop's address, or what is wrong with
    it."""
    typed = FormInput(
        destination=saved.destination,
        amount=f"{amount.as_decimal(quote.amount):f}",
        currency="XRP" if asset.is_native else asset.currency,
        issuer=asset.issuer,
        expire=saved.expire,
        pathfinding=asset.pathfinding,
    )
    placeholder = make_identifier(now, secrets.token_hex(6))
    return parse_form(typed, identifier=placeholder, network=network, marks=typed_number.Marks("."))


def _over_limit(entry: SaleEntry, sale_limit: str) -> str:
    try:
        limit = fiat.parse_fiat(sale_limit, entry.currency)
    except amount.AmountError:
        return ""
    if entry.total.value <= limit.value:
        return ""
    return Message(
        "{price} is more than this shop's limit of {limit}.",
        price=fiat.format_fiat(entry.total),
        limit=fiat.format_fiat(limit),
    )


def _large_tip(entry: SaleEntry) -> str:
    if not entry.tip_is_larger:
        return ""
    return Message(
        "The tip of {tip} is larger than the price of {price}.",
        tip=fiat.format_fiat(entry.tip_amount),
        price=fiat.format_fiat(entry.price),
    )
