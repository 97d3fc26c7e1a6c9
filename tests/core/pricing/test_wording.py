"""What is said about a rate: unit price, age, source, agreement."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from xumm_desk.core.money import fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing import wording
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.quote import SOURCE_LABELS, WAY_OUT_LABELS, Rate, RateSource, WayOut

AT = datetime(2026, 1, 1, tzinfo=UTC)


def rate(price: str, source: RateSource = RateSource.PLATFORM, currency: str = "EUR") -> Rate:
    return Rate(Decimal(price), currency, source, AT)


def test_price_age_source_and_agreement_are_one_line() -> None:
    oracle = rate("2.394", RateSource.ORACLE)
    line = wording.rate_line(rate("2.4"), 18.4, oracle, Decimal("0.0025"))
    assert line == "€\u00a02.40 each · 18 s old · Xaman, oracle within 0.3 %"


def test_the_line_says_what_there_is() -> None:
    assert wording.rate_line(rate("2.4"), 240) == "€\u00a02.40 each · 4 min old · Xaman"
    typed = wording.rate_line(rate("2.4", RateSource.TYPED), 7200)
    assert typed == "€\u00a02.40 each · 2 h old · typed by the shop"
    peg = wording.rate_line(rate("1", RateSource.PEG))
    assert peg == "€\u00a01.00 each · fixed by the shop's settings"
    assert wording.rate_line(rate("1", RateSource.SAME, "XRP")) == ""
    alone = wording.rate_line(rate("2.4"), 5, not_compared="No node answers.")
    assert alone == "€\u00a02.40 each · 5 s old · Xaman, not compared"


@pytest.mark.parametrize(
    ("price", "currency", "shown"),
    [
        ("2.4", "EUR", "€\u00a02.40"),
        ("0.627231", "EUR", "€\u00a00.62723"),
        ("2.35117", "EUR", "€\u00a02.3512"),
        ("302", "JPY", "¥\u00a0302"),
        ("302.126", "JPY", "¥\u00a0302.13"),
        ("0.7123456", "KWD", "KWD\u00a00.71235"),
        ("61234.5678", "VND", "VND\u00a061\u202f235"),
        ("0.00000123456", "EUR", "€\u00a00.0000012346"),
        ("0.4", "XRP", "0.40 XRP"),
    ],
)
def test_a_unit_price_has_the_digits_that_matter(price: str, currency: str, shown: str) -> None:
    assert fiat.format_unit_price(Decimal(price), currency) == shown


def test_a_spread_never_looks_better_than_it_is() -> None:
    assert wording.percent_text(Decimal("0.02001")) == "2.1"
    assert wording.percent_text(Decimal("0.02")) == "2"
    assert wording.percent_text(Decimal(0)) == "0"
    assert wording.percent_text(Decimal("12.5")) == "1250"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (-3, "0 s"), (89.9, "89 s"), (90, "1 min"), (5399, "89 min"), (5400, "1 h")],
)
def test_an_age_is_in_its_largest_unit(seconds: float, text: str) -> None:
    assert wording.age_text(seconds) == text


def test_every_source_and_every_way_out_has_words() -> None:
    assert set(SOURCE_LABELS) == set(wording.SHORT_LABELS) == set(RateSource)
    assert set(WAY_OUT_LABELS) == set(WayOut)


def test_a_sale_shows_the_rates_it_was_made_with() -> None:
    assert wording.quoted_line(rate("2.4"), rate("2.394", RateSource.POOL)) == (
        "€\u00a02.40 each · Xaman, pool €\u00a02.394"
    )
    assert wording.quoted_line(rate("2.4", RateSource.TYPED)) == (
        "€\u00a02.40 each · typed by the shop"
    )
    assert wording.quoted_line(rate("1", RateSource.SAME, "XRP")) == ""


@pytest.mark.parametrize(
    ("asset", "text"),
    [
        (XRP, "rounded up to the drop"),
        (AcceptedAsset("USD", "r", decimals=6), "rounded up to 6 decimals"),
        (AcceptedAsset("00000001" + "A" * 40, decimals=1), "rounded up to 1 decimal"),
        (AcceptedAsset("00000001" + "A" * 40, decimals=0), "rounded up to a whole number"),
    ],
)
def test_the_rounding_is_stated(asset: AcceptedAsset, text: str) -> None:
    assert wording.rounding_text(asset) == text


def test_a_late_payment_shows_what_it_is_worth_beside_what_was_asked() -> None:
    asked, now = FiatAmount("EUR", Decimal("12.50")), FiatAmount("EUR", Decimal("11.98"))
    assert wording.worth_text(asked, now) == (
        "Asked for €\u00a012.50. What came is worth €\u00a011.98 now."
    )
