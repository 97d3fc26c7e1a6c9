"""How a figure differs is said in words, with a sign, and never by a rounded sum."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.report import differences
from xumm_desk.core.shift.money import Asset

XRP = Asset("MAINNET", "XRP")


@pytest.mark.parametrize(
    ("now", "before", "words", "short"),
    [
        (5, 4, "1 more (+25 %)", "+25 %"),
        (3, 4, "1 fewer (−25 %)", "−25 %"),
        (4, 4, "as before", "="),
        (4, 0, "4 more", "+4"),
        (0, 2000, "2\u202f000 fewer (−100 %)", "−100 %"),
        (1000, 3, "997 more", "+997"),
        (200, 3, "197 more (+6\u202f567 %)", "+6\u202f567 %"),
    ],
)
def test_numbers(now: int, before: int, words: str, short: str) -> None:
    assert differences.count_difference(now, before) == differences.Difference(words, short)


def test_sums_are_compared_to_the_last_digit() -> None:
    found = differences.price_difference("EUR", Decimal("12.50"), Decimal("10.00"))
    assert (found.words, found.short) == ("€\u00a02.50 more (+25 %)", "+25 %")
    found = differences.asset_difference(XRP, Decimal(1), Decimal(2))
    assert found.words == "0.000001 XRP less (−50 %)"
    found = differences.asset_difference(XRP, Decimal(1), Decimal(0))
    assert (found.words, found.short) == ("0.000001 XRP more", "+0.000001")
    found = differences.price_difference("EUR", Decimal(-1), Decimal(-2))
    assert (found.words, found.short) == ("€\u00a01.00 more", "+€\u00a01.00")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (6.15, "6.2 s"),
        (119.9, "119.9 s"),
        (125, "2 min 05 s"),
        (7260, "2 h 01 min"),
    ],
)
def test_times(seconds: float, text: str) -> None:
    assert differences.time_text(timedelta(seconds=seconds)) == text


def test_a_time_without_one_before_has_no_difference() -> None:
    assert differences.time_text(None) == "–"
    assert differences.time_difference(timedelta(1), None).words == ""
    found = differences.time_difference(timedelta(seconds=5), timedelta(seconds=6.5))
    assert (found.words, found.short) == ("1.5 s shorter", "−1.5 s")
    found = differences.time_difference(timedelta(seconds=5.01), timedelta(seconds=5))
    assert found.words == "as before"


@given(
    st.decimals(-(10**80), 10**80, allow_nan=False).map(lambda one: +one),
    st.decimals(-(10**80), 10**80, allow_nan=False).map(lambda one: +one),
)
def test_no_sum_is_too_large_to_compare(now: Decimal, before: Decimal) -> None:
    asset = Asset("MAINNET", "00" * 12 + "555344" + "00" * 5, "rOne")
    words = differences.asset_difference(asset, now, before).words
    assert (words == "as before") is (now == before)
    assert (" more" in words) is (now > before)
