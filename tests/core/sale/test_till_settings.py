"""The till's settings: what a person types and what a file may hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money import fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.sale.till_settings import (
    Preset,
    expiry_problem,
    parse_limit,
    parse_preset,
    parse_tip,
    read_presets,
    read_tips,
)

COMMA = Marks(",", ".")


def test_a_preset_is_read_in_the_spelling_of_the_computer() -> None:
    made = parse_preset(" Espresso ", "2,40", "EUR", COMMA)
    assert made == Preset(FiatAmount("EUR", Decimal("2.40")), "Espresso")


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        ("tea", "EUR", "Price: "),
        ("", "EUR", "Price: "),
        ("0", "EUR", "Price: "),
        ("-1", "EUR", "Price: "),
        ("1.5", "JPY", "no decimals"),
        ("1.2345", "KWD", "at most 3 decimals"),
    ],
)
def test_a_preset_that_is_no_price_is_said(price: str, currency: str, words: str) -> None:
    said = parse_preset("", price, currency)
    assert isinstance(said, str)
    assert words in said


@pytest.mark.parametrize(
    ("typed", "percent"), [("5", "5"), ("7.5 %", "7.5"), ("100", "100"), ("0.1", "0.1")]
)
def test_a_tip_is_a_percentage(typed: str, percent: str) -> None:
    assert parse_tip(typed) == Decimal(percent)


@pytest.mark.parametrize("typed", ["101", "1000", "0", "-5", "x", "", "NaN"])
def test_a_tip_that_is_none_or_too_large_is_said(typed: str) -> None:
    assert isinstance(parse_tip(typed), str)


def test_a_limit_is_none_a_price_or_a_sentence() -> None:
    assert parse_limit("  ", "EUR") is None
    assert parse_limit("250", "EUR") == FiatAmount("EUR", Decimal("250.00"))
    assert "Limit: " in str(parse_limit("much", "EUR"))


@pytest.mark.parametrize("typed", ["0", "", "five", "1.5", "99999999"])
def test_an_expiry_is_whole_minutes(typed: str) -> None:
    assert expiry_problem(typed)
    assert expiry_problem("5") == ""


@given(st.lists(st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text()))))
def test_any_list_is_read_without_an_error(values: list[object]) -> None:
    assert all(one.price.value > 0 for one in read_presets(values, "EUR"))
    assert all(0 < tip <= 100 for tip in read_tips(values))


@given(st.integers(1, 10**9), st.sampled_from(["EUR", "JPY", "KWD", "XRP"]), st.text(max_size=20))
def test_a_preset_is_the_same_after_it_was_saved(units: int, currency: str, name: str) -> None:
    preset = Preset(fiat.from_minor(units, currency), name.strip())
    assert read_presets([preset.to_json()], currency) == [preset]
