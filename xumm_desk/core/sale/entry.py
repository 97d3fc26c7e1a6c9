"""What a cashier types for a sale: the price key by key, and the tip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Formatted
from xumm_desk.core.money import fiat
from xumm_desk.core.money.fiat import FiatAmount

MAX_DIGITS: Final = 9
"""Digits before the decimal mark that the keypad takes."""

POINT: Final = "."


@dataclass(frozen=True, slots=True)
class SaleEntry:
    """The price as typed so far ("12.5"), always with a full stop as decimal mark.

    `tip_percent` is added to it; `tip` is a fixed one and holds instead where it is set.
    """

    currency: str
    typed: str = ""
    tip_percent: Decimal = Decimal(0)
    tip: FiatAmount | None = None

    def press(self, key: str) -> SaleEntry:
        """After one more key: digits ("0" to "9", "00") or the decimal mark. A key that cannot
        continue a price of this currency changes nothing."""
        if key == POINT:
            return self._with_point()
        if not (key.isascii() and key.isdigit()):
            return self
        entry = self
        for digit in key:
            entry = entry._with_digit(digit)
        return entry

    def backspace(self) -> SaleEntry:
        """Without the last key."""
        return replace(self, typed=self.typed[:-1] if len(self.typed) > 1 else "")

    def with_price(self, price: FiatAmount) -> SaleEntry:
        """A ready-made price, as if it had been typed."""
        text = fiat.value_text(price)
        if POINT in text:
            text = text.rstrip("0").rstrip(POINT)
        return replace(self, typed=text, currency=price.currency)

    def with_tip_percent(self, percent: Decimal) -> SaleEntry:
        """This share of the price as tip; 0 for none."""
        return replace(self, tip_percent=percent, tip=None)

    def with_tip(self, tip: FiatAmount | None) -> SaleEntry:
        """This tip, whatever the price."""
        return replace(self, tip_percent=Decimal(0), tip=tip)

    @property
    def price(self) -> FiatAmount:
        """The price without the tip."""
        return fiat.from_decimal(Decimal(self.typed.rstrip(POINT) or "0"), self.currency)

    @property
    def tip_amount(self) -> FiatAmount:
        """The tip, to the nearest minor unit."""
        if self.tip is not None:
            return self.tip
        return fiat.from_decimal(self.price.value * self.tip_percent / 100, self.currency)

    @property
    def total(self) -> FiatAmount:
        """What is charged."""
        return FiatAmount(self.currency, self.price.value + self.tip_amount.value)

    @property
    def is_empty(self) -> bool:
        """Whether there is no price yet."""
        return self.price.value == 0

    @property
    def tip_is_larger(self) -> bool:
        """Whether the tip is more than the price: asked about, since two keys may be mixed up."""
        return self.tip_amount.value > self.price.value > 0

    def typed_text(self) -> str:
        """The digits as they were typed, grouped: "1 234.5"."""
        whole, mark, decimals = (self.typed or "0").partition(POINT)
        grouped = f"{int(whole or '0'):,}".replace(",", "\u202f")
        if mark and not decimals:
            return grouped + mark
        text = grouped + mark + decimals
        return Formatted(text, Decimal((self.typed or "0").rstrip(POINT)))

    def _with_digit(self, digit: str) -> SaleEntry:
        whole, mark, decimals = self.typed.partition(POINT)
        if mark:
            if len(decimals) >= fiat.minor_digits(self.currency):
                return self
        elif whole in ("", "0"):
            return replace(self, typed="" if digit == "0" and whole == "" else digit)
        elif len(whole) >= MAX_DIGITS:
            return self
        return replace(self, typed=self.typed + digit)

    def _with_point(self) -> SaleEntry:
        if POINT in self.typed or fiat.minor_digits(self.currency) == 0:
            return self
        return replace(self, typed=(self.typed or "0") + POINT)
