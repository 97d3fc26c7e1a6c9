"""Prices become amounts, rounded up by less than one unit of the last digit, without a float."""

from __future__ import annotations

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xumm_desk.core import pricing
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import AmountError, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.conversion import amount_for, worth

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
RLUSD = AcceptedAsset("524C555344000000000000000000000000000000", ISSUER, pegged_to="USD")
TOKEN = AcceptedAsset("00000001" + "A" * 40, decimals=2, name="Points")
WHOLE_TOKEN = AcceptedAsset("00000001" + "B" * 40, decimals=0)

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD", "XRP"])
PRICES = st.builds(fiat.from_minor, st.integers(1, 10**14), CURRENCIES)
RATES = st.decimals("0.00000001", "100000000", allow_nan=False, places=8).filter(bool)


def eur(text: str) -> FiatAmount:
    return FiatAmount("EUR", Decimal(text))


@pytest.mark.parametrize(
    ("price", "rate", "asset", "charged"),
    [
        ("12.50", "2.4", XRP, XrpAmount(5_208_334)),
        ("12.00", "2.4", XRP, XrpAmount(5_000_000)),
        ("0.01", "2.4", XRP, XrpAmount(4_167)),
        ("12.50", "0.92", RLUSD, IssuedAmount(RLUSD.currency, ISSUER, Decimal("13.586957"))),
        ("0.01", "3", TOKEN, MptAmount(TOKEN.currency, 1)),
        ("10.00", "3", WHOLE_TOKEN, MptAmount(WHOLE_TOKEN.currency, 4)),
    ],
)
def test_a_price_is_rounded_up(
    price: str, rate: str, asset: AcceptedAsset, charged: amount.Amount
) -> None:
    assert amount_for(eur(price), Decimal(rate), asset) == charged


@given(PRICES, RATES, st.sampled_from([XRP, RLUSD, TOKEN, WHOLE_TOKEN]))
def test_the_charge_covers_the_price_by_less_than_one_unit_too_much(
    price: FiatAmount, rate: Decimal, asset: AcceptedAsset
) -> None:
    try:
        charged = amount_for(price, rate, asset)
    except AmountError:
        assume(False)
    units = asset.units_of(charged)
    assert units is not None
    digits = 6 if asset.is_native else asset.decimals
    if asset is RLUSD:
        amount.check_precision(units)
        whole = len(str(int(Fraction(price.value) / Fraction(rate))))
        digits = min(digits, 15 - whole)
    excess = Fraction(units) * Fraction(rate) - Fraction(price.value)
    assert 0 <= excess < Fraction(rate) / Fraction(10) ** digits


@given(PRICES, RATES, st.integers(0, 15))
def test_an_issued_amount_always_fits_the_ledger(
    price: FiatAmount, rate: Decimal, decimals: int
) -> None:
    asset = AcceptedAsset("USD", ISSUER, decimals=decimals)
    charged = amount_for(price, rate, asset)
    assert isinstance(charged, IssuedAmount)
    amount.check_precision(charged.value)
    assert Fraction(charged.value) * Fraction(rate) >= Fraction(price.value)


@given(PRICES, RATES)
def test_what_was_charged_is_worth_the_price_within_the_last_digit(
    price: FiatAmount, rate: Decimal
) -> None:
    assume(rate <= 1000)  # a drop is then worth less than half of the smallest unit
    try:
        charged = amount_for(price, rate, XRP)
    except AmountError:
        assume(False)
    step = Fraction(1, 10 ** fiat.minor_digits(price.currency))
    now = worth(charged, rate, price.currency, XRP)
    assert now.currency == price.currency
    difference = Fraction(now.value) - Fraction(price.value)
    assert 0 <= difference <= step / 2 + Fraction(rate) / 10**6


@pytest.mark.parametrize(
    ("drops", "rate", "currency", "value"),
    [
        (5_208_334, "2.30", "EUR", "11.98"),
        (5_208_334, "300", "JPY", "1563"),
        (5_208_334, "0.75", "KWD", "3.906"),
        (1_000_000, "0.005", "EUR", "0.01"),
        (1_000_000, "0.0049", "EUR", "0.00"),
    ],
)
def test_what_came_late_is_worth_this_now(drops: int, rate: str, currency: str, value: str) -> None:
    found = worth(XrpAmount(drops), Decimal(rate), currency, XRP)
    assert fiat.value_text(found) == value


def test_a_payment_in_another_asset_has_no_worth() -> None:
    with pytest.raises(AmountError):
        worth(XrpAmount(1), Decimal(1), "EUR", RLUSD)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_no_rate_but_a_positive_one_converts(rate: str) -> None:
    with pytest.raises(AmountError, match="rate must be more than zero"):
        amount_for(eur("1.00"), Decimal(rate), XRP)


def test_more_than_exists_is_refused() -> None:
    with pytest.raises(AmountError, match="more XRP than exists"):
        amount_for(eur("1000000000000"), Decimal("0.001"), XRP)
    with pytest.raises(AmountError, match="than one payment can hold"):
        amount_for(eur("1000000000000"), Decimal("0.0000001"), TOKEN)
    with pytest.raises(AmountError, match="price must be more than zero"):
        amount_for(eur("0"), Decimal(1), XRP)


def test_no_number_of_money_is_a_float() -> None:
    assert pricing.__file__ is not None
    money = ("conversion", "platform_rates", "ledger_prices", "quote", "accepted_asset")
    for name in money:
        source = (Path(pricing.__file__).parent / f"{name}.py").read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name
            assert not (isinstance(node, ast.Name) and node.id == "float"), name
