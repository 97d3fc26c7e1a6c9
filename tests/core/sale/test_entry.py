"""The keypad: every sequence of keys is a valid price, and what is shown is what is charged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money import fiat
from xumm_desk.core.sale.entry import MAX_DIGITS, SaleEntry

KEYS = [*"0123456789", "00", "."]


def typed(keys: str, currency: str = "EUR") -> SaleEntry:
    entry = SaleEntry(currency)
    for key in keys.split():
        entry = entry.press(key)
    return entry


@pytest.mark.parametrize(
    ("keys", "currency", "shown", "value"),
    [
        ("1 2 . 5", "EUR", "12.5", "12.50"),
        (". 5", "EUR", "0.5", "0.50"),
        ("0 0 7", "EUR", "7", "7.00"),
        ("1 2 . 5 0 9", "EUR", "12.50", "12.50"),
        ("1 00 00", "EUR", "10\u202f000", "10000.00"),
        ("5 . 5", "JPY", "55", "55"),
        ("1 . 2 3 4 5", "KWD", "1.234", "1.234"),
        ("5 . 2 0 8 3 3 4", "XRP", "5.208334", "5.208334"),
        ("1 . . 5", "EUR", "1.5", "1.50"),
    ],
)
def test_keys_make_a_price(keys: str, currency: str, shown: str, value: str) -> None:
    entry = typed(keys, currency)
    assert entry.typed_text() == shown
    assert fiat.value_text(entry.total) == value


def test_a_decimal_mark_is_shown_before_its_digits() -> None:
    assert typed("1 2 .").typed_text() == "12."
    assert typed("1 2 .").total == typed("1 2").total


@given(
    st.lists(st.sampled_from([*KEYS, "back", "x", "-"]), max_size=40),
    st.sampled_from(["EUR", "JPY", "KWD", "XRP"]),
)
def test_no_sequence_of_keys_is_anything_but_a_price(keys: list[str], currency: str) -> None:
    entry = SaleEntry(currency)
    for key in keys:
        entry = entry.backspace() if key == "back" else entry.press(key)
    assert 0 <= entry.price.value < 10**MAX_DIGITS
    assert fiat.from_decimal(entry.price.value, currency) == entry.price
    assert Decimal(str(entry.typed_text()).replace("\u202f", "").rstrip(".")) == entry.price.value


def test_backspace_undoes_each_key() -> None:
    entry = typed("1 2 . 5")
    assert entry.backspace().typed == "12."
    assert entry.backspace().backspace().backspace().backspace() == SaleEntry("EUR")


def test_a_tip_is_added() -> None:
    entry = typed("1 2 . 5").with_tip_percent(Decimal(10))
    assert fiat.value_text(entry.tip_amount) == "1.25"
    assert fiat.value_text(entry.total) == "13.75"
    own = entry.with_tip(fiat.from_decimal(Decimal(2), "EUR"))
    assert fiat.value_text(own.total) == "14.50"
    assert own.with_tip_percent(Decimal(0)).total == typed("1 2 . 5").total


def test_a_tip_larger_than_the_price_is_noticed() -> None:
    entry = typed("2").with_tip(fiat.from_decimal(Decimal(20), "EUR"))
    assert entry.tip_is_larger
    assert not typed("2").with_tip_percent(Decimal(100)).tip_is_larger


@given(st.integers(1, 10**11))
def test_a_ready_made_price_is_the_price(cents: int) -> None:
    price = fiat.from_minor(cents, "EUR")
    assert SaleEntry("EUR").with_price(price).total == price
