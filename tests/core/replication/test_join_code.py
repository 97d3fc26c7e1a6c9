"""A one-time code survives how people copy it, and a mistake in it is noticed."""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.join_code import JoinCode, format_code, parse_code
from xumm_desk.core.replication.shop_address import ShopAddress

NAMES = st.text(min_size=1, max_size=30).filter(
    lambda text: "\0" not in text and text.isprintable()
)
ADDRESSES = st.builds(
    ShopAddress,
    st.just(("db1.shop.example", "2001:db8::1")),
    st.just((5432, 6432)),
    NAMES,
    NAMES,
    st.uuids().map(str),
    NAMES,
    st.sampled_from(["", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"]),
)
ONE = JoinCode(
    ShopAddress(("db.shop.example",), (5432,), "shop", "shop_till_1", "a-till", "Corner shop"),
    "secret",
)


@given(ADDRESSES, st.text(min_size=1, max_size=40))
def test_a_code_is_read_as_it_was_written(address: ShopAddress, password: str) -> None:
    code = JoinCode(address, password)
    assert parse_code(format_code(code)) == code


def test_case_spaces_line_breaks_hyphens_and_look_alikes_make_no_difference() -> None:
    text = format_code(ONE)
    typed = "\r\n".join(textwrap.wrap(text.lower(), 20)).replace("o", "0").replace("b", "8")
    assert parse_code(f"  {typed}\n") == ONE
    assert parse_code("-".join(textwrap.wrap(text, 5))) == ONE


@given(st.integers(0, 400), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_is_noticed(place: int, letter: str) -> None:
    text = format_code(ONE)
    place %= len(text)
    assert parse_code(text[:place] + letter + text[place + 1 :]) in (None, ONE)


def test_a_part_of_a_code_is_none() -> None:
    text = format_code(ONE)
    assert all(parse_code(text[:end]) is None for end in range(len(text) - 1))


@given(st.text(max_size=300))
def test_any_text_is_a_code_or_none(text: str) -> None:
    assert parse_code(text) is None


def test_a_code_that_unpacks_to_a_flood_is_none() -> None:
    import base64
    import zlib

    flood = base64.b32encode(zlib.compress(b'{"a":"' + b"x" * 10_000_000 + b'"}', 9)).decode()
    assert parse_code(flood) is None


def test_the_password_is_in_no_repr() -> None:
    assert "secret" not in repr(ONE)
