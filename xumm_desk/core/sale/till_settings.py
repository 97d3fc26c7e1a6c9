"""Read what the shop's settings say about the till: ready-made prices, tips, the limit that asks.

The readers are total, since a person may have edited the file; the parsers read what is typed in
the settings and say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from xumm_desk.core.message import Message, error_text
from xumm_desk.core.money import fiat, typed_number
from xumm_desk.core.money.amount import AmountError
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.typed_number import POINT, Marks
from xumm_desk.core.request.field_rules import MAX_EXPIRE
from xumm_desk.core.wire.json_fields import JsonObject

MAX_TIP: Final = Decimal(100)
"""Percent of the price."""

MAX_NAME: Final = 40
"""Characters of the name of a ready-made price; more do not fit on a button."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made price, with a name or without one."""

    price: FiatAmount
    name: str = ""

    def to_json(self) -> JsonObject:
        """The settings' form."""
        return {"name": self.name, "price": fiat.value_text(self.price)}


def read_presets(values: Sequence[Any], currency: str) -> list[Preset]:
    """The presets of the settings; what is no price of the currency is left out."""
    found = []
    for value in values:
        if not isinstance(value, Mapping):
            continue
        try:
            price = fiat.parse_fiat(str(value.get("price", "")), currency)
        except AmountError:
            continue
        found.append(Preset(price, str(value.get("name") or "").strip()))
    return found


def read_tips(values: Sequence[Any]) -> list[Decimal]:
    """The tips of the settings in percent; what is none is left out."""
    found = []
    for value in values:
        try:
            percent = Decimal(str(value))
        except InvalidOperation:
            continue
        if percent.is_finite() and 0 < percent <= MAX_TIP:
            found.append(percent)
    return found


def parse_preset(name: str, price: str, currency: str, marks: Marks = POINT) -> Preset | str:
    """A ready-made price as it is typed, or a sentence that says what is wrong."""
    try:
        value = fiat.parse_fiat(price, currency, marks)
    except AmountError as error:
        return Message("Price: {rule}.", rule=error_text(error))
    return Preset(value, name.strip()[:MAX_NAME])


def parse_tip(text: str, marks: Marks = POINT) -> Decimal | str:
    """A tip in percent as it is typed, or a sentence that says what is wrong."""
    try:
        percent = typed_number.parse_number(text.replace("%", "").strip(), marks).value
    except typed_number.NumberError as error:
        return Message("Tip: {rule}.", rule=error_text(error))
    if percent > MAX_TIP:
        return Message("A tip is at most 100 % of the price.")
    if percent <= 0:
        return Message("A tip is more than 0 %. “No tip” is always there.")
    return percent


def parse_limit(text: str, currency: str, marks: Marks = POINT) -> str | FiatAmount | None:
    """The price above which the till asks, as it is typed: None for none, a sentence if wrong."""
    if not text.strip():
        return None
    try:
        return fiat.parse_fiat(text, currency, marks)
    except AmountError as error:
        return Message("Limit: {rule}.", rule=error_text(error))


def expiry_problem(text: str) -> str:
    """Why `text` is no number of minutes after which a request expires, "" if it is one."""
    minutes = typed_number.parse_whole(text.strip())
    if minutes is not None and 0 < minutes <= MAX_EXPIRE:
        return ""
    return Message("Type whole minutes, from 1 to {most}.", most=MAX_EXPIRE)
