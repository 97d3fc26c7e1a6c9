"""The price that is typed, in the largest type, with the asset to be paid and the rate."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from xumm_desk.core.message import LABEL_SEPARATOR, Message, Sentences
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.labels import ShrinkingLabel
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AmountCard(QFrame):
    """Price, tip, amount in the asset, and where the rate comes from. `asset_chosen` carries the
    key of an asset."""

    asset_chosen = Signal(str)

    def __init__(self, assets: Sequence[AcceptedAsset]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.price = ShrinkingLabel(size=Size.PRICE, strong=True)
        self.tip = QLabel()
        self.amount = ShrinkingLabel(size=Size.LARGE, strong=True)
        self.rate = ShrinkingLabel(size=Size.SMALL)
        self.rate.setProperty("muted", True)
        self.tip.setProperty("muted", True)
        self.assets: SegmentedControl | None = None
        for label in (self.price, self.amount, self.rate):
            label.setAlignment(_RIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(int(Space.M), int(Space.S), int(Space.M), int(Space.S))
        column.setSpacing(2)
        first, second = QHBoxLayout(), QHBoxLayout()
        second.addWidget(self.tip)
        if len(assets) > 1:
            self.assets = SegmentedControl(
                _("Paid in"), [(asset.key, asset.label) for asset in assets]
            )
            self.assets.chosen.connect(self.asset_chosen)
            for button in self.assets.buttons():
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            first.addWidget(self.assets, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addWidget(self.price, 1)
        second.addWidget(self.amount, 1)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.rate)

    def show_price(self, price: str, tip: str) -> None:
        """Show the price with the tip in it, and what of it is the tip."""
        self.price.show_text(price)
        self.price.setAccessibleName(tr(Sentences([Message("Price"), price], LABEL_SEPARATOR)))
        self.tip.setText(tr(tip))
        self.tip.setVisible(bool(tip))

    def show_amount(self, amount: str, rate: str) -> None:
        """Show what is charged for it, and the rate's value, age and source."""
        self.amount.show_text(amount)
        self.amount.setVisible(bool(amount))
        self.rate.show_text(rate)
        self.rate.setVisible(bool(rate))
        self.rate.setFont(theme.font(Size.SMALL, tabular=True))
