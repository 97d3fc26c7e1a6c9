"""The page about prices: the shop's currency, what customers pay with, and which rates may be
used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import address, fiat, networks, typed_number
from xumm_desk.core.pricing import rate_settings
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset, assets_from_json
from xumm_desk.core.pricing.asset_input import RLUSD_SOURCE, rlusd
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.settings import Settings
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.form.request_inputs import number_marks
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.widgets.labelled_field import (
    LabelledField,
    MessageLine,
    line_field,
    text_field,
)

from .asset_dialog import AssetDialog
from .context import PageContext
from .currency_field import CurrencyField
from .page import (
    Choice,
    FindingList,
    SettingsPage,
    button_row,
    first_problem,
    plain,
    side_by_side,
    typed,
)

_WHY_CURRENCY: Final = Message(
    "The till shows prices in it. What a customer pays in an asset is worked out at the rate of"
    " that moment, and rounded up to the asset's smallest unit."
)
_WHY_ASSETS: Final = Message(
    "The first one is what the till charges in unless the cashier chooses another."
)
_WHY_RATES: Final = Message(
    "Beyond these limits the till does not charge, and says why. The platform is asked for rates;"
    " a second source on the ledger only compares."
)
_NO_SOURCE: Final = Message("None: nothing is compared")


class PricesPage(SettingsPage):
    """Currency, assets, rates. With `assets_only` it has the first two, for the set-up."""

    title = Message("Prices")

    def __init__(self, now: Settings, context: PageContext, *, assets_only: bool = False) -> None:
        super().__init__()
        self._context, self._saved = context, now
        self._native = networks.asset_of(context.network)
        self._assets = list(assets_from_json(now.assets, self._native))
        self._findings: tuple[Finding, ...] = ()
        marks = number_marks()
        self.currency = CurrencyField(
            "shop_currency",
            _("Currency of the prices"),
            before=[(self._native, Message("{asset}, without a rate", asset=self._native))],
            now=now.shop_currency,
        )
        self.list = QListWidget()
        self.list.setAccessibleName(_("Accepted assets"))
        self.add_native = QPushButton(_("Add {asset}", asset=self._native))
        self.add_rlusd = QPushButton(_("Add RLUSD"))
        self.add_other = QPushButton(_("Add another…"))
        self.edit = QPushButton(_("Change…"))
        self.remove = QPushButton(_("Remove"))
        self.up, self.down = QPushButton(_("Up")), QPushButton(_("Down"))
        self.asset_message = MessageLine(Tone.ATTENTION)
        self.asset_findings = FindingList()
        self.max_age = line_field("rate_max_age", _("Oldest rate, in minutes"), hint="5")
        self.max_spread = line_field(
            "rate_max_spread", _("Largest difference of two sources, in %"), hint="2"
        )
        self.second = LabelledField(
            "rate_second",
            _("Second source"),
            Choice(
                [
                    ("", _NO_SOURCE),
                    (RateSource.ORACLE.value, Message("Price oracles on the ledger")),
                    (RateSource.ORDER_BOOK.value, Message("Order book of an issuer's currency")),
                    (RateSource.POOL.value, Message("Liquidity pool of an issuer's currency")),
                ]
            ),
        )
        self.issuer = line_field(
            "rate_issuer",
            _("Issuer, or CODE.issuer"),
            hint=_("r…, or RLUSD.r… for another code than the shop's"),
            fixed=True,
        )
        self.oracles = text_field(
            "rate_oracles", _("Oracles, one a line: address and document number"), lines=3
        )
        self._build(assets_only)
        self.max_age.set_text(typed(now.rate_max_age, marks))
        self.max_spread.set_text(typed(now.rate_max_spread, marks))
        self.second.set_text(now.rate_second)
        self.issuer.set_text(now.rate_issuer)
        self.oracles.set_text(
            "\n".join(
                f"{owner} {number}"
                for owner, number in rate_settings.oracles_from_json(now.rate_oracles)
            )
        )
        for field in self._fields():
            field.edited.connect(self._refresh)
        self._fill(0)
        self._refresh()

    @property
    def assets(self) -> tuple[AcceptedAsset, ...]:
        """The accepted assets in their order."""
        return tuple(self._assets)

    def values(self) -> dict[str, Any]:
        marks = number_marks()
        age = typed_number.parse_number(self.max_age.text(), marks).value
        spread = typed_number.parse_number(self.max_spread.text(), marks).value
        return {
            "shop_currency": self.currency.text(),
            "assets": [asset.to_json() for asset in self._assets],
            "rate_max_age": plain(age),
            "rate_max_spread": plain(spread),
            "rate_second": self.second.text(),
            "rate_issuer": self.issuer.text().strip(),
            "rate_oracles": self._typed_oracles(),
        }

    def problem(self) -> tuple[str, QWidget | None]:
        marks = number_marks()
        self.currency.check()
        for field, between in (
            (self.max_age, rate_settings.AGES),
            (self.max_spread, rate_settings.SPREADS),
        ):
            field.set_problem(rate_settings.limit_problem(field.text(), between, marks))
        lines = [line for line in self.oracles.text().splitlines() if line.strip()]
        if len(self._typed_oracles()) != len(lines):
            self.oracles.set_problem(
                Message("Each line is an address and a whole number, with a blank between.")
            )
        found = first_problem(self._fields())
        if found[0]:
            return found
        wrong = rate_settings.second_source(replace(self._saved, **self.values()))
        if isinstance(wrong, str):
            field = self.oracles if self.second.text() == RateSource.ORACLE.value else self.issuer
            field.set_problem(wrong)
            return wrong, field
        return "", None

    def show_findings(self, findings: tuple[Finding, ...] | None) -> None:
        """What was found about the receiving account; only that about assets is shown here."""
        self._findings = tuple(one for one in findings or () if one.asset)
        self._show_asset()
        self._mark_items()

    # Building.

    def _fields(self) -> tuple[LabelledField, ...]:
        return (
            self.currency,
            self.max_age,
            self.max_spread,
            self.second,
            self.issuer,
            self.oracles,
        )

    def _build(self, assets_only: bool) -> None:
        self.heading(Message("Currency"), _WHY_CURRENCY)
        self.column.addWidget(self.currency)
        self.heading(Message("What customers pay with"), _WHY_ASSETS)
        high = self.list.fontMetrics().lineSpacing()
        self.list.setMinimumHeight(high * 5 + 16)
        self.list.setMaximumHeight(high * 9 + 16)
        self.list.setWordWrap(True)
        self.list.setSpacing(3)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self.list)
        self.column.addLayout(button_row(self.edit, self.remove, self.up, self.down))
        self.column.addLayout(button_row(self.add_native, self.add_rlusd, self.add_other))
        self.column.addWidget(self.asset_message)
        self.column.addWidget(self.asset_findings)
        if rlusd(self._context.network) is not None:
            self.add_rlusd.setToolTip(
                _("Ripple's dollar; its issuer is published at {source}", source=RLUSD_SOURCE)
            )
        if not assets_only:
            self.heading(Message("Rates"), _WHY_RATES)
            self.column.addLayout(side_by_side(self.max_age, self.max_spread))
            for part in (self.second, self.issuer, self.oracles):
                self.column.addWidget(part)
        self.finish()
        self.list.currentRowChanged.connect(lambda _row: self._show_asset())
        self.list.itemActivated.connect(lambda _item: self._change())
        self.add_native.clicked.connect(lambda: self._add(AcceptedAsset(self._native)))
        self.add_rlusd.clicked.connect(self._add_rlusd)
        self.add_other.clicked.connect(self._ask_new)
        self.edit.clicked.connect(self._change)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))

    # Assets.

    def _fill(self, place: int) -> None:
        self.list.clear()
        for asset in self._assets:
            self.list.addItem(QListWidgetItem(_describe(asset)))
        self.list.setCurrentRow(max(0, min(place, len(self._assets) - 1)))
        self._mark_items()
        self._show_asset()

    def _mark_items(self) -> None:
        """Say in the list itself which asset cannot arrive."""
        for place, asset in enumerate(self._assets):
            item = self.list.item(place)
            blocked = any(one.blocks and one.asset == asset.key for one in self._findings)
            words = _describe(asset)
            if item is not None:
                item.setText(_("{asset} · cannot arrive now", asset=words) if blocked else words)

    def _show_asset(self) -> None:
        place = self.list.currentRow()
        asset = self._assets[place] if 0 <= place < len(self._assets) else None
        for button in (self.edit, self.remove):
            button.setEnabled(asset is not None)
        self.remove.setEnabled(len(self._assets) > 1)
        self.up.setEnabled(place > 0)
        self.down.setEnabled(0 <= place < len(self._assets) - 1)
        keys = {one.key for one in self._assets}
        known = rlusd(self._context.network)
        self.add_native.setVisible(self._native not in keys)
        self.add_rlusd.setVisible(known is not None and known.key not in keys)
        key = asset.key if asset is not None else ""
        self.asset_findings.show_findings([one for one in self._findings if one.asset == key])

    def _add(self, asset: AcceptedAsset, place: int | None = None) -> None:
        """Add an asset, or put it in the place of another."""
        same = next(
            (number for number, one in enumerate(self._assets) if one.key == asset.key), None
        )
        if same is not None and same != place:
            self.asset_message.set_text(
                Message("{asset} is in the list already.", asset=asset.label)
            )
            self.list.setCurrentRow(same)
            return
        self.asset_message.set_text("")
        if place is None:
            self._assets.append(asset)
            place = len(self._assets) - 1
        else:
            self._assets[place] = asset
        self._fill(place)
        self.edited.emit()

    def _add_rlusd(self) -> None:
        if (known := rlusd(self._context.network)) is not None:
            self._add(known)

    def _ask_new(self) -> None:
        self._open_dialog(None, None)

    def _change(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._assets):
            self._open_dialog(self._assets[place], place)

    def _open_dialog(self, asset: AcceptedAsset | None, place: int | None) -> None:
        dialog = AssetDialog(asset, self._context.network, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(lambda made: self._add(made, place))
        dialog.open()

    def _remove(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._assets) and len(self._assets) > 1:
            del self._assets[place]
            self._fill(place)
            self.edited.emit()

    def _move(self, by: int) -> None:
        place = self.list.currentRow()
        if 0 <= place + by < len(self._assets):
            self._assets.insert(place + by, self._assets.pop(place))
            self._fill(place + by)
            self.edited.emit()

    # What is typed.

    def _typed_oracles(self) -> list[JsonObject]:
        found: list[JsonObject] = []
        for line in self.oracles.text().splitlines():
            owner, __, number = line.strip().partition(" ")
            document = typed_number.parse_whole(number.strip())
            value: JsonObject = {"account": owner, "document": document}
            if document is not None and rate_settings.oracles_from_json([value]):
                found.append(value)
        return found

    def _refresh(self) -> None:
        source = self.second.text()
        self.issuer.setVisible(source in (RateSource.ORDER_BOOK.value, RateSource.POOL.value))
        self.oracles.setVisible(source == RateSource.ORACLE.value)
        code = self.currency.text()
        digits = fiat.minor_digits(code)
        words = ""
        if fiat.is_currency(code) and code not in fiat.NATIVE:
            words = _(
                "Prices have {n} decimal.",
                plural="Prices have {n} decimals.",
                n=digits,
            )
        self.currency.hint.set_text(words)
        self.edited.emit()


def _describe(asset: AcceptedAsset) -> str:
    """An asset in one line: its name, its issuer, what it is worth, and how it may be paid."""
    parts = [asset.label]
    if asset.issuer:
        parts.append(address.shorten(asset.issuer))
    if asset.pegged_to:
        parts.append(Message("worth 1 {currency}", currency=asset.pegged_to))
    if asset.pathfinding:
        parts.append(Message("also paid with other assets"))
    return tr(Sentences(parts, " · "))
