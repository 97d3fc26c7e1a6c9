"""Numbers of a document, exactly as they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.wire import json_fields


def read(text: str) -> Decimal | None:
    value = json_fields.parse_object(f'{{"n": {text}}}', exact=True)
    assert isinstance(value, dict)
    return json_fields.decimal_at(value, "n")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_a_number_is_read_as_it_was_written(number: Decimal) -> None:
    if abs(number.adjusted()) <= 40 and len(f"{number:f}") <= 60:
        assert read(f"{number:f}") == number


@pytest.mark.parametrize("text", ["0.1", "0.627231", "2.4e-3", "151", "1E+3"])
def test_every_spelling_of_a_number_is_exact(text: str) -> None:
    assert read(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-Infinity", '"2.4"', "null", "true", "[]", "{}", "1e999", "9" * 61],
)
def test_what_is_no_finite_number_is_none(text: str) -> None:
    assert read(text) is None


def test_a_float_is_no_exact_number() -> None:
    assert json_fields.decimal_at({"n": 2.4}, "n") is None
    assert json_fields.decimal_at({"n": 2}, "n") == 2
    assert json_fields.decimal_at({"n": True}, "n") is None


def test_the_other_readers_take_exact_numbers_too() -> None:
    value = json_fields.parse_object('{"code": 400, "on": 1}', exact=True)
    assert isinstance(value, dict)
    assert json_fields.int_at(value, "code") == 400
    assert json_fields.bool_at(value, "on") is True
