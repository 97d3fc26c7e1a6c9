"""Money as people type it, as the wire spells it, and as the screen shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core.binarycodec.types.amount import Amount as LedgerAmount

from core.builders import EURO, ISSUER, MODERATE, SHOP
from xumm_desk.core.money import amount, typed_number
from xumm_desk.core.money.amount import AmountError, IssuedAmount, XrpAmount


@pytest.mark.parametrize(
    ("typed", "drops"),
    [
        ("12.50", 12_500_000),
        ("12,50", 12_500_000),
        ("12,5", 12_500_000),
        ("1", 1_000_000),
        (" 1 ", 1_000_000),
        ("5.", 5_000_000),
        (".5", 500_000),
        (",5", 500_000),
        ("1.234", 1_234_000),
        ("1234,567", 1_234_567_000),
        ("1,2345", 1_234_500),
        ("0.000001", 1),
        ("0,000001", 1),
        ("0.0000010", 1),
        ("000012.5", 12_500_000),
        ("100000000000", amount.MAX_DROPS),
        ("1.234,5", 1_234_500_000),
        ("1,234.5", 1_234_500_000),
        ("1 234", 1_234_000_000),
        ("1'234", 1_234_000_000),
        ("١٢", 12_000_000),
        ("１２", 12_000_000),
    ],
)
def test_xrp_as_people_type_it(typed: str, drops: int) -> None:
    assert amount.parse_xrp(typed) == XrpAmount(drops)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "Type a number"),
        ("   ", "Type a number"),
        ("1,234", "can be read as 1234 or as 1.234"),
        ("12,345", "can be read as 12345 or as 12.345"),
        ("1_000", "plain number"),
        ("+1", "plain number"),
        ("-1", "plain number"),
        ("1e3", "plain number"),
        ("1E3", "plain number"),
        ("0x10", "plain number"),
        ("NaN", "plain number"),
        ("Infinity", "plain number"),
        (".", "plain number"),
        (",", "plain number"),
        ("1.2.3", "plain number"),
        ("½", "plain number"),
        ("D5", "plain number"),
        ("1D5", "plain number"),
        ("1²", "plain number"),
        ("€5", "plain number"),
        ("0", "more than zero"),
        ("0.00", "more than zero"),
        ("0,0", "more than zero"),
        ("1" * 41, "plain number"),
        ("0.0000001", "at most 6 decimals, this has 7"),
        ("1.1234567", "at most 6 decimals, this has 7"),
        ("100000000000.000001", "more XRP than exists"),
        ("9" * 40, "more XRP than exists"),
    ],
)
def test_xrp_that_is_refused_says_which_rule(typed: str, rule: str) -> None:
    with pytest.raises(AmountError, match=r".") as refusal:
        amount.parse_xrp(typed)
    assert rule in str(refusal.value)


@pytest.mark.parametrize("tail", ["1", "9" * 30, "0" * 30 + "1"])
def test_decimals_beyond_the_arithmetic_s_precision_are_not_rounded_away(tail: str) -> None:
    with pytest.raises(AmountError, match="at most 6 decimals"):
        amount.parse_xrp(f"1.000000{tail}")
    with pytest.raises(AmountError, match="15 significant digits"):
        amount.parse_issued("1." + "0" * 30 + "1", "EUR", ISSUER)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12.50", "12.5"),
        ("123456789012345", "123456789012345"),
        ("1.23456789012345", "1.23456789012345"),
        ("0.000000000000000123456789012345", "1.23456789012345E-16"),
        ("100000000000000000000", "1E+20"),
        ("1000000000000000000000", "1E+21"),
    ],
)
def test_issued_values_are_kept_exactly(typed: str, value: str) -> None:
    assert amount.parse_issued(typed, "EUR", ISSUER).value == Decimal(value)


@pytest.mark.parametrize("typed", ["1234567890123456", "1.234567890123456", "0.1234567890123456"])
def test_a_sixteenth_digit_is_refused(typed: str) -> None:
    with pytest.raises(AmountError, match="at most 15 significant digits, this has 16"):
        amount.parse_issued(typed, "EUR", ISSUER)


@pytest.mark.parametrize("digits", ["1", "9", "123456789012345"])
@pytest.mark.parametrize("exponent", [-115, -112, -111, -97, -96, -82, -81, -80, 0, 80, 81, 95, 96])
def test_the_range_is_the_ledger_s_own(digits: str, exponent: int) -> None:
    """What fits must survive the ledger's 16-digit form unchanged; what does not is refused."""
    value = Decimal(f"{digits}E{exponent}")
    moved = exponent - (16 - len(digits))
    if -96 <= moved <= 80:
        amount.check_precision(value)
    else:
        with pytest.raises(AmountError, match="too large or too small"):
            amount.check_precision(value)


@MODERATE
@given(st.integers(1, 10**15 - 1), st.integers(-81, 66))
def test_what_fits_survives_the_ledger_s_codec(mantissa: int, exponent: int) -> None:
    value = Decimal(mantissa).scaleb(exponent)
    amount.check_precision(value)
    euro: Any = {**EURO, "value": f"{value}"}
    raw = LedgerAmount.from_value(euro)
    back = amount.parse_amount(raw.to_json())
    assert amount.amounts_equal(back, IssuedAmount("EUR", ISSUER, value))


@pytest.mark.parametrize("drops", [0, 1, 999_999, 1_000_000, 10**17])
def test_drops_travel_as_text(drops: int) -> None:
    assert amount.amount_json(XrpAmount(drops)) == str(drops)
    assert amount.parse_amount(str(drops)) == XrpAmount(drops)


