"""Currency codes in both notations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core.binarycodec.types.currency import Currency

from core.builders import MODERATE
from xumm_desk.core.money import amount

EUR_HEX = "0000000000000000000000004555520000000000"
XRP_HEX = "0000000000000000000000005852500000000000"
SOLO_HEX = b"SOLO".hex().upper() + "00" * 16


@pytest.mark.parametrize("code", ["EUR", "usd", "a1?", "$$$", "<>|", "{}!", EUR_HEX, SOLO_HEX])
def test_codes_that_may_stand(code: str) -> None:
    assert amount.is_currency_code(code)


@pytest.mark.parametrize(
    "code",
    [
        *("", "XRP", "xrp", "XrP", "EU", "EURO", "E R", "É€1", "EUR ", "EUR\n", "E.R", "１２３"),
        *("00" * 20, XRP_HEX, EUR_HEX[:-1], EUR_HEX + "0", "G" * 40),
    ],
)
def test_codes_that_may_not(code: str) -> None:
    assert not amount.is_currency_code(code)


def test_both_notations_are_one_currency_and_case_counts_in_text_only() -> None:
    assert amount.currency_hex("EUR") == EUR_HEX
    assert amount.currency_hex(EUR_HEX.lower()) == EUR_HEX
    assert amount.currency_hex("eur") != EUR_HEX
    assert amount.currency_hex(SOLO_HEX.lower()) == SOLO_HEX


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("EUR", "EUR"),
        (EUR_HEX, "EUR"),
        (SOLO_HEX, "SOLO"),
        ("0158415500000000C1F76FF6ECB0BAC600000000", "015841…"),
        ("FF" * 20, "FFFFFF…"),
        ("41" * 20, "A" * 20),
        ("4100420000000000000000000000000000000000", "410042…"),
        # Letters of three at another place are another currency: it must not look like XRP.
        (b"XRP".hex() + "00" * 17, "585250…"),
        (b"EUR".hex() + "00" * 17, "455552…"),
    ],
)
def test_codes_as_people_read_them(code: str, shown: str) -> None:
    assert amount.currency_label(code) == shown


@MODERATE
@given(st.text("ABCXYZabcxyz0189?!@#$%^&*(){}[]|", min_size=3, max_size=3))
def test_the_canonical_form_is_the_ledger_s_own(code: str) -> None:
    if not amount.is_currency_code(code):
        return
    assert amount.currency_hex(code) == str(Currency.from_value(code)).upper()
    assert amount.currency_label(amount.currency_hex(code)) == code
