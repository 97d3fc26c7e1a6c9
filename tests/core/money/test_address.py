"""Classic addresses and X-addresses, compared with xrpl-py's own codec."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core import addresscodec

from core.builders import MODERATE, SHOP, person
from xumm_desk.core.money import address
from xumm_desk.core.money.address import Address

KNOWN = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"


@pytest.mark.parametrize(
    "text",
    [KNOWN, SHOP, "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "rrrrrrrrrrrrrrrrrrrrBZbvji", person(1).address],
)
def test_classic_addresses(text: str) -> None:
    assert address.is_classic_address(text)
    assert address.parse_address(f"  {text}\n") == Address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "r",
        KNOWN[:-1],
        KNOWN[:-1] + "Z",
        KNOWN.replace("k", "K"),
        KNOWN + " ",
        KNOWN + "\n",
        " " + KNOWN,
        KNOWN + "\x0b",
        KNOWN[0].upper() + KNOWN[1:],
        KNOWN.replace("E", "Е"),  # a Cyrillic letter that looks alike
        KNOWN.replace("7", "0"),
        "r" + KNOWN,
        "sEdTM1uX8pu2do5XvTnutH6HsouMaM2",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "r" * 61,
    ],
)
def test_what_is_no_classic_address(text: str) -> None:
    assert not address.is_classic_address(text)


def test_every_wrong_letter_is_caught() -> None:
    alphabet = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
    for place in range(len(KNOWN)):
        for letter in alphabet:
            changed = KNOWN[:place] + letter + KNOWN[place + 1 :]
            assert address.is_classic_address(changed) is (changed == KNOWN)


@pytest.mark.parametrize("test_network", [False, True])
@pytest.mark.parametrize("tag", [None, 0, 1, 495, 2**31, 2**32 - 1])
def test_x_addresses_give_address_and_tag(tag: int | None, test_network: bool) -> None:
    text = addresscodec.classic_address_to_xaddress(SHOP, tag, test_network)
    assert text[0] == ("T" if test_network else "X")
    assert address.parse_address(text) == Address(SHOP, tag, test_network)
    assert not address.is_classic_address(text)
    assert address.parse_address(text[:-1] + ("r" if text[-1] != "r" else "p")) is None


@MODERATE
@given(st.binary(min_size=20, max_size=20), st.none() | st.integers(0, 2**32 - 1), st.booleans())
def test_any_account_agrees_with_xrpl_py(raw: bytes, tag: int | None, test_network: bool) -> None:
    classic = addresscodec.encode_classic_address(raw)
    x_form = addresscodec.classic_address_to_xaddress(classic, tag, test_network)
    assert address.parse_address(classic) == Address(classic)
    assert address.parse_address(x_form) == Address(classic, tag, test_network)


@pytest.mark.parametrize(
    ("kind", "tail"),
    [(2, bytes(8)), (255, bytes(8)), (0, b"\1" + bytes(7)), (1, bytes(4) + b"\1\0\0\0")],
)
def test_x_addresses_of_forms_that_do_not_exist(kind: int, tail: bytes) -> None:
    import base58

    payload = b"\x05\x44" + bytes(20) + bytes([kind]) + tail
    text = base58.b58encode_check(payload, alphabet=base58.RIPPLE_ALPHABET).decode()
    assert address.parse_address(text) is None


def test_short_forms_keep_both_ends() -> None:
    assert address.shorten(KNOWN) == "rPEPPE…c6GDY"
    assert address.shorten("r12345") == "r12345"
    assert address.shorten(None) == address.shorten("") == ""
