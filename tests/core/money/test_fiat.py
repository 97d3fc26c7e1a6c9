"""Prices are exact: what a person types is what is kept, in the currency's own digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import AmountError
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.typed_number import Marks

CODES = ("EUR", "USD", "JPY", "KWD", "CHF", "XRP")


@pytest.mark.parametrize(
    ("typed", "code", "value"),
    [
        ("12.50", "EUR", "12.50"),
        ("12,5", "EUR", "12.50"),
        ("1500", "JPY", "1500"),
        ("1.234", "KWD", "1.234"),
        ("5.208334", "XRP", "5.208334"),
    ],
)
def test_a_typed_price_is_exact(typed: str, code: str, value: str) -> None:
    marks = Marks(decimal=".") if code == "KWD" else Marks()
    price = fiat.parse_fiat(typed, code, marks)
    assert fiat.value_text(price) == value


@pytest.mark.parametrize(
    ("typed", "code", "rule"),
    [
        ("0", "EUR", "more than zero"),
        ("-1", "EUR", "no sign"),
        ("12.505", "EUR", "at most 2 decimals"),
        ("12.5", "JPY", "no decimals"),
        ("NaN", "EUR", "plain number"),
        ("1" * 14, "EUR", "larger than any price"),
        ("", "EUR", "Type a number"),
    ],
)
def test_what_is_no_price_says_the_rule(typed: str, code: str, rule: str) -> None:
    with pytest.raises(AmountError, match=rule):
        fiat.parse_fiat(typed, code)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234.5", "EUR", "€\u00a01\u202f234.50"),
        ("12.5", "CHF", "CHF\u00a012.50"),
        ("1500", "JPY", "¥\u00a01\u202f500"),
        ("-4", "EUR", "€\u00a0-4.00"),
        ("5.208334", "XRP", "5.208334 XRP"),
        ("5", "XRP", "5.00 XRP"),
    ],
)
def test_a_price_as_people_read_it(value: str, code: str, text: str) -> None:
    assert fiat.format_fiat(fiat.from_decimal(Decimal(value), code)) == text


@given(st.integers(0, 10**12), st.sampled_from(CODES))
def test_minor_units_and_json_lose_nothing(units: int, code: str) -> None:
    price = fiat.from_minor(units, code)
    assert fiat.to_minor(price) == units
    assert fiat.fiat_json(fiat.value_text(price), code) == price


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()))
def test_a_damaged_price_is_none(value: object) -> None:
    found = fiat.fiat_json(value, "EUR")  # type: ignore[arg-type]
    assert found is None or isinstance(found, FiatAmount)


def test_digits_agree_with_the_unicode_tables_where_those_follow_iso() -> None:
    tables = get_global("currency_fractions")
    for code in ("JPY", "KRW", "CLP", "KWD", "BHD", "JOD", "OMR", "TND", "CLF", "EUR", "CHF"):
        default = tables["DEFAULT"][0]
        assert fiat.minor_digits(code) == tables.get(code, (default,))[0]
