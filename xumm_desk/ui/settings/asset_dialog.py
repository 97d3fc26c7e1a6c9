"""The dialog for one accepted asset: what it is, what it is worth, and how it may be paid."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, networks
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.asset_input import (
    AssetInput,
    AssetKind,
    AssetProblem,
    kind_of,
    parse_asset,
)
from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import line_field
from xumm_desk.ui.widgets.labels import wrapped_label
from xumm_desk.ui.widgets.screens import screen_of
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .currency_field import CurrencyField
from .page import switch

_SIZE: Final = (520, 560)
_PATHFINDING: Final = Message(
    "Then the wallet offers what the customer holds, and the ledger exchanges it on the way. The"
    " shop receives exactly this asset and exactly this amount; the customer sees beforehand what"
    " it costs him. Without it he must hold this asset himself."
)
_PEG: Final = Message(
    "For a currency that its issuer redeems one for one. The desk then uses the price of that"
    " currency and does not check whether the market agrees."
)


class AssetDialog(FittedDialog):
    """Show it with `open()`. `chosen` carries the asset."""

    chosen = Signal(object)

    def __init__(
        self, asset: AcceptedAsset | None, network: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Accepted asset"))
        self.setModal(True)
        self._native = networks.asset_of(network)
        now = asset or XRP
        kind = AssetKind.ISSUED if asset is None else kind_of(asset)
        known = networks.network_by_key(network)
        kinds = [
            (AssetKind.NATIVE.value, self._native),
            (AssetKind.ISSUED.value, _("Issued currency")),
        ]
        if known is None or known.tokens or kind is AssetKind.MPT:
            kinds.append((AssetKind.MPT.value, _("Token (MPT)")))
        self.kind = SegmentedControl(_("Kind"), kinds)
        self.code = line_field("code", _("Currency code"), hint=_("USD, or 40 hex digits"))
        self.issuer = line_field("issuer", _("Issuer's address"), hint="r…", fixed=True)
        self.token = line_field("token", _("Issuance id"), hint=_("48 hex digits"), fixed=True)
        self.decimals = line_field("decimals", _("Digits after the decimal mark"), hint="6")
        self.name = line_field("name", _("Name on the till"), optional=True)
        self.pegged_to = CurrencyField(
            "pegged_to",
            _("Equal to one unit of this currency"),
            before=[("", Message("None: its rate is typed at the till"))],
            now=now.pegged_to,
        )
        self.pathfinding = switch(
            Message("Let the customer pay with another asset"), now.pathfinding
        )
        self.save_button, self.cancel_button = QPushButton(_("Use it")), QPushButton(_("Cancel"))
        self._build()
        self.kind.chosen.connect(lambda _kind: self._show_kind())
        self.kind.set_value(kind.value)
        if asset is not None:
            (self.token if asset.is_token else self.code).set_text(
                "" if asset.is_native else _code_of(asset)
            )
            self.issuer.set_text(asset.issuer)
            self.decimals.set_text(str(asset.decimals))
            self.name.set_text(asset.name)
        self._show_kind()

    def save(self) -> None:
        """Hand the asset over and close, or say what is wrong with it."""
        fields = {
            one.name: one
            for one in (self.code, self.issuer, self.token, self.decimals, self.pegged_to)
        }
        native = self.kind.value() == AssetKind.NATIVE.value
        if not native and self.pegged_to.check():
            self._scroll.ensureWidgetVisible(self.pegged_to)
            return
        made = parse_asset(
            AssetInput(
                AssetKind(self.kind.value()),
                code=self.code.text(),
                issuer=self.issuer.text(),
                token=self.token.text(),
                decimals=self.decimals.text(),
                name=self.name.text(),
                pegged_to="" if native else self.pegged_to.text(),
                pathfinding=self.pathfinding.isChecked(),
            ),
            self._native,
        )
        if isinstance(made, AssetProblem):
            field = fields[made.field]
            field.set_problem(made.message)
            field.editor.setFocus()
            self._scroll.ensureWidgetVisible(field)
            return
        self.chosen.emit(made)
        self.accept()

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        self._peg_words = wrapped_label(_PEG, muted=True)
        for part in (
            self.kind,
            self.code,
            self.issuer,
            self.token,
            self.decimals,
            self.name,
            self.pegged_to,
            self._peg_words,
            self.pathfinding,
            wrapped_label(_PATHFINDING, muted=True),
        ):
            column.addWidget(part)
        column.addStretch(1)
        self._scroll = VerticalScrollArea(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        foot.setSpacing(Space.M)
        foot.addStretch(1)
        for button in (self.cancel_button, self.save_button):
            foot.addWidget(button)
        whole.addLayout(foot)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.kind.setMinimumWidth(self.kind.sizeHint().width())
        room = screen_of(self).availableSize()
        wide = max(_SIZE[0], inside.minimumSizeHint().width() + 20)
        self.resize(min(wide, room.width() - 80), min(_SIZE[1], room.height() - 80))

    def _show_kind(self) -> None:
        kind = AssetKind(self.kind.value())
        issued, token = kind is AssetKind.ISSUED, kind is AssetKind.MPT
        for part in (self.code, self.issuer):
            part.setVisible(issued)
        self.token.setVisible(token)
        worth: tuple[QWidget, ...] = (self.decimals, self.name, self.pegged_to, self._peg_words)
        for widget in worth:
            widget.setVisible(issued or token)
        self.decimals.hint.set_text(_("As many as the token's asset scale says.") if token else "")


def _code_of(asset: AcceptedAsset) -> str:
    """What a person would type for it: a name where that means the same."""
    label = amount.currency_label(asset.currency)
    code = amount.parse_currency(label)
    same = code is not None and amount.currency_hex(code) == amount.currency_hex(asset.currency)
    return label if same and not asset.is_token else asset.currency