def test_issued_money_travels_as_it_was_named() -> None:
    value = IssuedAmount("eur", ISSUER, Decimal("12.50"))
    assert amount.amount_json(value) == {"currency": "eur", "issuer": ISSUER, "value": "12.5"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        1500000,
        1.5,
        True,
        "",
        "1.5",
        "-1",
        "+1",
        "1e6",
        " 1",
        "１",
        "1" * 21,
        "unavailable",
        [],
        {},
        {"currency": "EUR", "issuer": ISSUER},
        {"currency": "EUR", "issuer": ISSUER, "value": 12.5},
        {"currency": "EUR", "issuer": ISSUER, "value": "NaN"},
        {"currency": "EUR", "issuer": ISSUER, "value": "Infinity"},
        {"currency": "EUR", "issuer": ISSUER, "value": "1e9999"},
        {"currency": "EUR", "issuer": ISSUER, "value": ""},
        {"currency": "EUR", "issuer": ISSUER, "value": "1_0"},
        {"currency": "EUR", "issuer": None, "value": "1"},
        {"mpt_issuance_id": "00" * 24, "value": "1"},
    ],
)
def test_what_is_no_amount_on_the_wire(value: Any) -> None:
    assert amount.parse_amount(value) is None


@pytest.mark.parametrize("text", ["1", "12.50", "-3", "+3", "1e-81", "9999999999999999E80", "5."])
def test_issued_values_on_the_wire_are_read_exactly(text: str) -> None:
    read = amount.parse_amount({"currency": "EUR", "issuer": ISSUER, "value": text})
    assert read == IssuedAmount("EUR", ISSUER, Decimal(text))


def test_the_same_money_in_other_words() -> None:
    euro = IssuedAmount("EUR", ISSUER, Decimal("12.5"))
    hexed = "00" * 12 + b"EUR".hex().upper() + "00" * 5
    assert amount.amounts_equal(euro, IssuedAmount("EUR", ISSUER, Decimal("12.50")))
    assert amount.amounts_equal(euro, IssuedAmount(hexed, ISSUER, Decimal("1.25E+1")))
    assert amount.amounts_equal(XrpAmount(5), XrpAmount(5))


def test_other_money_is_never_the_same() -> None:
    euro = IssuedAmount("EUR", ISSUER, Decimal("12.5"))
    others: list[amount.Amount | None] = [
        IssuedAmount("EUR", ISSUER, Decimal("12.500000000000001")),
        IssuedAmount("EUR", SHOP, Decimal("12.5")),
        IssuedAmount("eur", ISSUER, Decimal("12.5")),
        IssuedAmount("USD", ISSUER, Decimal("12.5")),
        XrpAmount(12_500_000),
        None,
    ]
    assert [amount.amounts_equal(euro, other) for other in others] == [False] * len(others)
    assert not amount.amounts_equal(XrpAmount(5), XrpAmount(6))
    assert not amount.amounts_equal(None, None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (XrpAmount(12_500_000), "12.50 XRP"),
        (XrpAmount(1), "0.000001 XRP"),
        (XrpAmount(0), "0.00 XRP"),
        (XrpAmount(1_234_567_890_000), "1\u202f234\u202f567.89 XRP"),
        (XrpAmount(1_234_567), "1.234567 XRP"),
        (IssuedAmount("EUR", ISSUER, Decimal("1234.50")), "1\u202f234.5 EUR"),
        (IssuedAmount("EUR", ISSUER, Decimal("-1234.5")), "-1\u202f234.5 EUR"),
        (IssuedAmount("EUR", ISSUER, Decimal("1E+30")), "1E+30 EUR"),
        (IssuedAmount("EUR", ISSUER, Decimal("1E+3")), "1\u202f000 EUR"),
    ],
)
def test_amounts_as_the_screen_shows_them(value: amount.Amount | None, shown: str) -> None:
    assert amount.format_amount(value) == shown


@MODERATE
@given(st.integers(1, amount.MAX_DROPS))
def test_shown_xrp_can_be_typed_again(drops: int) -> None:
    shown = amount.format_number(XrpAmount(drops)).replace("\u202f", "")
    assert amount.parse_xrp(shown) == XrpAmount(drops)
    assert amount.parse_amount(amount.amount_json(XrpAmount(drops))) == XrpAmount(drops)


@MODERATE
@given(st.integers(1, 10**15 - 1), st.integers(-20, 20))
def test_issued_amounts_survive_the_wire_and_the_screen(mantissa: int, exponent: int) -> None:
    value = IssuedAmount("EUR", ISSUER, Decimal(mantissa).scaleb(exponent))
    assert amount.amounts_equal(amount.parse_amount(amount.amount_json(value)), value)
    shown = amount.format_number(value).replace("\u202f", "")
    assert Decimal(shown) == value.value


@MODERATE
@given(st.decimals(min_value=Decimal("0.000001"), max_value=10**11, places=6))
def test_a_comma_means_the_same_as_a_point(value: Decimal) -> None:
    text = f"{value:f}"
    assert amount.parse_xrp(text) == amount.parse_xrp(text.replace(".", ","))


@MODERATE
@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        read = amount.parse_xrp(typed)
    except AmountError:
        return
    assert 0 < read.drops <= amount.MAX_DROPS
    assert typed_number.parse_number(typed).value * 1_000_000 == read.drops
