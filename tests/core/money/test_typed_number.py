"""Numbers in every locale's spelling: one reading is read, two are told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money.typed_number import (
    POINT,
    Marks,
    Number,
    NumberError,
    parse_number,
    parse_whole,
)

ENGLISH, GERMAN, FRENCH = Marks(".", ","), Marks(",", "."), Marks(",", "\u202f")
EVERY = (POINT, ENGLISH, GERMAN, FRENCH)
GROUPS = (".", ",", "'", "’", " ", "\u00a0", "\u202f", "٬", "")
DECIMALS = (".", ",", "٫", "．")


@pytest.mark.parametrize("marks", EVERY)
@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,34,567.8", "1234567.8"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("１２，５", "12.5"),
        ("١٢٣٫٥", "123.5"),
        ("१२३", "123"),
        ("\u200e12.5\u200b", "12.5"),
    ],
)
def test_one_reading_in_every_locale(typed: str, value: str, marks: Marks) -> None:
    assert parse_number(typed, marks) == Number(Decimal(value))


def test_two_readings() -> None:
    grouped, pointed = Decimal(1234), Decimal("1.234")
    for typed, by_english, by_german in (
        ("1,234", grouped, pointed),
        ("1.234", pointed, grouped),
    ):
        both = {by_english, by_german}
        assert parse_number(typed, ENGLISH) == Number(by_english, (both - {by_english}).pop())
        assert parse_number(typed, GERMAN) == Number(by_german, (both - {by_german}).pop())
    with pytest.raises(NumberError, match=r"as 1234 or as 1\.234\. Type it without the full stop"):
        parse_number("1.234", FRENCH)
    with pytest.raises(NumberError, match="without the comma"):
        parse_number("1,234", POINT)


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "+1",
        "1e5",
        "1²",
        "½",
        "12 34",
        "1,2,3",
        "1.2.3",
        "1,234 567",
        "1_000",
        "x",
        ".",
        "1..2",
    ],
)
def test_what_is_no_number(typed: str) -> None:
    for marks in EVERY:
        with pytest.raises(NumberError):
            parse_number(typed, marks)
    assert parse_whole(typed) is None


@st.composite
def spelled(draw: st.DrawFn) -> tuple[Decimal, str]:
    """A number, and one of the ways in which people write it."""
    whole = draw(st.integers(0, 10**12))
    decimals = draw(st.text("0123456789", max_size=6))
    group, mark = draw(st.sampled_from(GROUPS)), draw(st.sampled_from(DECIMALS))
    same = {"．": "."}
    if same.get(mark, mark) == same.get(group, group):
        group = ""
    text = f"{whole:,}".replace(",", group)
    return Decimal(f"{whole}.{decimals or '0'}"), text + (mark + decimals if decimals else "")


@given(spelled(), st.sampled_from(EVERY))
def test_the_number_meant_is_among_what_is_reported(one: tuple[Decimal, str], marks: Marks) -> None:
    value, text = one
    try:
        number = parse_number(text, marks)
    except NumberError:
        # In doubt, and no system to decide it: another one reads it.
        assert any(value == parse_number(text, other).value for other in (ENGLISH, GERMAN))
        return
    assert value in (number.value, number.other)
    # Where no other reading is told, nobody anywhere reads another number.
    if number.other is None:
        assert all(parse_number(text, other) == number for other in EVERY)


@given(st.text())
def test_whatever_is_typed(text: str) -> None:
    try:
        number = parse_number(text)
    except NumberError:
        number = None
    whole = parse_whole(text)
    if number is not None:
        assert number.value >= 0
        assert number.other != number.value
    if whole is not None:
        assert whole >= 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("007", 7),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1'000", 1000),
        ("12 345", 12345),
        ("４２", 42),
        ("1,000", None),
        ("5.0", None),
        ("", None),
        ("9" * 50, None),
    ],
)
def test_whole_numbers(typed: str, number: int | None) -> None:
    assert parse_whole(typed) == number
